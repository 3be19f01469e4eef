"""The chain of events: each row carries the hash of the one before, so a changed or lost row shows.

The hash of an event is the SHA-256 of the hash before it, a newline, and the event as ASCII JSON
with sorted keys. A crawl closes with an event that holds its counts and the digest of its rows.

A takedown changes rows that closed crawls vouched for. Its own event says of each such crawl what
its rows hashed to before and hash to since, and of each event from which it took words what that
hashes to since: so the chain goes on to vouch for every row, and for the fact that nothing but a
takedown has changed any.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from archive.crawl_rows import as_json, is_digest, masthead, values_of
from archive.schema import cluster, cluster_member, crawl, event, label, takedown, tombstone

__all__ = [
    "GENESIS",
    "append",
    "chain_faults",
    "closing_digest",
    "event_hash",
    "mastheads",
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
    return _sha256(previous + "\n" + as_json({name: row[name] for name in _FIELDS}))


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
    others = (_unanchored, _unsaid, _unmatched, _untaken, _renamed)
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
    joined = select(event.c.story_id, event.c.recorded_at, event.c.detail)
    said = {
        row.detail.get("member_id", 0): row
        for row in connection.execute(joined.where(event.c.kind == "copy"))
    }
    rows = connection.execute(
        select(cluster_member, cluster.c.recorded_at.label("began_at")).join(
            cluster, cluster.c.cluster_id == cluster_member.c.cluster_id
        )
    )
    kept = {row.member_id: row for row in rows}
    numbers = {*said, *kept}
    differing = [one for one in numbers if not _is_said(said.get(one), kept.get(one))]
    return [f"cluster_member {number} is not as it was found" for number in sorted(differing)]


def _is_said(said: Any, kept: Any) -> bool:
    """Whether a membership is what its event says; older events do not tell when clusters began."""
    if said is None or kept is None:
        return False
    began = kept.began_at.astimezone(UTC).isoformat(timespec="microseconds")
    return (said.story_id, said.recorded_at) == (kept.story_id, kept.recorded_at) and (
        said.detail.get("cluster_id"),
        said.detail.get("began_at", began),
    ) == (kept.cluster_id, began)


def mastheads(connection: Connection) -> dict[str, dict[str, str]]:
    """Outlet -> what its newest crawl said of it when it closed.

    Without those of which a crawl has begun since: it may have brought other settings.
    """
    newest = select(func.max(crawl.c.crawl_id)).group_by(crawl.c.outlet)
    rows = connection.execute(
        select(event.c.outlet, event.c.detail).where(
            event.c.kind == "crawl", event.c.crawl_id.in_(newest)
        )
    )
    return {row.outlet: row.detail["outlet"] for row in rows if "outlet" in row.detail}


def _renamed(connection: Connection) -> list[str]:
    """Outlets that are not what their last crawl said of them."""
    said = mastheads(connection)
    differing = [slug for slug, facts in said.items() if masthead(connection, slug) != facts]
    return [f"outlet {slug} is not what its last crawl said of it" for slug in sorted(differing)]


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
            digest.update(as_json(values_of(row)).encode("utf-8") + b"\n")
    return digest.hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
