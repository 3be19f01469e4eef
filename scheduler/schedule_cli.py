"""The command that visits outlets when they are due."""

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

import click

from archive import database
from archive.config import Settings
from archive.console import JSON, print_json, print_line, print_table
from crawler.contact import require_contact
from crawler.topic import Topic
from crawler.visit import Report
from scheduler.log import Log
from scheduler.metrics import Metrics, served
from scheduler.plan import Timetable, next_slot
from scheduler.service import Service
from scheduler.timetable import outlets_of, round_at, timetables

__all__ = ["schedule"]

_clock = partial(datetime.now, UTC)


@click.command()
@click.option("--once", is_flag=True, help="Visit what is due now, then end: for cron and timers.")
@click.option("--list", "is_list", is_flag=True, help="Only show when each outlet is visited next.")
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="PORT",
    help="Serve Prometheus metrics at http://127.0.0.1:PORT/metrics.",
)
@click.option("--json-logs", is_flag=True, help="Tell what happens as JSON, one object to a line.")
@JSON
@click.pass_context
def schedule(
    context: click.Context,
    once: bool,
    is_list: bool,
    metrics_port: int,
    json_logs: bool,
    as_json: bool,
) -> None:
    """Visit every outlet when it is due, until stopped.

    When is said under [schedule] in the settings. A visit that was missed is made up for; a second
    scheduler of the same archive stands by. After a night a share of the archive is read again, it
    is backed up, and people are told, as the settings say. With --once it exits as `kliping crawl`.
    """
    options: Mapping[str, Path | None] = context.obj or {}
    settings = Settings.load(options.get("config"))
    if is_list:
        _list(settings, as_json=as_json)
        return
    _expect_ready(settings)
    service = Service(
        settings=settings,
        config_file=options.get("config"),
        log=Log(as_json=json_logs or as_json),
        clock=_clock,
    )
    metrics = Metrics(settings, timetables(settings, outlets_of(settings)), _clock)
    with served(metrics_port, metrics), _stopping(service):
        service.once() if once else service.run()
    if not once:
        return
    report = Report(run_id=0, ends=service.ends)
    if as_json:
        print_json([vars(end) for end in service.ends])
    elif not service.ends:
        print_line("nothing is due; `kliping schedule --list` shows what comes next")
    context.exit(report.exit_code)


def _expect_ready(settings: Settings) -> None:
    """Return when a crawl of every outlet could begin. Raises ConfigError, ArchiveMissing."""
    Topic.load(settings.crawl.topic)
    for outlet in outlets_of(settings).values():
        require_contact(settings, outlet)
    if not settings.archive.database_url:
        with database.opened(settings.archive) as engine:
            database.require_current(engine)


@contextmanager
def _stopping(service: Service) -> Iterator[None]:
    """While the block runs, SIGTERM and Ctrl-C stop the service."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        service.stop()

    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _list(settings: Settings, *, as_json: bool) -> None:
    now = _clock()
    tables = timetables(settings, outlets_of(settings))
    with database.opened(settings.archive) as engine:
        database.require_current(engine)
        found = round_at(engine, tables, now)
    rows = [_row(table, now, due=found.due, at_work=found.at_work) for table in tables.values()]
    if as_json:
        print_json(rows)
        return
    print_table(
        ("Outlet", "Times", "Zone", "Next", "Now"),
        [
            (row["outlet"], " ".join(row["times"]), row["zone"], _local(row), row["state"])
            for row in sorted(rows, key=lambda row: (row["next"] is None, row["next"]))
        ],
    )


def _row(table: Timetable, now: datetime, *, due: Any, at_work: Any) -> dict[str, Any]:
    state = "due" if table.slug in due else "at work" if table.slug in at_work else ""
    return {
        "outlet": table.slug,
        "times": [f"{at:%H:%M}" for at in table.times],
        "zone": table.zone,
        "next": next_slot(table, now),
        "state": state,
    }


def _local(row: Mapping[str, Any]) -> str:
    if row["next"] is None:
        return "never"
    return f"{row['next'].astimezone(ZoneInfo(row['zone'])):%Y-%m-%d %H:%M %Z}"
