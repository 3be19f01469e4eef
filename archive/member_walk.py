"""Every member of a WARC file, also behind damage: what is whole is found again after it."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from archive.warc_reader import Record, parse_member

__all__ = ["Damage", "Met", "walk_members"]

_MAGIC = b"\x1f\x8b\x08"
_PIECE = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Met:
    """A whole member; `offset` is from where the walk began."""

    offset: int
    length: int
    record: Record


@dataclass(frozen=True, kw_only=True)
class Damage:
    """Bytes that are no whole member; `offset` is from where the walk began."""

    offset: int
    length: int
    why: str


def walk_members(file: BinaryIO, *, start: int, end: int) -> Iterator[Met | Damage]:
    """What stands between two places of an open file, in order; nothing is left out."""
    position = start
    while position < end:
        try:
            length, record = _member(file, position, end)
        except (ValueError, zlib.error, OSError) as error:
            following = _next_whole(file, position + 1, end)
            size = following - position
            yield Damage(offset=position - start, length=size, why=str(error))
            position = following
            continue
        yield Met(offset=position - start, length=length, record=record)
        position += length


def _member(file: BinaryIO, offset: int, end: int) -> tuple[int, Record]:
    file.seek(offset)
    member, raw = zlib.decompressobj(wbits=31), bytearray()
    while not member.eof:
        piece = file.read(min(_PIECE, end - offset - len(raw)))
        if not piece:
            raise ValueError("the member is cut")
        raw += piece
        member.decompress(piece)
    length = len(raw) - len(member.unused_data)
    return length, parse_member(bytes(raw[:length]))


def _next_whole(file: BinaryIO, start: int, end: int) -> int:
    """Where the next whole member begins, or the end."""
    position = start
    while position < end:
        file.seek(position)
        piece = file.read(min(_PIECE, end - position))
        found = piece.find(_MAGIC)
        if found < 0:
            # the sign may stand across the end of this piece
            position += max(len(piece) - len(_MAGIC) + 1, 1)
            continue
        try:
            _member(file, position + found, end)
        except (ValueError, zlib.error, OSError):
            position += found + 1
            continue
        return position + found
    return end
