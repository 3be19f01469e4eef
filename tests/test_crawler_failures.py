"""What a crawl does when an outlet refuses, fails for a night, or sends us away."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from loopback import Route, reply
from small_outlet import SmallOutlet, feed, page, small_outlet, story, story_path
from sqlalchemy import update

from archive import database, schema

pytestmark = pytest.mark.timeout(300)

CHALLENGE = page("Just a moment...", '<form id="challenge-form" action="/x"></form>')
REFUSED = reply(403, b"<h1>403 Forbidden</h1>")
MAINTENANCE = page("Sedang dalam perbaikan", "<h1>Kami segera kembali</h1><p>Mohon tunggu.</p>")
HTML = page("Harian Kecil", f'<a href="{story_path(1)}">Camat Nomor 1 Diperiksa Bawaslu</a>')


def _stories(answers: dict[int, Route]) -> dict[str, Route]:
    routes = {story_path(number): answer for number, answer in answers.items()}
    return routes | {"/feed/": feed(*answers)}


# -- a story that fails one night -----------------------------------------------------------

PASSING = {
    "503": (reply(503, b"nanti"), "error"),
    "500": (reply(500, b"aduh"), "error"),
    "empty body": (reply(200), "error"),
    "refused": (REFUSED, "challenge"),
    "challenge page with 200": (CHALLENGE, "challenge"),
    "maintenance page with 200": (MAINTENANCE, "error"),
    "too early 404": (reply(404, b"belum ada"), "missing"),
    "redirect loop": (reply(302, headers={"Location": story_path(8)}), "redirect-loop"),
}


@pytest.fixture(scope="module")
def two_nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SmallOutlet, list[str]]]:
    """Stories 1 to 8 fail on the first night; on the second all are there, and no seed names any.

    With them, what was stored after the first night.
    """
    answers = {number: route for number, (route, _) in enumerate(PASSING.values(), start=1)}
    with small_outlet(tmp_path_factory.mktemp("kecil"), _stories(answers)) as outlet:
        assert outlet.crawl() == "finished"
        before = outlet.stored()
        outlet.routes.update({story_path(number): story(number) for number in answers})
        outlet.routes["/feed/"] = feed()
        assert outlet.crawl() == "finished"
        yield outlet, before


def test_failing_page_is_not_stored(two_nights: tuple[SmallOutlet, list[str]]) -> None:
    assert two_nights[1] == []


@pytest.mark.parametrize(("number", "name"), list(enumerate(PASSING, start=1)), ids=PASSING)
def test_failed_story_is_found_next_night(
    two_nights: tuple[SmallOutlet, list[str]], number: int, name: str
) -> None:
    outlet, _ = two_nights
    assert outlet.problems()[story_path(number)][0] == PASSING[name][1]
    assert story_path(number) in outlet.stored()


# -- refusals in a row ----------------------------------------------------------------------


def test_wall_of_challenges_ends_the_crawl(tmp_path: Path) -> None:
    answers = dict.fromkeys(range(1, 4), REFUSED) | dict.fromkeys(range(4, 9), CHALLENGE)
    with small_outlet(tmp_path, _stories(answers)) as outlet:
        assert outlet.crawl() == "challenged"
        asked = [hit.target for hit in outlet.server.hits if hit.target.startswith("/camat")]
        assert asked == [story_path(number) for number in range(1, 6)]
        assert {kind for kind, _ in outlet.problems().values()} == {"challenge"}
        # next night starts where this one began, and finds what the wall hid
        outlet.routes.update({story_path(number): story(number) for number in answers})
        assert outlet.crawl() == "finished"
        assert len(outlet.stored()) == 8


def test_wall_before_known_stories_ends_the_crawl_and_changes_nothing(tmp_path: Path) -> None:
    numbers = range(1, 8)
    with small_outlet(tmp_path, _stories({number: story(number) for number in numbers})) as outlet:
        assert outlet.crawl() == "finished"
        before = outlet.stored()
        outlet.routes.update({story_path(number): CHALLENGE for number in numbers})
        asked = len(outlet.server.hits)
        assert outlet.crawl("--revisit", "all") == "challenged"
        again = [hit for hit in outlet.server.hits[asked:] if hit.target.startswith("/camat")]
        assert len(again) == 5
        assert outlet.stored() == before
        kinds = {row["kind"] for row in outlet.place.rows(schema.event)}
        assert kinds - {"copy"} == {"new", "crawl"}


def test_refusals_with_stories_between_are_no_wall(tmp_path: Path) -> None:
    answers = {number: REFUSED if number % 5 else story(number) for number in range(1, 15)}
    with small_outlet(tmp_path, _stories(answers)) as outlet:
        assert outlet.crawl() == "finished"
        assert outlet.stored() == sorted([story_path(5), story_path(10)])


# -- sent away ------------------------------------------------------------------------------


def test_long_retry_after_is_kept_over_nights(tmp_path: Path) -> None:
    busy = reply(503, b"nanti", headers={"Retry-After": "7200"})
    with small_outlet(tmp_path, _stories({1: story(1), 2: busy, 3: story(3)})) as outlet:
        assert outlet.crawl() == "held"
        assert story_path(3) not in {hit.target for hit in outlet.server.hits}
        (row,) = outlet.place.rows(schema.outlet)
        wait = row["held_until"] - datetime.now(UTC)
        assert timedelta(hours=1) < wait <= timedelta(hours=2)
        assert outlet.stored() == [story_path(1)]
        asked = len(outlet.server.hits)

        assert outlet.crawl() == "held"
        assert len(outlet.server.hits) == asked
        assert "asked not to be visited before" in outlet.problems()[""][1]

        _let_hold_pass(outlet)
        outlet.routes[story_path(2)] = story(2)
        assert outlet.crawl() == "finished"
        assert outlet.stored() == [story_path(number) for number in (1, 2, 3)]


def test_last_answer_may_send_us_away(tmp_path: Path) -> None:
    busy = reply(429, b"nanti", headers={"Retry-After": "7200"})
    with small_outlet(tmp_path, _stories({1: busy})) as outlet:
        assert outlet.crawl() == "held"
        (row,) = outlet.place.rows(schema.outlet)
        assert row["visited_at"] is None


def _let_hold_pass(outlet: SmallOutlet) -> None:
    with database.writing(outlet.place.engine) as connection:
        connection.execute(update(schema.outlet).values(held_until=datetime.now(UTC)))


# -- seeds ----------------------------------------------------------------------------------


def test_feed_that_turned_into_html_shows_and_the_front_page_is_read(tmp_path: Path) -> None:
    with small_outlet(tmp_path, {"/feed/": HTML, "/": HTML, story_path(1): story(1)}) as outlet:
        assert outlet.crawl() == "finished"
        assert outlet.problems()["/feed/"] == ("seed", "HTML instead of <feed> or <rdf> or <rss>")
        assert outlet.stored() == [story_path(1)]


@pytest.mark.parametrize(
    "routes", [{}, {"/robots.txt": reply(503)}], ids=["nothing answers", "robots.txt is down"]
)
def test_outlet_without_any_seed_shows(tmp_path: Path, routes: dict[str, Route]) -> None:
    with small_outlet(tmp_path, routes) as outlet:
        assert outlet.crawl() == "unreachable"
        assert outlet.problems()[""][0] == "seeds"
        (row,) = outlet.place.rows(schema.outlet)
        assert row["visited_at"] is None  # the next night looks back as far as this one
