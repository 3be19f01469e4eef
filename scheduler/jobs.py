"""One crawl, or one errand after the nights, as a child process with a time limit.

A child writes to a file, so that none waits for a reader; it is asked to end with SIGTERM, and
killed when it does not. It is told by the kernel when this process dies (see `crawler.child`).
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

__all__ = ["GRACE", "Job", "crawl_job", "errand"]

GRACE = 5.0
"""Seconds that a child has to end once it was asked to."""
_KLIPING = "from scheduler.cli import main; main()"


@dataclass
class Job:
    """A child at work; `poll` says when it has ended."""

    name: str
    command: Sequence[str]
    limit: float
    """Seconds after which it is asked to end."""
    _output: IO[str] = field(
        default_factory=lambda: tempfile.TemporaryFile("w+")  # noqa: SIM115 - until it was read
    )
    _began: float = field(default_factory=time.monotonic)
    _asked: float | None = None
    is_overdue: bool = False
    """It was over its time, and was asked to end for that."""

    def __post_init__(self) -> None:
        # in a group of its own: Ctrl-C in a terminal asks this process, which asks its children
        self._child = subprocess.Popen(
            self.command, stdout=self._output, stdin=subprocess.DEVNULL, process_group=0
        )

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    @property
    def seconds(self) -> float:
        """How long it has been at work."""
        return time.monotonic() - self._began

    def poll(self) -> int | None:
        """Its exit code once it has ended; one that is over its time is asked to, then killed."""
        code = self._child.poll()
        if code is None and self.seconds > self.limit:
            self.is_overdue = True
            self.stop()
        if code is None and self._asked and time.monotonic() - self._asked > GRACE:
            self.kill()
        return code

    def stop(self) -> None:
        """Ask it to end."""
        if self._asked is None:
            self._asked = time.monotonic()
            self._child.terminate()  # not its readers: it ends them itself

    def kill(self) -> None:
        """End it, and whatever it started."""
        if self._child.poll() is None:
            os.killpg(self._child.pid, signal.SIGKILL)

    def wait(self) -> None:
        """Return when it has ended."""
        self._child.wait()

    def last_line(self) -> dict[str, Any]:
        """What its last line says, as JSON; empty when it says nothing."""
        self._output.seek(0)
        lines = self._output.read().strip().splitlines()
        self._output.close()
        try:
            value = json.loads(lines[-1]) if lines else {}
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


def crawl_job(command: Sequence[str], *, slug: str, slot: datetime, limit: float) -> Job:
    """A crawl of an outlet, unless another one had its turn since `slot`; its last line is its end.

    `command` is what starts it (see `crawler.night.child_command`).
    """
    return Job(slug, [*command, "--unless-since", slot.isoformat()], limit)


def errand(*arguments: str, config_file: Path | None, limit: float) -> Job:
    """A command of Kliping's own."""
    config = ["--config", str(config_file)] if config_file else []
    command = [sys.executable, "-c", _KLIPING, *config, *arguments]
    return Job(" ".join(arguments[:1]), command, limit)
