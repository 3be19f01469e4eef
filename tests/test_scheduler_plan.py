"""When outlets are visited: every slot once, none lost, whatever clock, zone or sleep."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.plan import Ending, Timetable, Turn, is_due, last_slot, next_slot

ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Europe/Berlin", "America/New_York")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

_times = st.lists(
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    min_size=1,
    max_size=4,
    unique=True,
)
_tables = st.builds(
    lambda times, zone, jitter: Timetable(
        slug="kecil", times=tuple(times), zone=zone, jitter=timedelta(minutes=jitter)
    ),
    _times,
    st.sampled_from(ZONES),
    st.integers(0, 30),
)
_moments = st.integers(0, 400 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))


def _done(at: datetime) -> Turn:
    return Turn(started_at=at, ending=Ending.DONE)


@given(_tables, _moments)
def test_next_slot_follows_the_last_without_a_gap(table: Timetable, now: datetime) -> None:
    last, coming = last_slot(table, now), next_slot(table, now)
    assert last is not None
    assert coming is not None
    assert last <= now < coming
    assert next_slot(table, last) == coming
    assert last_slot(table, coming) == coming


@given(_tables, _moments)
def test_slot_is_the_time_of_day_in_its_zone_put_off_by_the_jitter(
    table: Timetable, now: datetime
) -> None:
    slot = next_slot(table, now)
    assert slot is not None
    zone = ZoneInfo(table.zone)
    days = [slot.astimezone(zone).date() - timedelta(days=back) for back in (0, 1)]
    nominal = [datetime.combine(day, at, zone) for day in days for at in table.times]
    assert any(timedelta() <= slot - one.astimezone(UTC) <= table.jitter for one in nominal)


@given(_tables, _moments, st.lists(st.integers(1, 3 * 24 * 60), min_size=1, max_size=60))
def test_every_slot_that_was_awake_is_visited_once(
    table: Timetable, now: datetime, sleeps: list[int]
) -> None:
    """A service that looks now and then, and is killed in between, visits once per slot."""
    turns: list[Turn] = []
    for minutes in sleeps:
        now += timedelta(minutes=minutes)
        if is_due(table, turns, now):
            turns.append(_done(now))
        assert not is_due(table, turns, now)
    slots = [last_slot(table, turn.started_at) for turn in turns]
    assert len(set(slots)) == len(turns)


@given(_tables, _moments, st.integers(-36 * 60, 36 * 60))
def test_clock_that_is_set_neither_doubles_nor_loses_a_slot(
    table: Timetable, now: datetime, jump: int
) -> None:
    """Visits that a wrong clock dated into the future do not stand in for those to come."""
    turns = [_done(now)]
    wrong = now + timedelta(minutes=jump)
    if is_due(table, turns, wrong):
        turns.append(_done(wrong))
    assert not is_due(table, turns, wrong)
    coming = next_slot(table, max(now, wrong))
    assert coming is not None
    assert is_due(table, turns, coming)


def test_outlet_without_times_is_never_due() -> None:
    table = Timetable(slug="kecil", times=(), zone="Asia/Jakarta")
    assert not is_due(table, [], BEGIN)
    assert (last_slot(table, BEGIN), next_slot(table, BEGIN)) == (None, None)


@pytest.mark.parametrize(
    ("endings", "due"),
    [
        ([], True),
        ([Ending.CUT] * 9, True),
        ([Ending.DEAD] * 2, True),
        ([Ending.DEAD] * 3, False),
        ([Ending.DEAD, Ending.DONE], False),
        ([Ending.CUT, Ending.DEAD, Ending.CUT, Ending.DEAD], True),
    ],
    ids=["never", "cut short", "died twice", "died three times", "done", "mixed"],
)
def test_turn_counts_only_when_it_was_had(endings: list[Ending], due: bool) -> None:
    table = Timetable(slug="kecil", times=(time(0, 0),), zone="UTC")
    now = BEGIN + 12 * HOUR
    turns = [Turn(started_at=now - HOUR, ending=ending) for ending in endings]
    assert is_due(table, turns, now) == due


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        (datetime(2026, 3, 29, tzinfo=UTC), time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (
            datetime(2026, 10, 25, tzinfo=UTC),
            time(2, 30),
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        ),
    ],
    ids=["hour that is skipped", "hour that comes twice"],
)
def test_summer_time_brings_each_slot_once(day: datetime, hour: time, expected: datetime) -> None:
    table = Timetable(slug="kecil", times=(hour,), zone="Europe/Berlin")
    before = day - 12 * HOUR
    found = []
    while (slot := next_slot(table, before)) and slot < day + 24 * HOUR:
        found.append(slot)
        before = slot
    assert expected in found
    assert len({slot.astimezone(ZoneInfo("Europe/Berlin")).date() for slot in found}) == len(found)


def test_jitter_is_an_outlets_own_and_always_the_same() -> None:
    slots: Callable[[str], datetime | None] = lambda slug: next_slot(  # noqa: E731
        Timetable(slug=slug, times=(time(1, 30),), zone="UTC", jitter=HOUR), BEGIN
    )
    assert slots("satu") == slots("satu")
    assert len({slots(f"outlet-{number}") for number in range(50)}) > 40
