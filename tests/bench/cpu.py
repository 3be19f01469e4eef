"""CPU seconds of a command with every process it starts, also those that outlive it."""

import ctypes
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

__all__ = ["CommandFailed", "cpu_seconds"]

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, prctl(2): orphans of ours become our children


class CommandFailed(RuntimeError):
    """A measured command ended with another code than 0: its figures mean nothing."""


def cpu_seconds(command: Sequence[str | Path], *, log: Path) -> float:
    """User and system seconds of `command` and its descendants. Linux only.

    Its output goes to the end of `log`. Raises CommandFailed.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1)
    with log.open("ab") as output:
        started = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, process_group=0
        )
    ends = _ends_of_group(started.pid)
    started.returncode = next(code for pid, code, _ in ends if pid == started.pid)
    if started.returncode:
        raise CommandFailed(f"{command[0]} ended with {started.returncode}; see {log}")
    return sum(seconds for _, _, seconds in ends)


def _ends_of_group(group: int) -> list[tuple[int, int, float]]:
    """Process, exit code and CPU seconds of each process in a group, when all have ended."""
    ends = []
    while True:
        try:
            pid, status, usage = os.wait4(-group, 0)
        except ChildProcessError:
            return ends
        code = os.waitstatus_to_exitcode(status)
        ends.append((pid, code, usage.ru_utime + usage.ru_stime))
