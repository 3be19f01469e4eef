"""How a WordPress outlet lists its past: REST, and where that is closed whatever reaches."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from archive.types import Period
from crawler.discover import Candidate, SeedUnreadable
from crawler.platforms.wordpress_archives import MonthFeeds, MonthPages, may_be_in
from crawler.platforms.wordpress_lists import PagedFeed, Sitemaps
from crawler.wordpress_rest import PostList, posts_url

if TYPE_CHECKING:
    from crawler.platforms.wordpress import WordPressSpider

__all__ = ["WordPressPast"]

_EDGE = timedelta(seconds=1)
"""REST's `after` and `before` leave out the moment itself, and knows no parts of a second."""


class WordPressPast:
    """The past of one outlet, for one crawl: what was read for a slice serves the next one too."""

    def __init__(self, spider: "WordPressSpider") -> None:
        self._spider = spider
        sitemaps = Sitemaps(spider)
        # sitemaps without dates cost a look at every story that the outlet ever had: last
        self._ways: tuple[Callable[[Period], AsyncIterator[Candidate]], ...] = (
            sitemaps.dated,
            MonthFeeds(spider).listing,
            MonthPages(spider).listing,
            PagedFeed(spider).listing,
            sitemaps.whatever,
        )

    async def listing(self, period: Period) -> AsyncIterator[Candidate]:
        """At least every story published in a period. Raises SeedUnreadable."""
        listing = self._posts if self._spider.is_rest_open else self._seeds
        async for candidate in listing(period):
            yield candidate

    async def search(self, period: Period) -> AsyncIterator[Candidate]:
        """What the API's own search finds in a period; nothing where the API is closed."""
        if not self._spider.is_rest_open:
            return
        for words in self._spider.pipeline.topic.search:
            async for candidate in self._spider.posts(_within(period, search=words)):
                yield candidate

    async def _posts(self, period: Period) -> AsyncIterator[Candidate]:
        is_empty, is_heeded = True, False
        async for candidate in self._spider.posts(_within(period)):
            is_empty = False
            is_heeded = is_heeded or may_be_in(candidate, period)
            yield candidate
        if not (is_empty or is_heeded):
            raise SeedUnreadable("its REST API does not heed the dates that it is asked for")
        if is_empty and await self._is_the_first(period):
            self._spider.begins_at = period.since

    async def _is_the_first(self, period: Period) -> bool:
        """Whether the API says that nothing is older; an empty answer alone may be a fault."""
        older = PostList(before=period.since)
        url = posts_url(self._spider.outlet.url, older, per_page=1)
        answer, _ = await self._spider.seeds.get(url)
        return answer.header("X-WP-TotalPages") == "0"

    async def _seeds(self, period: Period) -> AsyncIterator[Candidate]:
        faults: list[str] = []
        for way in self._ways:
            try:
                async for candidate in way(period):
                    yield candidate
            except SeedUnreadable as error:
                faults.append(str(error))
            else:
                return
        raise SeedUnreadable(f"its REST API is closed; {'; '.join(faults)}")


def _within(period: Period, *, search: str = "") -> PostList:
    return PostList(after=period.since - _EDGE, before=period.until + _EDGE, search=search)
