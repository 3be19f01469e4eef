"""Crawls in child processes, left alone or killed, by the clock or at a point of their writing."""

import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from crash_child import POINTS

__all__ = ["Kill", "crawl", "draw", "killed"]

HERE = Path(__file__).parent
_MOST_TIMES = 12
"""A crawl of the sample newsroom reaches each point about this often."""
_LINGER_SECONDS = 10.0
_LONGEST_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Kill:
    """When a crawl is killed: so many seconds after its start, or at a point's `at`th time."""

    seconds: float = 0.0
    point: str = ""
    at: int = 0

    def __str__(self) -> str:
        return f"{self.point} no. {self.at}" if self.point else f"after {self.seconds:.2f} s"


def draw(dice: random.Random, *, usual: float) -> Kill:
    """A kill at random: two of three by the clock within a crawl's usual time."""
    if dice.random() < 2 / 3:
        return Kill(seconds=dice.uniform(0, usual))
    return Kill(point=dice.choice(POINTS), at=dice.randint(1, _MOST_TIMES))


def crawl(slug: str, *, config: Path, revisit: str) -> float:
    """The seconds that an undisturbed crawl took. Raises RuntimeError when it failed."""
    started = time.monotonic()
    command = [sys.executable, "-m", "crawler.child", *_arguments(slug, config, revisit)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=_LONGEST_SECONDS,
        cwd=HERE.parent,
        check=False,
    )
    told = (done.stdout.strip().splitlines() or ["{}"])[-1]
    if done.returncode or json.loads(told).get("reason") != "finished":
        raise RuntimeError(f"{slug}: ended with {done.returncode}: {told} {done.stderr}")
    return time.monotonic() - started


def killed(slug: str, *, config: Path, revisit: str, kill: Kill) -> float | None:
    """The seconds that a crawl lived, or None when it ended well before it could be killed.

    Raises RuntimeError when it ended in another way, or left a process behind.
    """
    with tempfile.TemporaryFile("w+") as told:
        started = time.monotonic()
        process = _start(_arguments(slug, config, revisit), kill, told)
        try:
            process.wait(_LONGEST_SECONDS if kill.point else kill.seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.wait()
        lived = time.monotonic() - started
        _expect_nobody(process.pid)
        if process.returncode == -signal.SIGKILL:
            return lived
        if process.returncode:
            told.seek(0)
            raise RuntimeError(f"{slug}: failed before it was killed: {told.read()}")
    return None


def _arguments(slug: str, config: Path, revisit: str) -> list[str]:
    return [slug, "--config", str(config), "--revisit", revisit]


def _start(arguments: list[str], kill: Kill, told: TextIO) -> "subprocess.Popen[bytes]":
    """The crawl as the leader of a process group of its own, which its workers share."""
    command = [sys.executable, "-m", "crawler.child", *arguments]
    if kill.point:
        script = str(HERE / "crash_child.py")
        command = [sys.executable, script, kill.point, str(kill.at), *arguments]
    return subprocess.Popen(
        command, stdout=told, stderr=told, cwd=HERE.parent, start_new_session=True
    )


def _expect_nobody(group: int) -> None:
    """Return when no process of a group is left: a killed crawl's workers end by themselves."""
    ends = time.monotonic() + _LINGER_SECONDS
    while left := _members(group):
        if time.monotonic() > ends:
            raise RuntimeError(f"processes outlived their killed crawl: {left}")
        time.sleep(0.02)


def _members(group: int) -> list[int]:
    """The live processes of a group, as /proc tells them."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found
