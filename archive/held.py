"""What the archive holds of a story that can be read again: versions, readings, stored looks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, select

from archive.current import article_of
from archive.reckoning import HeldStory, HeldVersion, StoredLook
from archive.schema import (
    capture,
    crawl,
    event,
    outlet,
    reading,
    reading_text,
    story,
    tombstone,
    version,
    version_capture,
)
from archive.takedowns import is_shown
from archive.types import Answer, Outlet
from archive.versions import current_reading, topic_of

__all__ = ["count_captures", "held_outlet", "held_story", "story_ids", "unread_at", "unread_urls"]

_UNREAD = (capture.c.answer == Answer.UNREAD.value) & capture.c.record_id.not_in(
    select(tombstone.c.record_id)
)


def held_outlet(connection: Connection, slug: str) -> Outlet | None:
    """An outlet as the archive knows it, or None for one never visited."""
    row = connection.execute(select(outlet).where(outlet.c.slug == slug)).mappings().first()
    names = ("slug", "name", "url", "region", "zone", "network", "platform", "language", "tls")
    return Outlet(**{name: row[name] for name in names}) if row else None


def story_ids(connection: Connection, slug: str, *, after: str, limit: int) -> Sequence[str]:
    """The next stories of an outlet in order of their id."""
    query = select(story.c.story_id).where(
        story.c.outlet == slug, story.c.story_id > after, is_shown()
    )
    return connection.scalars(query.order_by(story.c.story_id).limit(limit)).all()


def count_captures(connection: Connection, slug: str) -> int:
    """How many captures of an outlet are read again: those of versions, and the unread ones."""
    shown = (
        select(func.count(func.distinct(version_capture.c.capture_id)))
        .join(version, version.c.version_id == version_capture.c.version_id)
        .join(story, story.c.story_id == version.c.story_id)
        .where(story.c.outlet == slug, is_shown())
    )
    unread = (
        select(func.count())
        .select_from(capture)
        .join(crawl, crawl.c.crawl_id == capture.c.crawl_id)
        .where(crawl.c.outlet == slug, _UNREAD, ~_is_linked())
    )
    return (connection.scalar(shown) or 0) + (connection.scalar(unread) or 0)


def held_story(connection: Connection, story_id: str) -> HeldStory:
    """A story with every look at it that can be read again."""
    row = connection.execute(select(story).where(story.c.story_id == story_id)).one()
    looks = _looks(connection, story_id)
    compared = _compared(connection, story_id)
    rows = connection.execute(
        select(version.c.number, version.c.first_seen_at, reading, reading_text.c.text)
        .join(reading, reading.c.version_id == version.c.version_id)
        .join(reading_text, reading_text.c.reading_id == reading.c.reading_id)
        .where(version.c.story_id == story_id, reading.c.reading_id == current_reading())
        .order_by(version.c.first_seen_at, version.c.number)
    ).mappings()
    versions = tuple(
        HeldVersion(
            version_id=found["version_id"],
            number=found["number"],
            first_seen_at=found["first_seen_at"],
            extractor=found["extractor"],
            article=article_of(found),
            looks=tuple(looks[found["version_id"]]),
            topic=topic_of(found),
            repeats_previous=found["repeats_previous"],
            compared_by=frozenset(compared[found["version_id"]]),
        )
        for found in rows
    )
    unread = _unread(connection, capture.c.story_id == story_id)
    return HeldStory(
        outlet=row.outlet,
        url=row.url,
        story_id=story_id,
        versions=versions,
        unread=tuple(unread),
    )


def _looks(connection: Connection, story_id: str) -> defaultdict[int, list[StoredLook]]:
    """The looks at each version, oldest first. A capture belongs to the newest of its versions."""
    rows = connection.execute(
        select(capture, version_capture.c.part, version_capture.c.version_id)
        .join(version_capture, version_capture.c.capture_id == capture.c.capture_id)
        .join(version, version.c.version_id == version_capture.c.version_id)
        .where(version.c.story_id == story_id)
        .order_by(capture.c.capture_id, version_capture.c.version_id)
    ).all()
    owner = {row.capture_id: row.version_id for row in rows}
    found: defaultdict[int, list[StoredLook]] = defaultdict(list)
    own = [row for row in rows if owner[row.capture_id] == row.version_id]
    digests = _digests(connection, own)
    for version_id, _, parts in _by_look(own, key=lambda row: row.version_id):
        in_order = sorted(parts, key=lambda row: row.part)
        found[version_id].append(_look(in_order, digests=digests))
    return found


def _by_look(rows: Iterable[Row[Any]], *, key: Any) -> Iterator[tuple[Any, Any, list[Row[Any]]]]:
    """Captures that were written together, for each `key`: what one look took."""
    groups: dict[tuple[Any, Any], list[Row[Any]]] = {}
    for row in rows:
        groups.setdefault((key(row), (row.crawl_id, row.recorded_at)), []).append(row)
    for (owner, look), members in groups.items():
        yield owner, look, members


def _digests(connection: Connection, rows: Sequence[Row[Any]]) -> dict[int, str]:
    """The digest of the bytes behind each capture: a 304's are those that it refers to."""
    referred = {row.refers_to for row in rows if not row.payload_digest and row.refers_to}
    query = select(capture.c.capture_id, capture.c.payload_digest)
    known = connection.execute(query.where(capture.c.capture_id.in_(referred))).all()
    originals = {row.capture_id: row.payload_digest for row in known}
    return {row.capture_id: row.payload_digest or originals.get(row.refers_to, "") for row in rows}


def _look(parts: Sequence[Row[Any]], *, digests: dict[int, str]) -> StoredLook:
    return StoredLook(
        capture_ids=tuple(row.capture_id for row in parts),
        fetched_at=parts[0].fetched_at,
        seen_at=max(row.fetched_at for row in parts),
        payload=tuple((row.url, digests[row.capture_id]) for row in parts),
    )


def _compared(connection: Connection, story_id: str) -> defaultdict[int, set[str]]:
    """By version: the extractors that read every look at it.

    Its first one, as crawls compare each look with the version; later ones say so in their event.
    """
    found: defaultdict[int, set[str]] = defaultdict(set)
    firsts = (
        select(func.min(reading.c.reading_id))
        .join(version, version.c.version_id == reading.c.version_id)
        .where(version.c.story_id == story_id)
        .group_by(reading.c.version_id)
    )
    query = select(reading.c.version_id, reading.c.extractor)
    for row in connection.execute(query.where(reading.c.reading_id.in_(firsts))):
        found[row.version_id].add(row.extractor)
    said = select(event.c.version_id, event.c.detail)
    for row in connection.execute(
        said.where(event.c.story_id == story_id, event.c.kind == "reread")
    ):
        if "looks" in row.detail:
            found[row.version_id].add(row.detail["extractor"])
    return found


# -- what could not be read ------------------------------------------------------------------------


def unread_urls(connection: Connection, slug: str, *, after: str, limit: int) -> Sequence[str]:
    """The next addresses, in their order, of an outlet's unread pages that belong to no story."""
    query = (
        select(capture.c.url)
        .distinct()
        .join(crawl, crawl.c.crawl_id == capture.c.crawl_id)
        .where(crawl.c.outlet == slug, capture.c.url > after)
        .where(_UNREAD, capture.c.story_id.is_(None), ~_is_linked())
    )
    return connection.scalars(query.order_by(capture.c.url).limit(limit)).all()


def unread_at(connection: Connection, slug: str, url: str) -> list[StoredLook]:
    """The unread looks, oldest first, whose first part was found at `url`."""
    own = select(crawl.c.crawl_id).where(crawl.c.outlet == slug)
    at_url = select(capture.c.recorded_at).where(
        capture.c.url == url, _UNREAD, capture.c.story_id.is_(None), capture.c.crawl_id.in_(own)
    )
    is_wanted = capture.c.story_id.is_(None) & capture.c.recorded_at.in_(at_url)
    looks = _unread(connection, is_wanted & capture.c.crawl_id.in_(own))
    return [look for look in looks if look.payload[0][0] == url]


def _unread(connection: Connection, is_wanted: ColumnElement[bool]) -> list[StoredLook]:
    """Looks that could not be read and belong to no version; of a part fetched twice, the last."""
    rows = connection.execute(
        select(capture).where(is_wanted, _UNREAD, ~_is_linked()).order_by(capture.c.capture_id)
    ).all()
    digests = _digests(connection, rows)
    found = []
    for _, _, members in _by_look(rows, key=lambda _: None):
        last = {row.url: row for row in members}
        found.append(_look(list(last.values()), digests=digests))
    return sorted(found, key=lambda look: look.seen_at)


def _is_linked() -> ColumnElement[bool]:
    return exists(
        select(version_capture.c.version_id).where(
            version_capture.c.capture_id == capture.c.capture_id
        )
    )
