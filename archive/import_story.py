"""One story of a snapshot becomes rows of an archive; what the archive knows already stays."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from archive.clusters import began_at
from archive.import_versions import (
    Imported,
    StoryWork,
    Values,
    append_event,
    capture_id_of,
    has_row,
    take_captures,
    take_version,
)
from archive.schema import (
    capture,
    cluster,
    cluster_member,
    event,
    label,
    story,
    story_image,
    story_url,
)
from archive.types import Crawl

__all__ = ["Imported", "import_story"]

_PRESENCE = ("gone", "back")


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
    is_new = connection.scalar(has_row(story, story_id=story_id)) is None
    newest = select(func.max(capture.c.fetched_at)).where(capture.c.story_id == story_id)
    work = StoryWork(
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
    take_captures(work, told["captures"])
    _memberships(work, told["clusters"])
    for one in told["versions"]:
        take_version(work, one, text=texts.get(one["number"]))
    _images(work, told["images"])
    _labels(work, told["labels"])
    _events(work, told["events"])


def _insert_story(work: StoryWork, told: Values) -> None:
    names = ("story_id", "outlet", "url", "first_seen_at", "recorded_at")
    row = {name: told[name] for name in names} | {"crawl_id": work.crawl.crawl_id}
    work.connection.execute(insert(story).values(row))


def _addresses(work: StoryWork, addresses: Iterable[Values]) -> None:
    for one in addresses:
        key = {"outlet": work.crawl.outlet, "address": one["address"]}
        if work.connection.scalar(has_row(story_url, **key)) is None:
            row = key | {"story_id": work.story_id, "recorded_at": one["recorded_at"]}
            row["crawl_id"] = work.crawl.crawl_id
            work.connection.execute(insert(story_url).values(row))


# -- what was said of the story --------------------------------------------------------------


def _memberships(work: StoryWork, memberships: Iterable[Values]) -> None:
    mine = cluster_member.c.story_id == work.story_id
    newest = work.connection.scalar(select(func.max(cluster_member.c.recorded_at)).where(mine))
    for one in memberships:
        if newest and one["recorded_at"] <= newest:
            continue
        key = {"cluster_id": one["cluster_id"]}
        if work.connection.scalar(has_row(cluster, **key)) is None:
            work.connection.execute(insert(cluster).values(**key, recorded_at=one["began_at"]))
        row = key | {"story_id": work.story_id, "recorded_at": one["recorded_at"]}
        made = insert(cluster_member).values(row).returning(cluster_member.c.member_id)
        member_id = work.connection.execute(made).scalar_one()
        began = {"began_at": began_at(work.connection, one["cluster_id"])}
        append_event(
            work, "copy", one["recorded_at"], detail=key | {"member_id": member_id} | began
        )


def _images(work: StoryWork, images: Iterable[Values]) -> None:
    for one in images:
        if work.connection.scalar(has_row(story_image, story_id=work.story_id, url=one["url"])):
            continue
        row = {name: value for name, value in one.items() if name != "record_id"}
        row |= {
            "story_id": work.story_id,
            "crawl_id": work.crawl.crawl_id,
            "capture_id": capture_id_of(work, one["record_id"]),
        }
        work.connection.execute(insert(story_image).values(row))


def _labels(work: StoryWork, labels: Iterable[Values]) -> None:
    mine = label.c.story_id == work.story_id
    newest = work.connection.scalar(select(func.max(label.c.recorded_at)).where(mine))
    for one in labels:
        if newest and one["recorded_at"] <= newest:
            continue
        said = {name: one[name] for name in ("field", "value", "made_by", "reason")}
        row = said | {"story_id": work.story_id, "recorded_at": one["recorded_at"]}
        made = insert(label).values(row).returning(label.c.label_id)
        label_id = int(work.connection.execute(made).scalar_one())
        append_event(work, "labelled", one["recorded_at"], detail={"label_id": label_id, **said})


def _events(work: StoryWork, events: Iterable[Values]) -> None:
    for one in events:
        same = {"story_id": work.story_id, "kind": one["kind"], "occurred_at": one["occurred_at"]}
        is_late = work.newest is not None and one["occurred_at"] <= work.newest
        if work.connection.scalar(has_row(event, **same)) or (one["kind"] in _PRESENCE and is_late):
            continue
        version_id = work.versions.get(one["version"]) if one["version"] else None
        if one["version"] and version_id is None:
            continue
        append_event(
            work,
            one["kind"],
            one["recorded_at"],
            occurred_at=one["occurred_at"],
            version_id=version_id,
            capture_id=capture_id_of(work, one["record_id"]),
            crawl_id=work.crawl.crawl_id,
            detail=one["detail"],
        )
