"""What happened in the archive, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select

from archive import database
from archive.errors import NotFound
from archive.schema import event, story
from archive.stories import require_outlet
from archive.versions import known

__all__ = ["KINDS", "Event", "events"]

KINDS = ("new", "edited", "gone", "back", "suspect", "reread", "labelled", "copy", "takedown",
         "crawl")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Event:
    """One link of the chain of events; `kind` is one of KINDS."""

    event_id: int
    kind: str
    outlet: str
    story_id: str
    url: str
    """The address of the story; empty for an event of a crawl."""
    occurred_at: datetime
    recorded_at: datetime
    detail: Mapping[str, Any] = field(default_factory=dict)


def events(  # noqa: PLR0913 - what narrows a list of events
    engine: Engine,
    *,
    outlet: str = "",
    kind: str = "",
    story_id: str = "",
    since: datetime | None = None,
    as_of: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Event]:
    """The newest events that were recorded at `as_of`, at most `limit`.

    `since` is compared with when they occurred; `before` leaves out that event and all later ones.
    Raises NotFound for another kind or outlet.
    """
    if kind and kind not in KINDS:
        raise NotFound(f"no kind {kind!r}; there are: {', '.join(KINDS)}")
    require_outlet(engine, outlet)
    query = (
        select(event, story.c.url)
        .outerjoin(story, story.c.story_id == event.c.story_id)
        .order_by(event.c.event_id.desc())
        .limit(limit)
    )
    for column, value in (
        (event.c.outlet, outlet),
        (event.c.kind, kind),
        (event.c.story_id, story_id),
    ):
        if value:
            query = query.where(column == value)
    if since:
        query = query.where(event.c.occurred_at >= since)
    if before is not None:
        query = query.where(event.c.event_id < before)
    query = query.where(known(event.c.recorded_at, as_of))
    with database.reading(engine) as connection:
        rows = connection.execute(query).mappings().all()
    return [
        Event(
            event_id=row["event_id"],
            kind=row["kind"],
            outlet=row["outlet"] or "",
            story_id=row["story_id"] or "",
            url=row["url"] or "",
            occurred_at=row["occurred_at"],
            recorded_at=row["recorded_at"],
            detail=row["detail"],
        )
        for row in rows
    ]
