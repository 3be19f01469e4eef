"""Proof that what was acknowledged survives: kills at every kind of point, and a refusing disk.

python tests/prove_crash.py [--kills 200] [--seed 1]: a process records stories, exports them and
takes one down; it is killed at random points of its own writing, and at random moments. After each
kill the archive is opened again, as the next crawl does: every acknowledged version must be there
with the bytes it was read from, no file may end in a torn member, a snapshot must be whole or not
be there, and a takedown that was decided must be over, with no byte or word of its story left. Then
every write and every fsync of a crawl is refused in turn (ENOSPC, EIO, and a write cut short), and
its database is full after each number of pages. Exit 1 when anything was lost.
"""

import argparse
import errno
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crash_writer import POINTS, STORIES, settings
from sightings import OUTLET, article, shown
from sqlalchemy import Connection, Engine, event, func, select
from sqlalchemy.pool import Pool

from archive import database
from archive.archive import Archive
from archive.audit import audit
from archive.errors import ArchiveError
from archive.good_copy import bytes_at
from archive.schema import tombstone, warc_record
from archive.takedowns import takedowns
from archive.tombstone import is_tombstone
from archive.versions import versions
from archive.warc_reader import parse_member

__all__ = ["REFUSALS", "Series", "fill_database", "refuse_each"]

_WRITER = Path(__file__).with_name("crash_writer.py")
_OFTEN = {"half-written": STORIES, "written": STORIES, "synced": STORIES, "rotation": 4,
          "uncommitted": STORIES, "committed": STORIES, "export": 6, "half-laid": 2, "laid": 2,
          "undecided": 6, "decided": 6, "unsettled": 1}  # fmt: skip
"""How often a crawl comes by each point, about."""

Ack = tuple[str, int, str]
"""Story, version, SHA-256 of the body it was read from."""


@dataclass
class Series:
    """Kills of one archive, and what was acknowledged before each."""

    folder: Path
    dice: random.Random
    acknowledged: dict[Ack, None] = field(default_factory=dict)
    died: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    checked: int = 0
    taking: dict[str, str] = field(default_factory=dict)
    """Stories whose takedown was asked for, each with words that only it has."""
    taken: set[str] = field(default_factory=set)
    """Those of which that was acknowledged."""

    def __post_init__(self) -> None:
        Archive.create(settings(self.archive))

    @property
    def archive(self) -> Path:
        """The archive's folder."""
        return self.folder / "archive"

    def kill(self, number: int) -> None:
        """Kill a writer once, and look at what it left."""
        points = ["never", *POINTS]
        point = points[number % len(points)]
        told = self._run(point)
        for line in told:
            kind, *words = line.split()
            if kind == "ack":
                self.acknowledged[words[0], int(words[1]), words[2]] = None
            if kind == "taking":
                self.taking[words[0]] = words[1]
            if kind == "taken":
                self.taken.add(words[0])
        self._reopen(f"kill {number} ({point})")
        self._look_at_snapshots(told, f"kill {number} ({point})")

    def _run(self, point: str) -> list[str]:
        at = self.dice.randint(1, _OFTEN.get(point, 1))
        command = [sys.executable, _WRITER, self.archive, str(self.dice.random()), point, str(at)]
        with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            if point == "never":
                writer.stdout.readline()
                time.sleep(self.dice.random() * 1.2)
                writer.kill()
            told = writer.stdout.read().decode().splitlines()
        self.died[point if writer.returncode == -9 else "lived"] += 1
        return told

    def _reopen(self, which: str) -> None:
        """What the next crawl does first, and what an archive may not show afterwards."""
        archive = Archive(settings(self.archive), clock=lambda: datetime.now(UTC))
        crawl = archive.begin_crawl(OUTLET)
        archive.close_crawl(crawl, reason="finished", counts={}, complete=True)
        self.faults += [f"{which}: {fault}" for fault in _torn(archive)]
        self.faults += [f"{which}: {fault}" for fault in self._taken_down(archive)]
        fresh = list(self.acknowledged)[self.checked :]
        self.faults += [f"{which}: {fault}" for ack in fresh for fault in _lost(archive, ack)]
        self.checked = len(self.acknowledged)
        archive.close()

    def _taken_down(self, archive: Archive) -> Iterator[str]:
        """Takedowns that were acknowledged and are not there, or were decided and are not over."""
        with database.reading(archive.engine) as connection:
            found = {one.story_id: one.is_finished for one in takedowns(connection)}
            lost = list(_standing(connection, archive.warc_directory))
        yield from (f"the takedown of {story_id} is lost" for story_id in self.taken - set(found))
        yield from (f"the takedown of {key} is not over" for key, done in found.items() if not done)
        yield from lost
        data = b"".join(path.read_bytes() for path in self.archive.glob(f"{database.DATABASE}*"))
        for story_id in found:
            words = self.taking.get(story_id, "")
            if words and words.encode() in data:
                yield f"words of {story_id} are left in the database's files"
        # their versions are gone, as they should be
        gone = [ack for ack in self.acknowledged if ack[0] in found]
        for ack in gone:
            del self.acknowledged[ack]
        self.checked = max(self.checked - len(gone), 0)

    def _look_at_snapshots(self, told: list[str], which: str) -> None:
        said = {line.split()[1] for line in told if line.startswith("exported")}
        for dest in self.folder.glob("snapshot-*"):
            manifest = dest / "manifest.json"
            if not manifest.is_file():
                self.faults.append(f"{which}: {dest.name} is there and is not whole")
            elif dest.name in said:
                self.faults += [f"{which}: {fault}" for fault in _differing(dest, manifest)]

    def end(self) -> None:
        """Look at everything once more, and audit."""
        archive = Archive(settings(self.archive), clock=lambda: datetime.now(UTC))
        for ack in self.acknowledged:
            self.faults += _lost(archive, ack)
        report = audit(archive.engine, archive.warc_directory)
        self.faults += [f"audit: {finding.what}" for finding in report.findings]
        archive.close()


def _differing(dest: Path, manifest: Path) -> Iterator[str]:
    for told in json.loads(manifest.read_text())["files"]:
        found = hashlib.sha256((dest / told["path"]).read_bytes()).hexdigest()
        if found != told["sha256"]:
            yield f"{dest.name}/{told['path']} is not what its manifest says"


def _torn(archive: Archive) -> Iterator[str]:
    """Files that end elsewhere than their last row does."""
    end = func.max(warc_record.c.warc_offset + warc_record.c.warc_length)
    with database.reading(archive.engine) as connection:
        rows = select(warc_record.c.warc_file, end).group_by(warc_record.c.warc_file)
        ends = {row[0]: row[1] for row in connection.execute(rows)}
    for path in archive.warc_directory.iterdir():
        if path.stat().st_size != ends.get(path.name):
            yield f"{path.name} ends at {path.stat().st_size}, its rows at {ends.get(path.name)}"


def _standing(connection: Connection, warc_dir: Path) -> Iterator[str]:
    """Members that should be tombstones and are none."""
    rows = select(warc_record).join(tombstone, tombstone.c.record_id == warc_record.c.record_id)
    for row in connection.execute(rows):
        data = bytes_at(warc_dir / row.warc_file, row.warc_offset, length=row.warc_length)
        if not is_tombstone(parse_member(data)):
            yield f"{row.record_id} was taken down and stands"


def _lost(archive: Archive, ack: Ack) -> Iterator[str]:
    story_id, number, digest = ack
    known = {one.number: one for one in versions(archive.engine, story_id)}
    if number not in known:
        yield f"lost: version {number} of {story_id}"
        return
    bodies = {
        hashlib.sha256(archive.page(capture).body).hexdigest() for capture in known[number].captures
    }
    if digest not in bodies:
        yield f"lost: the bytes of version {number} of {story_id}"


# -- a disk that refuses -------------------------------------------------------------------

REFUSALS = {
    "ENOSPC at a write": ("write", errno.ENOSPC),
    "EIO at a write": ("write", errno.EIO),
    "a write cut short, then ENOSPC": ("short", errno.ENOSPC),
    "EIO at an fsync": ("fsync", errno.EIO),
    "ENOSPC at an fsync": ("fsync", errno.ENOSPC),
}


class _Disk:
    """Refuses the Nth write or fsync of a WARC file; every other call goes through."""

    def __init__(self, call: str, *, number: int, at: int) -> None:
        self._call, self._number, self._left = call, number, at
        self.refused = False
        self._write, self._fsync = os.write, os.fsync

    @contextmanager
    def in_place(self) -> Iterator["_Disk"]:
        os.write, os.fsync = self.write, self.fsync
        try:
            yield self
        finally:
            os.write, os.fsync = self._write, self._fsync

    def write(self, file: int, data: bytes, /) -> int:
        if self._call in {"write", "short"} and self._is_now(file):
            if self._call == "short":
                self._write(file, data[: len(data) // 3])
            raise OSError(self._number, os.strerror(self._number))
        return self._write(file, data)

    def fsync(self, file: int, /) -> None:
        if self._call == "fsync" and self._is_now(file):
            raise OSError(self._number, os.strerror(self._number))
        self._fsync(file)

    def _is_now(self, file: int) -> bool:
        if not Path(f"/proc/self/fd/{file}").readlink().name.endswith(".warc.gz"):
            return False
        self._left -= 1
        self.refused |= self._left == 0
        return self._left == 0


def refuse_each(folder: Path, *, most: int | None = None) -> tuple[Counter[str], list[str]]:
    """Refuse each write and fsync of a crawl in turn: how many of each kind, and every fault.

    `most` bounds how many of each kind are tried.
    """
    tried: Counter[str] = Counter()
    faults: list[str] = []
    for name, (call, number) in REFUSALS.items():
        at = 0
        while most is None or at < most:
            at += 1
            disk = _Disk(call, number=number, at=at)
            faults += [
                f"{name} {at}: {fault}" for fault in _play(folder / f"{call}{number}{at}", disk)
            ]
            if not disk.refused:  # the crawl is over before that call
                break
            tried[name] += 1
    return tried, faults


class _FullDatabase:
    """Lets the database grow by `pages` pages more, and refuses then until it is looked at again.

    SQLite says of it what it says of a full disk (SQLITE_FULL).
    """

    def __init__(self, pages: int) -> None:
        self._pages = pages
        self.refused = False

    @contextmanager
    def in_place(self) -> Iterator["_FullDatabase"]:
        event.listen(Pool, "checkout", self._limit)
        event.listen(Engine, "handle_error", self._heard)
        try:
            yield self
        finally:
            event.remove(Pool, "checkout", self._limit)
            event.remove(Engine, "handle_error", self._heard)

    def _limit(self, connection: Any, _record: Any, _proxy: Any) -> None:
        if not hasattr(self, "_most"):
            self._most = connection.execute("PRAGMA page_count").fetchone()[0] + self._pages
        most = 1 << 30 if self.refused else self._most
        connection.execute(f"PRAGMA max_page_count = {most}")

    def _heard(self, context: Any) -> None:
        self.refused |= "is full" in str(context.original_exception)


def fill_database(folder: Path, *, most: int = 30) -> tuple[Counter[str], list[str]]:
    """Fill the database after each number of pages in turn: how often it refused, and every fault.

    `most` is the number of pages after which a crawl no longer needs more.
    """
    tried: Counter[str] = Counter()
    faults: list[str] = []
    for pages in range(most):
        full = _FullDatabase(pages)
        faults += [
            f"full after {pages} pages: {fault}" for fault in _play(folder / str(pages), full)
        ]
        tried["a full database"] += full.refused
    return tried, faults


def _play(folder: Path, disk: _Disk | _FullDatabase) -> list[str]:
    """Record stories on a disk that refuses once; what was lost."""
    Archive.create(settings(folder))
    archive = Archive(settings(folder), clock=lambda: datetime.now(UTC))
    crawl = archive.begin_crawl(OUTLET)
    acks: list[Ack] = []
    refused = 0
    dice = random.Random(1)
    with disk.in_place():
        for number in range(5):
            body = dice.randbytes(5_000)
            words = " ".join(body[at : at + 3].hex() for at in range(0, 1_500, 3))
            told = article(f"Camat dipanggil soal netralitas, {words}.")
            seen = shown(f"/berita-{number}", told, at=datetime.now(UTC), body=body)
            for _ in range(2):  # the crawl goes on, and the story is due again
                try:
                    outcome = archive.record(crawl, seen)
                except ArchiveError:
                    refused += 1
                    continue
                digest = hashlib.sha256(body).hexdigest()
                acks.append((outcome.story_id, outcome.version, digest))
                break
        try:
            archive.close_crawl(crawl, reason="finished", counts={}, complete=True)
        except ArchiveError:
            refused += 1
    archive.close()
    return _left(folder, acks, expected=int(disk.refused), refused=refused)


def _left(folder: Path, acks: list[Ack], *, expected: int, refused: int) -> list[str]:
    archive = Archive(settings(folder), clock=lambda: datetime.now(UTC))
    crawl = archive.begin_crawl(OUTLET)
    archive.close_crawl(crawl, reason="finished", counts={}, complete=True)
    faults = [fault for ack in acks for fault in _lost(archive, ack)]
    faults += _torn(archive)
    faults += [finding.what for finding in audit(archive.engine, archive.warc_directory).findings]
    if len(acks) != 5:
        faults.append(f"only {len(acks)} of 5 stories could be kept afterwards")
    if refused < expected:
        faults.append("a refused write was acknowledged")
    archive.close()
    return faults


def main() -> int:
    """Print what was tried and what was lost; 1 when anything was."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    say: Callable[[str], object] = lambda line: print(line, flush=True)  # noqa: T201, E731
    with tempfile.TemporaryDirectory() as folder:
        series = Series(Path(folder) / "kills", random.Random(asked.seed))
        # a writer may be done before its kill; of twice as many so many die
        for number in range(2 * asked.kills):
            series.kill(number)
            if number % 20 == 19:
                say(f"{_killed(series)} kills, {len(series.acknowledged)} acknowledged")
            if _killed(series) >= asked.kills:
                break
        series.end()
        tried, faults = refuse_each(Path(folder) / "refusals")
        full, more = fill_database(Path(folder) / "full")
    for name, count in [*series.died.items(), *tried.items(), *full.items()]:
        say(f"{count:>5} {name}: {POINTS.get(name, '')}".rstrip(": "))
    faults = series.faults + faults + more
    for fault in faults[:40]:
        say(f"FAULT {fault}")
    say(
        f"{_killed(series)} kills (seed {asked.seed}), {len(series.acknowledged)} versions"
        f" acknowledged, {sum((tried + full).values())} refusals: {len(faults)} faults"
    )
    return int(bool(faults))


def _killed(series: Series) -> int:
    return sum(count for point, count in series.died.items() if point != "lived")


if __name__ == "__main__":
    sys.exit(main())
