"""The entity in a stored answer: its media type, its characters' encoding, its bytes. Pure.

What the archive stores is plain or gzip (archive/http_block.py, `as_stored`).
"""

import codecs
import re
import zlib

from archive.types import Page

__all__ = ["LARGEST", "encoding_of", "entity"]

LARGEST = 8_000_000
"""Bytes of an entity that is shown; of a larger one the rest is left out."""
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_NO_TEXT = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined"})


def entity(page: Page) -> tuple[str, bytes]:
    """The media type in lower case, '' where none is told, and at most LARGEST bytes."""
    kind = page.header("content-type").partition(";")[0].strip().lower()
    body = page.body
    if "gzip" in page.header("content-encoding").lower() or body[:2] == b"\x1f\x8b":
        body = _unpacked(body)
    return kind, body[:LARGEST]


def encoding_of(page: Page, body: bytes) -> str:
    """What an HTML body is written in: as its header says, its <meta>, or UTF-8."""
    said = _CHARSET.search(page.header("content-type"))
    declared = _DECLARED.search(body[:2048])
    for name in (said and said[1], declared and declared[1].decode("ascii", "replace")):
        try:
            if name and (found := codecs.lookup(name).name) not in _NO_TEXT:
                "a".encode(found)
                return found
        except (LookupError, UnicodeError):
            continue
    return "utf-8"


def _unpacked(body: bytes) -> bytes:
    """The body without gzip; as it lies where it is none, cut where it is damaged."""
    unpacker = zlib.decompressobj(wbits=31)
    parts, left = [], LARGEST
    try:
        parts.append(unpacker.decompress(body, left))
    except zlib.error:
        return body
    return b"".join(parts)
