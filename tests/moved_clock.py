"""A clock that can be moved while processes that believe it run; how long things take stays."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

__all__ = ["COMPILER", "MovedClock"]

COMPILER = shutil.which("cc")
"""What makes the library that moves the clock, see moved_clock.c; None where there is none."""
_HERE = Path(__file__).parent


@dataclass
class MovedClock:
    """The time of day of the processes that are started with `surroundings`; ours stays as it is.

    Raises CalledProcessError where the library cannot be made.
    """

    directory: Path
    _ahead: timedelta = timedelta()

    def __post_init__(self) -> None:
        command = (COMPILER or "cc", "-O1", "-shared", "-fPIC", "-o", self._library)
        subprocess.run((*command, _HERE / "moved_clock.c", "-ldl"), check=True)
        self.move(datetime.now(UTC))

    @property
    def _library(self) -> Path:
        return self.directory / "moved_clock.so"

    @property
    def _file(self) -> Path:
        return self.directory / "moved_clock"

    def now(self) -> datetime:
        """The moment in UTC that the others believe in."""
        return datetime.now(UTC) + self._ahead

    def move(self, moment: datetime) -> None:
        """Let it be that moment now, for every process at once."""
        self._ahead = moment - datetime.now(UTC)
        nanoseconds = self._ahead // timedelta(microseconds=1) * 1000
        file = os.open(self._file, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            # eight bytes in one write: whoever has them mapped sees all or none
            os.pwrite(file, nanoseconds.to_bytes(8, sys.byteorder, signed=True), 0)
        finally:
            os.close(file)

    @property
    def surroundings(self) -> dict[str, str]:
        """The environment of a process that is to believe it."""
        plain = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        moved = {"LD_PRELOAD": str(self._library), "MOVED_CLOCK": str(self._file)}
        return plain | {"PYTHONPATH": str(_HERE.parent)} | moved
