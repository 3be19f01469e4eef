"""Feeds: what happened, and what a search finds, for feed readers (RFC 4287, JSON Feed 1.1)."""

from datetime import UTC, datetime
from uuid import NAMESPACE_OID, uuid5

from fastapi import APIRouter, Request
from starlette.responses import Response

from archive import database
from archive.feeds import Entry, atom, atom_of, json_feed
from archive.news import Happening, happenings, newest_event
from archive.search import Hit
from archive.web.room import page, reader, room
from archive.web.search_page import asked_for

__all__ = ["routes"]

routes = APIRouter(include_in_schema=False)
_SHOWN = 100
_ATOM, _JSON = "application/atom+xml; charset=utf-8", "application/feed+json"


@routes.get("/peristiwa.atom")
def happened(request: Request) -> Response:
    """The newest events as Atom."""
    found = _newest(request)
    updated = found[0].occurred_at if found else datetime.fromtimestamp(0, UTC)
    return Response(atom(found, updated=updated), media_type=_ATOM)


@routes.get("/peristiwa.json")
def happened_json(request: Request) -> Response:
    """The newest events as JSON Feed."""
    return Response(json_feed(_newest(request)), media_type=_JSON)


@routes.get("/cari.atom")
def found_stories(request: Request) -> Response:
    """What a search finds, newest first, as Atom."""
    who, values = reader(request), request.query_params
    query = values.get("q", "").strip()
    if not query:
        return page(request, "missing", status=404, why="/cari.atom?q=…", reader=who)
    asked = asked_for(dict(values) | {"urut": "newest"}, as_of=who.as_of, limit=_SHOWN)
    base = str(request.base_url).rstrip("/")
    entries = [_entry(hit, base) for hit in room(request).source.search(query, asked)]
    feed_id = uuid5(NAMESPACE_OID, f"kliping/search/{request.url.query}").urn
    return Response(atom_of(entries, feed_id=feed_id, title=f"Kliping: {query}"), media_type=_ATOM)


def _newest(request: Request) -> list[Happening]:
    with database.reading(room(request).source.engine) as connection:
        last = newest_event(connection)
        return happenings(connection, up_to=last, limit=_SHOWN, newest_first=True)


def _entry(hit: Hit, base: str) -> Entry:
    return Entry(
        id=uuid5(NAMESPACE_OID, f"kliping/story/{hit.story_id}/{hit.number}").urn,
        title=hit.headline or hit.url,
        updated=hit.first_seen_at,
        content=hit.snippet,
        link=f"{base}/berita/{hit.story_id}",
    )
