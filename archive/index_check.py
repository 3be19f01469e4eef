"""Does the search index hold just the words of the texts? One number each way says so, cheaply.

The number is the sum over every word of every text of what the word and its place hash to. SQLite
adds up its own side, word by word, while it walks through the index; nothing is held in memory.
Where the numbers differ, `search_index.index_faults` names the readings, slowly.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DatabaseError

from archive.schema import reading, reading_text
from archive.words import MOST_OF_HEADLINE, folded

__all__ = ["is_whole"]

_BATCH = 500
_PRIME = 2**31 - 1
_SPREAD = 2_654_435_761
_MASK = 2**64 - 1
_PLACE = f"((doc % {_PRIME} * {_SPREAD} + 2 * \"offset\" + iif(col = 'headline', 1, 2)) % {_PRIME})"
_SUMS = (
    f"SELECT term, sum({_PLACE} * {_PLACE} % {_PRIME}) FROM temp.reading_search_words GROUP BY 1"
)
_IDS = (
    "SELECT count(*) FROM (SELECT * FROM (SELECT id FROM reading_search_docsize"
    " EXCEPT SELECT reading_id FROM reading_text) UNION ALL"
    " SELECT * FROM (SELECT reading_id FROM reading_text"
    " EXCEPT SELECT id FROM reading_search_docsize))"
)


def is_whole(connection: Connection) -> bool:
    """Whether index and texts are the same; False on PostgreSQL, where nobody adds up for us."""
    if connection.dialect.name != "sqlite":
        return False
    if connection.execute(text(_IDS)).scalar_one():
        return False
    return _sum_of_index(connection) == _sum_of_texts(connection)


def _sum_of_index(connection: Connection) -> int:
    connection.execute(
        text(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.reading_search_words"
            " USING fts5vocab(main, reading_search, instance)"
        )
    )
    # rows as the driver brings them: one for each word of the language
    cursor = connection.connection.cursor()
    try:
        cursor.execute(_SUMS)
        total = sum(hash(term) * weight for term, weight in iter(cursor.fetchone, None))
    except sqlite3.DatabaseError as error:
        raise DatabaseError(_SUMS, None, error) from error
    return int(total) & _MASK


def _sum_of_texts(connection: Connection) -> int:
    return sum(_sum_of(*row) for row in _texts(connection)) & _MASK


def _texts(connection: Connection) -> Iterator[Any]:
    query = (
        select(reading.c.reading_id, reading.c.headline, reading_text.c.text)
        .join(reading_text, reading_text.c.reading_id == reading.c.reading_id)
        .order_by(reading.c.reading_id)
    )
    last = -1
    while rows := connection.execute(query.where(reading.c.reading_id > last).limit(_BATCH)).all():
        yield from rows
        last = rows[-1].reading_id


def _sum_of(reading_id: int, headline: str, body: str) -> int:
    title = folded(headline, MOST_OF_HEADLINE)
    return _sum(title, reading_id, first=1) + _sum(folded(body), reading_id, first=2)


def _sum(found: list[str], reading_id: int, *, first: int) -> int:
    import numpy as np  # noqa: PLC0415 - its 25 MB, when there is a text

    places = 2 * np.arange(len(found), dtype=np.int64) + first
    places = (places + reading_id % _PRIME * _SPREAD) % _PRIME
    weights = (places * places % _PRIME).astype(np.uint64)
    hashes = np.fromiter(map(hash, found), dtype=np.int64, count=len(found))
    return int((hashes.astype(np.uint64) * weights).sum(dtype=np.uint64))
