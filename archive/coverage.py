"""What each crawl looked at and what it missed: the denominator of every finding."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from archive.columns import COVERAGE
from archive.export_rows import night_of
from archive.schema import crawl, event, outlet
from archive.versions import known
from archive.visits import IMPORT_COUNT, REPLAY_COUNT, TAKEDOWN_COUNT

__all__ = ["coverage"]

_NO_CRAWL = frozenset({REPLAY_COUNT, IMPORT_COUNT, TAKEDOWN_COUNT})
_COUNTS = ("looked_at", "on_topic", "failed", "not_reached")


def coverage(connection: Connection, *, as_of: datetime) -> Iterator[dict[str, Any]]:
    """One row per crawl begun by `as_of`, by outlet and crawl; none for a replay, import
    or takedown.

    How a crawl ended is taken from the event that closed it, which never changes afterwards.
    """
    closing = known(event.c.recorded_at, as_of) & (event.c.kind == "crawl")
    rows = connection.execute(
        select(crawl, outlet.c.zone, event.c.detail, event.c.recorded_at.label("closed_at"))
        .join(outlet, outlet.c.slug == crawl.c.outlet)
        .outerjoin(event, (event.c.crawl_id == crawl.c.crawl_id) & closing)
        .where(known(crawl.c.started_at, as_of))
        .order_by(crawl.c.outlet, crawl.c.crawl_id)
    ).mappings()
    for row in rows:
        if not _NO_CRAWL.isdisjoint(row["counts"]):
            continue
        detail: Mapping[str, Any] = row["detail"] or {}
        values = {
            "outlet": row["outlet"],
            "night": night_of(row["started_at"], row["zone"]),
            "run_id": row["run_id"],
            "crawl_id": row["crawl_id"],
            "started_at": row["started_at"],
            "ended_at": row["closed_at"],
            "finish_reason": detail.get("reason", ""),
        }
        counts: Mapping[str, int] = detail.get("counts", {})
        # a count that a closed crawl does not name is zero; of one still at work nothing is known
        unnamed = 0 if detail else None
        values |= {name: counts.get(name, unnamed) for name in _COUNTS}
        yield {column.name: values[column.name] for column in COVERAGE}
