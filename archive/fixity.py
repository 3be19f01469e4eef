"""WARC files against rows: every byte of every file must be one that a row vouches for."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import SQLAlchemyError

from archive.capture_check import CaptureRow, capture_faults
from archive.errors import DamagedRecord
from archive.findings import Finding, Progress
from archive.schema import capture, crawl, warc_record
from archive.warc_reader import read_record, scan

__all__ = ["Checked", "check_files"]

_RESTORE = "put back a good copy of the file, then audit again"
_ROWS = "put back a good copy of the database, then audit again"
_NAME = re.compile(r"kliping-.+-(\d+)-\d+\.warc\.gz")


@dataclass
class Checked:
    """What a pass over the files saw; filled while it goes."""

    files: int = 0
    members: int = 0
    bytes: int = 0
    notes: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class _File:
    """One WARC file with the rows that speak of it."""

    path: Path
    rows: Sequence[Row[Any]]
    captures: Mapping[str, CaptureRow]
    is_open: bool
    """Its crawl has not closed: behind the last row there may be what is being written."""

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
        checked.files += 1
        try:
            file = _file(connection, warc_dir / name)
        except (SQLAlchemyError, ValueError, TypeError) as error:  # a date that is none, say
            what = f"the rows about this file cannot be read: {error}"
            yield Finding(what=what, advice=_ROWS, file=name)
            continue
        yield from _differences(file, size=on_disk.get(name), checked=checked)
        checked.bytes += on_disk.get(name, 0)
        progress(checked.bytes, total)


def _file(connection: Connection, path: Path) -> _File:
    here = warc_record.c.warc_file == path.name
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
        is_open=_is_open(connection, path.name),
    )


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


def _differences(file: _File, *, size: int | None, checked: Checked) -> Iterator[Finding]:
    if size is None:
        yield file.finding(f"the file is missing; {len(file.rows)} records were in it")
        return
    position = 0
    for row in file.rows:
        checked.members += 1
        if row.warc_offset > position:
            yield _unknown_bytes(file, start=position, end=row.warc_offset)
        if row.warc_offset < position:
            yield file.finding("two rows claim the same bytes", row=row, advice=_ROWS)
        yield from _member_faults(file, row)
        position = max(position, row.warc_offset + row.warc_length)
    if size > position:
        tail = _unknown_bytes(file, start=position, end=size)
        if not file.is_open:
            yield tail
        else:
            checked.notes.append(tail)


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


def _member_faults(file: _File, row: Row[Any]) -> Iterator[Finding]:
    with file.path.open("rb") as opened:
        opened.seek(row.warc_offset)
        data = opened.read(row.warc_length)
    if len(data) < row.warc_length:
        yield file.finding(f"cut: {len(data)} of {row.warc_length} bytes are there", row=row)
        return
    if hashlib.sha256(data).hexdigest() != row.digest:
        yield file.finding("the bytes are not those that were stored", row=row)
        return
    try:
        record = read_record(
            file.path, offset=row.warc_offset, length=row.warc_length, record_id=row.record_id
        )
    except DamagedRecord as error:
        yield file.finding(f"no such record: {error}", row=row, advice=_ROWS)
        return
    if record.type != row.type:
        what = f"the row says {row.type}, the record is a {record.type}"
        yield file.finding(what, row=row, advice=_ROWS)
    found = file.captures.get(row.record_id)
    for fault in capture_faults(found, record) if found else ():
        what = f"capture {found['capture_id'] if found else ''}: {fault}"
        yield file.finding(what, row=row, advice=_ROWS)
