"""Numbers for the front page: what the events of some weeks come to, counted once in a while."""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Engine, String, func, select

from archive import database
from archive.news import KINDS, newest_event
from archive.schema import event, outlet, reading, takedown, version

__all__ = ["DAYS", "Desk", "Figures", "event_at"]

DAYS = 42
"""How many days a chart looks back."""
_FRESH = 60.0
"""Seconds for which a count is good enough, though events came in between."""
_MOST = 32
"""Moments whose counts are kept."""
_JAKARTA = ZoneInfo("Asia/Jakarta")
LAGS = (3, 12, 24, 72, 168)
"""Hours at which the bins of the time to a first edit end; the last has no end."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What happened in the last weeks before a moment; days are Jakarta's."""

    days: Sequence[date]
    by_day: Mapping[str, Sequence[int]]
    """Kind of event -> one number a day."""
    by_outlet: Sequence[tuple[str, str, int]]
    """Slug, name and new stories, most first."""
    by_region: Sequence[tuple[str, int]]
    to_first_edit: Sequence[int]
    """How many first edits came within each of LAGS, and later than all."""


@dataclass
class Desk:
    """Counts when asked, and remembers for a minute."""

    engine: Engine
    _kept: dict[datetime | None, tuple[float, int, Figures]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def figures(self, as_of: datetime | None = None) -> Figures:
        """The numbers as they were known at a moment. Raises ArchiveError."""
        with database.reading(self.engine) as connection:
            last = event_at(connection, as_of)
            kept = self._kept.get(as_of)
            if kept and (kept[1] == last or monotonic() - kept[0] < _FRESH):
                return kept[2]
            # one reader counts; the others take what there was, or wait for what it finds
            if not self._lock.acquire(blocking=kept is None) and kept:
                return kept[2]
            try:
                again = self._kept.get(as_of)
                if again and again is not kept:
                    return again[2]
                found = count(connection, last=last, until=as_of or datetime.now(UTC))
                if len(self._kept) >= _MOST:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[as_of] = (monotonic(), last, found)
                return found
            finally:
                self._lock.release()


def event_at(connection: Connection, as_of: datetime | None) -> int:
    """The number of the last event that was recorded at a moment; 0 for none.

    Events are numbered in the order in which they are recorded, so their times can be bisected.
    """
    low, high = 0, newest_event(connection)
    if as_of is None:
        return high
    while low < high:
        middle = (low + high + 1) // 2
        found = connection.execute(
            select(event.c.event_id, event.c.recorded_at)
            .where(event.c.event_id >= middle)
            .order_by(event.c.event_id)
            .limit(1)
        ).one()
        if found.recorded_at <= as_of:
            low = found.event_id
        else:
            high = middle - 1
    return low


def count(connection: Connection, *, last: int, until: datetime) -> Figures:
    """The numbers of the DAYS before a moment, of events up to one."""
    days = [until.astimezone(_JAKARTA).date() - timedelta(days=n) for n in range(DAYS)][::-1]
    place = {day: number for number, day in enumerate(days)}
    by_day = {kind: [0] * DAYS for kind in KINDS}
    outlets: Counter[str] = Counter()
    first = event_at(connection, until - timedelta(days=DAYS + 1))
    day = _day(connection.dialect.name)
    rows = connection.execute(
        select(event.c.kind, event.c.outlet, day.label("day"), func.count())
        .where(event.c.event_id > first, event.c.event_id <= last)
        .where(event.c.kind.in_(KINDS))
        .where(event.c.story_id.not_in(select(takedown.c.story_id)))
        .group_by(event.c.kind, event.c.outlet, day)
    )
    for kind, slug, told, number in rows:
        at = place.get(date.fromisoformat(told))
        if at is not None:
            by_day[kind][at] += number
            if kind == "new":
                outlets[slug] += number
    by_outlet, by_region = _ranked(connection, outlets)
    return Figures(
        days=days,
        by_day=by_day,
        by_outlet=by_outlet,
        by_region=by_region,
        to_first_edit=_lags(connection, first=first, last=last),
    )


def _day(dialect: str) -> ColumnElement[str]:
    """The day of an event on Jakarta's clock, counted where the rows are."""
    if dialect == "sqlite":
        return func.date(event.c.occurred_at, "+7 hours", type_=String)
    local = func.timezone("Asia/Jakarta", event.c.occurred_at)
    return func.to_char(local, "YYYY-MM-DD", type_=String)


def _ranked(
    connection: Connection, outlets: Counter[str]
) -> tuple[list[tuple[str, str, int]], list[tuple[str, int]]]:
    """The new stories of each outlet and of each region, most first."""
    known = {
        row.slug: row
        for row in connection.execute(select(outlet.c.slug, outlet.c.name, outlet.c.region))
    }
    regions: Counter[str] = Counter()
    for slug, number in outlets.items():
        regions[known[slug].region or "–"] += number
    named = [(slug, known[slug].name or slug, number) for slug, number in outlets.most_common()]
    return named, regions.most_common()


def _lags(connection: Connection, *, first: int, last: int) -> list[int]:
    """How long after its publication, else its first sight, a story was first edited."""
    original = version.alias("original")
    rows = connection.execute(
        select(
            event.c.event_id,
            event.c.occurred_at,
            original.c.first_seen_at,
            reading.c.published_at,
        )
        .join(version, version.c.version_id == event.c.version_id)
        .join(original, original.c.story_id == event.c.story_id)
        .join(reading, reading.c.version_id == original.c.version_id)
        .where(event.c.event_id > first, event.c.event_id <= last)
        .where(event.c.kind == "edited", version.c.number == 2, original.c.number == 1)
        .order_by(reading.c.reading_id)
    )
    # of several readings the last one is the current one
    told = {row.event_id: row for row in rows}
    bins = [0] * (len(LAGS) + 1)
    for row in told.values():
        began = min(row.published_at or row.first_seen_at, row.first_seen_at)
        hours = (row.occurred_at - began) / timedelta(hours=1)
        bins[next((n for n, end in enumerate(LAGS) if hours < end), len(LAGS))] += 1
    return bins
