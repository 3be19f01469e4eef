"""Damage done to an archive on purpose, and what of it a reader would see."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.database import DATABASE
from archive.warc_reader import Placed, scan
from archive.words import words

__all__ = [
    "Damaged",
    "Kind",
    "content",
    "cut_any",
    "cut_file",
    "cut_rows",
    "delete_any",
    "delete_both",
    "delete_file",
    "delete_record",
    "delete_row",
    "flip_any",
    "flip_bit",
    "flip_row_bit",
    "flip_warc_bit",
    "fresh_copy",
    "working_state",
]

_OF_NOW = {
    "lease": None,
    "fixity": None,
    # when to look again, and what an outlet asked for: it changes in an archive that is well
    "outlet": ("slug", "url", "name", "network", "platform", "region", "zone", "language", "tls"),
    "seen_url": (),
    # what was told to whom, and how an outlet was judged; a snapshot vouches for itself
    "notice": (),
    "health": (),
    "look_count": (),
    "snapshot": (),
    "story": ("story_id", "outlet", "url", "crawl_id", "first_seen_at", "recorded_at"),
    "takedown": ("takedown_id", "story_id", "reason", "made_by", "recorded_at", "erased_at"),
    "run": ("run_id", "started_at"),
}
"""Table -> the columns that are content, where not all are; None: none at all."""
FACTS = ("warc_record", "capture", "version", "reading", "reading_text", "version_capture",
         "event", "signature", "story_url", "problem")  # fmt: skip


@dataclass(frozen=True)
class Damaged:
    """What was done, and where: the file and offset, or the table; the records that it hit."""

    what: str
    file: str
    offset: int | None = None
    records: frozenset[str] = frozenset()
    table: str = ""


Kind = Callable[[Path, random.Random], Damaged]


def content(folder: Path) -> dict[str, Any]:
    """Everything that an archive says: every row that is no working state, every WARC byte."""
    found: dict[str, Any] = {
        path.name: path.read_bytes() for path in sorted((folder / "warc").glob("*"))
    }
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'reading_search%'"
            " AND name NOT LIKE 'sqlite_%'"
        ).fetchall():
            columns = _OF_NOW.get(name, ("*",))
            if columns:
                query = f"SELECT {', '.join(columns)} FROM {name}"
                found[name] = sorted(connection.execute(query).fetchall(), key=repr)
    return found


def working_state(folder: Path) -> dict[str, Any]:
    """The rows that may change in an archive that is well."""
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for name in _OF_NOW
            # a lease that nobody holds may be forgotten
            if name not in {"lease", "fixity"}
        }


def _warc(folder: Path, dice: random.Random) -> Path:
    return dice.choice(sorted((folder / "warc").glob("*.warc.gz")))


def _members(path: Path, start: int, end: int) -> frozenset[str]:
    return frozenset(
        one.record_id for one in scan(path) if one.offset < end and one.offset + one.length > start
    )


def flip_bit(path: Path, dice: random.Random) -> Damaged:
    """One bit of a file is another one."""
    data = bytearray(path.read_bytes())
    place = dice.randrange(len(data))
    is_warc = path.name.endswith(".warc.gz")
    records = _members(path, place, place + 1) if is_warc else frozenset()
    data[place] ^= 1 << dice.randrange(8)
    path.write_bytes(data)
    return Damaged("bit flipped", path.name, place, records)


def flip_row_bit(folder: Path, dice: random.Random) -> Damaged:
    """A bit of the database file."""
    return flip_bit(folder / DATABASE, dice)


def flip_warc_bit(folder: Path, dice: random.Random) -> Damaged:
    """A bit of a WARC file."""
    return flip_bit(_warc(folder, dice), dice)


def flip_any(folder: Path, dice: random.Random) -> Damaged:
    """A bit of any file of a snapshot."""
    return flip_bit(_file(folder, dice), dice)


def _file(folder: Path, dice: random.Random) -> Path:
    """Any file that holds something."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]
    return dice.choice(sorted(files))


def cut_any(folder: Path, dice: random.Random) -> Damaged:
    """Any file of a snapshot ends early."""
    return _cut(_file(folder, dice), dice)


def delete_any(folder: Path, dice: random.Random) -> Damaged:
    """Any file of a snapshot is gone."""
    path = _file(folder, dice)
    path.unlink()
    return Damaged("file deleted", path.name)


def cut_rows(folder: Path, dice: random.Random) -> Damaged:
    """The database file ends early."""
    return _cut(folder / DATABASE, dice)


def _cut(path: Path, dice: random.Random) -> Damaged:
    place = dice.randrange(path.stat().st_size)
    with path.open("r+b") as file:
        file.truncate(place)
    return Damaged("cut", path.name, place)


def cut_file(folder: Path, dice: random.Random) -> Damaged:
    """A WARC file ends early, within a member or between two."""
    path = _warc(folder, dice)
    members = list(scan(path))
    place = dice.randrange(path.stat().st_size)
    if dice.random() < 0.3:
        place = dice.choice(members).offset
    records = _members(path, place, path.stat().st_size)
    with path.open("r+b") as file:
        file.truncate(place)
    return Damaged("cut", path.name, place, records)


def delete_file(folder: Path, dice: random.Random) -> Damaged:
    """A WARC file is gone."""
    path = _warc(folder, dice)
    path.unlink()
    return Damaged("file deleted", path.name)


def delete_record(folder: Path, dice: random.Random) -> Damaged:
    """A member is taken out of its file; what follows moves up."""
    path = _warc(folder, dice)
    victim = dice.choice(list(scan(path)))
    _take_out(path, victim)
    return Damaged("record deleted", path.name, victim.offset, frozenset({victim.record_id}))


def _take_out(path: Path, victim: Placed) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: victim.offset] + data[victim.offset + victim.length :])


def delete_row(folder: Path, dice: random.Random) -> Damaged:
    """A row is gone, with nothing said to any other."""
    table = dice.choice(FACTS)
    with closing(_opened(folder)) as connection:
        [key] = connection.execute(
            f"SELECT rowid FROM {table} ORDER BY random() LIMIT 1"
        ).fetchone()
        connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (key,))
    return Damaged("row deleted", DATABASE, table=table)


def delete_both(folder: Path, dice: random.Random) -> Damaged:
    """A record is gone from its file, and its rows with it; the rows behind it say where all is."""
    path = _warc(folder, dice)
    victim = dice.choice(list(scan(path)))
    _take_out(path, victim)
    with closing(_opened(folder)) as connection:
        connection.execute("BEGIN")
        this = (victim.record_id,)
        connection.execute(
            "DELETE FROM version_capture WHERE capture_id IN"
            " (SELECT capture_id FROM capture WHERE record_id = ?)", this)  # fmt: skip
        connection.execute("DELETE FROM capture WHERE record_id = ?", this)
        connection.execute("DELETE FROM warc_record WHERE record_id = ?", this)
        rows = connection.execute(
            "SELECT record_id, warc_offset FROM warc_record"
            " WHERE warc_file = ? AND warc_offset > ? ORDER BY warc_offset",
            (path.name, victim.offset),
        ).fetchall()
        for record_id, offset in rows:
            connection.execute(
                "UPDATE warc_record SET warc_offset = ? WHERE record_id = ?",
                (offset - victim.length, record_id),
            )
        connection.execute("COMMIT")
    return Damaged("both sides deleted", path.name, victim.offset, frozenset({victim.record_id}))


def _opened(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / DATABASE, isolation_level=None)
    connection.create_function("kliping_words", 2, words, deterministic=True)
    return connection


def fresh_copy(good: Path, place: Path) -> Path:
    """The archive in another folder, as good as it was."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(good, place)
    return place
