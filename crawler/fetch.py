"""From an address to its exchanges, and from a story to those of all its parts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from archive.errors import CrawlError
from archive.memory import Validators
from archive.types import Outlet, Page, Story
from archive.urls import canonical_url, is_within
from crawler import bodies, paging
from crawler.answers import looks_like_story
from crawler.capture import LIMIT
from crawler.connect import NETWORK_ERRORS
from crawler.refresh import refresh_of
from crawler.refused import RobotsForbidden, RobotsUnread
from crawler.robots import Robots, RobotsMiddleware

__all__ = ["FAILURES", "Fetched", "Fetcher", "StoryFetcher"]

FAILURES: tuple[type[Exception], ...] = (IgnoreRequest, *NETWORK_ERRORS, ValueError)
"""What a request that brought no answer raises; ValueError: an address Scrapy cannot take."""


_IMAGES = "image/jpeg,image/png,image/gif,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
"""As it was published rather than as a server would convert it for a browser."""


class Fetcher:
    """Requests of one crawl, one after the other, through Scrapy's downloader."""

    def __init__(self, crawler: Crawler, outlet: Outlet, *, counts: Counter[str]) -> None:
        self._crawler = crawler
        self._outlet = outlet
        self._counts = counts

    async def fetch(self, url: str, *, validators: Validators | None = None) -> Sequence[Page]:
        """Every exchange that asking for `url` took, in order. Raises one of FAILURES."""
        self._counts["requests"] += 1
        request = Request(
            url,
            headers=_conditions(validators),
            meta={"download_slot": self._outlet.lane},
            dont_filter=True,
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except RobotsForbidden as error:
            self._counts["forbidden"] += not isinstance(error, RobotsUnread)
            raise
        pages: Sequence[Page] = response.meta["pages"]
        self._counts["bytes"] += sum(len(page.body) for page in pages)
        return pages

    async def fetch_image(self, url: str, *, limit: int) -> Sequence[Page]:
        """Every exchange that asking for an image of at most `limit` bytes took, in order.

        Raises one of FAILURES.
        """
        self._counts["requests"] += 1
        meta = {"download_slot": self._outlet.lane, LIMIT: limit, "max_retry_times": 1}
        request = Request(
            url,
            headers={"Accept": _IMAGES},
            meta=meta,
            dont_filter=True,
        )
        response = await self._crawler.engine.download_async(request)
        pages: Sequence[Page] = response.meta["pages"]
        return pages

    def is_ours(self, url: str) -> bool:
        """Whether an address is the outlet's or its network's."""
        return is_within(url, self._outlet.url, network=self._outlet.network)

    async def robots_sitemaps(self, url: str) -> Sequence[str]:
        """The sitemaps that the robots.txt of `url`'s origin names (sitemaps.org protocol)."""
        found = await self.robots_of(url)
        return found.sitemaps if found else ()

    async def robots_of(self, url: str) -> Robots | None:
        """What the robots.txt of `url`'s origin says; None where nobody asks for it."""
        robots = self._crawler.get_downloader_middleware(RobotsMiddleware)
        return await robots.robots_of(url) if robots else None


def _conditions(validators: Validators | None) -> Mapping[str, Any]:
    """The headers of a conditional request (RFC 9110 §13.1)."""
    if validators is None:
        return {}
    found = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in found.items() if value}


def _is_whole_answer(pages: Sequence[Page], *, url: str) -> bool:
    """Whether the answer to a conditional request serves as the story's first part.

    When only a later part changed, all are asked for again, so that the text is of one moment;
    a failure at an older address of the story says nothing of `url`.
    """
    if not pages or pages[0].status == 304:
        return False
    return pages[-1].status == 200 or pages[0].url == url


class Fetched(Protocol):
    """What is remembered of earlier fetches, as an Archive tells it."""

    def part_urls(self, story_id: str) -> Sequence[str]:
        """The addresses of a story's parts, in order."""

    def validators(self, url: str) -> Validators:
        """What a conditional request for an address needs."""


class StoryFetcher:
    """A story with all its parts, asked for only as far as it may have changed."""

    def __init__(self, fetcher: Fetcher, archive: Fetched, *, page_limit: int) -> None:
        self._fetcher = fetcher
        self._archive = archive
        self._page_limit = page_limit

    async def fetch(
        self, url: str, *, story: Story | None, conditional: bool
    ) -> tuple[list[Page], list[Page]]:
        """Every exchange a story took, and those that carry its parts, in order."""
        known = self._archive.part_urls(story.story_id) if story and conditional else []
        answered = await self._if_changed(known)
        if answered and answered[-1].status == 304:
            return answered, answered
        first = paging.plain_url(url)
        if not _is_whole_answer(answered, url=first):
            answered = list(await self._fetcher.fetch(first))
        answered = await self._sent_on(answered)
        if not self._fetcher.is_ours(answered[-1].url):
            return answered, answered[-1:]  # what strangers show is looked at no further
        pages, html = await self._first_part(answered)
        return pages, await self._all_parts(pages, html)

    async def _all_parts(self, pages: list[Page], html: str) -> list[Page]:
        """The pages that carry a story's text, the last of `pages` first; exchanges join `pages`.

        One that shows all parts at once serves for all. Where a part names only the next one, that
        is followed; a part that is missing ends them: its answer is then the story's.
        """
        parts, start = pages[-1:], pages[-1].url
        whole = paging.whole_url(html, start)
        shown = list(await self._fetcher.fetch(whole)) if whole else []
        pages.extend(shown)
        if shown and self._shows_all(shown[-1], whole):
            return shown[-1:]
        waiting = list(paging.part_urls(html, start))
        if shown and not waiting:
            return [*parts, shown[-1]]
        while len(parts) <= len(waiting) and parts[-1].status == 200:
            more = await self._fetcher.fetch(waiting[len(parts) - 1])
            pages.extend(more)
            parts.append(more[-1])
            waiting += paging.part_urls(self._characters(more[-1]), start)[len(waiting) :]
        return parts

    def _shows_all(self, page: Page, url: str) -> bool:
        """Whether the answer for all parts at once is that, and not the first part again."""
        is_there = page.status == 200 and canonical_url(page.url) == canonical_url(url)
        is_asked = paging.plain_url(page.url) != page.url
        return is_there and is_asked and paging.shows_all(self._characters(page), url)

    async def _if_changed(self, urls: Sequence[str]) -> list[Page]:
        """The answers of a story's parts up to the first that changed; empty when unknown."""
        pages: list[Page] = []
        for url in urls:
            validators = self._archive.validators(url)
            if not (validators.etag or validators.last_modified):
                return []
            pages.extend(await self._fetcher.fetch(url, validators=validators))
            if pages[-1].status != 304:
                break
        return pages

    async def _sent_on(self, pages: list[Page]) -> list[Page]:
        """The exchanges, and those to where a page without a story sends its reader at once."""
        html = self._characters(pages[-1])
        refresh = refresh_of(pages[-1], html)
        if refresh is None or not refresh.is_at_once or looks_like_story(html, title=""):
            return pages
        if not self._fetcher.is_ours(refresh.url):
            return pages
        return [*pages, *await self._fetcher.fetch(refresh.url)]

    async def _first_part(self, pages: list[Page]) -> tuple[list[Page], str]:
        """The exchanges to the first part of what `pages` show, and its characters ('': none)."""
        html = self._characters(pages[-1])
        start = paging.story_start(html, pages[-1].url)
        if start == pages[-1].url:
            return pages, html
        pages = list(await self._fetcher.fetch(start))
        return pages, self._characters(pages[-1])

    def _characters(self, page: Page) -> str:
        if page.status != 200:
            return ""
        try:
            return bodies.characters(page, bodies.decoded(page, self._page_limit))
        except CrawlError:
            return ""  # the pipeline records why it cannot be read
