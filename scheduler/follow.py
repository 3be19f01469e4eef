"""The running night, as the archive's own rows tell it: what is at work, what waits, what is next.

Read by whoever asks (`kliping status --follow`, the metrics), beside whoever crawls.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select

from archive import database
from archive.lanes import lease_name
from archive.lease import is_free
from archive.schema import crawl
from scheduler.plan import Timetable, next_slot
from scheduler.timetable import round_at

__all__ = ["COLUMNS", "AtWork", "Going", "going_on"]

COLUMNS = ("requests", "looked_at", "on_topic", "new", "edited", "gone", "problems")
"""The counts of a crawl that are shown."""


@dataclass(frozen=True, kw_only=True)
class AtWork:
    """A crawl that somebody is at, here or elsewhere."""

    outlet: str
    started_at: datetime
    counts: Mapping[str, int]
    """As of its last heartbeat, two seconds ago at most."""


@dataclass(frozen=True, kw_only=True)
class Going:
    """How things go at a moment."""

    at_work: Sequence[AtWork]
    waiting: Sequence[str]
    """Outlets that are due, in the order of their turns."""
    next_outlet: str
    """The outlet that is visited next, where none waits; empty where none has times."""
    next_at: datetime | None

    def as_json(self) -> dict[str, Any]:
        """It as values for JSON."""
        return asdict(self)


def going_on(engine: Engine, tables: Mapping[str, Timetable], now: datetime) -> Going:
    """How things go now. Raises ArchiveError."""
    found = round_at(engine, tables, now)
    coming = [(at, slug) for slug, table in tables.items() if (at := next_slot(table, now))]
    first = min(coming, default=(None, ""))
    return Going(
        at_work=_at_work(engine),
        waiting=found.due,
        next_outlet=first[1],
        next_at=first[0],
    )


def _at_work(engine: Engine) -> Sequence[AtWork]:
    """Crawls that have not ended and whose outlet's lease is held."""
    columns = (crawl.c.outlet, crawl.c.started_at, crawl.c.counts)
    with database.reading(engine) as connection:
        rows = connection.execute(
            select(*columns).where(crawl.c.ended_at.is_(None)).order_by(crawl.c.crawl_id)
        ).all()
        # of an outlet whose earlier crawl died, only the newest is at work
        newest = {row.outlet: row for row in rows}
        return [
            AtWork(
                outlet=row.outlet,
                started_at=row.started_at,
                counts={name: row.counts.get(name, 0) for name in COLUMNS},
            )
            for row in newest.values()
            if not is_free(connection, lease_name(row.outlet))
        ]
