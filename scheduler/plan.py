"""When each outlet is visited, and which visits are due. Pure.

A slot is a time of day at an outlet, put off by a jitter that is its own and always the same, so
that whoever computes it finds the same moment. A slot is done when a crawl that had its turn began
in it; of slots that were missed (the service was down, the laptop slept) only the last is made up
for.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

__all__ = ["Ending", "Timetable", "Turn", "is_due", "last_slot", "next_slot"]

_TRIES = 3
"""Crawls that died or were killed in one slot, after which the outlet waits for the next one."""


class Ending(StrEnum):
    """What a crawl meant for its outlet's turn."""

    DONE = "done"
    """It had its turn, whatever it found."""
    CUT = "cut"
    """Somebody stopped it, or it never began: the turn is still to come."""
    DEAD = "dead"
    """It was killed or crashed."""


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """When an outlet is to be visited, on the clock of a zone."""

    slug: str
    times: tuple[time, ...]
    zone: str
    jitter: timedelta = timedelta()


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One crawl of an outlet."""

    started_at: datetime
    ending: Ending


def last_slot(table: Timetable, now: datetime) -> datetime | None:
    """The newest slot that has begun, in UTC; None for an outlet without times."""
    begun = [slot for slot in _slots(table, now, days=(-2, -1, 0)) if slot <= now]
    return max(begun, default=None)


def next_slot(table: Timetable, now: datetime) -> datetime | None:
    """The next slot after a moment, in UTC; None for an outlet without times."""
    coming = [slot for slot in _slots(table, now, days=(-1, 0, 1, 2)) if slot > now]
    return min(coming, default=None)


def is_due(table: Timetable, turns: Iterable[Turn], now: datetime) -> bool:
    """Whether the newest slot's visit is still to be made.

    Crawls that a clock set wrong put into the future count for nothing until then.
    """
    slot = last_slot(table, now)
    if slot is None:
        return False
    inside = [turn for turn in turns if slot <= turn.started_at <= now]
    if any(turn.ending == Ending.DONE for turn in inside):
        return False
    return sum(turn.ending == Ending.DEAD for turn in inside) < _TRIES


def _slots(table: Timetable, now: datetime, *, days: Sequence[int]) -> Iterator[datetime]:
    zone = ZoneInfo(table.zone)
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=number) for number in days):
        for at in table.times:
            # of an hour that comes twice the first counts, one that is skipped comes an hour later
            local = datetime.combine(day, at, zone)
            yield local.astimezone(UTC) + _put_off(table, local)


def _put_off(table: Timetable, local: datetime) -> timedelta:
    """A part of the jitter that follows from outlet and slot alone."""
    drawn = hashlib.sha256(f"{table.slug} {local:%Y-%m-%d %H:%M}".encode()).digest()
    return table.jitter * (int.from_bytes(drawn[:4]) / 2**32)
