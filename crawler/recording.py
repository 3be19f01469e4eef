"""A recorded night served again: every answer comes from a WARC file, none from the network."""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError
from scrapy.http import Headers as ScrapyHeaders
from scrapy.http import Response

from archive.errors import ConfigError
from archive.exchanges import read_exchanges
from archive.types import Page
from archive.urls import same_outlet

__all__ = ["RecordedHandler", "Recording", "recorded_settings"]


class Recording:
    """The exchanges of one recorded crawl, in their order; it is also that night's clock."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._pages: dict[str, deque[Page]] = defaultdict(deque)
        for page in pages:
            self._pages[page.url].append(page)
        self._now = min(page.fetched_at for page in pages)

    @classmethod
    def load(cls, path: Path) -> "Recording":
        """The recording in a WARC file. Raises ConfigError when there is none in it."""
        if not path.is_file():
            raise ConfigError(f"{path}: no such recording")
        pages = list(read_exchanges(path))
        if not pages:
            raise ConfigError(f"{path}: holds no answers; was it made with --record?")
        return cls(pages)

    @property
    def hosts(self) -> Sequence[str]:
        """The hosts that answered, by name."""
        return sorted({urlsplit(url).netloc for url in self._pages})

    def is_of(self, outlet_url: str) -> bool:
        """Whether anything of an outlet was recorded."""
        return any(same_outlet(url, outlet_url) for url in self._pages)

    def clock(self) -> datetime:
        """The moment of the answer served last; the first answer's before any was served."""
        return self._now.astimezone(UTC)

    def holds(self, url: str) -> bool:
        """Whether an answer was recorded for `url`."""
        try:
            return Request(url).url in self._pages
        except ValueError:  # no address at all
            return False

    def take(self, url: str) -> Page | None:
        """The next answer recorded for `url`, the last one again when they are used up."""
        queue = self._pages.get(url)
        if not queue:
            return None
        page = queue.popleft() if len(queue) > 1 else queue[0]
        self._now = max(self._now, page.fetched_at)
        return page


def recorded_settings(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """What Scrapy's `settings` become when a recording answers: no network, and no waiting."""
    handlers = dict.fromkeys(("http", "https"), "crawler.recording.RecordedHandler")
    return {
        "DOWNLOAD_HANDLERS": settings["DOWNLOAD_HANDLERS"] | handlers,
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "KLIPING_MAX_CRAWL_DELAY": 0,
        "KLIPING_RECORDED": True,
    }


class RecordedHandler(BaseDownloadHandler):
    """A download handler without a network: what the recording does not hold, failed that night."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._crawler = crawler

    async def download_request(self, request: Request) -> Response:
        """The answer as it was recorded. Raises DownloadFailedError when there is none."""
        spider: Any = self._crawler.spider
        page = spider.options.recording.take(request.url)
        if page is None:
            raise DownloadFailedError(f"{request.url}: not in the recording")
        request.meta["replayed"] = page
        headers = ScrapyHeaders()
        for name, value in page.headers:
            headers.appendlist(name, value)
        return Response(request.url, status=page.status, headers=headers, body=page.body)

    async def close(self) -> None:
        """Nothing to close."""
