"""The captures and versions of a story of a snapshot: those that the archive has not yet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, func, insert, select, update

from archive import clusters, ledger, search_index
from archive.errors import NotFound
from archive.schema import capture, reading, reading_text, version, version_capture, warc_record
from archive.types import Crawl

__all__ = [
    "Imported",
    "StoryWork",
    "Values",
    "append_event",
    "capture_id_of",
    "has_row",
    "take_captures",
    "take_version",
]

_NOT_READ = {"number", "first_seen_at", "recorded_at", "changed", "captures", "read_at"}

Values = Mapping[str, Any]


@dataclass
class Imported:
    """How much an import brought that was not there; filled on the way."""

    stories: int = 0
    versions: int = 0
    captures: int = 0
    known_versions: int = 0
    """Versions that were there already."""
    taken_down: int = 0
    """Stories left out, as the archive took them down."""
    withdrawn: tuple[str, ...] = ()
    """Stories that are here and were taken down where the snapshot was made."""
    held: dict[str, str] = field(default_factory=dict)
    """Outlets that were passed by, as another process works on them, and which."""


@dataclass(frozen=True, kw_only=True)
class StoryWork:
    """One story while it is taken over."""

    connection: Connection
    crawl: Crawl
    story_id: str
    is_new: bool
    now: datetime
    counts: Imported
    newest: datetime | None
    """The last that the archive knew of the story before; None for a new one."""
    captures: dict[str, int] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    """Number in the snapshot -> the version here."""


def has_row(table: Table, **values: object) -> Select[Any]:
    """A query that finds something when there is a row with these values."""
    query = select(1).select_from(table)
    for name, value in values.items():
        query = query.where(table.c[name] == value)
    return query.limit(1)


def append_event(work: StoryWork, kind: str, recorded_at: datetime, **values: Any) -> None:
    """Put an event of the story into the archive's chain."""
    ledger.append(
        work.connection,
        kind,
        recorded_at=recorded_at,
        outlet=work.crawl.outlet,
        story_id=work.story_id,
        **values,
    )


# -- captures --------------------------------------------------------------------------------


def take_captures(work: StoryWork, captures: Sequence[Values]) -> None:
    """Write the captures that are not there. Raises NotFound for one whose record is not."""
    for one in captures:
        is_own = one["story_id"] == work.story_id
        query = select(capture).where(capture.c.record_id == one["record_id"])
        known = work.connection.execute(query).first()
        if known is None:
            work.captures[one["record_id"]] = _insert_capture(work, one, is_own=is_own)
            continue
        work.captures[one["record_id"]] = known.capture_id
        # met first as what another story's capture refers to
        if is_own and known.story_id is None and known.crawl_id == work.crawl.crawl_id:
            this = update(capture).where(capture.c.capture_id == known.capture_id)
            work.connection.execute(this.values(story_id=work.story_id))


def _insert_capture(work: StoryWork, one: Values, *, is_own: bool) -> int:
    if work.connection.scalar(has_row(warc_record, record_id=one["record_id"])) is None:
        raise NotFound(
            f"{one['record_id']} of {one['url']} lies in an earlier snapshot: import that one first"
        )
    row = {name: value for name, value in one.items() if name not in {"warc_file", "refers_to"}}
    row |= {
        "crawl_id": work.crawl.crawl_id,
        "story_id": work.story_id if is_own else None,
        "refers_to": capture_id_of(work, one["refers_to"]),
    }
    work.counts.captures += 1
    made = work.connection.execute(insert(capture).values(row).returning(capture.c.capture_id))
    return int(made.scalar_one())


def capture_id_of(work: StoryWork, record_id: str | None) -> int | None:
    """The capture of a record here; None where there is none."""
    if record_id is None:
        return None
    if record_id not in work.captures:
        query = select(capture.c.capture_id).where(capture.c.record_id == record_id)
        found = work.connection.scalar(query)
        if found is None:
            return None
        work.captures[record_id] = found
    return work.captures[record_id]


# -- versions --------------------------------------------------------------------------------


def take_version(work: StoryWork, one: Values, *, text: str | None) -> None:
    """Write a version that is not there, and which captures show it; `text`: of its row, if any.

    Raises NotFound when it is not there and has no row here.
    """
    known = _known_versions(work)
    same = _by_capture(work, one, known) or _by_state(one, known)
    if same is not None:
        work.counts.known_versions += 1
        work.versions[one["number"]] = same.version_id
        if text is not None:
            _read_again(work, one, same=same, text=text)
    elif text is not None:
        work.versions[one["number"]] = _insert_version(work, one, text=text, known=known)
    else:
        number = one["number"]
        raise NotFound(f"version {number} of story {work.story_id} lies in an earlier snapshot")
    _link(work, work.versions[one["number"]], one["captures"])


def _known_versions(work: StoryWork) -> Sequence[Row[Any]]:
    """The versions of the story, in their newest reading, in order of first sight."""
    newest = (
        select(func.max(reading.c.reading_id))
        .where(reading.c.version_id == version.c.version_id)
        .correlate(version)
        .scalar_subquery()
    )
    query = (
        select(version, reading.c.content_hash, reading.c.extractor,
               reading.c.recorded_at.label("read_at"))
        .join(reading, reading.c.reading_id == newest)
        .where(version.c.story_id == work.story_id)
        .order_by(version.c.first_seen_at, version.c.number)
    )  # fmt: skip
    return work.connection.execute(query).all()


def _by_capture(work: StoryWork, one: Values, known: Sequence[Row[Any]]) -> Row[Any] | None:
    """The version that the same capture showed first."""
    first = capture_id_of(work, one["captures"][0][0])
    query = select(version_capture.c.version_id).where(version_capture.c.capture_id == first)
    shown = set(work.connection.scalars(query))
    return next((row for row in known if row.version_id in shown), None)


def _by_state(one: Values, known: Sequence[Row[Any]]) -> Row[Any] | None:
    """The version in force when this one was first seen, or the next, if it says the same."""
    before = [row for row in known if row.first_seen_at <= one["first_seen_at"]]
    after = [row for row in known if row.first_seen_at > one["first_seen_at"]]
    near = (*before[-1:], *after[:1])
    return next((row for row in near if row.content_hash == one["content_hash"]), None)


def _insert_version(work: StoryWork, one: Values, *, text: str, known: Sequence[Row[Any]]) -> int:
    """A new version under its number, or the next free one where that is taken."""
    taken = {row.number for row in known}
    number = one["number"] if one["number"] not in taken else max(taken) + 1
    row = {
        "story_id": work.story_id,
        "number": number,
        "crawl_id": work.crawl.crawl_id,
        "first_seen_at": one["first_seen_at"],
        "recorded_at": one["recorded_at"],
        "changed": one["changed"],
    }
    made = work.connection.execute(insert(version).values(row).returning(version.c.version_id))
    version_id = int(made.scalar_one())
    work.counts.versions += 1
    _insert_reading(work, one, version_id=version_id, text=text)
    return version_id


def _insert_reading(work: StoryWork, one: Values, *, version_id: int, text: str) -> None:
    row = {name: value for name, value in one.items() if name not in _NOT_READ}
    row |= {"version_id": version_id, "recorded_at": one["read_at"]}
    made = work.connection.execute(insert(reading).values(row).returning(reading.c.reading_id))
    reading_id = int(made.scalar_one())
    work.connection.execute(insert(reading_text).values(reading_id=reading_id, text=text))
    search_index.add(work.connection, reading_id)
    clusters.note(
        work.connection,
        reading_id=reading_id,
        story_id=work.story_id,
        text=text,
        recorded_at=work.now,
    )


def _read_again(work: StoryWork, one: Values, *, same: Row[Any], text: str) -> None:
    """Add the snapshot's reading of a version, if it is a newer one of the same capture."""
    is_other = (same.extractor, same.content_hash) != (one["extractor"], one["content_hash"])
    if not is_other or one["read_at"] <= same.read_at:
        return
    _insert_reading(work, one, version_id=same.version_id, text=text)
    detail = {
        "extractor": one["extractor"],
        "before": same.extractor,
        "content_hash": one["content_hash"],
    }
    append_event(work, "reread", one["read_at"], version_id=same.version_id, detail=detail)


def _link(work: StoryWork, version_id: int, links: Iterable[Sequence[Any]]) -> None:
    query = select(version_capture.c.capture_id).where(version_capture.c.version_id == version_id)
    there = set(work.connection.scalars(query))
    for record_id, part in links:
        capture_id = capture_id_of(work, record_id)
        if capture_id is not None and capture_id not in there:
            there.add(capture_id)
            row = {"version_id": version_id, "capture_id": capture_id, "part": part}
            work.connection.execute(insert(version_capture).values(row))
