"""Proof that damage is found, named and undone: `python tests/prove_fixity.py [--flips 1000] …`.

An archive of invented stories, a backup of it and a snapshot are damaged over and over: a bit
flipped, a file cut, rows, records, both, or whole files taken away. Each time `audit` (for a
snapshot `verify`) must name the place, or every row and byte must be what it was; then `repair`
must make the archive again what the backup is. The same WARC files are shown to `warcio check` and
`fastwarc check`. Sound archives, each with takedowns, must pass without a word. Exit 1 when any of
it fails.
"""

import argparse
import contextlib
import io
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from click.testing import CliRunner
from damage import (
    Damaged,
    Kind,
    content,
    cut_any,
    cut_file,
    cut_rows,
    delete_any,
    delete_both,
    delete_file,
    delete_record,
    delete_row,
    flip_any,
    flip_row_bit,
    flip_warc_bit,
    fresh_copy,
    working_state,
)
from fastwarc.cli import main as fastwarc
from prove_as_of import grow
from sightings import FRONT, Nights
from warcio.cli import main as warcio

from archive import database
from archive.audit import audit
from archive.backup import backup
from archive.config import ArchiveConfig
from archive.database import DATABASE
from archive.errors import ArchiveError, KlipingError
from archive.findings import Finding
from archive.repair import repair
from archive.snapshots import export
from archive.types import Problem
from archive.verify import verify

__all__ = ["Proof", "Tally"]

_FLIPS: Sequence[Kind] = (flip_warc_bit, flip_warc_bit, flip_row_bit)
_CUTS: Sequence[Kind] = (cut_file, cut_file, cut_rows)
_DELETIONS: Sequence[Kind] = (delete_row, delete_record, delete_both, delete_file)
_OF_SNAPSHOT = {"flips": flip_any, "cuts": cut_any, "deletions": delete_any}


@dataclass
class Tally:
    """What came of one kind of damage."""

    done: int = 0
    named: int = 0
    harmless: int = 0
    """No row and no byte that is content had changed."""
    missed: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    unrepaired: list[str] = field(default_factory=list)
    repaired: int = 0
    state: int = 0
    """Not noticed, and only the memory of when to look again had changed."""
    peers: Counter[str] = field(default_factory=Counter)
    shown: int = 0
    """To the other tools."""

    @property
    def faults(self) -> list[str]:
        """What the proof must not have."""
        return self.missed + self.unnamed + self.unrepaired


class Proof:
    """An archive, its backup and its snapshot, and what was done to copies of them."""

    def __init__(self, folder: Path, *, seed: int, nights: int) -> None:
        self._folder, self._dice = folder, random.Random(seed)
        made = grow(folder / "asal", seed=seed, nights=nights)
        with made.night(nights + 1) as night:
            wrong = Problem(outlet=night.crawl.outlet, url=FRONT, kind="error", detail="500",
                            advice="coba lagi")  # fmt: skip
            made.archive.note_problem(night.crawl, wrong)
        _take_down(made, 1)
        self._good = folder / "salinan"
        backup(made.config, self._good)
        self._snapshot = folder / "cuplikan"
        export(made.archive.engine, made.archive.warc_directory, self._snapshot)
        made.archive.close()
        self._truth, self._state = content(self._good), working_state(self._good)
        self.tallies: dict[str, Tally] = {}

    def play(self, name: str, count: int) -> None:
        """Do `count` damages of a sort, a fifth of them to the snapshot."""
        kinds = {"flips": _FLIPS, "cuts": _CUTS, "deletions": _DELETIONS}[name]
        for number in range(count):
            if number % 5 == 4:
                self._hit_snapshot(_OF_SNAPSHOT[name], f"{name}, snapshot")
            else:
                self._hit(kinds[number % len(kinds)], name)
            _progress(f"{name} {number + 1} of {count}")

    def _hit(self, kind: Kind, name: str) -> None:
        own = fresh_copy(self._good, self._folder / "arsip")
        done = kind(own, self._dice)
        is_rows = done.file == DATABASE
        tally = self.tallies.setdefault(f"{name}, {'database' if is_rows else 'WARC'}", Tally())
        tally.done += 1
        label = f"{done.what}: {done.file}, offset {done.offset} {done.table}"
        if not is_rows and (own / "warc" / done.file).exists():
            _show_peers(own / "warc" / done.file, tally)
        found = _found(own)
        if found:
            tally.named += _names(found, done)
            tally.unnamed += [] if _names(found, done) else [f"{label}: {found[:2]}"]
        elif content(own) == self._truth:
            tally.harmless += 1
            tally.state += working_state(own) != self._state
            return
        else:
            tally.missed.append(f"{label}: {self._differences(own)}")
            return
        self._repair(own, tally, label)

    def _differences(self, own: Path) -> list[object]:
        """What is another than it was, for whoever looks into a failure."""
        found = content(own)
        return [
            (name, [row for row in found[name] if row not in rows][:1])
            for name, rows in self._truth.items()
            if found[name] != rows
        ]

    def _repair(self, own: Path, tally: Tally, label: str) -> None:
        try:
            done = repair(ArchiveConfig(directory=own), self._good)
        except KlipingError as error:
            tally.unrepaired.append(f"{label}: {error}")
            return
        same = content(own) == self._truth and working_state(own) == self._state
        tally.repaired += done.is_whole and same
        if not (done.is_whole and same):
            left = done.after.findings[:2] if done.after else ()
            tally.unrepaired.append(f"{label}: {'same' if same else 'another content'} {left}")

    def _hit_snapshot(self, kind: Kind, name: str) -> None:
        own = fresh_copy(self._snapshot, self._folder / "cuplikan-rusak")
        done = kind(own, self._dice)
        tally = self.tallies.setdefault(name, Tally())
        tally.done += 1
        try:
            found = list(verify(own).findings)
        except KlipingError as error:
            found = [Finding(what=str(error), advice="", file=done.file)]
        if not found:
            tally.missed.append(str(done))
        elif any(done.file in (Path(one.file).name, *one.what.split()) for one in found):
            tally.named += 1
        else:
            tally.unnamed.append(f"{done}: {found[:2]}")
        # what is exported again from a sound archive of the same moment is the same
        tally.repaired += self.exports_alike

    @property
    def exports_alike(self) -> bool:
        """Whether another export of the same moment is the snapshot, byte for byte."""
        if not hasattr(self, "_alike"):
            again = self._folder / "cuplikan-lagi"
            # the export is noted in the archive: not in the one that all is compared with
            whole = fresh_copy(self._good, self._folder / "utuh")
            engine = database.connect(ArchiveConfig(directory=whole))
            export(engine, whole / "warc", again)
            engine.dispose()
            self._alike = _files(again) == _files(self._snapshot)
        return self._alike


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _found(own: Path) -> list[Finding]:
    engine = database.connect(ArchiveConfig(directory=own))
    try:
        database.require_current(engine)
        return list(audit(engine, own / "warc").findings)
    except ArchiveError as error:
        return [Finding(what=f"the database: {error}", advice="", file=DATABASE)]
    finally:
        engine.dispose()


def _names(found: Sequence[Finding], done: Damaged) -> bool:
    """Whether a finding says where the damage is."""
    if done.file == DATABASE:
        words = ("crawl ", "event ", "label ", "cluster_member ", "the database", "search index")
        return any(one.row or any(word in one.what for word in words) for one in found)
    here = [one for one in found if one.file == done.file]
    if not done.records:
        return bool(here)
    named = {one.record_id for one in here}
    # a record that is gone on both sides is told by the crawl whose rows are fewer
    is_told = any("rows of crawl" in one.what for one in found)
    return bool(named & done.records) or is_told


def _show_peers(path: Path, tally: Tally) -> None:
    """What the other tools say of a damaged WARC file: nothing, or that it is damaged."""
    tally.shown += 1
    said = io.StringIO()
    status: object = 0
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            warcio(["check", str(path)])
    except SystemExit as end:
        status = end.code
    except Exception:
        status = 1
    tally.peers["warcio check"] += bool(status)
    told = CliRunner().invoke(fastwarc, ["check", str(path)])
    tally.peers["fastwarc check"] += bool(told.exit_code)


def _take_down(made: Nights, count: int) -> None:
    """The first stories of an archive go."""
    for story in list(made.archive.stories())[:count]:
        made.archive.take_down(story.story_id, reason="Putusan Dewan Pers", made_by="Redaksi")


def false_alarms(folder: Path, *, archives: int, nights: int) -> list[str]:
    """What is said of sound archives."""
    found: list[str] = []
    for seed in range(archives):
        made = grow(folder / f"bersih-{seed}", seed=1000 + seed, nights=nights)
        _take_down(made, 1 + seed % 3)
        report = audit(made.archive.engine, made.archive.warc_directory)
        found += [f"archive {seed}: {one}" for one in (*report.findings, *report.notes)]
        made.archive.close()
        shutil.rmtree(folder / f"bersih-{seed}")
        _progress(f"sound archive {seed + 1} of {archives}")
    return found


def _progress(line: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[2K{line}")


def _table(tallies: dict[str, Tally]) -> str:
    names = ("damage", "done", "named", "no content changed", "missed", "unnamed", "repaired",
             "warcio check", "fastwarc check")  # fmt: skip
    lines = ["| " + " | ".join(names) + " |", "| --- " * len(names) + "|"]
    for name, one in tallies.items():
        peers = [f"{one.peers[tool]} of {one.shown}" if one.shown else "–" for tool in names[-2:]]
        harmless = f"{one.harmless} ({one.state} in working state)" if one.state else one.harmless
        cells = (name, one.done, one.named, harmless, len(one.missed), len(one.unnamed),
                 one.repaired, *peers)  # fmt: skip
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def main() -> int:
    """Print a table of what was found and what not; 1 when anything was missed."""
    parser = argparse.ArgumentParser()
    for name, default in (("flips", 1000), ("cuts", 200), ("deletions", 200), ("clean", 20),
                          ("seed", 1), ("nights", 6)):  # fmt: skip
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        proof = Proof(folder, seed=asked.seed, nights=asked.nights)
        for sort in ("flips", "cuts", "deletions"):
            proof.play(sort, getattr(asked, sort))
        alarms = false_alarms(folder, archives=asked.clean, nights=3)
    faults = [line for tally in proof.tallies.values() for line in tally.faults] + alarms
    say = partial(print, flush=True)
    say(_table(proof.tallies))
    say(f"{asked.clean} sound archives: {len(alarms)} false alarms; seed {asked.seed}")
    for line in faults:
        say(line)
    return int(bool(faults) or not proof.exports_alike)


if __name__ == "__main__":
    sys.exit(main())
