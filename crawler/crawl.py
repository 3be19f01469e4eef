"""One outlet's crawl in this process, and its end as a value."""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess

from archive.visits import NOT_REACHED
from crawler.options import CrawlOptions
from crawler.recording import recorded_settings
from crawler.settings import scrapy_settings
from crawler.spider import OutletSpider

__all__ = ["FAILED", "CrawlEnd", "Process", "run_crawl"]

FAILED = frozenset({"archive-failed", "lease-held", "misconfigured", "network-held", "start_error"})
"""Finish reasons after which a crawl did not do its work (exit 3); all others are good ends."""


@dataclass(frozen=True, kw_only=True)
class CrawlEnd:
    """How a crawl ended: the reason, and in one line why if it failed."""

    outlet: str
    reason: str
    failure: str = ""

    @property
    def is_good(self) -> bool:
        """The crawl closed, whatever single pages did."""
        return self.reason not in FAILED and not self.failure

    @property
    def is_blind(self) -> bool:
        """The outlet could not be looked at: that nothing was found there says nothing."""
        return self.reason in {"unreachable", "challenged", NOT_REACHED}


def run_crawl(spider: type[OutletSpider], options: CrawlOptions) -> CrawlEnd:
    """Crawl one outlet to its end. Once per process: Twisted's reactor does not start twice."""
    ends: list[CrawlEnd] = []

    class Observed(spider):  # type: ignore[misc, valid-type]
        name = spider.outlet.slug

        def closed(self, reason: str) -> None:
            super().closed(reason)
            ends.append(CrawlEnd(outlet=self.outlet.slug, reason=reason, failure=self.failure))

    settings = scrapy_settings(options.settings, spider.outlet)
    settings["KLIPING_PREPARED"] = True
    if options.recording is not None:
        settings |= recorded_settings(settings)
    logging.getLogger("scrapy").setLevel(logging.ERROR)
    process = Process(settings)
    with process.catching():
        process.crawl(Observed, options=options)
        process.start()
    end = ends[0] if ends else CrawlEnd(outlet=spider.outlet.slug, reason="start_error")
    if end.reason == "start_error" and process.signals:
        return CrawlEnd(outlet=end.outlet, reason="shutdown")
    if end.reason == "start_error" and not end.failure:
        return replace(end, failure="stopped by an unforeseen error; it is in the log above")
    return end


class Process(AsyncCrawlerProcess):
    """Scrapy's process; knows of every signal, also of those that come before a spider is there."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self.signals: list[int] = []

    def _signal_shutdown(self, signum: int, _: Any) -> None:
        self.signals.append(signum)
        super()._signal_shutdown(signum, _)

    @contextmanager
    def catching(self) -> Iterator[None]:
        """While the block runs: Scrapy's handler, which it sets itself only once it runs."""
        ends = (signal.SIGTERM, signal.SIGINT)
        before = {number: signal.signal(number, self._signal_shutdown) for number in ends}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
