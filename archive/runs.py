"""Runs: what one command, or one night of the service, crawled together."""

from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from archive.schema import crawl, run

__all__ = ["begin", "end"]


def begin(connection: Connection, *, now: datetime) -> int:
    """The id of a new run."""
    made = insert(run).values(started_at=now).returning(run.c.run_id)
    return int(connection.execute(made).scalar_one())


def end(connection: Connection, run_id: int, *, now: datetime) -> None:
    """Note that every crawl of a run has ended; a run in which none began leaves no trace.

    Earlier runs whose process died before it could say so end with the last of their crawls.
    """
    this = run.c.run_id == run_id
    if connection.scalar(select(crawl.c.crawl_id).where(crawl.c.run_id == run_id).limit(1)) is None:
        connection.execute(delete(run).where(this))
    else:
        connection.execute(update(run).where(this).values(ended_at=now))
    of_it = crawl.c.run_id == run.c.run_id
    last = select(func.max(crawl.c.ended_at)).where(of_it).scalar_subquery()
    left = run.c.ended_at.is_(None) & (run.c.run_id < run_id)
    is_over = exists().where(of_it) & ~exists().where(of_it, crawl.c.ended_at.is_(None))
    connection.execute(update(run).where(left, is_over).values(ended_at=last))
