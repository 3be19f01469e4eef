"""Stored captures read again: what their outlets' rules and this Kliping make of them today."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, closing, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from archive.archive import Archive
from archive.config import CrawlConfig, Settings
from archive.errors import ArchiveError, LeaseHeld, NotFound
from archive.plan import Plan
from archive.reckoning import HeldStory, Reckoned, StoredLook
from archive.types import Crawl, Sighting
from archive.visits import REPLAY_COUNT, REPLAY_STOPPED, REPLAYED
from crawler.ahead import ahead
from crawler.outlets import known_spiders, spider_of
from crawler.readers import Readers
from crawler.replay_changes import COUNTS, KEPT, Change, changes, counted
from crawler.replay_reading import StoryReader
from crawler.rule_use import Rule
from crawler.spider import OutletSpider

__all__ = ["Replay", "ReplayReport", "replay_archive"]

_READERS = 2
_HEARTBEAT_SECONDS = 2.0


class _SomethingToKeep(Exception):
    """A new reading came up while nothing may be written."""


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What to read again, and who is told: `told` of each change, `progress` of captures read."""

    settings: Settings
    slugs: Sequence[str] = ()
    apply: bool = False
    told: Callable[[Change], None]
    progress: Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class ReplayReport:
    """The counts of each outlet, and why one could not be written."""

    apply: bool
    outlets: Mapping[str, Mapping[str, int]]
    refused: Mapping[str, str] = field(default_factory=dict)
    idle: Mapping[str, Sequence[Rule]] = field(default_factory=dict)
    """Of each outlet the rules of the settings that met nothing on any page that was read."""

    @property
    def exit_code(self) -> int:
        """3: an outlet was refused; 1: something would change, or cannot be read; else 0."""
        if self.refused:
            return 3
        return 1 if self.is_waiting or self._total("unreadable", "damaged") else 0

    @property
    def is_waiting(self) -> bool:
        """Whether something would change that was not applied."""
        return not self.apply and self._total("changed", "revealed") > 0

    def _total(self, *names: str) -> int:
        return sum(counts[name] for counts in self.outlets.values() for name in names)


def replay_archive(replay: Replay, *, readers: Readers | None = None) -> ReplayReport:
    """Read every stored capture again; with `apply` the new readings become the current ones.

    `readers` are closed at the end; without them there are two workers, or more where settings say.
    Raises NotFound for an outlet never visited, ArchiveError when the archive fails.
    """
    crawl = replay.settings.crawl
    archive = Archive(
        replay.settings.archive,
        clock=lambda: datetime.now(UTC),
        confirm_after=crawl.confirm_after,
        contact=crawl.contact,
    )
    try:
        return asyncio.run(_replay(replay, archive, readers=readers or _workers(crawl)))
    finally:
        archive.close()


def _workers(crawl: CrawlConfig) -> Readers:
    return Readers(crawl.model_copy(update={"readers": max(_READERS, crawl.readers)}))


async def _replay(replay: Replay, archive: Archive, *, readers: Readers) -> ReplayReport:
    spiders = _spiders(replay, archive)
    total = sum(archive.readings.count(slug) for slug in spiders)
    done, counts, refused, idle = 0, {}, {}, {}
    with archive.run() if replay.apply else nullcontext() as run_id, closing(readers):
        for slug, spider in spiders.items():
            work = _Outlet(replay, archive, readers=readers, spider=spider)
            work.before, work.total, work.run_id = done, total, run_id
            try:
                work = await _read_outlet(work)
            except LeaseHeld as error:
                refused[slug] = str(error)
            counts[slug], idle[slug] = work.told, work.idle
            done += work.counts[REPLAY_COUNT]
    idle = {slug: rules for slug, rules in idle.items() if rules}
    return ReplayReport(apply=replay.apply, outlets=counts, refused=refused, idle=idle)


def _spiders(replay: Replay, archive: Archive) -> dict[str, type[OutletSpider]]:
    """The spider of each outlet to read, in order of slug; one of its own for a site saved from."""
    visited, known = archive.outlets(), known_spiders(replay.settings)
    unknown = [slug for slug in replay.slugs if slug not in visited]
    if unknown:
        names = ", ".join(visited) or "none yet"
        raise NotFound(f"no outlet {unknown[0]!r} was ever visited; the archive knows: {names}")
    found = {}
    for slug in sorted(replay.slugs or visited):
        outlet = archive.readings.outlet(slug)
        spider = known.get(slug) or (spider_of(outlet) if outlet else None)
        if spider:
            found[slug] = spider
    return found


async def _read_outlet(work: "_Outlet") -> "_Outlet":
    """What read an outlet's captures. It is held, and a crawl noted, only where that is needed.

    Raises LeaseHeld.
    """
    if not work.replay.apply:
        await work.read_all()
        return work
    if not await work.has_changed_story():
        told: list[Change] = []
        scout = work.again(replace(work.replay, told=told.append))
        with suppress(_SomethingToKeep):
            await scout.read_all()
            for change in told:
                work.replay.told(change)
            return scout
    async with work.at_work():
        await work.read_all()
    return work


class _Outlet:
    """One outlet's captures while they are read again."""

    def __init__(
        self, replay: Replay, archive: Archive, *, readers: Readers, spider: type[OutletSpider]
    ) -> None:
        self.replay = replay
        self._archive = archive
        self._readers = readers
        self._shelf = archive.readings
        self._spider = spider
        self._reader = StoryReader(
            archive, spider, config=replay.settings.crawl, readers=readers, skip=replay.apply
        )
        self._crawl: Crawl | None = None
        self._later: dict[str, tuple[StoredLook, ...]] = {}
        """Story id -> unread looks at addresses of it that nobody knew to be its own."""
        self._made: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.before = 0
        self.total = 0
        self.run_id: int | None = None
        """The run under which readings are kept."""

    @property
    def idle(self) -> tuple[Rule, ...]:
        """The rules of the settings that met nothing on any page that was read."""
        return self._reader.use.idle()

    @property
    def told(self) -> dict[str, int]:
        """Every count, and of each field how many versions it changed in."""
        named = {name: self.counts[name] for name in COUNTS}
        return named | {name: count for name, count in sorted(self.counts.items()) if count}

    def again(self, replay: Replay) -> "_Outlet":
        """The same outlet from its beginning, for another replay."""
        made = _Outlet(replay, self._archive, readers=self._readers, spider=self._spider)
        made.before, made.total = self.before, self.total
        return made

    async def has_changed_story(self) -> bool:
        """Whether a known story has a new reading: it is seen soonest by those that have none."""
        stories = self._shelf.stories(self._spider.outlet.slug)
        async with aclosing(ahead(stories, self._reader.reckoned)) as read:
            async for _, reckoned in read:
                if reckoned.rereads or reckoned.reveals:
                    return True
        return False

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """The outlet under its lease, as readings are to be kept. Raises LeaseHeld."""
        of = self._spider.outlet
        self._crawl = crawl = self._archive.begin_crawl(of, run_id=self.run_id)
        self._archive.heartbeat(crawl, counts=self.told)
        heart = asyncio.ensure_future(self._keep_lease(crawl))
        reason = REPLAY_STOPPED
        try:
            yield
            reason = REPLAYED
        finally:
            heart.cancel()
            self._archive.close_crawl(crawl, reason=reason, counts=self.told, complete=False)

    async def _keep_lease(self, crawl: Crawl) -> None:
        with suppress(ArchiveError):  # the next thing to be kept says why
            while True:
                await asyncio.sleep(_HEARTBEAT_SECONDS)
                self._archive.heartbeat(crawl, counts=self.told)

    async def read_all(self) -> None:
        """Read everything: what belongs to no story first, as it may belong to one after all."""
        slug = self._spider.outlet.slug
        orphans = self._shelf.unread(slug)
        async with aclosing(ahead(orphans, self._read_orphan)) as read_orphans:
            async for orphan, found in read_orphans:
                self._conclude_orphan(orphan, *found)
        stories = (self._with_later(held) for held in self._shelf.stories(slug))
        known = (held for held in stories if held is not None)
        async with aclosing(ahead(known, self._reader.reckoned)) as read:
            async for held, reckoned in read:
                self._conclude(held, reckoned)

    def _with_later(self, held: HeldStory) -> HeldStory | None:
        looks = self._later.get(held.story_id, ())
        if held.story_id in self._made and not looks:
            return None
        unread = sorted((*held.unread, *looks), key=lambda look: look.seen_at)
        return replace(held, unread=tuple(unread))

    # -- stories ---------------------------------------------------------------------------

    def _conclude(self, held: HeldStory, reckoned: Reckoned) -> None:
        """Keep what a story reads now, if that is wanted, and tell of it."""
        new = len(reckoned.rereads) + len(reckoned.reveals)
        if new and (crawl := self._writing()):
            self._shelf.keep(crawl, held, reckoned)
            self.counts[KEPT] += new
        self._tell(held, reckoned)

    def _writing(self) -> Crawl | None:
        """The crawl under which to write; None when nothing is to be kept."""
        if self.replay.apply and self._crawl is None:
            raise _SomethingToKeep
        return self._crawl

    def _tell(self, held: HeldStory, reckoned: Reckoned) -> None:
        told = list(changes(held, reckoned))
        self.counts.update(counted(held, reckoned, told))
        for change in told:
            self.replay.told(change)
        self.replay.progress(self.before + self.counts[REPLAY_COUNT], self.total)

    # -- what could not be read, and belongs to no story -----------------------------------

    async def _read_orphan(self, held: HeldStory) -> tuple[Reckoned, Sighting | None]:
        """What the unread captures at an address tell, and the first look at it with its pages."""
        reckoned = await self._reader.reckoned(held)
        if not reckoned.reveals:
            return reckoned, None
        first = reckoned.reveals[0]
        look = first.looks[0]
        parts = self._shelf.pages(look)
        pages = [*self._shelf.redirects(look), *parts]
        origin = replace(
            first.read,
            url=pages[0].url,
            pages=tuple(pages),
            parts=tuple(page.url for page in parts),
        )
        return reckoned, origin

    def _conclude_orphan(
        self, held: HeldStory, reckoned: Reckoned, origin: Sighting | None
    ) -> None:
        if origin is None:
            self._tell(held, reckoned)
            return
        planned = self._shelf.plan(origin, asked=origin.url)
        if planned.is_displaced or not planned.is_kept:
            self._tell(held, replace(reckoned, reveals=()))
        elif not planned.is_new:
            earlier = self._later.get(planned.story_id, ())
            self._later[planned.story_id] = (*earlier, *held.unread)
        else:
            self._add_story(replace(held, url=planned.file_address), reckoned, planned)

    def _add_story(self, held: HeldStory, reckoned: Reckoned, planned: Plan) -> None:
        if crawl := self._writing():
            self._shelf.keep_story(crawl, planned, reckoned)
            self.counts[KEPT] += len(reckoned.reveals)
            self._made.add(planned.story_id)
        self._tell(replace(held, story_id=planned.story_id), reckoned)
