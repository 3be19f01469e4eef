"""A copy's rows without the stories that were taken down since the copy was made (SQLite).

So that whatever is repaired from a copy, however old, brings no word of theirs back.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from archive import database
from archive.config import ArchiveConfig
from archive.erasure import erase
from archive.schema import takedown, tombstone
from archive.takedown import tombstones

__all__ = ["honoured"]

Rows = Sequence[Mapping[str, Any]]


@contextmanager
def honoured(own: Path, copy: Path) -> Iterator[Path]:
    """The database file of a copy, or a passing one beside `own` from which the stories are gone.

    What cannot be read of the archive's own takedowns is not honoured; their tombstones still are.
    """
    missing = _missing(own, copy)
    if not missing:
        yield copy
        return
    scratch = own.with_name(own.name + ".copy")
    try:
        _copy(copy, scratch)
        engine = _engine(scratch)
        try:
            with database.writing(engine) as connection:
                for decided, stones in missing:
                    _take_down(connection, decided, stones)
            with closing(engine.raw_connection()) as pooled:
                driver: Any = pooled.driver_connection
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            engine.dispose()
        yield scratch
    finally:
        for end in ("", "-wal", "-shm"):
            scratch.with_name(scratch.name + end).unlink(missing_ok=True)


def _engine(path: Path) -> Engine:
    return database.connect(ArchiveConfig(database_url=f"sqlite:///{path}"))


def _copy(source: Path, dest: Path) -> None:
    dest.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(dest)) as new:
        old.backup(new)


def _missing(own: Path, copy: Path) -> list[tuple[Mapping[str, Any], Rows]]:
    """What was taken down in the archive and not in the copy, each with its tombstones."""
    done = {row["story_id"] for row in _rows(copy, "takedown") if row["erased_at"]}
    stones = _rows(own, "tombstone")
    return [
        (row, [one for one in stones if one["takedown_id"] == row["takedown_id"]])
        for row in _rows(own, "takedown")
        if row["erased_at"] and row["story_id"] not in done
    ]


def _rows(path: Path, table: str) -> Rows:
    """The rows of a table, none where it cannot be read."""
    of = {"takedown": takedown, "tombstone": tombstone}[table]
    try:
        engine = _engine(path)
        try:
            with engine.connect() as connection:
                return [dict(row) for row in connection.execute(select(of)).mappings()]
        finally:
            engine.dispose()
    except (SQLAlchemyError, ValueError, TypeError):
        return []


def _take_down(connection: Connection, decided: Mapping[str, Any], stones: Rows) -> None:
    """The rows as the takedown left them; the chain of events is the copy's own."""
    begun = select(takedown.c.takedown_id).where(takedown.c.story_id == decided["story_id"])
    for takedown_id in connection.scalars(begun).all():
        connection.execute(delete(tombstone).where(tombstone.c.takedown_id == takedown_id))
        connection.execute(delete(takedown).where(takedown.c.takedown_id == takedown_id))
    connection.execute(insert(takedown).values(**decided))
    if stones:
        connection.execute(insert(tombstone), list(stones))
    laid = tombstones(connection, decided["takedown_id"])
    erase(connection, decided["story_id"], digests={one.record_id: one.digest for one in laid})
