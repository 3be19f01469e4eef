"""WARC files against rows: every byte of every file must be one that a row vouches for."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, Connection, Row, select
from sqlalchemy.exc import SQLAlchemyError

from archive.capture_check import CaptureRow, capture_faults
from archive.errors import DamagedRecord
from archive.findings import Finding, Progress
from archive.fixity_plan import Extent, Span
from archive.schema import capture, crawl, takedown, tombstone, warc_record
from archive.tombstone import is_tombstone
from archive.warc_reader import Record, parse_member, scan

__all__ = ["Checked", "check_extent", "check_files"]

_RESTORE = "`kliping repair --from COPY` puts back what a good copy has"
_DECIDE = "rows were lost: `kliping takedown STORY --reason TEXT` decides it again"
_ROWS = "`kliping repair --from COPY` puts back what a good copy of the database has"
_BUFFER = 1 << 20
_NAME = re.compile(r"kliping-.+-(\d+)-\d+\.warc\.gz")


@dataclass
class Checked:
    """What a pass over the files saw; filled while it goes."""

    names: set[str] = field(default_factory=set)
    members: int = 0
    bytes: int = 0
    notes: list[Finding] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    """What was read, and whether it was intact."""


@dataclass(frozen=True, kw_only=True)
class _File:
    """One WARC file with the rows that speak of it."""

    path: Path
    rows: Sequence[Row[Any]]
    captures: Mapping[str, CaptureRow]
    tombstones: Mapping[str, bool]
    """Record id -> whether the takedown of what stood there is still going on."""
    is_open: bool
    """Its crawl has not closed: behind the last row there may be what is being written."""
    extent: Extent
    """What of it is to be read."""

    def finding(self, what: str, *, row: Row[Any] | None = None, advice: str = _RESTORE) -> Finding:
        if row is None:
            return Finding(what=what, advice=advice, file=self.path.name)
        return Finding(
            what=what,
            advice=advice,
            file=self.path.name,
            offset=row.warc_offset,
            record_id=row.record_id,
            row=f"warc_record {row.record_id}",
        )


def check_files(
    connection: Connection, warc_dir: Path, *, checked: Checked, progress: Progress
) -> Iterator[Finding]:
    """Everything in which files and rows differ, file by file in order of name."""
    on_disk = {path.name: path.stat().st_size for path in warc_dir.glob("*") if path.is_file()}
    in_rows = connection.scalars(select(warc_record.c.warc_file).distinct())
    total = sum(on_disk.values())
    for name in sorted({*on_disk, *in_rows}):
        whole = Extent(file=name, start=0, end=on_disk.get(name, 0), read_at=None)
        yield from _extent(connection, warc_dir, whole, checked=checked, size=on_disk.get(name))
        progress(checked.bytes, total)


def check_extent(
    connection: Connection,
    warc_dir: Path,
    extent: Extent,
    *,
    checked: Checked,
    is_over: Callable[[], bool],
) -> Iterator[Finding]:
    """The same for a part of a file, until the time is over; the last member is read to its end."""
    path = warc_dir / extent.file
    size = path.stat().st_size if path.is_file() else None
    yield from _extent(connection, warc_dir, extent, checked=checked, size=size, is_over=is_over)


def _extent(
    connection: Connection,
    warc_dir: Path,
    extent: Extent,
    *,
    checked: Checked,
    size: int | None,
    is_over: Callable[[], bool] = lambda: False,
) -> Iterator[Finding]:
    """What is wrong in a part of a file, and the note of its having been read."""
    checked.names.add(extent.file)
    try:
        file = _file(connection, warc_dir / extent.file, extent=extent)
    except (SQLAlchemyError, ValueError, TypeError) as error:  # a date that is none, say
        what = f"the rows about this file cannot be read: {error}"
        yield Finding(what=what, advice=_ROWS, file=extent.file)
        return
    walk = _Walk(file, checked=checked, size=size, is_over=is_over)
    found = list(walk.differences())
    yield from found
    checked.bytes += max(walk.position - extent.start, 0)
    is_there = size is not None
    checked.spans.append(
        Span(
            file=extent.file,
            start=extent.start,
            end=walk.position if is_there else extent.end,
            outcome="missing" if not is_there else "damaged" if found else "intact",
            findings=len(found),
            detail=found[0].what if found else "",
        )
    )


def _file(connection: Connection, path: Path, *, extent: Extent) -> _File:
    extent = replace(extent, start=_member_start(connection, path.name, extent.start))
    here = (warc_record.c.warc_file == path.name) & (warc_record.c.warc_offset >= extent.start)
    if extent.is_part:
        here &= warc_record.c.warc_offset < extent.end
    rows = connection.execute(select(warc_record).where(here).order_by(warc_record.c.warc_offset))
    original = capture.alias("original")
    captures = connection.execute(
        select(
            capture,
            original.c.record_id.label("original_id"),
            original.c.payload_digest.label("original_digest"),
            original.c.kind.label("original_kind"),
        )
        .join(warc_record, warc_record.c.record_id == capture.c.record_id)
        .outerjoin(original, original.c.capture_id == capture.c.refers_to)
        .where(here)
    ).mappings()
    return _File(
        path=path,
        rows=rows.all(),
        captures={row["record_id"]: dict(row) for row in captures},
        tombstones=_tombstones(connection, here),
        is_open=_is_open(connection, path.name),
        extent=extent,
    )


def _tombstones(connection: Connection, here: ColumnElement[bool]) -> dict[str, bool]:
    rows = connection.execute(
        select(tombstone.c.record_id, takedown.c.erased_at)
        .join(takedown, takedown.c.takedown_id == tombstone.c.takedown_id)
        .join(warc_record, warc_record.c.record_id == tombstone.c.record_id)
        .where(here)
    )
    return {row.record_id: row.erased_at is None for row in rows}


def _member_start(connection: Connection, name: str, start: int) -> int:
    """The first byte of the member that holds a byte, or the byte itself where no row knows it."""
    before = (warc_record.c.warc_file == name) & (warc_record.c.warc_offset < start)
    query = select(warc_record.c.warc_offset, warc_record.c.warc_length).where(before)
    row = connection.execute(query.order_by(warc_record.c.warc_offset.desc()).limit(1)).first()
    return row.warc_offset if row and row.warc_offset + row.warc_length > start else start


def _is_open(connection: Connection, name: str) -> bool:
    """Whether the crawl that a file is named after has not closed, as far as the rows say."""
    named = _NAME.fullmatch(name)
    if named is None:
        return False
    row = connection.execute(select(crawl).where(crawl.c.crawl_id == int(named[1]))).first()
    if row is not None:
        return row.ended_at is None
    # a crawl that is newer than every row began while we read
    newer = select(crawl.c.crawl_id).where(crawl.c.crawl_id > int(named[1]))
    return connection.execute(newer.limit(1)).first() is None


@dataclass
class _Walk:
    """Goes through a part of a file; `position` is how far it came."""

    file: _File
    checked: Checked
    size: int | None
    is_over: Callable[[], bool]
    position: int = 0

    def differences(self) -> Iterator[Finding]:
        """Everything in which file and rows differ."""
        file, self.position = self.file, self.file.extent.start
        if self.size is None:
            yield file.finding(f"the file is missing; {len(file.rows)} records were in it")
            return
        with file.path.open("rb", buffering=_BUFFER) as opened:
            for row in file.rows:
                if self.is_over() and self.position > file.extent.start:
                    return
                yield from self._row(row, opened)
        if self.size > self.position and not file.extent.is_part:
            yield from self._tail(self.size)

    def _row(self, row: Row[Any], opened: BinaryIO) -> Iterator[Finding]:
        """What is wrong with one member, and with what stands before it."""
        self.checked.members += 1
        if row.warc_offset > self.position:
            yield _unknown_bytes(self.file, start=self.position, end=row.warc_offset)
        if row.warc_offset < self.position:
            yield self.file.finding("two rows claim the same bytes", row=row, advice=_ROWS)
        if opened.tell() != row.warc_offset:
            opened.seek(row.warc_offset)
        try:
            data = opened.read(row.warc_length)
        except OSError as error:  # a sector that cannot be read
            yield self.file.finding(f"cannot be read: {error.strerror}", row=row)
        else:
            if self.file.tombstones.get(row.record_id) and _is_laid(data, row):
                self.checked.notes.append(_going_on(self.file, row))
            else:
                yield from _member_faults(self.file, row, data)
        self.position = max(self.position, row.warc_offset + row.warc_length)

    def _tail(self, size: int) -> Iterator[Finding]:
        """What stands behind the last row: a crawl that has not closed may be writing it."""
        tail = _unknown_bytes(self.file, start=self.position, end=size)
        if self.file.is_open:
            self.checked.notes.append(tail)
            return
        yield tail
        self.position = size


def _unknown_bytes(file: _File, *, start: int, end: int) -> Finding:
    """Bytes that no row knows, with the record in them if there is a whole one."""
    try:
        record_id = next(iter(scan(file.path, start=start))).record_id
    except (DamagedRecord, StopIteration):
        record_id = ""
    advice = (
        "the next crawl of the outlet saves whole records and cuts the rest"
        if file.is_open
        else "rows were lost, or someone wrote to the file: put back good copies of both"
    )
    return Finding(
        what=f"{end - start} bytes that no row knows",
        advice=advice,
        file=file.path.name,
        offset=start,
        record_id=record_id,
    )


def _is_laid(data: bytes, row: Row[Any]) -> bool:
    """Whether a tombstone is there already, of which the row will tell."""
    try:
        return is_tombstone(_record(data, row))
    except ValueError:
        return False


def _going_on(file: _File, row: Row[Any]) -> Finding:
    advice = "`kliping takedown STORY` again, or the next crawl of the outlet, ends it"
    return file.finding("a takedown was begun and not ended", row=row, advice=advice)


def _member_faults(file: _File, row: Row[Any], data: bytes) -> Iterator[Finding]:
    if len(data) < row.warc_length:
        yield file.finding(f"cut: {len(data)} of {row.warc_length} bytes are there", row=row)
        return
    if hashlib.sha256(data).hexdigest() != row.digest and _is_laid(data, row):
        yield file.finding("a tombstone that no takedown tells of", row=row, advice=_DECIDE)
        return
    if hashlib.sha256(data).hexdigest() != row.digest:
        yield file.finding("the bytes are not those that were stored", row=row)
        return
    try:
        record = _record(data, row)
    except ValueError as error:
        yield file.finding(f"no such record: {error}", row=row, advice=_ROWS)
        return
    if record.type != row.type:
        what = f"the row says {row.type}, the record is a {record.type}"
        yield file.finding(what, row=row, advice=_ROWS)
    if row.record_id in file.tombstones and is_tombstone(record):
        return
    found = file.captures.get(row.record_id)
    for fault in capture_faults(found, record) if found else ():
        what = f"capture {found['capture_id'] if found else ''}: {fault}"
        yield file.finding(what, row=row, advice=_ROWS)


def _record(data: bytes, row: Row[Any]) -> Record:
    """The record that a row speaks of. Raises ValueError for another one."""
    record = parse_member(data)
    if record.record_id != row.record_id:
        raise ValueError(f"holds {record.record_id} instead")
    return record
