"""Which stories were taken down, when and why: what every reader asks before it shows one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Row, RowMapping, bindparam, func, select

from archive.schema import reading, story, takedown, tombstone, version

if TYPE_CHECKING:
    from archive.holders import HeldBy

__all__ = [
    "TAKEN_DOWN",
    "Takedown",
    "ids_taken_down",
    "is_shown",
    "line_of",
    "returns",
    "takedowns",
    "taken_down",
]

# from the few takedowns, not from the many readings
_RETURNED = (
    select(takedown.c.takedown_id)
    .join(story, story.c.story_id == takedown.c.story_id)
    .join(version, version.c.story_id == takedown.c.story_id)
    .join(reading, reading.c.version_id == version.c.version_id)
    .where(story.c.outlet == bindparam("outlet"))
    .where(reading.c.content_hash == bindparam("content_hash"))
    .limit(1)
)
_OF_STORY = select(takedown).where(takedown.c.story_id == bindparam("story_id"))

TAKEN_DOWN = "taken-down"
"""What is said of an address whose story was taken down: it is not asked for again."""


@dataclass(frozen=True, kw_only=True)
class Takedown:
    """What was taken down, and what of it is left elsewhere."""

    story_id: str
    outlet: str
    url: str
    reason: str
    made_by: str
    recorded_at: datetime
    is_finished: bool = True
    """False: it was begun and not ended; the next crawl of the outlet ends it, or asking again."""
    records: int = 0
    """Members of WARC files that are tombstones."""
    snapshots: "Sequence[HeldBy]" = field(default_factory=tuple)
    """They are files of their own: whoever has them deletes them."""


def is_shown() -> ColumnElement[bool]:
    """Whether the story of a query's `story` row was not taken down."""
    return story.c.story_id.not_in(select(takedown.c.story_id))


def taken_down(connection: Connection, story_id: str | None) -> Row[Any] | None:
    """The row of a story's takedown, or None."""
    if not story_id:
        return None
    return connection.execute(_OF_STORY, {"story_id": story_id}).first()


def returns(connection: Connection, outlet: str, content_hash: str) -> bool:
    """Whether a story that an outlet shows anew is one that was taken down, field for field."""
    asked = {"outlet": outlet, "content_hash": content_hash}
    return connection.scalar(_RETURNED, asked) is not None


def line_of(row: Row[Any]) -> str:
    """What is shown in the place of a story: id, time and reason in one line."""
    at = row.recorded_at.isoformat(sep=" ", timespec="seconds").replace("+00:00", " UTC")
    return f"story {row.story_id} was taken down on {at}: {' '.join(row.reason.split())}"


def takedowns(connection: Connection, *, story_id: str = "") -> list[Takedown]:
    """Every takedown, oldest first, or that of one story."""
    query = (
        select(takedown, story.c.outlet, story.c.url)
        .join(story, story.c.story_id == takedown.c.story_id)
        .order_by(takedown.c.takedown_id)
    )
    if story_id:
        query = query.where(takedown.c.story_id == story_id)
    return [_takedown(connection, row) for row in connection.execute(query).all()]


def _takedown(connection: Connection, row: Row[Any]) -> Takedown:
    from archive.holders import holders  # noqa: PLC0415 - it reads exports, a crawl reads none

    count = select(func.count()).where(tombstone.c.takedown_id == row.takedown_id)
    return Takedown(
        story_id=row.story_id,
        outlet=row.outlet,
        url=row.url,
        reason=row.reason,
        made_by=row.made_by,
        recorded_at=row.recorded_at,
        is_finished=row.settled_at is not None,
        records=connection.scalar(count) or 0,
        snapshots=tuple(holders(connection, row)),
    )


def takedown_rows(connection: Connection, *, as_of: datetime) -> Sequence[RowMapping]:
    """What an export says of the stories known at `as_of` that were taken down, whenever."""
    return (
        connection.execute(
            select(
                story.c.outlet,
                story.c.story_id,
                takedown.c.recorded_at.label("taken_down_at"),
                takedown.c.reason,
            )
            .join(takedown, takedown.c.story_id == story.c.story_id)
            .where(story.c.recorded_at <= as_of)
            .order_by(story.c.outlet, story.c.story_id)
        )
        .mappings()
        .all()
    )


def removed_since(
    connection: Connection, *, since: datetime, as_of: datetime
) -> Sequence[RowMapping]:
    """Story and number of the versions that an export of `since` held until they were taken down.

    `as_of` is the moment of the export that leaves them out; an earlier one may have held them even
    when the takedown came before it, as nothing says when it was made.
    """
    return (
        connection.execute(
            select(story.c.story_id, version.c.number.label("version"))
            .join(version, version.c.story_id == story.c.story_id)
            .where(~is_shown(), story.c.recorded_at <= as_of, version.c.recorded_at <= since)
            .order_by(story.c.outlet, story.c.story_id, version.c.number)
        )
        .mappings()
        .all()
    )


def ids_taken_down(connection: Connection, slug: str) -> set[str]:
    """The ids of an outlet's stories that were taken down."""
    query = select(story.c.story_id).where(story.c.outlet == slug, ~is_shown())
    return set(connection.scalars(query))
