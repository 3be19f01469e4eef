"""Two schedulers that are killed again and again, and nights that they have to see to anyway."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from calendar_newsroom import CalendarNewsroom, evening
from moved_clock import MovedClock
from playing import Place

from archive.database import reading
from archive.notices import DIGEST, last_told_at
from archive.types import Outlet
from scheduler.errands import errands_due
from scheduler.plan import Timetable
from scheduler.targets import targets
from scheduler.timetable import outlets_of, round_at, timetables

__all__ = ["NightWatch", "settled"]

_KILLS = 3
"""At most so many a night, and two crawls of one outlet: the third death ends its turn."""
_LOOKS = 7.0
"""Seconds in which a scheduler looks at least once at what is due."""
_LONGEST = 600.0
"""Seconds that a night may take."""
_SERVICE = "from scheduler.cli import main; main()"


def settled(directory: Path, room: CalendarNewsroom, *, tell: str) -> Place:
    """An archive for the newsroom's outlets, and settings under which every night begins at once.

    `tell` is the address that gets the digests.
    """
    place = Place.make(directory, room.connect_to, outlets=room.entries, images=False)
    slugs = [str(entry["slug"]) for entry in room.entries]
    schedule = {"at": ["01:30"], "jitter": "0s", "outlets": slugs}
    sections = {"schedule": schedule, "notify": {"to": [tell], "at": "06:30"}}
    text = place.file.read_text(encoding="utf-8")
    for name, values in sections.items():
        lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        text += "\n".join(["", f"[{name}]", *lines, ""])
    place.file.write_text(text, encoding="utf-8")
    return place


@dataclass
class NightWatch:
    """The services at work on an archive."""

    place: Place
    clock: MovedClock
    chance: random.Random
    kills: Counter[str] = field(default_factory=Counter)
    """How often what was killed: `scheduler` or `crawl`."""
    _services: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator["NightWatch"]:
        """Two schedulers at work; both end with the block, in peace."""
        self._services = [self._start(), self._start()]
        try:
            yield self
        finally:
            for service in self._services:
                service.terminate()
            for service in self._services:
                service.wait(timeout=30)

    def night(self, number: int) -> None:
        """Move the clock to a night's evening, and wait until everything of it is done.

        Raises TimeoutError where it never comes to that.
        """
        self.clock.move(evening(number))
        killed = Counter[str]()
        next_kill = time.monotonic() + self.chance.uniform(0.5, 6)
        ends_at = time.monotonic() + _LONGEST
        while not self._is_visited():
            if time.monotonic() > ends_at:
                raise TimeoutError(f"night {number} never ended: {self._state()}")
            if time.monotonic() > next_kill and killed.total() < _KILLS:
                self._kill(killed)
                next_kill = time.monotonic() + self.chance.uniform(0.5, 8)
            time.sleep(0.2)
        self._wait_for(self._is_seen_to, number)

    def idle(self, moment: datetime) -> None:
        """Move the clock, and give the schedulers time for what they think that is due then."""
        self.clock.move(moment)
        time.sleep(_LOOKS)
        while not self._is_visited():
            time.sleep(0.2)

    # -- what the archive says -------------------------------------------------------------------

    @cached_property
    def _outlets(self) -> Mapping[str, Outlet]:
        return outlets_of(self.place.settings)

    @cached_property
    def _tables(self) -> Mapping[str, Timetable]:
        return timetables(self.place.settings, self._outlets)

    def _is_visited(self) -> bool:
        found = round_at(self.place.engine, self._tables, self.clock.now())
        return not found.due and not found.at_work

    def _is_seen_to(self) -> bool:
        """Whether the archive was read, and people were told."""
        if list(errands_due(self.place.engine, self.place.settings)):
            return False
        (target,) = targets(self.place.settings.notify.to)
        with reading(self.place.engine) as connection:
            told_at = last_told_at(connection, target.key, DIGEST)
        return told_at is not None and self.clock.now() - told_at < timedelta(hours=12)

    def _wait_for(self, is_so: Callable[[], bool], number: int) -> None:
        ends_at = time.monotonic() + _LONGEST
        while not is_so():
            if time.monotonic() > ends_at:
                raise TimeoutError(f"night {number} was never seen to: {self._state()}")
            time.sleep(0.2)

    def _state(self) -> str:
        found = round_at(self.place.engine, self._tables, self.clock.now())
        alive = [service.poll() is None for service in self._services]
        owed = list(errands_due(self.place.engine, self.place.settings))
        return f"due {found.due}, at work {sorted(found.at_work)}, alive {alive}, owed {owed}"

    # -- the processes ---------------------------------------------------------------------------

    def _start(self) -> "subprocess.Popen[bytes]":
        log = self.place.file.with_name("schedule.log")
        with log.open("ab") as told:
            return subprocess.Popen(
                (sys.executable, "-c", _SERVICE, "--config", str(self.place.file), "schedule"),
                env=self.clock.surroundings,
                stdout=told,
                stderr=told,
            )

    def _kill(self, killed: Counter[str]) -> None:
        """End a scheduler or a crawl without a word; a scheduler is started again."""
        crawls = [(slug, pid) for slug, pid in _crawls(self.place.file) if killed[slug] < 2]
        if crawls and self.chance.random() < 0.6:
            slug, pid = self.chance.choice(crawls)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            killed[slug] += 1
            self.kills["crawl"] += 1
            return
        index = self.chance.randrange(len(self._services))
        self._services[index].kill()
        self._services[index].wait()
        self._services[index] = self._start()
        killed[""] += 1
        self.kills["scheduler"] += 1


def _crawls(settings_file: Path) -> list[tuple[str, int]]:
    """The crawls at work on this archive, whoever began them: outlet and process."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().decode().split("\0")
            if "crawler.child" in words and str(settings_file) in words:
                found.append((words[words.index("crawler.child") + 1], int(folder.name)))
    return found
