"""Which members of the WARC files belong to a story that is taken down, and which stay.

A story's are: every answer with its story_id, or shown by one of its versions, or stored at one of
its addresses for no story at all (pages that could not be read, members that a crash left without
rows), and the requests, conversions and metadata that say they belong to one of these.

What another story stands on stays, as it is that story's evidence too: an answer that one of its
versions shows, an image that it leads with, and the response that one of its revisits refers to.
When that story is taken down as well, such a response goes with it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from archive.http_block import uri
from archive.schema import (
    capture,
    crawl,
    story,
    story_image,
    takedown,
    tombstone,
    version,
    version_capture,
    warc_record,
)
from archive.tombstone import is_tombstone
from archive.warc_reader import Record, read_record

__all__ = ["Members", "members_of"]

_ANSWERS = ("response", "revisit")
_BESIDE = ("request", "conversion", "metadata", "resource")
_OWNERS = ("WARC-Concurrent-To", "WARC-Refers-To")
_IDS = 5_000
"""Asked for at once; SQLite takes at most 32,766 parameters."""


@dataclass(frozen=True, kw_only=True)
class Members:
    """The rows of `warc_record` to overwrite, in that order: revisits first, responses last."""

    rows: tuple[Row[Any], ...]
    kept: tuple[str, ...]
    """Records of the story that stay, because another story stands on them."""


def members_of(connection: Connection, warc_dir: Path, story_id: str) -> Members:
    """What is to be overwritten of a story. Raises DamagedRecord for a member nobody can read."""
    captures = _captures(connection, story_id)
    shared = _shared(connection, captures, story_id=story_id)
    own = {row.record_id for row in captures if row.capture_id not in shared}
    own |= _left_over(connection, warc_dir, captures, story_id=story_id)
    rows = _rows(connection, own)
    beside = _beside(connection, warc_dir, rows)
    return Members(
        rows=tuple(sorted([*rows, *beside], key=_turn)),
        kept=tuple(sorted(row.record_id for row in captures if row.capture_id in shared)),
    )


def _turn(row: Row[Any]) -> tuple[bool, bool, str, int]:
    """What refers to another comes before what it refers to."""
    return row.type == "response", row.type != "revisit", row.warc_file, row.warc_offset


def _captures(connection: Connection, story_id: str) -> Sequence[Row[Any]]:
    shown = (
        select(version_capture.c.capture_id)
        .join(version, version.c.version_id == version_capture.c.version_id)
        .where(version.c.story_id == story_id)
    )
    images = select(story_image.c.capture_id).where(story_image.c.story_id == story_id)
    mine = capture.c.story_id == story_id
    is_own = mine | capture.c.capture_id.in_(shown)
    own = connection.execute(
        select(capture).where(is_own | capture.c.capture_id.in_(images.where(_has_capture())))
    ).all()
    urls = {row.url for row in own if row.answer != "image"}
    unread = select(capture).where(
        capture.c.url.in_(urls), capture.c.story_id.is_(None), _is_of_outlet(story_id)
    )
    found = {row.capture_id: row for row in [*own, *connection.execute(unread)]}
    referred = {row.refers_to for row in found.values() if row.refers_to} - set(found)
    gone = select(takedown.c.story_id)
    left = select(capture).where(capture.c.capture_id.in_(referred), capture.c.story_id.in_(gone))
    return [*found.values(), *connection.execute(left)]


def _has_capture() -> ColumnElement[bool]:
    return story_image.c.capture_id.is_not(None)


def _is_of_outlet(story_id: str) -> ColumnElement[bool]:
    slug = select(story.c.outlet).where(story.c.story_id == story_id).scalar_subquery()
    return capture.c.crawl_id.in_(select(crawl.c.crawl_id).where(crawl.c.outlet == slug))


def _shared(connection: Connection, captures: Sequence[Row[Any]], *, story_id: str) -> set[int]:
    """Those that a story stands on which is not taken down, whichever way."""
    gone = {story_id, *connection.scalars(select(takedown.c.story_id))}
    shared: set[int] = set()
    for ids in _some([row.capture_id for row in captures]):
        referring = select(capture.c.refers_to, capture.c.story_id).where(
            capture.c.refers_to.in_(ids)
        )
        shown = (
            select(version_capture.c.capture_id, version.c.story_id)
            .join(version, version.c.version_id == version_capture.c.version_id)
            .where(version_capture.c.capture_id.in_(ids))
        )
        leading = select(story_image.c.capture_id, story_image.c.story_id).where(
            story_image.c.capture_id.in_(ids)
        )
        for query in (referring, shown, leading):
            rows = connection.execute(query).all()
            shared |= {row[0] for row in rows if row.story_id and row.story_id not in gone}
    # a revisit that stays needs the response it stands on
    kept = [row for row in captures if row.capture_id in shared and row.refers_to]
    return shared | {row.refers_to for row in kept}


def _some(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(ids), _IDS):
        yield ids[start : start + _IDS]


def _rows(connection: Connection, record_ids: Iterable[str]) -> list[Row[Any]]:
    """Their rows, without what is a tombstone already."""
    found: list[Row[Any]] = []
    for ids in _some(sorted(record_ids)):
        here = warc_record.c.record_id.in_(ids) & warc_record.c.type.in_(_ANSWERS)
        found += connection.execute(select(warc_record).where(here)).all()
    return found


def _left_over(
    connection: Connection, warc_dir: Path, captures: Sequence[Row[Any]], *, story_id: str
) -> set[str]:
    """Answers at the story's addresses that a crash left on disk without a capture."""
    urls = {uri(row.url) for row in captures}
    slug = select(story.c.outlet).where(story.c.story_id == story_id).scalar_subquery()
    lonely = (
        select(warc_record)
        .join(crawl, crawl.c.crawl_id == warc_record.c.crawl_id)
        .outerjoin(capture, capture.c.record_id == warc_record.c.record_id)
        .where(crawl.c.outlet == slug, capture.c.capture_id.is_(None))
        .where(warc_record.c.type.in_(_ANSWERS))
    )
    rows = connection.execute(lonely).all()
    fields = {row.record_id: _record(warc_dir, row).fields for row in rows}
    return {
        record_id
        for record_id, found in fields.items()
        if found.get("WARC-Target-URI", "").strip("<>") in urls
    }


def _beside(
    connection: Connection, warc_dir: Path, answers: Sequence[Row[Any]]
) -> Iterator[Row[Any]]:
    """The requests, conversions and metadata of these answers, wherever in their files.

    Also tombstones of which the rows were lost: nobody can say whose they were.
    """
    own = {row.record_id for row in answers}
    told = set(connection.scalars(select(tombstone.c.record_id)))
    for name in sorted({row.warc_file for row in answers}):
        query = select(warc_record).where(
            warc_record.c.warc_file == name, warc_record.c.type.in_(_BESIDE)
        )
        for row in connection.execute(query.order_by(warc_record.c.warc_offset)).all():
            record = _record(warc_dir, row)
            said = {record.fields.get(name, "") for name in _OWNERS}
            is_lost = is_tombstone(record) and row.record_id not in told
            if is_lost or not own.isdisjoint(said):
                yield row


def _record(warc_dir: Path, row: Row[Any]) -> Record:
    return read_record(
        warc_dir / row.warc_file,
        offset=row.warc_offset,
        length=row.warc_length,
        record_id=row.record_id,
    )
