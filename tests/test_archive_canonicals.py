"""A page may say that it is another story: two works stay two, and one stays one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sightings import FRONT, OFF_TOPIC, TEXT, Nights, address, article
from sqlalchemy import select

from archive.canonicals import is_believable, is_twin
from archive.schema import seen_url, story, story_url, version
from archive.types import Article

CAMAT = article(TEXT, headline="Camat Ditegur Bupati karena Hadir di Kampanye")
GURU = article(
    "Bawaslu mengkaji laporan tentang guru yang mengajak murid mendukung calon gubernur.\n\n"
    "Kepala sekolah sudah memanggil guru itu dan membuat berita acara pemeriksaan.",
    headline="Bawaslu Kaji Laporan Guru Ajak Murid Dukung Calon",
)
AT_CAMAT = "/camat-ditegur-bupati-hadir-di-kampanye"
AT_GURU = "/bawaslu-kaji-laporan-guru-ajak-murid"


def _stories(nights: Nights) -> dict[str, int]:
    """Path -> how many versions."""
    rows = nights.rows(select(story.c.url).join(version))
    paths = [row.url.removeprefix(FRONT) for row in rows]
    return {path: paths.count(path) for path in paths}


def _addresses(nights: Nights) -> set[str]:
    return {row.address.removeprefix(FRONT) for row in nights.rows(select(story_url.c.address))}


# -- two works ----------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["miscalled", "true"])
def test_story_that_calls_itself_another_stays_its_own(nights: Nights, first: str) -> None:
    looks = [(AT_GURU, GURU, address(AT_CAMAT)), (AT_CAMAT, CAMAT, address(AT_CAMAT))]
    for number in (1, 2):
        with nights.night(number) as night:
            for path, shown, canonical in looks if first == "miscalled" else looks[::-1]:
                night.show(path, shown, canonical=canonical)
    assert _stories(nights) == {AT_CAMAT: 1, AT_GURU: 1}
    assert _addresses(nights) == {AT_CAMAT, AT_GURU}


def test_known_story_that_calls_itself_a_new_one_for_a_night_leaves_it_its_address(
    nights: Nights,
) -> None:
    with nights.night(1) as night:
        night.show(AT_GURU, GURU)
    with nights.night(2) as night:
        night.show(AT_GURU, GURU, canonical=address(AT_CAMAT))
        assert night.show(AT_CAMAT, CAMAT).kind == "new"
    assert _stories(nights) == {AT_CAMAT: 1, AT_GURU: 1}


def test_works_at_addresses_that_say_nothing_are_told_apart_by_their_text(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/a", CAMAT)
        assert night.show("/b", GURU, canonical=address("/a")).kind == "new"
    with nights.night(2) as night:
        assert night.show("/b", GURU, canonical=address("/a")).kind == "unchanged"
    assert _stories(nights) == {"/a": 1, "/b": 1}


def test_page_off_topic_leaves_the_story_that_it_calls_itself_to_be_looked_at(
    nights: Nights,
) -> None:
    with nights.night(1) as night:
        night.show("/b", GURU, canonical=address("/a"), topic=OFF_TOPIC)
    assert [row.url for row in nights.rows(select(seen_url.c.url))] == [address("/b")]


# -- one work -----------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [1, -1], ids=["copy first", "canonical first"])
def test_story_in_two_sections_is_one(nights: Nights, order: int) -> None:
    paths = [f"/arsip{AT_CAMAT}", f"/politik{AT_CAMAT}"]
    for number in (1, 2):
        with nights.night(number) as night:
            for path in paths[::order]:
                night.show(path, CAMAT, canonical=address(paths[1]))
    assert _stories(nights) == {paths[1]: 1}


@pytest.mark.parametrize(
    "shown",
    [
        article(TEXT.replace("pekan depan", "besok pagi"), headline="Camat Ditegur Lagi"),
        article("Dihapus.", headline=CAMAT.headline),
    ],
    ids=["edited", "cut short"],
)
def test_edited_twin_is_the_story_that_it_names(nights: Nights, shown: Article) -> None:
    with nights.night(1) as night:
        first = night.show("/a", CAMAT)
    with nights.night(2) as night:
        assert night.show("/b", shown, canonical=address("/a")).story_id == first.story_id


# -- what an address tells ----------------------------------------------------------------------

HEADLINE = "Camat José Ditegur Bupati"
TOLD = {
    "the same": ("/camat-jose-ditegur-bupati", "/camat-jose-ditegur-bupati", True),
    "another section": ("/arsip/camat-jose-ditegur", "/politik/camat-jose-ditegur", True),
    "with an ending": ("/camat-jose-ditegur", "/2026/09/camat-jose-ditegur.html", True),
    "new words": ("/camat-jose-ditegur", "/camat-jose-ditegur-bupati-lagi", True),
    "the same number": ("/read/48213/camat-jose-ditegur", "/berita/48213", True),
    "from a number": ("/berita/48213", "/camat-jose-ditegur", True),
    "between numbers": ("/berita/48213", "/berita/48214", True),
    "one word": ("/camat", "/guru", True),
    "another story": ("/camat-jose-ditegur", "/guru-diperiksa-bawaslu", False),
    "a list": ("/camat-jose-ditegur", "/category/politik", False),
    "another number": ("/camat-jose-ditegur", "/berita/48213", True),
    "half an address": ("/camat-jose-ditegur", "//[half", False),
}


@pytest.mark.parametrize(("own", "declared", "expected"), TOLD.values(), ids=TOLD)
def test_address_of_another_story_is_seen(own: str, declared: str, expected: bool) -> None:
    declared = declared if declared.startswith("//") else address(declared)
    assert is_believable(declared, found_at=address(own), headline=HEADLINE) is expected


_SLUGS = st.lists(
    st.sampled_from(["camat", "guru", "ditegur", "bupati", "netral", "2024", "48213", "a"])
)
_PATHS = st.lists(_SLUGS.map("-".join), min_size=1, max_size=3).map("/".join)


@given(_PATHS, st.text(max_size=60), st.sampled_from(["", "/", ".html"]), st.booleans())
def test_own_address_in_another_section_is_always_believed(
    path: str, headline: str, ending: str, is_moved: bool
) -> None:
    slug = path.rpartition("/")[2]
    declared = address(f"/lain/{slug}{ending}") if is_moved else address(f"/{path}{ending}")
    assert is_believable(declared, found_at=address(f"/{path}"), headline=headline)


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=60))
def test_any_address_is_judged(declared: str, found_at: str, headline: str) -> None:
    assert is_believable(declared, found_at=found_at, headline=headline) in {True, False}


_TEXTS = st.lists(st.sampled_from(["camat", "ditegur", "bupati", "karena", "hadir"]), min_size=1)


@given(_TEXTS.map(" ".join), st.text(max_size=20))
def test_any_text_is_its_own_twin(text: str, headline: str) -> None:
    held = article(text, headline="Camat Ditegur")
    assert is_twin(held, article(text, headline=headline))
