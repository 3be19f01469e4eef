"""A process of its own that writes an archive: `archive_child.py MODE FOLDER [NUMBER]`.

It says what was acknowledged, one line each, as soon as it was. `waiting` begins a crawl and waits
to be killed; `dying` is killed at the NUMBERth look at its clock; `full` may not grow a file beyond
a limit and stores pages of NUMBER bytes; `busy` plays NUMBER crawls of an outlet of its own.
"""

import os
import resource
import signal
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from archive_rows import OUTLET, Clock
from sightings import NIGHT_1, TEXT, Nights, article, shown

from archive.archive import Archive
from archive.errors import ArchiveError

__all__ = ["LIMIT", "STORIES"]

STORIES = 3
LIMIT = 1_000_000


class DeadlyClock(Clock):
    """Kills its process when it is asked for the time once too often."""

    def __init__(self, now: datetime, *, looks: int) -> None:
        super().__init__(now)
        self._left = looks

    def __call__(self) -> datetime:
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1
        return super().__call__()


def _waiting(nights: Nights, _number: int) -> None:
    nights.begin(1).show("/camat", article())
    _say("begun")
    time.sleep(60)


def _dying(nights: Nights, number: int) -> None:
    clock = DeadlyClock(NIGHT_1, looks=number)
    nights.archive, nights.clock = Archive(nights.config, clock=clock), clock
    with nights.night(1) as night:
        for path in range(STORIES):
            night.record(shown(f"/{path}", article(f"{TEXT} {path}"), at=NIGHT_1))
            _say(f"/{path}")
    _say("closed")


def _full(nights: Nights, size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with nights.night(1) as night:
        _limit_files(LIMIT)
        try:
            for path in range(1000):
                night.show(f"/{path}", article(f"{TEXT} {path}"), body=os.urandom(size))
                _say(f"/{path}")
        except ArchiveError as error:
            _say(f"refused: {error}")
        _limit_files(resource.RLIM_INFINITY)  # the disk has room again
        night.show("/lagi", article())
        _say("/lagi")
    nights.archive.close()


def _limit_files(limit: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


def _busy(nights: Nights, number: int) -> None:
    outlet = replace(OUTLET, slug=f"uji-{os.getpid()}")
    for turn in range(number):
        with nights.night(turn + 1, outlet=outlet) as night:
            for path in range(5):
                night.show(f"/{path}", article(f"{TEXT} {turn}"), outlet=outlet.slug)
    _say(outlet.slug)


def _say(fact: object) -> None:
    sys.stdout.write(f"{fact}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    modes = {"waiting": _waiting, "dying": _dying, "full": _full, "busy": _busy}
    asked = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    modes[sys.argv[1]](Nights(Path(sys.argv[2])), asked)
