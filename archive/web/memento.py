"""Memento (RFC 7089): when an address was captured, and the capture nearest to a moment."""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from sqlalchemy import Row, or_, select
from starlette.responses import RedirectResponse, Response

from archive import database
from archive.errors import BadMoment, NotFound
from archive.schema import capture, story
from archive.takedowns import is_shown
from archive.urls import canonical_url
from archive.web.captured import captured_row, replayed
from archive.web.room import Number, Room, room

__all__ = ["routes"]

routes = APIRouter(include_in_schema=False)
_MOST = 10_000
_ANSWERED = ("article", "not-modified")


@routes.get("/timegate/{address:path}")
def timegate(request: Request) -> Response:
    """To the capture nearest to Accept-Datetime, or to the newest (RFC 7089 §4.1, pattern 2.1)."""
    url = _url(request, "/timegate/")
    found = _captures(room(request), url)
    wanted = _wanted(request.headers.get("accept-datetime", ""))
    if wanted is None:
        nearest = found[-1]
    else:
        nearest = min(found, key=lambda row: abs(row.fetched_at - wanted))
    return RedirectResponse(
        f"/memento/{nearest.capture_id}/{url}",
        status_code=302,
        headers={"Vary": "accept-datetime, cookie", "Link": _links(request, url, found, nearest)},
    )


@routes.get("/timemap/link/{address:path}")
def timemap(request: Request) -> Response:
    """Every capture of an address (RFC 7089 §5, application/link-format)."""
    url = _url(request, "/timemap/link/")
    found = _captures(room(request), url)
    base = str(request.base_url).rstrip("/")
    lines = [f'<{url}>; rel="original"', f'<{base}/timegate/{url}>; rel="timegate"']
    lines.append(f'<{base}/timemap/link/{url}>; rel="self"; type="application/link-format"')
    lines += [_memento(base, url, row, rel="memento") for row in found]
    return Response(",\n".join(lines) + "\n", media_type="application/link-format")


@routes.get("/memento/{capture_id}/{address:path}")
def memento(request: Request, capture_id: Number) -> Response:
    """A capture as it was, with Memento-Datetime."""

    here = room(request)
    row = captured_row(here, capture_id)
    answer = replayed(here, row)
    answer.headers["Memento-Datetime"] = _http_date(row.fetched_at)
    found = _captures(here, canonical_url(row.url))
    answer.headers["Link"] = _links(request, row.url, found, row)
    return answer


def _url(request: Request, prefix: str) -> str:
    """The address that stands behind a prefix, with its query. Raises NotFound for none."""
    raw = request.scope["raw_path"].decode("latin-1").partition(prefix)[2]
    query = request.scope["query_string"].decode("latin-1")
    url = raw + (f"?{query}" if query else "")
    url = url if "://" in url else f"https://{url}"
    try:
        canonical_url(url)
    except ValueError:
        raise NotFound(f"no address {url[:200]!r}") from None
    return _quoted(url)


def _quoted(url: str) -> str:
    """An address with nothing in it that could end a header or a link (RFC 8288)."""
    return quote(url, safe=":/?#[]@!$&'()*+,;=%~-._")


def _captures(here: Room, url: str) -> list[Row[Any]]:
    """The captures of an address that show a page, oldest first. Raises NotFound."""
    addresses = {url, canonical_url(url)}
    query = (
        select(capture)
        .outerjoin(story, story.c.story_id == capture.c.story_id)
        .where(capture.c.url.in_(addresses), capture.c.answer.in_(_ANSWERED))
        .where(or_(capture.c.story_id.is_(None), is_shown()))
        .order_by(capture.c.fetched_at, capture.c.capture_id)
        .limit(_MOST)
    )
    with database.reading(here.source.engine) as connection:
        found = list(connection.execute(query).all())
    if not found:
        raise NotFound(f"{url[:300]} was never captured here")
    return found


def _wanted(said: str) -> datetime | None:
    if not said:
        return None
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, TypeError):
        raise BadMoment(f"Accept-Datetime {said[:60]!r} is no date (RFC 9110 §5.6.7)") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _links(request: Request, url: str, found: list[Row[Any]], one: Row[Any]) -> str:
    base, url = str(request.base_url).rstrip("/"), _quoted(url)
    links = [
        f'<{url}>; rel="original"',
        f'<{base}/timegate/{url}>; rel="timegate"',
        f'<{base}/timemap/link/{url}>; rel="timemap"; type="application/link-format"',
        _memento(base, url, found[0], rel="first memento"),
        _memento(base, url, found[-1], rel="last memento"),
        _memento(base, url, one, rel="memento"),
    ]
    return ", ".join(links)


def _memento(base: str, url: str, row: Row[Any], *, rel: str) -> str:
    told = _http_date(row.fetched_at)
    return f'<{base}/memento/{row.capture_id}/{url}>; rel="{rel}"; datetime="{told}"'


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
