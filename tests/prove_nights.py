"""Proof that nights need no hands: `python tests/prove_nights.py [--outlets 30] [--nights 30]`.

A newsroom of many outlets over a month. Two schedulers see to it, whose clock is moved from evening
to evening (tests/moved_clock.c) and runs at its own speed within a night; every night up to three
schedulers and crawls are killed with SIGKILL, at random. One outlet is down for three nights, one
gets a new template, one stands behind a challenge for two nights, one lies about its dates of
change. After that each of these is a fault, told in a line: an outlet that did not have exactly
one turn in a night, or two requests at once; a new story, an edit or a removal that a look had to
find (by the plan that the archive held before the night, while the change could be seen); an edit
or a removal that never was; a fault not named, or not by its name, within a night of its beginning;
a word against an outlet that has none; an event that the digests do not tell, or tell twice; what
`kliping audit` finds. In the end the clock goes back a day and forth again: nothing is done twice.
Exits 1 where there is a fault.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from calendar_newsroom import CalendarNewsroom, Fault, evening
from moved_clock import COMPILER, MovedClock
from night_judge import Judge
from night_watch import NightWatch, settled
from webhook import Webhook

__all__ = ["Proof", "faults_of", "prove"]


@dataclass(frozen=True)
class Proof:
    """What came of it."""

    summary: str
    faults: list[str]


def faults_of(outlets: int, nights: int) -> list[Fault]:
    """What breaks, where and when: late enough for a night to be compared with those before."""
    if nights < 10:
        return [
            Fault(outlet=2, kind="unreachable", first=2, last=2),
            Fault(outlet=3, kind="challenge-wall", first=2, last=3),
        ]
    third = nights // 3
    return [
        Fault(outlet=outlets // 4, kind="unreachable", first=third, last=third + 2),
        Fault(outlet=outlets // 2 - 1, kind="template-change", first=third + 2, last=nights),
        Fault(outlet=outlets * 3 // 5, kind="challenge-wall", first=2 * third, last=2 * third + 1),
        Fault(outlet=outlets * 2 // 3, kind="lying-signals", first=third, last=nights),
    ]


def prove(directory: Path, *, outlets: int, nights: int, seed: int) -> Proof:
    """Play the nights and judge them. Raises TimeoutError for a night that does not end."""
    clock = MovedClock(directory)
    clock.move(evening(1) - timedelta(hours=1))
    faults = faults_of(outlets, nights)
    webhook, chance = Webhook(), random.Random(seed)
    with CalendarNewsroom(outlets, nights, faults, clock.now) as room, webhook.up():
        place = settled(directory, room, tell=webhook.address)
        judge = Judge(room, place)
        with NightWatch(place, clock, chance).running() as watch:
            for night in range(1, nights + 1):
                watch.night(night)
                judge.note()
                _say(f"night {night} of {nights}: {len(judge.plans[-1])} stories are held")
            for back in (1, 0):  # and then nothing is due, though the clock goes back a day
                watch.idle(evening(nights - back) + timedelta(hours=1))
        titles = [str(message["title"]) for message in webhook.got]
        found = judge.faults(titles)
    found += _audit(place.file, clock)
    owed = ", ".join(f"{judge.owed[kind]} {kind}" for kind in ("new", "edited", "gone"))
    killed = ", ".join(f"{count} {what}s" for what, count in sorted(watch.kills.items()))
    summary = (
        f"{nights} nights, {outlets} outlets, two schedulers, killed: {killed or 'none'} "
        f"(seed {seed}); owed: {owed}; {len(faults)} outlets broke: {len(found)} FAULTS"
    )
    return Proof(f"{summary}\nnamed: {judge.named()}", found)


def _audit(settings: Path, clock: MovedClock) -> list[str]:
    command = (sys.executable, "-c", "from scheduler.cli import main; main()")
    done = subprocess.run(
        (*command, "--config", str(settings), "audit"),
        env=clock.surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    return [] if done.returncode == 0 else [f"audit: {done.stdout}{done.stderr}"]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Play and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--outlets", type=int, default=30)
    parser.add_argument("--nights", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="an empty folder for the archive and the logs")
    asked = parser.parse_args()
    if not COMPILER:
        _say("no C compiler is installed, which makes what moves the clock (apt-get install gcc)")
        return 1
    with ExitStack() as stack:
        folder = asked.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        proof = prove(folder, outlets=asked.outlets, nights=asked.nights, seed=asked.seed)
    for fault in proof.faults:
        _say(fault)
    _say(proof.summary)
    return 1 if proof.faults else 0


if __name__ == "__main__":
    sys.exit(main())
