"""Which known stories are looked at again and when, and when a seed spares the look."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.types import Story
from crawler.change_rates import UNKNOWN, ChangeRates
from crawler.revisit import due, is_worth_a_check, needs_unconditional, next_visit_at

FIRST = datetime(2024, 9, 1, 18, 30, tzinfo=UTC)
DAY = timedelta(days=1)
CALM = ChangeRates(tuple(rate / 20 for rate in UNKNOWN.daily))
STORY = Story(
    story_id="0123456789abcdef",
    outlet="kantamedia",
    url="https://kantamedia.com/a",
    first_seen_at=FIRST,
    last_fetched_at=FIRST,
    last_unconditional_at=FIRST,
)

ages = st.floats(0, 2000)


def waits(age: float, rates: ChangeRates = UNKNOWN) -> timedelta:
    """How long a story of this age in days waits for its next look."""
    last = FIRST + age * DAY
    return next_visit_at(FIRST, last_fetched_at=last, rates=rates) - last


@pytest.mark.parametrize("age", [0, 0.5, 1, 2])
def test_new_story_is_looked_at_again_within_a_day(age: float) -> None:
    assert timedelta() < waits(age) <= DAY


@given(ages, ages)
def test_older_stories_wait_longer(one: float, other: float) -> None:
    younger, older = sorted((one, other))
    assert waits(younger) <= waits(older) + timedelta(milliseconds=1)


@given(ages)
def test_stories_of_a_calm_outlet_wait_longer(age: float) -> None:
    assert waits(age, UNKNOWN) < waits(age, CALM) or waits(age) > 28 * DAY


@given(ages, st.floats(0, 10))
def test_no_story_waits_for_thirty_days_where_every_night_comes(age: float, factor: float) -> None:
    rates = ChangeRates(tuple(rate * factor for rate in UNKNOWN.daily))
    assert waits(age, rates) + DAY + timedelta(hours=3) < 30 * DAY


def test_story_published_long_before_it_was_met_is_old() -> None:
    old = replace(STORY, published_at=FIRST - 300 * DAY)
    assert due([STORY, old], now=FIRST + 2 * DAY) == [STORY]


def test_date_of_publication_in_the_future_makes_no_story_younger() -> None:
    assert replace(STORY, published_at=FIRST + 90 * DAY).began_at == FIRST


def test_story_never_looked_at_is_due_now() -> None:
    assert due([replace(STORY, last_fetched_at=None)], now=FIRST)


def test_story_is_not_due_twice_in_a_night() -> None:
    assert due([STORY], now=FIRST + timedelta(hours=3)) == []


def test_time_set_on_the_story_counts() -> None:
    story = replace(STORY, next_visit_at=FIRST + timedelta(hours=6))
    assert due([story], now=FIRST + timedelta(hours=7)) == [story]
    assert due([story], now=FIRST + timedelta(hours=5)) == []


def test_longest_waiting_comes_first() -> None:
    late = replace(STORY, story_id="late", last_fetched_at=FIRST - 3 * DAY)
    never = replace(STORY, story_id="never", last_fetched_at=None)
    assert due([STORY, never, late], now=FIRST + 4 * DAY) == [late, STORY, never]


def test_mode_asks_for_every_story_or_none() -> None:
    assert due([STORY], now=FIRST, mode="all", most=1) == [STORY]
    assert due([STORY], now=FIRST + 90 * DAY, mode="none") == []


def aged(days: float, *, looked: float) -> Story:
    """A story that is so old at FIRST, and was looked at so many days before."""
    return replace(
        STORY,
        story_id=f"{days} {looked}",
        first_seen_at=FIRST - days * DAY,
        last_fetched_at=FIRST - looked * DAY,
    )


def test_of_too_many_the_likeliest_changed_are_taken() -> None:
    fresh, old, older = aged(1, looked=1), aged(40, looked=4), aged(90, looked=4)
    assert due([older, old, fresh], now=FIRST, most=1) == [fresh]
    assert set(map(_name, due([older, old, fresh], now=FIRST, most=2))) == {"1 1", "40 4"}


def test_story_not_seen_for_a_month_is_never_put_off() -> None:
    waiting = [aged(90, looked=29 + number / 100) for number in range(5)]
    assert due([*waiting, aged(1, looked=1)], now=FIRST, most=1) == waiting[::-1]


def test_young_stories_are_looked_at_however_many_old_ones_press() -> None:
    waiting = [aged(90, looked=29 + number / 100) for number in range(5)]
    found = due([*waiting, *(aged(1 + n / 9, looked=1) for n in range(5))], now=FIRST, most=4)
    assert len(found) == 7


def _name(story: Story) -> str:
    return story.story_id


UNCONDITIONAL = {
    "never fetched whole": (None, 0, True),
    "the day after": (FIRST, 1, False),
    "not two weeks ago, the next look is brought forward": (FIRST - 90 * DAY, 10, False),
    "the next look comes in time": (FIRST, 15, False),
    "the next look comes too late": (FIRST, 27, True),
    "a month": (FIRST, 30, True),
    "half a year": (FIRST, 180, True),
}


@pytest.mark.parametrize(
    ("last", "age", "expected"), UNCONDITIONAL.values(), ids=UNCONDITIONAL.keys()
)
def test_whole_page_is_asked_for_in_time(last: datetime | None, age: float, expected: bool) -> None:
    began = min(last or FIRST, FIRST)
    whole = FIRST if last else None
    story = replace(STORY, first_seen_at=began, last_unconditional_at=whole)
    assert needs_unconditional(story, now=FIRST + age * DAY) is expected


@given(st.lists(st.floats(0, 24), min_size=100, max_size=100), st.sampled_from([UNKNOWN, CALM]))
def test_no_story_goes_thirty_days_without_its_whole_page(
    delays: list[float], rates: ChangeRates
) -> None:
    story, longest = STORY, timedelta()
    for delay in delays:
        planned = next_visit_at(
            FIRST,
            last_fetched_at=story.last_fetched_at or FIRST,
            last_unconditional_at=story.last_unconditional_at,
            rates=rates,
        )
        now = planned + timedelta(hours=delay)
        story = replace(story, last_fetched_at=now)
        if needs_unconditional(story, now=now, rates=rates):
            longest = max(longest, now - (story.last_unconditional_at or FIRST))
            story = replace(story, last_unconditional_at=now)
    assert timedelta() < longest <= 30 * DAY


CHECKED = {
    "due, and looked at two nights ago": (2, {}, True),
    "looked at last night": (1, {}, False),
    "not due": (2, {"next_visit_at": FIRST + 3 * DAY}, False),
    "gone": (2, {"gone_at": FIRST}, False),
    "never looked at": (2, {"last_fetched_at": None}, False),
}


@pytest.mark.parametrize(("days", "changes", "expected"), CHECKED.values(), ids=CHECKED.keys())
def test_story_may_show_whether_a_seed_lies(
    days: int, changes: dict[str, datetime], expected: bool
) -> None:
    values: dict[str, Any] = {"next_visit_at": FIRST + DAY} | changes
    story = replace(STORY, **values)
    assert is_worth_a_check(story, now=FIRST + days * DAY) is expected
