"""One outlet's pass: its seeds, the stories they name, the known stories due for another look."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.settings import BaseSettings

from archive.archive import Archive
from archive.config import Settings
from archive.errors import (
    ArchiveError,
    ConfigError,
    LeaseHeld,
    NetworkHeld,
    VisitedAlready,
)
from archive.exchanges import Recorder
from archive.memory import OutletMemory
from archive.types import Outlet, Period
from archive.visits import CUT_SHORT, SAVE_COUNT
from crawler import bodies
from crawler.contact import require_contact
from crawler.discover import Candidate, SeedUnreadable
from crawler.fetch import Fetcher, StoryFetcher
from crawler.lead_images import LeadImages
from crawler.learning import rates_of
from crawler.logbook import Logbook
from crawler.looks import Looks
from crawler.options import CrawlOptions
from crawler.past import go_back
from crawler.pipeline import Pipeline
from crawler.politeness import rest_left
from crawler.readers import Readers
from crawler.rules import Rules, in_force
from crawler.seeds import Seeds
from crawler.settings import scrapy_settings
from crawler.topic import Topic
from crawler.window import Window

__all__ = ["OutletSpider"]

_HEARTBEAT_SECONDS = 2.0


class OutletSpider(Spider):
    """The parent of every outlet's spider: a subclass names its outlet and finds candidates."""

    outlet: ClassVar[Outlet]
    rules: ClassVar[Rules] = Rules()
    earlier: ClassVar[tuple[Rules, ...]] = ()
    """The rules of templates that the outlet no longer has, each with its last day (`until`)."""
    added: ClassVar[Rules] = Rules()
    """What of `rules` stands in the settings."""
    network: ClassVar[str] = ""
    """The network of every outlet on this platform, where its entry names none."""
    status: ClassVar[str] = "inferred"
    """How sure its addresses and template are: `confirmed` by several sources, `inferred` from
    what is known of it, or `own` for an outlet of the settings."""
    slice_length: ClassVar[timedelta] = timedelta(days=30)
    """How much of the past a backfill lists at once: what was begun and cut short is listed again.
    Whole days."""

    options: CrawlOptions
    clock: Callable[[], datetime]
    recorder: Recorder | None
    logbook: Logbook
    pipeline: Pipeline
    fetcher: Fetcher
    seeds: Seeds
    images: LeadImages
    looks: Looks
    window: Window

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "outlet" in cls.__dict__:
            cls.name = cls.outlet.slug
        if any(rules.until is None for rules in cls.earlier):
            raise TypeError(f"{cls.__name__}: each of the `earlier` rules needs its last day")

    @classmethod
    def rules_at(cls, at: datetime) -> Rules:
        """The rules of the template that the outlet's pages had when they were fetched at `at`."""
        return in_force(cls.rules, cls.earlier, at=at, zone=cls.outlet.zone)

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
        given = options or CrawlOptions(settings=Settings.load())
        own = cls if options else cls._in(given.settings)
        spider = super(OutletSpider, own).from_crawler(crawler, *args, **kwargs)
        spider.options = given
        spider.clock = spider.options.clock
        spider.recorder = spider.options.recorder
        crawler.signals.connect(spider._open, signals.spider_opened)
        return spider

    @classmethod
    def _in(cls, settings: Settings) -> "type[OutletSpider]":
        """This outlet's spider with the rules that the settings add to it."""
        from crawler.outlets import known_spiders  # noqa: PLC0415 - which knows every spider

        return known_spiders(settings).get(cls.outlet.slug, cls)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.failure = ""
        """Why the crawl failed, in one line; empty when it did not."""
        self.is_complete = False
        self.has_put_off = False
        """Whether addresses were left for later nights."""
        self.begins_at: datetime | None = None
        """Set by `past` when the outlet tells that it has nothing older than this moment."""
        self._items: list[Any] = []  # what Scrapy's own pipelines would get: nothing
        self._lost: ArchiveError | None = None
        self._hold: tuple[datetime, str] | None = None
        self._started = time.monotonic()

    # -- begin and end ---------------------------------------------------------------------

    def _open(self) -> None:
        """Take the outlet's lease and open the crawl's row."""
        crawl = self.options.settings.crawl
        try:
            if self.options.recording is None:
                require_contact(self.options.settings, self.outlet)
            topic = Topic.load(crawl.topic)
            archive = Archive(
                self.options.settings.archive,
                clock=self.options.clock,
                confirm_after=crawl.confirm_after,
                contact=crawl.contact,
                decode=lambda page: bodies.decoded(page, crawl.page_limit),
            )
            self.logbook = Logbook(
                archive,
                self.outlet,
                run_id=self.options.run_id,
                unless_since=self.options.unless_since,
            )
        except VisitedAlready:
            raise CloseSpider("visited-already") from None
        except LeaseHeld as error:
            self.failure = str(error)
            is_network = isinstance(error, NetworkHeld)
            raise CloseSpider("network-held" if is_network else "lease-held") from None
        except (ArchiveError, ConfigError) as error:
            self.failure = str(error)
            kind = "misconfigured" if isinstance(error, ConfigError) else "archive-failed"
            raise CloseSpider(kind) from None
        self._equip(archive, topic)

    def _equip(self, archive: Archive, topic: Topic) -> None:
        """Make what the visit works with."""
        crawl = self.options.settings.crawl
        self.window = Window(
            memory=self.logbook.memory,
            started_at=self.logbook.crawl.started_at,
            lookback=crawl.lookback,
            asked_since=self.options.since,
        )
        self.fetcher = Fetcher(self.crawler, self.outlet, counts=self.logbook.counts)
        self.seeds = Seeds(self.fetcher, self.logbook, tick=self.tick)
        self.pipeline = Pipeline(
            outlet=self.outlet,
            rules_at=self.rules_at,
            topic=topic,
            topic_file=crawl.topic,
            readers=Readers(crawl),
            logbook=self.logbook,
            page_limit=crawl.page_limit,
            confirm_after=crawl.confirm_after,
            tag_limit=crawl.tag_limit,
            thorough=crawl.thorough,
            rates=rates_of(archive, self.logbook.crawl),
        )
        stories = StoryFetcher(self.fetcher, archive, page_limit=crawl.page_limit)
        self.images = LeadImages(
            self.fetcher, self.logbook, options=self.options, may_go_on=self.may_go_on
        )
        self.looks = Looks(
            self.pipeline,
            stories,
            options=self.options,
            tick=self.tick,
            address_of=self.address_of,
        )

    def closed(self, reason: str) -> None:
        """Close the crawl's row with the true reason; a failing archive is told, not raised."""
        if hasattr(self, "pipeline"):
            self.pipeline.readers.close()
            if not self.is_complete:
                self.logbook.counts["not_reached"] = self.looks.unreached
            try:
                self.logbook.close(reason=reason, complete=self.is_complete)
            except ArchiveError as error:
                self.failure = self.failure or str(error)
        if self.failure and self.options.run_id is None:  # under `scrapy crawl` nobody else says it
            self.logger.error("%s: %s: %s", self.outlet.slug, reason, self.failure)

    async def start(self) -> AsyncIterator[Any]:
        """Visit the outlet; nothing is left for Scrapy's own scheduler."""
        if not hasattr(self, "pipeline"):
            return
        heart = asyncio.ensure_future(self._keep_lease())
        try:
            if self.options.recording is None:  # a recorded wait is over
                await asyncio.sleep(rest_left(self.logbook.crawl.idle, self.options.settings.crawl))
            await self._visit()
        except ArchiveError as error:
            self.failure = ": ".join(filter(None, (self.looks.failed_at, str(error))))
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

    async def past(self, since: datetime, until: datetime) -> AsyncIterator[Candidate]:
        """At least every story published from `since` up to `until` (midnights, UTC); each platform
        knows how to list them.

        Raises SeedUnreadable when the list cannot be read to its end: then the slice is not done.
        A story named twice costs nothing. Sets `begins_at` when it learns that nothing is older.
        """
        del since, until
        raise SeedUnreadable("nothing is known by which its platform lists the past")
        yield

    async def likely_past(self, since: datetime) -> AsyncIterator[Candidate]:
        """What the outlet's own search finds published between `since` and the ordinary window.

        Asked before the first slice, so that the likeliest stories come first; may be nothing.
        """
        del since
        return
        yield

    def may_ask(self, url: str) -> bool:
        """Whether an address may be asked for at all, whatever robots.txt says of it."""
        del url
        return True

    def address_of(self, canonical: str) -> str:
        """Where to ask for a story of which only the canonical URL is known."""
        return canonical

    async def _visit(self) -> None:
        self._expect_welcome()
        if self.options.save:
            self.logbook.counts[SAVE_COUNT] = len(self.options.save)
            for url in self.options.save:
                await self.looks.save(url)
            self.tick()
            await self.images.fetch()
            return
        async for candidate in self.candidates():
            await self.looks.consider(candidate)
        self.seeds.note_moved()
        await self.looks.try_failed_again()
        await self.looks.look_at_due_stories()
        self.tick()  # the last answer may have asked us to leave
        self.is_complete = self.have_seeds_answered()
        if not self.is_complete:
            self.logbook.counts["failed"] += 1
            if self.seeds.challenged_at:
                self.seeds.note_challenge()
                raise CloseSpider("challenged")
            raise CloseSpider("unreachable")
        # what was put off may be new: the next crawl looks as far back as this one
        self.is_complete = not self.has_put_off
        if self.has_listed_window() and self.is_complete:
            self.note_listed(Period(self.window.since, self.window.started_at))
        await self.images.fetch()
        if self.window.past:
            await go_back(self, self.window.past)
            await self.images.fetch()

    def _expect_welcome(self) -> None:
        """Return unless the outlet asked to be left alone until later."""
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

    def have_seeds_answered(self) -> bool:
        """Whether the seeds were read to their end, so that the next crawl may start from here."""
        return True

    def has_listed_window(self) -> bool:
        """Whether the seeds named everything published in the window, as far as can be known."""
        return self.have_seeds_answered()

    def note_listed(self, period: Period) -> None:
        """Keep that all of a period was considered: no backfill needs to list it any more."""
        settled = self.window.settled(period)
        if settled:
            self.logbook.listed(settled, topic=self.pipeline.topic.identity)

    def hold_until(self, moment: datetime, reason: str) -> None:
        """End the crawl soon, and stay away until `moment`: the outlet asked for it."""
        self._hold = (moment, reason)

    def tick(self) -> None:
        """Between two steps: keep the lease, and stop when time is up or we are asked to leave."""
        if not self.may_go_on():
            raise CloseSpider("time-limit")

    def may_go_on(self) -> bool:
        """Whether there is time left; stops when the lease is lost or we are asked to leave."""
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
        spent, left = time.monotonic() - self._started, self.options.time_left
        if left is not None and spent > left.total_seconds():
            raise CloseSpider(CUT_SHORT)
        return spent <= self.options.settings.crawl.time_limit.total_seconds()
