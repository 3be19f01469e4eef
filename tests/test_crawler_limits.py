"""What would cost a reader too much is given up in time, kept as bytes, and can be read later."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from bad_pages import BAD_PAGES
from loopback import reply
from prove_limits import MOST_SECONDS, Measured, faults, job_of, measured
from small_outlet import feed, small_outlet, story, story_body, story_path

from archive import schema
from archive.audit import audit
from archive.config import CrawlConfig
from crawler.readers import Readers

pytestmark = pytest.mark.timeout(300)

SLOW = [name for name, bad in BAD_PAGES.items() if "longer" in bad.why]
QUICK = [name for name in BAD_PAGES if name not in SLOW]


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    pool = Readers(CrawlConfig())
    yield pool
    pool.close()


def unhurried(found: Measured) -> Measured:
    """Without its seconds: tests are not timed, `make prove-limits` is."""
    return Measured(found.result, 0.0, found.memory)


@pytest.mark.parametrize("name", QUICK)
def test_bad_page_is_called_what_it_is_within_the_limits(readers: Readers, name: str) -> None:
    found = measured(readers, job_of(BAD_PAGES[name]))
    assert faults(BAD_PAGES[name], unhurried(found)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_reading_without_end_is_given_up(readers: Readers, name: str) -> None:
    found = measured(readers, job_of(BAD_PAGES[name]))
    assert faults(BAD_PAGES[name], unhurried(found)) == []


def test_limits_of_a_reading_are_those_that_are_promised() -> None:
    config = CrawlConfig()
    assert config.read_time.total_seconds() < MOST_SECONDS
    assert config.read_memory <= 1_500_000_000


def test_unread_page_is_kept_and_read_once_its_limit_is_raised(tmp_path: Path) -> None:
    lines = b"</p>" + b"<br>" * 1_000
    costly = story_body(2).replace(b"</p>", lines, 1)
    routes = {
        "/feed/": feed(1, 2),
        story_path(1): story(1),
        story_path(2): reply(body=costly, headers={"Content-Type": "text/html"}),
    }
    with small_outlet(tmp_path, routes, tag_limit=500) as outlet:
        assert outlet.crawl() == "finished"
        assert outlet.stored() == [story_path(1)]
        kind, detail = outlet.problems()[story_path(2)]
        assert (kind, "raise crawl.tag_limit" in detail) == ("unread", True)
        file = outlet.place.file
        file.write_text(file.read_text().replace('"tag_limit" = 500', '"tag_limit" = 5000'))
        done = outlet.place.kliping("replay", "kecil", "--apply", "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["outlets"]["kecil"]["readable"] == 1
        assert outlet.stored() == [story_path(1), story_path(2)]
        unread = [
            row["answer"]
            for row in outlet.place.rows(schema.capture)
            if story_path(2) in row["url"]
        ]
        warcs = outlet.place.settings.archive.directory / "warc"
        assert audit(outlet.place.engine, warcs).findings == ()
    assert unread == ["unread"]
