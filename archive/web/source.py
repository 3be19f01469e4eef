"""The archive as the reading room sees it: nothing is written, and no question takes too long."""

import sqlite3
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, event

from archive import database
from archive.config import ArchiveConfig
from archive.reads import Reads

__all__ = ["Source", "give_up_after", "is_over", "take_longer"]

_STEPS = 20_000
"""Of SQLite's virtual machine between two looks at the clock: about a millisecond."""


@dataclass
class _Deadline:
    """Shared by all that works for one request, whichever threads do."""

    ends_at: float


_deadline: ContextVar[_Deadline | None] = ContextVar("deadline", default=None)


def give_up_after(seconds: float) -> None:
    """Every question asked from here on, in this context, is given up when the time is over."""
    _deadline.set(_Deadline(monotonic() + seconds))


def take_longer(seconds: float) -> None:
    """So much from now on instead, for all that works for this request."""
    deadline = _deadline.get()
    if deadline:
        deadline.ends_at = monotonic() + seconds


def is_over() -> bool:
    """Whether the time that was given is over."""
    deadline = _deadline.get()
    return deadline is not None and monotonic() > deadline.ends_at


class Source(Reads):
    """An archive that can only be read."""

    def __init__(self, config: ArchiveConfig) -> None:
        self.engine = _read_only(database.connect(config))
        self.warc_directory: Path = config.directory / "warc"

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def _read_only(engine: Engine) -> Engine:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _guard)
    else:
        event.listen(engine, "begin", _limit)
    return engine


def _guard(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA query_only = ON")
    # what is not 0 makes SQLite give up (sqlite3_progress_handler)
    connection.set_progress_handler(is_over, _STEPS)


def _limit(connection: Connection) -> None:
    connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    deadline = _deadline.get()
    if deadline:
        left = max(int((deadline.ends_at - monotonic()) * 1000), 1)
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {left}")
