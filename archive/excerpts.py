"""WARC members that a snapshot cites, copied in their old order; and where each stands then.

Which members are cited and where they went is kept in a scratch file, not in memory: an archive may
have millions.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime
from itertools import chain, groupby
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from sqlalchemy import Connection, Row, select

from archive.errors import ArchiveError, DamagedRecord
from archive.export_rows import Place
from archive.schema import tombstone, warc_record
from archive.versions import known

__all__ = ["Members", "Sink", "copy_members", "folder_sink", "members"]

_COMPANIONS = frozenset({"request", "metadata", "conversion"})
"""Records that stand behind the answer they belong to."""
_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE cited (record_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE cdxj (line TEXT);
CREATE TABLE place (
  record_id TEXT PRIMARY KEY, warc_file TEXT, warc_offset INTEGER, warc_length INTEGER
) WITHOUT ROWID;
"""


class Members:
    """The scratch file: which records are cited, and where each was copied to."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file

    def cite(self, record_ids: Sequence[str]) -> None:
        """Remember that these records are to be copied."""
        rows = [(record_id,) for record_id in record_ids]
        self._file.executemany("INSERT OR IGNORE INTO cited VALUES (?)", rows)

    def leave_out(self, record_ids: Sequence[str]) -> None:
        """Forget that these records are to be copied: an earlier snapshot holds them."""
        rows = [(record_id,) for record_id in record_ids]
        self._file.executemany("DELETE FROM cited WHERE record_id = ?", rows)

    def is_cited(self, record_id: str) -> bool:
        """Whether a record is to be copied."""
        query = "SELECT 1 FROM cited WHERE record_id = ?"
        return self._file.execute(query, (record_id,)).fetchone() is not None

    def put(self, record_id: str, place: Place) -> None:
        """Remember where a record stands in the snapshot."""
        row = (record_id, place.warc_file, place.offset, place.length)
        self._file.execute("INSERT OR REPLACE INTO place VALUES (?, ?, ?, ?)", row)

    def place(self, record_id: str) -> Place | None:
        """Where a record stands in the snapshot; None when it is not in it."""
        query = "SELECT warc_file, warc_offset, warc_length FROM place WHERE record_id = ?"
        row = self._file.execute(query, (record_id,)).fetchone()
        return Place(*row) if row else None

    def add_line(self, line: str) -> None:
        """Remember a line of an index of the members."""
        self._file.execute("INSERT INTO cdxj VALUES (?)", (line,))

    def lines(self) -> Iterator[str]:
        """The lines of the index, sorted as bytes."""
        return (line for (line,) in self._file.execute("SELECT line FROM cdxj ORDER BY line"))


@contextmanager
def members(path: Path) -> Iterator[Members]:
    """A scratch file that is gone afterwards."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            file.executescript(_TABLES)
            file.execute("BEGIN")
            yield Members(file)
    except sqlite3.Error as error:
        raise ArchiveError(f"{path} cannot be written: {error}") from error
    finally:
        path.unlink(missing_ok=True)


class _Target(Protocol):
    """What takes the members of one file, in order."""

    def write(self, data: bytes, /) -> Any: ...


Sink = Callable[[str], AbstractContextManager[_Target]]
"""Opens a new file of the snapshot under the name that it has in the archive."""


def folder_sink(folder: Path) -> Sink:
    """Files in a new folder."""
    folder.mkdir()

    def opened(name: str) -> AbstractContextManager[_Target]:
        return (folder / name).open("xb")

    return opened


def copy_members(
    connection: Connection, chosen: Members, *, source: Path, sink: Sink, as_of: datetime
) -> None:
    """Copy the cited records, what stands behind them, and their files' warcinfo.

    Raises DamagedRecord for bytes that are not what was stored, ArchiveError when the disk refuses.
    """
    rows = connection.execute(
        select(warc_record)
        .where(known(warc_record.c.recorded_at, as_of))
        .where(warc_record.c.record_id.not_in(select(tombstone.c.record_id)))
        .order_by(warc_record.c.warc_file, warc_record.c.warc_offset),
        execution_options={"yield_per": 2000},
    )
    for name, here in groupby(rows, key=lambda row: str(row.warc_file)):
        wanted = _wanted(here, chosen)
        first = next(wanted, None)
        if first is None:
            continue
        try:
            with (source / name).open("rb") as old, sink(name) as new:
                _copy(chain([first], wanted), old=old, new=new, chosen=chosen)
        except OSError as error:
            raise ArchiveError(f"{name} cannot be copied: {error.strerror}") from None


def _wanted(rows: Iterable[Row[Any]], chosen: Members) -> Iterator[Row[Any]]:
    heads: list[Row[Any]] = []
    follows = False
    for member in rows:
        if member.type == "warcinfo":
            heads.append(member)
            continue
        if member.type not in _COMPANIONS:
            follows = chosen.is_cited(member.record_id)
        if follows:
            yield from heads
            heads.clear()
            yield member


def _copy(rows: Iterable[Row[Any]], *, old: BinaryIO, new: _Target, chosen: Members) -> None:
    offset = 0
    for member in rows:
        new.write(_member(old, member))
        chosen.put(member.record_id, Place(member.warc_file, offset, member.warc_length))
        offset += member.warc_length


def _member(file: BinaryIO, member: Row[Any]) -> bytes:
    file.seek(member.warc_offset)
    data = file.read(member.warc_length)
    if hashlib.sha256(data).hexdigest() != member.digest:
        raise DamagedRecord(
            f"{member.warc_file}: offset {member.warc_offset}: {member.record_id} is not what was "
            "stored; `kliping audit` names all damage, --no-warc exports without WARC files"
        )
    return data
