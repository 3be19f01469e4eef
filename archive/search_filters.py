"""What narrows a search, as conditions on the rows of story, version, reading and outlet."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    and_,
    case,
    func,
    or_,
    select,
)

from archive.labels import TOPIC
from archive.schema import cluster_member, event, label, outlet, reading, story, version
from archive.takedowns import is_shown
from archive.versions import known

__all__ = ["Narrowing", "conditions", "newest_version", "shown_at"]


class Narrowing(Protocol):
    """The part of a `Search` that narrows it."""

    @property
    def outlet(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def since(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...
    @property
    def is_on_topic(self) -> bool | None: ...
    @property
    def status(self) -> str: ...
    @property
    def is_edited(self) -> bool: ...
    @property
    def is_copied(self) -> bool: ...
    @property
    def cluster_id(self) -> str: ...
    @property
    def as_of(self) -> datetime | None: ...


def conditions(connection: Connection, asked: Narrowing) -> Iterator[ColumnElement[bool]]:
    """One condition for each thing that a search is narrowed to; none shows what was taken down."""
    yield is_shown()
    if asked.outlet:
        yield story.c.outlet == asked.outlet
    if asked.region:
        yield func.lower(outlet.c.region) == asked.region.lower()
    if asked.since or asked.until:
        zones = connection.scalars(select(outlet.c.zone).distinct()).all()
        yield _between(zones, since=asked.since, until=asked.until)
    if asked.is_on_topic is not None:
        yield _topic(asked.as_of).is_(asked.is_on_topic)
    if asked.status:
        is_gone = func.coalesce(_last_presence(asked.as_of), "back") == "gone"
        yield is_gone if asked.status == "gone" else ~is_gone
    if asked.is_edited:
        yield _versions(asked.as_of) > 1
    if asked.is_copied:
        yield _cluster(asked.as_of).is_not(None)
    if asked.cluster_id:
        yield _cluster(asked.as_of) == asked.cluster_id


def shown_at() -> ColumnElement[datetime]:
    """When a version was published, else when it was first seen."""
    return func.coalesce(reading.c.published_at, version.c.first_seen_at, type_=_MOMENT)


_MOMENT = reading.c.published_at.type


def _between(
    zones: Iterable[str], *, since: date | None, until: date | None
) -> ColumnElement[bool]:
    """Within days of the clock of each outlet."""
    ranges = []
    for zone in zones:
        bounds = [outlet.c.zone == zone]
        if since:
            bounds.append(shown_at() >= _midnight(since, zone))
        if until and until < date.max:
            bounds.append(shown_at() < _midnight(until + timedelta(days=1), zone))
        ranges.append(and_(*bounds))
    return or_(False, *ranges)


def _midnight(day: date, zone: str) -> datetime:
    """The beginning of a day in a zone, in UTC; of a day in UTC where there is no such zone."""
    try:
        return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    except (KeyError, ValueError, OSError):  # unknown, no key at all, or a folder of zones
        return datetime.combine(day, time(), UTC)
    except OverflowError:  # the first day there is, east of Greenwich
        return datetime.min.replace(tzinfo=UTC)


def _topic(as_of: datetime | None) -> ColumnElement[bool]:
    """Whether a story is on topic: the last word of a person, else the machine's."""
    last = (
        select(case((label.c.value == "yes", True), else_=False))
        .where(label.c.story_id == story.c.story_id, label.c.field == TOPIC)
        .where(known(label.c.recorded_at, as_of))
        .order_by(label.c.label_id.desc())
        .limit(1)
        .correlate(story)
        .scalar_subquery()
    )
    return func.coalesce(last, reading.c.on_topic)


def _last_presence(as_of: datetime | None) -> ScalarSelect[Any]:
    """The last thing said of a story's presence, `gone` or `back`; none for one always there."""
    return (
        select(event.c.kind)
        .where(event.c.story_id == story.c.story_id, event.c.kind.in_(("gone", "back")))
        .where(known(event.c.recorded_at, as_of))
        .order_by(event.c.event_id.desc())
        .limit(1)
        .correlate(story)
        .scalar_subquery()
    )


def _cluster(as_of: datetime | None) -> ScalarSelect[Any]:
    return (
        select(cluster_member.c.cluster_id)
        .where(cluster_member.c.story_id == story.c.story_id)
        .where(known(cluster_member.c.recorded_at, as_of))
        .order_by(cluster_member.c.member_id.desc())
        .limit(1)
        .correlate(story)
        .scalar_subquery()
    )


_version = version.alias("any_version")
_reading = reading.alias("any_reading")
_later = reading.alias("later_reading")


def _shown_versions(column: ColumnElement[Any], as_of: datetime | None) -> Select[Any]:
    """The versions of a story that `show` lists: those whose current reading repeats none."""
    current = (
        select(func.max(_later.c.reading_id))
        .where(_later.c.version_id == _version.c.version_id)
        .where(known(_later.c.recorded_at, as_of))
        .correlate(_version)
        .scalar_subquery()
    )
    return (
        select(column)
        .select_from(_version)
        .join(_reading, _reading.c.version_id == _version.c.version_id)
        .where(_version.c.story_id == story.c.story_id, known(_version.c.recorded_at, as_of))
        .where(_reading.c.reading_id == current, _reading.c.repeats_previous.is_(False))
        .correlate(story)
    )


def newest_version(as_of: datetime | None) -> ScalarSelect[int]:
    """The id of the version of a `story` row that was last first seen."""
    ordered = _shown_versions(_version.c.version_id, as_of).order_by(
        _version.c.first_seen_at.desc(), _version.c.number.desc()
    )
    return ordered.limit(1).scalar_subquery()


def _versions(as_of: datetime | None) -> ScalarSelect[int]:
    return _shown_versions(func.count(), as_of).scalar_subquery()
