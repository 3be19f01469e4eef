"""The periods of the past whose seeds were read to their end, so that a backfill can go on."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert, select

from archive.schema import backfill
from archive.types import Crawl, Period

__all__ = ["listed", "merged", "note", "reaches"]


def note(
    connection: Connection, period: Period, *, crawl: Crawl, topic: str, now: datetime
) -> None:
    """Keep that a crawl considered everything that its outlet lists in a period."""
    row = {
        "outlet": crawl.outlet,
        "crawl_id": crawl.crawl_id,
        "starts_at": period.since,
        "ends_at": period.until,
        "topic": topic,
        "recorded_at": now,
    }
    connection.execute(insert(backfill).values(row))


def listed(connection: Connection, slug: str, *, topic: str) -> list[Period]:
    """What was read of an outlet's past under one topic, oldest first, touching periods joined."""
    query = select(backfill.c.starts_at, backfill.c.ends_at).where(
        backfill.c.outlet == slug, backfill.c.topic == topic
    )
    return merged(Period(row.starts_at, row.ends_at) for row in connection.execute(query))


def reaches(connection: Connection) -> dict[str, datetime]:
    """Outlet -> since when nothing is left out, under the topic of its last crawl.

    What lies before a gap does not count; an outlet whose seeds never showed where a period begins
    is not named.
    """
    rows = connection.execute(select(backfill).order_by(backfill.c.backfill_id)).all()
    topics = {row.outlet: row.topic for row in rows}  # the newest row's wins
    return {
        slug: merged(
            Period(row.starts_at, row.ends_at)
            for row in rows
            if (row.outlet, row.topic) == (slug, topic)
        )[-1].since
        for slug, topic in sorted(topics.items())
    }


def merged(periods: Iterable[Period]) -> list[Period]:
    """The same time as disjoint periods, oldest first; those that touch are one."""
    joined: list[Period] = []
    for period in sorted(periods):
        if joined and period.since <= joined[-1].until:
            joined[-1] = Period(joined[-1].since, max(joined[-1].until, period.until))
        else:
            joined.append(period)
    return joined
