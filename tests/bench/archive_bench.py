"""The archive's benchmark: `make bench-archive`, `QUICK=1` in CI, `README=1` for its table.

A goal that is missed is told with how much; the exit code is 1 then. The quick form judges no
speed: its archives are too small to say anything about large ones.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from archive_cost import reading_back, recording, unsynced
from archive_figures import Figure, table
from archive_sizes import Sized, copies, questions, unchanged

_README = Path(__file__).parents[2] / "archive" / "README.md"
_RECORDING = (
    "of 23 statements for a story the loop executes 13, and none through SQLAlchemy; the other 10"
    " ask what is known, and signature, hashes and comparison are computed by us alone"
)
_BEGIN, _END = "<!-- make bench-archive -->\n", "<!-- end -->"


def main() -> int:
    """Measure, print, and write the table when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=20_000)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--searched", type=int, default=100_000)
    parser.add_argument("--read", type=int, default=5_000)
    parser.add_argument("--originals", type=int, default=250)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--readme", action="store_true")
    asked = parser.parse_args()
    if asked.quick:
        asked.stories, asked.sizes, asked.searched = 200, [500, 2_000], 1_000
        asked.read, asked.originals = 200, 25
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        with unsynced():
            lines = questions(Path(place) / "search", stories=asked.searched)
        _tell("searched")
        figures = _measured(Path(place), asked)
    told = _told(figures, lines, asked)
    _tell(told)
    _tell(f"{time.monotonic() - begun:.0f} s")
    if asked.readme:
        _write(told)
    return int(any(one.missed_by and not (asked.quick and one.is_speed) for one in figures))


def _measured(place: Path, asked: argparse.Namespace) -> list[Figure]:
    with unsynced():  # only where it is measured is anything forced to the disk
        archives = [Sized.make(place / str(one), one, words=20) for one in asked.sizes]
        _tell("archives of every size made")
        figures = [
            *reading_back(place / "back", stories=asked.read, rounds=3),
            *copies(archives, originals=asked.originals),
            unchanged(archives[0], archives[-1]),
        ]
        free = recording(place / "off", stories=asked.stories, is_synced=False)
    _tell(f"{asked.stories:,} stories recorded without fsync")
    synced = recording(place / "on", stories=asked.stories, is_synced=True)
    return [
        Figure(
            name="recording: minimal loop / ours, fsync on (time)",
            value=synced,
            goal=0.8,
            why=_RECORDING,
        ),
        Figure(
            name="recording: minimal loop / ours, fsync off (CPU)",
            value=free,
            goal=0.6,
            why=_RECORDING,
        ),
        *figures,
    ]


def _told(figures: list[Figure], lines: list[str], asked: argparse.Namespace) -> str:
    quick = " Quick form: too small to judge a speed." if asked.quick else ""
    return "\n".join(
        [
            f"{asked.stories:,} stories recorded, one transaction each; {asked.read:,} audited and"
            f" exported.{quick}",
            "",
            table(figures, is_quick=asked.quick),
            "",
            f"| search among {asked.searched:,} stories | CPU | found |",
            "| --- | --- | --- |",
            *lines,
        ]
    )


def _write(told: str) -> None:
    before, _, rest = _README.read_text(encoding="utf-8").partition(_BEGIN)
    after = rest.partition(_END)[2]
    _README.write_text(f"{before}{_BEGIN}{told}\n{_END}{after}", encoding="utf-8")


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
