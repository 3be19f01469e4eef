"""What is done after the nights: read a share of the archive again, back it up, tell people."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select

from archive import database
from archive.config import Settings
from archive.schema import crawl, fixity

__all__ = ["NOTIFY_EVERY", "errands_due"]

NOTIFY_EVERY = timedelta(minutes=10)


def errands_due(engine: Engine, settings: Settings) -> Iterator[tuple[str, ...]]:
    """The commands that are to follow the last night and did not yet. Raises ArchiveError."""
    with database.reading(engine) as connection:
        ended: datetime | None = connection.scalar(select(func.max(crawl.c.ended_at)))
        read: datetime | None = connection.scalar(select(func.max(fixity.c.checked_at)))
    if ended is None:
        return
    if settings.schedule.audit and (read is None or read < ended):
        yield "audit", "--budget"
    backup = settings.schedule.backup
    if backup and not settings.archive.database_url and _changed_at(backup) < ended:
        yield "backup", str(backup)


def _changed_at(backup: Path) -> datetime:
    """When a backup was last brought up to date."""
    try:
        at = (backup / database.DATABASE).stat().st_mtime
    except OSError:
        return datetime.min.replace(tzinfo=UTC)
    return datetime.fromtimestamp(at, UTC)
