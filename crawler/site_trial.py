"""The newest stories of a site fetched and read as a crawl would read them."""

from collections.abc import Sequence
from dataclasses import replace

from archive.config import CrawlConfig
from archive.errors import CrawlError
from archive.memory import Validators
from archive.types import Answer, Outlet, Page
from crawler import bodies
from crawler.answers import answer_of, what_came
from crawler.connect import in_words
from crawler.fetch import FAILURES, StoryFetcher
from crawler.readers import Readers, ReadJob
from crawler.rules import Rules
from crawler.site_asking import Asking
from crawler.site_facts import TrialStory

__all__ = ["Sample", "Trial"]

_UNPRINTED = "Etc/UTC"
"""The zone that stands for none: of dates beside which no other is printed."""
_BEGINNING = 12
"""Words."""


class _Nothing:
    """A memory of no fetch at all."""

    def part_urls(self, story_id: str) -> Sequence[str]:
        del story_id
        return ()

    def validators(self, url: str) -> Validators:
        del url
        return Validators()


class Sample:
    """One fetched story: its parts, not read yet, or why there are none."""

    def __init__(
        self, url: str, pages: Sequence[Page] = (), *, problem: str = "", is_refused: bool = False
    ) -> None:
        self.url = url
        self.pages = pages
        self.unread = TrialStory(url=url, problem=problem, is_refused=is_refused)


class Trial:
    """Fetches stories once and reads them as often as is asked for."""

    def __init__(
        self, asking: Asking, crawl: CrawlConfig, *, rules: Rules, readers: Readers
    ) -> None:
        self._asking = asking
        self._crawl = crawl
        self._rules = rules
        self._readers = readers
        self._stories = StoryFetcher(asking.fetcher, _Nothing(), page_limit=crawl.page_limit)

    async def fetch(self, url: str) -> Sample:
        """All parts of a story, or why they could not be had."""
        self._asking.note(url)
        try:
            pages, parts = await self._stories.fetch(url, story=None, conditional=False)
        except FAILURES as error:
            return Sample(url, problem=in_words(error).removeprefix(f"{url}: "))
        answer = answer_of(pages, outlet=self._asking.outlet, parts=len(parts))
        if answer != Answer.ARTICLE:
            is_refused = answer == Answer.CHALLENGE
            return Sample(url, problem=what_came(pages), is_refused=is_refused)
        return Sample(url, parts)

    async def read(self, sample: Sample, outlet: Outlet) -> TrialStory:
        """The story as `outlet`'s rules read it; `zone` is '' where its page prints none."""
        if sample.unread.problem:
            return sample.unread
        story = await self._read(sample, replace(outlet, zone=_UNPRINTED))
        printed = story.zone if story.zone != _UNPRINTED else ""
        return replace(story, zone=printed)

    async def reread(self, sample: Sample, outlet: Outlet) -> TrialStory:
        """The same in the outlet's own zone: what a crawl would keep."""
        if sample.unread.problem:
            return sample.unread
        return await self._read(sample, outlet)

    async def _read(self, sample: Sample, outlet: Outlet) -> TrialStory:
        job = ReadJob(
            outlet=outlet,
            rules=self._rules,
            pages=sample.pages,
            topic=self._crawl.topic,
            limit=self._crawl.page_limit,
            tags=self._crawl.tag_limit,
            thorough=self._crawl.thorough,
        )
        result = await self._readers.read(job)
        html = self._characters(sample.pages[0])
        told = TrialStory(url=sample.url, html=html, page=sample.pages[0])
        if result.reading is None:
            problem = result.detail or result.answer.value
            is_refused = result.answer == Answer.CHALLENGE
            problem = problem.removeprefix(f"{sample.url}: ")
            return replace(told, problem=problem, is_refused=is_refused)
        article = result.reading.article
        return replace(
            told,
            headline=article.headline,
            byline=article.byline,
            dateline=article.dateline,
            published_at=article.published_at,
            zone=article.published_zone,
            begins=" ".join(article.text.split()[:_BEGINNING]),
            length=len(article.text),
            parts=len(sample.pages),
        )

    def _characters(self, page: Page) -> str:
        try:
            return bodies.characters(page, bodies.decoded(page, self._crawl.page_limit))
        except CrawlError:
            return ""
