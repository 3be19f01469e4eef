"""The records of a WARC file that another tool wrote: also of one that is cut or damaged.

Any layout is read in bounded memory: a gzip member per record, one member around everything, no
compression. Where bytes are damaged, reading goes on at the next record that can be found. Our own
files are read by `warc_reader`, which asks more of them.
"""

import base64
import hashlib
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

__all__ = ["ForeignRecord", "Torn", "foreign_records", "is_digest_of"]

_PIECE = 1 << 16
_HEAD_LIMIT = 1 << 20
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_BEGIN = re.compile(rb"WARC/[01]\.\d")
_BLANK = (b"\r", b"\n", b"\x00")
_MAGIC = b"\x1f\x8b\x08"
_PROBE = 512
_MOST_PROBES = 10_000
# HTML packs ten times smaller, a page of one letter a thousand times
_MOST_UNPACKED = 500
_ALWAYS_UNPACKED = 100_000_000
_ALGORITHMS = {"sha1": "sha1", "sha-1": "sha1", "sha256": "sha256", "sha-256": "sha256",
               "sha512": "sha512", "sha-512": "sha512", "md5": "md5"}  # fmt: skip

Fields = Mapping[str, str]
"""Names of the record's fields in lower case."""


@dataclass(frozen=True, kw_only=True)
class ForeignRecord:
    """One whole record; `block` is None where it was not wanted or is over the limit."""

    number: int
    """Its place among the records of the file, from 1."""
    fields: Fields
    length: int
    block: bytes | None = None

    @property
    def record_id(self) -> str:
        """The record's own `<urn:uuid:…>`, or ''."""
        return self.fields.get("warc-record-id", "")


@dataclass(frozen=True, kw_only=True)
class Torn:
    """Bytes after record `number` that are no whole record, and why."""

    number: int
    why: str


class _Broken(Exception):
    """What comes next is not what follows: it begins after a gap."""


class _EndedEarly(Exception):
    """The rest is not worth unpacking."""


def foreign_records(
    file: BinaryIO, *, limit: int, is_wanted: Callable[[Fields], bool]
) -> Iterator[ForeignRecord | Torn]:
    """Every record of a WARC file in its order, and each place where one is damaged.

    The block comes along where `is_wanted` says so and it has at most `limit` bytes. A file that
    unpacks to a multiple that no captured page has is read no further. Raises OSError when the
    file cannot be read.
    """
    source = _Source(file)
    number = 0
    while True:
        try:
            if not source.is_at_record():
                return
            found = _record(source, number=number + 1, limit=limit, is_wanted=is_wanted)
        except _EndedEarly as error:
            yield Torn(number=number, why=str(error))
            return
        except (_Broken, ValueError) as error:
            yield Torn(number=number, why=str(error))
            source.find_record()
            continue
        number += 1
        yield found


def _record(
    source: "_Source", *, number: int, limit: int, is_wanted: Callable[[Fields], bool]
) -> ForeignRecord:
    fields = _fields(source.head())
    length = int(fields.get("content-length", "none at all"))
    if length < 0:
        raise ValueError("a record of less than no bytes")
    if length <= limit and is_wanted(fields):
        block = source.take(length)
        return ForeignRecord(number=number, fields=fields, length=length, block=block)
    source.skip(length)
    return ForeignRecord(number=number, fields=fields, length=length)


def _fields(head: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for line in head.decode("utf-8", "replace").splitlines()[1:]:
        if line[:1] in (" ", "\t") and name:
            found[name] = f"{found[name]} {line.strip()}"
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if colon:
            found[name] = value.strip()
    return found


class _Source:
    """The unpacked bytes of the file, taken from the front."""

    def __init__(self, file: BinaryIO) -> None:
        self._unpacked = _Unpacked(file)
        self._buffer = bytearray()

    def _more(self) -> bool:
        try:
            piece = self._unpacked.piece()
        except _Broken:
            self._buffer.clear()
            raise
        self._buffer += piece
        return bool(piece)

    def is_at_record(self) -> bool:
        """Whether a record begins here, after blank lines; False at the end. Raises _Broken."""
        while True:
            if self._buffer[:1] in _BLANK:
                self._buffer = self._buffer.lstrip(b"\r\n\x00")
            if len(self._buffer) >= len(b"WARC/1.0"):
                break
            if not self._more():
                if self._buffer:
                    self._buffer.clear()
                    raise _Broken("what follows is no record")
                return False
        if not _BEGIN.match(self._buffer):
            raise _Broken("what follows is no record")
        return True

    def find_record(self) -> None:
        """Go on to where the next record begins, or to the end."""
        while not (found := _BEGIN.search(self._buffer)):
            del self._buffer[:-8]
            try:
                if not self._more():
                    self._buffer.clear()
                    return
            except (_Broken, _EndedEarly):
                continue
        del self._buffer[: found.start()]

    def head(self) -> bytes:
        while not (end := _HEAD_END.search(self._buffer)):
            if len(self._buffer) > _HEAD_LIMIT:
                del self._buffer[:8]
                raise _Broken("a record whose head does not end")
            if not self._more():
                self._buffer.clear()
                raise _Broken("the file is cut within a record")
        head = bytes(self._buffer[: end.start()])
        del self._buffer[: end.end()]
        return head

    def take(self, length: int) -> bytes:
        while len(self._buffer) < length:
            if not self._more():
                self._buffer.clear()
                raise _Broken("the file is cut within a record")
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        return taken

    def skip(self, length: int) -> None:
        while len(self._buffer) < length:
            length -= len(self._buffer)
            self._buffer.clear()
            if not self._more():
                raise _Broken("the file is cut within a record")
        del self._buffer[:length]


class _Unpacked:
    """A file piece by piece, each gzip member unpacked; after damage the next whole one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._raw = file.read(_PIECE)
        self._is_gzip = self._raw[:2] == _MAGIC[:2]
        self._member: zlib._Decompress | None = None
        self._packed, self._plain = len(self._raw), 0
        self._probes = 0

    def piece(self) -> bytes:
        """The next bytes, b'' at the end. Raises _Broken where a member is damaged."""
        if not self._is_gzip:
            raw, self._raw = self._raw or self._file.read(_PIECE), b""
            return raw
        while True:
            if not self._raw and not self._fill():
                return self._ended()
            plain = self._unpack()
            if plain:
                return plain

    def _fill(self) -> bool:
        self._raw = self._file.read(_PIECE)
        self._packed += len(self._raw)
        return bool(self._raw)

    def _ended(self) -> bytes:
        if self._member is None:
            return b""
        self._member = None
        raise _Broken("the file is cut within a record")

    def _unpack(self) -> bytes:
        if self._member is None:
            self._raw = self._raw.lstrip(b"\x00")  # padding, as gzip(1) treats it
            self._member = zlib.decompressobj(wbits=31) if self._raw else None
        if self._member is None:
            return b""
        try:
            plain = self._member.decompress(self._raw, _PIECE)
        except zlib.error as error:
            self._member = None
            self._find_member()
            raise _Broken(f"a gzip member is damaged ({error})") from None
        is_over = self._member.eof
        self._raw = self._member.unused_data if is_over else self._member.unconsumed_tail
        self._member = None if is_over else self._member
        self._plain += len(plain)
        if self._plain > _ALWAYS_UNPACKED + _MOST_UNPACKED * self._packed:
            self._raw, self._member = b"", None
            self._file = _NOTHING
            raise _EndedEarly(
                f"it unpacks to over {_MOST_UNPACKED} times its size: it is read no further"
            )
        return plain

    def _find_member(self) -> None:
        """Go on to the next gzip member that begins with a record, or to the end."""
        position = 1
        while True:
            at = self._raw.find(_MAGIC, position)
            if at >= 0 and len(self._raw) - at < _PROBE and (more := self._file.read(_PIECE)):
                self._raw += more
                self._packed += len(more)
            if at < 0:
                kept = self._raw[-2:]
                if not self._fill():
                    return
                self._raw, position = kept + self._raw, 0
                continue
            self._probes += 1
            if self._probes > _MOST_PROBES:
                self._raw, self._file = b"", _NOTHING
                return
            if _begins_record(self._raw[at : at + _PROBE]):
                self._raw = self._raw[at:]
                return
            position = at + 1


def _begins_record(raw: bytes) -> bool:
    try:
        return bool(_BEGIN.match(zlib.decompressobj(wbits=31).decompress(raw, 16)))
    except zlib.error:
        return False


class _Nothing:
    def read(self, _size: int) -> bytes:
        return b""


_NOTHING: BinaryIO = _Nothing()  # type: ignore[assignment]


def is_digest_of(named: str, data: bytes) -> bool | None:
    """Whether a digest as records have it (`sha1:…`, base32 or hex) is of `data`.

    None where it is written in a way that nobody can check.
    """
    label, colon, value = named.partition(":")
    algorithm = _ALGORITHMS.get(label.strip().lower())
    if not colon or algorithm is None:
        return None
    found = hashlib.new(algorithm, data, usedforsecurity=False).digest()
    written = value.strip().rstrip("=").lower()
    return written in (found.hex(), base64.b32encode(found).decode("ascii").rstrip("=").lower())
