"""Several outlets in one run: a child process each, one at a time per network."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from archive.archive import Archive
from archive.config import Settings
from archive.errors import ArchiveError
from archive.types import Outlet
from archive.visits import NOT_REACHED, last_visits
from crawler.crawl import CrawlEnd
from crawler.order import lanes, longest_unvisited_first

__all__ = ["Night", "child_command", "run_night"]

_BETWEEN_LOOKS = 1.0
"""Seconds between two looks at whether another process has left a network."""


@dataclass(frozen=True, kw_only=True)
class Night:
    """What the crawls of one run share."""

    settings: Settings
    config_file: Path | None
    run_id: int
    since: datetime | None = None
    revisit: str = "due"
    wishes: Mapping[str, Path] = field(default_factory=dict)
    """By outlet the file that says which addresses to save, instead of a whole crawl."""


def run_night(night: Night, outlets: Sequence[Outlet]) -> list[CrawlEnd]:
    """Crawl every outlet; how each ended, in the order given.

    Outlets of one network follow each other, the longest unvisited first, until the network's
    time is up; others run side by side, `crawl.parallel` at once, in the same order.
    SIGTERM and Ctrl-C end the crawls at work, which close their rows, and begin no other.
    """
    with closing(Archive(night.settings.archive, clock=lambda: datetime.now(UTC))) as archive:
        ordered = longest_unvisited_first(outlets, last_visits(archive.engine))
        children = _Children(night, archive)
        with ThreadPoolExecutor(max_workers=night.settings.crawl.parallel) as pool, _ends(children):
            ended = [end for lane in pool.map(children.follow, lanes(ordered)) for end in lane]
    order = [outlet.slug for outlet in outlets]
    return sorted(ended, key=lambda end: order.index(end.outlet))


class _Children:
    """The processes of one night's crawls."""

    def __init__(self, night: Night, archive: Archive) -> None:
        self._night = night
        self._archive = archive
        self._wait = threading.Event()
        self._at_work: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._is_stopped = False

    def stop(self) -> None:
        """Ask every crawl at work to end, and begin none any more."""
        with self._lock:
            self._is_stopped = True
            self._wait.set()
            for child in self._at_work:
                child.terminate()

    def follow(self, lane: Sequence[Outlet]) -> list[CrawlEnd]:
        """Crawl the outlets of one network, one after the other, while its time lasts."""
        limit = self._night.settings.crawl.network_time_limit.total_seconds()
        until = time.monotonic() + limit if lane[0].network else None
        return [self._in_turn(outlet, until=until) for outlet in lane]

    def _in_turn(self, outlet: Outlet, *, until: float | None) -> CrawlEnd:
        """Crawl an outlet as soon as its network is free; an archive that fails fails no other."""
        try:
            return self._when_free(outlet, until=until)
        except ArchiveError as error:
            return CrawlEnd(outlet=outlet.slug, reason="archive-failed", failure=str(error))

    def _when_free(self, outlet: Outlet, *, until: float | None) -> CrawlEnd:
        """Crawl an outlet as soon as no other process crawls its network, or not in this run."""
        if until is None or self._night.wishes:  # who saves a page does not wait for a night
            return self._crawl(outlet.slug)
        while (left := until - time.monotonic()) > 0:
            if self._is_stopped or self._archive.is_network_free(outlet.network):
                end = self._crawl(outlet.slug, time_left=left)
                if end.reason != "network-held":
                    return end
            self._wait.wait(min(_BETWEEN_LOOKS, left))
        self._archive.note_not_reached(outlet, run_id=self._night.run_id)
        return CrawlEnd(outlet=outlet.slug, reason=NOT_REACHED)

    def _crawl(self, slug: str, *, time_left: float | None = None) -> CrawlEnd:
        with self._lock:
            if self._is_stopped:
                return CrawlEnd(outlet=slug, reason="shutdown", failure="not begun any more")
            command = _command(self._night, slug)
            command += [] if time_left is None else ["--time-left", f"{time_left:.0f}"]
            # in a group of its own: Ctrl-C in a terminal asks this process, which asks its children
            child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, process_group=0)
            self._at_work.add(child)
        output, _ = child.communicate()
        with self._lock:
            self._at_work.discard(child)
            is_stopped = self._is_stopped
        lines = output.strip().splitlines()
        if not lines and is_stopped:
            return CrawlEnd(outlet=slug, reason="shutdown", failure="ended before it began")
        if not lines:
            failure = f"its process ended with {child.returncode}"
            return CrawlEnd(outlet=slug, reason="killed", failure=failure)
        return CrawlEnd(**json.loads(lines[-1]))


def child_command(slug: str, *, run_id: int, config_file: Path | None) -> list[str]:
    """What starts the crawl of an outlet as a process of its own."""
    command = [sys.executable, "-m", "crawler.child", slug, "--run", str(run_id)]
    return command + (["--config", str(config_file)] if config_file else [])


def _command(night: Night, slug: str) -> list[str]:
    command = child_command(slug, run_id=night.run_id, config_file=night.config_file)
    command += ["--revisit", night.revisit]
    if slug in night.wishes:
        command += ["--save", str(night.wishes[slug])]
    if night.since:
        command += ["--since", night.since.isoformat()]
    return command


@contextmanager
def _ends(children: _Children) -> Iterator[None]:
    """While the block runs, SIGTERM and SIGINT end the children and not this process."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals belong to whoever runs the main thread
        return

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        children.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
