"""Runs: what one command, or one night of the service, crawled together."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from archive.schema import crawl, run

__all__ = ["begin", "end"]

_SOON = timedelta(hours=1)
"""Within this, the first crawl of a run begins."""


def begin(connection: Connection, *, now: datetime) -> int:
    """The id of a new run."""
    made = insert(run).values(started_at=now).returning(run.c.run_id)
    return int(connection.execute(made).scalar_one())


def end(connection: Connection, run_id: int, *, now: datetime) -> None:
    """Note that every crawl of a run has ended; a run in which none began leaves no trace.

    Earlier runs whose process died before it could say so end with the last of their crawls, and
    leave no trace where none began within an hour.
    """
    of_it = crawl.c.run_id == run.c.run_id
    this, is_empty = run.c.run_id == run_id, ~exists().where(of_it)
    left = run.c.ended_at.is_(None) & (run.c.run_id < run_id)
    is_old = run.c.started_at < now - _SOON
    connection.execute(delete(run).where(is_empty, this | (left & is_old)))
    connection.execute(update(run).where(this).values(ended_at=now))
    last = select(func.max(crawl.c.ended_at)).where(of_it).scalar_subquery()
    is_over = ~is_empty & ~exists().where(of_it, crawl.c.ended_at.is_(None))
    connection.execute(update(run).where(left, is_over).values(ended_at=last))
