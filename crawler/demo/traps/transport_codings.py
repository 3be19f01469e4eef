"""`mampat.example`: br, zstd and deflate sent unasked, and bombs in each of them."""

import gzip
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from random import Random

import brotli

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.reply import Asked, Reply
from crawler.demo.traps.transport_wire import HTML, feed_with, own_answer, story_number
from crawler.demo.traps.trap import Trap, trap

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["BOMBS", "TRAP"]

_MILLION = bytes(1_000_000)
_MILLIONS = 200


def _raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


_STORIES: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    ("br", brotli.compress),
    ("zstd", zstd.compress),
    ("deflate", zlib.compress),
)
"""How each of the three stories is sent."""

BOMBS = ("br", "zstd", "deflate", "gzip", "gzip-gzip", "gemuk", "berlapis")
"""Names of the paths `/bom/<name>/`."""


def _twist(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    number = story_number(edition, asked)
    if number:
        coding, pack = _STORIES[number - 1]
        own = own_answer(edition, asked, config)
        headers = (*own.headers, ("Content-Encoding", coding))
        return replace(own, body=pack(own.body), headers=headers, raw=True)
    name = asked.path.removeprefix("/bom/").rstrip("/")
    if name in BOMBS:
        return _bomb(name)
    return feed_with(edition, asked, [f"/bom/{name}/" for name in BOMBS])


@cache
def _bomb(name: str) -> Reply:
    body = _BODIES[name]()
    coding = {"gzip-gzip": "gzip, gzip", "gemuk": "gzip", "berlapis": ", ".join(["gzip"] * 9)}
    return Reply(body=body, headers=(*HTML, ("Content-Encoding", coding.get(name, name))), raw=True)


def _packed(pack: Callable[[bytes], bytes], finish: Callable[[], bytes]) -> bytes:
    parts = [pack(_MILLION) for _ in range(_MILLIONS)]
    return b"".join((*parts, finish()))


def _brotli() -> bytes:
    packer = brotli.Compressor(quality=5)
    return _packed(packer.process, packer.finish)


def _zstd() -> bytes:
    packer = zstd.ZstdCompressor()
    return _packed(packer.compress, packer.flush)


def _zlib(bits: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, bits)
    return _packed(packer.compress, packer.flush)


def _fat() -> bytes:
    """30 MB of text in a twentieth of its bytes: no ratio that looks like an attack."""
    words = Random(7)
    lines = [
        b"<p>%016x %s</p>\n" % (words.getrandbits(64), b"isi halaman " * 30) for _ in range(80)
    ]
    return gzip.compress(b"".join(lines) * 1000, 6, mtime=0)


def _layers() -> bytes:
    body = b"<h1>Kabar Kota</h1>"
    for _ in range(9):
        body = gzip.compress(body, mtime=0)
    return body


_BODIES: dict[str, Callable[[], bytes]] = {
    "br": _brotli,
    "zstd": _zstd,
    "deflate": lambda: _zlib(zlib.MAX_WBITS),
    "gzip": lambda: _zlib(16 + zlib.MAX_WBITS),
    "gzip-gzip": lambda: gzip.compress(_BODIES["gzip"](), mtime=0),
    "gemuk": _fat,
    "berlapis": _layers,
}

TRAP: Trap = trap("mampat", _twist, status_kinds=("unread",))
