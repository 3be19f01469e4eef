"""Copies of one text: which stories carry it, in which outlet it stood first, how far each departs.

Two stories belong together when any reading of the one is a near-duplicate of any reading of the
other; a cluster is all that hangs together so. It only ever grows, so that the order in which
stories arrive makes no difference to who is in it. When clusters meet, the older one's id stays.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, func, insert, select
from sqlalchemy.engine import Engine

from archive import database, ledger
from archive.schema import (
    cluster,
    cluster_member,
    near_duplicate_band,
    reading,
    reading_text,
    signature,
    story,
    version,
)
from archive.takedowns import is_shown
from archive.text import normalise
from archive.types import Cluster, Copy
from archive.versions import current_reading, known

__all__ = ["began_at", "catch_up", "cluster_ids", "copies", "note"]

_ALIKE = 0.2
"""Least share of word pairs in common: measured with 64 bands of 4 on stories of 300 words."""
_CANDIDATES = 500
"""Readings compared with a new one; of a text with more copies than that, any leads to them all."""
_BATCH = 200
# a statement that is made once is looked up, one that is made anew each time is read through first
_SIGN, _INDEX = insert(signature), insert(near_duplicate_band)
_SHARING = (
    select(near_duplicate_band.c.reading_id)
    # numbers of our own, written out: to bind 64 of them takes longer than to look them up
    .where(near_duplicate_band.c.band.in_(bindparam("keys", expanding=True, literal_execute=True)))
    .group_by(near_duplicate_band.c.reading_id)
    .order_by(func.count().desc(), near_duplicate_band.c.reading_id)
    .limit(_CANDIDATES)
)


def note(
    connection: Connection, *, reading_id: int, story_id: str, text: str, recorded_at: datetime
) -> None:
    """Remember what a new reading is like, and join its story with those that carry its text.

    A text too short to be anybody's copy gets an empty signature.
    """
    from archive.signatures import bands  # noqa: PLC0415 - numpy's 25 MB, when there is a text
    from archive.signatures import signature as signature_of  # noqa: PLC0415

    minhash = signature_of(text)
    keys = bands(minhash)
    alike = _alike(connection, minhash, keys=keys) if keys else set()
    connection.execute(_SIGN, {"reading_id": reading_id, "minhash": minhash})
    if not keys:
        return
    rows = [{"band": key, "reading_id": reading_id} for key in dict.fromkeys(keys)]
    connection.execute(_INDEX, rows)
    if alike - {story_id}:
        _join(connection, alike | {story_id}, recorded_at=recorded_at)


def _alike(connection: Connection, minhash: bytes, *, keys: list[int]) -> set[str]:
    """The stories of which some reading is a near-duplicate."""
    candidates = connection.scalars(_SHARING, {"keys": keys}).all()
    if not candidates:
        return set()
    rows = connection.execute(
        select(version.c.story_id, signature.c.minhash)
        .select_from(signature)
        .join(reading, reading.c.reading_id == signature.c.reading_id)
        .join(version, version.c.version_id == reading.c.version_id)
        .where(signature.c.reading_id.in_(candidates))
    )
    from archive.signatures import likeness  # noqa: PLC0415

    return {row.story_id for row in rows if likeness(minhash, row.minhash) >= _ALIKE}


def _join(connection: Connection, story_ids: set[str], *, recorded_at: datetime) -> None:
    """Put stories into one cluster: the oldest that any of them is in, else a new one."""
    homes = _homes(connection, story_ids)
    kept = _oldest(connection, set(homes.values())) if homes else ""
    began = began_at(connection, kept) if kept else as_told(recorded_at)
    if not kept:
        kept = hashlib.sha256(f"cluster {min(story_ids)}".encode()).hexdigest()[:16]
        connection.execute(insert(cluster).values(cluster_id=kept, recorded_at=recorded_at))
    moved = {other for other in homes.values() if other != kept}
    joining = story_ids | _members(connection, moved)
    for story_id in sorted(joining):
        if homes.get(story_id) != kept:
            _enter(connection, story_id, home=(kept, began), recorded_at=recorded_at)


def as_told(moment: datetime) -> str:
    """A moment as an event tells it: UTC, ISO 8601, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def began_at(connection: Connection, cluster_id: str) -> str:
    """When a cluster was first known, as an event tells it."""
    query = select(cluster.c.recorded_at).where(cluster.c.cluster_id == cluster_id)
    moment: datetime = connection.execute(query).scalar_one()
    return as_told(moment)


def _enter(
    connection: Connection, story_id: str, *, home: tuple[str, str], recorded_at: datetime
) -> None:
    """Note that a story is in a cluster; `home` is the cluster, and when it began."""
    cluster_id, began = home
    row = insert(cluster_member).values(
        story_id=story_id, cluster_id=cluster_id, recorded_at=recorded_at
    )
    member_id = connection.execute(row.returning(cluster_member.c.member_id)).scalar_one()
    ledger.append(
        connection,
        "copy",
        recorded_at=recorded_at,
        outlet=connection.scalar(select(story.c.outlet).where(story.c.story_id == story_id)),
        story_id=story_id,
        detail={
            "cluster_id": cluster_id,
            "member_id": member_id,
            "began_at": began,
        },
    )


def _newest(as_of: datetime | None = None) -> Select[Any]:
    """The membership that holds for each story that has one."""
    newest = (
        select(func.max(cluster_member.c.member_id))
        .where(known(cluster_member.c.recorded_at, as_of))
        .group_by(cluster_member.c.story_id)
    )
    return select(cluster_member).where(cluster_member.c.member_id.in_(newest))


def _homes(connection: Connection, story_ids: Iterable[str]) -> dict[str, str]:
    """The cluster of each of these stories that is in one."""
    rows = connection.execute(
        select(cluster_member)
        .where(cluster_member.c.story_id.in_(story_ids))
        .order_by(cluster_member.c.member_id)
    )
    return {row.story_id: row.cluster_id for row in rows}


def _oldest(connection: Connection, cluster_ids: Iterable[str]) -> str:
    query = select(cluster.c.cluster_id).where(cluster.c.cluster_id.in_(cluster_ids))
    ordered = query.order_by(cluster.c.recorded_at, cluster.c.cluster_id)
    return str(connection.scalars(ordered.limit(1)).one())


def _members(connection: Connection, cluster_ids: set[str]) -> set[str]:
    """The stories that are in one of these clusters now."""
    if not cluster_ids:
        return set()
    ever = select(cluster_member.c.story_id).where(cluster_member.c.cluster_id.in_(cluster_ids))
    homes = _homes(connection, set(connection.scalars(ever)))
    return {story_id for story_id, home in homes.items() if home in cluster_ids}


def cluster_ids(connection: Connection, *, as_of: datetime | None = None) -> Mapping[str, str]:
    """The cluster of every story that is in one."""
    return {row.story_id: row.cluster_id for row in connection.execute(_newest(as_of))}


def copies(engine: Engine, story_id: str, *, as_of: datetime | None = None) -> Cluster | None:
    """The stories that carry the text of a story, first publication first; None without a copy."""
    with database.reading(engine) as connection:
        own = _newest(as_of).where(cluster_member.c.story_id == story_id)
        row = connection.execute(own).first()
        if row is None:
            return None
        fellows = _newest(as_of).where(cluster_member.c.cluster_id == row.cluster_id).subquery()
        told = _told(as_of).where(story.c.story_id.in_(select(fellows.c.story_id)))
        found = connection.execute(told).mappings().all()
    ordered = sorted(found, key=_published)
    first = _words(ordered[0]["text"])
    members = tuple(_copy(one, departs=_departs(first, _words(one["text"]))) for one in ordered)
    return Cluster(cluster_id=row.cluster_id, copies=members)


def _published(row: RowMapping) -> tuple[Any, ...]:
    """When a story was published, as far as that is known."""
    return (row["published_at"] or row["first_seen_at"], row["first_seen_at"], row["story_id"])


def _told(as_of: datetime | None) -> Select[Any]:
    """The first version of each story, as read now: what was published first is compared."""
    other = version.alias("other")
    first = (
        select(other.c.version_id)
        .where(other.c.story_id == story.c.story_id, known(other.c.recorded_at, as_of))
        .order_by(other.c.first_seen_at, other.c.number)
        .limit(1)
        .correlate(story)
        .scalar_subquery()
    )
    return (
        select(
            story.c.story_id,
            story.c.outlet,
            story.c.url,
            version.c.first_seen_at,
            reading.c.headline,
            reading.c.published_at,
            reading.c.published_zone,
            reading_text.c.text,
        )
        .select_from(story)
        .join(version, version.c.version_id == first)
        .join(reading, reading.c.version_id == version.c.version_id)
        .join(reading_text, reading_text.c.reading_id == reading.c.reading_id)
        .where(reading.c.reading_id == current_reading(as_of), is_shown())
    )


def _words(text: str) -> list[str]:
    return normalise(text).casefold().split()


def _departs(first: list[str], other: list[str]) -> float:
    """The share of words that only one of two texts has, in order; 0 for the same text."""
    return round(1.0 - SequenceMatcher(None, first, other, autojunk=False).ratio(), 4)


def _copy(row: RowMapping, *, departs: float) -> Copy:
    names = (
        *("story_id", "outlet", "url", "headline"),
        *("published_at", "published_zone", "first_seen_at"),
    )
    return Copy(departs=departs, **{name: row[name] for name in names})


def catch_up(engine: Engine, *, now: datetime) -> int:
    """How many readings of an older archive had no signature yet and have one now."""
    count = 0
    while True:
        with database.writing(engine) as connection:
            batch = connection.execute(_unsigned()).mappings().all()
            for row in batch:
                note(connection, recorded_at=now, **row)
        count += len(batch)
        if len(batch) < _BATCH:
            return count


def _unsigned() -> Select[Any]:
    """Readings that nobody looked at yet, oldest first."""
    return (
        select(reading.c.reading_id, version.c.story_id, reading_text.c.text)
        .join(version, version.c.version_id == reading.c.version_id)
        .join(reading_text, reading_text.c.reading_id == reading.c.reading_id)
        .where(reading.c.reading_id.not_in(select(signature.c.reading_id)))
        .order_by(reading.c.reading_id)
        .limit(_BATCH)
    )
