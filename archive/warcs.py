"""The WARC files of an archive: the open one of each crawl, and what a dead crawl left."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, insert, select

from archive import warc, warc_records
from archive.schema import warc_record
from archive.types import Crawl
from archive.warc import WarcWriter
from archive.warc_reader import Placed
from archive.warc_records import Member

__all__ = ["CrawlWarc", "has_member", "insert_members", "salvage_crawl"]

_INSERT = insert(warc_record)


class CrawlWarc:
    """The WARC files of one crawl: a new one is begun when the last is full."""

    def __init__(self, directory: Path, crawl: Crawl, *, size_limit: int, contact: str) -> None:
        self._directory = directory
        self._crawl = crawl
        self._size_limit = size_limit
        self._contact = contact
        self._number = 0
        self._writer: WarcWriter | None = None

    def append(self, members: Sequence[Member], *, now: datetime) -> list[Placed]:
        """Where the members now are, on disk and fsynced; a new file's warcinfo comes first.

        Raises ArchiveError when the disk refuses; then the file is as it was before.
        """
        if self._writer is not None and 0 < self._writer.size <= self._size_limit:
            return self._writer.append(members)
        self.close()
        self._writer, info = self._begun(now)
        return self._writer.append([info, *members])

    def _begun(self, now: datetime) -> tuple[WarcWriter, Member]:
        """A new file, still empty, and the record it opens with."""
        self._number += 1
        name = warc.file_name(
            self._crawl.outlet,
            at=self._crawl.started_at,
            crawl_id=self._crawl.crawl_id,
            number=self._number,
        )
        info = warc_records.warcinfo(filename=name, contact=self._contact, now=now)
        return WarcWriter(self._directory / name), info

    def take_back(self, placed: Sequence[Placed]) -> None:
        """Cut off members whose rows could not be committed."""
        if self._writer and placed:
            self._writer.cut(placed[0].offset)

    def close(self) -> None:
        """Close the open file, if any; one that holds nothing goes."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        is_empty = writer.size == 0
        writer.close()
        if is_empty:
            writer.path.unlink(missing_ok=True)


def salvage_crawl(
    connection: Connection, directory: Path, *, crawl: Crawl, now: datetime
) -> tuple[int, int]:
    """Members kept and bytes cut at the ends of a dead crawl's files; the kept ones get rows.

    A member that is whole on disk but has no row was written just before the crawl died. Raises
    LeaseHeld while a process has one of the files open.
    """
    kept = cut = 0
    pattern = warc.file_pattern(crawl.outlet, crawl_id=crawl.crawl_id)
    for path in sorted(directory.glob(pattern)):
        saved = warc.salvage(path, committed_end=_committed_end(connection, path.name))
        if saved.kept:
            insert_members(connection, saved.kept, crawl_id=crawl.crawl_id, recorded_at=now)
        kept, cut = kept + len(saved.kept), cut + saved.cut_bytes
        if path.stat().st_size == 0:
            path.unlink()
    return kept, cut


def insert_members(
    connection: Connection, placed: Sequence[Placed], *, crawl_id: int, recorded_at: datetime
) -> None:
    """Write one row per WARC member that is on disk."""
    rows = [
        {
            "record_id": member.record_id,
            "crawl_id": crawl_id,
            "type": member.type,
            "warc_file": member.warc_file,
            "warc_offset": member.offset,
            "warc_length": member.length,
            "digest": member.digest,
            "recorded_at": recorded_at,
        }
        for member in placed
    ]
    connection.execute(_INSERT, rows)


def has_member(connection: Connection, record_id: str) -> bool:
    """Whether a WARC member has its row."""
    query = select(warc_record.c.record_id).where(warc_record.c.record_id == record_id)
    return connection.scalar(query) is not None


def _committed_end(connection: Connection, name: str) -> int:
    ends = select(func.max(warc_record.c.warc_offset + warc_record.c.warc_length))
    return connection.scalar(ends.where(warc_record.c.warc_file == name)) or 0
