"""One outlet's pass: its seeds, the stories they name, the known stories due for another look."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any, ClassVar

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.settings import BaseSettings

from archive.archive import Archive
from archive.config import Settings
from archive.errors import ArchiveError, LeaseHeld
from archive.exchanges import Recorder
from archive.memory import OutletMemory
from archive.types import Answer, Outcome, Outlet, Seen, Story
from archive.urls import canonical_url, same_outlet
from crawler import bodies
from crawler.answers import ADVICE
from crawler.choose import Choice, choose_known, choose_new, is_due_again
from crawler.discover import Candidate
from crawler.extract import extractor_id
from crawler.fetch import FAILURES, Fetcher, StoryFetcher
from crawler.logbook import Logbook
from crawler.options import CrawlOptions
from crawler.pipeline import Fetched, Pipeline
from crawler.readers import Readers
from crawler.refused import Refusal
from crawler.revisit import due, needs_unconditional
from crawler.rules import Rules
from crawler.settings import scrapy_settings
from crawler.topic import Topic
from crawler.window import Window

__all__ = ["OutletSpider"]

_HEARTBEAT_SECONDS = 2.0
_WALL = 5
"""So many challenges in a row are a wall: the crawl ends rather than press on."""


class OutletSpider(Spider):
    """The parent of every outlet's spider: a subclass names its outlet and finds candidates."""

    outlet: ClassVar[Outlet]
    rules: ClassVar[Rules] = Rules()

    options: CrawlOptions
    clock: Callable[[], datetime]
    recorder: Recorder | None
    logbook: Logbook
    pipeline: Pipeline
    fetcher: Fetcher
    window: Window

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "outlet" in cls.__dict__:
            cls.name = cls.outlet.slug

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Under `scrapy crawl`, what this outlet needs beyond the project's settings."""
        super().update_settings(settings)
        if not settings.getbool("KLIPING_PREPARED"):
            own = scrapy_settings(Settings.load(), cls.outlet)
            settings.setdict(own, priority="spider")

    @classmethod
    def from_crawler(
        cls, crawler: Crawler, *args: Any, options: CrawlOptions | None = None, **kwargs: Any
    ) -> "OutletSpider":
        """As Scrapy makes it; without `options` (under `scrapy crawl`) the project's own."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.options = options or CrawlOptions(settings=Settings.load())
        spider.clock = spider.options.clock
        spider.recorder = spider.options.recorder
        crawler.signals.connect(spider._open, signals.spider_opened)
        return spider

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.failure = ""
        """Why the crawl failed, in one line; empty when it did not."""
        self.is_complete = False
        self.unnamed: set[str] = set()
        """Known stories that the outlet's API no longer names: their pages must be asked."""
        self._met: set[str] = set()
        self._looked: set[str] = set()
        self._challenges = 0
        self._items: list[Any] = []  # what Scrapy's own pipelines would get: nothing
        self._lost: ArchiveError | None = None
        self._hold: tuple[datetime, str] | None = None
        self._started = time.monotonic()

    # -- begin and end ---------------------------------------------------------------------

    def _open(self) -> None:
        """Take the outlet's lease and open the crawl's row."""
        crawl = self.options.settings.crawl
        try:
            topic = Topic.load(crawl.topic)
            archive = Archive(
                self.options.settings.archive,
                clock=self.options.clock,
                confirm_after=crawl.confirm_after,
                contact=crawl.contact,
                decode=lambda page: bodies.decoded(page, crawl.page_limit),
            )
            self.logbook = Logbook(archive, self.outlet, run_id=self.options.run_id)
        except LeaseHeld as error:
            self.failure = str(error)
            raise CloseSpider("lease-held") from None
        except ArchiveError as error:
            self.failure = str(error)
            raise CloseSpider("archive-failed") from None
        self.window = Window(
            memory=self.logbook.memory,
            started_at=self.logbook.crawl.started_at,
            lookback=crawl.lookback,
            asked_since=self.options.since,
        )
        self.fetcher = Fetcher(self.crawler, self.outlet, counts=self.logbook.counts)
        self._stories = StoryFetcher(self.fetcher, archive, page_limit=crawl.page_limit)
        self.pipeline = Pipeline(
            outlet=self.outlet,
            rules=self.rules,
            topic=topic,
            topic_file=crawl.topic,
            readers=Readers(crawl),
            logbook=self.logbook,
            page_limit=crawl.page_limit,
            confirm_after=crawl.confirm_after,
            extractor=extractor_id(self.rules),
        )

    def closed(self, reason: str) -> None:
        """Close the crawl's row with the true reason; a failing archive is told, not raised."""
        if hasattr(self, "pipeline"):
            self.pipeline.readers.close()
            try:
                self.logbook.close(reason=reason, complete=self.is_complete)
            except ArchiveError as error:
                self.failure = self.failure or str(error)
        if self.failure:
            self.logger.info("%s: %s: %s", self.outlet.slug, reason, self.failure)

    async def start(self) -> AsyncIterator[Any]:
        """Visit the outlet; nothing is left for Scrapy's own scheduler."""
        if not hasattr(self, "pipeline"):
            return
        heart = asyncio.ensure_future(self._keep_lease())
        try:
            await self._visit()
        except ArchiveError as error:
            self.failure = str(error)
            raise CloseSpider("archive-failed") from None
        finally:
            heart.cancel()
        for item in self._items:
            yield item

    async def _keep_lease(self) -> None:
        """Renew the lease also while one slow answer or Retry-After is waited for."""
        try:
            while True:
                await asyncio.sleep(_HEARTBEAT_SECONDS)
                self.logbook.beat()
        except ArchiveError as error:
            self._lost = error

    # -- the visit -------------------------------------------------------------------------

    @property
    def memory(self) -> OutletMemory:
        """What the archive knew of the outlet when the crawl began."""
        return self.logbook.memory

    async def candidates(self) -> AsyncIterator[Candidate]:
        """What the outlet's seeds name; each platform knows its own."""
        raise TypeError(f"{type(self).__name__} has no platform")
        yield

    async def _visit(self) -> None:
        held = self.memory.held_until
        if held and held > self.options.clock():
            self.logbook.problem(
                self.outlet.url,
                kind="held",
                detail=f"the outlet asked not to be visited before {held:%Y-%m-%d %H:%M} UTC "
                f"({self.memory.held_reason})",
                advice="nothing to do: it is visited again after that moment",
            )
            raise CloseSpider("held")
        async for candidate in self.candidates():
            await self._consider(candidate)
        await self._try_failed_again()
        await self._look_at_due_stories()
        self.is_complete = self.have_seeds_answered()

    def have_seeds_answered(self) -> bool:
        """Whether the seeds were read to their end, so that the next crawl may start from here."""
        return True

    def has_met(self, address: str) -> bool:
        """Whether this crawl already dealt with a canonical address or platform id."""
        return address in self._met

    def hold_until(self, moment: datetime, reason: str) -> None:
        """End the crawl soon, and stay away until `moment`: the outlet asked for it."""
        self._hold = (moment, reason)

    def tick(self) -> None:
        """Between two steps: keep the lease, and stop when time is up or we are asked to leave."""
        if self._lost:
            raise self._lost
        if self._hold:
            moment, reason = self._hold
            self.logbook.archive.hold(self.logbook.crawl, until=moment, reason=reason)
            self.logbook.problem(
                self.outlet.url,
                kind="held",
                detail=f"{reason}: not to be visited before {moment:%Y-%m-%d %H:%M} UTC",
                advice="nothing to do: it is visited again after that moment",
            )
            raise CloseSpider("held")
        limit = self.options.settings.crawl.time_limit.total_seconds()
        if time.monotonic() - self._started > limit:
            raise CloseSpider("time-limit")

    async def _consider(self, candidate: Candidate) -> None:
        """Fetch a candidate, unless its seed and our memory prove that it is not worth it."""
        self.tick()
        key = self._address(candidate.url)
        if key is None or key in self._met or candidate.platform_id in self._met:
            return
        self._met.update(filter(None, (key, candidate.platform_id)))
        story = self.memory.story_at(candidate.platform_id, key)
        choice = self._choose(candidate, key=key, story=story)
        if not choice.fetch:
            self.logbook.counts["unasked"] += 1
            if story and choice.why == "unchanged":
                self._looked.add(story.story_id)
            return
        if story is None and self._is_off_topic_in_seed(candidate, key=key):
            return
        await self._look(candidate, story=story, conditional=choice.conditional)

    def _address(self, url: str) -> str | None:
        """The canonical form of an address of this outlet, or None for one that is not ours."""
        try:
            key = canonical_url(url, outlet_url=self.outlet.url)
        except ValueError as error:
            self.logbook.problem(
                url,
                kind="bad-address",
                detail=f"a seed names an address that cannot be fetched: {error}",
                advice="nothing to do unless stories of this outlet are missing",
            )
            return None
        if same_outlet(url, self.outlet.url):
            return key
        self.logbook.counts["foreign"] += 1
        return None

    def _choose(self, candidate: Candidate, *, key: str, story: Story | None) -> Choice:
        signal = candidate.signal
        if story is None:
            seen = self.memory.seen.get(key) or self.memory.seen.get(candidate.platform_id)
            return choose_new(seen, signal=signal, topic=self.pipeline.topic.identity)
        if key not in self.memory.addresses:
            return Choice(fetch=True, why="a known story at a new address")
        return choose_known(
            story,
            signal=signal,
            memory=self.memory,
            now=self.options.clock(),
            revisit_all=self.options.revisit == "all",
        )

    def _is_off_topic_in_seed(self, candidate: Candidate, *, key: str) -> bool:
        """Whether the seed shows the whole story, and no word of the topic in it."""
        if not candidate.content:
            return False
        if self.pipeline.topic.may_match(f"{candidate.title}\n{candidate.content}"):
            return False
        self.logbook.seen(
            Seen(
                outlet=self.outlet.slug,
                url=key,
                decision="off-topic",
                seen_at=self.options.clock(),
                signal=candidate.signal,
                topic=self.pipeline.topic.identity,
            )
        )
        return True

    # -- a story ---------------------------------------------------------------------------

    async def _look(
        self, candidate: Candidate, *, story: Story | None, conditional: bool = False
    ) -> None:
        """Fetch one story with all its parts and keep what was found."""
        if story:
            self._looked.add(story.story_id)
        try:
            pages, parts = await self._stories.fetch(
                candidate.url, story=story, conditional=conditional
            )
        except FAILURES as error:
            self._note_failure(candidate, story=story, error=error)
            return
        fetched = Fetched(
            url=candidate.url,
            pages=pages,
            parts=parts,
            story=story,
            title=candidate.title,
            signal=candidate.signal,
            platform_id=candidate.platform_id,
        )
        outcome = await self.pipeline.keep(fetched)
        self._heed(outcome, fetched)

    def _heed(self, outcome: Outcome, fetched: Fetched) -> None:
        """Learn from an outcome: signals that lied, a wall of challenges."""
        story, signal = fetched.story, fetched.signal
        if outcome.kind == "edited" and story and signal and story.signal == signal:
            self.logbook.archive.distrust_signals(self.logbook.crawl)
        is_challenge = outcome.kind == Answer.CHALLENGE.value or fetched.pages[-1].status in {
            403,
            429,
        }
        self._challenges = self._challenges + 1 if is_challenge else 0
        if self._challenges >= _WALL:
            raise CloseSpider("challenged")

    def _note_failure(self, candidate: Candidate, *, story: Story | None, error: Exception) -> None:
        """A request that brought no answer: recorded, and tried again next night."""
        kind, advice = Answer.ERROR.value, ADVICE[Answer.ERROR]
        if isinstance(error, Refusal):
            kind, advice = error.kind, error.advice
        detail = str(error) or type(error).__name__
        self.logbook.problem(candidate.url, kind=kind, detail=detail, advice=advice)
        key = self._address(candidate.url)
        if story is None and key:
            self.logbook.seen(
                Seen(
                    outlet=self.outlet.slug,
                    url=key,
                    decision=kind,
                    seen_at=self.options.clock(),
                    signal=candidate.signal,
                )
            )

    # -- known stories ---------------------------------------------------------------------

    async def _try_failed_again(self) -> None:
        """Addresses that failed on earlier nights, though no seed may name them any more."""
        now, topic = self.options.clock(), self.pipeline.topic.identity
        for url, seen in self.memory.seen.items():
            if "://" in url and is_due_again(seen, topic=topic, now=now):
                await self._consider(Candidate(url=url, signal=seen.signal))

    async def _look_at_due_stories(self) -> None:
        now = self.options.clock()
        for story in self._due_stories(now):
            if story.story_id in self._looked:
                continue
            self.tick()
            urls = self.logbook.archive.part_urls(story.story_id) or [story.url]
            await self._look(
                Candidate(url=urls[0], platform_id=story.platform_id, signal=story.signal),
                story=story,
                conditional=not needs_unconditional(story, now=now),
            )

    def _due_stories(self, now: datetime) -> list[Story]:
        """Stories that the outlet's API no longer names first, then those due by their plan."""
        stories = self.memory.stories
        if self.options.revisit == "none":
            return []
        unnamed = [stories[story_id] for story_id in sorted(self.unnamed)]
        return [*unnamed, *due(stories.values(), now=now, mode=self.options.revisit)]
