"""Sitemaps as they are on the web: bounded crawls that find every story, each fault named."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import reply
from seed_trap import SeedTrap, measured, seed_trap
from small_outlet import FRONT, small_outlet

from crawler.demo.traps.seeds_sitemaps import LABELS
from crawler.discover import SEED_LIMIT

pytestmark = pytest.mark.timeout(300)

RATION = 500


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeedTrap]:
    with seed_trap(tmp_path_factory.mktemp("berlabel"), "peta-berlabel") as site:
        site.play(1)
        yield site


@pytest.mark.parametrize(("number", "name"), list(enumerate(LABELS)), ids=LABELS)
def test_gzipped_sitemap_is_read_under_any_label(
    labelled: SeedTrap, number: int, name: str
) -> None:
    assert labelled.nights[0].times(f"/peta-{name}.xml.gz") == 1
    assert labelled.nights[0].times(f"/cuaca-{number}/") == 1


def test_stories_of_labelled_sitemaps_are_held_once(labelled: SeedTrap) -> None:
    assert labelled.faults() == []


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeedTrap]:
    with seed_trap(tmp_path_factory.mktemp("besar"), "peta-besar") as site:
        site.play(2)
        yield site


def test_of_fifty_thousand_addresses_only_those_of_the_window_are_asked_for(
    large: SeedTrap,
) -> None:
    assert large.faults() == []
    assert [len(night.paths) < 20 for night in large.nights] == [True, True]


def test_fifty_thousand_addresses_take_little_memory(large: SeedTrap) -> None:
    assert max(night.peak for night in large.nights) < 300_000_000


def test_sitemap_of_twenty_megabytes_takes_little_memory(tmp_path: Path) -> None:
    rows = (
        f"<url><loc>{FRONT}/kabar-{number}-{'panjang-' * 41}/</loc>"
        "<lastmod>2021-03-04T05:06:07+00:00</lastmod></url>"
        for number in range(48_000)
    )
    body = f"<urlset>{''.join(rows)}</urlset>".encode()
    assert 20_000_000 < len(body) < SEED_LIMIT
    with small_outlet(tmp_path, {"/sitemap.xml": reply(body=gzip.compress(body, 1))}) as outlet:
        end, peak = measured(outlet.place, "kecil")
    assert end["reason"] == "finished"
    assert peak < 300_000_000


@pytest.fixture(scope="module")
def undated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeedTrap]:
    with seed_trap(tmp_path_factory.mktemp("tanpa"), "peta-tanpa-tanggal") as site:
        site.play(2)
        yield site


def test_new_story_among_fifty_thousand_without_dates_is_found(undated: SeedTrap) -> None:
    assert undated.faults() == []


@pytest.mark.parametrize("night", [0, 1])
def test_addresses_without_dates_are_rationed(undated: SeedTrap, night: int) -> None:
    pages = [path for path in undated.nights[night].paths if path.startswith("/cuaca-")]
    assert RATION - 3 <= len(pages) <= RATION
    assert undated.nights[night].peak < 300_000_000


def test_next_night_asks_for_others(undated: SeedTrap) -> None:
    first, second = (set(filter(_is_filler, night.paths)) for night in undated.nights)
    assert not first & second


def _is_filler(path: str) -> bool:
    return path.startswith("/cuaca-")


def test_what_is_put_off_is_named(undated: SeedTrap) -> None:
    (problem,) = undated.nights[0].told("49502 addresses without a date")
    assert (problem.kind, problem.url) == ("seed", f"{undated.url}/sitemap_index.xml")
    assert "every night" in problem.advice


@pytest.fixture(scope="module")
def nested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeedTrap]:
    with seed_trap(tmp_path_factory.mktemp("berlapis"), "peta-berlapis") as site:
        site.play(2)
        yield site


def test_stories_under_indexes_of_indexes_are_found(nested: SeedTrap) -> None:
    assert nested.faults() == []


@pytest.mark.parametrize("path", ["/sitemap_index.xml", "/lapis-2.xml", "/ribuan.xml"])
def test_index_that_lists_itself_is_asked_for_once(nested: SeedTrap, path: str) -> None:
    assert [night.times(path) for night in nested.nights] == [1, 1]


def test_index_that_lists_itself_is_named(nested: SeedTrap) -> None:
    assert {problem.url for problem in nested.nights[0].told("lists itself")} == {
        f"{nested.url}/sitemap_index.xml",
        f"{nested.url}/lapis-2.xml",
    }


def test_index_of_five_thousand_is_read_in_part_and_named(nested: SeedTrap) -> None:
    asked = [path for path in nested.nights[0].paths if path.startswith("/ribuan-")]
    assert len(asked) == 50
    (problem,) = nested.nights[0].told("5000 sitemaps, of which 50 are read")
    assert problem.url == f"{nested.url}/ribuan.xml"


@pytest.fixture(scope="module")
def lying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeedTrap]:
    with seed_trap(tmp_path_factory.mktemp("bohong"), "peta-bohong") as site:
        site.play(4)
        yield site


def test_lying_dates_cost_no_story(lying: SeedTrap) -> None:
    assert lying.faults() == []


@pytest.mark.parametrize("night", [1, 2, 3], ids=["in a year", "today", "long ago"])
def test_one_date_for_all_is_named(lying: SeedTrap, night: int) -> None:
    assert lying.nights[night].told("that is not believed")


@pytest.mark.parametrize("night", range(4))
def test_lying_dates_do_not_have_the_whole_past_fetched(lying: SeedTrap, night: int) -> None:
    assert len(list(filter(_is_filler, lying.nights[night].paths))) <= RATION
