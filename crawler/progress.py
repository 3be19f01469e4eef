"""What a person sees while crawls run: one line per outlet, read from the archive's own rows."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from rich.console import Console
from rich.live import Live
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.engine import Engine

from archive.database import reading
from archive.errors import ArchiveError
from archive.schema import crawl
from crawler.backfill import told

__all__ = ["watch"]

_COLUMNS = ("requests", "looked_at", "on_topic", "new", "edited", "unchanged", "gone", "problems")


@contextmanager
def watch(engine: Engine, run_id: int, *, console: Console) -> Iterator[None]:
    """While the block runs, show the crawls of a run on a terminal; elsewhere show nothing."""
    if not console.is_terminal:
        yield
        return
    stop = threading.Event()
    with Live(_table(engine, run_id), console=console, refresh_per_second=4) as live:
        thread = threading.Thread(target=_refresh, args=(live, engine, run_id, stop), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            _show(live, engine, run_id)
            live.refresh()


def _refresh(live: Live, engine: Engine, run_id: int, stop: threading.Event) -> None:
    while not stop.wait(1):
        _show(live, engine, run_id)


def _show(live: Live, engine: Engine, run_id: int) -> None:
    with suppress(ArchiveError):  # the crawl itself says what is wrong with the archive
        live.update(_table(engine, run_id))


def _table(engine: Engine, run_id: int) -> Table:
    table = Table(title=f"run {run_id}", box=None)
    table.add_column("outlet")
    for name in _COLUMNS:
        table.add_column(name.replace("_", " "), justify="right")
    table.add_column("state")
    with reading(engine) as connection:
        rows = connection.execute(
            select(crawl).where(crawl.c.run_id == run_id).order_by(crawl.c.crawl_id)
        ).all()
    for row in rows:
        counts = [str(row.counts.get(name, 0)) for name in _COLUMNS]
        at_work = row.finish_reason or "at work …"
        table.add_row(row.outlet, *counts, ", ".join(filter(None, (at_work, told(row.counts)))))
    return table
