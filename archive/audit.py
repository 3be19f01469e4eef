"""Is everything still as it was stored? Bytes against rows, rows against rows."""

from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

from archive import database
from archive.consistency import check_rows
from archive.findings import AuditReport, Finding, Progress
from archive.fixity import Checked, check_files
from archive.schema import capture, crawl, event, reading, story, story_image, version

__all__ = ["AuditReport", "Finding", "Progress", "audit"]


def audit(engine: Engine, warc_dir: Path, *, progress: Progress | None = None) -> AuditReport:
    """Read every stored byte and every row again; what is not as it was stored.

    Raises ArchiveError only when the database cannot be opened at all.
    """
    checked = Checked()
    with database.reading(engine) as connection:
        findings = [
            *check_rows(connection),
            *check_files(connection, warc_dir, checked=checked, progress=progress or _silent),
        ]
        numbers = _numbers(connection)
    numbers |= {"files": checked.files, "members": checked.members, "bytes": checked.bytes}
    return AuditReport(findings=tuple(findings), notes=tuple(checked.notes), checked=numbers)


def _numbers(connection: Connection) -> dict[str, int]:
    tables = {
        "crawls": crawl,
        "stories": story,
        "versions": version,
        "readings": reading,
        "captures": capture,
        "images": story_image,
        "events": event,
    }
    return {
        name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in tables.items()
    }


def _silent(done: int, total: int) -> None:
    del done, total  # nobody watches
