"""The photos of the newsroom's stories, made when they are asked for: real images, a few bytes."""

import hashlib
import re
import struct
import zlib
from collections.abc import Iterator
from html import escape

from crawler.demo.editions import Edition
from crawler.demo.nights import Post
from crawler.demo.reply import Asked, Reply, html_reply

__all__ = ["CDN_HOSTS", "cdn_reply", "photo", "photo_url", "upload"]

CDN_HOSTS = ("i0.wp.com", "blogger.googleusercontent.com", "asset-2.tstatic.net")
"""Hosts that serve photos for others and belong to no outlet."""

_PNG = (("Content-Type", "image/png"),)
_TEXT = (("Content-Type", "text/plain; charset=utf-8"),)
_WIDTH, _HEIGHT = 16, 9
_PIECE = bytes(100_000)
_TOO_MANY = 80


def photo(seed: str) -> bytes:
    """A grey PNG of 16 x 9 pixels, another one for each seed."""
    start = hashlib.sha512(seed.encode()).digest()
    pixels = (start * 3)[: _WIDTH * _HEIGHT]
    rows = b"".join(b"\0" + pixels[at : at + _WIDTH] for at in range(0, _WIDTH * _HEIGHT, _WIDTH))
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def photo_url(edition: Edition, post: Post) -> str:
    """The address that a story's page names as its lead image."""
    place = f"{edition.site.host}/wp-content/uploads/{post.id}.jpg"
    if post.image == "cdn":
        return f"https://{CDN_HOSTS[0]}/{place}?fit=1200%2C675&ssl=1"
    return f"https://{place}"


def upload(edition: Edition, asked: Asked) -> Reply | None:
    """The photo of a story in any size, or what the story says is there instead."""
    named = re.fullmatch(r"/wp-content/uploads/(\d{1,9})(?:-\d+x\d+)?\.jpg", asked.path)
    post = next((post for post in edition.posts if named and post.id == int(named[1])), None)
    if post is None or post.image == "missing":
        return None
    if post.image == "html":
        return html_reply(f"<html><title>{escape(post.headline)}</title>Login</html>")
    if post.image == "large":
        return Reply(chunks=_endless, length=-1, headers=_PNG)
    return Reply(body=photo(f"{edition.site.outlet.slug}/{post.id}"), headers=_PNG, raw=True)


def _endless() -> Iterator[bytes]:
    """A photo that is too large, of a length that is not announced."""
    yield photo("terlalu besar")
    for _ in range(_TOO_MANY):
        yield _PIECE


def cdn_reply(asked: Asked) -> Reply:
    """What a host of photos answers: one for every address that looks like it, and robots.txt."""
    if asked.path == "/robots.txt":
        return Reply(body=b"User-agent: *\nAllow: /\n", headers=_TEXT)
    # several names of one host hold the same photo
    is_photo = re.search(r"\.(?:jpe?g|png|webp)$|=[swh]\d+[^/]*$|/s\d+[^/]*/", asked.path)
    if not is_photo:
        return Reply(status=404, body=b"no such photo\n", headers=_TEXT)
    return Reply(body=photo(asked.path), headers=_PNG, raw=True)
