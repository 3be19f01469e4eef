"""When each outlet was last given its time: the longest unvisited come first."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from archive.database import reading
from archive.schema import crawl

__all__ = [
    "CUT_SHORT",
    "IMPORTED",
    "IMPORT_COUNT",
    "IMPORT_STOPPED",
    "NOT_REACHED",
    "REPLAYED",
    "REPLAY_COUNT",
    "REPLAY_STOPPED",
    "TAKEDOWN",
    "TAKEDOWN_COUNT",
    "last_visits",
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

_NO_VISIT = (
    *(NOT_REACHED, CUT_SHORT, "shutdown"),
    *(REPLAYED, REPLAY_STOPPED, IMPORTED, IMPORT_STOPPED, TAKEDOWN),
)


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
