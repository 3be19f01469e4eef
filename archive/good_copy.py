"""A copy that an archive is repaired from: another archive's folder, a backup, or a snapshot."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from archive.config import ArchiveConfig
from archive.database import DATABASE
from archive.errors import NotFound
from archive.member_walk import Met, walk_members

__all__ = ["GoodCopy", "Place", "bytes_at", "find_members", "good_copy", "is_at"]

Place = tuple[Path, int]
"""A file, and where in it a member begins."""


@dataclass(frozen=True)
class GoodCopy:
    """Where good bytes, and perhaps good rows, are to be had."""

    folder: Path

    @property
    def database(self) -> ArchiveConfig | None:
        """Its database, if it is an archive's folder or a backup."""
        found = (self.folder / DATABASE).is_file()
        return ArchiveConfig(directory=self.folder) if found else None

    @property
    def warc_directory(self) -> Path:
        """The folder of its WARC files."""
        return self.folder / "warc"

    def find(self, wanted: Iterable[Row[Any]]) -> Mapping[str, Place]:
        """Record id -> where its member stands, byte for byte the one that the row demands.

        Looked for at the same place first, then in every file of the copy.
        """
        rows = {row.record_id: row for row in wanted}
        same = {
            record_id: (path, row.warc_offset)
            for record_id, row in rows.items()
            if is_at(path := self.warc_directory / row.warc_file, row.warc_offset, row)
        }
        rest = [row for record_id, row in rows.items() if record_id not in same]
        files = sorted(self.warc_directory.glob("*.warc.gz")) if rest else []
        return same | find_members(files, rest)


def good_copy(folder: Path) -> GoodCopy:
    """The copy in a folder. Raises NotFound when there is neither a database nor a WARC file."""
    copy = GoodCopy(folder)
    if copy.database is None and not any(copy.warc_directory.glob("*.warc.gz")):
        raise NotFound(f"{folder} holds no copy: neither {DATABASE} nor warc/*.warc.gz")
    return copy


def is_at(path: Path, offset: int, row: Row[Any]) -> bool:
    """Whether the member that a row demands stands at a place, byte for byte."""
    digest = hashlib.sha256(bytes_at(path, offset, length=row.warc_length)).hexdigest()
    return digest == str(row.digest)


def bytes_at(path: Path, offset: int, *, length: int) -> bytes:
    """The bytes at a place, fewer or none where they cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(length)
    except OSError:
        return b""


def find_members(files: Iterable[Path], wanted: Iterable[Row[Any]]) -> dict[str, Place]:
    """The same, wherever it stands in these files, damaged or not."""
    rows = {row.record_id: row for row in wanted}
    found: dict[str, Place] = {}
    for path in files:
        if len(found) == len(rows):
            break
        if not path.is_file():
            continue
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            for met in walk_members(file, start=0, end=size):
                row = rows.get(met.record.record_id) if isinstance(met, Met) else None
                if row is not None and is_at(path, met.offset, row):
                    found[row.record_id] = (path, met.offset)
    return found
