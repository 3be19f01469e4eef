"""What `kliping import` does with other tools' captures: read as a crawl reads, kept as of then.

Every page is recorded at the moment of its capture, in the order of these moments, and known from
the moment of the import on (DESIGN §4, §6).
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from archive.archive import Archive
from archive.config import CrawlConfig, Settings
from archive.errors import LeaseHeld
from archive.foreign_warc import Torn, foreign_records
from crawler import bodies
from crawler.foreign_files import RefusedFile, WarcSource, named_files, warc_sources
from crawler.foreign_pages import Owners, Passed, Sorter
from crawler.guard import origin_of
from crawler.ingest_outlet import IngestWork, OutletIngest
from crawler.ingest_report import IngestReport
from crawler.outlets import chosen, known_spiders, spider_of
from crawler.readers import Readers
from crawler.topic import Topic
from crawler.waiting_pages import WaitingPages

__all__ = ["Ingest", "ingest"]

_READERS = 2
_HEAD = 1 << 20
"""Bytes that an answer's headers may have besides its body."""


def _unwatched(*numbers: int) -> None:
    del numbers


@dataclass(frozen=True, kw_only=True)
class Ingest:
    """Which files to import, of which outlets (all when none is named), and who is told."""

    settings: Settings
    paths: Sequence[Path]
    slugs: Sequence[str] = ()
    looking: Callable[[int], None] = field(default=_unwatched)
    """Told how many records were looked at."""
    reading: Callable[[int, int], None] = field(default=_unwatched)
    """Told how many pages of how many were read."""


def ingest(asked: Ingest, *, readers: Readers | None = None) -> IngestReport:
    """Put the stories on topic that other tools captured into the archive; what was found.

    `readers` are closed at the end. Raises ConfigError for what is no such file, NotFound for an
    unknown outlet, ArchiveError when the archive fails.
    """
    files = named_files(asked.paths)
    if asked.slugs:
        chosen(asked.settings, asked.slugs)
    crawl = asked.settings.crawl
    topic = Topic.load(crawl.topic)
    report = IngestReport()
    archive = Archive(
        asked.settings.archive,
        clock=lambda: datetime.now(UTC),
        confirm_after=crawl.confirm_after,
        contact=crawl.contact,
        decode=lambda page: bodies.decoded(page, crawl.page_limit),
    )
    try:
        with WaitingPages(asked.settings.archive.directory) as waiting:
            _gather(asked, files, waiting=waiting, report=report)
            done, total = count(1), report.pages
            with archive.run() as run_id:
                work = IngestWork(
                    archive=archive,
                    run_id=run_id,
                    config=crawl,
                    topic=topic,
                    readers=readers or _workers(crawl),
                    waiting=waiting,
                    report=report,
                    tick=lambda: asked.reading(next(done), total),
                )
                asyncio.run(_keep(asked.settings, work))
    finally:
        archive.close()
    return report


def _workers(crawl: CrawlConfig) -> Readers:
    return Readers(crawl.model_copy(update={"readers": max(_READERS, crawl.readers)}))


# -- from the files to the pages that wait -----------------------------------------------------


def _gather(
    asked: Ingest, files: Sequence[tuple[str, Path]], *, waiting: WaitingPages, report: IngestReport
) -> None:
    owners = _owners(asked)
    now = datetime.now(UTC)
    for name, path in files:
        for source in warc_sources(name, path):
            if isinstance(source, RefusedFile):
                report.refused_files[source.name] = source.why
                continue
            report.files += 1
            sorter = Sorter(
                owners=owners,
                source=f"sha256:{source.sha256} {{record}} {_braced(source.name)}",
                now=now,
                limit=asked.settings.crawl.page_limit,
            )
            _sort(asked, source, sorter=sorter, waiting=waiting, report=report)
    for _ in range(waiting.resolve()):
        report.note("orphans")
    report.pages = waiting.count()


def _braced(name: str) -> str:
    return name.replace("{", "{{").replace("}", "}}")


def _owners(asked: Ingest) -> Owners:
    settings = asked.settings
    own = [entry.url for entry in settings.outlet if entry.url]
    allowed = frozenset(map(origin_of, [*settings.crawl.connect_to, *own]))
    outlets = [spider.outlet for spider in known_spiders(settings).values()]
    return Owners(outlets, allowed=allowed, only=frozenset(asked.slugs))


def _sort(
    asked: Ingest,
    source: WarcSource,
    *,
    sorter: Sorter,
    waiting: WaitingPages,
    report: IngestReport,
) -> None:
    """Let the pages of one file wait; count what else there is."""
    before = report.records
    limit = asked.settings.crawl.page_limit + _HEAD
    try:
        with source.opened() as file:
            for record in foreign_records(file, limit=limit, is_wanted=sorter.is_wanted):
                if isinstance(record, Torn):
                    where = f"{source.name}: after record {record.number}"
                    report.note("damaged", f"{where}: {record.why}")
                    continue
                report.records += 1
                asked.looking(report.records)
                found = sorter.sort(record)
                if isinstance(found, Passed):
                    report.note(found.kind, _place(source, record.record_id, found.kind))
                else:
                    waiting.add(found)
    except OSError as error:
        report.note("damaged", f"{source.name}: cannot be read: {error.strerror or error}")
    if report.records == before:
        report.refused_files[source.name] = "no WARC file: it holds no record"


def _place(source: WarcSource, record_id: str, kind: str) -> str:
    """Where a record is that somebody may want to look at; '' for what every file has."""
    is_ordinary = kind in ("not_responses", "other_status", "not_html", "other_outlets")
    return "" if is_ordinary else f"{source.name}: {record_id or 'a record without an id'}"


# -- from the pages to the archive -------------------------------------------------------------


async def _keep(settings: Settings, work: IngestWork) -> None:
    """Every outlet's stories, one outlet after the other; one that is being crawled is left out."""
    known = known_spiders(settings)
    try:
        for outlet in work.waiting.outlets():
            part = OutletIngest(work, known.get(outlet.slug) or spider_of(outlet))
            try:
                async with part.at_work():
                    await part.all()
            except LeaseHeld as error:
                work.report.refused_outlets[outlet.slug] = str(error)
    finally:
        work.readers.close()
