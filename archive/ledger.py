"""The chain of events: each row carries the hash of the one before, so a changed or lost row shows.

The hash of an event is the SHA-256 of the hash before it, a newline, and the event as ASCII JSON
with sorted keys. A crawl closes with an event that holds its counts and the digest of its rows.

A takedown changes rows that closed crawls vouched for. Its own event says of each such crawl what
its rows hashed to before and hash to since, and of each event from which it took words what that
hashes to since: so the chain goes on to vouch for every row, and for the fact that nothing but a
takedown has changed any.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select

from archive.schema import (
    backfill,
    capture,
    cluster_member,
    crawl,
    event,
    label,
    reading,
    reading_text,
    story,
    story_image,
    takedown,
    tombstone,
    version,
    version_capture,
    warc_record,
)

__all__ = [
    "GENESIS",
    "append",
    "chain_faults",
    "closing_digest",
    "crawl_digest",
    "event_hash",
    "is_digest",
    "takedown_digest",
]

GENESIS = "0" * 64
_FIELDS = ("event_id", "kind", "outlet", "story_id", "version_id", "capture_id", "crawl_id",
           "occurred_at", "recorded_at", "detail")  # fmt: skip


_DECISION = ("label_id", "field", "value", "made_by", "reason")

_NEWEST = select(event.c.event_id, event.c.hash).order_by(event.c.event_id.desc()).limit(1)
_INSERT = insert(event)


def append(connection: Connection, kind: str, *, recorded_at: datetime, **values: Any) -> int:
    """The id of an event newly added to the chain; `values` are columns of `event`."""
    last = connection.execute(_NEWEST).first()
    previous = last.hash if last else GENESIS
    row = dict.fromkeys(_FIELDS) | {"detail": {}, "occurred_at": recorded_at} | values
    event_id = last.event_id + 1 if last else 1
    row |= {"kind": kind, "recorded_at": recorded_at, "event_id": event_id}
    hashed = event_hash(row, previous=previous)
    connection.execute(_INSERT, row | {"previous_hash": previous, "hash": hashed})
    return int(event_id)


def event_hash(row: Mapping[str, Any], *, previous: str) -> str:
    """The hash of an event row that follows `previous`."""
    return _sha256(previous + "\n" + _json({name: row[name] for name in _FIELDS}))


def chain_faults(connection: Connection) -> list[str]:
    """One line per event or closed crawl that is not as it was written; empty when all are."""
    faults: list[str] = []
    previous, expected = GENESIS, 1
    changed = _changed(connection)
    rows = connection.execute(select(event).order_by(event.c.event_id)).mappings()
    for row in map(dict, rows):
        if row["event_id"] != expected:
            faults.append(f"event {expected} is missing: the next one found is {row['event_id']}")
        if row["previous_hash"] != previous or not changed.vouches_for(row):
            faults.append(
                f"event {row['event_id']} ({row['kind']}) was changed after it was written"
            )
        if row["kind"] == "crawl" and not _is_as_closed(connection, row, changed):
            faults.append(f"the rows of crawl {row['crawl_id']} are not those it closed with")
        previous, expected = row["hash"], row["event_id"] + 1
    others = (_unanchored, _unsaid, _unmatched, _untaken)
    return faults + [fault for check in others for fault in check(connection)]


@dataclass(frozen=True)
class _Changed:
    """What takedowns say that they have changed, as their events have it."""

    crawls: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    """Crawl -> what its rows hashed to before each takedown, and after it."""
    events: dict[int, str] = field(default_factory=dict)
    """Event -> what it hashes to without the words that were taken from it."""

    def vouches_for(self, row: Mapping[str, Any]) -> bool:
        """Whether an event hashes to what was written, or to what a takedown made of it."""
        hashed = event_hash(row, previous=row["previous_hash"])
        return hashed == str(self.events.get(row["event_id"], row["hash"]))

    def since(self, crawl_id: int, said: Any) -> Any:
        """What a crawl's rows hash to since the last takedown; None when the takedowns differ."""
        for before, after in self.crawls.get(crawl_id, ()):
            if before != said:
                return None
            said = after
        return said


def _changed(connection: Connection) -> _Changed:
    found = _Changed()
    rows = select(event.c.detail).where(event.c.kind == "takedown").order_by(event.c.event_id)
    for detail in connection.scalars(rows):
        found.events.update({int(key): hashed for key, hashed in detail["events"].items()})
        for crawl_id, (before, after) in detail["crawls"].items():
            found.crawls.setdefault(int(crawl_id), []).append((before, after))
    return found


def closing_digest(connection: Connection, crawl_id: int) -> str | None:
    """What the rows of a closed crawl hash to, told by its event and the takedowns since.

    None for a crawl that has not closed.
    """
    closed = (event.c.crawl_id == crawl_id) & (event.c.kind == "crawl")
    detail = connection.scalar(select(event.c.detail).where(closed))
    return _changed(connection).since(crawl_id, detail.get("rows")) if detail else None


def _is_as_closed(connection: Connection, row: Mapping[str, Any], changed: _Changed) -> bool:
    """Whether a crawl's rows are those it closed with, by the columns there were then.

    But for what takedowns have changed since, each where the one before had left off.
    """
    crawl_id = row["crawl_id"] or 0
    return is_digest(connection, crawl_id, changed.since(crawl_id, row["detail"].get("rows")))


def is_digest(connection: Connection, crawl_id: int, said: Any) -> bool:
    """Whether the rows of a crawl hash to `said`, by the columns there are or there were."""
    if said == crawl_digest(connection, crawl_id):
        return True
    return bool(said == crawl_digest(connection, crawl_id, has_source=False))


def _unanchored(connection: Connection) -> list[str]:
    """Crawls that ended without the closing event that would vouch for their rows."""
    closed = select(event.c.crawl_id).where(event.c.kind == "crawl")
    ended = select(crawl.c.crawl_id).where(
        crawl.c.ended_at.is_not(None), crawl.c.crawl_id.not_in(closed)
    )
    return [f"crawl {number} has no closing event" for number in connection.scalars(ended)]


def _unsaid(connection: Connection) -> list[str]:
    """Decisions of persons that are not as their events say, on either side."""
    details = connection.scalars(select(event.c.detail).where(event.c.kind == "labelled"))
    said = {detail.get("label_id", 0): detail for detail in details}
    rows = connection.execute(select(*(label.c[name] for name in _DECISION))).mappings()
    kept = {row["label_id"]: dict(row) for row in rows}
    differing = [number for number in {*said, *kept} if said.get(number) != kept.get(number)]
    return [f"label {number} is not as it was decided" for number in sorted(differing)]


def _unmatched(connection: Connection) -> list[str]:
    """Memberships in clusters that are not as their events say, on either side."""
    joined = select(event.c.story_id, event.c.detail).where(event.c.kind == "copy")
    said = {
        row.detail.get("member_id", 0): (row.story_id, row.detail.get("cluster_id"))
        for row in connection.execute(joined)
    }
    rows = connection.execute(select(cluster_member))
    kept = {row.member_id: (row.story_id, row.cluster_id) for row in rows}
    differing = [number for number in {*said, *kept} if said.get(number) != kept.get(number)]
    return [f"cluster_member {number} is not as it was found" for number in sorted(differing)]


def _untaken(connection: Connection) -> list[str]:
    """Takedowns that are not as their events say, on either side; one that goes on has none yet."""
    details = connection.scalars(select(event.c.detail).where(event.c.kind == "takedown"))
    said = {detail.get("takedown_id", 0): detail.get("rows") for detail in details}
    ended = select(takedown.c.takedown_id).where(takedown.c.erased_at.is_not(None))
    kept = {number: takedown_digest(connection, number) for number in connection.scalars(ended)}
    differing = [number for number in {*said, *kept} if said.get(number) != kept.get(number)]
    return [f"takedown {number} is not as it was decided" for number in sorted(differing)]


def takedown_digest(connection: Connection, takedown_id: int) -> str:
    """The SHA-256 over the rows of a takedown: what was decided, and of which records."""
    names = ("takedown_id", "story_id", "reason", "made_by", "recorded_at", "erased_at")
    decided = select(*(takedown.c[name] for name in names))
    of = select(tombstone).where(tombstone.c.takedown_id == takedown_id)
    digest = hashlib.sha256()
    for query in (
        decided.where(takedown.c.takedown_id == takedown_id),
        of.order_by(tombstone.c.record_id),
    ):
        for row in connection.execute(query):
            digest.update(_json(_values(row)).encode("utf-8") + b"\n")
    return digest.hexdigest()


def crawl_digest(connection: Connection, crawl_id: int, *, has_source: bool = True) -> str:
    """The SHA-256 over every append-only row that a crawl wrote, in the order of their keys.

    Without `has_source` as crawls of schema 0001 reckoned it, which knew no `reading.source`.
    """
    digest = hashlib.sha256()
    for query in _rows_of(crawl_id, has_source=has_source):
        for row in connection.execute(query):
            digest.update(_json(_values(row)).encode("utf-8") + b"\n")
    return digest.hexdigest()


def _rows_of(crawl_id: int, *, has_source: bool) -> Iterable[Select[Any]]:
    yield (
        select(warc_record)
        .where(warc_record.c.crawl_id == crawl_id)
        .order_by(warc_record.c.warc_file, warc_record.c.warc_offset)
    )
    yield select(capture).where(capture.c.crawl_id == crawl_id).order_by(capture.c.capture_id)
    facts = (story.c.story_id, story.c.outlet, story.c.url, story.c.first_seen_at)
    yield select(*facts).where(story.c.crawl_id == crawl_id).order_by(story.c.story_id)
    yield select(version).where(version.c.crawl_id == crawl_id).order_by(version.c.version_id)
    yield _first_readings(crawl_id) if has_source else _sourceless(crawl_id)
    yield from _links(crawl_id)
    # what could not be kept may be tried again, and its row is then another one
    kept = (story_image.c.crawl_id == crawl_id) & (story_image.c.outcome == "kept")
    yield select(story_image).where(kept).order_by(story_image.c.story_id, story_image.c.url)
    yield select(backfill).where(backfill.c.crawl_id == crawl_id).order_by(backfill.c.backfill_id)


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


def _values(row: Row[Any]) -> list[Any]:
    return list(row)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"{type(value).__name__} has no place in the ledger")


# one for every row: `json.dumps` would make an encoder for each
_ENCODER = json.JSONEncoder(
    ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=_plain
)


def _json(value: Any) -> str:
    return _ENCODER.encode(value)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
