"""Which look belongs to which story: twins and moved slugs join, neighbours stay apart."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sightings import FRONT, NIGHT_1, OFF_TOPIC, OUTLET, TEXT, Nights, address, article, page, shown
from sqlalchemy import select

from archive.identity import addresses, new_story_id
from archive.schema import capture, story, story_url, version
from archive.types import Answer

OTHER = article("Kepala desa itu membantah ikut berkampanye.\n\nIa diperiksa.", headline="Kades")
CORRECTED = TEXT.replace("pekan depan", "besok pagi")


def _stories(nights: Nights) -> list[str]:
    return [row.url for row in nights.rows(select(story).order_by(story.c.first_seen_at))]


def _addresses(nights: Nights) -> dict[str, str]:
    """Path or platform id -> path of the story it belongs to."""
    query = select(story_url.c.address, story.c.url).join(story)
    rows = nights.rows(query)
    return {row.address.removeprefix(FRONT): row.url.removeprefix(FRONT) for row in rows}


def _versions(nights: Nights) -> list[tuple[str, int]]:
    query = select(story.c.url, version.c.number).join(version).order_by(version.c.version_id)
    return [(row.url.removeprefix(FRONT), row.number) for row in nights.rows(query)]


# -- one story -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "twin",
    [
        "http://media-uji.example/camat",
        "https://www.media-uji.example/camat/",
        "https://m.media-uji.example/camat",
        "https://media-uji.example:443/camat#komentar",
        "https://media-uji.example/camat/?utm_source=wa&fbclid=x",
        "https://media-uji.example/camat/?m=1",
        "https://media-uji.example/amp/camat",
        "https://media-uji.example/camat/amp/",
    ],
)
def test_twin_address_is_the_same_story(nights: Nights, twin: str) -> None:
    with nights.night(1) as night:
        first = night.show("/camat", article())
    with nights.night(2) as night:
        second = night.show(twin, article())
    assert (second.kind, second.story_id) == ("unchanged", first.story_id)
    assert _stories(nights) == [address("/camat")]


def test_two_query_ids_are_two_stories(nights: Nights) -> None:
    with nights.night() as night:
        night.show("/?p=123", article())
        night.show("/?p=124", OTHER)
    assert _stories(nights) == [address("/?p=123"), address("/?p=124")]


def test_redirect_joins_moved_slug(nights: Nights) -> None:
    with nights.night(1) as night:
        first = night.show("/camat", article())
    with nights.night(2) as night:
        moved = night.show("/camat-netral", article(), via=("/camat", "/lama"))
    assert (moved.kind, moved.story_id) == ("unchanged", first.story_id)
    assert _addresses(nights) == dict.fromkeys(("/camat", "/camat-netral", "/lama"), "/camat")
    with nights.night(3) as night:
        assert night.show("/camat-netral", article(CORRECTED)).story_id == first.story_id


def test_declared_canonical_joins_unknown_address(nights: Nights) -> None:
    with nights.night(1) as night:
        first = night.show("/camat", article())
    with nights.night(2) as night:
        copy = night.show("/berita/9/camat", article(), canonical=address("/camat"))
    assert (copy.kind, copy.story_id) == ("unchanged", first.story_id)


def test_platform_id_joins_moved_slug_without_redirect(nights: Nights) -> None:
    with nights.night(1) as night:
        first = night.show("/camat", article(), platform_id="wp:7")
    with nights.night(2) as night:
        moved = night.show("/camat-netral", article(CORRECTED), platform_id="wp:7")
    assert (moved.kind, moved.story_id) == ("edited", first.story_id)


def test_story_keeps_its_id_and_first_address(nights: Nights) -> None:
    with nights.night(1) as night:
        first = night.show("/camat", article(), via=("/?p=7",))
    with nights.night(2) as night:
        night.show("/baru", article(), via=("/camat",))
    assert first.story_id == new_story_id(OUTLET.slug, address("/camat"))
    assert _stories(nights) == [address("/camat")]


def test_reposted_story_at_the_same_address_is_the_same_story(nights: Nights) -> None:
    with nights.night(1) as night:
        first = night.show("/camat", article(), platform_id="wp:7")
    with nights.night(2) as night:
        again = night.show("/camat", article(CORRECTED), platform_id="wp:9")
    assert (again.kind, again.story_id) == ("edited", first.story_id)


# -- what is not believed ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "declared",
    [
        FRONT,
        FRONT + "/?utm_source=rss",
        FRONT + "/index.php",
        "https://lain.example/camat",
        "https://kota.media-uji.example/camat",
        "/relatif",
        "javascript:alert(1)",
        "https://[rusak/camat",
    ],
)
def test_canonical_that_leaves_or_is_the_front_page_is_not_believed(
    nights: Nights, declared: str
) -> None:
    with nights.night() as night:
        night.show("/camat", article(), canonical=declared)
        night.show("/kades", OTHER, canonical=declared)
    assert _stories(nights) == [address("/camat"), address("/kades")]
    assert set(_addresses(nights)) == {"/camat", "/kades"}


def test_known_story_that_declares_anothers_canonical_stays_itself(nights: Nights) -> None:
    # a theme that prints the newest story's canonical on every page
    with nights.night(1) as night:
        night.show("/camat", article())
        night.show("/kades", OTHER)
    with nights.night(2) as night:
        outcome = night.show("/kades", OTHER, canonical=address("/camat"))
    assert outcome.kind == "unchanged"
    assert _versions(nights) == [("/camat", 1), ("/kades", 1)]


def test_unknown_story_that_declares_anothers_canonical_is_known_by_its_id(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article(), platform_id="wp:7")
    with nights.night(2) as night:
        new = night.show("/kades", OTHER, platform_id="wp:8", canonical=address("/camat"))
    assert new.kind == "new"
    assert _versions(nights) == [("/camat", 1), ("/kades", 1)]
    assert _addresses(nights)["wp:8"] == "/kades"


@pytest.mark.parametrize("via", [(), ("/camat",)], ids=["asked for", "redirected to"])
def test_front_page_is_no_story(nights: Nights, via: tuple[str, ...]) -> None:
    with nights.night() as night:
        outcome = night.show("/", article(), via=via, keep=True)
    assert outcome.kind == "missing"
    assert _stories(nights) == []


def test_front_page_never_becomes_an_address(nights: Nights) -> None:
    with nights.night() as night:
        night.show("/camat", article(), via=("/", "/index.php"), url=address("/?utm_source=x"))
    assert set(_addresses(nights)) == {"/camat"}


# -- another story in its place --------------------------------------------------------------------


def _two_stories(nights: Nights, **ids: str) -> None:
    with nights.night(1) as night:
        night.show("/camat", article(), platform_id=ids.get("camat", ""))
        night.show("/kades", OTHER, platform_id=ids.get("kades", ""))


@pytest.mark.parametrize(
    ("ids", "shown_id"),
    [
        pytest.param({}, "", id="no ids"),
        pytest.param({"camat": "wp:7", "kades": "wp:8"}, "wp:8", id="the page shows its own id"),
        pytest.param({"camat": "wp:7", "kades": "wp:8"}, "wp:7", id="the seed's id is repeated"),
        pytest.param({"camat": "wp:7", "kades": "wp:8"}, "", id="the page shows no id"),
    ],
)
def test_redirect_to_another_known_story_is_a_missing_one(
    nights: Nights, ids: dict[str, str], shown_id: str
) -> None:
    _two_stories(nights, **ids)
    with nights.night(2) as night:
        outcome = night.show("/kades", OTHER, via=("/camat",), platform_id=shown_id)
    assert outcome.kind == "missing"
    assert outcome.story_id == new_story_id(OUTLET.slug, address("/camat"))
    with nights.night(3) as night:
        night.show("/kades", OTHER, via=("/camat",), platform_id=shown_id)
    assert [*night.gone] == [outcome.story_id]
    assert _versions(nights) == [("/camat", 1), ("/kades", 1)]
    assert _addresses(nights)["/camat"] == "/camat"
    assert _addresses(nights)["/kades"] == "/kades"


def test_redirect_to_unknown_story_with_its_own_id_is_a_missing_one(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article(), platform_id="wp:7")
    with nights.night(2) as night:
        outcome = night.show("/kades", OTHER, via=("/camat",), platform_id="wp:8")
    assert outcome.kind == "missing"
    with nights.night(3) as night:
        assert night.show("/kades", OTHER, platform_id="wp:8").kind == "new"
    assert _versions(nights) == [("/camat", 1), ("/kades", 1)]


def test_new_address_with_a_known_id_that_leads_elsewhere_shows_the_story_found_there(
    nights: Nights,
) -> None:
    # the outlet's API names a story at an address that redirects to another one
    _two_stories(nights, camat="wp:7", kades="wp:8")
    with nights.night(2) as night:
        outcome = night.show("/kades", OTHER, via=("/baru",), platform_id="wp:7")
    assert outcome.story_id == new_story_id(OUTLET.slug, address("/kades"))
    assert outcome.kind == "unchanged"
    assert _addresses(nights)["wp:7"] == "/camat"


def test_missing_look_keeps_its_exchanges_with_the_story_asked_for(nights: Nights) -> None:
    _two_stories(nights)
    with nights.night(2) as night:
        missing = night.show("/kades", OTHER, via=("/camat",))
    rows = nights.rows(select(capture).where(capture.c.crawl_id == night.crawl.crawl_id))
    told = [(row.url.removeprefix(FRONT), row.status, row.answer) for row in rows]
    assert told == [("/camat", 301, "missing"), ("/kades", 200, "missing")]
    assert {row.story_id for row in rows} == {missing.story_id}


def test_displaced_story_is_looked_at_again_as_soon_as_that_counts(nights: Nights) -> None:
    _two_stories(nights)
    with nights.night(2) as night:
        missing = night.show("/kades", OTHER, via=("/camat",))
    found = nights.archive.recall(OUTLET.slug).stories[missing.story_id]
    assert found.next_visit_at
    assert 6 <= (found.next_visit_at - night.crawl.started_at).total_seconds() / 3600 < 6.1


def test_story_held_twice_is_not_missing_when_one_address_leads_to_the_other(
    nights: Nights,
) -> None:
    # new permalinks were met before the old ones redirected to them
    with nights.night(1) as night:
        first = night.show("/2024/11/camat", article())
    with nights.night(2) as night:
        night.show("/camat", article())
    with nights.night(3) as night:
        outcome = night.show("/camat", article(), via=("/2024/11/camat",))
    assert (outcome.kind, outcome.story_id) == ("unchanged", first.story_id)


def test_part_that_redirects_to_another_story_is_not_its_address(nights: Nights) -> None:
    steps = (("/camat", 200), ("/camat/2", 301), ("/kades", 200))
    with nights.night(1) as night:
        pages = tuple(page(path, at=nights.clock(), status=status) for path, status in steps)
        parts = (address("/camat"), address("/kades"))
        night.show("/camat", article(), pages=pages, parts=parts)
    assert set(_addresses(nights)) == {"/camat", "/camat/2"}
    with nights.night(2) as night:
        assert night.show("/kades", OTHER).kind == "new"


def test_missing_answer_speaks_for_the_address_asked_for(nights: Nights) -> None:
    _two_stories(nights)
    with nights.night(2) as night:
        via = (page("/camat", at=nights.clock(), status=301),)
        last = page("/kades", at=nights.clock(), status=404)
        outcome = night.answer("/camat", 404, pages=(*via, last))
    assert outcome.story_id == new_story_id(OUTLET.slug, address("/camat"))


def test_same_address_at_two_outlets_is_two_stories() -> None:
    ids = {new_story_id(slug, address("/camat")) for slug in ("media-uji", "media-lain")}
    assert len(ids) == 2


# -- any look ------------------------------------------------------------------------------------

_PATHS = st.sampled_from(["/", "/camat", "/kades", "/camat/2", "/?p=1", "/lama", "/index.html"])
_LOOKS = st.tuples(
    _PATHS,
    st.lists(_PATHS, max_size=2).map(tuple),
    st.sampled_from(["", FRONT, address("/camat"), "https://lain.example/x", "???"]),
    st.sampled_from(["", "wp:7", "wp:8"]),
    st.sampled_from([Answer.ARTICLE, Answer.UNREAD, Answer.MISSING, Answer.ERROR]),
)


def _look(drawn: Any) -> Any:
    path, via, canonical, platform_id, answer = drawn
    return shown(
        path,
        article(f"Berita {path}", headline=f"Berita {path}"),
        at=NIGHT_1,
        via=via,
        canonical=canonical,
        platform_id=platform_id,
        answer=answer,
        topic=OFF_TOPIC,
        keep=True,
    )


@given(_LOOKS)
def test_any_look_has_stories_addresses_only(drawn: Any) -> None:
    names = addresses(_look(drawn), outlet_url=FRONT)
    assert len(set(names)) == len(names)
    assert not {FRONT + "/", FRONT, FRONT + "/index.html"} & set(names)
    assert not [name for name in names if "lain.example" in name]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    nights = Nights(tmp_path_factory.mktemp("archive"))
    yield nights
    nights.archive.close()


@settings(deadline=None, max_examples=60)  # every example writes to the disk
@given(st.lists(_LOOKS, max_size=6))
def test_any_looks_leave_each_address_with_one_story_that_was_kept(
    shared: Nights, looks: list[Any]
) -> None:
    outlet = shared.another_outlet()
    with shared.night(outlet=outlet) as night:
        for drawn in looks:
            night.record(replace(_look(drawn), outlet=outlet.slug))
    stories = shared.rows(select(story).where(story.c.outlet == outlet.slug))
    filed = shared.rows(select(story_url).where(story_url.c.outlet == outlet.slug))
    proved = shared.rows(
        select(version.c.story_id).join(story).where(story.c.outlet == outlet.slug)
    )
    kept = {row.story_id for row in stories}
    assert kept == {row.story_id for row in proved} == {row.story_id for row in filed}
    assert {row.url for row in stories} <= {row.address for row in filed}
