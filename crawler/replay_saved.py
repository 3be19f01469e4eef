"""Saved HTML read as a crawl would read it, in the same workers, without any request."""

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from archive.config import Settings
from archive.errors import ConfigError, CrawlError
from archive.text import content_hash
from archive.types import Outlet, Page
from archive.urls import same_outlet
from crawler import bodies
from crawler.outlets import chosen, known_spiders
from crawler.readers import Readers, ReadJob, ReadResult
from crawler.rule_use import RuleUse, idle_json
from crawler.rules import Rules
from crawler.saved_pages import SavedAsked, SavedPage, saved_pages
from crawler.saved_stories import SavedStory, joined, with_parts_of
from crawler.spider import OutletSpider

__all__ = ["replay_saved"]

_HTML = ((b"Content-Type", b"text/html"),)


def replay_saved(
    settings: Settings, asked: SavedAsked, *, readers: Readers | None = None
) -> list[dict[str, Any]]:
    """What a crawl would read from one saved page, or from the stories in a folder of them.

    The outlet is the one whose address it is, or the one that is asked for; a page of no known
    outlet is read by the generic reader. The parts of a split story are joined; `missing_parts`
    names those that nobody saved. `readers` are closed at the end. Raises ConfigError.
    """
    pages = {saved: _page(saved) for saved in saved_pages(asked)}
    stories = joined((saved, _characters(settings, page)) for saved, page in pages.items())
    work = _Reading(settings, asked.slug, pages)
    for story in stories:
        work.refuse_other_outlet(story.pages[0])
    return asyncio.run(work.all(stories, readers or Readers(settings.crawl)))


def _page(saved: SavedPage) -> Page:
    return Page(
        url=saved.url,
        status=200,
        body=saved.file.read_bytes(),
        fetched_at=saved.fetched_at,
        headers=_HTML,
    )


def _characters(settings: Settings, page: Page) -> str:
    """What its paging is read from; '' where the reader will say why it cannot be read."""
    try:
        return bodies.characters(page, bodies.decoded(page, settings.crawl.page_limit))
    except CrawlError:
        return ""


class _Reading:
    """Saved stories while they are read, one by one."""

    def __init__(self, settings: Settings, slug: str, pages: dict[SavedPage, Page]) -> None:
        self._settings = settings
        self._pages = pages
        self._slug = slug
        self._known = known_spiders(settings)
        self._spider = chosen(settings, [slug])[0] if slug else None

    def refuse_other_outlet(self, saved: SavedPage) -> None:
        """Raises ConfigError where the address is of another outlet than the one asked for."""
        home = self._home(saved.url)
        if self._slug and home and home.outlet.slug != self._slug:
            raise ConfigError(
                f"{saved.file}: {saved.url} is of {home.outlet.slug}, not of {self._slug}; "
                "leave OUTLET out"
            )

    def _home(self, url: str) -> type[OutletSpider] | None:
        return next((one for one in self._known.values() if same_outlet(url, one.outlet.url)), None)

    async def all(self, stories: list[SavedStory], readers: Readers) -> list[dict[str, Any]]:
        try:
            return [await self._one(story, readers) for story in stories]
        finally:
            readers.close()

    async def _one(self, story: SavedStory, readers: Readers) -> dict[str, Any]:
        job = self._job(story)
        first = story.pages[0]
        result = await readers.read(job)
        if result.reading and result.reading.canonical:
            html = _characters(self._settings, job.pages[0])
            story = with_parts_of(story, html, canonical=result.reading.canonical)
        about = {
            "file": first.file.name,
            "url": first.url,
            "outlet": job.outlet.slug,
            "fetched_at": first.fetched_at,
            "fetched_from": first.fetched_from,
            "files": [page.file.name for page in story.pages],
            "parts": story.parts,
            "missing_parts": list(story.missing),
            "idle_rules": await self._idle(job, readers) if result.reading else [],
        }
        return about | dict(_told(result))

    async def _idle(self, job: ReadJob, readers: Readers) -> list[dict[str, str]]:
        """The rules of the settings that meet nothing in this story."""
        spider = self._known.get(job.outlet.slug)
        use = RuleUse(spider.added if spider and job.rules == spider.rules else Rules())
        if wanted := use.unmet():
            met = await readers.rules_met(job, wanted=wanted)
            use.note(wanted if met is None else met)
        return idle_json(use.idle())

    def _job(self, story: SavedStory) -> ReadJob:
        outlet, rules = self._outlet_and_rules(story.pages[0])
        crawl = self._settings.crawl
        return ReadJob(
            outlet=outlet,
            rules=rules,
            pages=tuple(self._pages[page] for page in story.pages),
            topic=crawl.topic,
            limit=crawl.page_limit,
            tags=crawl.tag_limit,
            thorough=crawl.thorough,
        )

    def _outlet_and_rules(self, saved: SavedPage) -> tuple[Outlet, Rules]:
        if spider := self._spider or self._home(saved.url):
            return spider.outlet, spider.rules_at(saved.fetched_at)
        parts = urlsplit(saved.url)
        host = (parts.hostname or "").removeprefix("www.")
        return Outlet(slug=host, name=host, url=f"{parts.scheme}://{parts.netloc}"), Rules()


def _told(result: ReadResult) -> Iterator[tuple[str, Any]]:
    yield from {"answer": result.answer.value, "detail": result.detail}.items()
    if result.reading is None:
        return
    article = result.reading.article
    yield from vars(article).items()
    yield "canonical", result.reading.canonical
    yield "platform_id", result.reading.platform_id
    yield "extractor", result.reading.extractor
    yield "content_hash", content_hash(article)
    yield "topic", result.topic
