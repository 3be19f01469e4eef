"""A site on a CMS of its own: its news sitemaps, then its feeds, then its lists of new stories."""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import ClassVar
from urllib.parse import urlsplit

from crawler import bodies
from crawler.days import days
from crawler.discover import Candidate, SeedUnreadable
from crawler.feeds import read_feed
from crawler.indexes import read_index
from crawler.listing import Paging
from crawler.reach import Reach
from crawler.sitemap_walk import SitemapWalk
from crawler.spider import OutletSpider

__all__ = ["NewsSpider"]

_MOMENT = timedelta(microseconds=1)


class NewsSpider(OutletSpider):
    """An outlet of which its seeds and the form of its addresses are known, and no API.

    Each kind of seed is asked where those before it did not tell all of the window. Addresses of
    seeds begin with a slash, below the outlet's own, or are whole.
    """

    maps: ClassVar[tuple[str, ...]] = ("/sitemap-news.xml", "/news-sitemap.xml", "/sitemap.xml")
    """Sitemaps beside those that robots.txt names; the first that answers is enough."""
    feeds: ClassVar[tuple[str, ...]] = ("/feed/", "/rss", "/rss.xml")
    """The first that lists stories is enough."""
    lists: ClassVar[tuple[str, ...]] = ("/",)
    """Pages that link to the newest stories: `{page}` counts from 1, a `{day:%Y-%m-%d}` is each day
    of the window."""
    stories: ClassVar[str] = ""
    """A regular expression for the path of a story's address; any will do where it is empty."""

    _answered = False
    _is_listed = False

    def have_seeds_answered(self) -> bool:
        """Whether at least one kind of seed was read."""
        return self._answered

    def has_listed_window(self) -> bool:
        """Whether some seed reached back to the last visit."""
        return self._is_listed

    async def candidates(self) -> AsyncIterator[Candidate]:
        """Every story since the last visit, as far as the seeds reach."""
        for source in (self._of_maps, self._of_feeds, self._of_lists):
            async for candidate in source():
                yield candidate
            if self._is_listed:
                return
        if not self._answered:
            self.logbook.problem(
                self.outlet.url,
                kind="seeds",
                detail="neither sitemap, feed nor list of new stories could be read",
                advice="open the outlet in a browser: it may be down, moved, or refusing us",
            )

    async def _of_maps(self) -> AsyncIterator[Candidate]:
        walk = SitemapWalk(
            self.seeds,
            self.outlet.url,
            since=self.window.since,
            night=self.window.started_at.toordinal(),
        )
        named = await self.fetcher.robots_sitemaps(self.outlet.url)
        for root in dict.fromkeys((*named, *map(self._below, self.maps))):
            async for url, sitemap in walk.below(root):
                for candidate in self._taken(url, sitemap.candidates):
                    yield candidate
            self._answered = self._answered or walk.has_answered
            if walk.has_answered and root not in named:
                break
        self._is_listed = self._is_listed and not walk.has_failed

    async def _of_feeds(self) -> AsyncIterator[Candidate]:
        for url in map(self._below, self.feeds):
            try:
                _, body = await self.seeds.get(url)
                found = read_feed(body, url=url, outlet_url=self.outlet.url)
            except SeedUnreadable as error:
                self.logger.info("%s: %s: %s", self.outlet.slug, url, error)
                continue
            self.seeds.note_hostile(url, found.dropped)
            for candidate in self._taken(url, found.candidates):
                yield candidate
            if any(map(self._may_be_story, found.candidates)):
                self._answered = True
                return

    async def _of_lists(self) -> AsyncIterator[Candidate]:
        wanted = days(self.window.since, self.window.started_at + _MOMENT, zone=self.outlet.zone)
        for pattern in map(self._below, self.lists):
            for day in wanted if "{day" in pattern else wanted[:1]:
                async for candidate in self._of_list(pattern, day):
                    yield candidate
                if self._reach.is_spent:
                    return

    async def _of_list(self, pattern: str, day: date) -> AsyncIterator[Candidate]:
        """The stories of a list, page by page, until one brings nothing new."""
        paging = Paging(since=self.window.since, known=self.window.was_known)
        while not paging.ended:
            url = pattern.format(page=paging.pages + 1, day=day)
            try:
                answer, body = await self.seeds.get(url)
                html = bodies.characters(answer, body)
                found = read_index(html, url=url, outlet_url=self.outlet.url)
            except SeedUnreadable as error:
                if not paging.pages:
                    self.seeds.note(url, error)
                return
            self.seeds.note_hostile(url, found.dropped)
            listed = [one for one in found.candidates if self._may_be_story(one)]
            self._answered = self._answered or bool(listed)
            for candidate in self._taken(url, listed):
                yield candidate
            if "{page" not in pattern:
                return
            paging = paging.after(listed)
        self.seeds.note_damage(pattern.format(page=1, day=day), paging.fault)

    # -- what they list --------------------------------------------------------------------------

    def _taken(self, url: str, candidates: Iterable[Candidate]) -> Sequence[Candidate]:
        """Those that may be stories and are not too old."""
        stories = [one for one in candidates if self._may_be_story(one)]
        if any(not one.is_since(self.window.since) for one in stories):
            self._is_listed = True
        return self._reach.within(url, stories)

    def _may_be_story(self, candidate: Candidate) -> bool:
        path = urlsplit(candidate.url).path
        return not self.stories or bool(re.fullmatch(self.stories, path.rstrip("/")))

    def _below(self, address: str) -> str:
        return f"{self.outlet.url}{address}" if address.startswith("/") else address

    @cached_property
    def _reach(self) -> Reach:
        return Reach(self)
