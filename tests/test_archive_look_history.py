"""What the archive's own facts tell of looks: when each was had, and whether it found a change."""

from datetime import timedelta

import pytest
from sightings import NIGHT_1, OUTLET, TEXT, Nights, article

from archive.database import reading
from archive.look_history import kept_counts, looks_at, published
from archive.types import Look

EDITED = TEXT.replace("pekan depan", "besok pagi")


def _looks(nights: Nights, *, days: float = 30) -> list[Look]:
    with reading(nights.archive.engine) as connection:
        return list(looks_at(connection, OUTLET.slug, now=NIGHT_1 + timedelta(days=days)))


def _told(nights: Nights, *, days: float = 30) -> list[tuple[float, float, bool]]:
    """The looks, their ages in whole days: the story was published a day before the first night."""
    return [
        (round(look.since), round(look.at), look.has_changed) for look in _looks(nights, days=days)
    ]


def test_each_look_after_the_first_tells_whether_the_story_changed(nights: Nights) -> None:
    for number, text in enumerate((TEXT, TEXT, EDITED, EDITED), start=1):
        with nights.night(number) as night:
            night.show("/camat", article(text))
    assert _told(nights) == [(1, 2, False), (2, 3, True), (3, 4, False)]


def test_page_that_is_not_modified_was_looked_at(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article(TEXT))
    with nights.night(4) as night:
        night.answer("/camat", 304)
    assert _told(nights) == [(1, 4, False)]


def test_removal_is_a_change(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article(TEXT))
    with nights.night(2) as night:
        night.answer("/camat", 410)
    assert _told(nights) == [(1, 2, True)]


@pytest.mark.parametrize("status", [503, 403])
def test_answer_that_shows_nothing_is_no_look(nights: Nights, status: int) -> None:
    with nights.night(1) as night:
        night.show("/camat", article(TEXT))
    with nights.night(2) as night:
        night.answer("/camat", status)
    assert _told(nights) == []


def test_age_counts_from_publication(nights: Nights) -> None:
    printed = article(TEXT, published_at=NIGHT_1 - timedelta(days=5))
    for number in (1, 2):
        with nights.night(number) as night:
            night.show("/camat", printed)
    assert _told(nights) == [(5, 6, False)]
    with reading(nights.archive.engine) as connection:
        assert list(published(connection, OUTLET.slug).values()) == [printed.published_at]


def test_looks_of_longer_than_a_year_ago_are_left_out(nights: Nights) -> None:
    for number in (1, 2):
        with nights.night(number) as night:
            night.show("/camat", article(TEXT))
    assert _told(nights, days=500) == []


def test_counts_of_other_outlets_are_found(nights: Nights) -> None:
    told = {Look(0.0, 1.0, True): 3, Look(1.0, 2.0, False): 40}
    with nights.night(1) as night:
        nights.archive.note_looks(night.crawl, {Look(0.0, 1.0, True): 1})
        nights.archive.note_looks(night.crawl, told)
    with reading(nights.archive.engine) as connection:
        assert kept_counts(connection, but="lain") == told
        assert kept_counts(connection, but=OUTLET.slug) == {}
