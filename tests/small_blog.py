"""A blog of a few stories on loopback, whose feed a test can limit, empty or close."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from loopback import Loopback, Route, reply, serve
from playing import Place
from small_outlet import story_body

BLOG = "https://kecil.example"
_JSON = {"Content-Type": "application/json; charset=UTF-8"}
_HTML = {"Content-Type": "text/html; charset=UTF-8"}
_XML = {"Content-Type": "application/xml; charset=UTF-8"}


@dataclass
class Blog:
    """The routes of a blog with `count` stories, an hour apart, the last one of an hour ago."""

    count: int
    most: int = 150
    """Entries that its feed gives at most, whatever it is asked for."""
    is_feed_empty: bool = False
    is_sitemap_dated: bool = True
    contents: dict[int, str] = field(default_factory=dict)
    """What the feed shows of a story; nothing, when it is not here."""
    pages: dict[int, bytes] = field(default_factory=dict)
    """Stories that show another page than the ordinary one."""

    def path(self, number: int) -> str:
        """Where story `number` is."""
        return f"/{self.at(number):%Y/%m}/camat-nomor-{number}.html"

    def at(self, number: int) -> datetime:
        """When story `number` was published."""
        now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        return now - timedelta(hours=1 + number)

    def get(self, target: str) -> Route | None:
        """The route of a request target."""
        parts = urlsplit(target)
        if parts.path.startswith("/feeds/posts/") and "alt=json" in parts.query:
            return reply(body=self._feed(parse_qs(parts.query)), headers=_JSON)
        if target == "/sitemap.xml":
            return reply(body=self._sitemap(), headers=_XML)
        numbers = {self.path(number): number for number in range(self.count)}
        if target not in numbers:
            return None
        number = numbers[target]
        return reply(body=self.pages.get(number, story_body(number)), headers=_HTML)

    def _feed(self, asked: dict[str, list[str]]) -> bytes:
        start, size = int(asked["start-index"][0]), int(asked["max-results"][0])
        numbers = (
            [] if self.is_feed_empty else [n for n in range(self.count) if self._is_in(n, asked)]
        )
        page = numbers[start - 1 :][: min(size, self.most)]
        feed = {
            "openSearch$totalResults": {"$t": str(len(numbers))},
            "entry": [self._entry(number) for number in page],
        }
        return json.dumps({"version": "1.0", "feed": feed}).encode()

    def _is_in(self, number: int, asked: dict[str, list[str]]) -> bool:
        since = asked.get("published-min", asked.get("updated-min", ["1999-01-01T00:00:00Z"]))[0]
        until = asked.get("published-max", ["2999-01-01T00:00:00Z"])[0]
        return datetime.fromisoformat(since) <= self.at(number) < datetime.fromisoformat(until)

    def _entry(self, number: int) -> dict[str, Any]:
        stamp = self.at(number).isoformat()
        return {
            "id": {"$t": f"tag:blogger.com,1999:blog-42.post-{1000 + number}"},
            "published": {"$t": stamp},
            "updated": {"$t": stamp},
            "title": {"$t": f"Kabar nomor {number}"},
            "content": {"type": "html", "$t": self.contents.get(number, "")},
            "link": [{"rel": "alternate", "href": f"{BLOG}{self.path(number)}"}],
        }

    def _sitemap(self) -> bytes:
        dates = [
            f"<lastmod>{self.at(n).isoformat()}</lastmod>" if self.is_sitemap_dated else ""
            for n in range(self.count)
        ]
        rows = (f"<url><loc>{BLOG}{self.path(n)}</loc>{date}</url>" for n, date in enumerate(dates))
        schema = "http://www.sitemaps.org/schemas/sitemap/0.9"
        return f"<urlset xmlns='{schema}'>{''.join(rows)}</urlset>".encode()


@dataclass(frozen=True)
class SmallBlog:
    """A blog under its server, and the place where it is crawled as `kecil`."""

    blog: Blog
    server: Loopback
    place: Place

    def asked(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [urlsplit(hit.target).path for hit in self.server.hits]


@contextmanager
def small_blog(directory: Path, blog: Blog) -> Iterator[SmallBlog]:
    """The blog, entered as an `[[outlet]]`, for the time of the block."""
    routes: Any = blog
    with serve(routes) as server:
        entry = {"slug": "kecil", "url": BLOG, "platform": "blogger"}
        place = Place.make(directory, {BLOG: server.url}, outlets=[entry])
        yield SmallBlog(blog, server, place)
