"""robots.txt as it is on the web: obeyed, bounded, and told of where it is odd."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from loopback import reply
from seed_trap import SeedTrap, seed_trap
from small_outlet import feed, small_outlet, story, story_path

from archive import schema
from crawler.demo.traps import TRAPS

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeedTrap]:
    # the file is longer than the largest page that is kept
    folder = tmp_path_factory.mktemp("aneh")
    with seed_trap(folder, "robots-aneh", page_limit=2_000_000) as site:
        site.play(4)
        yield site


FORMS = ["5 MB", "HTML", "410", "five redirects"]


@pytest.mark.parametrize("night", range(4), ids=FORMS)
def test_strange_robots_stop_no_crawl(strange: SeedTrap, night: int) -> None:
    assert strange.nights[night].reason == "finished"
    assert "/feed/" in strange.nights[night].paths


def test_strange_robots_cost_no_story(strange: SeedTrap) -> None:
    assert strange.faults() == []


ODD = {
    "5 MB": (0, "only its first 512000 bytes count"),
    "HTML": (1, "a page came instead of robots.txt"),
}


@pytest.mark.parametrize(("night", "words"), ODD.values(), ids=ODD)
def test_strange_robots_are_named(strange: SeedTrap, night: int, words: str) -> None:
    (problem,) = strange.nights[night].told(words)
    assert (problem.kind, problem.url) == ("robots", f"{strange.url}/robots.txt")


def test_rules_behind_five_redirects_are_found(strange: SeedTrap) -> None:
    paths = strange.nights[3].paths
    assert paths[:6] == ["/robots.txt", *(f"/robots-{hop}.txt" for hop in range(1, 6))]
    assert strange.nights[3].told("robots") == []


@pytest.mark.parametrize("night", [0, 3], ids=["5 MB", "five redirects"])
def test_what_strange_robots_forbid_is_not_asked_for(strange: SeedTrap, night: int) -> None:
    assert not [path for path in strange.nights[night].paths if path.startswith("/private/")]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeedTrap]:
    with seed_trap(tmp_path_factory.mktemp("galat"), "robots-galat") as site:
        site.play(2)
        yield site


def test_robots_that_fail_forbid_everything(broken: SeedTrap) -> None:
    assert set(broken.nights[0].paths) == {"/robots.txt"}
    assert broken.nights[0].reason == "unreachable"


def test_robots_that_fail_are_named(broken: SeedTrap) -> None:
    (problem,) = (p for p in broken.nights[0].problems if p.kind == "robots-unread")
    assert problem.url == f"{broken.url}/robots.txt"
    assert "500" in problem.detail


def test_robots_that_failed_are_asked_again_next_night(broken: SeedTrap) -> None:
    assert broken.nights[1].reason == "finished"
    assert broken.faults() == []


@pytest.fixture(scope="module")
def fickle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeedTrap]:
    with seed_trap(tmp_path_factory.mktemp("plinplan"), "robots-plinplan") as site:
        for night in range(4):
            site.play(1, "--revisit", "all" if night else "due")
        yield site


def test_robots_that_now_forbid_everything_are_obeyed(fickle: SeedTrap) -> None:
    assert fickle.nights[1].paths == ["/robots.txt"]


def test_robots_that_now_forbid_one_story_are_obeyed(fickle: SeedTrap) -> None:
    asked, (newest, *others) = fickle.nights[2].paths, fickle.story_paths
    assert newest not in asked
    assert set(others) <= set(asked)


@pytest.mark.parametrize("night", [1, 2], ids=["all of it", "one story"])
def test_what_is_forbidden_since_is_named(fickle: SeedTrap, night: int) -> None:
    (problem,) = (
        problem
        for problem in fickle.nights[night].problems
        if problem.url == f"{fickle.url}{fickle.story_paths[0]}"
    )
    assert problem.kind == "robots"


def test_what_is_forbidden_since_is_not_gone(fickle: SeedTrap) -> None:
    assert fickle.faults() == []
    assert [row["kind"] for row in fickle.place.rows(schema.event)].count("gone") == 0


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeedTrap]:
    with seed_trap(tmp_path_factory.mktemp("sendiri"), "robots-sendiri") as site:
        site.play(1)
        yield site


def test_our_own_group_stands_above_the_one_for_all(own: SeedTrap) -> None:
    assert own.faults() == []
    assert not [path for path in own.nights[0].paths if path.startswith(("/private", "/sitemap"))]


def test_fraction_of_a_second_is_kept_between_requests(own: SeedTrap) -> None:
    after_robots = own.nights[0].requests[1:]
    gaps = [late.started - early.ended for early, late in pairwise(after_robots)]
    assert min(gaps) >= 0.05  # as the server saw it; none at all is a hundredth of a second


TRAPPED = {
    "robots-aneh": "strange",
    "robots-galat": "broken",
    "robots-plinplan": "fickle",
    "robots-sendiri": "own",
}


@pytest.mark.parametrize(("slug", "name"), TRAPPED.items(), ids=TRAPPED)
def test_status_names_what_the_trap_is_known_for(
    request: pytest.FixtureRequest, slug: str, name: str
) -> None:
    site: SeedTrap = request.getfixturevalue(name)
    assert set(TRAPS[slug].status_kinds) <= site.named


def test_absurd_crawl_delay_is_cut_and_named(tmp_path: Path) -> None:
    routes = {
        "/robots.txt": reply(body=b"User-agent: *\nCrawl-delay: 86400\n"),
        "/feed/": feed(1),
        story_path(1): story(1),
    }
    with small_outlet(tmp_path, routes, max_crawl_delay="0.2s") as outlet:
        assert outlet.crawl() == "finished"
        assert outlet.problems()["/robots.txt"] == (
            "robots",
            "Crawl-delay of 86400 seconds is cut to 0.2",
        )
        gaps = [b.began - a.began for a, b in pairwise(outlet.server.hits[1:])]
    assert min(gaps) >= 0.19
