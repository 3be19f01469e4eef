"""Rows that were lost or changed, taken from a copy's database (SQLite).

A copy is an earlier state of the archive: a row that it lacks is newer than it, or is none of the
archive's. What may change in an archive that is well (when to look again, what an outlet asked
for) is taken only where it is missing. Where the database file itself is damaged, a file is made
beside it from the copy, and what is newer than the copy is carried over, as far as it can be read.
"""

import itertools
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select, update

from archive import database, index_check, ledger, search_index
from archive.consistency import check_rows
from archive.errors import ArchiveError, DamagedRecord
from archive.repair_warc import sync_directory
from archive.row_forms import expect_readable
from archive.schema import event, metadata, outlet

__all__ = [
    "expect_fit",
    "is_readable",
    "mend_index",
    "mend_mastheads",
    "replace_database",
    "restore_rows",
]

Counts = dict[str, int]
"""Table -> rows that were put back."""

_OF_NOW = frozenset({"lease", "fixity", "notice"})
"""What is only true of the archive itself, never of a copy."""
_CHANGING = frozenset({"outlet", "seen_url"})
_ENDED = {"crawl": "c.ended_at IS NOT NULL", "run": "c.ended_at IS NOT NULL",
          "story_image": "c.outcome = 'kept'"}  # fmt: skip
"""Rows that change no more once they are so."""
_STORY = frozenset({"story_id", "outlet", "url", "crawl_id", "first_seen_at", "recorded_at"})
"""Of a story these never change; the others say when to look again."""
_BY_READING = frozenset({"reading_text", "signature", "near_duplicate_band"})


def is_readable(path: Path) -> bool:
    """Whether SQLite itself finds nothing wrong with a database file."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as found:
            found.create_function("kliping_words", 2, lambda *_: "", deterministic=True)
            # a name that was hit is quoted as it now is
            found.text_factory = lambda data: data.decode("utf-8", "replace")
            lines = found.execute("PRAGMA integrity_check").fetchall()
            tables = found.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            names = {name for (name,) in tables}
            found.execute("SELECT rowid FROM reading_search LIMIT 1").fetchall()
    except (sqlite3.Error, UnicodeDecodeError):  # the second, of an error's own words
        return False
    return lines == [("ok",)] and {table.name for table in metadata.sorted_tables} <= names


def expect_fit(own: Connection | None, copy: Connection) -> None:
    """Return when the copy is sound, and an earlier or the same state of the archive.

    `own` is None where it cannot be read. Raises DamagedRecord and ArchiveError.
    """
    found = next(iter(check_rows(copy)), None)
    if found:
        where = f" ({found.where})" if found.where else ""
        raise DamagedRecord(f"the copy's database is damaged itself: {found.what}{where}")
    if own is None:
        return
    theirs = {
        row.event_id: row.hash for row in copy.execute(select(event.c.event_id, event.c.hash))
    }
    mine = {row.event_id: row.hash for row in own.execute(select(event.c.event_id, event.c.hash))}
    differing = [number for number in mine if theirs.get(number, mine[number]) != mine[number]]
    if any(_is_itself(own, number) for number in differing):
        raise ArchiveError("the copy is of another archive: its chain of events is another one")


def _is_itself(own: Connection, number: int) -> bool:
    """Whether an event hashes to what was written beside it: no damage does that."""
    try:
        query = select(event).where(event.c.event_id == number)
        row = dict(own.execute(query).mappings().one())
        return ledger.event_hash(row, previous=row["previous_hash"]) == str(row["hash"])
    except (ValueError, TypeError):
        return False


def restore_rows(path: Path, copy: Path, *, is_dry: bool) -> Counts:
    """Put every row right that the copy vouches for, all or nothing. Raises ArchiveError."""
    try:
        with closing(_attached(path, copy)) as own:
            own.execute("BEGIN IMMEDIATE")
            counts = {table.name: _dropped(own, table) for table in metadata.sorted_tables}
            counts |= {table.name: _restored(own, table) for table in _tables()}
            own.execute("ROLLBACK" if is_dry else "COMMIT")
    except sqlite3.Error as error:
        raise ArchiveError(f"{path}: rows cannot be put back: {error}") from error
    return {name: count for name, count in counts.items() if count}


def _tables() -> Iterator[Table]:
    return (table for table in metadata.sorted_tables if table.name not in _OF_NOW)


def _dropped(own: sqlite3.Connection, table: Table) -> int:
    """How many rows went that nobody can read, of what a copy is not asked about otherwise."""
    if table.name not in _CHANGING | _OF_NOW | {"story"}:
        return 0
    own.text_factory = bytes
    rows = own.execute(f"SELECT rowid, {_names(table)} FROM main.{table.name}").fetchall()
    own.text_factory = str
    unreadable = [row[0] for row in rows if not _is_readable(table, row[1:])]
    # a story comes back whole from the copy, or stays to be told of
    comes_back = "story_id IN (SELECT story_id FROM copy.story)" if table.name == "story" else "1"
    dropped = f"DELETE FROM main.{table.name} WHERE rowid = ? AND {comes_back}"
    return sum(own.execute(dropped, (rowid,)).rowcount for rowid in unreadable)


def _is_readable(table: Table, row: tuple[Any, ...]) -> bool:
    try:
        for column, value in zip(table.columns, row, strict=True):
            expect_readable(column, value)
    except ValueError:
        return False
    return True


def _attached(path: Path, copy: Path) -> sqlite3.Connection:
    own = sqlite3.connect(path, timeout=30, isolation_level=None)
    own.execute("ATTACH DATABASE ? AS copy", (str(copy),))
    return own


def _restored(own: sqlite3.Connection, table: Table) -> int:
    """How many rows of a table were taken from the copy, or taken out.

    What differs goes first, so that no row stands in the place that is another's.
    """
    name, count = table.name, 0
    same = " AND ".join(f"m.{key.name} = c.{key.name}" for key in table.primary_key)
    here = f"EXISTS (SELECT 1 FROM copy.{name} AS c WHERE {same}"
    # what changes may also go in an archive that is well: nobody can say that it is a stranger
    if name not in _CHANGING:
        strangers = f"NOT ({_newer(table, of='m')}) AND NOT {here})"
        count += own.execute(f"DELETE FROM main.{name} AS m WHERE {strangers}").rowcount
    if name == "story":
        count += own.execute(_facts_of(table, same)).rowcount
    elif name not in _CHANGING:
        differs = " OR ".join(f"m.{one.name} IS NOT c.{one.name}" for one in table.columns)
        changed = f"{here} AND ({differs}) AND {_ENDED.get(name, '1')})"
        own.execute(f"DELETE FROM main.{name} AS m WHERE {changed}")
    missing = (
        f"INSERT OR REPLACE INTO main.{name} ({_names(table)})"
        f" SELECT {_names(table, of='c.')} FROM copy.{name} AS c"
        f" WHERE NOT EXISTS (SELECT 1 FROM main.{name} AS m WHERE {same})"
    )
    return count + own.execute(missing).rowcount


def _facts_of(table: Table, same: str) -> str:
    """A story's facts from the copy; when to look at it again stays."""
    values = ", ".join(f"{'c' if one.name in _STORY else 'm'}.{one.name}" for one in table.columns)
    differs = " OR ".join(f"m.{name} IS NOT c.{name}" for name in sorted(_STORY))
    return (
        f"INSERT OR REPLACE INTO main.{table.name} ({_names(table)}) SELECT {values}"
        f" FROM copy.{table.name} AS c JOIN main.{table.name} AS m ON {same} WHERE {differs}"
    )


def _names(table: Table, *, of: str = "") -> str:
    return ", ".join(f"{of}{column.name}" for column in table.columns)


def _newer(table: Table, *, of: str) -> str:
    """What a row is that was written after the copy was made."""
    name = table.name
    if name in _BY_READING:
        return (
            f"{of}.reading_id > (SELECT coalesce(max(reading_id), 0) FROM copy.reading)"
            f" AND {of}.reading_id IN (SELECT reading_id FROM main.reading)"
        )
    if name == "version_capture":
        pairs = (("version_id", "version"), ("capture_id", "capture"))
        return " OR ".join(
            f"{of}.{key} > (SELECT coalesce(max({key}), 0) FROM copy.{parent})"
            for key, parent in pairs
        )
    [key, *others] = table.primary_key.columns
    if not others and key.type.python_type is int:
        return f"{of}.{key.name} > (SELECT coalesce(max({key.name}), 0) FROM copy.{name})"
    moment = "first_seen_at" if name == "seen_url" else "recorded_at"
    return f"{of}.{moment} >= (SELECT coalesce(max({moment}), '') FROM copy.{name})"


def replace_database(path: Path, copy: Path, *, is_dry: bool) -> Counts:
    """Make the database anew from the copy and from what is newer in it; the old one is set aside.

    Raises ArchiveError.
    """
    beside = path.with_name(path.name + ".repair")
    try:
        beside.unlink(missing_ok=True)
        counts = _made_anew(path, copy, beside)
        if is_dry:
            beside.unlink()
            return counts
        _swap(path, beside)
    except (sqlite3.Error, OSError) as error:
        raise ArchiveError(f"{path}: cannot be made anew: {error}") from error
    return counts


def _made_anew(path: Path, copy: Path, beside: Path) -> Counts:
    with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(beside)) as made:
        source.backup(made)
        made.isolation_level = None
        made.execute("ATTACH DATABASE ? AS copy", (str(copy),))
        made.execute("BEGIN")
        counts: Counts = {}
        for table in _tables():
            counts[table.name] = _counted(made, table)
            _carry(made, path, table)
        made.execute("COMMIT")
        made.execute("DETACH DATABASE copy")
    return {name: count for name, count in counts.items() if count}


def _counted(made: sqlite3.Connection, table: Table) -> int:
    return int(made.execute(f"SELECT count(*) FROM main.{table.name}").fetchone()[0])


def _carry(made: sqlite3.Connection, path: Path, table: Table) -> None:
    """Put in what is newer than the copy, row by row."""
    places = ", ".join("?" * len(table.columns))
    put = f"INSERT OR IGNORE INTO main.{table.name} ({_names(table)}) VALUES ({places})"
    is_newer = f"SELECT 1 FROM (SELECT {_named_places(table)}) AS o WHERE {_newer(table, of='o')}"
    for row in _readable(path, table):
        if made.execute(is_newer, row).fetchone():
            made.execute(put, row)


def _named_places(table: Table) -> str:
    return ", ".join(f"? AS {column.name}" for column in table.columns)


def _readable(path: Path, table: Table) -> Iterator[tuple[Any, ...]]:
    """The rows of a damaged database that can be read, from both ends of a table."""
    keys = [column.name for column in table.primary_key.columns]
    for order in ("ASC", "DESC"):
        ordered = ", ".join(f"{key} {order}" for key in keys)
        query = f"SELECT {_names(table)} FROM {table.name} ORDER BY {ordered}"
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as damaged:
                yield from damaged.execute(query)
            return
        except (sqlite3.Error, UnicodeDecodeError):
            continue


def _free_name(path: Path) -> Path:
    """Where a damaged file is kept: what an earlier repair kept stays there."""
    tries = (f"{path.name}.damaged{'' if n == 1 else f'-{n}'}" for n in itertools.count(1))
    return next(found for name in tries if not (found := path.with_name(name)).exists())


def _swap(path: Path, beside: Path) -> None:
    """Put the new file in the place of the old one, which is kept."""
    aside = _free_name(path)
    with closing(sqlite3.connect(beside)) as made:
        made.execute("PRAGMA journal_mode = DELETE")
    descriptor = os.open(beside, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    for end in ("-wal", "-shm", ""):
        if path.with_name(path.name + end).exists():
            path.with_name(path.name + end).replace(aside.with_name(aside.name + end))
    beside.replace(path)
    sync_directory(path.parent)


def mend_mastheads(engine: Any) -> None:
    """Make of each outlet again what its last crawl said of it."""
    with database.writing(engine) as connection:
        for slug, facts in ledger.mastheads(connection).items():
            connection.execute(update(outlet).where(outlet.c.slug == slug).values(facts))


def mend_index(engine: Any) -> bool:
    """Whether the search index was not that of the texts, and was made anew."""
    with suppress(ArchiveError), database.reading(engine) as connection:  # or what cannot be read
        if index_check.is_whole(connection):
            return False
    with database.writing(engine) as connection:
        search_index.rebuild(connection)
    return True
