"""Reading stored captures again: a newer extractor's view of an old version."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from archive import ledger
from archive.current import CurrentVersion, current_version
from archive.errors import DamagedRecord
from archive.record import add_reading
from archive.schema import capture, reading, version, version_capture, warc_record
from archive.text import content_hash
from archive.types import Crawl, Page, Sighting
from archive.warc_reader import Revisit, read_page

__all__ = ["add", "stale_version", "stored_page", "version_pages"]


def stale_version(
    connection: Connection, story_id: str, *, extractor: str
) -> CurrentVersion | None:
    """The current version, if another extractor than `extractor` read it."""
    current = current_version(connection, story_id)
    return current if current and current.extractor != extractor else None


def version_pages(connection: Connection, directory: Path, *, version_id: int) -> list[Page]:
    """The pages in which a version was first seen, part by part. Raises DamagedRecord."""
    first = (
        select(func.min(version_capture.c.capture_id))
        .where(version_capture.c.version_id == version_id)
        .group_by(version_capture.c.part)
        .order_by(version_capture.c.part)
    )
    captures = list(connection.scalars(first))
    return [stored_page(connection, directory, capture_id=number) for number in captures]


def stored_page(connection: Connection, directory: Path, *, capture_id: int) -> Page:
    """A capture's page as it was answered; a revisit brings the body it refers to."""
    row = _place(connection, capture_id)
    found = read_page(
        directory / row.warc_file,
        offset=row.warc_offset,
        length=row.warc_length,
        record_id=row.record_id,
    )
    if isinstance(found, Revisit):
        if row.refers_to is None:
            raise DamagedRecord(f"{row.record_id}: a revisit that refers to no capture")
        return found.resolved(stored_page(connection, directory, capture_id=row.refers_to))
    return found


def _place(connection: Connection, capture_id: int) -> Row[Any]:
    query = (
        select(warc_record, capture.c.refers_to)
        .join(capture, capture.c.record_id == warc_record.c.record_id)
        .where(capture.c.capture_id == capture_id)
    )
    return connection.execute(query).one()


def add(
    connection: Connection,
    crawl: Crawl,
    old: CurrentVersion,
    *,
    read: Sighting,
    recorded_at: datetime,
) -> None:
    """Add a new reading of a version beside the old one, and an event that says so (DESIGN §5)."""
    if read.article is None:
        raise ValueError("a re-reading needs an article")
    found = content_hash(read.article)
    reading_id = add_reading(
        connection,
        read,
        version_id=old.version_id,
        content_hash=found,
        recorded_at=recorded_at,
    )
    if found == _hash_before(connection, old.version_id):
        mark = update(reading).where(reading.c.reading_id == reading_id)
        connection.execute(mark.values(repeats_previous=True))
    story_id = connection.scalar(
        select(version.c.story_id).where(version.c.version_id == old.version_id)
    )
    ledger.append(
        connection,
        "reread",
        recorded_at=recorded_at,
        outlet=crawl.outlet,
        crawl_id=crawl.crawl_id,
        story_id=story_id,
        version_id=old.version_id,
        detail={"extractor": read.extractor, "before": old.extractor, "content_hash": found},
    )


def _hash_before(connection: Connection, version_id: int) -> str | None:
    """The content hash, in its current reading, of the version before this one."""
    this = select(version).where(version.c.version_id == version_id).subquery()
    query = (
        select(reading.c.content_hash)
        .join(version, version.c.version_id == reading.c.version_id)
        .join(this, this.c.story_id == version.c.story_id)
        .where(version.c.first_seen_at <= this.c.first_seen_at, version.c.number < this.c.number)
        .order_by(
            version.c.first_seen_at.desc(), version.c.number.desc(), reading.c.reading_id.desc()
        )
        .limit(1)
    )
    return connection.scalar(query)
