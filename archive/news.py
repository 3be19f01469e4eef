"""What happened in the archive since an event, with the words that tell it to people."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, Select, func, select

from archive.schema import event, outlet, story
from archive.takedowns import is_shown
from archive.types import Article, Version
from archive.versions import walk

__all__ = ["KINDS", "Happening", "counts", "happenings", "newest_event"]

KINDS = ("new", "edited", "gone", "back")
"""The events that people are told of; the others are the archive's own."""


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One event of a story, with what the story said then and before."""

    event_id: int
    kind: str
    """One of KINDS."""
    hash: str
    """Of the event in the archive's chain."""
    outlet: str
    outlet_name: str
    zone: str
    story_id: str
    url: str
    occurred_at: datetime
    article: Article
    """As read now: of an edit the version that it made, else the newest at that moment."""
    before: Article | None = None
    """Of an edit the version before it."""
    changed: tuple[str, ...] = ()
    """Of an edit the names of the fields that differ."""


def newest_event(connection: Connection) -> int:
    """The number of the newest event; 0 while there is none."""
    return connection.scalar(select(func.max(event.c.event_id))) or 0


def counts(connection: Connection, *, after: int, up_to: int) -> Mapping[str, int]:
    """How many events of each kind came after one, up to another; stories taken down left out."""
    chosen = _told(after, up_to, KINDS).subquery()
    rows = connection.execute(select(chosen.c.kind, func.count()).group_by(chosen.c.kind))
    return {row[0]: row[1] for row in rows}


def happenings(  # noqa: PLR0913 - what narrows a list of events
    connection: Connection,
    *,
    after: int = 0,
    up_to: int,
    kinds: Sequence[str] = KINDS,
    limit: int,
    newest_first: bool = False,
    as_of: datetime | None = None,
) -> list[Happening]:
    """At most `limit` events of these kinds after one and up to another, in their order.

    Each tells the story as it is read now, or as it was read at `as_of`.

    An edit that a later reading found to be none is left out, as is whatever was taken down.
    """
    order = event.c.event_id.desc() if newest_first else event.c.event_id
    rows = connection.execute(_told(after, up_to, kinds).order_by(order).limit(limit))
    found = rows.mappings().all()
    versions = _versions(connection, {row["story_id"] for row in found}, as_of=as_of)
    told = (_happening(row, versions[row["story_id"]]) for row in found)
    return [one for one in told if one]


def _told(after: int, up_to: int, kinds: Iterable[str]) -> Select[tuple[object, ...]]:
    return (
        select(
            *(event.c[name] for name in ("event_id", "kind", "hash", "outlet", "story_id")),
            *(event.c[name] for name in ("occurred_at", "detail")),
            story.c.url,
            outlet.c.name.label("outlet_name"),
            outlet.c.zone,
        )
        .join(story, story.c.story_id == event.c.story_id)
        .join(outlet, outlet.c.slug == event.c.outlet)
        .where(event.c.event_id > after, event.c.event_id <= up_to)
        .where(event.c.kind.in_(list(kinds)), is_shown())
    )


def _versions(
    connection: Connection, story_ids: set[str], *, as_of: datetime | None
) -> Mapping[str, list[Version]]:
    found: defaultdict[str, list[Version]] = defaultdict(list)
    for one in walk(connection, story_id=story_ids, as_of=as_of):
        found[one.story_id].append(one)
    return found


def _happening(row: RowMapping, versions: Sequence[Version]) -> Happening | None:
    shown = _shown(row, versions)
    if shown is None:
        return None
    version, before = shown
    is_edit = row["kind"] == "edited"
    names = ("event_id", "kind", "hash", "outlet", "outlet_name", "zone", "story_id", "url",
             "occurred_at")  # fmt: skip
    return Happening(
        **{name: row[name] for name in names},
        article=version.article,
        before=before.article if is_edit and before else None,
        changed=version.changed if is_edit else (),
    )


def _shown(row: RowMapping, versions: Sequence[Version]) -> tuple[Version, Version | None] | None:
    """The version that an event tells of, and the one shown before it."""
    number = row["detail"].get("number")
    if number is None:
        then = [one for one in versions if one.first_seen_at <= row["occurred_at"]]
        return (then[-1], None) if then else None
    numbers = [one.number for one in versions]
    if number not in numbers:
        return None
    at = numbers.index(number)
    if row["kind"] == "edited" and not versions[at].changed:
        return None
    return versions[at], versions[at - 1] if at else None
