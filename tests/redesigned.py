"""An outlet whose pages have had two templates, and looks at its stories as crawls take them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from archive_rows import Clock

from archive.archive import Archive
from archive.config import ArchiveConfig, CrawlConfig
from archive.types import Answer, Outcome, Outlet, Page
from crawler.logbook import Logbook
from crawler.pipeline import Fetched, Pipeline
from crawler.readers import Readers, ReadJob, ReadResult, read
from crawler.rule_use import Probe, Rule, rules_met
from crawler.rules import Rules, in_force
from crawler.topic import Topic

__all__ = [
    "FRONT",
    "HEADLINE",
    "NEW",
    "OLD",
    "OTHER",
    "STORY",
    "Here",
    "Redesigned",
    "boxes",
    "in_template",
    "night",
]

FRONT = "https://media-uji.example"
OUTLET = Outlet(slug="media-uji", name="Media Uji", url=FRONT, zone="Asia/Makassar")
OLD = Rules(body="div.lama", until=date(2024, 11, 5))
NEW = Rules(body="div.baru")
HEADLINE = "Camat Barimba Diperiksa Bawaslu soal Netralitas ASN"
STORY = (
    "Bawaslu memeriksa Camat Barimba karena diduga melanggar netralitas ASN dalam pilkada.",
    "Ia hadir di kampanye pasangan calon dan mengajak warga mendukung calon bupati.",
    "Pemeriksaan berlangsung dua jam di kantor Bawaslu, dan hasilnya diumumkan pekan depan.",
)
OTHER = (
    "Harga cabai rawit di Pasar Lama naik menjadi delapan puluh ribu rupiah per kilogram.",
    "Pedagang menduga hujan yang turun sejak awal bulan membuat panen petani berkurang.",
)


def boxes(headline: str = HEADLINE, **texts: tuple[str, ...]) -> bytes:
    """A page with a container for each class name, and the paragraphs in it."""
    divs = "".join(
        f'<div class="{name.replace("_", "-")}">{"".join(f"<p>{line}</p>" for line in lines)}</div>'
        for name, lines in texts.items()
    )
    head = f'<title>{headline}</title><meta property="og:type" content="article">'
    return f"<html><head>{head}</head><body><h1>{headline}</h1>{divs}</body></html>".encode()


def in_template(name: str, *paragraphs: str) -> bytes:
    """A page whose story stands in the container `name`; the other template's holds a sidebar."""
    beside = "baru" if name == "lama" else "lama"
    return boxes(**{name: paragraphs or STORY, beside: OTHER})


class Here(Readers):
    """Reads in this process: a pool for one page takes longer than the page."""

    async def read(self, job: ReadJob) -> ReadResult:
        return read(job)

    async def rules_met(self, job: ReadJob, *, wanted: tuple[Rule, ...]) -> frozenset[Rule] | None:
        pages, rules = tuple(job.pages), job.rules
        return rules_met(Probe(pages=pages, rules=rules, wanted=wanted, limit=job.limit))


@dataclass
class Redesigned:
    """The outlet's archive, and looks at its stories as a crawl takes them."""

    directory: Path
    rules: Rules = NEW
    earlier: tuple[Rules, ...] = (OLD,)
    outlet: Outlet = OUTLET
    path: str = "/camat-barimba-diperiksa/"
    crawl: CrawlConfig = field(default_factory=CrawlConfig)

    def __post_init__(self) -> None:
        self.config = ArchiveConfig(directory=self.directory)
        Archive.create(self.config)

    def look(self, at: datetime, body: bytes, *, path: str = "", keep: bool = False) -> Outcome:
        """What a crawl that finds a page at `at` makes of it."""
        page = Page(
            url=f"{self.outlet.url}{path or self.path}", status=200, body=body, fetched_at=at
        )
        with self._crawl(at) as pipeline:
            known = pipeline.logbook.memory.story_at(page.url.removesuffix("/"))
            fetched = Fetched(url=page.url, pages=(page,), parts=(page,), story=known, keep=keep)
            answer, outcome = asyncio.run(pipeline.keep(fetched))
        assert answer in {Answer.ARTICLE, Answer.UNREAD}
        return outcome

    @contextmanager
    def _crawl(self, at: datetime) -> Iterator[Pipeline]:
        archive = Archive(self.config, clock=Clock(at + timedelta(minutes=1)))
        logbook = Logbook(archive, self.outlet, run_id=None)
        zone = self.outlet.zone
        pipeline = Pipeline(
            outlet=self.outlet,
            rules_at=lambda moment: in_force(self.rules, self.earlier, at=moment, zone=zone),
            topic=Topic.load(self.crawl.topic),
            topic_file=self.crawl.topic,
            readers=Here(self.crawl),
            logbook=logbook,
            page_limit=self.crawl.page_limit,
            confirm_after=self.crawl.confirm_after,
        )
        yield pipeline
        pipeline.readers.close()
        logbook.close(reason="finished", complete=True)
        archive.close()


def night(number: int) -> datetime:
    """Noon (UTC) of 5 November 2024 (number 1), or so many days later."""
    return datetime(2024, 11, 4 + number, 12, 0, tzinfo=UTC)
