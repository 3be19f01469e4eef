"""A crawl that kills itself at one point of its own writing.

`python tests/crash_child.py POINT N SLUG …` is `python -m crawler.child SLUG …`, until it reaches
POINT for the Nth time: then it is killed as by `kill -9`.
"""

import os
import signal
import sys
from collections import Counter
from pathlib import Path

from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import Pool

from crawler.child import main

__all__ = ["POINTS"]

POINTS = (
    "half-written",  # a torn member at the end of a WARC file
    "written",  # whole members that are not yet synced
    "synced",  # members on disk, their rows not begun
    "uncommitted",  # rows written, their transaction not committed
    "committed",  # the transaction is safe, nobody was told
)


class _Crash:
    """Dies at the chosen point; every other call goes through."""

    def __init__(self, point: str, *, at: int) -> None:
        self._point, self._at = point, at
        self._met: Counter[str] = Counter()
        self._writes = False
        self._write, self._fsync = os.write, os.fsync

    def install(self) -> None:
        os.write, os.fsync = self.write, self.fsync
        event.listen(Engine, "commit", self.commit)
        event.listen(Pool, "checkin", self.checkin)

    def write(self, file: int, data: bytes, /) -> int:
        if not _is_warc(file):
            return self._write(file, data)
        if self._is_here("half-written"):
            self._write(file, data[: len(data) // 2])
            _die()
        return self._write(file, data)

    def fsync(self, file: int, /) -> None:
        is_warc = _is_warc(file)
        if is_warc and self._is_here("written"):
            _die()
        self._fsync(file)
        if is_warc and self._is_here("synced"):
            _die()

    def commit(self, connection: Connection) -> None:
        self._writes = bool(connection.get_execution_options().get("kliping_writes"))
        if self._writes and self._is_here("uncommitted"):
            _die()

    def checkin(self, *_: object) -> None:
        if self._writes and self._is_here("committed"):
            _die()
        self._writes = False

    def _is_here(self, point: str) -> bool:
        self._met[point] += 1
        return point == self._point and self._met[point] == self._at


def _is_warc(file: int) -> bool:
    return Path(f"/proc/self/fd/{file}").readlink().name.endswith(".warc.gz")


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    _Crash(sys.argv[1], at=int(sys.argv[2])).install()
    sys.exit(main(sys.argv[3:]))
