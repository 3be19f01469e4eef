"""A Page as WARC 1.1 records, each one gzip member.

Records are put together here and not by a library, because each library changes what must be kept:
warcio percent-encodes header bytes beyond ASCII, compresses at level 9 only, cuts revisits without
saying so (WARC-Truncated) and knows only SHA-1 over what it is given; FastWARC puts a whole file
into one member unless told after each record, and would still need the HTTP block from us. What
remains is a header block and `zlib.compress`. FastWARC reads foreign files (`exchanges.py`).

Pure, but for the fresh record ids.
"""

import base64
import hashlib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from uuid import uuid4

from archive.http_block import Decode, as_stored, join, request_head, status_line, uri
from archive.types import Page

__all__ = [
    "IDENTICAL",
    "NOT_MODIFIED",
    "SOURCE_FIELD",
    "TLS_FIELD",
    "Member",
    "RevisitOf",
    "conversion",
    "payload_digest",
    "response",
    "revisit_identical",
    "revisit_not_modified",
    "warcinfo",
]

IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
TLS_FIELD = "X-Kliping-TLS"
"""Extension field (WARC 1.1 §5.1): whether the outlet's certificate was `verified`."""
SOURCE_FIELD = "X-Kliping-Source"
"""Extension field: of an imported capture, the SHA-256 of the file it came from, its record, its
name."""

_ANSWER = "application/http;msgtype=response"
_REQUEST = "application/http;msgtype=request"
_LEVEL = 6

Fields = Iterable[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Member:
    """One record, compressed, not yet written. `digest` is the SHA-256 of `data`, in hex."""

    record_id: str
    type: str
    target_uri: str
    date: datetime
    data: bytes
    digest: str

    @classmethod
    def of(cls, fields: Mapping[str, str], data: bytes) -> "Member":
        """A member that was read: `fields` are those of its record, `data` its bytes."""
        return cls(
            record_id=fields["WARC-Record-ID"],
            type=fields["WARC-Type"],
            target_uri=fields.get("WARC-Target-URI", ""),
            date=datetime.fromisoformat(fields["WARC-Date"]),
            data=data,
            digest=hashlib.sha256(data).hexdigest(),
        )


@dataclass(frozen=True, kw_only=True)
class RevisitOf:
    """The earlier record that a revisit stands on; `payload_digest` as in its WARC field, or ''."""

    record_id: str
    target_uri: str
    date: datetime
    payload_digest: str = ""


def payload_digest(body: bytes) -> str:
    """The digest of an entity before content decoding, as the field has it (WARC 1.1 §5.9)."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode("ascii")


def warcinfo(*, filename: str, contact: str, now: datetime) -> Member:
    """The record that opens a file: what wrote it, for whom (`contact`), and by which manners."""
    lines = {
        "software": f"Kliping/{version('kliping')}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "operator": contact,
        "robots": "obey",
    }
    block = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in lines.items() if value)
    record = _Draft(type="warcinfo", date=now)
    fields = [("WARC-Filename", filename), ("Content-Type", "application/warc-fields")]
    return record.member(fields, block.encode("utf-8", "replace"))


def response(page: Page, *, decode: Decode | None = None) -> list[Member]:
    """The answer as it is stored (see `as_stored`), then the request if its headers are known."""
    stored = as_stored(page, decode=decode)
    record = _Draft.of("response", stored)
    fields = [
        *_common(stored),
        ("WARC-Payload-Digest", payload_digest(stored.body)),
        *([("WARC-Truncated", stored.truncated)] if stored.truncated else []),
        ("Content-Type", _ANSWER),
    ]
    block = join(status_line(stored.status), stored.headers, stored.body)
    return [record.member(fields, block), *_request(stored, record)]


def revisit_identical(page: Page, *, of: RevisitOf, decode: Decode | None = None) -> list[Member]:
    """A revisit with the headers of the new answer and no body, then the request.

    The caller has found that both payloads are the same. The cut is marked, as the profile asks.
    """
    stored = as_stored(page, decode=decode)
    record = _Draft.of("revisit", stored)
    fields = [
        *_common(stored),
        ("WARC-Profile", IDENTICAL),
        *_refers_to(of),
        ("WARC-Payload-Digest", payload_digest(stored.body)),
        ("WARC-Truncated", "length"),
        ("Content-Type", _ANSWER),
    ]
    block = join(status_line(stored.status), stored.headers)
    return [record.member(fields, block), *_request(stored, record)]


def revisit_not_modified(page: Page, *, of: RevisitOf) -> list[Member]:
    """A revisit for a 304, then the request.

    It has no HTTP block: with one, pywb shows a bare 304, a blank page, instead of the old capture.
    """
    record = _Draft.of("revisit", page)
    digest = [("WARC-Payload-Digest", of.payload_digest)] if of.payload_digest else []
    fields = [*_common(page), ("WARC-Profile", NOT_MODIFIED), *_refers_to(of), *digest]
    return [record.member(fields, b""), *_request(page, record)]


def conversion(text: str, *, refers_to: str, target_uri: str, date: datetime) -> Member:
    """The cleaned text of the answer `refers_to`, as a record beside it."""
    record = _Draft(type="conversion", date=date, target_uri=uri(target_uri))
    fields = [("WARC-Refers-To", refers_to), ("Content-Type", "text/plain; charset=utf-8")]
    return record.member(fields, text.encode("utf-8", "replace"))


def _request(page: Page, answer: "_Draft") -> list[Member]:
    if not page.request_headers:
        return []
    record = _Draft.of("request", page)
    fields = [
        *_common(page),
        ("WARC-Concurrent-To", answer.record_id),
        ("Content-Type", _REQUEST),
    ]
    return [record.member(fields, request_head(page))]


def _common(page: Page) -> list[tuple[str, str]]:
    fields = [
        ("WARC-IP-Address", page.ip_address),
        (TLS_FIELD, page.tls),
        (SOURCE_FIELD, page.source),
    ]
    return [field for field in fields if field[1]]


def _refers_to(of: RevisitOf) -> list[tuple[str, str]]:
    return [
        ("WARC-Refers-To", of.record_id),
        ("WARC-Refers-To-Target-URI", uri(of.target_uri)),
        ("WARC-Refers-To-Date", _date(of.date)),
    ]


class _Draft:
    """A record that has its name and moment, and waits for its fields and block."""

    def __init__(self, *, type: str, date: datetime, target_uri: str = "") -> None:
        self.type = type
        self.date = date
        self.target_uri = target_uri
        self.record_id = f"<urn:uuid:{uuid4()}>"

    @classmethod
    def of(cls, type: str, page: Page) -> "_Draft":
        return cls(type=type, date=page.fetched_at, target_uri=uri(page.url))

    def member(self, fields: Fields, block: bytes) -> Member:
        head = [
            ("WARC-Type", self.type),
            ("WARC-Record-ID", self.record_id),
            *([("WARC-Target-URI", self.target_uri)] if self.target_uri else []),
            ("WARC-Date", _date(self.date)),
            *fields,
            ("WARC-Block-Digest", payload_digest(block)),
            ("Content-Length", str(len(block))),
        ]
        lines = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in head)
        record = b"WARC/1.1\r\n" + lines.encode("utf-8", "replace") + b"\r\n" + block + b"\r\n\r\n"
        data = zlib.compress(record, _LEVEL, wbits=31)  # 31: with a gzip header, its time left at 0
        return Member(
            record_id=self.record_id,
            type=self.type,
            target_uri=self.target_uri,
            date=self.date,
            data=data,
            digest=hashlib.sha256(data).hexdigest(),
        )


def _date(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError(f"a naive datetime is no moment: {moment.isoformat()}")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _one_line(value: str) -> str:
    return " ".join(value.split())
