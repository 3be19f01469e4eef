"""A capture's row against the WARC record that it says holds it. Pure."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from archive.http_block import uri
from archive.warc_reader import Record

__all__ = ["capture_faults"]

CaptureRow = Mapping[str, Any]
"""A row of `capture`; `original_id`, `original_digest` are of the capture it refers to, or None."""


def capture_faults(row: CaptureRow, record: Record) -> Iterator[str]:
    """One line for each thing in which row and record differ."""
    is_revisit = row["kind"] != "response"
    if record.type != ("revisit" if is_revisit else "response"):
        yield f"the row says {row['kind']}, the record is a {record.type}"
        return
    if record.fields.get("WARC-Target-URI", "").strip("<>") != uri(row["url"]):
        yield f"the row says {row['url']}, the record is of another address"
    yield from _revisit_faults(row, record) if is_revisit else _payload_faults(row, record)


def _payload_faults(row: CaptureRow, record: Record) -> Iterator[str]:
    is_not_modified = row["status"] == 304  # answered without an earlier capture: no entity at all
    found = "" if is_not_modified else hashlib.sha256(record.payload).hexdigest()
    if found != row["payload_digest"]:
        yield "the entity is not the one that the row's payload_digest is of"


def _revisit_faults(row: CaptureRow, record: Record) -> Iterator[str]:
    if row["original_id"] is None:
        yield "a revisit whose original capture is missing"
        return
    if record.fields.get("WARC-Refers-To") != row["original_id"]:
        yield "row and record refer to different originals"
    if row["original_kind"] != "response":
        yield "the original is a revisit itself: it holds no body"
    if row["kind"] == "identical-payload" and row["payload_digest"] != row["original_digest"]:
        yield "the payload is said to be identical to the original's, but its digest differs"
