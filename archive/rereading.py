"""Reading stored captures again: a newer extractor's view of an old version."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Subquery, select

from archive import ledger
from archive.current import CurrentVersion, article_of, current_version, part_captures
from archive.errors import DamagedRecord
from archive.record import add_reading
from archive.schema import capture, reading, reading_text, version, warc_record
from archive.text import changed_fields, content_hash
from archive.types import Article, Crawl, Page, Sighting
from archive.warc_reader import Revisit, read_page

__all__ = ["add", "stale_version", "stored_page", "version_pages"]


def stale_version(
    connection: Connection, story_id: str, *, extractor: Callable[[datetime], str]
) -> CurrentVersion | None:
    """The current version, if another extractor read it than reads its pages today.

    `extractor`: moment of a page's fetch -> the id of what reads it, by the rules in force then.
    """
    current = current_version(connection, story_id)
    if current is None:
        return None
    first = part_captures(connection, current.version_id, newest=False)[0]
    return current if current.extractor != extractor(first.fetched_at) else None


def version_pages(connection: Connection, directory: Path, *, version_id: int) -> list[Page]:
    """The pages in which a version was first seen, part by part. Raises DamagedRecord."""
    captures = part_captures(connection, version_id, newest=False)
    return [stored_page(connection, directory, capture_id=row.capture_id) for row in captures]


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
    before = _article_before(connection, old.version_id)
    repeats = before is not None and not changed_fields(before, read.article)
    add_reading(
        connection,
        read,
        version_id=old.version_id,
        content_hash=found,
        recorded_at=recorded_at,
        repeats_previous=repeats,
    )
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


def _article_before(connection: Connection, version_id: int) -> Article | None:
    """The version before this one, in its current reading."""
    this = select(version).where(version.c.version_id == version_id).subquery()
    query = (
        select(reading, reading_text.c.text)
        .join(reading_text, reading_text.c.reading_id == reading.c.reading_id)
        .join(version, version.c.version_id == reading.c.version_id)
        .join(this, this.c.story_id == version.c.story_id)
        .where(_is_before(this))
        .order_by(
            version.c.first_seen_at.desc(), version.c.number.desc(), reading.c.reading_id.desc()
        )
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return article_of(row) if row else None


def _is_before(this: Subquery) -> ColumnElement[bool]:
    """Whether a version comes before another: by first sight, then by number."""
    same_time = (version.c.first_seen_at == this.c.first_seen_at) & (
        version.c.number < this.c.number
    )
    return (version.c.first_seen_at < this.c.first_seen_at) | same_time
