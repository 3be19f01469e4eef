"""Captured pages joined to captures of stories: which parts belong together."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archive.errors import CrawlError
from archive.types import Page
from archive.urls import canonical_url, is_front_page
from crawler import bodies, paging
from crawler.spelling import whole_of
from crawler.waiting_pages import WaitingPages

__all__ = ["CapturedStories", "CapturedStory"]


@dataclass(frozen=True, kw_only=True)
class CapturedStory:
    """One capture of a story: its parts in order, or what keeps it from being one."""

    pages: tuple[Page, ...]
    kept_from: str = ""
    """A key of `ingest_report.PAGES`, where that is sure before anything is read."""
    detail: str = ""

    @property
    def url(self) -> str:
        """Where its first part is."""
        return self.pages[0].url


@dataclass(frozen=True, kw_only=True)
class CapturedStories:
    """The stories of one outlet's pages.

    The parts of a split story are those that its own paging names, each as it was captured nearest
    to the first one.
    """

    waiting: WaitingPages
    slug: str
    limit: int
    """Bodies over so many bytes are not looked into."""
    is_known: Callable[[str], bool]
    """Whether the archive has a story at an address."""

    def __iter__(self) -> Iterator[CapturedStory]:
        """Each page once, in the order in which it was captured."""
        for page in self.waiting.of(self.slug):
            yield self._story(page)

    def _story(self, page: Page) -> CapturedStory:
        if is_front_page(page.url):
            return CapturedStory(pages=(page,), kept_from="no_story")
        html = self._characters(page)
        start = paging.story_start(html, page.url)
        if canonical_url(start) != canonical_url(page.url):
            is_whole = paging.plain_url(page.url) != page.url
            return _apart(page, "parts") if is_whole else self._part(page, of=start)
        parts = paging.part_urls(html, page.url)
        if not parts and (whole := self._whole_of(page)):
            return self._part(page, of=whole)
        found = [self._nearest(url, page) for url in parts]
        missing = [url for url, part in zip(parts, found, strict=True) if part is None]
        if missing and self._is_shown_whole(page, html):
            return _apart(page, "parts")
        if missing:
            return _apart(page, "incomplete", f"no capture of {missing[0]} within a day")
        return CapturedStory(pages=(page, *(part for part in found if part)))

    def _is_shown_whole(self, page: Page, html: str) -> bool:
        """Whether a page that shows all parts at once was captured, too: that is the story."""
        whole = paging.whole_url(html, page.url)
        found = self._nearest(whole, page) if whole else None
        return bool(found and paging.shows_all(self._characters(found), found.url))

    def _part(self, page: Page, *, of: str) -> CapturedStory:
        if self._nearest(of, page):
            return _apart(page, "parts")
        return _apart(page, "incomplete", f"no capture of {of} within a day")

    def _whole_of(self, page: Page) -> str:
        """The story of which a page is a part by its address alone: the last may not tell."""
        whole = whole_of(canonical_url(page.url))
        if not whole:
            return ""
        first = self._nearest(whole, page)
        if first is None:
            return whole if self.is_known(whole) else ""
        parts = paging.part_urls(self._characters(first), first.url)
        named = {canonical_url(url) for url in parts}
        return whole if canonical_url(page.url) in named else ""

    def _nearest(self, url: str, page: Page) -> Page | None:
        return self.waiting.nearest(self.slug, url, to=page.fetched_at)

    def _characters(self, page: Page) -> str:
        try:
            return bodies.characters(page, bodies.decoded(page, self.limit))
        except CrawlError:
            return ""  # its reader says why


def _apart(page: Page, kept_from: str, detail: str = "") -> CapturedStory:
    return CapturedStory(pages=(page,), kept_from=kept_from, detail=detail)
