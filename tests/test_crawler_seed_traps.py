"""Feeds as they are on the web: none costs a story, none is stored twice, each fault is named."""

from collections.abc import Iterator

import pytest
from seed_trap import SeedTrap, seed_trap

from crawler.demo.traps import TRAPS

pytestmark = pytest.mark.timeout(300)

NIGHTS = 4


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeedTrap]:
    with seed_trap(tmp_path_factory.mktemp("jorok"), "umpan-jorok") as site:
        site.play(NIGHTS)
        yield site


def test_dirty_feed_costs_no_story(dirty: SeedTrap) -> None:
    assert dirty.faults() == []


@pytest.mark.parametrize("night", range(NIGHTS))
def test_feed_is_read_under_any_content_type(dirty: SeedTrap, night: int) -> None:
    # what follows where no feed is read
    assert not [path for path in dirty.nights[night].paths if "sitemap" in path]


def test_same_guid_on_every_entry_hides_none(dirty: SeedTrap) -> None:
    assert set(dirty.story_paths) <= set(dirty.nights[0].paths)


def test_advertisements_are_not_asked_for(dirty: SeedTrap) -> None:
    hosts = {request.host for night in dirty.nights for request in night.requests}
    assert hosts == {"umpan-jorok.example"}


def test_blank_lines_before_the_declaration_are_named(dirty: SeedTrap) -> None:
    assert all(night.told("read all the same") for night in dirty.nights)


def test_address_of_200000_characters_is_named_in_short(dirty: SeedTrap) -> None:
    (problem,) = (p for p in dirty.nights[0].problems if p.kind == "bad-address")
    assert "over 2048 characters" in problem.detail
    assert len(problem.detail) < 500
    assert problem.url == f"{dirty.url}/feed/"


def test_redirect_to_200000_characters_is_named_in_short(dirty: SeedTrap) -> None:
    problems = [p for p in dirty.nights[0].problems if p.url == f"{dirty.url}/pindah/"]
    assert [problem.kind for problem in problems] == ["error"]
    assert len(problems[0].detail) < 500


@pytest.fixture(scope="module")
def huge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeedTrap]:
    with seed_trap(tmp_path_factory.mktemp("raksasa"), "umpan-raksasa") as site:
        site.play(2)
        yield site


def test_stories_among_ten_thousand_entries_are_found(huge: SeedTrap) -> None:
    assert huge.faults() == []


def test_ten_thousand_entries_cost_few_requests_and_little_memory(huge: SeedTrap) -> None:
    assert [len(night.paths) < 20 for night in huge.nights] == [True, True]
    assert max(night.peak for night in huge.nights) < 300_000_000


@pytest.fixture(scope="module")
def moody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeedTrap]:
    with seed_trap(tmp_path_factory.mktemp("murung"), "umpan-murung") as site:
        site.play(NIGHTS)
        yield site


def test_story_behind_the_cut_is_found_elsewhere_in_the_same_night(moody: SeedTrap) -> None:
    assert set(moody.story_paths) <= set(moody.nights[0].paths)
    assert moody.nights[0].told("it is cut")


def test_moods_of_a_feed_cost_no_story_and_make_none_gone(moody: SeedTrap) -> None:
    assert moody.faults() == []


WRONG = {
    "HTML": (1, "HTML instead of"),
    "no entries": (2, "without entries"),
    "no bytes": (3, "no XML instead of"),
}


@pytest.mark.parametrize(("night", "words"), WRONG.values(), ids=WRONG)
def test_feed_that_lists_nothing_is_named(moody: SeedTrap, night: int, words: str) -> None:
    (problem,) = moody.nights[night].told(words)
    assert (problem.kind, problem.url) == ("seed", f"{moody.url}/feed/")


def test_night_on_which_nothing_lists_a_story_is_not_taken_for_a_quiet_one(moody: SeedTrap) -> None:
    reasons = [night.reason for night in moody.nights]
    assert reasons == ["finished", "finished", "unreachable", "finished"]


def test_seeds_are_not_asked_conditionally(moody: SeedTrap) -> None:
    # a server whose ETag stays the same over a change would hide what is new
    feeds = [r for night in moody.nights for r in night.requests if r.path == "/feed/"]
    assert [(request.if_none_match, request.status) for request in feeds] == [("", 200)] * NIGHTS


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeedTrap]:
    with seed_trap(tmp_path_factory.mktemp("seribu"), "seribu-tautan") as site:
        site.play(2)
        yield site


def test_thousand_links_are_one_story(thousand: SeedTrap) -> None:
    assert thousand.faults() == []
    first = thousand.story_paths[0].rstrip("/")
    asked = [path for path in thousand.nights[0].paths if path.startswith(first)]
    assert len(asked) <= 2, asked  # the link and where it leads


@pytest.mark.parametrize("slug", ["umpan-jorok", "umpan-murung"])
def test_status_names_what_the_trap_is_known_for(request: pytest.FixtureRequest, slug: str) -> None:
    site: SeedTrap = request.getfixturevalue(
        {"umpan-jorok": "dirty", "umpan-murung": "moody"}[slug]
    )
    assert set(TRAPS[slug].status_kinds) <= site.named
