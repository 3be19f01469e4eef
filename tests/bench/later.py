"""Crawl one outlet as if it were later: `later.py SLUG SETTINGS HOURS`."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.config import Settings
from crawler.crawl import run_crawl
from crawler.options import CrawlOptions
from crawler.outlets import chosen


@dataclass(frozen=True, kw_only=True)
class Later(CrawlOptions):
    """Options whose clock runs ahead, so that what is due tomorrow is due now."""

    ahead: timedelta

    @property
    def clock(self) -> Callable[[], datetime]:
        """Tells what time it will be."""
        return lambda: datetime.now(UTC) + self.ahead


if __name__ == "__main__":
    slug, file, hours = sys.argv[1:]
    settings = Settings.load(Path(file))
    options = Later(settings=settings, ahead=timedelta(hours=float(hours)))
    end = run_crawl(chosen(settings, [slug])[0], options)
    sys.exit(None if end.is_good else f"{slug}: {end.reason}: {end.failure}")
