"""Make `tests/archives`: a small archive of invented stories, by the Kliping of each schema.

`make_archives.py` checks out, for each released revision of the schema, the last commit that wrote
it, and lets that commit's own code play three nights with an edit, an unchanged story, and one that
goes. What is stored is the SQLite file (packed) and its WARC files; they are never made again.
"""

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

__all__ = ["COMMITS", "make"]

_ROOT = Path(__file__).parents[1]
_SHELF = Path(__file__).parent / "archives"
COMMITS = {
    "0001": "cad86c6fc8c3",
    "0002": "ea32cc288a5c",
    "0003": "e625be11c563",
    "0007": "8c1591dddb30",  # 0004 to 0006 came with it
}
"""Released schema revision -> the last commit before the next revision came."""
_PROGRAM = """
import sqlite3, sys
from pathlib import Path
from sightings import TEXT, Nights, article

folder = Path(sys.argv[1])
nights = Nights(folder)
with nights.night(1) as night:
    night.show("/camat", article())
    night.show("/kades", article(TEXT.replace("camat", "kades").replace("Camat", "Kades"),
               headline="Kades Diperiksa Panitia Pengawas"))
    for name in "abcde":
        night.show(f"/{name}", article(f"Lurah {name} menunggu giliran diperiksa panitia.",
                   headline=f"Lurah {name.upper()} Menunggu"))
with nights.night(2) as night:
    night.show("/camat", article(TEXT.replace("pekan depan", "besok pagi")))
    night.answer("/kades", 304)
    night.answer("/e", 410)
with nights.night(3) as night:
    night.answer("/e", 410)
    night.show("/camat", article(TEXT.replace("pekan depan", "besok pagi")))
nights.archive.close()
file = sqlite3.connect(folder / "kliping.sqlite")
file.execute("PRAGMA journal_mode=DELETE")
file.execute("VACUUM")
file.close()
"""


def make(revision: str, commit: str) -> None:
    """Store the archive of one revision."""
    with tempfile.TemporaryDirectory() as place:
        code, made = Path(place, "code"), Path(place, "archive")
        code.mkdir()
        packed = subprocess.run(
            ["git", "archive", commit], cwd=_ROOT, check=True, capture_output=True
        )
        subprocess.run(["tar", "-x", "-C", code], input=packed.stdout, check=True)
        paths = os.pathsep.join((str(code), str(code / "tests")))
        subprocess.run([sys.executable, "-c", _PROGRAM, made], cwd=code, check=True,
                       env=os.environ | {"PYTHONPATH": paths})  # fmt: skip
        shelf = _SHELF / revision
        shutil.rmtree(shelf, ignore_errors=True)
        shutil.copytree(made / "warc", shelf / "warc")
        rows = (made / "kliping.sqlite").read_bytes()
        (shelf / "kliping.sqlite.gz").write_bytes(gzip.compress(rows, mtime=0))


if __name__ == "__main__":
    for number, of in COMMITS.items():
        make(number, of)
