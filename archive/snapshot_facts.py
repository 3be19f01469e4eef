"""What the columns of an export do not say and an archive needs: for `kliping import`.

One JSON object per story, in the order of the stories, in `facts.jsonl.gz`: its addresses, the
captures behind its rows, what each version was read to be, labels, clusters and events.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Select, select

from archive.chosen import Chosen, cited_records, originals
from archive.export_rows import Place
from archive.schema import (
    capture,
    cluster,
    cluster_member,
    event,
    label,
    reading,
    story,
    story_image,
    story_url,
    version,
)
from archive.versions import current_reading, known

__all__ = ["FACTS", "facts"]

FACTS = "facts.jsonl.gz"
_BATCH = 200
_TOLD = ("new", "edited", "gone", "back")
"""Events that are told again where the snapshot is imported; the others come with their rows."""
_READ = [name for name in reading.c.keys() if name not in {"reading_id", "version_id"}]  # noqa: SIM118
_CAPTURED = ("record_id", "url", "fetched_at", "recorded_at", "status", "kind", "answer",
             "payload_digest", "truncated", "etag", "last_modified")  # fmt: skip
_IMAGE = ("url", "outcome", "tries", "media_type", "bytes", "fetched_at", "recorded_at")
_LABEL = ("field", "value", "made_by", "reason", "recorded_at")
_EVENT = ("kind", "occurred_at", "recorded_at", "detail")

PlaceOf = Callable[[str], Place | None]
Grouped = defaultdict[Any, list[dict[str, Any]]]


def facts(
    connection: Connection, stories: Iterable[Chosen], *, as_of: datetime, place_of: PlaceOf
) -> Iterator[dict[str, Any]]:
    """The facts of each story; `place_of` says where a record stands in the snapshot."""
    waiting = iter(stories)
    while batch := list(islice(waiting, _BATCH)):
        yield from _of_batch(connection, batch, as_of=as_of, place_of=place_of)


def _of_batch(
    connection: Connection, batch: Sequence[Chosen], *, as_of: datetime, place_of: PlaceOf
) -> Iterator[dict[str, Any]]:
    ids = [found.story.story_id for found in batch]
    tables = {
        name: _grouped(connection, query) for name, query in _queries(ids, as_of=as_of).items()
    }
    cited = {found.story.story_id: cited_records(found) for found in batch}
    captured = _captures(connection, [one for ids in cited.values() for one in ids])
    for found in batch:
        told = {name: groups[found.story.story_id] for name, groups in tables.items()}
        [own] = told.pop("story")
        records = cited[found.story.story_id]
        captures = _with_originals(records, captured, place_of=place_of)
        numbered = {one["number"]: one for one in told.pop("versions")}
        versions = [
            numbered[one.number] | {"captures": _links(one.captures, set(records))}
            for one in found.versions
        ]
        yield own | {"versions": versions, "captures": captures, **told}


def _links(captures: Iterable[Any], records: set[str]) -> list[list[Any]]:
    """Which of the captures that the snapshot holds show a version, and which part of it."""
    found = [(one.warc_record_id, one.part) for one in captures]
    return [list(link) for link in found if link[0] in records]


def _grouped(connection: Connection, query: Select[Any]) -> Grouped:
    """Rows by the story that is their first column, which is left out."""
    groups: Grouped = defaultdict(list)
    for row in connection.execute(query).mappings():
        values = dict(row)
        groups[values.pop("of")].append(values)
    return groups


def _queries(ids: Sequence[str], *, as_of: datetime) -> dict[str, Select[Any]]:
    """For each part of a story's facts, its rows as they were known at a moment."""
    image_record = capture.c.record_id.label("record_id")
    return {
        "story": select(
            story.c.story_id.label("of"), story.c.story_id, story.c.outlet, story.c.url,
            story.c.first_seen_at, story.c.recorded_at,
        ).where(story.c.story_id.in_(ids)),
        "addresses": select(
            story_url.c.story_id.label("of"), story_url.c.address, story_url.c.recorded_at
        )
        .where(story_url.c.story_id.in_(ids), known(story_url.c.recorded_at, as_of))
        .order_by(story_url.c.address),
        "versions": _versions(ids, as_of=as_of),
        "images": select(
            story_image.c.story_id.label("of"), *(story_image.c[n] for n in _IMAGE), image_record
        )
        .join(capture, capture.c.capture_id == story_image.c.capture_id)
        .where(story_image.c.story_id.in_(ids), known(story_image.c.recorded_at, as_of))
        .order_by(story_image.c.url),
        "labels": select(label.c.story_id.label("of"), *(label.c[name] for name in _LABEL))
        .where(label.c.story_id.in_(ids), known(label.c.recorded_at, as_of))
        .order_by(label.c.label_id),
        "clusters": select(
            cluster_member.c.story_id.label("of"), cluster_member.c.cluster_id,
            cluster_member.c.recorded_at, cluster.c.recorded_at.label("began_at"),
        )
        .join(cluster, cluster.c.cluster_id == cluster_member.c.cluster_id)
        .where(cluster_member.c.story_id.in_(ids), known(cluster_member.c.recorded_at, as_of))
        .order_by(cluster_member.c.member_id),
        "events": select(
            event.c.story_id.label("of"), *(event.c[name] for name in _EVENT),
            version.c.number.label("version"), image_record,
        )
        .outerjoin(version, version.c.version_id == event.c.version_id)
        .outerjoin(capture, capture.c.capture_id == event.c.capture_id)
        .where(event.c.story_id.in_(ids), event.c.kind.in_(_TOLD))
        .where(known(event.c.recorded_at, as_of))
        .order_by(event.c.event_id),
    }  # fmt: skip


def _versions(ids: Sequence[str], *, as_of: datetime) -> Select[Any]:
    read = [reading.c[name] for name in _READ if name != "recorded_at"]
    return (
        select(
            version.c.story_id.label("of"),
            version.c.number,
            version.c.first_seen_at,
            version.c.recorded_at,
            version.c.changed,
            reading.c.recorded_at.label("read_at"),
            *read,
        )
        .join(reading, reading.c.version_id == version.c.version_id)
        .where(version.c.story_id.in_(ids), reading.c.reading_id == current_reading(as_of))
        .where(known(version.c.recorded_at, as_of))
        .order_by(version.c.version_id)
    )


def _with_originals(
    records: Sequence[str], captured: Mapping[str, dict[str, Any]], *, place_of: PlaceOf
) -> list[dict[str, Any]]:
    """The captures behind a story's rows in order of their making, and where each stands."""
    referred = (captured[record]["refers_to"] for record in records)
    wanted = dict.fromkeys([*records, *(record for record in referred if record)])
    ordered = sorted((captured[record] for record in wanted), key=itemgetter("capture_id"))
    return [
        {name: value for name, value in one.items() if name != "capture_id"}
        | {"warc_file": place.warc_file if (place := place_of(one["record_id"])) else None}
        for one in ordered
    ]


def _captures(connection: Connection, records: Sequence[str]) -> dict[str, dict[str, Any]]:
    """These captures and those that they refer to, by record."""
    wanted = list(dict.fromkeys([*records, *originals(connection, records).values()]))
    original = capture.alias("original")
    rows = connection.execute(
        select(
            capture.c.capture_id,
            *(capture.c[name] for name in _CAPTURED),
            capture.c.story_id,
            original.c.record_id.label("refers_to"),
        )
        .outerjoin(original, original.c.capture_id == capture.c.refers_to)
        .where(capture.c.record_id.in_(wanted))
    ).mappings()
    return {row["record_id"]: dict(row) for row in rows}
