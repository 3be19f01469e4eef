"""When each outlet was last given its time: the longest unvisited come first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import Engine

from archive.database import reading
from archive.lanes import lease_name
from archive.lease import is_free
from archive.schema import crawl

__all__ = [
    "CUT",
    "CUT_SHORT",
    "IMPORTED",
    "IMPORT_COUNT",
    "IMPORT_STOPPED",
    "NOT_REACHED",
    "REPLAYED",
    "REPLAY_COUNT",
    "REPLAY_STOPPED",
    "SAVE_COUNT",
    "TAKEDOWN",
    "TAKEDOWN_COUNT",
    "Visit",
    "last_visits",
    "visits_since",
    "was_visited",
]

NOT_REACHED = "not-reached"
"""The finish reason of a crawl that its network's time did not suffice to begin."""
CUT_SHORT = "network-time-limit"
"""The finish reason of the crawl that was at work when its network's time was up."""

REPLAYED = "replayed"
"""The finish reason of what held an outlet to read its captures again: nobody asked the outlet."""
REPLAY_STOPPED = "replay-stopped"
"""The same, ended before it was done."""
REPLAY_COUNT = "captures_read"
"""The count that every replay has from its beginning, and no crawl."""

IMPORTED = "imported"
"""The finish reason of what held an outlet to import a snapshot: nobody asked the outlet."""
IMPORT_STOPPED = "import-stopped"
"""The same, ended before it was done."""
IMPORT_COUNT = "versions_imported"
"""The count that every import has from its beginning, and no crawl."""

TAKEDOWN = "takedown"
"""The finish reason of what held an outlet to take a story down: nobody asked the outlet."""
TAKEDOWN_COUNT = "taken_down"
"""The count that every takedown has from its beginning, and no crawl."""

SAVE_COUNT = "wished_for"
"""The count that every crawl has that only saves what a person asked for: it reads no seeds."""

_NO_CRAWL = (REPLAYED, REPLAY_STOPPED, IMPORTED, IMPORT_STOPPED, TAKEDOWN)
CUT = (NOT_REACHED, CUT_SHORT, "shutdown")
"""Finish reasons of crawls that did not have their turn."""
_NO_VISIT = (*CUT, *_NO_CRAWL)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One crawl that asked an outlet, or was to."""

    started_at: datetime
    finish_reason: str
    """Empty while it runs, and for one that died."""
    is_at_work: bool
    """It has not ended, and somebody holds its outlet's lease."""


def visits_since(
    connection: Connection, slugs: Iterable[str], moment: datetime
) -> Mapping[str, list[Visit]]:
    """Outlet -> its crawls that began at a moment or later, oldest first; of these outlets.

    What only held the outlet (a replay, an import, a takedown) is none of them, nor is what saved
    a page for a person.
    """
    rows = connection.execute(
        select(crawl.c.outlet, crawl.c.started_at, crawl.c.finish_reason, crawl.c.ended_at)
        .add_columns(crawl.c.counts)
        .where(crawl.c.outlet.in_(list(slugs)), crawl.c.started_at >= moment)
        .where(crawl.c.finish_reason.not_in(_NO_CRAWL))
        .order_by(crawl.c.crawl_id)
    ).all()
    found: defaultdict[str, list[Visit]] = defaultdict(list)
    for row in rows:
        if SAVE_COUNT in row.counts:
            continue
        is_open = row.ended_at is None and not is_free(connection, lease_name(row.outlet))
        one = Visit(started_at=row.started_at, finish_reason=row.finish_reason, is_at_work=is_open)
        found[row.outlet].append(one)
    return found


def was_visited(connection: Connection, slug: str, *, since: datetime, now: datetime) -> bool:
    """Whether a crawl of an outlet that began within a span of time had its turn."""
    found = visits_since(connection, [slug], since).get(slug, ())
    ended = {*CUT, "", "killed"}
    return any(one.started_at <= now and one.finish_reason not in ended for one in found)


def last_visits(engine: Engine) -> Mapping[str, datetime]:
    """Outlet -> when its last crawl began; crawls that others cut short do not count.

    One that failed does: it had its turn, and must not keep the others from theirs.
    """
    query = (
        select(crawl.c.outlet, func.max(crawl.c.started_at).label("began"))
        .where(crawl.c.finish_reason.not_in(_NO_VISIT))
        .group_by(crawl.c.outlet)
    )
    with reading(engine) as connection:
        return {row.outlet: row.began for row in connection.execute(query)}
