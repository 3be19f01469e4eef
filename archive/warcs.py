"""The WARC files of an archive: the open one of each crawl, and what a dead crawl left."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from archive import warc, warc_records
from archive.record import insert_members
from archive.schema import warc_record
from archive.types import Crawl
from archive.warc import WarcWriter
from archive.warc_reader import Placed
from archive.warc_records import Member

__all__ = ["CrawlWarc", "salvage_crawl"]


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
        begun: list[Member] = []
        if self._writer is None or self._writer.size > self._size_limit:
            begun = [self._begin(now)]
        if self._writer is None:
            raise ValueError("a WARC file must have begun")
        return self._writer.append([*begun, *members])

    def _begin(self, now: datetime) -> Member:
        self.close()
        self._number += 1
        name = warc.file_name(
            self._crawl.outlet,
            at=self._crawl.started_at,
            crawl_id=self._crawl.crawl_id,
            number=self._number,
        )
        self._writer = WarcWriter(self._directory / name)
        return warc_records.warcinfo(filename=name, contact=self._contact, now=now)

    def take_back(self, placed: Sequence[Placed]) -> None:
        """Cut off members whose rows could not be committed."""
        if self._writer and placed:
            self._writer.cut(placed[0].offset)
            if placed[0].offset == 0:
                self.close()
                (self._directory / placed[0].warc_file).unlink()

    def close(self) -> None:
        """Close the open file, if any."""
        if self._writer:
            self._writer.close()
            self._writer = None


def salvage_crawl(
    connection: Connection, directory: Path, *, slug: str, crawl_id: int, now: datetime
) -> tuple[int, int]:
    """Members kept and bytes cut at the ends of a dead crawl's files; the kept ones get rows.

    A member that is whole on disk but has no row was written just before the crawl died.
    """
    kept = cut = 0
    for path in sorted(directory.glob(warc.file_pattern(slug, crawl_id=crawl_id))):
        saved = warc.salvage(path, committed_end=_committed_end(connection, path.name))
        if saved.kept:
            insert_members(connection, saved.kept, crawl_id=crawl_id, recorded_at=now)
        kept, cut = kept + len(saved.kept), cut + saved.cut_bytes
        if path.stat().st_size == 0:
            path.unlink()
    return kept, cut


def _committed_end(connection: Connection, name: str) -> int:
    ends = select(func.max(warc_record.c.warc_offset + warc_record.c.warc_length))
    return connection.scalar(ends.where(warc_record.c.warc_file == name)) or 0
