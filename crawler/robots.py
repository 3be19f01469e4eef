"""robots.txt (RFC 9309): what an outlet lets us fetch, how fast, and where its sitemaps are."""

import asyncio
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.errors import CrawlError, Unreadable
from archive.types import Page
from crawler import bodies
from crawler.connect import NETWORK_ERRORS, host_header, in_words
from crawler.guard import origin_of
from crawler.politeness import slow_down
from crawler.refused import Refusal, RobotsForbidden, RobotsUnread, TooManyRedirects

__all__ = ["AGENT", "Robots", "RobotsMiddleware", "read_robots"]

AGENT = "Kliping"
"""The product token that robots.txt files know us by."""

_LIMIT = 512_000  # bytes that are read (§2.5)
_REDIRECTS = 5  # (§2.3.1.2)
_OWN = "kliping_robots"
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_TOO_MANY = 429
"""Asking too often is no absence of rules: as Google does, it counts as unreachable."""

_NOT_HAD: tuple[type[Exception], ...] = (CrawlError, ValueError, *NETWORK_ERRORS)


@dataclass(frozen=True, kw_only=True)
class Robots:
    """The rules of one origin; without a file everything is allowed, or forbidden for `closed`."""

    origin: str
    status: int = 0
    """The final answer's status, 0 when there was none."""
    digest: str = ""
    """SHA-256 of the file, decoded, in hex."""
    sitemaps: tuple[str, ...] = ()
    delay: float = 0.0
    """Seconds between two requests that Crawl-delay or Request-rate ask for."""
    closed: str = ""
    """Why nothing may be fetched: the file could not be had."""
    closed_by: type[Refusal] = RobotsUnread
    """What a request raises that is `closed`: a hostile address stays one."""
    faults: tuple[str, ...] = ()
    """What is odd about the file, in words."""
    rules: Protego | None = field(default=None, repr=False, compare=False)

    def allows(self, url: str) -> bool:
        """Whether Kliping may fetch `url`."""
        if self.closed:
            return False
        return self.rules is None or self.rules.can_fetch(url, AGENT)


def read_robots(origin: str, page: Page, *, limit: int) -> Robots:
    """The rules that an answer to `/robots.txt` gives (RFC 9309 §2.3.1).

    4xx: everything is allowed. 5xx, 429, or a body that cannot be decoded: nothing is. Only the
    first 500 KiB count; HTML that stands there by mistake holds no rules.
    """
    if page.status == _TOO_MANY or not 200 <= page.status < 500:
        return Robots(
            origin=origin, status=page.status, closed=f"robots.txt answered {page.status}"
        )
    if page.status >= 300:
        return Robots(origin=origin, status=page.status)
    try:
        body = _decoded(page, limit)
    except Unreadable as error:
        return Robots(origin=origin, status=page.status, closed=f"robots.txt unreadable: {error}")
    rules = Protego.parse(_text(body))
    return Robots(
        origin=origin,
        status=page.status,
        digest=hashlib.sha256(body).hexdigest(),
        sitemaps=tuple(rules.sitemaps),
        delay=_delay(rules),
        faults=tuple(_faults(body)),
        rules=rules,
    )


def _decoded(page: Page, limit: int) -> bytes:
    """The file; of one that unpacks to more than `limit` bytes the beginning, which is all that
    counts."""
    try:
        return bodies.decoded(page, limit)
    except Unreadable:
        beginning = bodies.beginning(page, _LIMIT + 1)
        if len(beginning) > _LIMIT:
            return beginning
        raise


def _faults(body: bytes) -> Iterator[str]:
    if len(body) > _LIMIT:
        yield f"robots.txt is so long that only its first {_LIMIT} bytes count (RFC 9309 §2.5)"
    if _HTML.match(body[:1000]):
        yield "a page came instead of robots.txt: only lines of it that are rules count"


def _text(body: bytes) -> str:
    """The lines that count; one cut in the middle would forbid more than it says."""
    if len(body) > _LIMIT:
        body = body[:_LIMIT].rpartition(b"\n")[0]
    return body.decode("utf-8-sig", "replace")


def _delay(rules: Protego) -> float:
    rate = rules.request_rate(AGENT)
    per_request = rate.seconds / rate.requests if rate else 0.0
    return max(rules.crawl_delay(AGENT) or 0.0, per_request)


class RobotsMiddleware:
    """Asks each origin for its rules before its first page, and keeps to them for the crawl.

    Rules are found and applied under the outlet's own address, also with `connect_to`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._limit = crawler.settings.getint("KLIPING_PAGE_LIMIT")
        self._longest_delay = crawler.settings.getfloat("KLIPING_MAX_CRAWL_DELAY")
        self._asking = asyncio.Lock()
        self.found: dict[str, Robots] = {}
        """Rules by origin, as origin_of() writes it."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request pass, or raise RobotsForbidden."""
        if request.meta.get(_OWN):
            return
        if not _may_ask(self._crawler, request.url):
            raise RobotsForbidden(f"{request.url}: a list that this platform keeps for readers")
        robots = await self.robots_of(request.url)
        if not robots.allows(request.url):
            reason = robots.closed or "robots.txt forbids it"
            cause = robots.closed_by if robots.closed else RobotsForbidden
            raise cause(f"{request.url}: {reason}")

    async def robots_of(self, url: str) -> Robots:
        """The rules of the origin of `url`, asked for if they are not known yet."""
        origin = origin_of(url)
        async with self._asking:
            if origin not in self.found:
                robots = self._judged(await self._ask(url))
                self.found[origin] = robots
                if robots.delay > 0:
                    slow_down(self._crawler, min(robots.delay, self._longest_delay))
        return self.found[origin]

    def _judged(self, robots: Robots) -> Robots:
        """The rules, with a word on a delay that is longer than we wait."""
        if robots.delay <= self._longest_delay:
            return robots
        cut = f"Crawl-delay of {robots.delay:g} seconds is cut to {self._longest_delay:g}"
        return replace(robots, faults=(*robots.faults, cut))

    async def _ask(self, url: str) -> Robots:
        origin = origin_of(url)
        meta = {_OWN: True, "redirect_ttl": _REDIRECTS}
        address = f"{urlsplit(url).scheme}://{host_header(url)}/robots.txt"
        request = Request(address, callback=NO_CALLBACK, meta=meta, priority=1000)
        assert self._crawler.engine is not None
        try:
            response = await self._crawler.engine.download_async(request)
        except TooManyRedirects:
            odd = f"robots.txt leads on more than {_REDIRECTS} times: it is taken for none"
            return Robots(origin=origin, faults=(odd,))
        except _NOT_HAD as error:
            cause = type(error) if isinstance(error, Refusal) else RobotsUnread
            reason = f"robots.txt could not be had: {in_words(error)}"
            return Robots(origin=origin, closed=reason, closed_by=cause)
        return read_robots(origin, _page(response), limit=self._limit)


def _may_ask(crawler: Crawler, url: str) -> bool:
    """What the spider says of an address that robots.txt may be silent about."""
    may_ask = getattr(crawler.spider, "may_ask", None)
    return may_ask is None or bool(may_ask(url))


def _page(response: Response) -> Page:
    assert response.request is not None
    page: Page = response.request.meta["pages"][-1]
    return page
