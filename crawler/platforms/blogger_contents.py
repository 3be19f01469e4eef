"""Whether what Blogger's feed shows of its posts is all of them: owners may cut at a jump break."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from crawler import bodies
from crawler.discover import Candidate, SeedUnreadable
from crawler.glance import is_longer

if TYPE_CHECKING:
    from crawler.platforms.blogger import BloggerSpider

__all__ = ["Contents"]

_MOST_PROBES = 3


class Contents:
    """What the feed shows in one crawl, believed only after a look at a page behind it."""

    def __init__(self, spider: "BloggerSpider") -> None:
        self._spider = spider
        self._is_whole: bool | None = None
        """None: not yet known."""

    async def believed(self, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """The candidates, without their contents when the feed shows less than the pages."""
        if self._is_whole is None:
            await self._probe(candidates)
        if self._is_whole is False:
            return [replace(candidate, content="") for candidate in candidates]
        return candidates

    async def _probe(self, candidates: Sequence[Candidate]) -> None:
        """Compare one story that would cost no request; the shortest is the likeliest to be cut."""
        spared = [one for one in candidates if self._spider.looks.is_spared(one)]
        for candidate in sorted(spared, key=lambda one: len(one.content))[:_MOST_PROBES]:
            try:
                page, body = await self._spider.seeds.get(candidate.url)
            except SeedUnreadable:
                continue  # this one is not there: another tells
            html = bodies.characters(page, body)
            rules = self._spider.rules_at(page.fetched_at)
            self._is_whole = not is_longer(html, candidate.content, rules)
            if not self._is_whole:
                self._spider.logger.info(
                    "%s: its feed shows less than its pages", self._spider.outlet.slug
                )
            return
        if spared:
            self._is_whole = False
