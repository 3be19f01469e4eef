"""The versions of stories, each in the reading that was current at a moment."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    ScalarSelect,
    Select,
    exists,
    func,
    select,
    true,
)

from archive import database
from archive.current import article_of
from archive.errors import BadMoment
from archive.schema import (
    capture,
    reading,
    reading_text,
    story,
    version,
    version_capture,
    warc_record,
)
from archive.text import changed_fields
from archive.types import Capture, Span, TopicDecision, Version

__all__ = ["current_reading", "known", "topic_of", "versions", "walk"]

_BATCH = 400
"""Versions whose captures are asked for at once; SQLite takes at most 32,766 parameters."""


def known(column: ColumnElement[datetime], as_of: datetime | None) -> ColumnElement[bool]:
    """Whether a row was recorded at or before `as_of`; every row was, when that is None.

    Raises BadMoment for one that is no datetime, or says nothing of its zone.
    """
    if as_of is None:
        return true()
    if not isinstance(as_of, datetime) or as_of.tzinfo is None:
        raise BadMoment(
            f"as_of is {as_of!r}: give a datetime with its zone, as in"
            ' datetime.fromisoformat("2024-11-27T01:30+07:00")'
        )
    return column <= as_of


def current_reading(as_of: datetime | None = None) -> ScalarSelect[int]:
    """The id of the newest reading of a `version` row of the query around it."""
    newest = reading.alias("newest")
    return (
        select(func.max(newest.c.reading_id))
        .where(newest.c.version_id == version.c.version_id, known(newest.c.recorded_at, as_of))
        .correlate(version)
        .scalar_subquery()
    )


def versions(
    engine: Engine,
    story_id: str,
    *,
    as_of: datetime | None = None,
    with_repeats: bool = False,
) -> list[Version]:
    """The versions of a story in order of first sight, then number.

    A version whose current reading repeats the one before is left out unless asked for.
    """
    with database.reading(engine) as connection:
        return list(walk(connection, story_id=story_id, as_of=as_of, with_repeats=with_repeats))


def walk(
    connection: Connection,
    *,
    story_id: str | Collection[str] | None = None,
    as_of: datetime | None = None,
    with_repeats: bool = False,
) -> Iterator[Version]:
    """Every version with its captures, in order of outlet, story, first sight and number.

    `story_id` names the one story, or the few, of which they are wanted.

    `changed` tells how it differs from the version that stands before it here, unless another
    extractor read that one: then it is as it was when the version was met.
    """
    query = _query(as_of).order_by(
        story.c.outlet, story.c.story_id, version.c.first_seen_at, version.c.number
    )
    if story_id is not None:
        named = [story_id] if isinstance(story_id, str) else story_id
        query = query.where(version.c.story_id.in_(named))
    if not with_repeats:
        query = query.where(reading.c.repeats_previous.is_(False))
    # said of this statement alone: the connection's other statements go on as they were
    rows = connection.execute(query, execution_options={"yield_per": _BATCH}).mappings()
    before: Version | None = None
    while batch := list(islice(rows, _BATCH)):
        captures = _captures(connection, [row["version_id"] for row in batch], as_of=as_of)
        for row in batch:
            before = _after(before, _version(row, captures[row["version_id"]]))
            yield before


def _after(before: Version | None, found: Version) -> Version:
    """A version beside the one that is shown before it: a later reading may have come between."""
    if before is None or before.story_id != found.story_id:
        return replace(found, changed=())
    if before.extractor != found.extractor:
        return found
    return replace(found, changed=changed_fields(before.article, found.article))


def _query(as_of: datetime | None) -> Select[Any]:
    read = [column for column in reading.c if column.name not in {"version_id", "recorded_at"}]
    return (
        select(
            version.c.version_id,
            version.c.story_id,
            version.c.number,
            version.c.first_seen_at,
            version.c.changed,
            *read,
            reading_text.c.text,
        )
        .join(story, story.c.story_id == version.c.story_id)
        .join(reading, reading.c.version_id == version.c.version_id)
        .join(reading_text, reading_text.c.reading_id == reading.c.reading_id)
        .where(reading.c.reading_id == current_reading(as_of))
        .where(known(version.c.recorded_at, as_of))
    )


def _captures(
    connection: Connection, version_ids: Sequence[int], *, as_of: datetime | None
) -> defaultdict[int, list[Capture]]:
    """The captures of each version, oldest first."""
    rows = connection.execute(
        select(version_capture.c.version_id, version_capture.c.part, capture, warc_record)
        .join(capture, capture.c.capture_id == version_capture.c.capture_id)
        .join(warc_record, warc_record.c.record_id == capture.c.record_id)
        .where(version_capture.c.version_id.in_(version_ids), ~_is_taken_over(as_of))
        .where(known(capture.c.recorded_at, as_of))
        .order_by(capture.c.fetched_at, capture.c.capture_id)
    ).mappings()
    found: defaultdict[int, list[Capture]] = defaultdict(list)
    for row in rows:
        found[row["version_id"]].append(_capture(row))
    return found


def _is_taken_over(as_of: datetime | None) -> ColumnElement[bool]:
    """Whether a capture shows a version that came to light later, by another reading of it."""
    later, newer = version_capture.alias("later"), version.alias("newer")
    return exists(
        select(later.c.version_id)
        .join(newer, newer.c.version_id == later.c.version_id)
        .where(later.c.capture_id == version_capture.c.capture_id)
        .where(later.c.version_id > version_capture.c.version_id)
        .where(known(newer.c.recorded_at, as_of))
    )


def _capture(row: RowMapping) -> Capture:
    names = ("capture_id", "url", "fetched_at", "status", "kind", "answer", "payload_digest",
             "warc_file", "warc_offset", "warc_length", "part")  # fmt: skip
    record_id = row[warc_record.c.record_id]
    return Capture(warc_record_id=record_id, **{name: row[name] for name in names})


def _version(row: RowMapping, captures: Sequence[Capture]) -> Version:
    return Version(
        story_id=row["story_id"],
        number=row["number"],
        first_seen_at=row["first_seen_at"],
        last_seen_at=max((found.fetched_at for found in captures), default=None),
        article=article_of(row),
        content_hash=row["content_hash"],
        extractor=row["extractor"],
        changed=tuple(row["changed"]),
        topic=topic_of(row),
        captures=tuple(captures),
    )


def topic_of(row: RowMapping) -> TopicDecision | None:
    """The decision in a row of `reading`, or None where none was made."""
    if not row["topic"]:
        return None
    return TopicDecision(
        on_topic=row["on_topic"],
        score=row["topic_score"],
        topic=row["topic"],
        evidence=tuple(Span(**span) for span in row["topic_evidence"]),
    )
