"""The words of a story that is taken down leave the rows; its facts stay.

What stays: addresses, moments, statuses, digests and hashes, who decided what of the topic, and
which records there were. What goes: every text, headline, name, date line and tag of every reading,
the near-duplicate signature made of them, the words in the search index, the words that the topic
was decided by, and the reasons of labels, as nobody can tell a quotation from a paraphrase.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, delete, select, text, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from archive import ledger, search_index
from archive.schema import (
    event,
    label,
    near_duplicate_band,
    reading,
    reading_text,
    signature,
    story,
    version,
    warc_record,
)

__all__ = ["erase", "settle", "touched_crawls"]

_NOTHING: dict[str, Any] = {
    **dict.fromkeys(("headline", "byline", "editor", "dateline", "published_text"), ""),
    **dict.fromkeys(("section", "image_url", "language", "source", "published_zone"), ""),
    **dict.fromkeys(("published_at", "modified_at"), None),
    "tags": [],
    "topic_evidence": [],
}
_TABLES = ("reading", "reading_text", "reading_search", "signature", "near_duplicate_band", "label",
           "event", "story", "warc_record")  # fmt: skip
"""Which held what is gone."""
_ROWS = 500
_PATIENCE = 30


def erase(connection: Connection, story_id: str, *, digests: Mapping[str, str]) -> dict[int, str]:
    """Take a story's words out of every row; what the events that held some hash to since.

    `digests`: record id -> SHA-256 of the tombstone in its place. Doing it twice changes nothing.
    """
    readings = _readings(connection, story_id)
    texts = reading_text.c.reading_id.in_(readings)
    there = connection.scalars(select(reading_text.c.reading_id).where(texts)).all()
    if there:
        search_index.remove(connection, there)
    for table in (reading_text, signature, near_duplicate_band):
        connection.execute(delete(table).where(table.c.reading_id.in_(readings)))
    connection.execute(update(reading).where(reading.c.reading_id.in_(readings)).values(_NOTHING))
    connection.execute(update(label).where(label.c.story_id == story_id).values(reason=""))
    connection.execute(update(story).where(story.c.story_id == story_id).values(signal=""))
    for record_id, digest in digests.items():
        row = update(warc_record).where(warc_record.c.record_id == record_id)
        connection.execute(row.values(type="metadata", digest=digest))
    return _redacted(connection, story_id)


def _readings(connection: Connection, story_id: str) -> Sequence[int]:
    return connection.scalars(
        select(reading.c.reading_id)
        .join(version, version.c.version_id == reading.c.version_id)
        .where(version.c.story_id == story_id)
    ).all()


def _redacted(connection: Connection, story_id: str) -> dict[int, str]:
    """Events of labels without their reasons, and what each hashes to so."""
    query = select(event).where(event.c.story_id == story_id, event.c.kind == "labelled")
    found: dict[int, str] = {}
    for row in connection.execute(query).mappings().all():
        values = dict(row) | {"detail": {**row["detail"], "reason": ""}}
        this = update(event).where(event.c.event_id == row["event_id"])
        connection.execute(this.values(detail=values["detail"]))
        found[row["event_id"]] = ledger.event_hash(values, previous=row["previous_hash"])
    return found


def touched_crawls(
    connection: Connection, story_id: str, *, record_ids: Sequence[str]
) -> Sequence[int]:
    """The crawls whose rows an erasure changes."""
    crawls = set(
        connection.scalars(select(version.c.crawl_id).where(version.c.story_id == story_id))
    )
    for start in range(0, len(record_ids), _ROWS):
        some = warc_record.c.record_id.in_(record_ids[start : start + _ROWS])
        crawls |= set(connection.scalars(select(warc_record.c.crawl_id).where(some)))
    return sorted(crawls)


def settle(engine: Engine) -> bool:
    """Take what was erased out of what the database's files hold besides their rows.

    False when others keep it busy: then do it again later. SQLite: the file is written anew without
    its free pages, and the write-ahead log emptied. PostgreSQL: the tables are written anew; its
    own write-ahead log, its replicas and its backups hold the old bytes until they are recycled.
    """
    try:
        if engine.dialect.name == "sqlite":
            return _settle_sqlite(engine)
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text(f"SET lock_timeout = '{_PATIENCE}s'"))
            for name in _TABLES:
                connection.execute(text(f"VACUUM (FULL, ANALYZE) {name}"))
            connection.execute(text("RESET lock_timeout"))
    except (SQLAlchemyError, sqlite3.Error):
        return False
    return True


def _settle_sqlite(engine: Engine) -> bool:
    engine.dispose()  # a connection of ours that has read keeps the log from being emptied
    with closing(engine.raw_connection()) as pooled:
        driver: Any = pooled.driver_connection
        driver.execute("PRAGMA secure_delete = ON")
        driver.execute("VACUUM")
        busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
