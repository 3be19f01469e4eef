"""A WordPress outlet's sitemaps and its paged feed, as lists of its whole past."""

import re
from collections import deque
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from archive.types import Period
from crawler.discover import Candidate, SeedUnreadable
from crawler.feeds import read_feed
from crawler.seed_xml import is_cut
from crawler.sitemaps import Sitemap, next_sitemaps, read_sitemap
from crawler.wordpress_seeds import feed_url, seed_urls

if TYPE_CHECKING:
    from crawler.platforms.wordpress import WordPressSpider

__all__ = ["PagedFeed", "Sitemaps"]

_MISSING = 404
_MOST_SITEMAPS = 1_000
_OVERLAP = timedelta(days=3)
"""Publishing a scheduled post leaves its `modified`, and with it `lastmod`, in the past."""
_NEVER = datetime.max.replace(tzinfo=UTC)
# core: wp-sitemap-posts-page-1.xml; Yoast and Rank Math: page-sitemap.xml
_PAGES = re.compile(r"/(?:wp-sitemap-posts-page-[^/]*|page-sitemap\d*)\.xml")


class Sitemaps:
    """All sitemaps, read once in a crawl; each slice takes what was changed since its start.

    No story is changed before it is published: so a slice names all of its own stories, and newer
    ones, of which most are known by then.
    """

    def __init__(self, spider: "WordPressSpider") -> None:
        self._spider = spider
        self._waiting: deque[Candidate] | None = None
        self._oldest: datetime | None = None
        self._fault: SeedUnreadable | None = None

    async def dated(self, period: Period) -> AsyncIterator[Candidate]:
        """At least every story published in a period. Raises SeedUnreadable."""
        waiting = await self._read()
        if self._oldest is None:
            raise SeedUnreadable("its sitemaps tell no dates")
        self._require_reach(period)
        while waiting and waiting[0].is_since(period.since - _OVERLAP):
            yield waiting.popleft()

    async def whatever(self, period: Period) -> AsyncIterator[Candidate]:
        """The same where no other way reaches: what there is, undated, or not back to the start."""
        waiting = await self._read()
        while waiting and waiting[0].is_since(period.since - _OVERLAP):
            yield waiting.popleft()
        self._require_reach(period)

    def _require_reach(self, period: Period) -> None:
        if self._oldest and self._oldest > period.since:
            raise SeedUnreadable(f"its sitemaps begin on {self._oldest:%Y-%m-%d}")

    async def _read(self) -> deque[Candidate]:
        if self._fault:
            raise self._fault
        if self._waiting is None:
            try:
                self._waiting = await self._all()
            except SeedUnreadable as error:
                self._fault = error
                raise
        return self._waiting

    async def _all(self) -> deque[Candidate]:
        """The stories that may matter of every sitemap, undated ones first, then newest first."""
        past = self._spider.window.past
        since = (past.since if past else self._spider.window.since) - _OVERLAP
        found: list[Candidate] = []
        async for url, sitemap in self._sitemaps(since):
            self._spider.seeds.note_hostile(url, sitemap.dropped)
            if not _PAGES.search(url):
                told = [c for c in sitemap.children if not _PAGES.search(c.url)]
                dates = map(_date, (*sitemap.candidates, *told))
                self._oldest = min(filter(None, (self._oldest, *dates)), default=None)
            found += (candidate for candidate in sitemap.candidates if candidate.is_since(since))
        if not found:
            raise SeedUnreadable("it has no sitemaps")
        found.sort(key=lambda candidate: _date(candidate) or _NEVER, reverse=True)
        return deque(found)

    async def _sitemaps(self, since: datetime) -> AsyncIterator[tuple[str, Sitemap]]:
        """Every sitemap that may name stories since a moment; raises SeedUnreadable for lost ones.

        Of the standard addresses, where plugins put the same list, the first that answers counts.
        """
        named = await self._spider.fetcher.robots_sitemaps(self._spider.outlet.url)
        seen: set[str] = set()
        is_found = False
        for root in dict.fromkeys((*named, *seed_urls(self._spider.outlet.url).sitemaps)):
            if is_found and root not in named:
                return
            try:
                sitemap = await self._get(root, seen)
            except (SeedUnreadable, ValueError):
                continue
            is_found = True
            yield root, sitemap
            async for below in self._below(sitemap, seen, since=since):
                yield below

    async def _below(
        self, index: Sitemap, seen: set[str], *, since: datetime
    ) -> AsyncIterator[tuple[str, Sitemap]]:
        waiting = deque([index])
        while waiting:
            children = waiting.popleft().children
            for url in next_sitemaps(children, seen, since=since, limit=_MOST_SITEMAPS):
                if len(seen) >= _MOST_SITEMAPS:
                    raise SeedUnreadable(f"it has over {_MOST_SITEMAPS} sitemaps")
                sitemap = await self._get(url, seen)
                yield url, sitemap
                waiting.append(sitemap)

    async def _get(self, url: str, seen: set[str]) -> Sitemap:
        seen.add(Candidate(url).address)
        _, body = await self._spider.seeds.get(url)
        sitemap = read_sitemap(body, url=url, outlet_url=self._spider.outlet.url)
        if sitemap.is_cut:
            raise SeedUnreadable("a sitemap is cut")
        return sitemap


class PagedFeed:
    """The main feed page by page: each slice goes on where the one before it ended."""

    def __init__(self, spider: "WordPressSpider") -> None:
        self._spider = spider
        self._pages = 0
        self._has_ended = False
        self._newest: datetime | None = None
        """Of the last page read."""
        self._oldest: datetime | None = None
        self._last: Sequence[Candidate] = ()

    async def listing(self, period: Period) -> AsyncIterator[Candidate]:
        """At least every story published in a period. Raises SeedUnreadable."""
        while not (self._has_ended or self._is_past(period)):
            for candidate in await self._next():
                yield candidate
        if self._has_ended:
            self._spider.begins_at = self._oldest

    def _is_past(self, period: Period) -> bool:
        return self._newest is not None and self._newest < period.since

    async def _next(self) -> Sequence[Candidate]:
        """The entries of the next page. Raises SeedUnreadable, also when there is but one."""
        url = feed_url(self._spider.outlet.url, page=self._pages + 1)
        answer, body = await self._spider.seeds.get(url, also=_MISSING)
        if answer.status == _MISSING and self._pages > 1:
            self._has_ended = True
            return ()
        if answer.status == _MISSING:
            raise SeedUnreadable("its feed has no further pages")
        found = read_feed(body, url=url, outlet_url=self._spider.outlet.url).candidates
        if not found or found == self._last or is_cut(body):
            raise SeedUnreadable("its feed does not go on")
        dates = [date for date in map(_date, found) if date]
        self._newest = max(dates, default=None)
        self._oldest = min(filter(None, (self._oldest, *dates)), default=None)
        self._pages, self._last = self._pages + 1, found
        return found


def _date(candidate: Candidate) -> datetime | None:
    """The last change that a seed tells of."""
    dates = (candidate.published_at, candidate.modified_at)
    return max(filter(None, dates), default=None)
