"""The Tribun Network: news sitemaps, then the index day by day, and by section what it hides."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

from archive.types import Period
from archive.urls import canonical_url
from crawler.days import days
from crawler.discover import Candidate, SeedUnreadable
from crawler.rules import Rules
from crawler.sitemaps import Sitemap, next_sitemaps, read_sitemap
from crawler.spider import OutletSpider
from crawler.tribun_index import (
    is_never_asked,
    may_be_story,
    news_sitemaps,
    platform_id,
    section_of,
    stretch,
)
from crawler.tribun_lists import DayList, Lists
from crawler.tribun_rules import TRIBUN_RULES

__all__ = ["TribunSpider"]

_MOST_SITEMAPS = 100
_MOST_UNREAD = 3
"""So many days in a row that cannot be read: the index is closed, not one day of it."""
_MOMENT = timedelta(microseconds=1)


class TribunSpider(OutletSpider):
    """An edition of the Tribun Network. Its lists by tag or topic, search and feed are not asked.

    The index of a day shows at most ten pages; of a busier day the rest is looked for in the news
    sitemaps, and where those do not reach, in the index of each section.
    """

    network: ClassVar[str] = "tribunnews"
    slice_length: ClassVar[timedelta] = timedelta(days=1)
    rules: ClassVar[Rules] = TRIBUN_RULES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lists = Lists()

    def may_ask(self, url: str) -> bool:
        """Whether an address may be asked for, whatever robots.txt says."""
        return not is_never_asked(url)

    def address_of(self, canonical: str) -> str:
        """At the outlet's own host: www.tribunnews.com does not answer without its www."""
        found, home = urlsplit(canonical), urlsplit(self.outlet.url)
        if found.netloc == urlsplit(canonical_url(self.outlet.url)).netloc:
            found = found._replace(scheme=home.scheme, netloc=home.netloc)
        return urlunsplit(found)

    async def candidates(self) -> AsyncIterator[Candidate]:
        """Every story since the last visit: sitemaps first, because they date changes."""
        self._warn_of_our_name()
        async for candidate in self._of_sitemaps():
            yield candidate
        window = self.window
        until = window.started_at + _MOMENT
        async for candidate in self._of_days(days(window.since, until, zone=self.outlet.zone)):
            yield candidate

    async def past(self, since: datetime, until: datetime) -> AsyncIterator[Candidate]:
        """The stories of every day of a span, by the index. Raises SeedUnreadable."""
        wanted = days(since, until, zone=self.outlet.zone)
        async for candidate in self._of_days(wanted):
            yield candidate
        unread = [day for day in wanted if day in self._lists.unread]
        if unread:
            raise SeedUnreadable(self._lists.unread[unread[0]])

    def have_seeds_answered(self) -> bool:
        """Whether every day was listed, or the index is closed and the news sitemaps answered."""
        if self._lists.read:
            return not self._lists.unread
        return bool(self._lists.reached)

    def has_listed_window(self) -> bool:
        """Whether no day's list hides stories."""
        return self.have_seeds_answered() and not (self._lists.unread or self._lists.hiding)

    def note_listed(self, period: Period) -> None:
        """As for every outlet, but not where a day's list hides stories."""
        wanted = days(period.since, period.until, zone=self.outlet.zone)
        if not self._lists.hiding.intersection(wanted):
            super().note_listed(period)

    def _warn_of_our_name(self) -> None:
        agent = self.crawler.settings.get("USER_AGENT") or ""
        if "bot" in agent.lower():
            self.logbook.problem(
                self.outlet.url,
                kind="contact",
                detail="the network refuses every user agent with the letters 'bot' in it, and "
                f"ours is {agent!r}",
                advice="name a page without these letters in crawl.contact",
            )

    # -- news sitemaps ---------------------------------------------------------------------

    async def _of_sitemaps(self) -> AsyncIterator[Candidate]:
        """The stories that the news sitemaps list, of the whole site and of each section."""
        named = await self.fetcher.robots_sitemaps(self.outlet.url)
        guessed = [f"{self.outlet.url}/{name}.xml" for name in ("sitemap", "sitemap-news")]
        seen: set[str] = set()
        for root in filter(self.may_ask, dict.fromkeys((*named, *guessed))):
            waiting = [root]
            while waiting and len(seen) < _MOST_SITEMAPS:
                url = waiting.pop(0)
                sitemap = await self._sitemap(url, seen, is_guessed=url in {*guessed} - {*named})
                for candidate in self._stories(sitemap):
                    yield candidate
                lists = news_sitemaps(sitemap.children)
                since = self.window.since
                waiting += next_sitemaps(lists, seen, since=since, limit=_MOST_SITEMAPS)
            if self._lists.reached:
                return

    async def _sitemap(self, url: str, seen: set[str], *, is_guessed: bool) -> Sitemap:
        """What a sitemap holds; nothing, when it cannot be read or was read before."""
        try:
            address = Candidate(url).address
            if address in seen:
                return Sitemap()
            seen.add(address)
            _, body = await self.seeds.get(url)
            sitemap = read_sitemap(body, url=url, outlet_url=self.outlet.url)
        except (SeedUnreadable, ValueError) as error:
            if not is_guessed:
                self.seeds.note(url, error)
            return Sitemap()
        self.seeds.note_hostile(url, sitemap.dropped)
        if sitemap.candidates:
            since = stretch(sitemap.candidates) or self.window.started_at
            self._lists.reached[section_of(url)] = since
        return sitemap

    def _stories(self, sitemap: Sitemap) -> Iterable[Candidate]:
        return [
            replace(candidate, platform_id=platform_id(candidate.url))
            for candidate in sitemap.candidates
            if may_be_story(candidate.url) and candidate.is_since(self.window.horizon)
        ]

    # -- the index -------------------------------------------------------------------------

    async def _of_days(self, wanted: Iterable[date]) -> AsyncIterator[Candidate]:
        """The stories of some days, each listed once in a crawl, until the index proves closed."""
        lists, unread = self._lists, 0
        for day in wanted:
            if day in lists.read:
                continue
            index = DayList(self.seeds, self.outlet, day=day)
            if unread >= _MOST_UNREAD:
                lists.leave(day, since=index.since, why="the index is closed")
                continue
            async for candidate in self._of_day(index):
                yield candidate
            unread = 0 if day in lists.read else unread + 1

    async def _of_day(self, index: DayList) -> AsyncIterator[Candidate]:
        """The stories of a day, also those that its own list hides."""
        lists = self._lists
        try:
            async for candidate in index.candidates():
                yield candidate
        except SeedUnreadable as error:
            lists.leave(index.day, since=index.since, why=str(error))
            self.seeds.note(index.url(), error)
            return
        lists.unread.pop(index.day, None)
        lists.read.add(index.day)
        lists.sections.update(dict.fromkeys(index.sections))
        if index.turning.is_cut and not lists.reach(index.since):
            async for candidate in self._of_sections(index):
                yield candidate

    async def _of_sections(self, index: DayList) -> AsyncIterator[Candidate]:
        """What the list of a busy day hides, from the lists of the sections on that day."""
        lists = self._lists
        sections = () if lists.dateless else lists.all_sections
        is_whole = bool(sections)
        for section in sections:
            if lists.reach(index.since, section=section):
                continue
            own = DayList(self.seeds, self.outlet, day=index.day, section=section)
            try:
                async for candidate in own.candidates():
                    yield candidate
            except SeedUnreadable as error:
                self.seeds.note(own.url(), error)
                is_whole = False
            if own.turning.is_cut:
                is_whole = False
                lists.dateless = lists.dateless or not own.is_of_day
        if not is_whole:
            self._tell_of_hidden(index)

    def _tell_of_hidden(self, index: DayList) -> None:
        self._lists.hiding.add(index.day)
        self.logbook.problem(
            index.url(),
            kind="incomplete",
            detail=f"the outlet lists no more than ten pages of {index.day:%Y-%m-%d}, and neither "
            "its news sitemaps nor its sections show the rest: stories of that day may be missing",
            advice="crawl this outlet more often, so that less is new in between",
        )
