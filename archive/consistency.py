"""Rows against rows: hashes recomputed, nothing that should stand beside a row missing."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select, text
from sqlalchemy.exc import SQLAlchemyError

from archive import index_check
from archive.current import article_of
from archive.findings import Finding
from archive.ledger import chain_faults
from archive.likeness_check import likeness_faults
from archive.row_forms import misspelt_moments, unreadable_rows
from archive.schema import (
    capture,
    crawl,
    event,
    reading,
    reading_text,
    story,
    story_image,
    takedown,
    version,
    version_capture,
)
from archive.search_index import index_faults
from archive.text import content_hash

__all__ = ["check_rows"]

_ADVICE = "`kliping repair --from COPY` puts back what a good copy of the database has"
_MIGRATE = "`kliping migrate` makes the search index anew from the texts"
Check = Callable[[Connection], Iterator[Finding]]


def check_rows(connection: Connection) -> Iterator[Finding]:
    """Everything in the rows that is not as it was written."""
    is_readable = True
    for check in (_database, _chain, _readings, _companions, _crawls, _likeness, _index):
        try:
            yield from list(check(connection))
        except (SQLAlchemyError, ValueError, TypeError, KeyError) as error:
            # a changed byte can turn a date or a list into what is none
            yield _finding(f"unreadable while checking {check.__name__[1:]}: {_line(error)}")
            is_readable = False
    if connection.dialect.name == "sqlite" and not is_readable:
        yield from _unreadable(connection)


def _unreadable(connection: Connection) -> Iterator[Finding]:
    """Which rows made a check impossible, as far as the file can be read at all."""
    with suppress(SQLAlchemyError, sqlite3.Error):
        for line in unreadable_rows(connection):
            row, _, why = line.partition(": ")
            yield _finding(f"cannot be read: {why}", row)


def _finding(what: str, row: str = "") -> Finding:
    return Finding(what=what, advice=_ADVICE, row=row)


def _line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]


def _database(connection: Connection) -> Iterator[Finding]:
    """What the database itself finds (SQLite; PostgreSQL checks its pages when it reads them)."""
    if connection.dialect.name != "sqlite":
        return
    for line in connection.execute(text("PRAGMA integrity_check")).scalars():
        if line != "ok":
            yield _finding(f"the database file is damaged: {line}")
    for table, row_id, parent, _ in connection.execute(text("PRAGMA foreign_key_check")):
        yield _finding(f"refers to a row of {parent} that is missing", f"{table} {row_id}")
    for row in misspelt_moments(connection):
        yield _finding("holds a moment that is not written as it was", row)


def _chain(connection: Connection) -> Iterator[Finding]:
    for fault in chain_faults(connection):
        yield _finding(fault)


def _readings(connection: Connection) -> Iterator[Finding]:
    """Every reading, current or not, hashes to what was written beside it."""
    rows = connection.execution_options(yield_per=500).execute(
        select(reading, reading_text.c.text, takedown.c.erased_at)
        .join(version, version.c.version_id == reading.c.version_id)
        .outerjoin(reading_text, reading_text.c.reading_id == reading.c.reading_id)
        .outerjoin(takedown, takedown.c.story_id == version.c.story_id)
    )
    for row in rows.mappings():
        if row["erased_at"] is not None:
            yield from _left(row)
        elif row["text"] is None:
            yield _finding("the text is missing", f"reading {row['reading_id']}")
        elif content_hash(article_of(row)) != row["content_hash"]:
            yield _finding(
                "the fields are not those that the content_hash is of",
                f"reading {row['reading_id']}",
            )


def _left(row: RowMapping) -> Iterator[Finding]:
    """What a takedown should have taken and did not, or what came back since."""
    article = {name: row[name] for name in ("headline", "byline", "editor", "dateline")}
    if row["text"] is not None or any(article.values()) or row["tags"]:
        yield Finding(
            what="holds words of a story that was taken down",
            advice="`kliping takedown STORY` again takes them out",
            row=f"reading {row['reading_id']}",
        )


def _companions(connection: Connection) -> Iterator[Finding]:
    """No story without a version, no version without a reading and a capture."""
    has_version = select(version.c.story_id)
    lonely: tuple[tuple[Select[Any], str, str], ...] = (
        (
            select(story.c.story_id).where(story.c.story_id.not_in(has_version)),
            "story",
            "has no version",
        ),
        (
            select(version.c.version_id).where(
                version.c.version_id.not_in(select(reading.c.version_id))
            ),
            "version",
            "has no reading",
        ),
        (
            select(version.c.version_id).where(
                version.c.version_id.not_in(select(version_capture.c.version_id))
            ),
            "version",
            "has no capture: nothing proves it",
        ),
    )
    for query, table, what in (*lonely, *_images()):
        for key in connection.scalars(query):
            yield _finding(what, f"{table} {key}")


def _images() -> tuple[tuple[Select[Any], str, str], ...]:
    """No lead image said to be kept without its capture, no capture of one that nobody shows."""
    is_kept = story_image.c.outcome == "kept"
    image = select(capture.c.capture_id).where(capture.c.answer == "image")
    shown = select(story_image.c.capture_id).where(story_image.c.capture_id.is_not(None))
    return (
        (
            select(story_image.c.story_id).where(is_kept, story_image.c.capture_id.not_in(image)),
            "story_image",
            "has a capture that holds no image",
        ),
        (
            select(story_image.c.story_id).where(is_kept != story_image.c.capture_id.is_not(None)),
            "story_image",
            "is kept without a capture, or has one and is not kept",
        ),
        (
            image.where(capture.c.capture_id.not_in(shown)),
            "capture",
            "is of an image that no story leads with",
        ),
    )


def _crawls(connection: Connection) -> Iterator[Finding]:
    """Every closed crawl says of itself what the event that closed it says."""
    rows = connection.execute(
        select(crawl, event.c.detail)
        .join(event, (event.c.crawl_id == crawl.c.crawl_id) & (event.c.kind == "crawl"))
        .order_by(crawl.c.crawl_id)
    )
    for row in rows:
        said = (row.detail.get("counts"), row.detail.get("reason"))
        if (row.counts, row.finish_reason) != said:
            yield _finding("counts or reason are not those it closed with", f"crawl {row.crawl_id}")


def _likeness(connection: Connection) -> Iterator[Finding]:
    yield from likeness_faults(connection)


def _index(connection: Connection) -> Iterator[Finding]:
    """Every reading is found by the words of its text, and nothing is found by other words."""
    try:
        if index_check.is_whole(connection):
            return
        for reading_id, what in index_faults(connection):
            yield Finding(what=what, advice=_MIGRATE, row=f"reading {reading_id}")
    except SQLAlchemyError as error:
        what = f"the search index cannot be read: {_line(error)}"
        yield Finding(what=what, advice=_MIGRATE)
