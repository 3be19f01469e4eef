"""One outlet's part of an import: its captured stories read, and kept as of their moment."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial

from archive.archive import Archive
from archive.config import CrawlConfig
from archive.errors import ArchiveError, CrawlError, DamagedRecord
from archive.plan import Plan
from archive.takedowns import TAKEN_DOWN
from archive.types import Answer, Crawl, Outcome, Outlet, Page, Sighting
from archive.visits import IMPORT_COUNT, IMPORT_STOPPED, IMPORTED
from crawler import bodies
from crawler.ahead import ahead
from crawler.answers import answer_of, what_came
from crawler.ingest_report import IngestReport
from crawler.ingest_story import CapturedStories, CapturedStory
from crawler.readers import Readers, ReadJob, ReadResult
from crawler.replay_reading import StoryReader
from crawler.spider import OutletSpider
from crawler.topic import Topic
from crawler.waiting_pages import WaitingPages

__all__ = ["IngestWork", "OutletIngest"]

_HEARTBEAT_SECONDS = 2.0
_KINDS = {Answer.MISSING: "missing", Answer.NOT_ARTICLE: "no_story"}


@dataclass(frozen=True, kw_only=True)
class IngestWork:
    """What the outlets of one import share."""

    archive: Archive
    run_id: int
    config: CrawlConfig
    topic: Topic
    readers: Readers
    waiting: WaitingPages
    report: IngestReport
    tick: Callable[[], None]
    """Told of each page that was dealt with."""


class OutletIngest:
    """One outlet's pages while they are read and kept."""

    def __init__(self, work: IngestWork, spider: type[OutletSpider]) -> None:
        self._work = work
        self._spider = spider
        self._outlet: Outlet = spider.outlet
        self.slug = self._outlet.slug
        self._archive = work.archive
        self._shelf = work.archive.foreign
        self._crawl: Crawl | None = None
        self._heart: asyncio.Future[None] | None = None
        self._reader = StoryReader(
            work.archive, spider, config=work.config, readers=work.readers, skip=True
        )
        self.counts: Counter[str] = Counter()

    @property
    def told(self) -> dict[str, int]:
        """The counts for the archive; a version that came is one that was imported."""
        named = {name.replace("-", "_"): count for name, count in sorted(self.counts.items())}
        return {IMPORT_COUNT: self.counts["new"] + self.counts["edited"]} | named

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """The outlet is held from its first page that is kept on, until the end."""
        reason = IMPORT_STOPPED
        try:
            yield
            reason = IMPORTED
        finally:
            if self._heart:
                self._heart.cancel()
            if self._crawl:
                self._archive.close_crawl(
                    self._crawl, reason=reason, counts=self.told, complete=False
                )

    def _writing(self) -> Crawl:
        """The crawl under which to write. Raises LeaseHeld."""
        if self._crawl is None:
            of, run_id = self._outlet, self._work.run_id
            self._crawl = self._archive.begin_crawl(of, run_id=run_id)
            self._archive.heartbeat(self._crawl, counts=self.told)
            self._heart = asyncio.ensure_future(self._keep_lease(self._crawl))
        return self._crawl

    async def _keep_lease(self, crawl: Crawl) -> None:
        with suppress(ArchiveError):  # the next thing to be kept says why
            while True:
                await asyncio.sleep(_HEARTBEAT_SECONDS)
                self._archive.heartbeat(crawl, counts=self.told)

    async def all(self) -> None:
        """Read everything of the outlet in the order in which it was captured."""
        stories = CapturedStories(
            waiting=self._work.waiting,
            slug=self.slug,
            limit=self._work.config.page_limit,
            is_known=partial(self._shelf.is_known, self.slug),
        )
        async with aclosing(ahead(stories, self._read_if_new)) as read:
            async for story, result in read:
                await self._conclude(story, result)
                self._work.tick()

    # -- reading ---------------------------------------------------------------------------

    async def _read_if_new(self, story: CapturedStory) -> ReadResult | None:
        """What a page reads as; None where it need not be read."""
        if story.kept_from or self._shelf.is_there(self.slug, story.pages[0]):
            return None
        if self._is_sure_off_topic(story) and not self._shelf.is_known(self.slug, story.url):
            return None
        return await self._read(story)

    async def _read(self, story: CapturedStory) -> ReadResult:
        for page in story.pages:
            answer = answer_of([page], outlet=self._outlet)
            if answer != Answer.ARTICLE:
                return ReadResult(answer=answer, detail=what_came([page]))
        return await self._work.readers.read(self._job(story.pages))

    def _is_sure_off_topic(self, story: CapturedStory) -> bool:
        limit = self._work.config.page_limit
        try:
            body = b"\n".join(bodies.decoded(page, limit) for page in story.pages)
        except CrawlError:
            return False
        return not self._work.topic.may_hold(body)

    def _job(self, pages: Sequence[Page]) -> ReadJob:
        config = self._work.config
        return ReadJob(
            outlet=self._outlet,
            rules=self._spider.rules_at(pages[0].fetched_at),
            pages=tuple(pages),
            topic=config.topic,
            limit=config.page_limit,
            tags=config.tag_limit,
            thorough=config.thorough,
        )

    # -- keeping ---------------------------------------------------------------------------

    async def _conclude(self, story: CapturedStory, result: ReadResult | None) -> None:
        kind, detail = await self._outcome(story, result)
        self.counts[kind] += 1
        is_told = detail or kind in ("unread", "incomplete")
        example = f"{story.url} ({story.pages[0].fetched_at:%Y-%m-%d %H:%M} UTC)"
        self._work.report.note(kind, f"{example}: {detail}" if is_told else "", outlet=self.slug)

    async def _outcome(self, story: CapturedStory, result: ReadResult | None) -> tuple[str, str]:
        """What becomes of a page, and why where that is no matter of course."""
        if story.kept_from:
            return story.kept_from, story.detail
        if self._shelf.is_there(self.slug, story.pages[0]):
            return "already_there", ""
        if result is None:
            # of a story that came to be known since, also this is kept
            if not self._shelf.is_known(self.slug, story.url):
                return "off_topic", ""
            result = await self._read(story)
        if result.reading is None:
            detail = result.detail.removeprefix(f"{story.url}: ")
            kind = _KINDS.get(result.answer, "unread")
            return kind, detail if kind == "unread" else ""
        return await self._keep(self._sighting(story, result))

    def _sighting(self, story: CapturedStory, result: ReadResult) -> Sighting:
        reading = result.reading
        if reading is None:
            raise ValueError("what was not read is no sighting")
        return Sighting(
            outlet=self.slug,
            url=story.url,
            answer=Answer.ARTICLE,
            pages=story.pages,
            parts=tuple(page.url for page in story.pages),
            article=reading.article,
            canonical=reading.canonical,
            platform_id=reading.platform_id,
            extractor=reading.extractor,
            topic=result.topic,
        )

    async def _keep(self, sighting: Sighting) -> tuple[str, str]:
        is_on_topic = bool(sighting.topic and sighting.topic.on_topic)
        self._work.report.on_topic += is_on_topic
        planned = self._shelf.plan(sighting)
        if planned is None and not is_on_topic:
            return "off_topic", ""
        if planned is None:
            self._writing()  # by which the archive comes to know the outlet
            planned = self._shelf.plan(sighting)
        if planned is None or planned.is_displaced:
            return "no_story", ""
        if why := self._shelf.taken_down(planned.story_id):
            return TAKEN_DOWN, why
        if not planned.is_kept:
            return "off_topic", ""
        return (await self._write(planned, sighting)).kind, ""

    async def _write(self, planned: Plan, sighting: Sighting) -> Outcome:
        crawl = self._writing()
        known_until = self._shelf.known_until(planned.story_id)
        if known_until is None or sighting.seen_at > known_until:
            await self._read_older_again(crawl, planned)
            # without a time for the next visit its plan counts: it is due soon
            return self._archive.record(crawl, sighting)
        readings = await self._reader.readings(self._shelf.held(planned.story_id))
        return self._shelf.keep_late(crawl, planned, readings)

    async def _read_older_again(self, crawl: Crawl, planned: Plan) -> None:
        """Texts of two extractors are never compared (DESIGN §5)."""
        stale = self._archive.stale_version(planned.story_id, extractor=self._reader.extractor_at)
        if stale is None:
            return
        with suppress(DamagedRecord):  # an audit tells of it
            pages = self._archive.version_pages(stale.version_id)
            result = await self._work.readers.read(self._job(pages))
            if result.reading:
                story = CapturedStory(pages=tuple(pages))
                self._archive.read_again(crawl, stale, self._sighting(story, result))
