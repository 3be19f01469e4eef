"""Malam: the runs, their crawls, what these counted and what went wrong."""

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import Response

from archive import database
from archive.errors import NotFound
from archive.schema import crawl, problem, run
from archive.web.room import Number, page, reader, room

__all__ = ["routes"]

routes = APIRouter(include_in_schema=False)
_SHOWN = 60
_PROBLEMS = 500
_COUNTED = ("new", "edited", "gone", "failed")


@routes.get("/malam")
def nights(request: Request) -> Response:
    """The last nights, newest first."""
    who, here = reader(request), room(request)
    query = select(run).order_by(run.c.run_id.desc()).limit(_SHOWN)
    if who.as_of:
        query = query.where(run.c.started_at <= who.as_of)
    with database.reading(here.source.engine) as connection:
        runs = connection.execute(query).all()
        rows = connection.execute(
            select(crawl).where(crawl.c.run_id.in_([one.run_id for one in runs]))
        ).all()
    crawls = {one.run_id: [row for row in rows if row.run_id == one.run_id] for one in runs}
    sums = {
        run_id: {name: sum(row.counts.get(name, 0) for row in of_it) for name in _COUNTED}
        for run_id, of_it in crawls.items()
    }
    return page(request, "nights", reader=who, runs=runs, crawls=crawls, sums=sums)


@routes.get("/malam/{run_id}")
def night(request: Request, run_id: Number) -> Response:
    """One night, crawl by crawl."""
    who, here = reader(request), room(request)
    with database.reading(here.source.engine) as connection:
        found = connection.execute(select(run).where(run.c.run_id == run_id)).first()
        if found is None:
            raise NotFound(f"no night {run_id}")
        crawls = connection.execute(
            select(crawl).where(crawl.c.run_id == run_id).order_by(crawl.c.crawl_id)
        ).all()
        problems = connection.execute(
            select(problem)
            .where(problem.c.crawl_id.in_([one.crawl_id for one in crawls]))
            .order_by(problem.c.problem_id)
            .limit(_PROBLEMS)
        ).all()
    return page(request, "night", reader=who, run=found, crawls=crawls, problems=problems)
