"""Is everything still as it was stored? Bytes against rows, rows against rows."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

from archive import database
from archive.consistency import check_rows
from archive.findings import AuditReport, Finding, Progress
from archive.fixity import Checked, check_files
from archive.ledger import GENESIS
from archive.schema import capture, crawl, event, reading, story, story_image, version

__all__ = ["AuditReport", "Finding", "Progress", "audit"]

_REWRITTEN = "the end of the chain was lost, or all of it was made anew: put back a good copy"


def audit(
    engine: Engine,
    warc_dir: Path,
    *,
    expect_head: str = "",
    progress: Progress | None = None,
) -> AuditReport:
    """Read every stored byte and every row again; what is not as it was stored.

    `expect_head` is the head of the chain as an earlier audit told it: whoever made the whole chain
    anew cannot have kept it. Raises ArchiveError only when the database cannot be opened at all.
    """
    checked = Checked()
    with database.reading(engine) as connection:
        findings = [
            *check_rows(connection),
            *_anchor(connection, expect_head),
            *check_files(connection, warc_dir, checked=checked, progress=progress or _silent),
        ]
        numbers, head = _numbers(connection), _head(connection)
    numbers |= {"files": checked.files, "members": checked.members, "bytes": checked.bytes}
    return AuditReport(
        findings=tuple(findings), notes=tuple(checked.notes), checked=numbers, head=head
    )


def _head(connection: Connection) -> str:
    newest = select(event.c.hash).order_by(event.c.event_id.desc()).limit(1)
    return connection.scalar(newest) or GENESIS


def _anchor(connection: Connection, expected: str) -> Iterator[Finding]:
    """Nothing, as long as the chain still holds the event whose hash somebody noted."""
    if expected in {"", GENESIS}:
        return
    if connection.scalar(select(event.c.event_id).where(event.c.hash == expected)) is None:
        what = f"the chain holds no event with the hash {expected}"
        yield Finding(what=what, advice=_REWRITTEN, row="event")


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
