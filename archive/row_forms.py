"""Rows that cannot be read, or not as they were written: which ones they are (SQLite).

A changed byte can make a moment, a list or a text into what is none. PostgreSQL keeps such values
in types of their own.
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, Table

from archive.schema import Moment, metadata

__all__ = ["expect_readable", "misspelt_moments", "unreadable_rows"]

_FORM = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9].??????"
"""As SQLAlchemy writes it; it reads other signs between day and hour, too."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}")


def misspelt_moments(connection: Connection) -> Iterator[str]:
    """`table key` of each row with a moment that is not written as we write it."""
    for table in metadata.sorted_tables:
        moments = [column.name for column in table.columns if isinstance(column.type, Moment)]
        if not moments:
            continue
        wrong = " OR ".join(f"{name} NOT GLOB '{_FORM}'" for name in moments)
        query = f"SELECT {_keys(table)} FROM {table.name} WHERE {wrong}"
        for row in connection.exec_driver_sql(query):
            yield f"{table.name} {_spoken(row)}"


def unreadable_rows(connection: Connection) -> Iterator[str]:
    """`table key: why` of each row that cannot be read as it stands."""
    driver: Any = connection.connection.driver_connection
    usual, driver.text_factory = driver.text_factory, bytes
    try:
        for table in metadata.sorted_tables:
            with closing(driver.cursor()) as cursor:
                yield from _unreadable(cursor, table)
    finally:
        driver.text_factory = usual


def _unreadable(cursor: sqlite3.Cursor, table: Table) -> Iterator[str]:
    columns = list(table.columns)
    names = ", ".join(column.name for column in columns)
    count = len(list(table.primary_key))
    for row in cursor.execute(f"SELECT {_keys(table)}, {names} FROM {table.name}"):
        for column, value in zip(columns, row[count:], strict=True):
            try:
                expect_readable(column, value)
            except ValueError as error:
                yield f"{table.name} {_spoken(row[:count])}: {column.name}: {error}"


def expect_readable(column: Column[Any], value: object) -> None:
    """Return when a value, its text as bytes, can be read. Raises ValueError."""
    if isinstance(value, bytes) and column.type.python_type is not bytes:
        text = value.decode("utf-8")
        if isinstance(column.type, JSON):
            json.loads(text)
        if isinstance(column.type, Moment) and not _MOMENT.fullmatch(text):
            raise ValueError(f"{text!r} is no moment as we write it")
        if isinstance(column.type, Moment):
            datetime.fromisoformat(text)  # the form of one, and the 62nd minute


def _keys(table: Table) -> str:
    return ", ".join(column.name for column in table.primary_key)


def _spoken(key: Any) -> str:
    parts = (one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in key)
    return " ".join(parts)
