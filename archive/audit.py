"""Is everything still as it was stored? Bytes against rows, rows against rows."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

from archive import database, fixity_log
from archive.consistency import check_rows
from archive.findings import AuditReport, Finding, Progress
from archive.fixity import Checked, check_extent, check_files
from archive.fixity_plan import Extent, Span, nightly, share
from archive.ledger import GENESIS
from archive.schema import capture, crawl, event, reading, story, story_image, version

__all__ = ["AuditReport", "Budget", "Finding", "Progress", "audit", "keep"]

_REWRITTEN = "the end of the chain was lost, or all of it was made anew: put back a good copy"


@dataclass(frozen=True, kw_only=True)
class Budget:
    """How much one audit reads: bytes, or as long as seconds last; neither: a thirtieth of all."""

    bytes: int | None = None
    seconds: float | None = None


def audit(
    engine: Engine,
    warc_dir: Path,
    *,
    budget: Budget | None = None,
    expect_head: str = "",
    progress: Progress | None = None,
) -> AuditReport:
    """Read every stored byte and every row again; what is not as it was stored.

    With a budget it reads a share of them, what was read longest ago first (`keep` its results, so
    that the next one goes on). `expect_head` is the head of the chain as an earlier audit told it:
    whoever made the whole chain anew cannot have kept it. Raises ArchiveError only when the
    database cannot be opened at all.
    """
    checked = Checked()
    with database.reading(engine) as connection:
        found = list(_anchor(connection, expect_head))
        if budget is None:
            found += _checked_rows(connection, checked)
            found += check_files(
                connection, warc_dir, checked=checked, progress=progress or _silent
            )
            checked.spans.append(Span(file=fixity_log.EVERYTHING, start=0, end=0))
        else:
            found += _share(connection, warc_dir, budget, checked=checked)
        numbers, head = _numbers(connection), _head(connection)
    numbers |= {"files": len(checked.names), "members": checked.members, "bytes": checked.bytes}
    return AuditReport(
        findings=tuple(found),
        notes=tuple(checked.notes),
        checked=numbers,
        head=head,
        spans=tuple(checked.spans),
    )


def keep(engine: Engine, report: AuditReport, *, checked_at: datetime) -> None:
    """Keep what an audit read and found in the table `fixity`. Raises ArchiveError."""
    with database.writing(engine) as connection:
        fixity_log.note(connection, report.spans, checked_at=checked_at)


def _checked_rows(connection: Connection, checked: Checked) -> list[Finding]:
    found = list(check_rows(connection))
    checked.spans.append(
        Span(
            file=fixity_log.DATABASE,
            start=0,
            end=fixity_log.database_size(connection),
            outcome="damaged" if found else "intact",
            findings=len(found),
            detail=found[0].what if found else "",
        )
    )
    return found


def _share(
    connection: Connection, warc_dir: Path, budget: Budget, *, checked: Checked
) -> Iterator[Finding]:
    """What is wrong in the bytes that were read longest ago, and with the size of any file."""
    began = time.monotonic()
    known = list(fixity_log.all_extents(connection, warc_dir))
    limit = budget.bytes
    if limit is None and budget.seconds is None:
        limit = nightly(sum(one.end - one.start for one in known))

    def is_over() -> bool:
        return budget.seconds is not None and time.monotonic() - began >= budget.seconds

    for one in (*_short(known, warc_dir), *share(known, budget=limit)):
        if is_over() and checked.spans:
            return
        if one.file == fixity_log.DATABASE:  # whole, when its turn comes
            yield from _checked_rows(connection, checked)
        else:
            yield from check_extent(connection, warc_dir, one, checked=checked, is_over=is_over)


def _short(known: Iterable[Extent], warc_dir: Path) -> list[Extent]:
    """Ends of files that are not there: that needs no reading, so it is told at every audit."""
    ends = {one.file: one.end for one in known if one.file != fixity_log.DATABASE}
    sizes = {name: fixity_log.size_of(warc_dir / name) for name in ends}
    return [
        Extent(file=name, start=sizes[name], end=end, read_at=None)
        for name, end in ends.items()
        if sizes[name] < end
    ]


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
