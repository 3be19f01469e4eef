"""One story of a snapshot becomes rows of an archive; what the archive knows already stays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, insert, select, update

from archive import clusters, ledger, search_index
from archive.errors import NotFound
from archive.schema import (
    capture,
    cluster,
    cluster_member,
    event,
    label,
    reading,
    reading_text,
    story,
    story_image,
    story_url,
    version,
    version_capture,
    warc_record,
)
from archive.types import Crawl

__all__ = ["Imported", "import_story"]

_NOT_READ = {"number", "first_seen_at", "recorded_at", "changed", "captures", "read_at"}
_PRESENCE = ("gone", "back")

Values = Mapping[str, Any]


@dataclass
class Imported:
    """How much an import brought that was not there; filled on the way."""

    stories: int = 0
    versions: int = 0
    captures: int = 0
    known_versions: int = 0
    """Versions that were there already."""


@dataclass(frozen=True, kw_only=True)
class _Work:
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


def import_story(
    connection: Connection,
    told: Values,
    *,
    texts: Mapping[int, str],
    crawl: Crawl,
    counts: Imported,
    now: datetime,
) -> None:
    """Write what is not there yet of a story: `told` are its facts, `texts` those of its rows.

    Raises NotFound when a capture lies in an earlier snapshot that was not imported.
    """
    story_id = told["story_id"]
    is_new = connection.scalar(_one(story, story_id=story_id)) is None
    newest = select(func.max(capture.c.fetched_at)).where(capture.c.story_id == story_id)
    work = _Work(
        connection=connection,
        crawl=crawl,
        story_id=story_id,
        is_new=is_new,
        now=now,
        counts=counts,
        newest=connection.scalar(newest),
    )
    if is_new:
        counts.stories += 1
        _insert_story(work, told)
    _addresses(work, told["addresses"])
    _captures(work, told["captures"])
    _memberships(work, told["clusters"])
    for one in told["versions"]:
        _version(work, one, text=texts.get(one["number"]))
    _images(work, told["images"])
    _labels(work, told["labels"])
    _events(work, told["events"])


def _one(table: Table, **values: object) -> Any:
    """Whether there is such a row."""
    query = select(1).select_from(table)
    for name, value in values.items():
        query = query.where(table.c[name] == value)
    return query.limit(1)


def _insert_story(work: _Work, told: Values) -> None:
    names = ("story_id", "outlet", "url", "first_seen_at", "recorded_at")
    row = {name: told[name] for name in names} | {"crawl_id": work.crawl.crawl_id}
    work.connection.execute(insert(story).values(row))


def _addresses(work: _Work, addresses: Iterable[Values]) -> None:
    for one in addresses:
        key = {"outlet": work.crawl.outlet, "address": one["address"]}
        if work.connection.scalar(_one(story_url, **key)) is None:
            row = key | {"story_id": work.story_id, "recorded_at": one["recorded_at"]}
            work.connection.execute(insert(story_url).values(row))


# -- captures --------------------------------------------------------------------------------


def _captures(work: _Work, captures: Sequence[Values]) -> None:
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


def _insert_capture(work: _Work, one: Values, *, is_own: bool) -> int:
    if work.connection.scalar(_one(warc_record, record_id=one["record_id"])) is None:
        raise NotFound(
            f"{one['record_id']} of {one['url']} lies in an earlier snapshot: import that one first"
        )
    row = {name: value for name, value in one.items() if name not in {"warc_file", "refers_to"}}
    row |= {
        "crawl_id": work.crawl.crawl_id,
        "story_id": work.story_id if is_own else None,
        "refers_to": _capture_id(work, one["refers_to"]),
    }
    work.counts.captures += 1
    made = work.connection.execute(insert(capture).values(row).returning(capture.c.capture_id))
    return int(made.scalar_one())


def _capture_id(work: _Work, record_id: str | None) -> int | None:
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


def _version(work: _Work, one: Values, *, text: str | None) -> None:
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


def _known_versions(work: _Work) -> Sequence[Row[Any]]:
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


def _by_capture(work: _Work, one: Values, known: Sequence[Row[Any]]) -> Row[Any] | None:
    """The version that the same capture showed first."""
    first = _capture_id(work, one["captures"][0][0])
    query = select(version_capture.c.version_id).where(version_capture.c.capture_id == first)
    shown = set(work.connection.scalars(query))
    return next((row for row in known if row.version_id in shown), None)


def _by_state(one: Values, known: Sequence[Row[Any]]) -> Row[Any] | None:
    """The version in force when this one was first seen, or the next, if it says the same."""
    before = [row for row in known if row.first_seen_at <= one["first_seen_at"]]
    after = [row for row in known if row.first_seen_at > one["first_seen_at"]]
    near = (*before[-1:], *after[:1])
    return next((row for row in near if row.content_hash == one["content_hash"]), None)


def _insert_version(work: _Work, one: Values, *, text: str, known: Sequence[Row[Any]]) -> int:
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


def _insert_reading(work: _Work, one: Values, *, version_id: int, text: str) -> None:
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


def _read_again(work: _Work, one: Values, *, same: Row[Any], text: str) -> None:
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
    _append(work, "reread", one["read_at"], version_id=same.version_id, detail=detail)


def _link(work: _Work, version_id: int, links: Iterable[Sequence[Any]]) -> None:
    query = select(version_capture.c.capture_id).where(version_capture.c.version_id == version_id)
    there = set(work.connection.scalars(query))
    for record_id, part in links:
        capture_id = _capture_id(work, record_id)
        if capture_id is not None and capture_id not in there:
            there.add(capture_id)
            row = {"version_id": version_id, "capture_id": capture_id, "part": part}
            work.connection.execute(insert(version_capture).values(row))


# -- what was said of the story --------------------------------------------------------------


def _append(work: _Work, kind: str, recorded_at: datetime, **values: Any) -> None:
    ledger.append(
        work.connection,
        kind,
        recorded_at=recorded_at,
        outlet=work.crawl.outlet,
        story_id=work.story_id,
        **values,
    )


def _memberships(work: _Work, memberships: Iterable[Values]) -> None:
    mine = cluster_member.c.story_id == work.story_id
    newest = work.connection.scalar(select(func.max(cluster_member.c.recorded_at)).where(mine))
    for one in memberships:
        if newest and one["recorded_at"] <= newest:
            continue
        key = {"cluster_id": one["cluster_id"]}
        if work.connection.scalar(_one(cluster, **key)) is None:
            work.connection.execute(insert(cluster).values(**key, recorded_at=one["began_at"]))
        row = key | {"story_id": work.story_id, "recorded_at": one["recorded_at"]}
        made = insert(cluster_member).values(row).returning(cluster_member.c.member_id)
        member_id = work.connection.execute(made).scalar_one()
        _append(work, "copy", one["recorded_at"], detail=key | {"member_id": member_id})


def _images(work: _Work, images: Iterable[Values]) -> None:
    for one in images:
        if work.connection.scalar(_one(story_image, story_id=work.story_id, url=one["url"])):
            continue
        row = {name: value for name, value in one.items() if name != "record_id"}
        row |= {
            "story_id": work.story_id,
            "crawl_id": work.crawl.crawl_id,
            "capture_id": _capture_id(work, one["record_id"]),
        }
        work.connection.execute(insert(story_image).values(row))


def _labels(work: _Work, labels: Iterable[Values]) -> None:
    mine = label.c.story_id == work.story_id
    newest = work.connection.scalar(select(func.max(label.c.recorded_at)).where(mine))
    for one in labels:
        if newest and one["recorded_at"] <= newest:
            continue
        said = {name: one[name] for name in ("field", "value", "made_by", "reason")}
        row = said | {"story_id": work.story_id, "recorded_at": one["recorded_at"]}
        made = insert(label).values(row).returning(label.c.label_id)
        label_id = int(work.connection.execute(made).scalar_one())
        _append(work, "labelled", one["recorded_at"], detail={"label_id": label_id, **said})


def _events(work: _Work, events: Iterable[Values]) -> None:
    for one in events:
        same = {"story_id": work.story_id, "kind": one["kind"], "occurred_at": one["occurred_at"]}
        is_late = work.newest is not None and one["occurred_at"] <= work.newest
        if work.connection.scalar(_one(event, **same)) or (one["kind"] in _PRESENCE and is_late):
            continue
        version_id = work.versions.get(one["version"]) if one["version"] else None
        if one["version"] and version_id is None:
            continue
        _append(
            work,
            one["kind"],
            one["recorded_at"],
            occurred_at=one["occurred_at"],
            version_id=version_id,
            capture_id=_capture_id(work, one["record_id"]),
            crawl_id=work.crawl.crawl_id,
            detail=one["detail"],
        )
