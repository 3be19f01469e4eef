"""The archive's list of its snapshots: which came before, and which were ever made."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from archive.export_rows import iso
from archive.schema import event, snapshot
from archive.versions import known

__all__ = ["events_head", "note", "previous"]


def previous(connection: Connection, *, as_of: datetime) -> dict[str, str] | None:
    """What is said of the newest snapshot of an earlier moment; None for the first one.

    Snapshots of one moment have the same one before them, however often they are made.
    """
    row = connection.execute(
        select(snapshot)
        .where(snapshot.c.as_of < as_of)
        .order_by(snapshot.c.as_of.desc(), snapshot.c.snapshot_id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return {
        "as_of": iso(row.as_of),
        "manifest_sha256": row.manifest_sha256,
        "statement_sha256": row.statement_sha256,
    }


def events_head(connection: Connection, *, as_of: datetime) -> dict[str, Any] | None:
    """Number and hash of the newest event known at a moment; None while there is none."""
    row = connection.execute(
        select(event.c.event_id, event.c.hash)
        .where(known(event.c.recorded_at, as_of))
        .order_by(event.c.event_id.desc())
        .limit(1)
    ).first()
    return {"number": row.event_id, "hash": row.hash} if row else None


def note(connection: Connection, made: Mapping[str, Any]) -> None:
    """Put a snapshot on the list; to one that is the same as an earlier one only its place is new.

    `made`: the columns of `snapshot`. Places stand in lines.
    """
    same = snapshot.c.statement_sha256 == made["statement_sha256"]
    earlier: str | None = connection.scalar(select(snapshot.c.place).where(same))
    if earlier is None:
        connection.execute(insert(snapshot).values(**made))
    elif made["place"] not in earlier.split("\n"):
        places = f"{earlier}\n{made['place']}"
        connection.execute(update(snapshot).where(same).values(place=places))
