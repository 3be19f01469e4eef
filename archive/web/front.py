"""Beranda: the last night at a glance, and what the last weeks come to."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter, Request
from sqlalchemy import Connection, select
from starlette.responses import Response

from archive import database
from archive.news import KINDS, happenings
from archive.schema import crawl, run
from archive.web.charts import Series
from archive.web.figures import LAGS, Figures, event_at
from archive.web.reader import Reader
from archive.web.room import page, reader, room

__all__ = ["routes"]

routes = APIRouter(include_in_schema=False)
_SHOWN = {"new": 8, "edited": 6, "gone": 6}
_RANKED = 15
"""Outlets on the chart; the download has all."""
_STYLES = {"new": "new", "edited": "edited", "gone": "gone", "back": "back"}


@routes.get("/")
def front(request: Request) -> Response:
    """The front page."""
    who, here = reader(request), room(request)
    figures = here.desk.figures(who.as_of)
    with database.reading(here.source.engine) as connection:
        last = event_at(connection, who.as_of)
        news = {
            kind: happenings(
                connection,
                up_to=last,
                kinds=[kind],
                limit=limit,
                newest_first=True,
                as_of=who.as_of,
            )
            for kind, limit in _SHOWN.items()
        }
        night = _last_night(connection, who.as_of)
    return page(
        request,
        "front",
        reader=who,
        news=news,
        figures=figures,
        night=night,
        series=(series := _series(figures, who)),
        table=[
            (day.isoformat(), *(one.values[n] for one in series))
            for n, day in enumerate(figures.days)
        ][::-1],
        outlet_rows=[(name, number) for _, name, number in figures.by_outlet][:_RANKED],
        changed=lambda fields: ", ".join(who.say(f"field-{name}").lower() for name in fields),
        days=[f"{day.day}/{day.month}" for day in figures.days],
        lags=_lags(figures, who),
        is_empty=not any(news.values()),
    )


@routes.get("/angka/{name}.csv")
def numbers(request: Request, name: str) -> Response:
    """The numbers of a chart."""
    figures = room(request).desk.figures(reader(request).as_of)
    rows: Sequence[Sequence[object]] = {
        "hari": [
            ["day", *KINDS],
            *zip(figures.days, *(figures.by_day[k] for k in KINDS), strict=True),
        ],
        "media": [["outlet", "name", "new"], *figures.by_outlet],
        "wilayah": [["region", "new"], *figures.by_region],
        "suntingan": [
            ["hours", "first_edits"],
            *zip([*map(str, LAGS), "later"], figures.to_first_edit, strict=True),
        ],
    }.get(name, [])
    if not rows:
        return page(request, "missing", status=404, why=name)
    out = io.StringIO()
    csv.writer(out).writerows([[_safe(cell) for cell in row] for row in rows])
    return Response(
        out.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _safe(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    told = str(cell)
    return f"'{told}" if told.startswith(("=", "+", "-", "@", "\t", "\r")) else told


def _series(figures: Figures, who: Reader) -> list[Series]:
    return [Series(who.say(f"kind-{kind}"), _STYLES[kind], figures.by_day[kind]) for kind in KINDS]


def _lags(figures: Figures, who: Reader) -> list[tuple[str, int]]:
    names = [who.say(f"lag-{end}") for end in (*LAGS, "more")]
    return list(zip(names, figures.to_first_edit, strict=True))


def _last_night(connection: Connection, as_of: datetime | None) -> dict[str, object]:
    """The last night: when it began and ended, and what its crawls came to."""
    query = select(run).order_by(run.c.run_id.desc()).limit(1)
    if as_of:
        query = query.where(run.c.started_at <= as_of)
    found = connection.execute(query).first()
    if found is None:
        return {}
    rows = connection.execute(select(crawl).where(crawl.c.run_id == found.run_id)).all()
    return {
        "run_id": found.run_id,
        "started_at": found.started_at,
        "ended_at": found.ended_at,
        "outlets": len(rows),
        "finished": sum(row.finish_reason == "finished" for row in rows),
        "at_work": sum(row.ended_at is None for row in rows),
        "candidates": sum(row.counts.get("candidates", 0) for row in rows),
    }
