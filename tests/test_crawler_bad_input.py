"""Everything that can be wrong with an answer: none of it ends a crawl or goes unmentioned."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playing import Place
from scorer import score

from archive import schema
from archive.audit import audit
from archive.status import status
from archive.types import Problem
from crawler.demo import Newsroom, NewsroomConfig
from crawler.demo.hostile import REDIRECTS

pytestmark = pytest.mark.timeout(300)

RUSAK = "https://rusak.example"
_TRACKED = "?utm_source=rss&utm_medium=feed"
_MEASURED = """
import sys
from pathlib import Path
from scheduler.cli import main
try:
    main()
finally:
    sys.stderr.write(Path("/proc/self/status").read_text())
"""

BAD = {
    "empty body": ("/bad/empty/", "error", "the body is empty"),
    "UTF-8 called Latin-1": ("/bad/latin1-header/", "not-article", "126 characters"),
    "Windows-1252 called UTF-8": ("/bad/windows-1252/", "not-article", "126 characters"),
    "cut connection": ("/bad/cut/", "error", "cut after 1000 bytes"),
    "wrong Content-Length": ("/bad/short-length/", "not-article", "no headline"),
    "cut gzip": ("/bad/broken-gzip/", "unread", "gzip body is cut"),
    "500": ("/bad/error/", "error", "answered 500"),
    "503 with seconds to wait": ("/bad/unavailable/", "error", "answered 503"),
    "503 with a date to wait for": ("/bad/unavailable-date/", "error", "answered 503"),
    "403": ("/bad/forbidden/", "challenge", "answered 403"),
    "429": ("/bad/too-many/", "challenge", "answered 429"),
    "soft 404": ("/bad/soft-404/", "missing", "says it was not found"),
    "410": ("/bad/gone/", "missing", "answered 410"),
    "redirect loop": ("/bad/loop/", "redirect-loop", "max redirections"),
    "redirect to nowhere": ("/bad/nowhere/", "error", "redirect (302) to nowhere"),
    "redirect to a file": (
        f"/bad/redirect/file/{_TRACKED}", "error", "redirect (302) to file:///etc/hostname",
    ),
    "challenge with 200": ("/bad/challenge/", "challenge", "asks for a human"),
    "challenge with 403": ("/bad/challenge-403/", "challenge", "answered 403"),
    "PDF": ("/bad/pdf/", "unread", "binary data"),
    "gzip bomb": ("/bad/bomb/", "unread", "over the limit of 2000000 bytes"),
    "declared length over the limit": ("/bad/large/", "unread", "over the limit"),
    "body without end": ("/bad/endless/", "unread", "cut after 2000000 bytes"),
    "feed with bare & and &nbsp;": ("/feed/", "seed", "read all the same"),
    "self-referencing sitemap index": ("/sitemap_index.xml", "seed", "lists itself"),
    "forbidden by robots.txt": ("/private/asn-tidak-netral/", "robots", "robots.txt forbids it"),
}  # fmt: skip


@dataclass(frozen=True)
class Nights:
    """The broken outlet after two crawls; what the first one left and cost."""

    room: Newsroom
    place: Place
    first: tuple[Problem, ...]
    kept: set[str]
    memory: int
    """Bytes that the process of the first crawl needed at most, its reading worker apart."""


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    with Newsroom(NewsroomConfig(today=datetime.datetime.now(datetime.UTC).date())) as room:
        place = Place.make(
            tmp_path_factory.mktemp("rusak"),
            room.connect_to,
            outlets=[{"slug": "rusak", "url": RUSAK, "platform": "wordpress"}],
            page_limit=2_000_000,
            timeout="5s",
            read_time="5s",
        )
        with place.started("crawl", "rusak", "--json", program=_MEASURED) as crawl:
            _, told = crawl.communicate(timeout=100)
        peak = re.search(r"VmHWM:\s+(\d+) kB", told)
        assert peak, told
        kept = {row["record_id"] for row in place.rows(schema.warc_record)}
        first = status(place.engine).runs[0].crawls[0].problems
        place.crawl("rusak", "--revisit", "all")
        yield Nights(room, place, first, kept, 1024 * int(peak[1]))


def _told_of(nights: Nights, url: str) -> list[Problem]:
    return [problem for problem in nights.first if problem.url == url]


def _is_advice(problem: Problem) -> bool:
    return len(problem.advice) > 20 and "\n" not in problem.detail + problem.advice


def test_crawl_goes_on_to_its_end(nights: Nights) -> None:
    assert [row["finish_reason"] for row in nights.place.rows(schema.crawl)] == ["finished"] * 2


def test_good_stories_are_found_among_the_bad(nights: Nights) -> None:
    found = score(nights.place.engine, nights.room.truth(), outlets=["rusak"])
    # an outlet without rules: nobody said where its editor stands, or what its masthead prints
    faults = [line for line in found.faults() if not re.search(r" (editor|dateline): ", line)]
    assert (found.found, faults) == (3, [])


@pytest.mark.parametrize(("path", "kind", "words"), BAD.values(), ids=BAD)
def test_bad_answer_shows_in_status(nights: Nights, path: str, kind: str, words: str) -> None:
    (problem,) = _told_of(nights, f"{RUSAK}{path}")
    assert (problem.outlet, problem.kind) == ("rusak", kind)
    assert words in problem.detail
    assert _is_advice(problem)


@pytest.mark.parametrize("name", [name for name in REDIRECTS if name != "file"])
def test_redirect_into_a_private_network_is_refused(nights: Nights, name: str) -> None:
    (problem,) = _told_of(nights, f"{RUSAK}/bad/redirect/{name}/{_TRACKED}")
    assert problem.kind == "hostile-address"
    assert _private(nights, name) in problem.detail
    assert _is_advice(problem)


@pytest.mark.parametrize("name", REDIRECTS)
def test_feed_link_into_a_private_network_is_refused(nights: Nights, name: str) -> None:
    (problem,) = _told_of(nights, _private(nights, name))
    assert problem.kind == "hostile-address"
    assert f"{RUSAK}/feed/" in problem.detail
    assert _is_advice(problem)


def _private(nights: Nights, name: str) -> str:
    return REDIRECTS[name].format(port=nights.room.private_url.rpartition(":")[2])


def test_nothing_private_is_asked_for(nights: Nights) -> None:
    assert {request.host for request in nights.room.requests} == {"rusak.example"}
    assert not [r.path for r in nights.room.requests if r.path.startswith("/private/")]


def test_nothing_stored_is_lost(nights: Nights) -> None:
    now = {row["record_id"] for row in nights.place.rows(schema.warc_record)}
    assert len(nights.kept) >= 3
    assert nights.kept <= now
    warcs = nights.place.settings.archive.directory / "warc"
    assert audit(nights.place.engine, warcs).findings == ()


def test_unread_page_keeps_its_capture(nights: Nights) -> None:
    unread = {row["url"] for row in nights.place.rows(schema.capture) if row["answer"] == "unread"}
    assert unread == {f"{RUSAK}/bad/{name}/" for name in
                      ("broken-gzip", "pdf", "bomb", "large", "endless")}  # fmt: skip


def test_what_failed_is_asked_for_again(nights: Nights) -> None:
    tries = {row["url"]: row["tries"] for row in nights.place.rows(schema.seen_url)}
    again = {url.rpartition("/")[2] for url, count in tries.items() if count > 1}
    failed = {"empty", "cut", "error", "nowhere", "forbidden", "challenge", "challenge-403",
              "unavailable", "unavailable-date", "too-many", "loop", "file"}  # fmt: skip
    assert failed <= again
    assert not again & {"loopback", "private", "metadata", "localhost"}


def test_crawl_of_bombs_stays_small(nights: Nights) -> None:
    assert nights.memory < 300_000_000
