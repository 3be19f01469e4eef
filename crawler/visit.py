"""What `kliping crawl` does: open the archive, crawl in this process or in children, report."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy import func, select

from archive import backfills
from archive.archive import Archive
from archive.config import Settings
from archive.database import reading
from archive.errors import ArchiveError, ConfigError
from archive.exchanges import Recorder
from archive.schema import crawl as crawl_table
from archive.warc_records import warcinfo
from crawler.backfill import told as backfill_told
from crawler.contact import require_contact
from crawler.crawl import CrawlEnd, run_crawl
from crawler.night import Night, run_night
from crawler.options import CrawlOptions
from crawler.outlets import chosen
from crawler.progress import watch
from crawler.recording import Recording
from crawler.topic import Topic

__all__ = ["INTERRUPTED", "Report", "Request", "visit"]

_FIRST_YEAR = 1990
INTERRUPTED = 130
"""The exit code of an interrupted command, as a shell counts it."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the user asked `kliping crawl` for."""

    settings: Settings
    config_file: Path | None = None
    slugs: Sequence[str] = ()
    since: datetime | None = None
    revisit: str = "due"
    record: Path | None = None
    from_warc: Path | None = None
    quiet: bool = False


@dataclass(frozen=True, kw_only=True)
class Report:
    """How the crawls of one run ended."""

    run_id: int
    ends: Sequence[CrawlEnd]
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    since: datetime | None = None
    """How far back was asked for."""
    reaches: dict[str, datetime] = field(default_factory=dict)
    """Outlet -> since when the archive holds all that it lists."""

    @property
    def is_good(self) -> bool:
        """Every crawl closed."""
        return all(end.is_good for end in self.ends)

    @property
    def exit_code(self) -> int:
        """0 good, 1 an outlet could not be looked at, 3 a crawl failed, 130 it was interrupted."""
        if any(end.reason == "shutdown" for end in self.ends):
            return INTERRUPTED
        if not self.is_good:
            return 3
        return 1 if any(end.is_blind for end in self.ends) else 0

    def as_json(self) -> dict[str, Any]:
        """The report as values for JSON."""
        crawls = [
            vars(end)
            | {"counts": self.counts.get(end.outlet, {}), "backfill": self._backfill(end.outlet)}
            for end in self.ends
        ]
        return {"run_id": self.run_id, "is_good": self.is_good, "crawls": crawls}

    def _backfill(self, outlet: str) -> dict[str, Any] | None:
        """How far an outlet's backfill is; None when there was none."""
        counts = self.counts.get(outlet, {})
        if "backfill_slices" not in counts:
            return None
        slices, done = counts["backfill_slices"], counts["backfill_done"]
        return {
            "slices": slices,
            "done": done,
            "left": slices - done,
            "seconds_left": counts.get("backfill_seconds_left"),
            "complete_since": self.reaches.get(outlet),
        }

    def show(self) -> None:
        """One line per outlet, and where to read more."""
        console = Console(soft_wrap=True, highlight=False)
        for end in self.ends:
            counts = self.counts.get(end.outlet, {})
            names = ("requests", "looked_at", "on_topic", "new", "edited", "gone", "images",
                     "problems")  # fmt: skip
            told = ", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in names
                             if counts.get(name))  # fmt: skip
            idle = "before anything was found" if end.reason == "shutdown" else "nothing to do"
            console.print(f"{end.outlet}: {end.reason}: {end.failure or told or idle}")
            if self.since:
                console.print(f"{end.outlet}: {self._reach(end.outlet)}")
        if any(end.reason == "shutdown" for end in self.ends):
            console.print("Stopped. What was found is kept; kliping crawl goes on from there.")
        if any(counts.get("problems") for counts in self.counts.values()):
            console.print("What went wrong, and what to do: kliping status")

    def _reach(self, outlet: str) -> str:
        """How far back the outlet is complete, and whether that is all that was asked for."""
        counts, reach = self.counts.get(outlet, {}), self.reaches.get(outlet)
        if reach is None:
            return backfill_told(counts) or "not known to be complete at any time"
        line = "; ".join(filter(None, (backfill_told(counts), f"complete since {reach:%Y-%m-%d}")))
        left = counts.get("backfill_slices", 0) - counts.get("backfill_done", 0)
        if left:
            return f"{line}; run the same command again to go on"
        return line


def visit(request: Request) -> Report:
    """Crawl as asked; how every crawl ended. Raises ConfigError, NotFound, ArchiveError."""
    spiders = chosen(request.settings, request.slugs)
    Topic.load(request.settings.crawl.topic)  # a topic file that cannot be read stops all of it
    _require_single(request, count=len(spiders))
    if request.from_warc is None:
        for spider in spiders:
            require_contact(request.settings, spider.outlet)
    recording = Recording.load(request.from_warc) if request.from_warc else None
    if recording and not recording.is_of(spiders[0].outlet.url):
        raise ConfigError(
            f"{request.from_warc}: nothing of {spiders[0].outlet.slug} in it; it holds "
            f"{', '.join(recording.hosts)}"
        )
    archive = Archive(request.settings.archive, clock=lambda: datetime.now(UTC))
    _require_past(request.since, now=recording.clock() if recording else datetime.now(UTC))
    if recording:
        _require_earlier(archive, recording, slug=spiders[0].outlet.slug)
    run_id = archive.begin_run()
    console = Console(stderr=True, quiet=request.quiet)
    with watch(archive.engine, run_id, console=console):
        if len(spiders) == 1:
            ends = [_one(request, spiders[0], run_id=run_id, recording=recording)]
        else:
            night = Night(
                settings=request.settings,
                config_file=request.config_file,
                run_id=run_id,
                since=request.since,
                revisit=request.revisit,
            )
            ends = run_night(night, [spider.outlet for spider in spiders])
    with closing(archive):
        return _report(request, archive, run_id=run_id, ends=ends)


def _report(request: Request, archive: Archive, *, run_id: int, ends: Sequence[CrawlEnd]) -> Report:
    """What the archive says of the run; only how its crawls ended where the archive is away."""
    report = Report(run_id=run_id, ends=ends, since=request.since)
    try:
        archive.end_run(run_id)
        with reading(archive.engine) as connection:
            reaches = backfills.reaches(connection)
        return replace(report, counts=_counts(archive, run_id), reaches=reaches)
    except ArchiveError:
        if report.is_good:  # nobody has told of it yet
            raise
        return report


def _one(request: Request, spider: Any, *, run_id: int, recording: Recording | None) -> CrawlEnd:
    limit = request.settings.crawl.network_time_limit
    time_left = limit if spider.outlet.network else None
    with _recorder(request.record, contact=request.settings.crawl.contact) as recorder:
        options = CrawlOptions(
            settings=request.settings,
            since=request.since,
            revisit=request.revisit,
            time_left=time_left,
            run_id=run_id,
            recorder=recorder,
            recording=recording,
        )
        return run_crawl(spider, options)


@contextmanager
def _recorder(path: Path | None, *, contact: str) -> Iterator[Recorder | None]:
    if path is None:
        yield None
        return
    info = warcinfo(filename=path.name, contact=contact, now=datetime.now(UTC))
    recorder = Recorder(path, info=info)
    try:
        yield recorder
    finally:
        recorder.close()


def _counts(archive: Archive, run_id: int) -> dict[str, dict[str, int]]:
    query = select(crawl_table.c.outlet, crawl_table.c.counts).where(crawl_table.c.run_id == run_id)
    with reading(archive.engine) as connection:
        return {row.outlet: row.counts for row in connection.execute(query)}


def _require_earlier(archive: Archive, recording: Recording, *, slug: str) -> None:
    """A recorded night comes after the nights that the archive knows, or it would rewrite them."""
    ends = func.coalesce(crawl_table.c.ended_at, crawl_table.c.started_at)
    newest = select(func.max(ends)).where(crawl_table.c.outlet == slug)
    with reading(archive.engine) as connection:
        known = connection.scalar(newest)
    if known and known >= recording.clock():
        raise ConfigError(
            f"the recording is of {recording.clock():%Y-%m-%d %H:%M} UTC, but the archive already "
            f"knows {slug} as of {known:%Y-%m-%d %H:%M} UTC; replay it into an archive of its own"
        )


def _require_past(since: datetime | None, *, now: datetime) -> None:
    if since and since > now:
        raise ConfigError(f"--since {since:%Y-%m-%d} is in the future: it tells how far to go back")
    if since and since.year < _FIRST_YEAR:
        raise ConfigError(f"--since {since:%Y-%m-%d} is before any outlet: the web is of 1990")


def _require_single(request: Request, *, count: int) -> None:
    if count > 1 and (request.record or request.from_warc):
        raise ConfigError("--record and --from-warc take one outlet: name it")
