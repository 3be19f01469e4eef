"""The periods of the past whose seeds were read to their end, so that a backfill can go on."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from archive.schema import backfill, outlet
from archive.types import Crawl, Period

__all__ = ["listed", "merged", "note", "reaches"]

_LOOKED_AT_AGAIN = timedelta(days=3)
"""By every visit, and so never noted as read to its end (`crawler.window`)."""


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

    Not named is an outlet of whose last days, or before them, something may be left out.
    """
    rows = connection.execute(
        select(backfill, outlet.c.visited_at)
        .join(outlet, outlet.c.slug == backfill.c.outlet)
        .where(outlet.c.visited_at.is_not(None))
        .order_by(backfill.c.backfill_id)
    ).all()
    topics = {row.outlet: row.topic for row in rows}  # the newest row's wins
    found: defaultdict[str, list[Period]] = defaultdict(list)
    for row in rows:
        if row.topic == topics[row.outlet]:
            found[row.outlet].append(Period(row.starts_at, row.ends_at))
    visits = {row.outlet: row.visited_at for row in rows}
    newest = {slug: merged(found[slug])[-1] for slug in sorted(found)}
    return {
        slug: period.since for slug, period in newest.items() if _is_recent(period, visits[slug])
    }


def _is_recent(period: Period, visited_at: datetime) -> bool:
    """Whether a period reaches to the days that every visit looks at again."""
    return period.until > visited_at - _LOOKED_AT_AGAIN - timedelta(days=1)


def merged(periods: Iterable[Period]) -> list[Period]:
    """The same time as disjoint periods, oldest first; those that touch are one."""
    joined: list[Period] = []
    for period in sorted(periods):
        if joined and period.since <= joined[-1].until:
            joined[-1] = Period(joined[-1].since, max(joined[-1].until, period.until))
        else:
            joined.append(period)
    return joined
