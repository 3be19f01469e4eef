"""A story's address comes in many spellings: they are one story, asked for once, as it is read."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import Route
from small_outlet import FRONT, page, small_outlet, story, story_path

from archive import schema
from archive.urls import canonical_url
from crawler.demo.traps.pages_addresses import ALIASES
from crawler.discover import story_link
from crawler.spelling import plain_spelling, whole_of
from crawler.wordpress_seeds import story_address

pytestmark = pytest.mark.timeout(300)

OUTLET = "https://alamat.example"
STORY = f"{OUTLET}/politik/camat-ditegur/"
_NUMBERED = {"paging tail", "paging tail and slash"}
_AS_WRITTEN = {"tracked"}


@pytest.mark.parametrize("name", [name for name in ALIASES if name not in _NUMBERED])
def test_every_spelling_is_one_story(name: str) -> None:
    assert canonical_url(ALIASES[name](STORY)) == STORY.rstrip("/")


@pytest.mark.parametrize("name", [name for name in ALIASES if name not in _NUMBERED | _AS_WRITTEN])
def test_every_spelling_is_asked_for_as_it_is_read(name: str) -> None:
    link = story_link(ALIASES[name](STORY), base=OUTLET, outlet_url=OUTLET)
    plain = story_address(canonical_url(link), base=OUTLET)
    assert plain_spelling(link, plain=plain).replace("//www.", "//") == STORY


AS_GIVEN = {
    "without a slash": "https://alamat.example/politik/camat-ditegur",
    "www": "https://www.alamat.example/politik/camat-ditegur/",
    "tracked": "https://alamat.example/politik/camat-ditegur/?utm_source=rss",
    "id": "https://alamat.example/?p=123",
    "page": "https://alamat.example/politik/camat-ditegur/?page=all",
}


@pytest.mark.parametrize("url", AS_GIVEN.values(), ids=AS_GIVEN)
def test_address_that_readers_know_stays_as_given(url: str) -> None:
    assert plain_spelling(url, plain=story_address(canonical_url(url), base=OUTLET)) == url


def test_insecure_outlet_is_not_asked_otherwise() -> None:
    url = "https://alamat.example/camat/"
    assert plain_spelling(url, plain="http://alamat.example/camat/") == url


PARTS = {
    "number": ("https://a.id/camat-ditegur/15", "https://a.id/camat-ditegur"),
    "in a section": ("https://a.id/politik/camat-ditegur/2", "https://a.id/politik/camat-ditegur"),
    "slug that ends in a number": ("https://a.id/laporan-asn-15", ""),
    "number behind one word": ("https://a.id/berita/15", ""),
    "year": ("https://a.id/camat-ditegur/2024", ""),
    "id": ("https://a.id/camat-ditegur/48213", ""),
    "words": ("https://a.id/camat-ditegur/dua", ""),
    "host": ("https://a-b.id/15", ""),
    "date": ("https://a.id/2024/09/15", ""),
    "other digits": ("https://a.id/camat-ditegur/١٥", ""),
}


@pytest.mark.parametrize(("address", "whole"), PARTS.values(), ids=PARTS)
def test_number_behind_a_slug_is_a_part(address: str, whole: str) -> None:
    assert whole_of(address) == whole


@given(st.text(st.sampled_from("a-b1/5?"), max_size=30))
def test_part_is_its_story_and_a_number(path: str) -> None:
    address = f"https://a.id/{path}"
    whole = whole_of(address)
    assert not whole or (address.startswith(f"{whole}/") and "-" in whole)


_MARKS = st.sampled_from(
    ["amp/", "?amp=1", "?m=1", "#respond", "whatsapp:/send?text=a", "%C2%A0", "\u00a0", "?utm_id=1"]
)
_SEGMENTS = st.from_regex(r"[a-z]{2,8}(-[a-z0-9]{1,5}){0,3}", fullmatch=True).filter(
    lambda text: text != "amp"
)


@given(st.lists(_SEGMENTS, min_size=1, max_size=3), _MARKS, st.sampled_from(["http", "https"]))
def test_marks_change_neither_the_story_nor_what_is_asked_for(
    segments: list[str], mark: str, scheme: str
) -> None:
    plain = f"{OUTLET}/{'/'.join(segments)}/"
    url = plain.replace("https", scheme) + mark
    assert canonical_url(url) == plain.rstrip("/")
    link = story_link(url, base=OUTLET, outlet_url=OUTLET)
    asked = plain_spelling(link, plain=plain)
    assert asked == plain or (asked == link and "utm_" in link)


# -- crawls -------------------------------------------------------------------------------------


def _links(*paths: str) -> Route:
    return page("Harian Kecil", "".join(f'<a href="{FRONT}{p}">Camat Ditegur</a>' for p in paths))


def test_mangled_link_never_makes_a_known_story_missing(tmp_path: Path) -> None:
    path = story_path(1)
    with small_outlet(tmp_path, {path: story(1), "/": _links(path)}) as outlet:
        assert outlet.crawl() == "finished"
        for tail in ("whatsapp:/send?text=a", "%C2%A0", "amp/", "2/"):
            outlet.routes["/"] = _links(f"{path}{tail}")
            assert outlet.crawl("--revisit", "all") == "finished"
        kinds = {row["kind"] for row in outlet.place.rows(schema.event)}
        assert kinds - {"copy"} == {"new", "crawl"}
        asked = [hit.target for hit in outlet.server.hits if "camat" in hit.target]
        assert asked == [path] * 5


def test_two_ids_are_two_stories_and_both_are_asked_for(tmp_path: Path) -> None:
    routes = {"/?p=123": story(1), "/?p=124": story(2), "/": _links("/?p=123", "/?p=124")}
    with small_outlet(tmp_path, routes) as outlet:
        assert outlet.crawl() == "finished"
        assert len(outlet.stored()) == 2
