"""One address of a site asked for, politely, and what came instead of an answer."""

import codecs
import re
from collections import Counter
from collections.abc import Callable, Sequence

from scrapy.crawler import Crawler

from archive.errors import CrawlError
from archive.types import Outlet, Page
from crawler import bodies
from crawler.answers import what_came
from crawler.challenges import is_challenge
from crawler.connect import in_words
from crawler.discover import SEED_LIMIT, SeedUnreadable
from crawler.extract import is_closed
from crawler.fetch import FAILURES, Fetcher
from crawler.refused import Refusal, RobotsUnread
from crawler.robots import Robots
from crawler.site_facts import ASK_THEM, Obstacle

__all__ = ["Asking", "Unanswered", "closed_by_robots"]

_HTML = re.compile(rb"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.S)
_REFUSED = frozenset({401, 402, 403, 407, 429, 451})
_LATER = "try again later; if a browser does not open it either, the address is wrong or it is down"


class Unanswered(SeedUnreadable):
    """An address gave nothing that can be read; `obstacle` says why, and what to do."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle.detail)
        self.obstacle = obstacle


class Asking:
    """The requests of one look, one after the other."""

    def __init__(
        self, crawler: Crawler, outlet: Outlet, *, limit: int, tell: Callable[[str], None]
    ) -> None:
        self.outlet = outlet
        self.counts: Counter[str] = Counter()
        self.fetcher = Fetcher(crawler, outlet, counts=self.counts)
        self._limit = limit
        self._tell = tell

    def note(self, url: str) -> None:
        """Tell that an address is asked for elsewhere."""
        self._tell(url)

    async def robots(self) -> Robots | None:
        """The rules of the site's robots.txt."""
        self._tell(f"{self.outlet.url}/robots.txt")
        return await self.fetcher.robots_of(f"{self.outlet.url}/")

    async def get(self, url: str, *, also: int = 200) -> tuple[Page, bytes]:
        """An answer and its decoded body. Raises Unanswered.

        `also` is a status besides 200 whose body says something.
        """
        self._tell(url)
        try:
            pages = await self.fetcher.fetch(url)
        except FAILURES as error:
            raise Unanswered(_failed(url, error)) from None
        answer = pages[-1]
        if not self.fetcher.is_ours(answer.url):
            advice = f"if the outlet has moved, use its new address: {answer.url}"
            raise Unanswered(Obstacle("moved", f"{url} leads to {answer.url}", advice))
        body = self._body(url, answer, pages)
        self._refuse_notice(url, answer, body)
        if answer.status not in {200, also}:
            raise Unanswered(Obstacle("unanswered", f"{url}: {what_came(pages)}", _LATER))
        return answer, body

    async def html(self, url: str) -> tuple[Page, str]:
        """An answer and its characters. Raises Unanswered."""
        answer, body = await self.get(url)
        return answer, bodies.characters(answer, body)

    def _body(self, url: str, answer: Page, pages: Sequence[Page]) -> bytes:
        if answer.truncated:
            advice = "open it in a browser; if there is a news site, raise crawl.page_limit"
            raise Unanswered(Obstacle("too-large", f"{url}: {what_came(pages)}", advice))
        try:
            return bodies.decoded(answer, min(self._limit, SEED_LIMIT))
        except CrawlError as error:
            advice = "open it in a browser; what cannot be decoded is not crawled"
            raise Unanswered(Obstacle("unreadable", str(error), advice)) from None

    def _refuse_notice(self, url: str, answer: Page, body: bytes) -> None:
        """Raise Unanswered for a page that asks for a human, or says that all is closed."""
        is_html = _HTML.match(body.removeprefix(codecs.BOM_UTF8)[:1000]) is not None
        html = bodies.characters(answer, body) if is_html else ""
        if is_html and is_challenge(answer, html):
            detail = f"{url}: a page that asks for a human came instead of an answer"
            raise Unanswered(Obstacle("challenge", detail, ASK_THEM))
        if answer.status in _REFUSED:
            detail = f"{url}: the site refuses us (status {answer.status})"
            raise Unanswered(Obstacle("challenge", detail, ASK_THEM))
        if is_html and is_closed(self.outlet, html):
            raise Unanswered(Obstacle("closed", f"{url}: a page of maintenance came", _LATER))


def closed_by_robots(url: str, robots: Robots) -> Obstacle:
    """Why nothing of a site may be asked for: no robots.txt could be had (RFC 9309 §2.3.1.4)."""
    cause = robots.closed_by
    if robots.status:
        advice = "try again later: until it can be read, it forbids everything (RFC 9309)"
        return Obstacle(cause.kind, f"{url}: {robots.closed}", advice)
    detail = f"{url}: {robots.closed.removeprefix('robots.txt could not be had: ').rstrip('.')}"
    if cause is RobotsUnread:
        return Obstacle("unreachable", detail, _LATER)
    return Obstacle(cause.kind, detail, cause.advice)


def _failed(url: str, error: Exception) -> Obstacle:
    reason = in_words(error)
    detail = reason if reason.startswith(url) else f"{url}: {reason}"
    if isinstance(error, Refusal):
        return Obstacle(error.kind, detail, error.advice)
    return Obstacle("unreachable", detail, _LATER)
