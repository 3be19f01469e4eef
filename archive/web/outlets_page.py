"""Media: the outlets with their health, what was looked at and what was missed."""

from fastapi import APIRouter, Request
from sqlalchemy import func, select
from starlette.responses import Response

from archive import database
from archive.errors import NotFound
from archive.events import events
from archive.health_shelf import newest
from archive.schema import crawl, outlet, problem, story
from archive.takedowns import is_shown
from archive.versions import known
from archive.web.room import page, reader, room

__all__ = ["routes"]

routes = APIRouter(include_in_schema=False)
_NIGHTS = 30


@routes.get("/media")
def outlets(request: Request) -> Response:
    """Every outlet, those that need a person first."""
    who, here = reader(request), room(request)
    with database.reading(here.source.engine) as connection:
        rows = connection.execute(
            select(outlet)
            .where(known(outlet.c.recorded_at, who.as_of))
            .order_by(outlet.c.name, outlet.c.slug)
        ).all()
        health = {one.outlet: one for one in newest(connection)}
        counted = connection.execute(
            select(story.c.outlet, func.count())
            .where(is_shown(), known(story.c.recorded_at, who.as_of))
            .group_by(story.c.outlet)
        ).all()
    held: dict[str, int] = {row[0]: row[1] for row in counted}
    order = {"failing": 0, "watch": 1, "paused": 2}
    rows = sorted(rows, key=lambda row: order.get(_state(health.get(row.slug)), 3))
    return page(
        request, "outlets", reader=who, rows=rows, health=health, held=held,
    )  # fmt: skip


@routes.get("/media/{slug}")
def one_outlet(request: Request, slug: str) -> Response:
    """One outlet: its health and its last nights."""
    who, here = reader(request), room(request)
    with database.reading(here.source.engine) as connection:
        row = connection.execute(select(outlet).where(outlet.c.slug == slug)).first()
        if row is None:
            raise NotFound(f"no outlet {slug[:60]!r}")
        health = next(iter(newest(connection, [slug])), None)
        crawls = connection.execute(
            select(crawl)
            .where(crawl.c.outlet == slug)
            .order_by(crawl.c.started_at.desc())
            .limit(_NIGHTS)
        ).all()
        problems = connection.execute(
            select(problem)
            .where(problem.c.crawl_id.in_([one.crawl_id for one in crawls[:5]]))
            .order_by(problem.c.problem_id.desc())
            .limit(100)
        ).all()
    return page(
        request,
        "outlet",
        reader=who,
        row=row,
        health=health,
        crawls=crawls,
        problems=problems,
        events=events(here.source.engine, outlet=slug, as_of=who.as_of, limit=20),
    )


def _state(found: object) -> str:
    return str(getattr(found, "state", ""))
