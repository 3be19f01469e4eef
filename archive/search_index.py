"""The index of a search: every reading's headline and text, in the folded words of `words`.

SQLite: `reading_search` is an FTS5 table over the view `reading_searched`, which makes the words
when it is asked (`kliping_words`, known on each of our connections), so that no text is stored
twice. PostgreSQL: `reading_search` is a table of stored tsvectors under a GIN index, which is what
its configuration `simple` would make of these words; they are set out here, as its own parser
takes hosts, signed numbers and hyphens apart in ways of its own.

Both are written by code, in the transaction that writes the reading: triggers would need the
folding in each database's own language, and a program that writes rows past Kliping would
fail on them. `audit` compares index and texts instead.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, Select, TextClause, select, text
from sqlalchemy.exc import DatabaseError

from archive import database
from archive.schema import reading, reading_text
from archive.words import MOST_OF_HEADLINE, folded

__all__ = ["add", "index_faults", "mend", "rebuild", "remove", "vector"]

_BATCH = 500
_PLACES = 255
"""Of one word in one tsvector (PostgreSQL manual, §12.11)."""
_ADD = text(
    "INSERT INTO reading_search (rowid, headline, text)"
    " SELECT reading_id, headline, text FROM reading_searched WHERE reading_id = :reading_id"
)
_REMOVE = text(
    "INSERT INTO reading_search (reading_search, rowid, headline, text)"
    " SELECT 'delete', reading_id, headline, text FROM reading_searched"
    " WHERE reading_id = :reading_id"
)
_ADD_VECTOR = text(
    "INSERT INTO reading_search (reading_id, words) VALUES (:reading_id, CAST(:words AS tsvector))"
)
_REMOVE_VECTOR = text("DELETE FROM reading_search WHERE reading_id = :reading_id")


def add(connection: Connection, reading_id: int) -> None:
    """Index a reading whose rows were just written."""
    if connection.dialect.name == "sqlite":
        connection.execute(_ADD, {"reading_id": reading_id})
        return
    row = connection.execute(_texts().where(reading.c.reading_id == reading_id)).one()
    connection.execute(_ADD_VECTOR, _vector_row(row._mapping))


def remove(connection: Connection, reading_ids: Iterable[int]) -> None:
    """Take readings out of the index, as long as their texts still stand in their rows."""
    is_sqlite = connection.dialect.name == "sqlite"
    for reading_id in reading_ids:
        statement = _REMOVE if is_sqlite else _REMOVE_VECTOR
        connection.execute(statement, {"reading_id": reading_id})
    if is_sqlite:  # a word stays in the segments until they are merged
        connection.execute(_command("optimize"))


def rebuild(connection: Connection) -> None:
    """Make the index anew from the texts."""
    if connection.dialect.name == "sqlite":
        connection.execute(_command("rebuild"))
        return
    connection.execute(text("DELETE FROM reading_search"))
    query = _texts().order_by(reading.c.reading_id)
    rows = connection.execute(query, execution_options={"yield_per": _BATCH})
    for batch in rows.mappings().partitions():
        connection.execute(_ADD_VECTOR, [_vector_row(row) for row in batch])


def mend(engine: Engine) -> bool:
    """Whether the index was not that of the texts, and is now. Raises ArchiveError."""
    with database.reading(engine) as connection:
        if _is_sound(connection):
            return False
    with database.writing(engine) as connection:
        rebuild(connection)
    return True


def _is_sound(connection: Connection) -> bool:
    try:
        return not list(index_faults(connection))
    except DatabaseError:  # what cannot be read can still be made anew
        return False


def _command(name: str) -> TextClause:
    """An FTS5 command (https://www.sqlite.org/fts5.html#special_insert_commands)."""
    return text(f"INSERT INTO reading_search (reading_search) VALUES ('{name}')")


def _texts() -> Select[Any]:
    return select(reading.c.reading_id, reading.c.headline, reading_text.c.text).join(
        reading_text, reading_text.c.reading_id == reading.c.reading_id
    )


def _vector_row(row: Mapping[Any, Any]) -> dict[str, object]:
    return {"reading_id": row["reading_id"], "words": vector(row["headline"], row["text"])}


def vector(headline: str, body: str) -> str:
    """A tsvector as PostgreSQL writes it: `'asn':2A,9 'netral':1A`; A marks the headline.

    A place is left free between headline and text: no phrase runs from one into the other.
    """
    places: defaultdict[str, list[str]] = defaultdict(list)
    title = folded(headline, MOST_OF_HEADLINE)
    for place, word in enumerate(title, start=1):
        places[word].append(f"{place}A")
    for place, word in enumerate(folded(body), start=len(title) + 2):
        places[word].append(str(place))
    found = sorted(places.items())
    return " ".join(f"'{word}':{','.join(where[:_PLACES])}" for word, where in found)


def index_faults(connection: Connection) -> Iterator[tuple[int, str]]:
    """Each reading whose place in the index is not what its text asks for, and what is wrong."""
    is_sqlite = connection.dialect.name == "sqlite"
    indexed = _instances(connection) if is_sqlite else _vectors(connection)
    rows = connection.execute(_texts(), execution_options={"yield_per": _BATCH})
    for reading_id, headline, body in rows:
        wanted = _fingerprint(headline, body) if is_sqlite else hash(vector(headline, body))
        found = indexed.pop(reading_id, None)
        if found is None:
            yield reading_id, "is not in the search index"
        elif found != wanted:
            yield reading_id, "stands in the search index with other words than its own"
    for reading_id in sorted(indexed):
        yield reading_id, "is in the search index and nowhere else"


def _fingerprint(headline: str, body: str) -> int:
    """One number for all words of a reading at their places: a sum, so in whatever order."""
    title = sum(
        hash(word) * (2 * at + 1) for at, word in enumerate(folded(headline, MOST_OF_HEADLINE))
    )
    return title + sum(hash(word) * (2 * at + 2) for at, word in enumerate(folded(body)))


def _vectors(connection: Connection) -> dict[int, int]:
    """The tsvector of each reading, as a number."""
    rows = connection.execute(
        text("SELECT reading_id, CAST(words AS text) FROM reading_search"),
        execution_options={"yield_per": _BATCH},
    )
    return {reading_id: hash(found) for reading_id, found in rows}


def _instances(connection: Connection) -> dict[int, int]:
    """The fingerprint of each reading as FTS5 holds it.

    FTS5's own integrity-check takes the writers' lock for as long as it reads and names no row.
    """
    connection.execute(
        text(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.reading_search_words"
            " USING fts5vocab(main, reading_search, instance)"
        )
    )
    found = dict.fromkeys(connection.scalars(text("SELECT id FROM reading_search_docsize")), 0)
    try:
        for reading_id, term, place in _instance_rows(connection):
            # one without a size is no whole entry
            found[reading_id] = found.get(reading_id, 1) + hash(term) * place
    except sqlite3.DatabaseError as error:
        raise DatabaseError("reading_search_words", None, error) from error
    return found


def _instance_rows(connection: Connection) -> Iterator[Any]:
    """Rows as the driver brings them: there are hundreds for each reading."""
    cursor = connection.connection.cursor()
    cursor.execute(
        "SELECT doc, term, 2 * \"offset\" + iif(col = 'headline', 1, 2)"
        " FROM temp.reading_search_words"
    )
    return iter(cursor.fetchone, None)
