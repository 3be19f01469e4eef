"""Damaged members, taken from a copy byte for byte; nothing that is whole is ever lost by it."""

import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, Row, select

from archive.errors import ArchiveError, LeaseHeld
from archive.good_copy import GoodCopy, Place, bytes_at, find_members, is_at
from archive.member_walk import Met, walk_members
from archive.schema import tombstone, warc_record
from archive.takedown import tombstones
from archive.tombstone import is_tombstone
from archive.warc_reader import parse_member

__all__ = ["Mended", "mend_files", "sync_directory"]


@dataclass(frozen=True, kw_only=True)
class Mended:
    """A member, or the end of a file, that is as it was stored again."""

    file: str
    offset: int
    what: str
    record_id: str = ""


@dataclass(frozen=True, kw_only=True)
class _File:
    """One file with all its rows, and where the members that are damaged can be had."""

    path: Path
    rows: Sequence[Row[Any]]
    places: Mapping[str, Place]
    stones: Mapping[str, bytes]
    """Damaged tombstones, as they are made again."""

    @property
    def end(self) -> int:
        """Where the last row says that the file ends."""
        last = self.rows[-1]
        return int(last.warc_offset + last.warc_length)

    def mended(self) -> Iterator[Mended]:
        """What can be mended."""
        for row in self.rows:
            if row.record_id in self.places or row.record_id in self.stones:
                yield Mended(
                    file=self.path.name,
                    offset=row.warc_offset,
                    what="the member is as it was stored",
                    record_id=row.record_id,
                )


def mend_files(
    connection: Connection,
    warc_dir: Path,
    copy: GoodCopy,
    *,
    is_dry: bool,
    names: Iterable[str] | None = None,
) -> Iterator[Mended]:
    """Put every damaged member right that the copy has, file by file; `is_dry`: only tell.

    `names` are the files to look at; without it all that the rows know.

    Raises ArchiveError when the disk refuses, LeaseHeld while a crawl writes such a file.
    """
    known = connection.scalars(select(warc_record.c.warc_file).distinct()).all()
    for name in known if names is None else names:
        file = _file(connection, warc_dir / name, copy)
        if (file.places or file.stones) and not is_dry:
            _mend(file)
        yield from file.mended()
        yield from _cut_tail(file, copy, is_dry=is_dry)


def _file(connection: Connection, path: Path, copy: GoodCopy) -> _File:
    query = select(warc_record).where(warc_record.c.warc_file == path.name)
    rows = connection.execute(query.order_by(warc_record.c.warc_offset)).all()
    wrong = [row for row in rows if not is_at(path, row.warc_offset, row)]
    stones = _stones(connection, wrong)
    # a tombstone that no row knows was laid by a person: the copy must not bring back what it hides
    damaged = [row for row in wrong if row.record_id not in stones and not _is_taken(path, row)]
    places = dict(copy.find(damaged)) if damaged else {}
    # what the copy lacks may have moved within its own file, when bytes before it were lost
    rest = [row for row in damaged if row.record_id not in places]
    places |= find_members([path], rest) if rest else {}
    return _File(
        path=path,
        rows=rows,
        places=places,
        stones=stones,
    )


def _stones(connection: Connection, damaged: Sequence[Row[Any]]) -> dict[str, bytes]:
    """The tombstones that belong in the place of damaged members."""
    wanted = {row.record_id for row in damaged}
    ids = connection.scalars(
        select(tombstone.c.takedown_id).where(tombstone.c.record_id.in_(wanted)).distinct()
    ).all()
    laid = (one for number in ids for one in tombstones(connection, number))
    return {one.record_id: one.data for one in laid if one.record_id in wanted}


def _is_taken(path: Path, row: Row[Any]) -> bool:
    """Whether a whole tombstone stands where the row says that another member should be."""
    try:
        record = parse_member(bytes_at(path, row.warc_offset, length=row.warc_length))
    except ValueError:
        return False
    return is_tombstone(record) and record.record_id == row.record_id


def _mend(file: _File) -> None:
    """In place, or beside it where bytes are still needed that would be written over."""
    moves = any(path == file.path for path, _ in file.places.values())
    try:
        if moves or not file.path.is_file():
            _rewrite(file)
        else:
            _overwrite(file)
    except OSError as error:
        raise ArchiveError(f"{file.path}: cannot be mended: {error.strerror}") from error


def _overwrite(file: _File) -> None:
    with _locked(file.path) as opened:
        for row in file.rows:
            if row.record_id in file.places or row.record_id in file.stones:
                opened.seek(row.warc_offset)
                opened.write(_bytes(file, row))
        _settle(opened)


def _rewrite(file: _File) -> None:
    """The whole file anew: what nobody has stays as it is."""
    beside = file.path.with_suffix(".repair")
    file.path.parent.mkdir(parents=True, exist_ok=True)
    with beside.open("wb") as opened:
        for row in file.rows:
            opened.seek(row.warc_offset)
            opened.write(_bytes(file, row))
        if file.path.is_file():
            opened.seek(file.end)
            opened.write(_tail(file))
        _settle(opened)
    beside.replace(file.path)
    sync_directory(file.path.parent)


def _bytes(file: _File, row: Row[Any]) -> bytes:
    if row.record_id in file.stones:
        return file.stones[row.record_id]
    path, offset = file.places.get(row.record_id, (file.path, row.warc_offset))
    return bytes_at(path, offset, length=row.warc_length)


def _tail(file: _File) -> bytes:
    """What stands behind the last row."""
    size = file.path.stat().st_size
    return bytes_at(file.path, file.end, length=max(size - file.end, 0))


def _settle(opened: BinaryIO) -> None:
    opened.flush()
    os.fsync(opened.fileno())


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    """A file that nobody else writes to. Raises LeaseHeld."""
    with path.open("r+b") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise LeaseHeld(f"{path}: another process is writing it; repair it later") from error
        yield opened


def _cut_tail(file: _File, copy: GoodCopy, *, is_dry: bool) -> Iterator[Mended]:
    """Cut what stands behind the last row, when the copy's file ends there, and no record is in it.

    Whole records that no row knows are left alone: rows may have been lost.
    """
    same = copy.warc_directory / file.path.name
    if not (file.path.is_file() and same.is_file() and same.stat().st_size == file.end):
        return
    size = file.path.stat().st_size
    if size <= file.end or _holds_stranger(file, size):
        return
    if not is_dry:
        with _locked(file.path) as opened:
            opened.truncate(file.end)
            _settle(opened)
    yield Mended(file=file.path.name, offset=file.end, what=f"{size - file.end} bytes cut off")


def _holds_stranger(file: _File, size: int) -> bool:
    """Whether a whole record stands behind the last row that no row knows."""
    known = {row.record_id for row in file.rows}
    with file.path.open("rb") as opened:
        behind = walk_members(opened, start=file.end, end=size)
        return any(isinstance(met, Met) and met.record.record_id not in known for met in behind)


def sync_directory(folder: Path) -> None:
    """Make the name of a new file as durable as its bytes."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
