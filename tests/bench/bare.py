"""The least that Scrapy can do: download the addresses of a file, one at a time. Reads nothing.

Scrapy's own defaults but for robots.txt and cookies (off), one request at a time, and no log of
each request: what is written about pages is no part of downloading them.
"""

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

_SETTINGS = {
    "ROBOTSTXT_OBEY": False,
    "COOKIES_ENABLED": False,
    "CONCURRENT_REQUESTS": 1,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_DELAY": 0,
    "LOG_LEVEL": "WARNING",
}


class Bare(Spider):
    """Asks for `[address, host]` pairs and counts the answers."""

    name = "bare"

    def __init__(self, pairs: list[list[str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._pairs = pairs
        self.answers = 0

    async def start(self) -> AsyncIterator[Request]:
        for address, host in self._pairs:
            yield Request(address, headers={"Host": host}, dont_filter=True)

    def parse(self, response: Response) -> None:
        self.answers += response.status == 200

    def closed(self, reason: str) -> None:
        if self.answers != len(self._pairs):
            sys.exit(f"bare: {self.answers} of {len(self._pairs)} pages, {reason}")


if __name__ == "__main__":
    process = AsyncCrawlerProcess(_SETTINGS)
    process.crawl(Bare, pairs=json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    process.start()
