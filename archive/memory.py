"""What a crawl must know of its outlet before it begins: stories, addresses, what was seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, select

from archive.look_history import published
from archive.schema import capture, event, outlet, seen_url, story, story_url, takedown
from archive.takedowns import TAKEN_DOWN, ids_taken_down, is_shown
from archive.types import Answer, Seen, Story

__all__ = ["OutletMemory", "Validators", "recall", "validators"]


@dataclass(frozen=True, kw_only=True)
class Validators:
    """What a server said last time, for a conditional request (RFC 9110 §13)."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, kw_only=True)
class OutletMemory:
    """The archive's memory of one outlet, as it was when a crawl began."""

    visited_at: datetime | None = None
    """The start of the last crawl that reached the end of its seeds."""
    held_until: datetime | None = None
    held_reason: str = ""
    signals_trusted: bool = True
    stories: Mapping[str, Story] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Address or platform id -> story id."""
    seen: Mapping[str, Seen] = field(default_factory=dict)
    """Address -> what was decided about it, for addresses that are no story of ours."""

    def knows(self, *addresses: str) -> bool:
        """Whether one of these addresses or platform ids was looked at before."""
        return any(address in self.addresses or address in self.seen for address in addresses)

    def story_at(self, *addresses: str) -> Story | None:
        """The story that has one of these addresses or platform ids, the first one winning."""
        for address in addresses:
            story_id = self.addresses.get(address)
            if story_id:
                return self.stories[story_id]
        return None


def recall(connection: Connection, slug: str) -> OutletMemory:
    """Everything known of an outlet; an empty memory for one never visited."""
    row = connection.execute(select(outlet).where(outlet.c.slug == slug)).first()
    if row is None:
        return OutletMemory()
    known = select(story_url.c.address, story_url.c.story_id).where(story_url.c.outlet == slug)
    taken = ids_taken_down(connection, slug)
    rows = connection.execute(known).all()
    addresses = {found.address: found.story_id for found in rows if found.story_id not in taken}
    return OutletMemory(
        visited_at=row.visited_at,
        held_until=row.held_until,
        held_reason=row.held_reason,
        signals_trusted=row.signals_trusted,
        stories=_stories(connection, slug, platform_ids=_platform_ids(addresses)),
        addresses=addresses,
        seen=_seen(connection, slug) | _never(connection, slug),
    )


def _platform_ids(addresses: Mapping[str, str]) -> dict[str, str]:
    return {story_id: address for address, story_id in addresses.items() if "://" not in address}


def _stories(
    connection: Connection, slug: str, *, platform_ids: Mapping[str, str]
) -> dict[str, Story]:
    rows = connection.execute(select(story).where(story.c.outlet == slug, is_shown())).all()
    gone, began = _gone(connection, slug), published(connection, slug)
    return {
        row.story_id: Story(
            story_id=row.story_id,
            outlet=slug,
            url=row.url,
            first_seen_at=row.first_seen_at,
            published_at=began.get(row.story_id),
            gone_at=gone.get(row.story_id),
            signal=row.signal,
            last_fetched_at=row.last_fetched_at,
            last_unconditional_at=row.last_unconditional_at,
            next_visit_at=row.next_visit_at,
            platform_id=platform_ids.get(row.story_id, ""),
        )
        for row in rows
    }


def _gone(connection: Connection, slug: str) -> dict[str, datetime]:
    last = (
        select(func.max(event.c.event_id))
        .where(event.c.outlet == slug, event.c.kind.in_(("gone", "back")))
        .group_by(event.c.story_id)
    )
    rows = connection.execute(
        select(event.c.story_id, event.c.occurred_at).where(
            event.c.event_id.in_(last), event.c.kind == "gone"
        )
    )
    return {row.story_id: row.occurred_at for row in rows}


def _seen(connection: Connection, slug: str) -> dict[str, Seen]:
    names = ("outlet", "url", "decision", "seen_at", "signal", "topic", "score", "status",
             "first_seen_at")  # fmt: skip
    rows = connection.execute(select(seen_url).where(seen_url.c.outlet == slug)).mappings()
    return {row["url"]: Seen(**{name: row[name] for name in names}) for row in rows}


def _never(connection: Connection, slug: str) -> dict[str, Seen]:
    """Every address of a story that was taken down: that was decided of it, and holds."""
    rows = connection.execute(
        select(story_url.c.address, takedown.c.recorded_at)
        .join(takedown, takedown.c.story_id == story_url.c.story_id)
        .where(story_url.c.outlet == slug)
    )
    return {
        row.address: Seen(
            outlet=slug, url=row.address, decision=TAKEN_DOWN, seen_at=row.recorded_at
        )
        for row in rows
    }


def validators(connection: Connection, url: str) -> Validators:
    """The validators of the last answer in which `url` showed its story whole."""
    row = connection.execute(
        select(capture.c.etag, capture.c.last_modified)
        .where(capture.c.url == url, capture.c.status.in_((200, 304)))
        .where(capture.c.answer.in_((Answer.ARTICLE.value, Answer.NOT_MODIFIED.value)))
        # a 304 that repeats no validator leaves those it answered to in force
        .where((capture.c.status == 200) | (capture.c.etag != "") | (capture.c.last_modified != ""))
        # by time: an import may bring older answers later
        .order_by(capture.c.fetched_at.desc(), capture.c.capture_id.desc())
        .limit(1)
    ).first()
    return Validators(etag=row.etag, last_modified=row.last_modified) if row else Validators()
