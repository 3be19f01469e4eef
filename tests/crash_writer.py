"""A process that records stories, exports them and takes one down, and may die at any point of it.

`crash_writer.py FOLDER SEED POINT N`: it says what was acknowledged, one line each, as soon as it
was, and is killed, as by `kill -9`, when it reaches POINT for the Nth time (see `POINTS`; "never":
somebody else kills it). Files are small, so that a crawl needs several.
"""

import hashlib
import os
import random
import shutil
import signal
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from sightings import OUTLET, article, shown
from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import Pool

from archive import erasure
from archive.archive import Archive
from archive.config import ArchiveConfig
from archive.snapshots import export

__all__ = ["POINTS", "STORIES", "settings"]

STORIES = 12
POINTS = {
    "half-written": "a torn member at the end of a WARC file",
    "written": "whole members that are not yet synced",
    "synced": "members on disk, their rows not begun",
    "uncommitted": "rows written, their transaction not committed",
    "committed": "the transaction is safe, nobody was told",
    "rotation": "the old file closed, the new one not begun, or begun and its folder not synced",
    "export": "some files of a snapshot written",
    "half-laid": "a torn tombstone within a WARC file",
    "laid": "some members of a story overwritten, others not",
    "undecided": "rows of a takedown written, their transaction not committed",
    "decided": "a step of a takedown committed, the next not begun",
    "unsettled": "the words in no row any more, but in the database's free pages",
}


def settings(folder: Path) -> ArchiveConfig:
    """Small files: a crawl of twelve stories needs several."""
    return ArchiveConfig(directory=folder, warc_size=16_000)


class _Crash:
    """Dies at the chosen point; every other call goes through."""

    def __init__(self, point: str, *, at: int) -> None:
        self._point, self._at = point, at
        self._met: Counter[str] = Counter()
        self._writes = False
        self.takes_down = False
        self._write, self._fsync, self._open = os.write, os.fsync, os.open
        self._pwrite, self._settle = os.pwrite, erasure.settle
        self._copy = shutil.copyfileobj

    def install(self) -> None:
        os.write, os.fsync, os.open = self.write, self.fsync, self.open
        os.pwrite, erasure.settle = self.pwrite, self.settle
        event.listen(Engine, "commit", self.commit)
        event.listen(Pool, "checkin", self.checkin)

    def write(self, file: int, data: bytes, /) -> int:
        if _named(file).endswith(".warc.gz") and self._is_here("half-written"):
            self._write(file, data[: len(data) // 2])
            _die()
        return self._write(file, data)

    def pwrite(self, file: int, data: bytes, offset: int, /) -> int:
        if self._is_here("half-laid"):
            self._pwrite(file, data[: len(data) // 2], offset)
            _die()
        return self._pwrite(file, data, offset)

    def settle(self, engine: Engine) -> bool:
        if self._is_here("unsettled"):
            _die()
        return self._settle(engine)

    def open(self, path: str, flags: int, mode: int = 0o777, **more: int) -> int:
        is_new = str(path).endswith(".warc.gz") and flags & os.O_CREAT
        if is_new and self._is_here("rotation"):
            _die()
        file = self._open(path, flags, mode, **more)
        if is_new and self._is_here("rotation"):
            _die()
        return file

    def fsync(self, file: int, /) -> None:
        is_warc = _named(file).endswith(".warc.gz")
        if is_warc and self._is_here("written"):
            _die()
        self._fsync(file)
        if is_warc and self._is_here("laid" if self.takes_down else "synced"):
            _die()

    def commit(self, connection: Connection) -> None:
        self._writes = bool(connection.get_execution_options().get("kliping_writes"))
        if self._writes and self._is_here("undecided" if self.takes_down else "uncommitted"):
            _die()

    def checkin(self, *_: object) -> None:
        if self._writes and self._is_here("decided" if self.takes_down else "committed"):
            _die()
        self._writes = False

    def exported(self, count: int) -> None:
        if self._is_here("export"):
            _die()

    def _is_here(self, point: str) -> bool:
        self._met[point] += 1
        return point == self._point and self._met[point] == self._at


def _named(file: int) -> str:
    return Path(f"/proc/self/fd/{file}").readlink().name


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def _play(folder: Path, dice: random.Random, crash: _Crash) -> None:
    archive = Archive(settings(folder), clock=lambda: datetime.now(UTC))
    crawl = archive.begin_crawl(OUTLET)
    _say("begun")
    new: list[tuple[str, str]] = []
    for number in range(STORIES):
        # every third look is at a story of an earlier crawl: an edit
        path = f"/berita-{dice.randrange(9)}" if number % 3 == 0 else f"/baru-{dice.random()}"
        body = dice.randbytes(dice.randrange(500, 6_000))
        told = article(f"Camat Batulicin dipanggil soal netralitas, {body.hex()[:400]}.")
        seen = shown(path, told, at=datetime.now(UTC), body=body)
        outcome = archive.record(crawl, seen)
        if number % 3:
            new.append((outcome.story_id, body.hex()[:400]))
        _say("ack", outcome.story_id, outcome.version, hashlib.sha256(body).hexdigest())
    archive.close_crawl(crawl, reason="finished", counts={}, complete=True)
    _say("closed", crawl.crawl_id)
    dest = folder.parent / f"snapshot-{crawl.crawl_id}"
    export(archive.engine, archive.warc_directory, dest, progress=crash.exported)
    _say("exported", dest.name)
    story_id, words = dice.choice(new)
    _say("taking", story_id, words)
    crash.takes_down = True
    archive.take_down(story_id, reason="Putusan Dewan Pers", made_by="Redaksi")
    _say("taken", story_id)
    archive.close()


def main() -> None:
    """Record a crawl and export the archive, until death."""
    folder, seed, point, at = sys.argv[1:]
    crash = _Crash(point, at=int(at))
    crash.install()
    _play(Path(folder), random.Random(seed), crash)


if __name__ == "__main__":
    main()
