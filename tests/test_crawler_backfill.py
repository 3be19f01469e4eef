"""Which slices of the past are still to do, and how long they will take."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from sightings import Nights

from archive.backfills import merged
from archive.types import Period
from crawler.backfill import Progress, slices, told
from crawler.progress import watch
from crawler.wordpress_seeds import month_archives

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
MONTH = timedelta(days=30)


def period(since: int, until: int) -> Period:
    """From the midnight of one day to that of another, counted from the first of 2024."""
    return Period(FIRST + timedelta(days=since), FIRST + timedelta(days=until))


def days(*periods: Period) -> list[int]:
    """Every day of some periods, in their order."""
    return [
        (one.since - FIRST).days + number for one in periods for number in range(one.days)
    ]  # fmt: skip


spans = st.tuples(st.integers(0, 200), st.integers(1, 90)).map(lambda it: period(it[0], sum(it)))
lengths = st.integers(1, 60).map(lambda number: timedelta(days=number))


@given(spans, st.lists(spans, max_size=8), lengths)
def test_slices_and_what_is_done_are_all_that_was_asked(
    asked: Period, done: list[Period], length: timedelta
) -> None:
    due = slices(asked, done, length=length)
    assert set(days(*due)) == set(days(asked)) - set(days(*done))


@given(spans, st.lists(spans, max_size=8), lengths)
def test_slices_come_newest_first_and_none_twice(
    asked: Period, done: list[Period], length: timedelta
) -> None:
    due = slices(asked, done, length=length)
    assert all(older.until <= newer.since for newer, older in pairwise(due))
    assert all(timedelta() < one.until - one.since <= length for one in due)


@given(spans, spans, lengths, st.integers(0, 20))
def test_resumed_backfill_goes_on_with_the_slices_not_done(
    asked: Period, further: Period, length: timedelta, count: int
) -> None:
    done = slices(asked, [], length=length)[:count]
    for again in (asked, further):
        assert set(days(*slices(again, done, length=length))).isdisjoint(days(*done))
    assert slices(asked, done, length=length) == slices(asked, [], length=length)[count:]


@given(st.lists(spans, max_size=10))
def test_merged_periods_are_the_same_days_and_never_touch(periods: list[Period]) -> None:
    joined = merged(periods)
    assert days(*joined) == sorted(set(days(*periods)))
    assert all(before.until < after.since for before, after in pairwise(joined))


@pytest.mark.parametrize(
    ("asked", "done", "expected"),
    [
        pytest.param((0, 70), [], [(40, 70), (10, 40), (0, 10)], id="nothing done"),
        pytest.param((0, 70), [(40, 70)], [(10, 40), (0, 10)], id="newest done"),
        pytest.param((0, 70), [(0, 70)], [], id="all done"),
        pytest.param((0, 70), [(20, 25), (25, 40)], [(40, 70), (0, 20)], id="a gap on each side"),
        pytest.param((10, 20), [(0, 12), (18, 90)], [(12, 18)], id="done reaches beyond"),
        pytest.param((10, 20), [(0, 10), (20, 90)], [(10, 20)], id="done touches"),
    ],
)
def test_slices(
    asked: tuple[int, int], done: list[tuple[int, int]], expected: list[tuple[int, int]]
) -> None:
    found = slices(period(*asked), [period(*one) for one in done], length=MONTH)
    assert found == [period(*one) for one in expected]


# -- how long -------------------------------------------------------------------------------


def test_nothing_is_estimated_before_a_slice_was_done() -> None:
    assert "backfill_seconds_left" not in Progress.of([period(0, 30)]).counts


def test_estimate_is_of_days_for_the_last_slice_may_be_short() -> None:
    due = [period(40, 70), period(10, 40), period(0, 10)]
    progress = Progress.of(due).after(due[0], seconds=60.0)
    assert progress.counts == {
        "backfill_slices": 3,
        "backfill_done": 1,
        "backfill_days": 70,
        "backfill_days_done": 30,
        "backfill_seconds_left": 80,
    }


def test_nothing_is_left_of_a_backfill_that_ended() -> None:
    due = [period(40, 70), period(10, 40), period(0, 10)]
    progress = Progress.of(due).after(due[0], seconds=60.0).ended()
    assert (progress.slices, progress.days, progress.seconds_left) == (1, 30, 0)


@given(st.lists(spans, min_size=1, max_size=8), st.floats(0, 1e6))
def test_no_time_is_left_when_all_is_done(due: list[Period], seconds: float) -> None:
    progress = Progress.of(due)
    for one in due:
        progress = progress.after(one, seconds=seconds)
    assert progress.seconds_left == 0


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        pytest.param({}, "", id="an ordinary crawl"),
        pytest.param((0, 0, None), "backfill: nothing left to do", id="nothing due"),
        pytest.param((365, 0, None), "backfill 0 of 365 days", id="no estimate yet"),
        pytest.param((365, 12, 60), "backfill 12 of 365 days, about a minute left", id="a minute"),
        pytest.param((365, 12, 1500), "backfill 12 of 365 days, about 25 min left", id="minutes"),
        pytest.param((365, 12, 10_000), "backfill 12 of 365 days, about 3 h left", id="hours"),
        pytest.param((365, 12, 300_000), "backfill 12 of 365 days, about 3 days left", id="days"),
        pytest.param((365, 365, 0), "backfill 365 of 365 days", id="done"),
    ],
)
def test_progress_in_words(
    counts: dict[str, int] | tuple[int, int, int | None], expected: str
) -> None:
    if isinstance(counts, tuple):
        days, done, left = counts
        counts = {"backfill_days": days, "backfill_days_done": done}
        counts |= {} if left is None else {"backfill_seconds_left": left}
    assert told(counts) == expected


def test_progress_is_seen_on_a_terminal(nights: Nights) -> None:
    night = nights.begin(1)
    counts = {"backfill_days": 365, "backfill_days_done": 12, "backfill_seconds_left": 10_000}
    nights.archive.heartbeat(night.crawl, counts=counts)
    console = Console(file=StringIO(), force_terminal=True, width=200)
    with watch(nights.archive.engine, night.crawl.run_id, console=console):
        pass
    assert isinstance(console.file, StringIO)
    assert "at work …, backfill 12 of 365 days, about 3 h left" in console.file.getvalue()


# -- months ---------------------------------------------------------------------------------


@given(spans, st.sampled_from(["Asia/Jakarta", "Asia/Jayapura", "UTC"]))
def test_every_moment_of_a_period_is_in_one_of_its_months(asked: Period, zone: str) -> None:
    found = month_archives(asked.since, asked.until, zone=zone)
    hours = (asked.until - asked.since) // timedelta(hours=1)
    moments = (asked.since + timedelta(hours=hour) for hour in range(hours))
    assert set(found) == {f"{moment.astimezone(ZoneInfo(zone)):%Y/%m}" for moment in moments}


@given(spans)
def test_months_come_newest_first_and_once(asked: Period) -> None:
    found = month_archives(asked.since, asked.until, zone="Asia/Makassar")
    assert list(found) == sorted(set(found), reverse=True)
