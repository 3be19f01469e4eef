"""The rows that a crawl vouches for when it closes: facts, each written once.

When to look at a page again, leases, addresses looked at and not kept, and what audits and messages
noted are working state: they may change, and nobody vouches for them.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from archive.schema import (
    backfill,
    capture,
    crawl,
    outlet,
    problem,
    reading,
    reading_text,
    run,
    story,
    story_image,
    story_url,
    version,
    version_capture,
    warc_record,
)

__all__ = ["OUTLET", "as_json", "crawl_digest", "is_digest", "masthead", "values_of"]

_SOURCELESS, _FIRST, _WHOLE = 1, 2, 3
"""How digests were reckoned: by schema 0001, which knew no `reading.source`; without crawl, run,
addresses and problems; as now."""
OUTLET = ("name", "url", "network", "platform", "region", "zone", "language", "tls")
"""What a crawl says of its outlet when it closes."""


def is_digest(connection: Connection, crawl_id: int, said: Any) -> bool:
    """Whether the rows of a crawl hash to `said`, as they are reckoned now or were once."""
    schemes = (_WHOLE, _FIRST, _SOURCELESS)
    return any(said == crawl_digest(connection, crawl_id, scheme=one) for one in schemes)


def masthead(connection: Connection, slug: str) -> dict[str, str]:
    """What the archive says of an outlet."""
    row = connection.execute(select(outlet).where(outlet.c.slug == slug)).mappings().one()
    return {name: row[name] for name in OUTLET}


def crawl_digest(connection: Connection, crawl_id: int, *, scheme: int = _WHOLE) -> str:
    """The SHA-256 over every append-only row that a crawl wrote, in the order of their keys."""
    digest = hashlib.sha256()
    for query in _rows_of(crawl_id, scheme=scheme):
        for row in connection.execute(query):
            digest.update(as_json(values_of(row)).encode("utf-8") + b"\n")
    return digest.hexdigest()


def _rows_of(crawl_id: int, *, scheme: int) -> Iterable[Select[Any]]:
    yield (
        select(warc_record)
        .where(warc_record.c.crawl_id == crawl_id)
        .order_by(warc_record.c.warc_file, warc_record.c.warc_offset)
    )
    yield select(capture).where(capture.c.crawl_id == crawl_id).order_by(capture.c.capture_id)
    facts = [story.c.story_id, story.c.outlet, story.c.url, story.c.first_seen_at]
    facts += [story.c.recorded_at] * (scheme == _WHOLE)
    yield select(*facts).where(story.c.crawl_id == crawl_id).order_by(story.c.story_id)
    yield select(version).where(version.c.crawl_id == crawl_id).order_by(version.c.version_id)
    yield _sourceless(crawl_id) if scheme == _SOURCELESS else _first_readings(crawl_id)
    yield from _links(crawl_id)
    # what could not be kept may be tried again, and its row is then another one
    kept = (story_image.c.crawl_id == crawl_id) & (story_image.c.outcome == "kept")
    yield select(story_image).where(kept).order_by(story_image.c.story_id, story_image.c.url)
    yield select(backfill).where(backfill.c.crawl_id == crawl_id).order_by(backfill.c.backfill_id)
    if scheme == _WHOLE:
        yield from _of_itself(crawl_id)


def _of_itself(crawl_id: int) -> Iterable[Select[Any]]:
    """The crawl's own row and its night's, the addresses it learnt, and what went wrong."""
    names = ("crawl_id", "run_id", "outlet", "started_at", "ended_at", "finish_reason",
             "outlet_fault", "token")  # fmt: skip
    yield (
        select(*(crawl.c[name] for name in names), run.c.started_at.label("night"))
        .join(run, run.c.run_id == crawl.c.run_id)
        .where(crawl.c.crawl_id == crawl_id)
    )
    yield (
        select(story_url)
        .where(story_url.c.crawl_id == crawl_id)
        .order_by(story_url.c.outlet, story_url.c.address)
    )
    yield select(problem).where(problem.c.crawl_id == crawl_id).order_by(problem.c.problem_id)


def _first_readings(crawl_id: int) -> Select[Any]:
    """The first reading of each version; later ones come with events of their own."""
    other = reading.alias()
    first = (
        select(func.min(other.c.reading_id))
        .where(other.c.version_id == version.c.version_id)
        .correlate(version)
        .scalar_subquery()
    )
    return (
        select(reading, reading_text.c.text)
        .join(version, version.c.version_id == reading.c.version_id)
        .join(reading_text, reading_text.c.reading_id == reading.c.reading_id)
        .where(version.c.crawl_id == crawl_id, reading.c.reading_id == first)
        .order_by(reading.c.reading_id)
    )


def _sourceless(crawl_id: int) -> Select[Any]:
    """First readings as schema 0001 had them: one that was given a source since is none of them."""
    columns = [column for column in reading.c if column is not reading.c.source]
    first = _first_readings(crawl_id).where(reading.c.source == "")
    return first.with_only_columns(*columns, reading_text.c.text)


def _links(crawl_id: int) -> Iterable[Select[Any]]:
    """What ties captures to versions: written by the crawl of the later of the two."""
    own = (capture.c.crawl_id == crawl_id) & (version.c.crawl_id <= crawl_id)
    confirmed = (version.c.crawl_id == crawl_id) & (capture.c.crawl_id < crawl_id)
    for written in (own, confirmed):
        yield (
            select(version_capture)
            .join(version, version.c.version_id == version_capture.c.version_id)
            .join(capture, capture.c.capture_id == version_capture.c.capture_id)
            .where(written)
            .order_by(version_capture.c.version_id, version_capture.c.capture_id)
        )


def values_of(row: Row[Any]) -> list[Any]:
    return list(row)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"{type(value).__name__} has no place in the ledger")


# one for every row: `json.dumps` would make an encoder for each
_ENCODER = json.JSONEncoder(
    ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=_plain
)


def as_json(value: Any) -> str:
    return _ENCODER.encode(value)
