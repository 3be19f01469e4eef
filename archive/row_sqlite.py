"""Rows as one table of a plain SQLite file, and back."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.columns import Column
from archive.export_rows import Row, iso

__all__ = ["read_sqlite", "write_sqlite"]

_TYPES = {"integer": "INTEGER", "number": "REAL"}
_NO_JOURNAL = ("page_size = 4096", "journal_mode = OFF", "synchronous = OFF")


def write_sqlite(path: Path, rows: Iterable[Row], *, columns: Sequence[Column]) -> int:
    """The number of rows written to the table `stories` of a new file.

    Times are text as in JSON Lines, lists are JSON. Nothing is journalled: a file that was not
    finished is thrown away with its folder.
    """
    names = [column.name for column in columns]
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for pragma in _NO_JOURNAL:
            file.execute(f"PRAGMA {pragma}")
        file.execute("BEGIN")
        file.execute(_table(columns))
        marks = ", ".join("?" * len(names))
        cells = ([_cell(row[name]) for name in names] for row in rows)
        count = file.executemany(f"INSERT INTO stories VALUES ({marks})", cells).rowcount
        file.execute("COMMIT")
    return max(count, 0)


def _table(columns: Sequence[Column]) -> str:
    listed = [f'"{column.name}" {_TYPES.get(column.type, "TEXT")}' for column in columns]
    return f"CREATE TABLE stories ({', '.join(listed)}, PRIMARY KEY (story_id, version))"


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, list | tuple):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return value


def read_sqlite(path: Path, columns: Sequence[Column]) -> Iterator[dict[str, Any]]:
    """The rows of the table, in their order. Raises ValueError for what is no such table."""
    names = [column.name for column in columns]
    lists = {column.name for column in columns if column.type == "array"}
    listed = ", ".join(f'"{name}"' for name in names)
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as file:
            for cells in file.execute(f"SELECT {listed} FROM stories ORDER BY rowid"):
                row = dict(zip(names, cells, strict=True))
                yield row | {name: json.loads(row[name]) for name in lists}
    except (sqlite3.Error, TypeError) as error:
        raise ValueError(str(error)) from error
