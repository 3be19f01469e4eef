"""From the bytes of an answer to its characters, whatever the outlet says about either."""

import codecs
import sys
import zlib
from collections.abc import Callable
from functools import lru_cache

import brotli
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

from archive.errors import Unreadable
from archive.types import Page

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["beginning", "characters", "decoded", "is_binary"]

_MAX_CODINGS = 5
_MAX_MEMBERS = 64  # every further gzip member copies the rest: 20 MB of empty ones is quadratic
_BROTLI_STEP = 1_000_000
_LATELY = 4  # pages whose decoded body is kept: several steps ask for it one after the other
_BINARY_MAGIC = (
    b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"PK\x03\x04", b"RIFF", b"\x1f\x8b",
    b"ID3", b"OggS", b"\x00\x00\x00", b"wOF", b"BM",
)  # fmt: skip

_CONTROL = bytes([*range(9), *range(14, 32)])

# The encodings of the web (WHATWG Encoding Standard, §4.2) in Python's names. Python has others: a
# page that declares `zlib` would be a bomb, and `punycode` takes time that grows with its square.
# UTF-16 is none of them here: it shows by its BOM or its NULs, and else is only claimed.
_ENCODINGS = frozenset(
    codecs.lookup(name).name
    for name in (
        "utf-8", "cp866", "latin-1", *(f"iso8859-{n}" for n in (*range(2, 9), 10, 13, 14, 15, 16)),
        "koi8-r", "koi8-u", "mac-roman", "cp874", *(f"cp{n}" for n in range(1250, 1259)),
        "mac-cyrillic", "gbk", "gb18030", "big5", "big5hkscs", "euc-jp", "iso2022-jp", "shift-jis",
        "cp932", "euc-kr", "cp949",
    )
)  # fmt: skip

Unpacked = tuple[bytes, bool]
"""What came out (at most limit + 1 bytes) and whether the stream ended as it should."""


@lru_cache(maxsize=_LATELY)
def decoded(page: Page, limit: int) -> bytes:
    """The body of `page` without its content codings (RFC 9110 §8.4), at most `limit` bytes.

    A header that lies about a plain body changes nothing. A cut stream gives what could be
    decoded when `page.truncated` says so. Raises Unreadable: over the limit, cut or damaged.
    """
    body = page.body
    codings = _codings(page)
    if len(codings) > _MAX_CODINGS:
        raise Unreadable(f"{page.url}: {len(codings)} content codings on one body; not decoded")
    for coding in reversed(codings):
        _refuse_over(limit, body, page.url)
        body = _without(coding, body, limit=limit, page=page)
    _refuse_over(limit, body, page.url)
    return body


def beginning(page: Page, size: int) -> bytes:
    """The first `size` bytes of the body without its content codings, however long it is.

    Raises Unreadable for a damaged body.
    """
    body = page.body
    for coding in reversed(_codings(page)[-_MAX_CODINGS:]):
        try:
            body = _UNPACK[coding](body, size)[0] if body else body
        except (zlib.error, zstd.ZstdError, brotli.error, EOFError) as error:
            raise Unreadable(f"{page.url}: the {coding} body is damaged ({error})") from None
    return body[:size]


def _codings(page: Page) -> list[str]:
    values = [value for key, value in page.headers if key.lower() == b"content-encoding"]
    names = b",".join(values).decode("latin-1").lower().split(",")
    return [name.strip() for name in names if name.strip() in _UNPACK]


def _refuse_over(limit: int, body: bytes, url: str) -> None:
    if len(body) > limit:
        raise Unreadable(f"{url}: the body is over the limit of {limit} bytes; raise page_limit")


def _without(coding: str, body: bytes, *, limit: int, page: Page) -> bytes:
    if not body:
        return body
    try:
        plain, complete = _UNPACK[coding](body, limit)
    except (zlib.error, zstd.ZstdError, brotli.error, EOFError) as error:
        if _looks_like_text(body):
            return body
        raise Unreadable(f"{page.url}: the {coding} body is damaged ({error})") from None
    if not complete and len(plain) <= limit and not page.truncated:
        if _looks_like_text(body):
            return body
        raise Unreadable(f"{page.url}: the {coding} body is cut after {len(plain)} bytes")
    return plain


def _looks_like_text(body: bytes) -> bool:
    start = body[:512].removeprefix(codecs.BOM_UTF8).lstrip()
    return start[:1] in (b"<", b"{", b"[") and b"\0" not in start


def is_binary(body: bytes) -> bool:
    """A picture, PDF, archive or the like: nothing to read characters from."""
    if read_bom(body)[0]:
        return False
    start = body[:1024]
    if start.startswith(_BINARY_MAGIC) and not _looks_like_text(body):
        return True
    control = len(start) - len(start.translate(None, delete=_CONTROL))
    return control * 20 > len(start) and not _wide(body)  # of random bytes, a tenth


def _gunzip(body: bytes, limit: int) -> Unpacked:
    plain, rest, members = b"", body, 0
    while rest[:2] == b"\x1f\x8b" or not members:
        if members == _MAX_MEMBERS:
            return plain, False
        stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
        plain += stream.decompress(rest, limit + 1 - len(plain))
        if not stream.eof or len(plain) > limit:
            return plain, stream.eof
        rest, members = stream.unused_data, members + 1
    return plain, True  # what follows the last member is padding, as gzip(1) treats it


def _inflate(body: bytes, limit: int) -> Unpacked:
    # RFC 9110 asks for the zlib format; some servers send the bare stream
    has_header = len(body) > 1 and body[0] & 15 == 8 and (body[0] << 8 | body[1]) % 31 == 0
    stream = zlib.decompressobj(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)
    return stream.decompress(body, limit + 1), stream.eof


def _unbrotli(body: bytes, limit: int) -> Unpacked:
    stream, parts, size = brotli.Decompressor(), [], 0
    part = stream.process(body, output_buffer_limit=_BROTLI_STEP)
    while part and size <= limit:
        parts.append(part)
        size += len(part)
        if stream.is_finished() or stream.can_accept_more_data():
            break
        part = stream.process(b"", output_buffer_limit=_BROTLI_STEP)
    return b"".join(parts), stream.is_finished()


def _unzstd(body: bytes, limit: int) -> Unpacked:
    stream = zstd.ZstdDecompressor()
    return stream.decompress(body, limit + 1), stream.eof


_UNPACK: dict[str, Callable[[bytes, int], Unpacked]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}


@lru_cache(maxsize=_LATELY)
def characters(page: Page, body: bytes) -> str:
    """The text of `body`: by its BOM, else the first of UTF-8, header and meta that fits it.

    Whatever is declared, bytes that are valid UTF-8 are read as such: no Windows-1252 text of
    any length is valid UTF-8 by chance. Never fails; NUL characters are left out.
    """
    encoding, bom = read_bom(body)
    if encoding and bom:
        return _clean(body[len(bom) :].decode(encoding, "replace"))
    if wide := _wide(body):
        return _clean(body.decode(wide, "replace"))
    declared = (
        http_content_type_encoding(page.header("Content-Type")),
        html_body_declared_encoding(body),
    )
    for name in ("utf-8", *(name for name in declared if name and _is_encoding(name))):
        text = _strictly(body, name, cut=bool(page.truncated))
        if text is not None:
            return _clean(text)
    return _clean(body.decode(_least_wrong(body), "replace"))


def _is_encoding(name: str) -> bool:
    try:
        return codecs.lookup(name).name in _ENCODINGS
    except LookupError:
        return False


def _clean(text: str) -> str:
    return text.replace("\0", "")


def _wide(body: bytes) -> str:
    """UTF-16 without a BOM shows as a NUL beside every letter of the markup."""
    start = body[:200]
    if len(start) < 4 or start.count(0) * 3 < len(start):
        return ""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) * 10 < len(start) * 4 or min(even, odd) * 10 > len(start):
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _strictly(body: bytes, name: str, *, cut: bool) -> str | None:
    try:
        # an incremental decoder forgives a character that a cut connection halved
        return codecs.getincrementaldecoder(name)("strict").decode(body, final=not cut)
    except (UnicodeError, LookupError):
        return None


def _least_wrong(body: bytes) -> str:
    """UTF-8 with some broken bytes in it, or else Windows-1252."""
    readable = body.decode("utf-8", "ignore")
    broken = len(body) - len(readable.encode("utf-8"))
    good = sum(len(part) for part in readable.split() if not part.isascii())
    return "utf-8" if good > broken else "cp1252"
