"""`berat.example`: pages of 30 MB, endless ones, strange heads, and good pages in old HTTP."""

from collections.abc import Iterator
from functools import partial

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.reply import Asked, Reply
from crawler.demo.traps.transport_wire import HTML, feed_with, head, own_answer, spelt, story_number
from crawler.demo.traps.trap import Trap, trap

__all__ = ["TRAP"]

_BLOCK = b"<p>" + b"isi halaman yang sangat panjang " * 500 + b"</p>\n"
_LARGE = 30_000_000
_ENDLESS = 300_000_000
"""Bytes after which an endless answer ends all the same, should nobody hang up."""
_CHUNKED = ("Transfer-Encoding", "chunked")
_TYPE = HTML[0]
_OK = "HTTP/1.1 200 OK"


def _twist(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    number = story_number(edition, asked)
    if number:
        return _STORIES[number - 1](own_answer(edition, asked, config).body)
    if asked.path in _BAD:
        return _BAD[asked.path]
    return feed_with(edition, asked, _BAD)


def _closed(body: bytes) -> Reply:
    """HTTP/1.0 without a length: the end of the connection is the end of the page."""
    return spelt(head("HTTP/1.0 200 OK", _TYPE), body)


def _many_headers(body: bytes) -> Reply:
    """150 headers, some of them in UTF-8, after an interim answer."""
    hints = head("HTTP/1.1 103 Early Hints", ("Link", "</gaya.css>; rel=preload"))
    extra = [(f"X-Lapis-{n}", "é" * 20) for n in range(150)]
    length = ("Content-Length", str(len(body)))
    return spelt(hints, head(_OK, _TYPE, length, ("X-Redaksi", "Kafé Müara"), *extra), body)


def _small_chunks(body: bytes) -> Reply:
    """Chunks of 7 bytes with extensions, sent at once, and a trailer."""
    parts = [body[start : start + 7] for start in range(0, len(body), 7)]
    chunks = [b"%x;urut=1\r\n%s\r\n" % (len(part), part) for part in parts]
    ending = b"0\r\nX-Jumlah: 1\r\n\r\n"
    return spelt(head(_OK, _TYPE, _CHUNKED), b"".join((*chunks, ending)))


_STORIES = (_closed, _many_headers, _small_chunks)
"""How each of the three stories is sent."""


def _flood(start: bytes, piece: bytes, size: int) -> Reply:
    return Reply(wire=partial(_pieces, start, piece, size))


def _pieces(start: bytes, piece: bytes, size: int) -> Iterator[bytes]:
    yield start
    for _ in range(size // len(piece)):
        yield piece


def _chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


_BAD = {
    "/besar/": _flood(head(_OK, _TYPE, ("Content-Length", str(_LARGE))), _BLOCK, _LARGE),
    "/besar-potongan/": _flood(head(_OK, _TYPE, _CHUNKED), _chunk(_BLOCK), _LARGE),
    "/tak-habis/": _flood(head(_OK, _TYPE, _CHUNKED), _chunk(_BLOCK), _ENDLESS),
    "/tak-habis-satu/": _flood(head(_OK, _TYPE, _CHUNKED), b"1\r\na\r\n" * 5000, _ENDLESS),
    "/kepala-besar/": spelt(head(_OK, _TYPE, ("X-Isi", "a" * 1_000_000)), b"halo"),
    "/kepala-tak-habis/": _flood(b"HTTP/1.1 200 OK\r\n", b"X-Isi: aaaaaaaaaa\r\n" * 500, _ENDLESS),
    "/selalu-100/": _flood(b"", head("HTTP/1.1 100 Continue") * 500, _ENDLESS),
    "/kosong/": spelt(head(_OK, _TYPE, ("Content-Length", "0"))),
    "/kosong-tutup/": spelt(head(_OK, _TYPE)),
    "/lebih/": spelt(head(_OK, _TYPE, ("Content-Length", "40")), b"<p>halo kota</p>" * 100),
    "/kurang/": spelt(head(_OK, _TYPE, ("Content-Length", "9000")), b"<p>halo kota</p>" * 100),
    "/dua-panjang/": spelt(
        head(_OK, _TYPE, ("Content-Length", "9"), ("Content-Length", "12")), b"<p>halo</p>"
    ),
    "/panjang-ngawur/": spelt(head(_OK, _TYPE, ("Content-Length", "banyak")), b"<p>halo</p>"),
    "/kirim-ngawur/": spelt(head(_OK, _TYPE, ("Transfer-Encoding", "gzip")), b"<p>halo</p>"),
    "/potongan-ngawur/": spelt(head(_OK, _TYPE, _CHUNKED), b"zz\r\nhalo\r\n0\r\n\r\n"),
    "/bukan-http/": spelt(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "/status-204/": spelt(head("HTTP/1.1 204 No Content"), status=204),
    "/status-206/": spelt(head("HTTP/1.1 206 Partial Content", _TYPE), b"<p>halo</p>", status=206),
    "/status-300/": spelt(head("HTTP/1.1 300 Multiple Choices", _TYPE), b"<p>a</p>", status=300),
    "/status-304/": spelt(head("HTTP/1.1 304 Not Modified"), status=304),
    "/status-418/": spelt(head("HTTP/1.1 418 I'm a teapot", _TYPE), b"<p>teh</p>", status=418),
    "/status-999/": spelt(head("HTTP/1.1 999 Request denied", _TYPE), b"<p>no</p>", status=999),
    "/status-tanpa-angka/": spelt(head("HTTP/1.1 OK", _TYPE), b"<p>halo</p>"),
}

TRAP: Trap = trap("berat", _twist, status_kinds=("unread", "error", "not-article"))
