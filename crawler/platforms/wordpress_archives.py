"""The archives that WordPress keeps of each month, as feeds and as pages."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from archive.types import Page, Period
from crawler import bodies
from crawler.discover import Candidate, SeedUnreadable
from crawler.feeds import read_feed
from crawler.indexes import read_index
from crawler.listing import Paging
from crawler.seed_xml import is_cut
from crawler.wordpress_seeds import feed_url, index_url, month_archives

if TYPE_CHECKING:
    from crawler.platforms.wordpress import WordPressSpider

__all__ = ["MonthFeeds", "MonthPages", "may_be_in"]

_DAY = timedelta(days=1)
_MISSING = 404
_EVER = datetime.min.replace(tzinfo=UTC)
# what body_class() prints on the archive of a year, month or day, and on no other page
_DATE_ARCHIVE = re.compile(r"<body\b[^>]*\bclass\s*=\s*[\"'][^\"'>]*\bdate\b", re.IGNORECASE)


class _Months:
    """The archive of each month, page by page to its end."""

    kind: ClassVar[str]

    def __init__(self, spider: "WordPressSpider") -> None:
        self._spider = spider
        self._read: dict[str, Sequence[Candidate]] = {}
        self._works: bool | None = None

    async def listing(self, period: Period) -> AsyncIterator[Candidate]:
        """At least every story published in a period. Raises SeedUnreadable."""
        self._require_any()
        for month in self._months(period):
            async for candidate in self._month(month):
                if may_be_in(candidate, period):
                    yield candidate

    def _months(self, period: Period) -> tuple[str, ...]:
        zone = self._spider.outlet.zone
        return month_archives(period.since, period.until, zone=zone)

    async def _month(self, month: str) -> AsyncIterator[Candidate]:
        """All of a month, read once in a crawl: two slices may share it."""
        if month in self._read:
            for candidate in self._read[month]:
                yield candidate
            return
        found: list[Candidate] = []
        paging, page = Paging(since=_EVER, known=lambda _: False), 1
        while not paging.ended:
            listed = await self._page(month, page)
            for candidate in listed:
                yield candidate
            found += listed
            paging, page = paging.after(listed), page + 1
        if not found:
            await self._require_others(month)
        self._works = self._works or bool(found)
        self._read = {month: found}  # slices go back in time: no other is asked for again

    async def _require_others(self, empty: str) -> None:
        """Return when an empty month is one without stories. Raises SeedUnreadable.

        An outlet without such archives answers no other way for a month that has stories.
        """
        window = self._spider.window
        for month in self._months(Period(window.since, window.started_at)):
            if self._works is None and month != empty and await self._page(month, 1):
                self._works = True
        self._works = bool(self._works)
        self._require_any()

    def _require_any(self) -> None:
        if self._works is False:
            raise SeedUnreadable(f"it has no {self.kind}")

    async def _page(self, month: str, page: int) -> Sequence[Candidate]:
        """The stories of one page of a month; none past its end, or where there is no such page."""
        url = self._url(month, page)
        answer, body = await self._spider.seeds.get(url, also=_MISSING)
        # without archives of months a request may be led to the front page
        is_there = answer.status != _MISSING and _path(answer.url) == _path(url)
        return self._stories(answer, body, month=month) if is_there else ()

    def _url(self, month: str, page: int) -> str:
        raise NotImplementedError

    def _stories(self, answer: Page, body: bytes, *, month: str) -> Sequence[Candidate]:
        raise NotImplementedError


class MonthFeeds(_Months):
    """The feed of each month: dated, and nothing else in it."""

    kind = "feeds of months"

    def _url(self, month: str, page: int) -> str:
        return feed_url(self._spider.outlet.url, archive=month, page=page)

    def _stories(self, answer: Page, body: bytes, *, month: str) -> Sequence[Candidate]:
        found = read_feed(body, url=answer.url, outlet_url=self._spider.outlet.url)
        self._spider.seeds.note_hostile(answer.url, found.dropped)
        if is_cut(body):
            raise SeedUnreadable(f"its feed of {month} is cut")
        if any(not _is_of(candidate, month) for candidate in found.candidates):
            raise SeedUnreadable(f"its feed of {month} shows other months")
        return found.candidates


class MonthPages(_Months):
    """The pages of each month, with whatever else is linked there."""

    kind = "pages of months"

    def _url(self, month: str, page: int) -> str:
        return index_url(self._spider.outlet.url, archive=month, page=page)

    def _stories(self, answer: Page, body: bytes, *, month: str) -> Sequence[Candidate]:
        del month
        html = bodies.characters(answer, body)
        if not _DATE_ARCHIVE.search(html):
            return ()
        return read_index(html, url=answer.url, outlet_url=self._spider.outlet.url).candidates


def _path(url: str) -> str:
    return urlsplit(url).path.rstrip("/")


def _is_of(candidate: Candidate, month: str) -> bool:
    """Whether an entry may be of a month; dates of any zone are at most a day off."""
    moment = candidate.published_at
    if moment is None:
        return True
    return any(f"{day:%Y/%m}" == month for day in (moment - _DAY, moment, moment + _DAY))


def may_be_in(candidate: Candidate, period: Period) -> bool:
    """Whether a story may be of a period; a site that moved to another zone errs by hours."""
    moment = candidate.published_at
    return moment is None or period.since - _DAY <= moment < period.until + _DAY
