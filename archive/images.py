"""The rows of lead images: which the archive wants, which it holds, and one more of them."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, func, insert, select, update

from archive import database
from archive.captures import insert_capture
from archive.exchange import Earlier, Exchange, exchange, payload_digest
from archive.http_block import as_stored
from archive.schema import capture, reading, story, story_image, tombstone, version, warc_record
from archive.takedowns import is_shown
from archive.types import Capture, Crawl, ImageSighting, LeadImage, Page
from archive.versions import current_reading, known
from archive.warc_reader import Placed

__all__ = [
    "count",
    "exchanges",
    "holds",
    "images",
    "link",
    "newest_moment",
    "note",
    "of_story",
    "walk_kept",
    "wanted",
    "write",
]

_KEPT = "kept"
_IMAGE = "image"
_NOT_FOR_EVER = ("error", "too-large")
"""Outcomes that another night or another limit may change."""


# -- what is known -------------------------------------------------------------------------


def wanted(connection: Connection, slug: str) -> list[tuple[str, str]]:
    """Story and address of each image that an outlet's versions name and that may be had yet.

    Newest versions first, each pair once; also those that failed, and may be tried again.
    """
    is_row = (story_image.c.story_id == version.c.story_id) & (
        story_image.c.url == reading.c.image_url
    )
    rows = connection.execute(
        select(version.c.story_id, reading.c.image_url)
        .join(story, story.c.story_id == version.c.story_id)
        .join(reading, reading.c.version_id == version.c.version_id)
        .outerjoin(story_image, is_row)
        .where(story.c.outlet == slug, reading.c.image_url != "")
        .where(reading.c.reading_id == current_reading())
        .where(story_image.c.outcome.is_(None) | story_image.c.outcome.in_(_NOT_FOR_EVER))
        .order_by(version.c.version_id.desc())
    )
    return list(dict.fromkeys((row.story_id, row.image_url) for row in rows))


def holds(connection: Connection, *, now: datetime) -> list[tuple[str, datetime]]:
    """Addresses of images whose host asked not to be visited before a moment yet to come."""
    rows = connection.execute(
        select(story_image.c.url, story_image.c.held_until).where(story_image.c.held_until > now)
    )
    return [(row.url, row.held_until) for row in rows]


def of_story(
    connection: Connection, story_id: str, *, as_of: datetime | None = None
) -> list[LeadImage]:
    """Every image a story led with by `as_of`, in the order in which they were fetched."""
    query = _images().where(
        story_image.c.story_id == story_id, known(story_image.c.recorded_at, as_of)
    )
    rows = connection.execute(query.order_by(story_image.c.fetched_at, story_image.c.url))
    return [_lead_image(row) for row in rows.mappings()]


def images(engine: Engine, story_id: str, *, as_of: datetime | None = None) -> list[LeadImage]:
    """Every image a story led with by `as_of`, in the order in which they were fetched.

    A failure that a later try made good is not remembered.
    """
    with database.reading(engine) as connection:
        return of_story(connection, story_id, as_of=as_of)


def walk_kept(
    connection: Connection, *, as_of: datetime, story_ids: Collection[str]
) -> Iterator[tuple[str, LeadImage]]:
    """Outlet and image of what these stories kept by `as_of`, by outlet, story and address."""
    rows = connection.execute(
        _images(story.c.outlet)
        .join(story, story.c.story_id == story_image.c.story_id)
        .where(story_image.c.outcome == _KEPT, known(story_image.c.recorded_at, as_of))
        .where(story_image.c.story_id.in_(story_ids))
        .order_by(story.c.outlet, story.c.story_id, story_image.c.url)
    ).mappings()
    return ((row["outlet"], _lead_image(row)) for row in rows)


def count(connection: Connection) -> int:
    """How many images of stories are kept."""
    kept = select(func.count()).select_from(story_image).where(story_image.c.outcome == _KEPT)
    return connection.execute(kept).scalar_one()


def newest_moment(connection: Connection) -> datetime | None:
    """When the newest kept image was recorded."""
    newest = select(func.max(story_image.c.recorded_at)).where(story_image.c.outcome == _KEPT)
    found: datetime | None = connection.scalar(newest)
    return found


def _images(*columns: Any) -> Select[Any]:
    own = [story_image.c[name].label(f"image_{name}") for name in story_image.c.keys()]  # noqa: SIM118
    return (
        select(*columns, *own, capture, warc_record)
        .select_from(story_image)
        .outerjoin(capture, capture.c.capture_id == story_image.c.capture_id)
        .outerjoin(warc_record, warc_record.c.record_id == capture.c.record_id)
    )


def _lead_image(row: RowMapping) -> LeadImage:
    names = ("story_id", "url", "outcome", "fetched_at", "tries", "media_type", "bytes")
    values: dict[str, Any] = {name: row[f"image_{name}"] for name in names}
    return LeadImage(**values, capture=_capture(row) if row["image_capture_id"] else None)


def _capture(row: RowMapping) -> Capture:
    names = ("capture_id", "url", "fetched_at", "status", "kind", "answer", "payload_digest",
             "warc_file", "warc_offset", "warc_length")  # fmt: skip
    record_id = row[warc_record.c.record_id]
    return Capture(warc_record_id=record_id, **{name: row[name] for name in names})


# -- one more ------------------------------------------------------------------------------


def exchanges(
    connection: Connection, pages: Sequence[Page], *, decode: Callable[[Page], bytes] | None
) -> list[Exchange]:
    """The members that store what fetching one image took; a body that is kept already, once."""
    stored = [as_stored(page, decode=decode) for page in pages]
    last = _same_bytes(connection, stored[-1])
    chain = [exchange(page, earlier=None, decode=None) for page in stored[:-1]]
    return [*chain, exchange(stored[-1], earlier=last, decode=None)]


def _same_bytes(connection: Connection, page: Page) -> Earlier | None:
    """The capture that holds the same image, of whichever story and address."""
    row = connection.execute(
        select(capture)
        .where(capture.c.payload_digest == payload_digest(page), capture.c.answer == _IMAGE)
        .where(capture.c.kind == "response", capture.c.status == page.status)
        .where(capture.c.record_id.not_in(select(tombstone.c.record_id)))
        .order_by(capture.c.capture_id)
        .limit(1)
    ).first()
    if row is None:
        return None
    return Earlier(
        capture_id=row.capture_id,
        record_id=row.record_id,
        url=row.url,
        fetched_at=row.fetched_at,
        payload_digest=row.payload_digest,
        status=row.status,
    )


def write(
    connection: Connection,
    crawl: Crawl,
    seen: ImageSighting,
    *,
    stored: Sequence[tuple[Exchange, Placed]],
    recorded_at: datetime,
) -> None:
    """Write the rows of an image whose members are already in `warc_record`."""
    captures = [
        insert_capture(
            connection,
            *pair,
            crawl_id=crawl.crawl_id,
            story_id=seen.story_id,
            recorded_at=recorded_at,
            answer="redirect" if 300 <= pair[0].page.status < 400 else _IMAGE,
        )
        for pair in stored
    ]
    size = len(stored[-1][0].page.body)
    kept = {"capture_id": captures[-1], "bytes": size, "recorded_at": recorded_at}
    _put(connection, crawl, _row(seen) | kept)


def note(
    connection: Connection, crawl: Crawl, seen: ImageSighting, *, recorded_at: datetime
) -> None:
    """Write down why an image could not be kept."""
    _put(connection, crawl, _row(seen) | {"recorded_at": recorded_at})


def link(
    connection: Connection, crawl: Crawl, *, story_id: str, url: str, recorded_at: datetime
) -> bool:
    """Whether the outlet's image at `url` is kept already: then it is this story's, too."""
    row = connection.execute(
        select(story_image)
        .join(story, story.c.story_id == story_image.c.story_id)
        .where(story_image.c.url == url, story_image.c.outcome == _KEPT)
        .where(story.c.outlet == crawl.outlet, is_shown())
        .order_by(story_image.c.recorded_at.desc())
        .limit(1)
    ).mappings().first()  # fmt: skip
    if row is None:
        return False
    _put(connection, crawl, dict(row) | {"story_id": story_id, "recorded_at": recorded_at})
    return True


def _row(seen: ImageSighting) -> dict[str, Any]:
    names = ("story_id", "url", "outcome", "media_type", "bytes", "held_until")
    return {name: getattr(seen, name) for name in names} | {"fetched_at": seen.seen_at}


def _put(connection: Connection, crawl: Crawl, row: dict[str, Any]) -> None:
    """Insert the row of a story's image, or put it in place of an earlier try's."""
    this = (story_image.c.story_id == row["story_id"]) & (story_image.c.url == row["url"])
    before = connection.scalar(select(story_image.c.tries).where(this))
    values = row | {"crawl_id": crawl.crawl_id, "tries": (before or 0) + 1}
    if before is None:
        connection.execute(insert(story_image).values(values))
    else:
        connection.execute(update(story_image).where(this).values(values))
