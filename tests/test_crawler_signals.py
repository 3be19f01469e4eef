"""What an outlet's seeds say of a story's last change, and when that is no longer believed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from loopback import Route, reply
from small_outlet import FRONT, SmallOutlet, feed, small_outlet, story, story_body, story_path
from sqlalchemy import update

from archive import database, schema

pytestmark = pytest.mark.timeout(300)

EDITED = reply(
    body=story_body(1).replace(b"dua jam", b"tiga jam"),
    headers={"Content-Type": "text/html; charset=UTF-8"},
)
LONG_AGO = f"<entry><link href='{FRONT}/lama/'/><updated>2020-01-01T00:00:00Z</updated></entry>"


def atom(*entries: tuple[int, str]) -> Route:
    """A feed that says when its stories were changed last."""
    told = "".join(
        f"<entry><link href='{FRONT}{story_path(number)}'/><updated>{changed}</updated></entry>"
        for number, changed in entries
    )
    return reply(body=f"<feed xmlns='http://www.w3.org/2005/Atom'>{told}{LONG_AGO}</feed>".encode())


@pytest.fixture
def outlet(tmp_path: Path) -> Iterator[SmallOutlet]:
    """An outlet whose only story is stored, with the moment that its feed gave."""
    routes = {story_path(1): story(1), "/feed/": atom((1, "2099-01-01T03:00:00Z"))}
    with small_outlet(tmp_path, routes) as made:
        assert made.crawl() == "finished"
        yield made


def _versions(outlet: SmallOutlet) -> int:
    return len(outlet.place.rows(schema.version))


def _is_trusted(outlet: SmallOutlet) -> bool:
    (row,) = outlet.place.rows(schema.outlet)
    return bool(row["signals_trusted"])


def test_signal_that_stood_still_over_an_edit_is_distrusted(outlet: SmallOutlet) -> None:
    outlet.routes[story_path(1)] = EDITED
    assert outlet.crawl("--revisit", "all") == "finished"
    assert (_versions(outlet), _is_trusted(outlet)) == (2, False)


def test_lastmod_that_stood_still_over_an_edit_is_distrusted(tmp_path: Path) -> None:
    row = f"<url><loc>{FRONT}{story_path(1)}</loc><lastmod>2099-01-01T03:00:00Z</lastmod></url>"
    sitemap = reply(body=f"<urlset>{row}</urlset>".encode())
    with small_outlet(tmp_path, {story_path(1): story(1), "/sitemap.xml": sitemap}) as outlet:
        assert outlet.crawl() == "finished"
        outlet.routes[story_path(1)] = EDITED
        assert outlet.crawl("--revisit", "all") == "finished"
        assert (_versions(outlet), _is_trusted(outlet)) == (2, False)


def test_seed_that_names_the_story_no_more_did_not_lie(outlet: SmallOutlet) -> None:
    outlet.routes[story_path(1)] = EDITED
    outlet.routes["/feed/"] = atom()
    assert outlet.crawl("--revisit", "all") == "finished"
    assert (_versions(outlet), _is_trusted(outlet)) == (2, True)


def _age(outlet: SmallOutlet, *, days: float) -> None:
    """Let the stories have been looked at so long ago, and be due again since."""
    now = datetime.now(UTC)
    before = now - timedelta(days=days)
    values = {"last_fetched_at": before, "last_unconditional_at": before, "next_visit_at": now}
    with database.writing(outlet.place.engine) as connection:
        connection.execute(update(schema.story).values(values))


def test_one_due_story_a_night_shows_whether_the_signals_lie(tmp_path: Path) -> None:
    told = atom(*((number, "2099-01-01T03:00:00Z") for number in (1, 2, 3)))
    routes = {story_path(number): story(number) for number in (1, 2, 3)} | {"/feed/": told}
    with small_outlet(tmp_path, routes) as outlet:
        assert outlet.crawl() == "finished"
        _age(outlet, days=3)
        before = len(outlet.server.hits)
        outlet.crawl()
        asked = {hit.target for hit in outlet.server.hits[before:]} & set(
            map(story_path, (1, 2, 3))
        )
        assert len(asked) == 1


def test_lie_is_caught_by_a_check(outlet: SmallOutlet) -> None:
    outlet.routes[story_path(1)] = EDITED
    _age(outlet, days=3)
    assert outlet.crawl() == "finished"
    assert (_versions(outlet), _is_trusted(outlet)) == (2, False)


def test_story_fetched_whole_the_night_before_is_spared(outlet: SmallOutlet) -> None:
    outlet.routes[story_path(1)] = EDITED
    _age(outlet, days=1)
    assert outlet.crawl() == "finished"
    assert (_versions(outlet), _is_trusted(outlet)) == (1, True)


def test_no_more_known_stories_are_asked_than_the_settings_allow(tmp_path: Path) -> None:
    numbers = (1, 2, 3, 4, 5)
    routes = {story_path(number): story(number) for number in numbers} | {"/feed/": feed(*numbers)}
    with small_outlet(tmp_path, routes, revisits=2) as outlet:
        assert outlet.crawl() == "finished"
        outlet.routes["/feed/"] = feed()
        _age(outlet, days=3)
        asked = [_asked(outlet) & set(map(story_path, numbers)) for _ in range(3)]
        assert [len(night) for night in asked] == [2, 2, 1]
        assert set[str]().union(*asked) == set(map(story_path, numbers))


def _asked(outlet: SmallOutlet) -> set[str]:
    """What the next crawl asks for."""
    before = len(outlet.server.hits)
    assert outlet.crawl() == "finished"
    return {hit.target for hit in outlet.server.hits[before:]}
