"""Proof that kills cost nothing anywhere: `python tests/prove_kill_nights.py [--nights 10]`.

Two newsrooms in hostile mode show the same nights, a day apart, each to an archive of its own. One
is crawled in peace. In the other, on every night one crawl is killed with SIGKILL at a random
moment and started again. Afterwards both must hold the same set of (URL, version, content hash,
status), and pass an audit. Exit 1 when they do not.
"""

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from same_archive import differences, faults, held
from whole_newsroom import Nights

from archive.archive import Archive
from crawler.demo import Newsroom, NewsroomConfig

__all__ = ["Pair"]


@dataclass
class Pair:
    """A calm archive and one whose crawls are killed, each with a newsroom of its own."""

    calm: Nights
    killed: Nights
    dice: random.Random
    usual: dict[str, float] = field(default_factory=dict)
    kills: int = 0

    def play(self, nights: int) -> list[str]:
        """What differs after the last night, one line each."""
        for night in range(1, nights + 1):
            for side in (self.calm, self.killed):
                side.turn(night)
            for slug in self.calm.slugs:
                self.usual.setdefault(slug, 2.0)
            self.calm.crawl()
            self._kill_one(night)
            self.killed.crawl()
        return self._compare()

    def _kill_one(self, night: int) -> None:
        """Kill one crawl within the time it may take; one that ends before is no kill."""
        while True:
            slug = self.dice.choice(self.killed.slugs)
            lived = self._killed(slug, after=self.dice.uniform(0.3, 1.5 * self.usual[slug]))
            if lived:
                self.kills += 1
                _say(f"night {night}: killed {slug} after {lived:.2f} s")
                return
            self.usual[slug] *= 0.7

    def _killed(self, slug: str, *, after: float) -> float:
        """The seconds that a crawl lived until it was killed; 0 when it ended by itself."""
        started = time.monotonic()
        process = subprocess.Popen(
            self.killed.command(slug),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.killed.surroundings(),
            start_new_session=True,
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(after)
        if process.poll() is not None:
            return 0.0
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        return time.monotonic() - started

    def _compare(self) -> list[str]:
        sides = {"calm": self.calm, "killed": self.killed}
        configs = {name: side.place.settings.archive for name, side in sides.items()}
        sets = {name: held(config) for name, config in configs.items()}
        _say(f"{len(sets['calm'])} versions without kills, {len(sets['killed'])} with")
        found = differences(sets["calm"], sets["killed"])
        for name, config in configs.items():
            archive = Archive(config, clock=lambda: datetime.now(UTC))
            found += [f"{name}: {line}" for line in faults(archive)]
            archive.close()
        return found or ([] if sets["calm"] else ["nothing was found: this proves nothing"])


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def play(*, nights: int, seed: int, slugs: Sequence[str], today: date) -> int:
    """Play the nights of a pair and say what was found; 1 when the archives differ."""
    config = NewsroomConfig(today=today, hostile=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        Newsroom(config) as quiet,
        Newsroom(config) as other,
    ):
        calm = Nights.make(Path(folder, "calm"), quiet, slugs=slugs)
        killed = Nights.make(Path(folder, "killed"), other, slugs=slugs)
        pair = Pair(calm, killed, random.Random(seed))
        found = pair.play(nights)
    for line in found:
        _say(line)
    verdict = f"{len(found)} FAULTS" if found else "the same as without kills, and audit clean"
    _say(f"{nights} nights, {len(calm.slugs)} outlets, {pair.kills} kills (seed {seed}): {verdict}")
    return 1 if found else 0


def main() -> int:
    """As the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--outlets", nargs="*", default=[])
    asked = parser.parse_args()
    today = datetime.now(UTC).date()
    return play(nights=asked.nights, seed=asked.seed, slugs=asked.outlets, today=today)


if __name__ == "__main__":
    sys.exit(main())
