"""The lists of one crawl of a Tribun site: how they are turned page by page, and what they hid."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from archive.types import Outlet
from crawler import bodies
from crawler.discover import Candidate, SeedUnreadable
from crawler.seeds import Seeds
from crawler.tribun_index import IndexPage, index_url, read_index_page

__all__ = ["LAST_PAGE", "DayList", "Lists", "Turning"]

LAST_PAGE = 10
"""The index has no further pages: whatever number is asked for, this one is shown."""


@dataclass(frozen=True)
class Turning:
    """What the pages of one list held so far, and whether it goes on. Updated by value."""

    since: datetime
    """Older stories are not looked for in this list."""
    page: int = 1
    """The page to ask for next."""
    ended: bool = False
    is_cut: bool = False
    """The list may hold more than it shows: its last possible page was as full as the others."""
    seen: frozenset[str] = frozenset()
    fullest: int = 0

    def after(self, candidates: Iterable[Candidate]) -> "Turning":
        """The state once the next page was read and showed these stories."""
        shown = {candidate.address: candidate for candidate in candidates}
        has_new = not self.seen.issuperset(shown)
        is_past = bool(shown) and all(_is_older(c, self.since) for c in shown.values())
        at_end = self.page >= LAST_PAGE
        return replace(
            self,
            page=self.page + 1,
            ended=not has_new or is_past or at_end,
            is_cut=has_new and not is_past and at_end and len(shown) >= self.fullest,
            seen=self.seen.union(shown),
            fullest=max(self.fullest, len(shown)),
        )


def _is_older(candidate: Candidate, since: datetime) -> bool:
    return candidate.published_at is not None and candidate.published_at < since


@dataclass
class Lists:
    """What the lists of one crawl showed."""

    reached: dict[str, datetime] = field(default_factory=dict)
    """Section ('' for the whole site) -> since when its news sitemap lists everything."""
    sections: dict[str, None] = field(default_factory=dict)
    """The sections that the menu of the index names, in its order."""
    read: set[date] = field(default_factory=set)
    unread: dict[date, str] = field(default_factory=dict)
    """Days whose list could not be read, and why; not those that the news sitemaps hold."""
    hiding: set[date] = field(default_factory=set)
    """Days whose list was read but hides stories that no other list shows."""
    dateless: bool = False
    """The lists of the sections show the newest stories, whatever day is asked for."""

    @property
    def all_sections(self) -> tuple[str, ...]:
        """Every section that a sitemap or the menu names."""
        return tuple(dict.fromkeys(filter(None, (*self.reached, *self.sections))))

    def reach(self, since: datetime, *, section: str = "") -> bool:
        """Whether a news sitemap lists everything since a moment."""
        oldest = self.reached.get(section)
        return oldest is not None and oldest < since

    def leave(self, day: date, *, since: datetime, why: str) -> None:
        """Note that the list of a day, which began at `since`, could not be read."""
        if not self.reach(since):
            self.unread[day] = why


class DayList:
    """The list of one day, of the whole site or of a section, while its pages are turned."""

    def __init__(self, seeds: Seeds, outlet: Outlet, *, day: date, section: str = "") -> None:
        self._seeds = seeds
        self._outlet = outlet
        self.day = day
        self.section = section
        self.since = datetime.combine(day, time(), ZoneInfo(outlet.zone)).astimezone(UTC)
        """When the day began."""
        self.turning = Turning(self.since)
        self.sections: tuple[str, ...] = ()
        self.is_of_day = True
        """The site did not show other days in its place."""

    def url(self, *, page: int = 1) -> str:
        """The address of one of its pages."""
        return index_url(self._outlet.url, day=self.day, section=self.section, page=page)

    async def candidates(self) -> AsyncIterator[Candidate]:
        """Its stories, page by page to its end. Raises SeedUnreadable.

        The list of a section may show the newest stories instead: they are turned back to the day.
        """
        while not self.turning.ended:
            page = await self._page(self.url(page=self.turning.page))
            self.sections = self.sections or page.sections
            self.turning = self.turning.after(page.candidates)
            for candidate in page.candidates:
                yield candidate

    async def _page(self, url: str) -> IndexPage:
        outlet = self._outlet
        answer, body = await self._seeds.get(url)
        html = bodies.characters(answer, body)
        page = read_index_page(html, url=url, outlet=outlet, fetched_at=answer.fetched_at)
        self._seeds.note_hostile(url, page.dropped)
        if self.turning.page == 1:
            self.is_of_day = page.shows(self.day, zone=outlet.zone)
        if not (self.is_of_day or self.section):
            raise SeedUnreadable(f"it shows other days than {self.day:%Y-%m-%d}")
        return page
