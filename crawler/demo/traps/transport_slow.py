"""Sites that keep us waiting: `lambat.example` drips, `putus.example` breaks off."""

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.reply import Asked, Reply
from crawler.demo.traps.transport_wire import HTML, feed_with, head, own_answer, spelt, story_number
from crawler.demo.traps.trap import Trap, trap

__all__ = ["TRAPS"]

_OK = head("HTTP/1.1 200 OK", *HTML, ("Content-Length", "5000"))
_DRIPS = 600
_PAUSE = 0.2  # seconds
_SLOW = ("/menetes/", "/kepala-menetes/")


def _slow(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """A page, and the head of another one, that come byte by byte; stories that come in parts."""
    if asked.path == "/menetes/":
        return Reply(wire=partial(_drip, _OK, b"<p>" + b"tetes " * _DRIPS))
    if asked.path == "/kepala-menetes/":
        return Reply(wire=partial(_drip, b"HTTP/1.1 200 OK\r\n", b"X-Tetes: " + b"t" * _DRIPS))
    if story_number(edition, asked):
        body = own_answer(edition, asked, config).body
        length = ("Content-Length", str(len(body)))
        return Reply(wire=partial(_in_parts, head("HTTP/1.1 200 OK", *HTML, length) + body))
    return feed_with(edition, asked, _SLOW)


def _drip(start: bytes, rest: bytes) -> Iterator[bytes]:
    yield start
    for byte in rest:
        time.sleep(_PAUSE)
        yield bytes([byte])


def _in_parts(whole: bytes) -> Iterator[bytes]:
    """Three parts, with pauses."""
    step = len(whole) // 3 + 1
    for start in range(0, len(whole), step):
        time.sleep(_PAUSE)
        yield whole[start : start + step]


def _broken(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """The first story is cut once, the second always, the third once without any answer."""
    number = story_number(edition, asked)
    if number == 2 or (number == 1 and asked.views == 1):
        own = own_answer(edition, asked, config)
        return replace(own, body=own.body[:1500], length=len(own.body), raw=True)
    if number == 3 and asked.views == 1:
        return spelt()
    if asked.path == "/hilang/":
        return spelt()
    return feed_with(edition, asked, ["/hilang/"])


TRAPS: tuple[Trap, ...] = (
    trap("lambat", _slow, status_kinds=("error",)),
    trap(
        "putus",
        _broken,
        status_kinds=("error",),
        unreadable=frozenset({"bawaslu-kaji-laporan-guru-ajak-murid-dukung-calon"}),
    ),
)
