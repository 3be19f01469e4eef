"""`sibuk.example`: 503 and 429 with every form of Retry-After, and one night 88 hours of it."""

from datetime import timedelta
from email.utils import format_datetime

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.reply import Asked, Reply
from crawler.demo.traps.transport_wire import HTML, feed_with, story_number
from crawler.demo.traps.trap import Trap, trap

__all__ = ["HOURS", "TRAP"]

HOURS = 88
_LINKS = ("/lampau/", "/ngawur/", "/negatif/", "/selalu/")


def _twist(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    del config
    if edition.night >= 2 and asked.path == "/feed/":
        return _later(429, str(HOURS * 3600))
    number = story_number(edition, asked)
    if number and asked.views == 1:
        return (_later(503, "1"), _later(503, _date(asked, seconds=3)), _later(429, ""))[number - 1]
    values = {
        "/lampau/": _date(asked, seconds=-86_400),
        "/ngawur/": "besok pagi",
        "/negatif/": "-60",
        "/selalu/": "0",
    }
    if asked.path in values:
        return _later(503, values[asked.path])
    return feed_with(edition, asked, _LINKS)


def _later(status: int, value: str) -> Reply:
    wait = (("Retry-After", value),) if value else ()
    return Reply(status=status, body=b"<h1>Coba lagi nanti</h1>", headers=(*HTML, *wait))


def _date(asked: Asked, *, seconds: int) -> str:
    moment = asked.now.replace(microsecond=0) + timedelta(seconds=seconds)
    return format_datetime(moment, usegmt=True)


TRAP: Trap = trap("sibuk", _twist, status_kinds=("error", "held"))
