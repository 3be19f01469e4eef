"""What stands in the place of a record that was taken down: a member of exactly its length.

The place and the WARC-Record-ID stay, so that no other member moves and nothing refers to nowhere.
The record is of the type `metadata` and says when it was taken down, why, what it was, and the
digest of the member that stood there; of a small member the note says less. Where there is room the
block is filled with spaces and stored as it is; else it is compressed, and the gzip header's
comment (RFC 1952 §2.3.1) fills what is left. Pure.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from archive.warc_reader import Record

__all__ = ["Tombstone", "is_tombstone", "tombstone"]

_HEAD = b"\x1f\x8b\x08%b\x00\x00\x00\x00\x00\xff"
_PLAIN, _COMMENTED = b"\x00", b"\x10"
_FRAME = 10 + 8
_MOST = 65_535
"""Bytes in one stored block (RFC 1951 §3.2.4), each with five before it."""
_STORED = 5
_FIELD = "taken-down"
_REASONS = (None, 1_000, 400, 160, 60)
"""How much is told of a reason: all of it, or its first characters."""


@dataclass(frozen=True, kw_only=True)
class Tombstone:
    """What a tombstone tells; `was_digest`: the SHA-256 of the member that stood there, in hex."""

    record_id: str
    was_type: str
    was_digest: str
    taken_down_at: datetime
    reason: str

    def blocks(self) -> Iterator[str]:
        """What the record says, from all of it to nothing."""
        at = f"{_FIELD}: {_date(self.taken_down_at)}\r\n"
        was = f"was-type: {self.was_type}\r\nwas-digest: sha256:{self.was_digest}\r\n"
        reason = " ".join(self.reason.split())
        for most in _REASONS:
            told = reason if most is None or len(reason) <= most else f"{reason[:most]}…"
            yield f"{at}{was}reason: {told}\r\n"
        yield at + was
        yield f"{at}was-digest: sha256:{self.was_digest}\r\n"
        yield at
        yield ""


def tombstone(told: Tombstone, *, length: int) -> bytes:
    """A gzip member of `length` bytes that says as much as it can hold.

    Raises ValueError when not even record id and date fit: about 160 bytes.
    """
    for block in told.blocks():
        data = _stored(told, block.encode(), length) or _deflated(told, block.encode(), length)
        if data:
            return data
    raise ValueError(f"{told.record_id}: {length} bytes hold no tombstone")


def is_tombstone(record: Record) -> bool:
    """Whether a record says of itself that it was taken down."""
    return record.type == "metadata" and record.fields.get("X-Kliping-Tombstone") == "1"


def _stored(told: Tombstone, block: bytes, length: int) -> bytes:
    """The member with its block filled up; empty when it does not fit."""
    for comment in (b"", b"\x00"):  # a Content-Length of one digit more may be one byte too many
        room = length - _FRAME - len(comment)
        pieces = max(-(-room // (_MOST + _STORED)), 1)
        plain = _filled(told, block, room - _STORED * pieces)
        if plain:
            return _member(_blocks(plain, pieces), plain=plain, comment=comment)
    return b""


def _filled(told: Tombstone, block: bytes, size: int) -> bytes:
    """The record with spaces behind what its block says, `size` bytes long."""
    least = len(_record(told, block))
    for filler in range(size - least, max(size - least - 8, -1), -1):
        plain = _record(told, block, filler=filler)
        if len(plain) == size:
            return plain
    return b""


def _blocks(plain: bytes, pieces: int) -> bytes:
    """Plain bytes as stored blocks of deflate."""
    found = bytearray()
    for number in range(pieces):
        piece = plain[number * _MOST : (number + 1) * _MOST]
        is_last = number == pieces - 1
        found += struct.pack("<BHH", is_last, len(piece), len(piece) ^ 0xFFFF) + piece
    return bytes(found)


def _deflated(told: Tombstone, block: bytes, length: int) -> bytes:
    """The member compressed, with a comment in its gzip header; empty when it does not fit."""
    plain = _record(told, block)
    packed = zlib.compress(plain, 9, wbits=-15)
    left = length - _FRAME - len(packed)
    if not 0 <= left <= _MOST:
        return b""
    comment = b" " * (left - 1) + b"\x00" if left else b""
    return _member(packed, plain=plain, comment=comment)


def _member(packed: bytes, *, plain: bytes, comment: bytes) -> bytes:
    head = _HEAD.replace(b"%b", _COMMENTED if comment else _PLAIN)
    return head + comment + packed + struct.pack("<II", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)


def _record(told: Tombstone, block: bytes, *, filler: int = 0) -> bytes:
    lines = [
        "WARC/1.1",
        "WARC-Type: metadata",
        f"WARC-Record-ID: {told.record_id}",
        f"WARC-Date: {_date(told.taken_down_at)}",
        "X-Kliping-Tombstone: 1",
        *(["Content-Type: application/warc-fields"] if block else []),
        f"Content-Length: {len(block) + filler}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + block + b" " * filler + b"\r\n\r\n"


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
