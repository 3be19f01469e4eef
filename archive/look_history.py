"""What the looks at an outlet's stories told of how soon they change, from the archive's facts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise

from sqlalchemy import Connection, Row, Select, delete, func, insert, select

from archive.schema import capture, event, look_count, reading, story, version
from archive.types import Answer, Look

__all__ = ["LookCounts", "keep_counts", "kept_counts", "looks_at", "published"]

LookCounts = Mapping[Look, int]
"""How often each look was had."""

_REMEMBERED = timedelta(days=400)
_TOLD = (Answer.ARTICLE.value, Answer.NOT_MODIFIED.value, Answer.MISSING.value)
_DAY = timedelta(days=1)


def looks_at(connection: Connection, slug: str, *, now: datetime) -> Iterator[Look]:
    """Every look of the last 400 days at a known story of an outlet, the first ones left out."""
    changes = _changes(connection, slug)
    began = published(connection, slug)
    query = _looks(slug, since=now - _REMEMBERED).execution_options(yield_per=1000)
    rows = connection.execute(query)
    for story_id, looks in groupby(rows, key=lambda row: row.story_id):
        yield from _told(list(looks), began=began.get(story_id), changes=changes.get(story_id, ()))


def published(connection: Connection, slug: str) -> dict[str, datetime]:
    """Story id -> when it was published, as its first version tells, where it does."""
    rows = connection.execute(
        select(version.c.story_id, func.min(reading.c.published_at).label("published_at"))
        .join(story, story.c.story_id == version.c.story_id)
        .join(reading, reading.c.version_id == version.c.version_id)
        .where(story.c.outlet == slug, version.c.number == 1)
        .where(reading.c.published_at.is_not(None))
        .group_by(version.c.story_id)
    )
    return {row.story_id: row.published_at for row in rows}


def keep_counts(connection: Connection, slug: str, counts: LookCounts, *, now: datetime) -> None:
    """Put an outlet's counts where the other outlets' crawls find them."""
    told = [[look.since, look.at, look.has_changed, count] for look, count in counts.items()]
    connection.execute(delete(look_count).where(look_count.c.outlet == slug))
    connection.execute(insert(look_count).values(outlet=slug, looks=told, recorded_at=now))


def kept_counts(connection: Connection, *, but: str) -> LookCounts:
    """The counts of all outlets together, of all but this one."""
    whole: Counter[Look] = Counter()
    query = select(look_count.c.looks).where(look_count.c.outlet != but)
    for told in connection.scalars(query.order_by(look_count.c.outlet)):
        for since, at, has_changed, count in told:
            whole[Look(since, at, has_changed)] += count
    return whole


def _looks(slug: str, *, since: datetime) -> Select[tuple[str, datetime, datetime]]:
    """One row for each crawl's look at each story; all parts of a split story are one look."""
    return (
        select(
            capture.c.story_id,
            story.c.first_seen_at,
            func.min(capture.c.fetched_at).label("fetched_at"),
        )
        .join(story, story.c.story_id == capture.c.story_id)
        .where(story.c.outlet == slug, capture.c.answer.in_(_TOLD))
        .where(capture.c.fetched_at >= since)
        .group_by(capture.c.story_id, story.c.first_seen_at, capture.c.crawl_id)
        .order_by(capture.c.story_id, func.min(capture.c.fetched_at))
    )


def _told(
    looks: Sequence[Row[tuple[str, datetime, datetime]]],
    *,
    began: datetime | None,
    changes: Sequence[datetime],
) -> Iterator[Look]:
    first = looks[0].first_seen_at
    start = min(began or first, first)
    for before, at in pairwise(look.fetched_at for look in looks):
        yield Look(
            since=(before - start) / _DAY,
            at=(at - start) / _DAY,
            has_changed=any(before < change <= at for change in changes),
        )


def _changes(connection: Connection, slug: str) -> dict[str, list[datetime]]:
    """Story id -> when it was first seen edited, or missing."""
    edits = (
        select(version.c.story_id, version.c.first_seen_at)
        .join(story, story.c.story_id == version.c.story_id)
        .where(story.c.outlet == slug, version.c.number > 1)
    )
    removals = select(event.c.story_id, event.c.occurred_at).where(
        event.c.outlet == slug, event.c.kind == "gone"
    )
    found: dict[str, list[datetime]] = {}
    for query in (edits, removals):
        for story_id, moment in connection.execute(query):
            found.setdefault(story_id, []).append(moment)
    return found
