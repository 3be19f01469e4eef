"""How much room an archive takes, and when its disk will be full if nights go on as they did."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from archive.errors import ArchiveError
from archive.schema import warc_record

__all__ = ["SOON", "DiskState", "disk_state", "forecast"]

SOON = timedelta(days=30)
"""A disk that is full within this time is told of as a problem."""
_LOOK_BACK = timedelta(days=30)
_FOREVER = timedelta(days=3_650)


@dataclass(frozen=True, kw_only=True)
class DiskState:
    """Bytes taken, bytes free, and how fast they go."""

    directory: Path
    warc_bytes: int
    database_bytes: int
    free_bytes: int
    """On the disk of the WARC files, for whoever runs this."""
    daily_bytes: int
    """What a day took, on average over the last 30 with crawls in them."""
    full_at: datetime | None
    """When the disk is full at that pace; None when nothing grows or it lasts over ten years."""


def disk_state(connection: Connection, directory: Path, *, now: datetime) -> DiskState:
    """The state of the archive in a folder at `now`. Raises ArchiveError when it cannot be seen."""
    try:
        free = shutil.disk_usage(directory).free
    except OSError as error:
        raise ArchiveError(f"{directory} cannot be looked at: {error.strerror}") from None
    bytes_of = func.coalesce(func.sum(warc_record.c.warc_length), 0)
    total = int(connection.execute(select(bytes_of)).scalar_one())
    database = _database_bytes(connection)
    on_same_disk = connection.dialect.name == "sqlite"
    growth = _daily(connection, now=now)
    if on_same_disk and total:
        growth += growth * database // total
    return DiskState(
        directory=directory,
        warc_bytes=total,
        database_bytes=database,
        free_bytes=free,
        daily_bytes=growth,
        full_at=forecast(free, growth, now=now),
    )


def forecast(free_bytes: int, daily_bytes: int, *, now: datetime) -> datetime | None:
    """When `free_bytes` are gone; None when none are taken, or not within ten years."""
    if daily_bytes <= 0:
        return None
    lasts = timedelta(days=min(free_bytes / daily_bytes, _FOREVER.days))
    return now + lasts if lasts < _FOREVER else None


def _daily(connection: Connection, *, now: datetime) -> int:
    recent = warc_record.c.recorded_at > now - _LOOK_BACK
    row = connection.execute(
        select(
            func.coalesce(func.sum(warc_record.c.warc_length), 0).label("taken"),
            func.min(warc_record.c.recorded_at).label("since"),
        ).where(recent)
    ).one()
    if row.since is None:
        return 0
    # the first night may be the only one: it stands for a day
    days = max((now - row.since) / timedelta(days=1), 1.0)
    return int(float(row.taken) / days)  # PostgreSQL adds integers up to a decimal


def _database_bytes(connection: Connection) -> int:
    asked = {
        "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        "postgresql": "SELECT pg_database_size(current_database())",
    }
    return int(connection.execute(text(asked[connection.dialect.name])).scalar_one())
