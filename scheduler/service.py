"""The service: outlets are visited when they are due, by one scheduler at a time, until it ends.

What is due follows from the settings and from the archive alone, so that a service that was killed
goes on where it was, and two of them do nothing twice: only the holder of the lease `scheduler`
begins anything, each crawl holds its outlet's lease, and before one begins the archive is asked.
It looks every few seconds by a clock that nobody can set, and at once when the alarm rings.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from archive import database, lease
from archive.archive import Archive
from archive.config import Settings
from archive.errors import ArchiveError, LeaseHeld, LeaseLost
from archive.lease import Holder
from archive.schema import crawl as crawl_table
from archive.types import Outlet
from crawler.crawl import CrawlEnd
from crawler.night import child_command
from scheduler.alarm import Alarm
from scheduler.errands import NOTIFY_EVERY, errands_due
from scheduler.jobs import Job, crawl_job, errand
from scheduler.log import Log
from scheduler.plan import Timetable, last_slot
from scheduler.timetable import outlets_of, round_at, timetables

__all__ = ["LEASE", "Service"]

LEASE = "scheduler"
_LOOK = 5.0
"""Seconds between two looks at what is due."""
_GLANCE = 0.25
"""Seconds between two looks at whether a child has ended."""
_OVERTIME = timedelta(minutes=10)
"""What a crawl may take beyond its own limit before it is ended from outside."""
_ERRAND = timedelta(hours=20)
_AGAIN = 300.0
"""Seconds until an outlet that could not be begun, or an errand that failed, is tried again."""
_SOON = 30.0
"""Seconds until an outlet is tried again that another process held, which may be at its end."""
_RESTS = 6 * 3600.0
"""Seconds for which an outlet is left alone whose crawl had to be ended from outside."""
_RENEWS = 15.0
"""Seconds after which the lease is renewed: it ends after sixty."""
_ENDS_IN = 8.0
"""Seconds in which everything has ended after a signal."""
_JUMP = 60.0
"""Seconds by which the clock moved on its own: it was set, or the machine slept."""
_HELD = frozenset({"lease-held", "network-held"})
_NOT_BEGUN = frozenset({"lease-held", "network-held", "misconfigured", "start_error",
                        "archive-failed"})  # fmt: skip


@dataclass
class Service:
    """Visits outlets when they are due."""

    settings: Settings
    config_file: Path | None
    log: Log
    clock: Callable[[], datetime]
    ends: list[CrawlEnd] = field(default_factory=list)
    """How the crawls ended that it began."""

    def __post_init__(self) -> None:
        self._outlets: Mapping[str, Outlet] = outlets_of(self.settings)
        self._tables: Mapping[str, Timetable] = timetables(self.settings, self._outlets)
        self._crawls: dict[str, Job] = {}
        self._errand: Job | None = None
        self._archive: Archive | None = None
        self._token: int | None = None
        self._run_id: int | None = None
        self._not_before: dict[str, float] = {}
        self._told_at = -NOTIFY_EVERY.total_seconds()
        self._trouble = ""
        self._stands_by = False
        self._renewed_at = 0.0
        self._drift: float | None = None
        self._woken = threading.Event()
        self._is_stopped = False

    # -- from outside ----------------------------------------------------------------------------

    def stop(self) -> None:
        """Begin nothing any more, and end what is at work; safe in a signal handler."""
        self._is_stopped = True
        self._woken.set()

    def run(self) -> None:
        """Visit what is due until it is stopped. Raises ConfigError."""
        self.log.tell("waiting", outlets=len(self._tables))
        with ExitStack() as stack:
            stack.callback(self._end)
            alarm = Alarm(self._tables, self._woken.set)
            stack.callback(alarm.stop)
            while not self._is_stopped:
                if self._is_clock_moved():
                    self._start_afresh(alarm)
                self._look()
                self._wait(_LOOK)

    def _start_afresh(self, alarm: Alarm) -> None:
        """The clock moved: waits count no more, and the lease may be another's by now."""
        self.log.tell("the clock moved, or the machine slept: what is due is looked up")
        alarm.reset()
        self._not_before.clear()
        self._renewed_at = float("-inf")

    def once(self) -> None:
        """Visit what is due now, do the errands after it, and return.

        Raises LeaseHeld while another scheduler is at work, ArchiveError when the archive fails.
        """
        with ExitStack() as stack:
            stack.callback(self._end)
            while not self._is_stopped and self._leads(self._opened(), waits=False):
                if not self._step():
                    return
                self._wait(_LOOK)

    def _wait(self, seconds: float) -> None:
        """Return when it is time to look again: something rang, or a child has ended."""
        until = time.monotonic() + seconds
        jobs = [*self._crawls.values(), *([self._errand] if self._errand else [])]
        while time.monotonic() < until and not any(job.poll() is not None for job in jobs):
            if self._woken.wait(_GLANCE):
                self._woken.clear()
                return

    # -- one look --------------------------------------------------------------------------------

    def _look(self) -> None:
        """See what is to be done; an archive that is away is told of once, and waited for."""
        try:
            if self._leads(self._opened(), waits=True):
                self._step()
        except ArchiveError as error:
            if not self._trouble:
                self.log.tell(f"{error}; trying again")
            self._trouble = str(error)
            return
        if self._trouble:
            self.log.tell("the archive is there again")
            self._trouble = ""

    def _step(self) -> bool:
        """Begin what is due and see what has ended; whether anything is left to wait for."""
        archive = self._opened()
        for slug, job in list(self._crawls.items()):
            if job.poll() is not None:
                self._ended(archive, self._crawls.pop(slug))
        self._see_to_errand()
        self._begin_due(archive)
        if self._crawls:
            return True
        self._end_run(archive)
        return self._do_errands(archive)

    def _begin_due(self, archive: Archive) -> None:
        found = round_at(archive.engine, self._tables, self.clock())
        busy = {self._outlets[slug].lane for slug in self._crawls}
        busy |= {self._outlets[slug].lane for slug in found.at_work if slug in self._outlets}
        for slug in found.due:
            if len(self._crawls) >= self.settings.crawl.parallel:
                return
            lane = self._outlets[slug].lane
            if lane not in busy and self._not_before.get(slug, 0.0) <= time.monotonic():
                busy.add(lane)
                self._begin(archive, slug)

    def _begin(self, archive: Archive, slug: str) -> None:
        if self._run_id is None:
            self._run_id = archive.begin_run()
        limit = self.settings.crawl.time_limit + _OVERTIME
        slot = last_slot(self._tables[slug], self.clock())
        if slot is None:
            return
        command = child_command(slug, run_id=self._run_id, config_file=self.config_file)
        self._crawls[slug] = crawl_job(command, slug=slug, slot=slot, limit=limit.total_seconds())
        # until its row is there, the archive does not know that it is at work
        self._not_before[slug] = time.monotonic() + _AGAIN
        self.log.tell("begun", outlet=slug)

    def _ended(self, archive: Archive, job: Job) -> None:
        said = job.last_line()
        end = CrawlEnd(**said) if said else CrawlEnd(
            outlet=job.name, reason="killed", failure="its process was ended"
        )  # fmt: skip
        self.ends.append(end)
        if job.is_overdue:
            self._not_before[job.name] = time.monotonic() + _RESTS
        elif end.reason in _HELD:
            self._not_before[job.name] = time.monotonic() + _SOON
        elif end.reason not in _NOT_BEGUN:
            self._not_before.pop(job.name, None)
        what = f"{end.reason}: {end.failure}" if end.failure else end.reason
        counts = self._counts(archive, job.name)
        self.log.tell(what, outlet=job.name, **counts, seconds=round(job.seconds))

    def _counts(self, archive: Archive, slug: str) -> dict[str, Any]:
        """What the outlet's crawl of this run counted, as far as people ask."""
        of_run = (crawl_table.c.run_id == self._run_id) & (crawl_table.c.outlet == slug)
        with database.reading(archive.engine) as connection:
            counts = connection.scalar(select(crawl_table.c.counts).where(of_run)) or {}
        names = ("looked_at", "on_topic", "new", "edited", "gone", "problems")
        return {name: counts[name] for name in names if counts.get(name)}

    def _end_run(self, archive: Archive) -> None:
        if self._run_id is not None:
            archive.end_run(self._run_id)
            self._run_id = None
            self._told_at = -NOTIFY_EVERY.total_seconds()  # people are told after the night

    # -- errands ---------------------------------------------------------------------------------

    def _see_to_errand(self) -> None:
        """Tell how the errand ended that was at work, also while crawls are."""
        if self._errand is None or (code := self._errand.poll()) is None:
            return
        name = self._errand.name
        self._errand.last_line()
        self.log.tell(f"{name} done" if code == 0 else f"{name} ended with exit code {code}")
        self._errand = None

    def _do_errands(self, archive: Archive) -> bool:
        """Begin what follows a night, one after the other; whether one is at work."""
        if self._errand:
            return True
        now = time.monotonic()
        for command in self._errands(archive):
            if self._not_before.get(command[0], 0.0) <= now:
                self._not_before[command[0]] = now + _AGAIN
                limit = _ERRAND.total_seconds()
                self._errand = errand(*command, config_file=self.config_file, limit=limit)
                return True
        return False

    def _errands(self, archive: Archive) -> Iterator[tuple[str, ...]]:
        yield from errands_due(archive.engine, self.settings)
        notify, now = self.settings.notify, time.monotonic()
        if (notify.to or notify.feeds) and now - self._told_at >= NOTIFY_EVERY.total_seconds():
            self._told_at = now
            yield ("notify",)

    # -- the lease, the archive, the clock -------------------------------------------------------

    def _opened(self) -> Archive:
        if self._archive is None:
            self._archive = Archive(self.settings.archive, clock=self.clock)
        return self._archive

    def _leads(self, archive: Archive, *, waits: bool) -> bool:
        """Whether this is the scheduler that acts; another one that lives goes first."""
        if self._token is not None and time.monotonic() - self._renewed_at < _RENEWS:
            return True
        try:
            with database.writing(archive.engine) as connection:
                if self._token is None:
                    holder = Holder.this_process()
                    self._token = lease.acquire(connection, LEASE, holder=holder)
                    self.log.tell("this scheduler is at work")
                else:
                    lease.renew(connection, LEASE, token=self._token)
            self._renewed_at = time.monotonic()
        except LeaseLost:
            self._token = None
            self.log.tell("another scheduler took over; this one stands by")
        except LeaseHeld as error:
            if not waits:
                raise
            if not self._stands_by:
                self.log.tell(f"another scheduler is at work; this one stands by ({error})")
            self._stands_by = True
            return False
        self._stands_by = self._token is None
        return self._token is not None

    def _is_clock_moved(self) -> bool:
        """Whether the clock went otherwise than time did since the last look."""
        drift = self.clock().timestamp() - time.monotonic()
        before, self._drift = self._drift, drift
        return before is not None and abs(drift - before) > _JUMP

    # -- the end ---------------------------------------------------------------------------------

    def _end(self) -> None:
        """End every child, the run and the lease; what does not end in time is killed."""
        jobs = [*self._crawls.values(), *([self._errand] if self._errand else [])]
        for job in jobs:
            job.stop()
        until = time.monotonic() + _ENDS_IN
        while any(job.poll() is None for job in jobs) and time.monotonic() < until:
            time.sleep(0.05)
        for job in jobs:
            job.kill()
            job.wait()
        if self._errand:
            self._errand.last_line()
        if self._archive is None:
            return
        with suppress(ArchiveError):
            for slug in list(self._crawls):
                self._ended(self._archive, self._crawls.pop(slug))
            self._end_run(self._archive)
            self._let_go(self._archive)
        self._archive.close()

    def _let_go(self, archive: Archive) -> None:
        if self._token is not None:
            with database.writing(archive.engine) as connection:
                lease.release(connection, LEASE, token=self._token)
            self.log.tell("ended")
