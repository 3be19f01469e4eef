"""A text that suddenly shrinks is held until a second look confirms it."""

from datetime import timedelta
from typing import Any

import pytest
from sightings import NIGHT_1, OUTLET, TEXT, Nights, address, article, page
from sqlalchemy import select

from archive.schema import capture, event, version_capture
from archive.stories import stories
from archive.types import Version
from archive.versions import versions

SHORT = "Berita ini telah dihapus."
PARTS = ("/camat", "/camat/2")


def _held(nights: Nights) -> list[Version]:
    [found] = stories(nights.archive.engine)
    return versions(nights.archive.engine, found.story_id)


def _split(nights: Nights, text: str) -> dict[str, Any]:
    """What a look at a story in two parts has to say."""
    bodies = (f"{text} {part}".encode() for part in PARTS)
    pages = [page(p, at=nights.clock(), body=b) for p, b in zip(PARTS, bodies, strict=True)]
    return {"pages": tuple(pages), "parts": tuple(map(address, PARTS))}


def test_shrunken_text_is_held(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article())
    with nights.night(2) as night:
        outcome = night.show("/camat", article(SHORT))
    assert (outcome.kind, outcome.version) == ("suspect", 0)
    assert [one.number for one in _held(nights)] == [1]
    rows = nights.rows(select(capture.c.answer).order_by(capture.c.capture_id))
    assert [row.answer for row in rows] == ["article", "suspect"]


def test_confirmed_text_is_a_version_of_its_first_sight(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article())
    with nights.night(2) as night:
        night.show("/camat", article(SHORT))
        first = night.looked_at
    with nights.night(3) as night:
        outcome = night.show("/camat", article(SHORT))
    assert (outcome.kind, outcome.version, outcome.changed) == ("edited", 2, ("text",))
    second = _held(nights)[1]
    assert second.first_seen_at == first
    assert [one.capture_id for one in second.captures] == [2, 3]
    edited = nights.rows(select(event).where(event.c.kind == "edited"))[0]
    assert edited.occurred_at == first


def test_second_look_too_early_confirms_nothing(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article())
    for number, kind in ((2, "suspect"), (2.2, "suspect"), (2.3, "edited")):
        with nights.night(number) as night:
            assert night.show("/camat", article(SHORT)).kind == kind


def test_looks_in_parts_are_linked_part_by_part(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article(), **_split(nights, TEXT))
    for number in (2, 2.1, 3):
        with nights.night(number) as night:
            night.show("/camat", article(SHORT), **_split(nights, SHORT))
    second = _held(nights)[1]
    assert [one.part for one in second.captures] == [1, 2] * 3
    links = nights.rows(select(version_capture).order_by(version_capture.c.capture_id))
    pages = nights.archive.version_pages(links[-1].version_id)
    assert [found.url for found in pages] == [address(part) for part in PARTS]
    assert nights.archive.part_urls(second.story_id) == [address(part) for part in PARTS]


def test_recovered_text_leaves_nothing(nights: Nights) -> None:
    for number, text in ((1, TEXT), (2, SHORT), (3, TEXT)):
        with nights.night(number) as night:
            outcome = night.show("/camat", article(text))
    assert outcome.kind == "unchanged"
    assert [one.number for one in _held(nights)] == [1]
    with nights.night(4) as night:
        assert night.show("/camat", article(SHORT)).kind == "suspect"


def test_failures_in_between_do_not_reset(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article())
    with nights.night(2) as night:
        night.show("/camat", article(SHORT))
    for number, status in ((3, 503), (4, 404)):
        with nights.night(number) as night:
            night.answer("/camat", status)
    with nights.night(5) as night:
        assert night.show("/camat", article(SHORT)).kind == "edited"


def test_error_page_with_a_number_of_its_own_never_becomes_a_version(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article())
    for number in range(2, 6):
        with nights.night(number) as night:
            assert night.show("/camat", article(f"Galat {number}.")).kind == "suspect"


def test_other_edit_goes_on_while_a_look_is_held(nights: Nights) -> None:
    longer = TEXT.replace("pekan depan", "besok pagi")
    for number, text, kind in ((1, TEXT, "new"), (2, SHORT, "suspect"), (3, longer, "edited")):
        with nights.night(number) as night:
            assert night.show("/camat", article(text)).kind == kind
    assert [one.number for one in _held(nights)] == [1, 2]


@pytest.mark.parametrize("planned", [timedelta(days=30), timedelta(hours=1), None])
def test_suspect_is_looked_at_again_as_soon_as_that_counts(
    nights: Nights, planned: timedelta | None
) -> None:
    """The seed's signal is not taken for dealt with: it would spare the second look."""
    with nights.night(1) as night:
        night.show("/camat", article(), signal="satu")
    with nights.night(2) as night:
        next_visit_at = nights.clock.now + planned if planned else None
        night.show("/camat", article(SHORT), signal="dua", next_visit_at=next_visit_at)
    [found] = nights.archive.recall(OUTLET.slug).stories.values()
    assert found.signal == "satu"
    assert found.next_visit_at
    waits = found.next_visit_at - night.crawl.started_at
    expected = min(planned or timedelta(days=1), timedelta(hours=6))
    assert abs(waits - expected) < timedelta(seconds=10)
    assert found.last_unconditional_at
    assert found.last_unconditional_at < NIGHT_1 + timedelta(hours=1)
