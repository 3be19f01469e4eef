"""An exchange that stands in its WARC file becomes a row of `capture`."""

from sqlalchemy import Connection, insert

from archive.exchange import Exchange, payload_digest
from archive.schema import capture
from archive.warc_reader import Placed

__all__ = ["insert_capture"]


_INSERT = insert(capture).returning(capture.c.capture_id)


def insert_capture(
    connection: Connection, stored: Exchange, placed: Placed, **values: object
) -> int:
    """The id of a new capture of an exchange that stands in its WARC file.

    `values` are the columns that the exchange does not tell: crawl_id, story_id, recorded_at,
    answer.
    """
    page = stored.page
    row = values | {
        "record_id": placed.record_id,
        "url": page.url,
        "fetched_at": page.fetched_at,
        "status": page.status,
        "kind": stored.kind,
        "payload_digest": payload_digest(page),
        "truncated": page.truncated,
        "refers_to": stored.refers_to,
        "etag": page.header("ETag"),
        "last_modified": page.header("Last-Modified"),
    }
    made = connection.execute(_INSERT, row)
    return int(made.scalar_one())
