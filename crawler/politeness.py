"""Manners: one lane per network, no faster than robots.txt asks, and waiting when told to."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response

from archive.config import CrawlConfig
from archive.types import Outlet
from archive.urls import is_within
from crawler.refused import OnHold

__all__ = ["PolitenessMiddleware", "lane_of", "rest_left", "retry_after", "slow_down"]

_BUSY = frozenset({429, 503})
_LONGEST = timedelta(days=7)
_WORTH_WAITING = timedelta(seconds=60)
_WAITED = "kliping_waited"
_FIRST = 1000
_SLICE = 0.5  # seconds between two looks at whether the crawl is being stopped


def retry_after(value: str, now: datetime) -> timedelta | None:
    """How long Retry-After (RFC 9110 §10.2.3) asks to wait: from seconds or a date, at most 7 days.

    A date that has passed gives zero; what is neither gives None.
    """
    text = value.strip()
    if re.fullmatch(r"[0-9]+", text):
        seconds = int(text[:12]) if len(text) <= 12 else _LONGEST.total_seconds()
        return min(timedelta(seconds=seconds), _LONGEST) if seconds < 1e9 else _LONGEST
    try:
        moment = parsedate_to_datetime(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return min(max(moment - now, timedelta()), _LONGEST)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def rest_left(idle: timedelta | None, crawl: CrawlConfig) -> float:
    """The seconds that a crawl's first request must still wait, given how long its lane was idle.

    The least delay holds also between the last request of one crawl and the first of the next.
    """
    return 0.0 if idle is None else max(crawl.delay - idle.total_seconds(), 0.0)


def lane_of(crawler: Crawler) -> str:
    """The name under which all requests of this crawl queue: its outlet's network or slug."""
    outlet = getattr(crawler.spider, "outlet", None)
    if isinstance(outlet, Outlet):
        return outlet.lane
    return str(crawler.settings.get("KLIPING_LANE") or "")


def slow_down(crawler: Crawler, seconds: float) -> None:
    """Let at least `seconds` pass between two requests of this crawl, whatever AutoThrottle says.

    A shorter delay than the one in force changes nothing.
    """
    assert crawler.engine is not None
    downloader = crawler.engine.downloader
    throttle = crawler.get_extension(AutoThrottle)
    if throttle is not None:
        throttle.mindelay = max(throttle.mindelay, seconds)
        throttle.maxdelay = max(throttle.maxdelay, seconds)
    lane = lane_of(crawler)
    # an idle slot is thrown away after a minute; a new one begins with these settings
    settings = downloader.per_slot_settings.setdefault(lane, {})
    settings["delay"] = max(settings.get("delay", 0.0), seconds)
    if lane in downloader.slots:
        downloader.slots[lane].delay = max(downloader.slots[lane].delay, seconds)


def _is_ours(crawler: Crawler, url: str) -> bool:
    outlet = getattr(crawler.spider, "outlet", None)
    return not isinstance(outlet, Outlet) or is_within(url, outlet.url, network=outlet.network)


def _now() -> datetime:
    return datetime.now(UTC)


class PolitenessMiddleware:
    """Puts every request into the crawl's lane, and heeds 429, 503 and Retry-After.

    Up to a minute is waited out, while nothing else is asked for, and the address tried once more.
    A longer wait ends the crawl: the spider's `hold_until(moment, reason)` is called, if it has
    one, and every further request is refused with OnHold. A busy answer without a time to wait is
    tried once more after five times the delay. A recording (KLIPING_RECORDED) keeps nobody waiting.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._back_off = timedelta(seconds=5 * crawler.settings.getfloat("DOWNLOAD_DELAY"))
        self._is_live = not crawler.settings.getbool("KLIPING_RECORDED")
        self._hold: datetime | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Set the lane of a request. Raises OnHold."""
        if self._hold:
            raise OnHold(f"{request.url}: asked to come back at {self._hold:%Y-%m-%d %H:%M} UTC")
        lane = lane_of(self._crawler)
        if lane:
            request.meta["download_slot"] = lane

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """The same request again after the wait that was asked for, or the response itself."""
        if response.status not in _BUSY:
            return response
        clock: Callable[[], datetime] = getattr(self._crawler.spider, "clock", _now)
        now = clock()
        header = response.headers.get("Retry-After") or b""
        wait = retry_after(header.decode("latin-1"), now)
        if wait is not None and wait > _WORTH_WAITING:
            if not _is_ours(self._crawler, response.url):
                return response  # to whom a link led cannot send us away from the outlet
            self._hold_until(now + wait, f"{response.url} answered {response.status}")
            return response
        await self._sleep(self._back_off if wait is None else wait)
        if request.meta.get(_WAITED):  # given up, but the wait is for every next request too
            return response
        again = request.replace(dont_filter=True, priority=request.priority + _FIRST)
        again.meta[_WAITED] = True
        return again

    def _hold_until(self, moment: datetime, reason: str) -> None:
        self._hold = max(moment, self._hold or moment)
        hook = getattr(self._crawler.spider, "hold_until", None)
        if hook is not None:
            hook(self._hold, reason)

    async def _sleep(self, wait: timedelta) -> None:
        left = wait.total_seconds() if self._is_live else 0.0  # a recorded wait is over
        while left > 0 and self._crawler.crawling:
            await asyncio.sleep(min(left, _SLICE))
            left -= _SLICE
