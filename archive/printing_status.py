"""What `kliping status` prints for people: nights, problems, fixity and room on the disk."""

from collections.abc import Mapping
from datetime import UTC, datetime

from archive.console import print_line, print_table, when
from archive.disk import SOON, DiskState
from archive.fixity_log import FixityState
from archive.status import CrawlStatus, RunStatus, Status
from archive.types import Problem

__all__ = ["print_disk", "print_status"]

_PROBLEMS = 20
"""Problems shown of one crawl; --json shows all."""


def print_status(found: Status) -> None:
    """Print the last nights, the oldest first, so that the newest stands at the end."""
    for night in reversed(found.runs):
        _print_night(night)
    for hold in found.holds:
        if hold.until > datetime.now(UTC):
            print_line(f"{hold.outlet}: left alone until {when(hold.until)} ({hold.reason})")
    for reach in found.reaches:
        print_line(f"{reach.outlet}: complete since {reach.since:%Y-%m-%d}")
    totals = found.totals
    down = f", {totals.taken_down} more taken down" if totals.taken_down else ""
    print_line(
        f"{totals.stories} stories ({totals.gone} gone{down}) in {totals.versions} versions from "
        f"{totals.outlets} outlets, with {totals.images} lead images; "
        f"last event {when(totals.last_event_at) or 'never'}"
    )
    _print_fixity(found.fixity)


def print_disk(found: DiskState) -> None:
    """Print how much room the archive takes, and when the disk is full at its pace."""
    told = f"{_size(found.warc_bytes)} in WARC files, {_size(found.database_bytes)} of database"
    pace = f"{_size(found.free_bytes)} free, {_size(found.daily_bytes)} more a day"
    if found.full_at is None:
        print_line(f"{told}; {pace}")
        return
    print_line(f"{told}; {pace}: full about {found.full_at:%Y-%m-%d}")
    if found.full_at - datetime.now(UTC) < SOON:
        print_line(f"make room on the disk of {found.directory}, or move the archive to another")


def _size(count: int) -> str:
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1_000:
            return f"{size:.3g} {unit}"
        size /= 1_000
    return f"{size:,.1f} TB"


def _print_fixity(found: FixityState) -> None:
    """Since when every stored byte was read again."""
    read = found.bytes - found.unread
    line = f"{read:,} of {found.bytes:,} bytes were read again by an audit"
    print_line(f"{line} since {when(found.read_since)}" if found.read_since else line)
    for name in found.damaged:
        print_line(f"{name}: damaged when it was last read; `kliping audit` tells where")


def _print_night(night: RunStatus) -> None:
    print_line(f"run {night.run.run_id}, {when(night.run.started_at)}", bold=True)
    print_table(
        ("Outlet", "Began", "Ended", "Reason", "Counts", "Problems"),
        [
            (
                one.crawl.outlet,
                one.crawl.started_at,
                one.crawl.ended_at,
                one.crawl.finish_reason or "running, or killed",
                _counts(one.crawl.counts),
                len(one.problems),
            )
            for one in night.crawls
        ],
    )
    for one in night.crawls:
        _print_problems(one)
    print_line()


def _print_problems(one: CrawlStatus) -> None:
    for problem in one.problems[:_PROBLEMS]:
        print_line(_problem(problem))
    rest = len(one.problems) - _PROBLEMS
    if rest > 0:
        print_line(f"{one.crawl.outlet}: {rest} more problems; --json shows all")


def _problem(problem: Problem) -> str:
    detail = f" ({problem.detail})" if problem.detail else ""
    return f"{problem.outlet}: {problem.url}: {problem.kind}{detail}; {problem.advice}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))
