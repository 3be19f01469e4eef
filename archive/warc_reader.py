"""Reading our WARC files: one record at its place, or every member in order.

Members are unpacked with zlib, which checks every byte (CRC and length) and tells where one ends,
in bounded memory. FastWARC stops at fields of 32 KiB, which one long address can fill, and does not
say where a member is damaged; it reads foreign files (`exchanges.py`).
"""

import hashlib
import io
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from archive.errors import ArchiveError, DamagedRecord
from archive.http_block import split
from archive.types import Headers, Page
from archive.warc_records import NOT_MODIFIED, SOURCE_FIELD, TLS_FIELD, RevisitOf

__all__ = [
    "Placed",
    "Record",
    "Revisit",
    "page_of",
    "parse_member",
    "read_member",
    "read_page",
    "read_record",
    "scan",
]

_PIECE = 1 << 16
_HEAD_LIMIT = 1 << 20
_BUFFER = 1 << 20
# OSError: a sector that cannot be read
_DAMAGE = (zlib.error, ValueError, KeyError, OSError)


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Where a member stands. `digest` is its SHA-256 in hex, `warc_file` a name without folders."""

    record_id: str
    type: str
    target_uri: str
    date: datetime
    digest: str
    warc_file: str
    offset: int
    length: int


@dataclass(frozen=True, kw_only=True)
class Record:
    """One record: its WARC fields, and its block taken apart where it is HTTP."""

    fields: dict[str, str]
    start_line: bytes
    http_headers: Headers
    payload: bytes

    @property
    def record_id(self) -> str:
        """The record's `<urn:uuid:…>`."""
        return self.fields.get("WARC-Record-ID", "")

    @property
    def type(self) -> str:
        """`response`, `request`, `revisit`, `conversion`, `warcinfo`."""
        return self.fields.get("WARC-Type", "")


@dataclass(frozen=True, kw_only=True)
class Revisit:
    """A stored answer without its body: what it said, and the record that holds the body."""

    page: Page
    of: RevisitOf
    profile: str

    def resolved(self, original: Page) -> Page:
        """The page as it was answered, with the body of the earlier one.

        A 304 says nothing but that all is as before, so status and headers are the earlier ones.
        """
        if self.profile == NOT_MODIFIED:
            return replace(
                original,
                fetched_at=self.page.fetched_at,
                ip_address=self.page.ip_address,
                tls=self.page.tls,
                record_id=self.page.record_id,
            )
        return replace(self.page, body=original.body, truncated=original.truncated)


def scan(path: Path, *, start: int = 0) -> Iterator[Placed]:
    """Every member of one of our files from the offset `start` on, in order, in bounded memory.

    Raises DamagedRecord at the first byte that is no whole member with exactly one record.
    """
    with _opened(path) as file:
        end = os.fstat(file.fileno()).st_size
        offset = start
        while offset < end:
            placed = _placed_at(file, path, offset=offset)
            yield placed
            offset += placed.length


def _placed_at(file: BinaryIO, path: Path, *, offset: int) -> Placed:
    digest, length, size, head = hashlib.sha256(), 0, 0, b""
    record_id = ""
    file.seek(offset)
    try:
        for raw, plain in _inflate(file):
            digest.update(raw)
            length += len(raw)
            size += len(plain)
            head += plain[: _HEAD_LIMIT - len(head)]
        fields, head_length = _fields(head)
        record_id = fields.get("WARC-Record-ID", "")
        _expect_whole(fields, size - head_length)
        return Placed(
            record_id=fields["WARC-Record-ID"],
            type=fields["WARC-Type"],
            target_uri=fields.get("WARC-Target-URI", ""),
            date=_moment(fields["WARC-Date"]),
            digest=digest.hexdigest(),
            warc_file=path.name,
            offset=offset,
            length=length,
        )
    except _DAMAGE as error:
        raise _damaged(path, offset=offset, record_id=record_id, why=error) from error


def _inflate(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The member at the file's position, piece by piece: its own bytes and what they unpack to."""
    member = zlib.decompressobj(wbits=31)
    while not member.eof:
        raw = member.unconsumed_tail or file.read(_PIECE)
        if not raw:
            raise zlib.error("the member is cut")
        plain = member.decompress(raw, _PIECE)
        left = len(member.unused_data) if member.eof else len(member.unconsumed_tail)
        yield raw[: len(raw) - left], plain


def _fields(head: bytes) -> tuple[dict[str, str], int]:
    """The WARC fields and the length of the bytes that hold them, blank line included."""
    end = head.find(b"\r\n\r\n") + 4
    if end < 4 or not head.startswith(b"WARC/1."):
        raise ValueError("no WARC record in the member")
    lines = head[: end - 4].decode("utf-8").split("\r\n")[1:]
    return {name: value for name, _, value in (line.partition(": ") for line in lines)}, end


def _expect_whole(fields: dict[str, str], rest: int) -> None:
    if int(fields["Content-Length"]) + 4 != rest:
        raise ValueError("the record is not as long as it says")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _damaged(path: Path, *, offset: int, record_id: str, why: object) -> DamagedRecord:
    name = record_id or "record unknown"
    why = f"no {why} field" if isinstance(why, KeyError) else why
    return DamagedRecord(f"{path}: offset {offset}: {name}: {why}; see `kliping audit`")


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb", buffering=_BUFFER)
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror}") from error


def read_member(path: Path, *, offset: int, length: int, record_id: str = "") -> bytes:
    """The bytes of one member as they are in the file, found whole.

    Raises DamagedRecord when they are not one member, or hold another record than `record_id`.
    """
    return _unpacked(path, offset=offset, length=length, record_id=record_id)[0]


def _unpacked(path: Path, *, offset: int, length: int, record_id: str) -> tuple[bytes, Record]:
    """One member's bytes, and the record in them."""
    try:
        with _opened(path) as file:
            file.seek(offset)
            data = file.read(length)
        pieces = list(_inflate(io.BytesIO(data)))
        if len(data) != length or sum(len(raw) for raw, _ in pieces) != length:
            raise ValueError("the member is not as long as recorded")
        record = _record(b"".join(plain for _, plain in pieces))
        if record_id and record.record_id != record_id:
            raise ValueError(f"holds {record.record_id} instead")
    except _DAMAGE as error:
        raise _damaged(path, offset=offset, record_id=record_id, why=error) from error
    return data, record


def parse_member(data: bytes) -> Record:
    """The record in the bytes of one member. Raises ValueError when they are not one whole member.

    It trusts their place: `read_record` tells where damage is.
    """
    try:
        pieces = list(_inflate(io.BytesIO(data)))
        if sum(len(raw) for raw, _ in pieces) != len(data):
            raise ValueError("more than one member")
        return _record(b"".join(plain for _, plain in pieces))
    except _DAMAGE as error:
        raise ValueError(str(error)) from error


def _record(plain: bytes) -> Record:
    fields, head_length = _fields(plain[:_HEAD_LIMIT])
    _expect_whole(fields, len(plain) - head_length)
    block = plain[head_length:-4]
    start_line, headers = b"", Headers()
    if fields.get("Content-Type", "").startswith("application/http"):
        start_line, headers, block = split(block)
    return Record(fields=fields, start_line=start_line, http_headers=headers, payload=block)


def read_record(path: Path, *, offset: int, length: int, record_id: str = "") -> Record:
    """The record at a place. Raises DamagedRecord as `read_member` does."""
    return _unpacked(path, offset=offset, length=length, record_id=record_id)[1]


def read_page(path: Path, *, offset: int, length: int, record_id: str = "") -> Page | Revisit:
    """The stored answer at a place: a Page, or a Revisit that the caller resolves.

    Headers and body are as stored (see `as_stored`); the request stands in its own record. Raises
    DamagedRecord as `read_member` does, and for a record that is no answer.
    """
    record = read_record(path, offset=offset, length=length, record_id=record_id)
    try:
        if record.type == "revisit":
            return _revisit(record)
        if record.type != "response":
            raise ValueError(f"a {record.type} is no answer")
        return page_of(record)
    except _DAMAGE as error:
        raise _damaged(path, offset=offset, record_id=record.record_id, why=error) from error


def page_of(record: Record) -> Page:
    """The answer in a record. Raises ValueError or KeyError when it holds none."""
    fields = record.fields
    return Page(
        url=fields["WARC-Target-URI"].strip("<>"),  # WARC 1.0 printed them
        status=_status(record.start_line),
        headers=record.http_headers,
        body=record.payload,
        fetched_at=_moment(fields["WARC-Date"]),
        ip_address=fields.get("WARC-IP-Address", ""),
        tls=fields.get(TLS_FIELD, ""),
        truncated=fields.get("WARC-Truncated", ""),
        record_id=record.record_id,
        source=fields.get(SOURCE_FIELD, ""),
    )


def _status(line: bytes) -> int:
    parts = line.split(maxsplit=2)
    if len(parts) < 2 or not parts[0].startswith(b"HTTP/"):
        raise ValueError(f"no HTTP status line: {line[:40]!r}")
    return int(parts[1])


def _revisit(record: Record) -> Revisit:
    fields = record.fields
    profile = fields["WARC-Profile"]
    # a 304 is stored without an HTTP block
    answer = record if record.start_line else replace(record, start_line=b"HTTP/1.1 304")
    of = RevisitOf(
        record_id=fields.get("WARC-Refers-To", ""),
        target_uri=fields.get("WARC-Refers-To-Target-URI", ""),
        date=_moment(fields["WARC-Refers-To-Date"]),
        payload_digest=fields.get("WARC-Payload-Digest", ""),
    )
    return Revisit(page=replace(page_of(answer), truncated=""), of=of, profile=profile)
