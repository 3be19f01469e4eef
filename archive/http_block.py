"""The HTTP block of a record: start line, headers and entity, to bytes and back.

Header bytes are kept as they came, also where they are no ASCII; only line breaks inside a value
(obs-fold, RFC 9112 §5.2) become spaces, because they would forge a header.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from archive.errors import Unreadable
from archive.types import Headers, Page

__all__ = [
    "Decode",
    "as_stored",
    "dechunked",
    "join",
    "request_head",
    "split",
    "status_line",
    "uri",
]

Decode = Callable[[Page], bytes]
"""The entity of a page after content decoding; raises Unreadable."""

_CODING = b"content-encoding"
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_URI = "".join(map(chr, range(0x21, 0x7F)))
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\n]*)?\r?\n")


def join(start_line: bytes, headers: Headers, body: bytes = b"") -> bytes:
    """One HTTP message from its parts."""
    lines = [start_line, *(name + b": " + value for name, value in headers), b"", body]
    return b"\r\n".join(lines)


def split(block: bytes) -> tuple[bytes, Headers, bytes]:
    """Start line, headers and body of an HTTP message; the body is b'' when the head never ends."""
    end = _HEAD_END.search(block)
    head, body = (block[: end.start()], block[end.end() :]) if end else (block, b"")
    start_line, *lines = re.split(rb"\r?\n", head)
    return start_line, _headers(lines), body


def _headers(lines: list[bytes]) -> Headers:
    headers: list[tuple[bytes, bytes]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and headers:
            name, value = headers[-1]
            headers[-1] = name, (value + b" " + line.strip(b" \t")).strip(b" \t")
            continue
        name, colon, value = line.partition(b":")
        if colon:
            headers.append((name.strip(b" \t"), value.strip(b" \t")))
    return tuple(headers)


def status_line(status: int) -> bytes:
    """The first line of an answer, with the registered reason phrase: Scrapy drops the real."""
    known = status in HTTPStatus.__members__.values()
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase if known else ''}".encode("ascii")


def request_head(page: Page) -> bytes:
    """The request of an exchange: its line and headers, with Host where the client added it later.

    Proxy-Authorization is left out: it is a secret between us and a proxy, not for an archive.
    """
    parts = urlsplit(page.url)
    target = uri((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    headers = [
        header
        for header in _clean(page.request_headers)
        if header[0].lower() != b"proxy-authorization"
    ]
    if not any(name.lower() == b"host" for name, _ in headers):
        headers.insert(0, (b"Host", uri(parts.netloc.rpartition("@")[2]).encode("ascii")))
    line = f"{page.method} {target} HTTP/1.1".encode("ascii", "replace")
    return join(line, tuple(headers))


def uri(url: str) -> str:
    """The address in ASCII: what may not stand in a URI is percent-encoded (RFC 3987 §3.1)."""
    return quote(url, safe=_URI, errors="replace")


def as_stored(page: Page, *, decode: Decode | None = None) -> Page:
    """The page as a record holds it: headers that are true of the entity beside them.

    `Transfer-Encoding` and a wrong `Content-Length` move to `X-Orig-…`, as browsertrix does. A body
    whose coding replay tools cannot undo is stored decoded, if `decode` can, and its
    `Content-Encoding` moves too: pywb 2.10 serves zstd and x-gzip as they lie, warcio 1.8 crashes
    on br, and a plain body that is called gzip fails in every reader. Applying it twice changes
    nothing.
    """
    body, moved = page.body, {b"transfer-encoding"}
    if decode and not _is_replayable(page):
        try:
            body = decode(page)
            moved.add(_CODING)
        except Unreadable:  # what cannot be decoded is kept as it was sent
            if _named_codings(page) == ["br"]:
                moved.add(_CODING)  # warcio 1.8 crashes on the very word
    return replace(page, headers=_true_of(body, page.headers, moved=moved), body=body)


def _is_replayable(page: Page) -> bool:
    """Whether replay tools can undo the page's coding: one they know, and no lie about the body."""
    codings = _named_codings(page)
    if codings in ([], ["identity"], ["deflate"]):
        return True
    return codings == ["gzip"] and page.body[:2] in (b"", b"\x1f\x8b")


def _named_codings(page: Page) -> list[str]:
    named = b",".join(value for name, value in page.headers if name.lower() == _CODING)
    return [c for c in named.decode("latin-1").replace(" ", "").lower().split(",") if c]


def _true_of(body: bytes, headers: Headers, *, moved: set[bytes]) -> Headers:
    """Headers with those in `moved` and every wrong length renamed, and a right length instead."""
    length = b"%d" % len(body)
    kept: list[tuple[bytes, bytes]] = []
    for name, value in _clean(headers):
        lower = name.lower()
        is_wrong = lower == b"content-length" and value != length
        kept.append((b"X-Orig-" + name if is_wrong or lower in moved else name, value))
    has_length = any(name.lower() == b"content-length" for name, _ in kept)
    was_changed = tuple(kept) != tuple(_clean(headers))
    if was_changed and not has_length:
        kept.append((b"Content-Length", length))
    return tuple(kept)


def _clean(headers: Headers) -> Headers:
    return tuple((_one_line(name), _one_line(value)) for name, value in headers)


def _one_line(value: bytes) -> bytes:
    return re.sub(rb"[\r\n]+", b" ", value).strip(b" \t")


def dechunked(body: bytes) -> bytes:
    """The entity inside chunked framing (RFC 9112 §7.1); a body without such framing unchanged.

    Many tools undo the framing and leave the header, so the bytes decide. A cut last chunk is kept.
    """
    parts: list[bytes] = []
    position = 0
    while chunk := _CHUNK.match(body, position):
        size = int(chunk[1], 16)
        if not size:
            return b"".join(parts)
        parts.append(body[chunk.end() : chunk.end() + size])
        position = chunk.end() + size
        if body[position : position + 2] == b"\r\n":
            position += 2
        elif position < len(body):
            return body
    return b"".join(parts) if position >= len(body) else body
