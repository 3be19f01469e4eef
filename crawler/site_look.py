"""A look at a site: what an outlet there would be, asked politely and told as SiteFacts.

Nothing is written anywhere. A process looks once: Twisted's reactor does not start twice.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from scrapy import Spider
from scrapy.crawler import Crawler

from archive.config import CrawlConfig, Settings
from archive.types import Outlet
from archive.urls import same_outlet
from crawler.crawl import Process
from crawler.discover import Candidate
from crawler.outlets import PLATFORMS
from crawler.readers import Readers
from crawler.robots import Robots
from crawler.rules import Rules
from crawler.settings import scrapy_settings
from crawler.site_asking import Asking, Unanswered, closed_by_robots
from crawler.site_facts import (
    ANY,
    FALLBACK,
    Front,
    Obstacle,
    SiteFacts,
    TrialStory,
    name_of,
    newest,
    read_front,
    region_of,
    zone_of,
)
from crawler.site_seeds import Gathered, gather
from crawler.site_trial import Trial
from crawler.tribun_index import is_never_asked

__all__ = ["Subject", "look", "stranger_at"]

_FOLDER = re.compile(r"/[a-z0-9]+/?")
"""The path of a site that is part of a larger one; a story's has hyphens or more of them."""
_STORIES = 3
_LONGEST = 900.0
"""Seconds that a look at one site may take."""
_LONGEST_ANSWER = 30.0
"""Seconds that one answer may take: a person waits."""


@dataclass(frozen=True)
class Subject:
    """A site to look at: an outlet as far as it is known, and the rules of its pages."""

    outlet: Outlet
    rules: Rules | None = None
    """None: those of the platform that is found."""


def stranger_at(url: str) -> Subject:
    """The unknown site of an address that a person gave, be it a story's; its platform is '?'."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/") if _FOLDER.fullmatch(parts.path) else ""
    base = urlunsplit((parts.scheme, parts.netloc, path, "", ""))
    return Subject(Outlet(slug=parts.netloc, name="", url=base, platform="?"))


def look(
    settings: Settings, subjects: Sequence[Subject], *, tell: Callable[[str], None]
) -> list[SiteFacts]:
    """What each of the sites is, looked at one after the other.

    `tell` gets each address before it is asked for. Raises ConfigError; KeyboardInterrupt when a
    signal ended it.
    """
    found: dict[str, SiteFacts] = {}
    turn = asyncio.Lock()
    logging.getLogger("scrapy").setLevel(logging.ERROR)
    prepared = [_scrapy_settings(settings, subject.outlet) for subject in subjects]
    allowed = sorted({origin for one in prepared for origin in one["KLIPING_ALLOWED"]})
    readers = Readers(settings.crawl)
    process = Process({**prepared[0], "KLIPING_ALLOWED": allowed})
    with process.catching():
        for subject, own in zip(subjects, prepared, strict=True):
            spider = type("Look", (_Look,), {"name": subject.outlet.slug, "custom_settings": own})
            process.crawl(spider, look=_Task(subject, settings.crawl, turn, tell, readers, found))
        try:
            process.start()
        finally:
            readers.close()
    if process.signals:
        raise KeyboardInterrupt
    unforeseen = Obstacle("failed", "the look ended by an unforeseen error", "see the log above")
    return [
        found.get(subject.outlet.slug, SiteFacts(url=subject.outlet.url, obstacle=unforeseen))
        for subject in subjects
    ]


def _scrapy_settings(settings: Settings, outlet: Outlet) -> dict[str, Any]:
    own = scrapy_settings(settings, outlet)
    own["DOWNLOAD_TIMEOUT"] = min(own["DOWNLOAD_TIMEOUT"], _LONGEST_ANSWER)
    return own


@dataclass(frozen=True)
class _Task:
    """What a look needs from outside, and where its facts go."""

    subject: Subject
    crawl: CrawlConfig
    turn: asyncio.Lock
    tell: Callable[[str], None]
    readers: Readers
    found: dict[str, SiteFacts]


class _Look(Spider):
    """The spider of one look."""

    look: _Task
    outlet: Outlet
    hold: Obstacle | None = None
    """When the site asked us to come back."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "_Look":
        """As Scrapy makes it."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.outlet = spider.look.subject.outlet
        return spider

    def may_ask(self, url: str) -> bool:
        """Whether an address may be asked for, whatever robots.txt says: as the platform has it."""
        return self.outlet.platform != "tribun" or not is_never_asked(url)

    def hold_until(self, moment: datetime, reason: str) -> None:
        """Called when the site asks for a longer wait than a look can take."""
        detail = f"{reason} and asks us to come back at {moment:%Y-%m-%d %H:%M} UTC"
        self.hold = Obstacle("on-hold", detail, "look again then")

    async def start(self) -> AsyncIterator[Any]:
        """Look at the site; nothing is left for Scrapy's own scheduler."""
        async with self.look.turn:
            slug = self.outlet.slug
            try:
                async with asyncio.timeout(_LONGEST):
                    facts = await self._facts()
                    self.look.found[slug] = replace(facts, obstacle=self.hold)
            except Unanswered as error:
                obstacle = self.hold or error.obstacle
                self.look.found[slug] = SiteFacts(url=self.outlet.url, obstacle=obstacle)
            except TimeoutError:
                detail = f"{self.outlet.url}: the look took longer than {_LONGEST / 60:g} minutes"
                slow = Obstacle("too-slow", detail, "try again at another time of day")
                self.look.found[slug] = SiteFacts(url=self.outlet.url, obstacle=slow)
        return
        yield  # Scrapy asks for a generator

    def _asking(self) -> Asking:
        crawl = self.look.crawl
        return Asking(self.crawler, self.outlet, limit=crawl.page_limit, tell=self.look.tell)

    async def _facts(self) -> SiteFacts:
        robots = await self._asking().robots()
        if robots and robots.closed:
            raise Unanswered(closed_by_robots(self.outlet.url, robots))
        front, html = await self._front()
        asked_as, gathered = await self._gathered(front, html, robots)
        facts = replace(_told(self.outlet.url, front, gathered, robots), asked_as=asked_as)
        return await self._tried(facts, front, gathered)

    async def _front(self) -> tuple[Front, str]:
        """The front page and its characters, which WordPress may have elsewhere."""
        for _ in range(2):
            asked = self.outlet.url
            answer, html = await self._asking().html(f"{asked}/")
            if not same_outlet(answer.url, asked):
                detail = f"{asked}/ leads to {answer.url}"
                advice = f"if the outlet has moved, use its new address: {answer.url}"
                raise Unanswered(Obstacle("moved", detail, advice))
            front = read_front(html, url=answer.url)
            self._settle(_base(answer.url, front, asked=asked), front)
            if urlsplit(self.outlet.url).path == urlsplit(asked).path:
                break
        return front, html

    async def _gathered(
        self, front: Front, html: str, robots: Robots | None
    ) -> tuple[str, Gathered]:
        """The seeds, and as whose they answered: what the front page shows goes before what is
        known, and where that lists nothing, any site's seeds are tried."""
        asking, platform = self._asking(), front.platform or self._known_platform
        gathered = await gather(asking, front, html, robots, platform=platform)
        if platform and platform not in {front.platform, FALLBACK, ANY} and not gathered.stories:
            platform = ""
            gathered = await gather(asking, front, html, robots, platform=platform)
        return platform or FALLBACK, gathered

    @property
    def _known_platform(self) -> str:
        platform = self.look.subject.outlet.platform
        return platform if platform in PLATFORMS else ""

    def _settle(self, url: str, front: Front) -> None:
        """Look on at where the front page really is, in the lane of its network."""
        parent = PLATFORMS.get(front.platform)
        network = self.outlet.network or (parent.network if parent else "")
        platform = front.platform or self.outlet.platform
        self.outlet = replace(self.outlet, url=url, network=network, platform=platform)

    async def _tried(self, facts: SiteFacts, front: Front, gathered: Gathered) -> SiteFacts:
        """The facts with the trial, and what only stories tell: zone and region."""
        parent = PLATFORMS.get(facts.platform)
        rules = self.look.subject.rules or (parent.rules if parent else Rules())
        trial = Trial(self._asking(), self.look.crawl, rules=rules, readers=self.look.readers)
        outlet = replace(self.outlet, name=facts.name)
        samples, stories = [], list[TrialStory]()
        for candidate in _wanted(gathered):
            if len(stories) >= _STORIES and any(story.is_read for story in stories):
                break
            samples.append(await trial.fetch(candidate.url))
            stories.append(await trial.read(samples[-1], outlet))
        region = region_of(
            name=facts.name,
            url=facts.url,
            motto=front.motto,
            datelines=[story.dateline for story in stories],
        )
        zone = zone_of(
            told=gathered.zone,
            printed=[story.zone for story in stories],
            pages=[story.html for story in stories],
            region=region,
        )
        outlet = replace(outlet, zone=zone.name)
        again = [await trial.reread(sample, outlet) for sample in samples]
        return replace(facts, region=region, zone=zone, trial=tuple(again))


def _told(url: str, front: Front, gathered: Gathered, robots: Robots | None) -> SiteFacts:
    """What robots.txt, front page and seeds tell."""
    remarks = robots.faults if robots else ()
    if robots and robots.delay:
        remarks = (*remarks, f"asks for {robots.delay:g} s between two requests")
    is_shown = bool(front.platform) or not gathered.is_wordpress
    return SiteFacts(
        url=url,
        platform=front.platform if is_shown else FALLBACK,
        platform_why=front.why if is_shown else "its REST API answers",
        name=name_of(front, told=gathered.name, host=urlsplit(url).hostname or ""),
        template=front.template,
        declared_feeds=front.feeds,
        seeds=tuple(gathered.seeds),
        search=gathered.search,
        paging=gathered.paging,
        robots=remarks,
    )


def _wanted(gathered: Gathered) -> list[Candidate]:
    """The newest stories; behind them, for when none can be read, those on the front page."""
    latest = newest(gathered.stories, count=_STORIES)
    return newest([*latest, *gathered.linked[:_STORIES]], count=2 * _STORIES)


def _base(url: str, front: Front, *, asked: str) -> str:
    """The front page's address: at the host that answered, and below it where WordPress says that
    its API is, else as asked for: not `/beranda`, to which many a site sends its readers."""
    parts = urlsplit(url)
    api = urlsplit(front.api_root)
    if api.netloc == parts.netloc and api.path.rstrip("/").endswith("/wp-json"):
        path = api.path.rstrip("/").removesuffix("/wp-json")
    else:
        path = "" if front.platform in {"blogger", "tribun"} else urlsplit(asked).path
    return urlunsplit((parts.scheme, parts.netloc, path.rstrip("/"), "", ""))
