"""Daily for a week, weekly for a month, then every 30 days; and when a seed spares the look."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.types import Story
from crawler.revisit import due, is_unchanged, needs_unconditional, next_visit_at

FIRST = datetime(2024, 9, 1, 18, 30, tzinfo=UTC)
DAY = timedelta(days=1)
STORY = Story(
    story_id="0123456789abcdef",
    outlet="kantamedia",
    url="https://kantamedia.com/a",
    first_seen_at=FIRST,
    last_fetched_at=FIRST,
    last_unconditional_at=FIRST,
)

INTERVALS = {
    "first night": (0, 1),
    "sixth day": (6, 1),
    "eighth day": (8, 7),
    "fifth week": (35, 7),
    "sixth week": (38, 30),
    "a year": (365, 30),
}


@pytest.mark.parametrize(("age", "days"), INTERVALS.values(), ids=INTERVALS.keys())
def test_older_stories_are_looked_at_less_often(age: int, days: int) -> None:
    last = FIRST + age * DAY
    planned = next_visit_at(FIRST, last_fetched_at=last, now=last)
    assert (days - 1) * DAY < planned - last <= days * DAY


def test_story_never_looked_at_is_due_now() -> None:
    assert next_visit_at(FIRST, last_fetched_at=None, now=FIRST + DAY) == FIRST + DAY


def test_night_that_comes_an_hour_early_still_visits() -> None:
    assert due([STORY], now=FIRST + DAY - timedelta(hours=1)) == [STORY]


def test_story_is_not_due_twice_in_a_night() -> None:
    assert due([STORY], now=FIRST + timedelta(hours=3)) == []


def test_time_set_on_the_story_counts() -> None:
    story = replace(STORY, next_visit_at=FIRST + timedelta(hours=6))
    assert due([story], now=FIRST + timedelta(hours=7)) == [story]
    assert due([story], now=FIRST + timedelta(hours=5)) == []


def test_longest_waiting_comes_first() -> None:
    late = replace(STORY, story_id="late", last_fetched_at=FIRST - 3 * DAY)
    never = replace(STORY, story_id="never", last_fetched_at=None)
    assert due([STORY, never, late], now=FIRST + 2 * DAY) == [late, STORY, never]


def test_mode_asks_for_every_story_or_none() -> None:
    assert due([STORY], now=FIRST, mode="all") == [STORY]
    assert due([STORY], now=FIRST + 90 * DAY, mode="none") == []


UNCONDITIONAL = {
    "never fetched whole": (None, 0, True),
    "the day after": (FIRST, 1, False),
    "next weekly look comes in time": (FIRST, 22, False),
    "next weekly look comes too late": (FIRST, 29, True),
    "a month": (FIRST, 30, True),
    "half a year": (FIRST, 180, True),
}


@pytest.mark.parametrize(
    ("last", "age", "expected"), UNCONDITIONAL.values(), ids=UNCONDITIONAL.keys()
)
def test_whole_page_is_asked_for_in_time(last: datetime | None, age: int, expected: bool) -> None:
    story = replace(STORY, last_unconditional_at=last)
    assert needs_unconditional(story, now=FIRST + age * DAY) is expected


@given(st.lists(st.floats(0, 4), min_size=300, max_size=300))
def test_no_story_goes_thirty_days_without_its_whole_page(delays: list[float]) -> None:
    story, longest = STORY, timedelta()
    for delay in delays:
        planned = next_visit_at(FIRST, last_fetched_at=story.last_fetched_at, now=FIRST)
        now = planned + timedelta(hours=delay)
        story = replace(story, last_fetched_at=now)
        if needs_unconditional(story, now=now):
            longest = max(longest, now - (story.last_unconditional_at or FIRST))
            story = replace(story, last_unconditional_at=now)
    assert timedelta() < longest <= 30 * DAY


SIGNALS = {
    "same": ("2024-09-26T06:00:00", "2024-09-26T06:00:00", True),
    "same moment, other seed": ("2024-09-26T06:00:00", "2024-09-26T13:00:00+07:00", True),
    "later": ("2024-09-26T06:00:00", "2024-09-26T06:00:01", False),
    "earlier": ("2024-09-26T06:00:00", "2024-09-26T05:00:00", False),
    "day only": ("2024-09-26", "2024-09-26", False),
    "nothing said": ("2024-09-26T06:00:00", "", False),
    "nothing known": ("", "2024-09-26T06:00:00", False),
    "neither": ("", "", False),
    "zero date": ("0000-00-00 00:00:00", "0000-00-00 00:00:00", False),
}


@pytest.mark.parametrize(("known", "said", "expected"), SIGNALS.values(), ids=SIGNALS.keys())
def test_seed_proves_a_story_unchanged(known: str, said: str, expected: bool) -> None:
    assert is_unchanged(known, said, trusted=True) is expected


def test_signal_of_an_outlet_caught_lying_proves_nothing() -> None:
    assert not is_unchanged("2024-09-26T06:00:00", "2024-09-26T06:00:00", trusted=False)
