"""What a snapshot holds: the one place where stories, versions and captures are chosen for it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, select

from archive.errors import ArchiveError
from archive.export_rows import cited
from archive.images import walk_kept
from archive.labels import TOPIC
from archive.schema import capture, cluster_member, label, outlet
from archive.stories import some_stories, walk_stories
from archive.types import LeadImage, Story, Version
from archive.versions import known, walk

__all__ = [
    "Chosen",
    "batches",
    "chosen",
    "chosen_of",
    "chosen_since",
    "cited_members",
    "cited_records",
    "originals",
]

_BATCH = 200
"""Stories held in memory at once, with all their versions."""
_IDS = 5000
"""Records asked for at once; SQLite takes at most 32,766 parameters."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """One story of a snapshot, as it was known at its moment."""

    story: Story
    zone: str
    versions: tuple[Version, ...]
    images: tuple[LeadImage, ...]
    """Those that were kept, in order of their address."""
    cluster_id: str = ""
    label: str = ""


def chosen(connection: Connection, *, as_of: datetime) -> Iterator[Chosen]:
    """Every story that a snapshot holds, in order of outlet and story id, in bounded memory."""
    for batch in batches(connection, as_of=as_of):
        yield from batch


def batches(connection: Connection, *, as_of: datetime) -> Iterator[list[Chosen]]:
    """The same, some stories at a time: for whoever asks the database about each of them."""
    zones = {row.slug: row.zone for row in connection.execute(select(outlet))}
    stories = walk_stories(connection, as_of=as_of)
    while batch := list(islice(stories, _BATCH)):
        yield list(_with_all(connection, batch, as_of=as_of, zones=zones))


def chosen_of(connection: Connection, ids: Collection[str], *, as_of: datetime) -> Iterator[Chosen]:
    """These stories alone, a few hundred at most; those that were taken down are left out."""
    zones = {row.slug: row.zone for row in connection.execute(select(outlet))}
    stories = some_stories(connection, ids=ids, as_of=as_of)
    return _with_all(connection, stories, as_of=as_of, zones=zones)


def chosen_since(
    connection: Connection, *, as_of: datetime, since: datetime
) -> Iterator[tuple[Chosen, Chosen | None]]:
    """Every story of a snapshot, beside what one of an earlier moment held of it.

    Raises ArchiveError when the earlier one held a story that is known no more.
    """
    earlier = chosen(connection, as_of=since)
    before = next(earlier, None)
    for now in chosen(connection, as_of=as_of):
        if before and before.story.story_id == now.story.story_id:
            yield now, before
            before = next(earlier, None)
        else:
            yield now, None
    if before:
        raise ArchiveError(f"story {before.story.story_id} is known no more: make a whole snapshot")


def _with_all(
    connection: Connection, stories: Sequence[Story], *, as_of: datetime, zones: dict[str, str]
) -> Iterator[Chosen]:
    ids = [story.story_id for story in stories]
    versions: dict[str, list[Version]] = {story_id: [] for story_id in ids}
    for version in walk(connection, story_id=ids, as_of=as_of):
        versions[version.story_id].append(version)
    images: dict[str, list[LeadImage]] = {story_id: [] for story_id in ids}
    for _, image in walk_kept(connection, as_of=as_of, story_ids=ids):
        images[image.story_id].append(image)
    clusters, labels = (query(connection, ids, as_of=as_of) for query in (_clusters, _labels))
    for story in stories:
        yield Chosen(
            story=story,
            zone=zones[story.outlet],
            versions=tuple(versions[story.story_id]),
            images=tuple(images[story.story_id]),
            cluster_id=clusters.get(story.story_id, ""),
            label=labels.get(story.story_id, ""),
        )


def _clusters(connection: Connection, ids: Sequence[str], *, as_of: datetime) -> dict[str, str]:
    rows = connection.execute(
        select(cluster_member.c.story_id, cluster_member.c.cluster_id)
        .where(cluster_member.c.story_id.in_(ids), known(cluster_member.c.recorded_at, as_of))
        .order_by(cluster_member.c.member_id)
    )
    return {row.story_id: row.cluster_id for row in rows}


def _labels(connection: Connection, ids: Sequence[str], *, as_of: datetime) -> dict[str, str]:
    rows = connection.execute(
        select(label.c.story_id, label.c.value)
        .where(label.c.story_id.in_(ids), label.c.field == TOPIC)
        .where(known(label.c.recorded_at, as_of))
        .order_by(label.c.label_id)
    )
    return {row.story_id: row.value for row in rows}


def cited_records(found: Chosen) -> list[str]:
    """The records that prove a story's rows: where each version was first and last seen, images."""
    records = [one.warc_record_id for version in found.versions for one in cited(version)]
    records += [version.captures[-1].warc_record_id for version in found.versions]
    records += [image.capture.warc_record_id for image in found.images if image.capture]
    return list(dict.fromkeys(records))


def originals(connection: Connection, record_ids: Sequence[str]) -> dict[str, str]:
    """For each revisit among these records the one that holds its body."""
    original = capture.alias("original")
    query = (
        select(capture.c.record_id, original.c.record_id.label("original_id"))
        .select_from(capture)
        .join(original, original.c.capture_id == capture.c.refers_to)
        .where(capture.c.kind != "response", capture.c.record_id.in_(record_ids))
    )
    return {row.record_id: row.original_id for row in connection.execute(query)}


def cited_members(connection: Connection, *, as_of: datetime) -> Iterator[list[str]]:
    """Every record that a snapshot cites or that holds the body of one, some at a time."""
    for batch in batches(connection, as_of=as_of):
        records = [record for found in batch for record in cited_records(found)]
        for start in range(0, len(records), _IDS):
            some = records[start : start + _IDS]
            yield [*some, *originals(connection, some).values()]
