"""What the archive holds of one story now: its current version, its suspects, its state."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, RowMapping, bindparam, func, select

from archive.judge import Known, Suspect
from archive.labels import topic_label
from archive.schema import capture, event, reading, reading_text, version, version_capture
from archive.types import Answer, Article

__all__ = [
    "CurrentVersion",
    "article_of",
    "current_version",
    "is_gone",
    "known_state",
    "part_captures",
    "part_urls",
]

_GOOD = (Answer.ARTICLE.value, Answer.NOT_MODIFIED.value)
# a statement that is made once is looked up, one that is made anew each time is read through first
_THIS: BindParameter[str] = bindparam("story_id")
_CURRENT = (
    select(version.c.number, reading, reading_text.c.text)
    .join(reading, reading.c.version_id == version.c.version_id)
    .join(reading_text, reading_text.c.reading_id == reading.c.reading_id)
    .where(version.c.story_id == _THIS)
    .order_by(version.c.first_seen_at.desc(), version.c.number.desc(), reading.c.reading_id.desc())
    .limit(1)
)
_HIGHEST = select(func.max(version.c.number)).where(version.c.story_id == _THIS)
_PRESENCE = (
    select(event.c.kind)
    .where(event.c.story_id == _THIS, event.c.kind.in_(("gone", "back")))
    .order_by(event.c.event_id.desc())
    .limit(1)
)
_LAST_GOOD = (
    select(func.max(capture.c.capture_id))
    .where(capture.c.story_id == _THIS, capture.c.answer.in_(_GOOD))
    .scalar_subquery()
)
_SUSPECTS = (
    select(event)
    .where(event.c.story_id == _THIS, event.c.kind == "suspect")
    .where(event.c.capture_id > func.coalesce(_LAST_GOOD, 0))
    .order_by(event.c.event_id)
)


@dataclass(frozen=True, kw_only=True)
class CurrentVersion:
    """The version that a new look is compared with, in its current reading."""

    version_id: int
    number: int
    extractor: str
    article: Article
    is_on_topic: bool = False
    """A person's word on the story, else the machine's on this version."""


def article_of(row: RowMapping) -> Article:
    """The Article in a row of `reading` joined with its text."""
    names = [field.name for field in fields(Article) if field.name != "tags"]
    return Article(tags=tuple(row["tags"]), **{name: row[name] for name in names})


def current_version(connection: Connection, story_id: str) -> CurrentVersion | None:
    """The newest version of a story (by first sight, then number), or None for a new story."""
    row = connection.execute(_CURRENT, {"story_id": story_id}).mappings().first()
    if row is None:
        return None
    labelled = topic_label(connection, story_id)
    return CurrentVersion(
        version_id=row["version_id"],
        number=row["number"],
        extractor=row["extractor"],
        article=article_of(row),
        is_on_topic=row["on_topic"] if labelled is None else labelled,
    )


def known_state(connection: Connection, story_id: str, *, current: CurrentVersion | None) -> Known:
    """What `judge` needs to know of a story besides its current version."""
    return Known(
        current=current.article if current else None,
        number=connection.scalar(_HIGHEST, {"story_id": story_id}) or 0,
        is_gone=is_gone(connection, story_id),
        suspects=_suspects(connection, story_id),
    )


def is_gone(connection: Connection, story_id: str) -> bool:
    """Whether the last thing said of a story's presence is that it is gone."""
    return connection.scalar(_PRESENCE, {"story_id": story_id}) == "gone"


def _suspects(connection: Connection, story_id: str) -> tuple[Suspect, ...]:
    """The suspect looks since the story was last seen whole."""
    rows = connection.execute(_SUSPECTS, {"story_id": story_id}).mappings()
    return tuple(
        Suspect(
            content_hash=row["detail"]["content_hash"],
            seen_at=row["occurred_at"],
            crawl_id=row["crawl_id"],
            capture_ids=tuple(row["detail"]["captures"]),
        )
        for row in rows
    )


def part_urls(connection: Connection, version_id: int) -> list[str]:
    """The addresses of a version's parts, in order, as they were last seen."""
    return [row.url for row in part_captures(connection, version_id, newest=True)]


def part_captures(connection: Connection, version_id: int, *, newest: bool) -> Sequence[Row[Any]]:
    """The captures of one look at a version, part by part: of its newest look, or its first."""
    rows = connection.execute(
        select(capture, version_capture.c.part)
        .join(version_capture, version_capture.c.capture_id == capture.c.capture_id)
        .where(version_capture.c.version_id == version_id)
        .order_by(capture.c.capture_id)
    ).all()
    looks = [(row.crawl_id, row.recorded_at) for row in rows]
    wanted = looks[-1 if newest else 0] if looks else None
    in_it = [row for row, look in zip(rows, looks, strict=True) if look == wanted]
    return sorted(in_it, key=attrgetter("part"))
