"""Calendars, pages and links without end: bounded crawls that find every story, and a flood."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from seed_trap import SeedTrap, seed_trap

from crawler.demo.traps import TRAPS

pytestmark = pytest.mark.timeout(590)

RATION = 500
FLOOD = 5_000


@pytest.fixture(scope="module")
def calendar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeedTrap]:
    with seed_trap(tmp_path_factory.mktemp("kalender"), "kalender-abadi") as site:
        site.play(3)
        yield site


def test_session_ids_in_every_link_make_no_second_story(calendar: SeedTrap) -> None:
    assert calendar.faults() == []


def test_session_ids_in_every_link_cost_no_second_request(calendar: SeedTrap) -> None:
    paths = [path.partition(";")[0].rstrip("/") for path in calendar.nights[1].paths]
    assert not {path.rstrip("/") for path in calendar.story_paths} & set(paths)


@pytest.mark.parametrize("night", range(3))
def test_calendar_is_never_entered(calendar: SeedTrap, night: int) -> None:
    paths = calendar.nights[night].paths
    assert not [path for path in paths if "month=" in path or "bulan=" in path or "/20" in path]


@pytest.mark.parametrize("night", range(3))
def test_queries_that_grow_are_bounded_and_named(calendar: SeedTrap, night: int) -> None:
    grown = [path for path in calendar.nights[night].paths if "lihat=" in path]
    assert 1 <= len(grown) <= 4
    assert {"bad-address", "seed"} <= calendar.nights[night].kinds


def test_links_of_other_schemes_are_ignored(calendar: SeedTrap) -> None:
    hosts = {request.host for night in calendar.nights for request in night.requests}
    assert hosts == {"kalender-abadi.example"}
    paths = {path.lower() for night in calendar.nights for path in night.paths}
    words = ("mailto", "javascript", "data:", "whatsapp", "hostname", "blob", "tel:", "about:")
    assert not [path for path in paths for word in words if word in path]


def test_link_of_200000_characters_is_named_in_short(calendar: SeedTrap) -> None:
    (problem,) = (p for p in calendar.nights[0].problems if p.kind == "bad-address")
    assert problem.url == f"{calendar.url}/"
    assert len(problem.detail) < 500


def test_page_that_repeats_is_asked_for_once_more_at_most(calendar: SeedTrap) -> None:
    pages = [path for path in calendar.nights[0].paths if path.startswith("/page/")]
    assert len(pages) <= 3


@pytest.fixture(scope="module")
def endless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeedTrap]:
    with seed_trap(tmp_path_factory.mktemp("akhir"), "halaman-tanpa-akhir") as site:
        site.play(2)
        yield site


def test_stories_on_pages_without_end_are_found(endless: SeedTrap) -> None:
    assert endless.faults() == []


@pytest.mark.parametrize("night", [0, 1])
def test_pages_without_end_are_bounded_and_named(endless: SeedTrap, night: int) -> None:
    played = endless.nights[night]
    assert len([path for path in played.paths if path.startswith("/cuaca-")]) <= RATION
    assert len([path for path in played.paths if path.startswith("/page/")]) <= 101
    assert played.told("too long for one night")


def test_second_night_goes_on_where_the_first_one_stopped(endless: SeedTrap) -> None:
    asked = [path for night in endless.nights for path in night.paths if path.startswith("/cuaca")]
    assert [path for path, times in Counter(asked).items() if times > 1] == []


@pytest.mark.parametrize("slug", ["kalender-abadi", "halaman-tanpa-akhir"])
def test_status_names_what_the_trap_is_known_for(request: pytest.FixtureRequest, slug: str) -> None:
    name = {"kalender-abadi": "calendar", "halaman-tanpa-akhir": "endless"}[slug]
    site: SeedTrap = request.getfixturevalue(name)
    assert set(TRAPS[slug].status_kinds) <= site.named


def _numbers(paths: list[str]) -> list[int]:
    return [int(path.strip("/").partition("-")[2]) for path in paths if path.startswith("/cuaca-")]


@pytest.fixture(scope="module")
def flood(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeedTrap]:
    """Two nights that the time limit cuts short, and a long one."""
    folder: Path = tmp_path_factory.mktemp("banjir")
    with seed_trap(folder, "banjir", newsroom={"grown": FLOOD}, time_limit="8s") as site:
        site.play(2)
        settings = site.place.file.read_text(encoding="utf-8")
        site.place.file.write_text(settings.replace('"8s"', '"10m"'), encoding="utf-8")
        site.play(1)
        yield site


@pytest.mark.slow
def test_time_limit_cuts_a_flood_newest_first(flood: SeedTrap) -> None:
    assert [night.reason for night in flood.nights] == ["time-limit", "time-limit", "finished"]
    first = _numbers(flood.nights[0].paths)
    assert len(first) > 5
    assert first == list(range(FLOOD, FLOOD - len(first), -1))


@pytest.mark.slow
def test_next_night_of_a_flood_begins_with_what_is_new_and_goes_on(flood: SeedTrap) -> None:
    first, second, third = (_numbers(night.paths) for night in flood.nights)
    assert (second[0], third[0]) == (FLOOD + 2, FLOOD + 3)
    rest = second[1:] + third[1:]
    # of a night cut short the last ones may not have been written down
    assert min(first) - 1 <= rest[0] < min(first) + 50


@pytest.mark.slow
def test_flood_loses_nothing_and_asks_for_nothing_twice(flood: SeedTrap) -> None:
    asked = Counter(number for night in flood.nights for number in _numbers(night.paths))
    assert set(asked) == set(range(1, FLOOD + 4)) - {FLOOD + 1}
    assert sum(asked.values()) - len(asked) <= 2 * 50  # a batch that a night could not write
    assert flood.faults() == []


@pytest.mark.slow
def test_flood_takes_little_memory(flood: SeedTrap) -> None:
    assert max(night.peak for night in flood.nights) < 300_000_000
