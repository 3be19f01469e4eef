"""The JSON API: what the archive answers, for programs; everything as of a moment, if asked."""

import hashlib
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import select
from starlette.responses import Response, StreamingResponse

from archive import database, schema
from archive.chosen import chosen
from archive.clusters import copies
from archive.errors import NotFound
from archive.events import Event, events
from archive.health_shelf import OutletHealth, newest
from archive.labels import Verdict, verdict
from archive.search import Hit, Search
from archive.status import RunStatus, last_runs
from archive.stories import some_stories
from archive.text import Change
from archive.types import Capture, Cluster, Label, Story, Version
from archive.versions import known as known_at
from archive.versions import versions
from archive.web.captured import captured_row
from archive.web.copies_page import newest_clusters
from archive.web.room import Number, moment, room
from archive.web.source import take_longer
from archive.web.taken_along import FORMS, PATIENCE, export_row, found_rows

__all__ = ["routes"]

_MOMENT: dict[str, Any] = {"anyOf": [{"format": "date"}, {"format": "date-time"}, {"maxLength": 0}]}
_AsOf = Annotated[
    str,
    Query(
        max_length=40,
        description="A day (to its end in Jakarta) or moment (RFC 3339): as it was known then.",
        json_schema_extra=_MOMENT,
    ),
]
_Limit = Annotated[int, Query(ge=1, le=500, description="At most so many.")]
_SLUG = r"^[a-z0-9-]*$"
_Slug = Annotated[str, Query(max_length=100, pattern=_SLUG, description="Of one outlet.")]
_Key = Annotated[str, Query(max_length=2000)]


class _Tagged(APIRoute):
    """Answers with an ETag of what they say, and with 304 to who has it (RFC 9110 §13.1.2)."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def answered(request: Request) -> Response:
            answer = await handler(request)
            if isinstance(answer, StreamingResponse) or answer.status_code != 200:
                return answer
            tag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
            asked = request.headers.get("if-none-match", "")
            if tag in {one.strip().removeprefix("W/") for one in asked.split(",")}:
                return Response(status_code=304, headers={"ETag": tag})
            answer.headers["ETag"] = tag
            return answer

        return answered


_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The request cannot be read; `error` says what of it."},
    401: {"description": "A name and password, or a token, are needed."},
    404: {"description": "There is no such thing."},
    410: {"description": "The story was taken down."},
    414: {"description": "The address is too long."},
    429: {"description": "Too many requests."},
    503: {"description": "It took too long: ask a narrower question."},
}
routes = APIRouter(prefix="/api/v1", route_class=_Tagged, responses=_ERRORS)


@dataclass(frozen=True, kw_only=True)
class StoryList:
    """Stories in order of outlet and id; `next` is the cursor of the next page, '' at the end."""

    stories: list[Story]
    next: str


@dataclass(frozen=True, kw_only=True)
class StoryWhole:
    """A story with everything that is known of it."""

    story: Story
    status: str
    topic: Verdict
    versions: list[Version]
    labels: list[Label]
    cluster: Cluster | None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What changed between two versions, by compared field; fields that are equal are not in."""

    story_id: str
    before: int
    after: int
    fields: Mapping[str, list[Change]]


@dataclass(frozen=True, kw_only=True)
class HitList:
    """What a search found; `next` is the offset of the next page, None at the end."""

    hits: list[Hit]
    next: int | None


@dataclass(frozen=True, kw_only=True)
class EventList:
    """Events, newest first; `next` asks for older ones, None at the end."""

    events: list[Event]
    next: int | None


@dataclass(frozen=True, kw_only=True)
class OutletOut:
    """An outlet and how it was found to be."""

    slug: str
    name: str
    url: str
    network: str
    platform: str
    region: str
    zone: str
    health: OutletHealth | None


def _as_written(told: object) -> object:
    """A number is no day, though pydantic takes it for seconds since 1970."""
    if isinstance(told, str) and told.strip().lstrip("+-").replace(".", "").isdigit():
        raise ValueError("write it like 2024-11-27")
    return told


_Day = Annotated[date | None, BeforeValidator(_as_written)]


class _Asked(BaseModel):
    """What narrows a search."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(min_length=1, max_length=500, description="The words.")
    outlet: str = Field("", max_length=100, pattern=_SLUG)
    region: str = Field("", max_length=100)
    since: _Day = Field(None, description="First day of publication.")
    until: _Day = Field(None, description="Last day of publication.")
    status: Literal["", "live", "gone"] = ""
    on_topic: bool | None = None
    edited: bool = False
    copied: bool = False
    cluster: str = Field("", max_length=40)
    every_version: bool = False
    sort: Literal["newest", "relevance"] = "newest"
    offset: int = Field(0, ge=0, le=10_000)
    as_of: str = Field("", max_length=40, json_schema_extra=_MOMENT)
    limit: int = Field(20, ge=1, le=500)

    def search(self) -> Search:
        """With one hit more than was asked for: it tells whether there are more."""
        return Search(
            outlet=self.outlet,
            region=self.region,
            since=self.since,
            until=self.until,
            status=self.status,
            is_on_topic=self.on_topic,
            is_edited=self.edited,
            is_copied=self.copied,
            cluster_id=self.cluster,
            every_version=self.every_version,
            sort=self.sort,
            offset=self.offset,
            limit=self.limit + 1,
            as_of=moment(self.as_of),
        )


@routes.get("", summary="What there is")
def index(request: Request) -> dict[str, str]:
    """Name -> address of everything that can be asked for."""
    base = f"{request.base_url}api/v1"
    names = ("stories", "search", "events", "clusters", "outlets", "runs", "export", "openapi.json")
    return {name: f"{base}/{name}" for name in names}


@routes.get("/stories")
def stories(
    request: Request,
    outlet: _Slug = "",
    after: Annotated[str, Query(max_length=200, description="The cursor `next`.")] = "",
    as_of: _AsOf = "",
    limit: _Limit = 100,
) -> StoryList:
    """Every story in order of outlet and id, page by page."""
    with database.reading(room(request).source.engine) as connection:
        found = some_stories(
            connection, outlet=outlet, after=after, limit=limit + 1, as_of=moment(as_of)
        )
    shown = found[:limit]
    cursor = f"{shown[-1].outlet}/{shown[-1].story_id}" if len(found) > limit else ""
    return StoryList(stories=shown, next=cursor)


@routes.get("/stories/{key}")
def story(request: Request, key: str, as_of: _AsOf = "") -> StoryWhole:
    """One story: by its id, the start of it, or `wp:123`; see /story for addresses."""
    return _whole(request, key, moment(as_of))


@routes.get("/story")
def story_at(request: Request, url: _Key, as_of: _AsOf = "") -> StoryWhole:
    """The story at an address, whichever of its addresses that is."""
    return _whole(request, url, moment(as_of))


def _whole(request: Request, key: str, at: datetime | None) -> StoryWhole:
    source = room(request).source
    found = source.story(key, as_of=at)
    known = versions(source.engine, found.story_id, as_of=at)
    decided = source.labels(found.story_id, as_of=at)
    return StoryWhole(
        story=found,
        status=found.status,
        topic=verdict(decided, known[-1].topic if known else None),
        versions=known,
        labels=decided,
        cluster=source.copies(found.story_id, as_of=at),
    )


@routes.get("/stories/{key}/versions/{number}")
def version(request: Request, key: str, number: Number, as_of: _AsOf = "") -> Version:
    """One version of a story."""
    found = room(request).source.versions(key, as_of=moment(as_of))
    for one in found:
        if one.number == number:
            return one
    raise NotFound(f"no version {number}; there are: {[one.number for one in found]}")


@routes.get("/stories/{key}/diff/{before}/{after}")
def diff(
    request: Request, key: str, before: Number, after: Number, as_of: _AsOf = ""
) -> Difference:
    """What changed between two versions, by word."""
    source, at = room(request).source, moment(as_of)
    fields = source.diff(key, before, after, as_of=at)
    story_id = source.story(key, as_of=at).story_id
    return Difference(story_id=story_id, before=before, after=after, fields=fields)


@routes.get("/captures/{capture_id}")
def capture(request: Request, capture_id: Number, as_of: _AsOf = "") -> Capture:
    """One capture: where its bytes are and what they hash to."""
    row = captured_row(room(request), capture_id, as_of=moment(as_of))
    names = ("capture_id", "url", "fetched_at", "status", "kind", "answer", "payload_digest",
             "warc_file", "warc_offset", "warc_length")  # fmt: skip
    return Capture(**{name: getattr(row, name) for name in names}, warc_record_id=row.record_id)


@routes.get("/search")
def search(request: Request, asked: Annotated[_Asked, Query()]) -> HitList:
    """Stories by the words of their headline and text; see `kliping search --help`."""
    found = room(request).source.search(asked.q, asked.search())
    last = asked.offset + asked.limit
    return HitList(hits=found[: asked.limit], next=last if len(found) > asked.limit else None)


@routes.get("/events", name="events")
def event_list(
    request: Request,
    outlet: _Slug = "",
    kind: Annotated[str, Query(max_length=20)] = "",
    before: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="Older than this event.")
    ] = None,
    as_of: _AsOf = "",
    limit: _Limit = 100,
) -> EventList:
    """What happened, newest first."""
    found = events(
        room(request).source.engine, outlet=outlet, kind=kind, before=before,
        as_of=moment(as_of), limit=limit + 1,
    )  # fmt: skip
    shown = found[:limit]
    return EventList(events=shown, next=shown[-1].event_id if len(found) > limit else None)


@routes.get("/clusters")
def clusters(request: Request, as_of: _AsOf = "", limit: _Limit = 30) -> list[Cluster]:
    """The texts that stand in several places, those that grew last first."""
    return newest_clusters(room(request).source.engine, as_of=moment(as_of), limit=limit)


@routes.get("/stories/{key}/copies")
def story_copies(request: Request, key: str, as_of: _AsOf = "") -> Cluster | None:
    """The stories that carry the same text; null without a copy."""
    source, at = room(request).source, moment(as_of)
    return copies(source.engine, source.story(key, as_of=at).story_id, as_of=at)


@routes.get("/outlets")
def outlets(request: Request, as_of: _AsOf = "") -> list[OutletOut]:
    """Every outlet that was known, and how it is found to be now."""
    with database.reading(room(request).source.engine) as connection:
        health = {one.outlet: one for one in newest(connection)}
        rows = connection.execute(
            select(schema.outlet)
            .where(known_at(schema.outlet.c.recorded_at, moment(as_of)))
            .order_by(schema.outlet.c.slug)
        ).all()
    names = ("slug", "name", "url", "network", "platform", "region", "zone")
    return [
        OutletOut(**{name: getattr(row, name) for name in names}, health=health.get(row.slug))
        for row in rows
    ]


@routes.get("/runs")
def runs(
    request: Request, as_of: _AsOf = "", limit: Annotated[int, Query(ge=1, le=60)] = 10
) -> list[RunStatus]:
    """The last nights that had begun, with their crawls and problems, newest first."""
    return last_runs(room(request).source.engine, limit=limit, as_of=moment(as_of))


@routes.get("/export", response_class=StreamingResponse)
def export(
    request: Request,
    form: Annotated[Literal["jsonl", "csv", "parquet"], Query(alias="format")] = "jsonl",
    q: Annotated[str, Query(max_length=500, description="Only what a search finds.")] = "",
    outlet: _Slug = "",
    as_of: _AsOf = "",
) -> StreamingResponse:
    """The rows of the export, one per version (docs/export.md), as they are read."""
    source, at = room(request).source, moment(as_of) or datetime.now(UTC)
    take_longer(PATIENCE)
    media, write = FORMS[form]
    if q:
        hits = source.search(q, Search(outlet=outlet, as_of=moment(as_of), limit=10_000))
        rows = found_rows(source.engine, hits, as_of=at)
    else:
        rows = _every_row(source.engine, outlet=outlet, as_of=at)
    return StreamingResponse(write(rows), media_type=media)


def _every_row(engine: Any, *, outlet: str, as_of: datetime) -> Iterator[dict[str, Any]]:
    with database.reading(engine) as connection:
        for one in chosen(connection, as_of=as_of):
            if not outlet or one.story.outlet == outlet:
                yield from (export_row(one, version) for version in one.versions)
