"""Four nights over outlets whose pages lie: nothing is missed, split, invented or called gone."""

import re
from collections.abc import Iterator

import pytest
from scorer import score
from trapped import Trapped, trapped

from archive import schema
from archive.audit import audit
from crawler.demo.traps import TRAPS, pages

pytestmark = [pytest.mark.timeout(900), pytest.mark.slow]

SLUGS = [trap.site.outlet.slug for trap in pages.TRAPS]
_ENDS = {
    ("tembok", 2): "challenged",
    ("tembok", 3): "challenged",
    ("perawatan", 2): "unreachable",
    ("lenyap", 2): "unreachable",
}
_ASIDE = {"seed", "robots"}
"""Kinds of problem that speak of no story."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trapped]:
    with trapped(tmp_path_factory.mktemp("bohong"), *SLUGS, nights=4) as nights:
        yield nights


def _kinds(played: Trapped, slug: str, *, night: int) -> set[str]:
    return {p.kind for p in played.problems[night - 1] if p.outlet == slug} - _ASIDE


@pytest.mark.parametrize("slug", SLUGS)
def test_every_story_is_held_once_with_its_versions_and_status(played: Trapped, slug: str) -> None:
    found = score(played.nights.place.engine, played.room.truth(), outlets=[slug])
    # an outlet without rules: nobody said where its editor stands, or what its masthead prints
    faults = [line for line in found.faults() if not re.search(r" (editor|dateline): ", line)]
    assert faults == []
    assert found.found == found.kept == sum(s.outlet == slug for s in played.room.truth())


def test_nothing_stored_is_damaged(played: Trapped) -> None:
    warcs = played.nights.place.settings.archive.directory / "warc"
    assert audit(played.nights.place.engine, warcs).findings == ()


@pytest.mark.parametrize("slug", SLUGS)
def test_every_night_ends_as_it_should(played: Trapped, slug: str) -> None:
    for night, ended in enumerate(played.ends, start=1):
        (reason,) = (end.reason for end in ended if end.outlet == slug)
        assert reason == _ENDS.get((slug, night), "finished"), night


@pytest.mark.parametrize("slug", SLUGS)
def test_status_names_what_the_trap_promises_and_no_more(played: Trapped, slug: str) -> None:
    told = set().union(*(_kinds(played, slug, night=night) for night in range(1, 5)))
    assert told == set(TRAPS[slug].status_kinds)


@pytest.mark.parametrize("slug", ["tantangan", "tembok", "perawatan", "lenyap", "beranda"])
def test_bad_nights_leave_no_event_behind(played: Trapped, slug: str) -> None:
    kinds = {row["kind"] for row in played.rows(schema.event) if row["outlet"] == slug}
    assert kinds - {"copy"} == {"new", "crawl"}


def test_stories_that_were_taken_away_are_gone_when_it_is_sure(played: Trapped) -> None:
    rows = [row for row in played.rows(schema.event) if row["outlet"] == "hilang"]
    crawls = sorted({row["crawl_id"] for row in rows})
    gone = [crawls.index(row["crawl_id"]) + 1 for row in rows if row["kind"] == "gone"]
    assert gone == [3, 3, 4]  # two looks at a soft 404, one at a 410
    assert {row["kind"] for row in rows} - {"copy"} == {"new", "gone", "crawl"}


def test_whole_outlet_without_pages_is_its_own_fault(played: Trapped) -> None:
    rows = [row for row in played.rows(schema.crawl) if row["outlet"] == "lenyap"]
    assert [row["outlet_fault"] for row in rows] == [False, True, False, False]


def test_bytes_of_an_unread_page_are_kept_with_its_story(played: Trapped) -> None:
    rows = [row for row in played.rows(schema.capture) if "//formulir.example/" in row["url"]]
    kept = {row["answer"]: row["story_id"] for row in rows}
    assert kept.keys() >= {"unread", "not-article", "article"}
    assert all(kept.values())


@pytest.mark.parametrize("slug", ["kanon", "kategori", "alamat", "aksara"])
def test_every_story_has_its_right_address(played: Trapped, slug: str) -> None:
    held = {row["url"] for row in played.rows(schema.story) if row["outlet"] == slug}
    assert held == {s.url.rstrip("/") for s in played.room.truth() if s.outlet == slug}


def test_no_page_of_a_list_becomes_an_address_of_a_story(played: Trapped) -> None:
    rows = [row["address"] for row in played.rows(schema.story_url) if row["outlet"] == "kanon"]
    assert len(rows) == 12  # an address and an id each
    assert not [row for row in rows if "/category/" in row]


@pytest.mark.parametrize("slug", ["alamat", "kategori"])
@pytest.mark.parametrize("night", [1, 2, 3, 4])
def test_spellings_of_a_story_are_one_request(played: Trapped, slug: str, night: int) -> None:
    truth = (s for s in played.room.truth() if s.outlet == slug)
    slugs = [story.url.rstrip("/").rpartition("/")[2] for story in truth]
    asked = [
        request.path
        for request in played.requests[night - 1]
        if request.host == f"{slug}.example" and request.status in (200, 304)
    ]
    # before a story is known, only its pages tell that two sections hold it
    times = 2 if (slug, night) == ("kategori", 1) else 1
    assert [sum(name in path for path in asked) for name in slugs] == [times] * len(slugs)


def test_spelling_that_leads_nowhere_is_never_asked_for(played: Trapped) -> None:
    asked = [r.path for night in played.requests for r in night if r.host == "alamat.example"]
    assert not [path for path in asked if "whatsapp" in path or "%C2" in path or "/amp" in path]
