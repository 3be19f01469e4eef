"""The archive: the one object that writes, and the public Python interface."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import Engine

from archive import (
    backfills,
    crawls,
    current,
    database,
    health_shelf,
    labels,
    lanes,
    look_history,
    memory,
    namesakes,
    record,
    rereading,
    runs,
    seen,
    takedown,
    takedowns,
    warcs,
)
from archive.config import ArchiveConfig
from archive.current import CurrentVersion
from archive.errors import ArchiveError, LeaseHeld, NotFound, VisitedAlready
from archive.exchange import Exchange, earlier_capture, exchange
from archive.foreign_shelf import ForeignShelf
from archive.image_shelf import ImageShelf
from archive.import_shelf import ImportShelf
from archive.look_history import LookCounts
from archive.memory import OutletMemory, Validators
from archive.open_crawl import Clock, OpenCrawl
from archive.plan import Plan, plan
from archive.reading_shelf import ReadingShelf
from archive.reads import Reads, config_of
from archive.schema import crawl as crawl_table
from archive.schema import outlet as outlet_table
from archive.schema import problem as problem_table
from archive.schema import story as story_table
from archive.takedown import Planned
from archive.takedowns import TAKEN_DOWN, Takedown
from archive.types import (
    Answer,
    Article,
    Crawl,
    Label,
    Outcome,
    Outlet,
    Page,
    Period,
    Problem,
    Seen,
    Sighting,
)
from archive.visits import TAKEDOWN, TAKEDOWN_COUNT, was_visited
from archive.warcs import CrawlWarc

__all__ = ["Archive"]


class Archive(Reads):
    """Stories, their versions and the captured bytes behind them.

    `Archive.open("kliping.toml")` opens one to be read: see `Reads` for its questions.

    Everything is written through this object, bytes before rows: what a method acknowledges by
    returning is on disk. Methods raise ArchiveError when the archive fails, LeaseLost when
    another process took the outlet over.
    """

    def __init__(
        self,
        config: ArchiveConfig,
        *,
        clock: Clock,
        confirm_after: timedelta = timedelta(hours=6),
        contact: str = "",
        decode: Callable[[Page], bytes] | None = None,
    ) -> None:
        self.engine: Engine = database.connect(config)
        database.require_current(self.engine)
        self.warc_directory = config.directory / "warc"
        self._config = config
        self._clock = clock
        self._confirm_after = confirm_after
        self._contact = contact
        self._decode = decode
        self._open: dict[int, OpenCrawl] = {}
        self.images = ImageShelf(self.engine, at_work=self._at_work, decode=decode)
        self.imports = ImportShelf(
            self.engine, directory=self.warc_directory, at_work=self._at_work
        )
        self.foreign = ForeignShelf(
            self.engine, confirm_after=confirm_after, decode=decode, at_work=self._at_work
        )
        self.readings = ReadingShelf(
            self.engine,
            directory=self.warc_directory,
            confirm_after=confirm_after,
            at_work=self._at_work,
        )

    @classmethod
    def open(cls, place: str | Path | ArchiveConfig = "kliping.toml") -> Self:
        """The archive at a place: its folder, or a settings file; `with` closes it.

        Raises ConfigError when there is none, ArchiveMissing or ArchiveTooNew for another schema.
        """
        return cls(config_of(place), clock=lambda: datetime.now(UTC))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @staticmethod
    def create(config: ArchiveConfig) -> None:
        """Make the archive's folder and tables; an archive that is there already is migrated.

        Raises ArchiveError in a folder with WARC files whose database is gone.
        """
        if not config.database_url and database.is_orphaned(config.directory):
            raise ArchiveError(
                f"{config.directory} holds WARC files of an archive whose database is gone:"
                " `kliping repair --from COPY` brings it back from a backup; for a new archive set"
                " another archive.directory"
            )
        try:
            (config.directory / "warc").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"{config.directory} cannot be made: {error.strerror}") from None
        engine = database.connect(config)
        database.migrate(engine)
        engine.dispose()

    def close(self) -> None:
        """Close every file and connection. Crawls that were not closed stay open in the rows."""
        for crawl in self._open.values():
            crawl.warc.close()
        self._open.clear()
        self.engine.dispose()

    # -- a crawl begins and ends -----------------------------------------------------------

    @contextmanager
    def run(self) -> Iterator[int]:
        """The id of a run for as long as its crawls take."""
        run_id = self.begin_run()
        try:
            yield run_id
        finally:
            self.end_run(run_id)

    def begin_run(self) -> int:
        """The id of a new run."""
        with database.writing(self.engine) as connection:
            return runs.begin(connection, now=self._clock())

    def end_run(self, run_id: int) -> None:
        """Note that every crawl of a run has ended; a run in which none began leaves no trace.

        Earlier runs whose process died end with the last of their crawls.
        """
        with database.writing(self.engine) as connection:
            runs.end(connection, run_id, now=self._clock())

    def begin_crawl(
        self, outlet: Outlet, *, run_id: int | None = None, unless_since: datetime | None = None
    ) -> Crawl:
        """A crawl under its leases; what a dead crawl left is saved and closed first.

        Raises LeaseHeld while another process works on the outlet or on its network,
        VisitedAlready when another crawl had its turn there since `unless_since`.
        """
        now = self._clock()
        with database.writing(self.engine) as connection:
            if unless_since and was_visited(connection, outlet.slug, since=unless_since, now=now):
                raise VisitedAlready(f"{outlet.slug} was visited meanwhile")
            crawl = crawls.begin(connection, outlet, run_id=run_id, now=now)
            for dead in crawls.unfinished(connection, crawl):
                self._bury(connection, dead, now=now)
        takedown.resume(self.engine, self.warc_directory, outlet=outlet.slug, now=now)
        warc = CrawlWarc(
            self.warc_directory,
            crawl,
            size_limit=self._config.warc_size,
            contact=self._contact,
        )
        self._open[crawl.crawl_id] = OpenCrawl(
            engine=self.engine, crawl=crawl, warc=warc, clock=self._clock
        )
        return crawl

    def is_network_free(self, network: str) -> bool:
        """Whether no process crawls an outlet of a network now."""
        with database.reading(self.engine) as connection:
            return lanes.is_free(connection, network)

    def note_not_reached(self, outlet: Outlet, *, run_id: int) -> None:
        """Remember that a run had no time left for an outlet."""
        with database.writing(self.engine) as connection:
            crawls.note_not_reached(connection, outlet, run_id=run_id, now=self._clock())

    def _bury(self, connection: Connection, dead: Crawl, *, now: datetime) -> None:
        """Save what a dead crawl wrote, and close it; its looks count as any other's.

        A process that lost its lease but lives still holds its file: it will find out by itself,
        and a later crawl closes what it leaves.
        """
        with suppress(LeaseHeld):
            warcs.salvage_crawl(connection, self.warc_directory, crawl=dead, now=now)
            self._end(connection, dead, reason="killed", counts=dead.counts)

    def _end(
        self, connection: Connection, crawl: Crawl, *, reason: str, counts: Mapping[str, int]
    ) -> Mapping[str, datetime]:
        now = self._clock()
        ended = replace(crawl, finish_reason=reason)
        gone = crawls.judge_missing(connection, ended, confirm_after=self._confirm_after, now=now)
        final = dict(counts) | ({"gone": len(gone)} if gone else {})
        crawls.close(connection, crawl, reason=reason, now=now, counts=final)
        return gone

    def heartbeat(self, crawl: Crawl, *, counts: Mapping[str, int]) -> None:
        """Keep the crawl's lease and show its counts so far."""
        with self._writing(crawl) as connection:
            lanes.renew(connection, crawl)
            row = update(crawl_table).where(crawl_table.c.crawl_id == crawl.crawl_id)
            connection.execute(row.values(counts=dict(counts)))

    def close_crawl(
        self, crawl: Crawl, *, reason: str, counts: Mapping[str, int], complete: bool
    ) -> Mapping[str, datetime]:
        """End a crawl; the stories it proved gone, with the moment of their first missing sight.

        `complete` says that the crawl reached the end of its seeds: only then does the next one
        look from this one's start.
        """
        with self._writing(crawl) as connection:
            gone = self._end(connection, crawl, reason=reason, counts=counts)
            if complete:
                self._set_outlet(connection, crawl.outlet, visited_at=crawl.started_at)
            lanes.release(connection, crawl)
        self._open.pop(crawl.crawl_id).warc.close()
        return gone

    def note_looks(self, crawl: Crawl, counts: LookCounts) -> None:
        """Keep what the looks at an outlet's stories told, in place of what was kept of them."""
        with self._writing(crawl) as connection:
            look_history.keep_counts(connection, crawl.outlet, counts, now=self._clock())

    def judge_health(self, slug: str) -> None:
        """Judge each closed crawl of an outlet that was not judged yet; see `health`."""
        with database.writing(self.engine) as connection:
            health_shelf.judge_new(connection, [slug], now=self._clock())

    # -- what a crawl finds ----------------------------------------------------------------

    def record(
        self, crawl: Crawl, sighting: Sighting, *, next_visit_at: datetime | None = None
    ) -> Outcome:
        """Keep one look at one story; what it meant.

        A page off topic about no known story leaves only a row in `seen_url`, one of a story that
        was taken down nothing.
        """
        at_work = self._at_work(crawl)
        with database.reading(self.engine) as connection:
            at_work.expect_lease(connection)
            planned = plan(connection, sighting, confirm_after=self._confirm_after)
            if takedowns.taken_down(connection, planned.story_id):
                return Outcome(kind=TAKEN_DOWN)
            is_back = _shows_anew(connection, planned)
            stored = self._exchanges(connection, sighting)
        if is_back:
            found = seen.of_sighting(planned.sighting, addresses=planned.addresses)
            self.note_seen(crawl, [replace(one, decision=TAKEN_DOWN) for one in found])
            return Outcome(kind=TAKEN_DOWN)
        if planned.is_kept:
            return at_work.keep(
                planned, stored, next_visit_at=next_visit_at, confirm_after=self._confirm_after
            )
        understood = planned.sighting
        if understood.answer == Answer.UNREAD or understood.keep:
            at_work.keep_unread(planned, stored)
        if not understood.keep:  # what a person asked for once is no night's business
            self.note_seen(crawl, seen.of_sighting(understood, addresses=planned.addresses))
        kind = "off-topic" if understood.answer == Answer.ARTICLE else understood.answer.value
        return Outcome(kind=kind)

    def _exchanges(self, connection: Connection, sighting: Sighting) -> list[Exchange]:
        return [
            exchange(page, earlier=earlier_capture(connection, page), decode=self._decode)
            for page in sighting.pages
        ]

    def note_seen(self, crawl: Crawl, found: Iterable[Seen]) -> None:
        """Remember addresses that were looked at and not kept."""
        with self._writing(crawl) as connection:
            seen.write(connection, found, crawl_id=crawl.crawl_id)

    def note_listed(self, crawl: Crawl, period: Period, *, topic: str) -> None:
        """Remember that a crawl considered everything its outlet lists in a period."""
        now = self._clock()
        with self._writing(crawl) as connection:
            backfills.note(connection, period, crawl=crawl, topic=topic, now=now)

    def note_problem(self, crawl: Crawl, problem: Problem) -> None:
        """Remember what went wrong, for `status`."""
        row = vars(problem) | {"crawl_id": crawl.crawl_id, "recorded_at": self._clock()}
        with self._writing(crawl) as connection:
            connection.execute(insert(problem_table).values(row))

    def touch(self, crawl: Crawl, story_id: str, **values: object) -> None:
        """Set when a story is next due, without having looked at it."""
        with self._writing(crawl) as connection:
            record.touch_story(connection, story_id, **values)

    def hold(self, crawl: Crawl, *, until: datetime | None, reason: str) -> None:
        """Keep away from the crawl's outlet until a moment it asked for; None ends that."""
        with self._writing(crawl) as connection:
            self._set_outlet(connection, crawl.outlet, held_until=until, held_reason=reason)

    def distrust_signals(self, crawl: Crawl) -> None:
        """Note that the outlet's signals of change were caught lying."""
        with self._writing(crawl) as connection:
            self._set_outlet(connection, crawl.outlet, signals_trusted=False)

    # -- what persons decide ----------------------------------------------------------------

    def label(self, story_id: str, made: Label) -> Label:
        """Keep a person's decision on a story; earlier ones stay. Raises ConfigError."""
        with database.writing(self.engine) as connection:
            return labels.add(connection, story_id, made=made, recorded_at=self._clock())

    def plan_takedown(self, story_id: str) -> Planned:
        """What taking a story down would overwrite. Raises DamagedRecord."""
        with database.reading(self.engine) as connection:
            return takedown.planned(connection, self.warc_directory, story_id)

    def take_down(self, story_id: str, *, reason: str, made_by: str = "") -> Takedown:
        """Take a story down for good, or finish that; its bytes and words are nowhere afterwards.

        One that is down already stays as it is, with the reason of then.
        Raises ConfigError without a reason, LeaseHeld while its outlet is crawled, DamagedRecord
        for an archive that an audit finds damaged there.
        """
        takedown.expect_reason(reason, made_by)
        slug = self._outlet_of(story_id)
        if done := self._settled_takedown(story_id):
            return done
        of = self.readings.outlet(slug)
        if of is None:
            raise ArchiveError(f"story {story_id} is of {slug}, which the archive does not know")
        with self.run() as run_id:
            crawl = self.begin_crawl(of, run_id=run_id)
            counts = {TAKEDOWN_COUNT: 0}
            try:
                self.heartbeat(crawl, counts=counts)
                takedown.begin(
                    self.engine,
                    self.warc_directory,
                    story_id,
                    reason=reason,
                    made_by=made_by,
                    now=self._clock(),
                )
                takedown.finish(self.engine, self.warc_directory, story_id, now=self._clock())
                counts[TAKEDOWN_COUNT] = 1
            finally:
                self.close_crawl(crawl, reason=TAKEDOWN, counts=counts, complete=False)
        with database.reading(self.engine) as connection:
            return takedowns.takedowns(connection, story_id=story_id)[0]

    def _settled_takedown(self, story_id: str) -> Takedown | None:
        with database.reading(self.engine) as connection:
            found = takedowns.takedowns(connection, story_id=story_id)
        return found[0] if found and found[0].is_finished else None

    def _outlet_of(self, story_id: str) -> str:
        with database.reading(self.engine) as connection:
            row = select(story_table.c.outlet).where(story_table.c.story_id == story_id)
            found: str | None = connection.scalar(row)
        if found is None:
            raise NotFound(f"no story {story_id!r}")
        return found

    # -- what a crawl must know ------------------------------------------------------------

    def recall(self, slug: str) -> OutletMemory:
        """Everything known of an outlet."""
        with database.reading(self.engine) as connection:
            return memory.recall(connection, slug)

    def listed_periods(self, slug: str, *, topic: str) -> list[Period]:
        """What was read of an outlet's past under a topic, oldest first, disjoint."""
        with database.reading(self.engine) as connection:
            return backfills.listed(connection, slug, topic=topic)

    def validators(self, url: str) -> Validators:
        """The validators of the last good answer at `url`."""
        with database.reading(self.engine) as connection:
            return memory.validators(connection, url)

    def part_urls(self, story_id: str) -> list[str]:
        """The addresses of a story's parts, in order, as they were last seen."""
        with database.reading(self.engine) as connection:
            found = current.current_version(connection, story_id)
            return current.part_urls(connection, found.version_id) if found else []

    def published_at(self, story_id: str) -> datetime | None:
        """When a story was published, as its current version says."""
        with database.reading(self.engine) as connection:
            found = current.current_version(connection, story_id)
            return found.article.published_at if found else None

    def outlets(self) -> list[str]:
        """The slugs of every outlet ever visited."""
        with database.reading(self.engine) as connection:
            return list(connection.scalars(select(outlet_table.c.slug).order_by("slug")))

    def namesakes(self, slug: str, article: Article) -> list[str]:
        """The stories of an outlet that a new page may be, at an address not met before."""
        with database.reading(self.engine) as connection:
            return namesakes.namesakes(connection, slug, article)

    # -- reading again ---------------------------------------------------------------------

    def stale_version(
        self, story_id: str, *, extractor: Callable[[datetime], str]
    ) -> CurrentVersion | None:
        """A story's current version, if another extractor read it than reads its pages today.

        `extractor`: moment of a page's fetch -> the id of what reads it, by the rules in force.
        """
        with database.reading(self.engine) as connection:
            return rereading.stale_version(connection, story_id, extractor=extractor)

    def version_pages(self, version_id: int) -> list[Page]:
        """The pages in which a version was first seen. Raises DamagedRecord."""
        with database.reading(self.engine) as connection:
            return rereading.version_pages(connection, self.warc_directory, version_id=version_id)

    def read_again(self, crawl: Crawl, old: CurrentVersion, read: Sighting) -> None:
        """Add a newer extractor's reading of a version; the old reading stays beside it."""
        with self._writing(crawl) as connection:
            rereading.add(connection, crawl, old, read=read, recorded_at=self._clock())

    # -- inside ----------------------------------------------------------------------------

    def _at_work(self, crawl: Crawl) -> OpenCrawl:
        found = self._open.get(crawl.crawl_id)
        if found is None:
            raise ArchiveError(f"crawl {crawl.crawl_id} of {crawl.outlet} is not open here")
        return found

    def _writing(self, crawl: Crawl) -> AbstractContextManager[Connection]:
        """One writing transaction under the crawl's fencing token."""
        return self._at_work(crawl).writing()

    @staticmethod
    def _set_outlet(connection: Connection, slug: str, **values: object) -> None:
        connection.execute(update(outlet_table).where(outlet_table.c.slug == slug).values(values))


def _shows_anew(connection: Connection, planned: Plan) -> bool:
    """Whether a story that was taken down stands at another address now."""
    judged = planned.judgement
    if not planned.is_new or judged is None:
        return False
    return takedowns.returns(connection, planned.sighting.outlet, judged.content_hash)
