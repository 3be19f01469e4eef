"""Cari: full-text search, its filters, and its result to be taken along."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import Response, StreamingResponse

from archive import database
from archive.errors import BadQuery
from archive.schema import outlet
from archive.search import SORTS, Hit, Search
from archive.web.marked import with_marks
from archive.web.room import Room, page, reader, room
from archive.web.source import take_longer
from archive.web.taken_along import FORMS, PATIENCE, found_rows

__all__ = ["asked_for", "routes"]

routes = APIRouter(include_in_schema=False)
_A_PAGE = 20
_DEEPEST = 5_000
"""Hits that can be paged through; who wants more takes the export."""
_MOST = 10_000
"""Rows of an export of a search."""


@routes.get("/cari")
def search_page(request: Request) -> Response:
    """The form, and what was found."""
    who, here = reader(request), room(request)
    values = request.query_params
    query, number = values.get("q", "").strip(), _number(values.get("hal", ""))
    hits: list[Hit] = []
    why = ""
    if query:
        try:
            asked = asked_for(
                values, as_of=who.as_of, limit=_A_PAGE + 1, offset=(number - 1) * _A_PAGE
            )
            hits = here.source.search(query, asked)
        except BadQuery as error:
            why = str(error)
    return page(
        request,
        "search",
        reader=who,
        query=query,
        values=values,
        hits=hits[:_A_PAGE],
        has_more=len(hits) > _A_PAGE and number * _A_PAGE < _DEEPEST,
        number=number,
        why=why,
        sorts=SORTS,
        marked=with_marks,
        taken={name: value for name, value in values.items() if name not in {"hal", "per"}},
        **_choices(here),
        status=400 if why else 200,
    )


@routes.get("/cari.{form}")
def export(request: Request, form: str) -> Response:
    """What a search finds, as CSV or JSON Lines: one row for each hit."""
    who, here = reader(request), room(request)
    values = request.query_params
    query = values.get("q", "").strip()
    if form not in FORMS or not query:
        return page(request, "missing", status=404, why=f"/cari.{form}", reader=who)
    hits = here.source.search(query, asked_for(values, as_of=who.as_of, limit=_MOST))
    take_longer(PATIENCE)
    media, write = FORMS[form]
    rows = found_rows(here.source.engine, hits, as_of=who.as_of or datetime.now(UTC))
    return StreamingResponse(
        write(rows),
        media_type=media,
        headers={"Content-Disposition": f'attachment; filename="kliping-cari.{form}"'},
    )


def asked_for(
    values: Mapping[str, str], *, as_of: datetime | None, limit: int, offset: int = 0
) -> Search:
    """The search that query fields ask for. Raises BadQuery for a day that is none."""
    sort = values.get("urut", SORTS[0])
    return Search(
        outlet=values.get("media", ""),
        region=values.get("wilayah", ""),
        since=_day(values.get("dari", "")),
        until=_day(values.get("sampai", "")),
        status=values.get("status", ""),
        is_on_topic={"ya": True, "tidak": False}.get(values.get("topik", "")),
        is_edited=values.get("diubah", "") == "1",
        is_copied=values.get("disalin", "") == "1",
        cluster_id=values.get("salinan", ""),
        every_version=values.get("semua", "") == "1",
        as_of=as_of,
        sort=sort if sort in SORTS else SORTS[0],
        limit=limit,
        offset=offset,
    )


def _day(told: str) -> date | None:
    try:
        return date.fromisoformat(told.strip()) if told.strip() else None
    except ValueError:
        raise BadQuery(f"{told[:40]!r} is no day; write it like 2024-11-27") from None


def _number(told: str) -> int:
    # a number of 4,301 digits is none to Python
    is_number = told.isascii() and told.isdigit() and len(told) < 10
    return min(max(int(told), 1), _DEEPEST // _A_PAGE) if is_number else 1


def _choices(here: Room) -> dict[str, Any]:
    """The outlets and regions that a search can be narrowed to."""
    with database.reading(here.source.engine) as connection:
        rows = connection.execute(select(outlet).order_by(outlet.c.slug)).all()
    return {
        "outlets": [(row.slug, row.name or row.slug) for row in rows],
        "mastheads": {row.slug: row.name or row.slug for row in rows},
        "regions": sorted({row.region for row in rows if row.region}),
    }
