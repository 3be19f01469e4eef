"""What was told to whom: the table `notice`, so that nobody is told twice and nothing is lost."""

from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from archive.schema import notice

__all__ = ["BEGAN", "DIGEST", "EVENT", "last_told_at", "note", "told_up_to"]

BEGAN, DIGEST, EVENT = "began", "digest", "event"
"""A target is there from now on; a digest went out; word of one event went out at once."""


def told_up_to(connection: Connection, target: str, kind: str) -> int | None:
    """The newest event that a target was told of in messages of a kind; None for a new target."""
    mine = (notice.c.target == target) & notice.c.kind.in_((BEGAN, kind))
    found: int | None = connection.scalar(select(func.max(notice.c.event_id)).where(mine))
    return found


def last_told_at(connection: Connection, target: str, kind: str) -> datetime | None:
    """When the last message of a kind went to a target; None when none did."""
    mine = (notice.c.target == target) & (notice.c.kind == kind)
    found: datetime | None = connection.scalar(select(func.max(notice.c.recorded_at)).where(mine))
    return found


def note(
    connection: Connection, target: str, kind: str, *, event_id: int, recorded_at: datetime
) -> None:
    """Remember that a target was told of everything up to an event."""
    row = {"target": target, "kind": kind, "event_id": event_id, "recorded_at": recorded_at}
    connection.execute(insert(notice).values(row))
