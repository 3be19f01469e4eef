"""What of the archive was read again, and when: the table `fixity`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, text

from archive.fixity_plan import Extent, Span, extents
from archive.schema import fixity, warc_record

__all__ = [
    "DATABASE",
    "EVERYTHING",
    "FixityState",
    "all_extents",
    "database_size",
    "note",
    "size_of",
    "state",
]

DATABASE = "database"
"""What the table calls the database: whatever is in its rows and pages."""
EVERYTHING = "everything"
"""What it calls an audit that read all there is: what was damaged before is told of no more."""


@dataclass(frozen=True, kw_only=True)
class FixityState:
    """How long ago the archive was read; sizes in bytes."""

    bytes: int
    unread: int
    """Never read since they were written."""
    read_since: datetime | None
    """Every byte that was ever read was read at or after this moment."""
    damaged: tuple[str, ...]
    """Files that were not intact when they were last read."""


def note(connection: Connection, spans: Iterable[Span], *, checked_at: datetime) -> None:
    """Keep what was read; what earlier audits found intact in the same bytes makes place."""
    for span in spans:
        older = (fixity.c.file == span.file) & (fixity.c.outcome == "intact")
        within = (fixity.c.first_byte >= span.start) & (fixity.c.end_byte <= span.end)
        connection.execute(delete(fixity).where(older, within))
        row = {
            "file": span.file,
            "first_byte": span.start,
            "end_byte": span.end,
            "checked_at": checked_at,
            "outcome": span.outcome,
            "findings": span.findings,
            "detail": span.detail,
        }
        connection.execute(insert(fixity).values(row))


def all_extents(connection: Connection, warc_dir: Path | None = None) -> Iterator[Extent]:
    """All bytes of the archive by when they were last read.

    Sizes are those that the rows ask for, or with a folder those of the files in it, if larger.
    """
    spans = _spans(connection)
    sizes = _sizes(connection)
    on_disk = {} if warc_dir is None else _on_disk(warc_dir)
    for name in sorted({*sizes, *on_disk}):
        size, written_at = sizes.get(name, (0, None))
        yield from extents(
            name,
            size=max(size, on_disk.get(name, 0)),
            spans=spans[name],
            written_at=written_at,
        )
    # what was read of it by row may stand elsewhere now: the newest audit counts, whole
    read = [one.checked_at for one in spans[DATABASE] if one.checked_at]
    read_at = max(read, default=None)
    yield Extent(file=DATABASE, start=0, end=database_size(connection), read_at=read_at)


def _on_disk(warc_dir: Path) -> dict[str, int]:
    return {path.name: size_of(path) for path in warc_dir.glob("*") if path.is_file()}


def size_of(path: Path) -> int:
    """The bytes of a file; 0 when it is not there."""
    return path.stat().st_size if path.is_file() else 0


def _spans(connection: Connection) -> defaultdict[str, list[Span]]:
    found: defaultdict[str, list[Span]] = defaultdict(list)
    for row in connection.execute(select(fixity).order_by(fixity.c.fixity_id)):
        span = Span(
            file=row.file,
            start=row.first_byte,
            end=row.end_byte,
            outcome=row.outcome,
            findings=row.findings,
            detail=row.detail,
            checked_at=row.checked_at,
        )
        found[row.file].append(span)
    return found


def _sizes(connection: Connection) -> dict[str, tuple[int, datetime]]:
    """Where each file's last member ends by the rows, and when that was written."""
    last = (
        select(warc_record.c.warc_file, func.max(warc_record.c.warc_offset).label("at"))
        .group_by(warc_record.c.warc_file)
        .subquery()
    )
    rows = connection.execute(
        select(warc_record).join(
            last,
            (last.c.warc_file == warc_record.c.warc_file)
            & (last.c.at == warc_record.c.warc_offset),
        )
    )
    return {row.warc_file: (row.warc_offset + row.warc_length, row.recorded_at) for row in rows}


def database_size(connection: Connection) -> int:
    """Bytes of the database, as it counts them itself."""
    if connection.dialect.name == "sqlite":
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        return int(pages * connection.execute(text("PRAGMA page_size")).scalar_one())
    return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


def state(connection: Connection) -> FixityState:
    """Since when every byte was read, as the table tells it."""
    found = list(all_extents(connection))
    return FixityState(
        bytes=sum(one.end - one.start for one in found),
        unread=sum(one.end - one.start for one in found if one.read_at is None),
        read_since=min((one.read_at for one in found if one.read_at), default=None),
        damaged=tuple(sorted(_damaged(connection))),
    )


def _damaged(connection: Connection) -> set[str]:
    """Files of which a part was found damaged, and was not found intact since.

    The database is read whole or not at all, and an audit of everything says all there is to say.
    """
    later = fixity.alias("later")
    covers = (later.c.first_byte <= fixity.c.first_byte) & (later.c.end_byte >= fixity.c.end_byte)
    mended = select(later.c.fixity_id).where(
        later.c.file == fixity.c.file,
        later.c.outcome == "intact",
        later.c.checked_at > fixity.c.checked_at,
        covers | (fixity.c.file == DATABASE),
    )
    query = select(fixity.c.file).where(fixity.c.outcome != "intact", ~mended.exists())
    last = select(func.max(fixity.c.checked_at)).where(fixity.c.file == EVERYTHING)
    read_at = connection.scalar(last)
    if read_at is not None:
        query = query.where(fixity.c.checked_at >= read_at)
    return set(connection.scalars(query))
