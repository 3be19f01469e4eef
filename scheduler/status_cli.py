"""The command that shows the last nights, or the running one live."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.live import Live
from rich.table import Table

from archive import database
from archive.cli import show_status
from archive.config import Settings
from archive.console import JSON, clean, print_json_line, print_line
from archive.errors import ArchiveError
from scheduler.follow import COLUMNS, AtWork, Going, going_on
from scheduler.timetable import outlets_of, timetables

__all__ = ["status"]

_EVERY = 2.0
"""Seconds between two looks."""


@click.command()
@click.option(
    "--runs", type=click.IntRange(1), default=5, show_default=True, help="Nights to show."
)
@click.option("--follow", is_flag=True, help="Show the running night live, until Ctrl-C.")
@JSON
@click.pass_obj
def status(options: Mapping[str, Path | None], runs: int, follow: bool, as_json: bool) -> None:
    """Show the last nights: what each crawl did and what went wrong."""
    if not follow:
        show_status(options, runs, as_json=as_json)
        return
    settings = Settings.load((options or {}).get("config"))
    tables = timetables(settings, outlets_of(settings))
    with database.opened(settings.archive) as engine, _until_stopped() as is_stopped:
        database.require_current(engine)

        def look() -> Going:
            return going_on(engine, tables, datetime.now(UTC))

        _follow(look, zone=ZoneInfo(settings.notify.timezone), as_json=as_json, stopped=is_stopped)


def _follow(
    look: Callable[[], Going], *, zone: ZoneInfo, as_json: bool, stopped: threading.Event
) -> None:
    """Show what goes on: a table on a terminal, else a line (or an object) for each change."""
    console = Console()
    if console.is_terminal and not as_json:
        with Live(_table(look(), zone), console=console, auto_refresh=False) as live:
            while not stopped.wait(_EVERY):
                live.update(_table(_tried(look), zone), refresh=True)
        return
    before: Any = None
    while not stopped.is_set():
        found = _tried(look)
        now = found.as_json() if isinstance(found, Going) else {"error": found}
        if now != before:
            print_json_line(now) if as_json else print_line(_in_a_line(found, zone))
        before = now
        stopped.wait(_EVERY)


def _tried(look: Callable[[], Going]) -> Going | str:
    """What goes on, or why it cannot be seen just now."""
    try:
        return look()
    except ArchiveError as error:
        return f"{error}; trying again"


def _table(found: Going | str, zone: ZoneInfo) -> Table:
    """What is at work, a row each, and below it what waits and what is next."""
    caption = found if isinstance(found, str) else _rest(found, zone)
    table = Table(box=None, caption=clean(caption), caption_justify="left")
    for name in ("outlet", *COLUMNS, "minutes"):
        table.add_column(name.replace("_", " "), justify="left" if name == "outlet" else "right")
    for one in () if isinstance(found, str) else found.at_work:
        minutes = (time.time() - one.started_at.timestamp()) / 60
        counts = [str(one.counts[name]) for name in COLUMNS]
        table.add_row(clean(one.outlet), *counts, f"{minutes:.0f}")
    return table


def _in_a_line(found: Going | str, zone: ZoneInfo) -> str:
    if isinstance(found, str):
        return found
    parts = [f"{one.outlet}: {_counted(one)}" for one in found.at_work]
    return "; ".join([*parts, _rest(found, zone)])


def _counted(one: AtWork) -> str:
    counts = ((name.replace("_", " "), count) for name, count in one.counts.items())
    return ", ".join(f"{count} {name}" for name, count in counts if count) or "begun"


def _rest(found: Going, zone: ZoneInfo) -> str:
    """What waits, or what comes next."""
    if found.waiting:
        names = ", ".join(found.waiting[:5])
        more = f" and {len(found.waiting) - 5} more" if len(found.waiting) > 5 else ""
        return f"waiting: {names}{more}"
    idle = "" if found.at_work else "nothing is at work; "
    if found.next_at is None:
        return f"{idle}no visit is set"
    return f"{idle}next: {found.next_outlet} at {found.next_at.astimezone(zone):%Y-%m-%d %H:%M %Z}"


@contextmanager
def _until_stopped() -> Iterator[threading.Event]:
    """While the block runs, Ctrl-C and SIGTERM set the event."""
    stopped = threading.Event()
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda *_: stopped.set()) for number in numbers}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
