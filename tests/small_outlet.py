"""An outlet of a few stories on loopback, whose every answer a test can set and change."""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from loopback import Loopback, Route, reply, serve
from playing import Place

from archive import stories

FRONT = "https://kecil.example"
_HTML = {"Content-Type": "text/html; charset=UTF-8"}
_TEXT = (
    "Bawaslu memeriksa camat nomor {n} karena diduga melanggar netralitas ASN dalam pilkada.",
    "Camat itu hadir di kampanye pasangan calon dan mengajak warga mendukung calon bupati.",
    "Pemeriksaan berlangsung dua jam di kantor Bawaslu, dan hasilnya diumumkan pekan depan.",
    "Penjabat bupati mengingatkan aparatur sipil negara agar tidak berpihak sampai pemungutan "
    "suara selesai.",
)


def story_path(number: int) -> str:
    """Where story `number` is."""
    return f"/camat-nomor-{number}-diperiksa/"


def page(title: str, body: str) -> Route:
    """An HTML page."""
    return reply(body=_html(title, body), headers=_HTML)


def _html(title: str, body: str, *, head: str = "") -> bytes:
    head = f"<title>{title}</title>{head}"
    return f"<html><head>{head}</head><body>{body}</body></html>".encode()


def story(number: int) -> Route:
    """A page with a story on topic."""
    return reply(body=story_body(number), headers=_HTML)


def story_body(number: int) -> bytes:
    """The HTML of story `number`."""
    title = f"Camat Nomor {number} Diperiksa Bawaslu"
    paragraphs = "".join(f"<p>{line.format(n=number)}</p>" for line in _TEXT)
    text = f'<article><h1>{title}</h1><div class="entry-content">{paragraphs}</div></article>'
    return _html(title, text, head='<meta property="og:type" content="article">')


def feed(*numbers: int, front: str = FRONT) -> Route:
    """A feed that lists these stories of today, and an old one: it reaches back far enough."""
    body = feed_body(*numbers, now=datetime.now(UTC), front=front)
    return reply(body=body, headers={"Content-Type": "application/rss+xml"})


def feed_body(*numbers: int, now: datetime, front: str = FRONT) -> bytes:
    """The XML of a feed whose stories are of the moment `now`."""
    items = [_item(f"{front}{story_path(number)}", now) for number in numbers]
    items.append(_item(f"{front}/cerita-lama/", now - timedelta(days=90)))
    return f'<rss version="2.0"><channel>{"".join(items)}</channel></rss>'.encode()


def _item(url: str, date: datetime) -> str:
    return (
        f"<item><title>Kabar</title><link>{url}</link>"
        f"<pubDate>{format_datetime(date)}</pubDate></item>"
    )


@dataclass(frozen=True)
class SmallOutlet:
    """The outlet under its server, and the place where it is crawled as `kecil`."""

    routes: MutableMapping[str, Route]
    server: Loopback
    place: Place

    def crawl(self, *arguments: object) -> str:
        """The finish reason of one more crawl."""
        reason: str = self.place.crawl("kecil", *arguments)["reason"]
        return reason

    def stored(self) -> list[str]:
        """The paths of the stories in the archive, sorted."""
        found = stories.stories(self.place.engine)
        return sorted(f"{story.url.removeprefix(FRONT)}/" for story in found)

    def problems(self) -> dict[str, tuple[str, str]]:
        """Path of what went wrong -> kind and detail, the last one of each path."""
        return {
            row["url"].removeprefix(FRONT): (row["kind"], row["detail"])
            for row in self.place.problems()
        }


@contextmanager
def small_outlet(
    directory: Path, routes: MutableMapping[str, Route], **crawl: Any
) -> Iterator[SmallOutlet]:
    """The outlet for the time of the block; what `routes` lacks answers 404."""
    with serve(routes) as server:
        entry = {"slug": "kecil", "url": FRONT, "platform": "wordpress"}
        place = Place.make(directory, {FRONT: server.url}, outlets=[entry], **crawl)
        yield SmallOutlet(routes, server, place)
