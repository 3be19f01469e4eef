"""The stories of an archive: all of them, or the one that a key means."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, and_, case, func, or_, select

from archive import database
from archive.errors import NotFound, TakenDown
from archive.schema import (
    capture,
    event,
    reading,
    story,
    story_url,
    version,
    version_capture,
)
from archive.schema import outlet as outlet_table
from archive.takedowns import is_shown, line_of, taken_down
from archive.types import Answer, Story
from archive.urls import canonical_url
from archive.versions import current_reading, known, versions

__all__ = [
    "find_id",
    "find_story",
    "first_known",
    "require_outlet",
    "require_region",
    "require_status",
    "some_stories",
    "stories",
    "versions",
    "walk_stories",
]

_SHOWN = (Answer.ARTICLE.value, Answer.NOT_MODIFIED.value)
_SHORTEST_PREFIX = 6
_BATCH = 500


def stories(
    engine: Engine, *, outlet: str = "", status: str = "", as_of: datetime | None = None
) -> Iterator[Story]:
    """Every story known at `as_of`, by outlet and id; only `live` or `gone` ones if asked.

    None that was taken down, whenever that was. Raises NotFound for another status or outlet.
    """
    require_status(status)
    require_outlet(engine, outlet)
    with database.reading(engine) as connection:
        for found in walk_stories(connection, outlet=outlet, as_of=as_of):
            if status in {"", found.status}:
                yield found


def walk_stories(
    connection: Connection, *, outlet: str = "", as_of: datetime | None = None
) -> Iterator[Story]:
    """Every story as it was known at `as_of`, in order of outlet and story id."""
    query = _query(as_of).where(is_shown()).order_by(story.c.outlet, story.c.story_id)
    if outlet:
        query = query.where(story.c.outlet == outlet)
    rows = connection.execute(query, execution_options={"yield_per": _BATCH}).mappings()
    return (_story(row) for row in rows)


def some_stories(
    connection: Connection,
    *,
    outlet: str = "",
    ids: Collection[str] | None = None,
    after: str = "",
    limit: int | None = None,
    as_of: datetime | None = None,
) -> list[Story]:
    """At most `limit` stories in order of outlet and id, all behind the one that `after` names.

    `after` is `outlet/story_id`; `ids` names the few that are wanted.
    """
    query = _query(as_of).where(is_shown()).order_by(story.c.outlet, story.c.story_id).limit(limit)
    if outlet:
        query = query.where(story.c.outlet == outlet)
    if ids is not None:
        query = query.where(story.c.story_id.in_(ids))
    if after:
        slug, _, story_id = after.partition("/")
        behind = and_(story.c.outlet == slug, story.c.story_id > story_id)
        query = query.where(or_(story.c.outlet > slug, behind))
    return [_story(row) for row in connection.execute(query).mappings()]


def first_known(engine: Engine) -> datetime | None:
    """When the first story was recorded; None in an archive without one."""
    with database.reading(engine) as connection:
        first: datetime | None = connection.scalar(select(func.min(story.c.recorded_at)))
        return first


def require_outlet(engine: Engine, slug: str) -> None:
    """Return when the archive knows the outlet, or none is named. Raises NotFound."""
    with database.reading(engine) as connection:
        known_slugs = list(
            connection.scalars(select(outlet_table.c.slug).order_by(outlet_table.c.slug))
        )
    if slug and slug not in known_slugs:
        names = ", ".join(known_slugs) or "none yet"
        raise NotFound(f"no outlet {slug!r} was ever visited; the archive knows: {names}")


def require_status(status: str) -> None:
    """Return for `live`, `gone` or nothing. Raises NotFound."""
    if status not in {"", "live", "gone"}:
        raise NotFound(f"no status {status!r}; there are: live, gone")


def require_region(engine: Engine, region: str) -> None:
    """Return when an outlet of the archive is in the region, or none is named. Raises NotFound."""
    with database.reading(engine) as connection:
        found = connection.scalars(select(outlet_table.c.region).distinct())
        regions = sorted(filter(None, found))
    if region and region.lower() not in {name.lower() for name in regions}:
        names = ", ".join(regions) or "none yet"
        raise NotFound(f"no outlet in a region {region!r} was ever visited; there are: {names}")


def find_story(engine: Engine, key: str, *, as_of: datetime | None = None) -> Story:
    """The story that `key` means: its id or the start of it, or any address it ever had.

    An address is a URL, with or without its scheme, or a platform id such as `wp:123`. With
    `as_of` it is the story as it was known then, found by what it was known by then.
    Raises NotFound when no story or more than one answers to the key, TakenDown for one that was
    taken down, whichever moment is asked for.
    """
    with database.reading(engine) as connection:
        story_id = _one_id(connection, key, as_of=as_of)
        row = taken_down(connection, story_id)
        if row:
            raise TakenDown(line_of(row))
        one = _query(as_of).where(story.c.story_id == story_id)
        return _story(connection.execute(one).mappings().one())


def find_id(engine: Engine, key: str) -> str:
    """The id of the story that `key` means, also of one that was taken down. Raises NotFound."""
    with database.reading(engine) as connection:
        return _one_id(connection, key, as_of=None)


def _one_id(connection: Connection, key: str, *, as_of: datetime | None) -> str:
    found = _ids(connection, key.strip(), as_of=as_of)
    if len(found) != 1:
        raise NotFound(_explain(key, found, as_of=as_of))
    return found[0]


def _explain(key: str, found: list[str], *, as_of: datetime | None) -> str:
    if not found and as_of:
        return f"no story {key!r} was known on {as_of.isoformat(timespec='seconds')}"
    if found:
        return f"{key!r} may be {', '.join(found[:5])}; ask again with one of these ids"
    return (
        f"no story {key!r}; `kliping search` lists ids, of which the first 6 characters are enough"
    )


def _ids(connection: Connection, key: str, *, as_of: datetime | None) -> list[str]:
    """The ids of the stories that a key may mean; a whole id or address goes before a prefix."""
    then = known(story.c.recorded_at, as_of)
    exact = select(story.c.story_id).where(story.c.story_id == key.lower(), then)
    by_address = select(story_url.c.story_id).where(
        story_url.c.address.in_(_addresses(key)), known(story_url.c.recorded_at, as_of)
    )
    found = sorted(set(connection.scalars(exact.union(by_address))))
    if found or len(key) < _SHORTEST_PREFIX:
        return found
    by_prefix = select(story.c.story_id).where(
        story.c.story_id.startswith(key.lower(), autoescape=True), then
    )
    return list(connection.scalars(by_prefix.order_by(story.c.story_id).limit(6)))


def _addresses(key: str) -> set[str]:
    """The forms in which `key` may be on file: as it is, and canonical when it is a URL."""
    if "." not in key:
        return {key}
    try:
        return {key, canonical_url(key if "://" in key else f"https://{key}")}
    except ValueError:  # no URL at all
        return {key}


def _query(as_of: datetime | None) -> Select[Any]:
    """One row per story with what follows from its captures, events, addresses and versions."""
    gone_at = (
        select(case((event.c.kind == "gone", event.c.occurred_at)))
        .where(event.c.story_id == story.c.story_id, event.c.kind.in_(("gone", "back")))
        .where(known(event.c.recorded_at, as_of))
        .order_by(event.c.event_id.desc())
        .limit(1)
    )
    last_seen_at = (
        select(func.max(capture.c.fetched_at))
        .where(capture.c.story_id == story.c.story_id, capture.c.answer.in_(_SHOWN))
        .where(known(capture.c.recorded_at, as_of))
    )
    # captures that nobody could read when they were made have no story of their own
    last_read_at = (
        select(func.max(capture.c.fetched_at))
        .join(version_capture, version_capture.c.capture_id == capture.c.capture_id)
        .join(version, version.c.version_id == version_capture.c.version_id)
        .where(version.c.story_id == story.c.story_id)
        .where(known(version.c.recorded_at, as_of), known(capture.c.recorded_at, as_of))
    )
    platform_id = (
        select(func.min(story_url.c.address))
        .where(story_url.c.story_id == story.c.story_id)
        .where(story_url.c.address.not_like("%://%"))
        .where(known(story_url.c.recorded_at, as_of))
    )
    # an import may bring an older look than the one by which the story was met
    first_version_at = (
        select(func.min(version.c.first_seen_at))
        .where(version.c.story_id == story.c.story_id)
        .where(known(version.c.recorded_at, as_of))
    )
    number_of_versions = (
        select(func.count())
        .select_from(version)
        .join(reading, reading.c.version_id == version.c.version_id)
        .where(version.c.story_id == story.c.story_id)
        .where(reading.c.reading_id == current_reading(as_of))
        .where(known(version.c.recorded_at, as_of), reading.c.repeats_previous.is_(False))
    )
    return select(
        story,
        gone_at.scalar_subquery().label("gone_at"),
        func.coalesce(last_seen_at.scalar_subquery(), last_read_at.scalar_subquery()).label(
            "last_seen_at"
        ),
        platform_id.scalar_subquery().label("platform_id"),
        first_version_at.scalar_subquery().label("first_version_at"),
        number_of_versions.scalar_subquery().label("versions"),
    ).where(known(story.c.recorded_at, as_of))


def _story(row: RowMapping) -> Story:
    names = ("story_id", "outlet", "url", "first_seen_at", "last_seen_at", "gone_at", "signal",
             "last_fetched_at", "last_unconditional_at", "next_visit_at", "versions")  # fmt: skip
    values = {name: row[name] for name in names}
    met_at = row["first_seen_at"]
    values["first_seen_at"] = min(met_at, row["first_version_at"] or met_at)
    return Story(platform_id=row["platform_id"] or "", **values)
