"""An outlet that was redesigned, with rules for both of its templates, and looks at its stories."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import ClassVar

from archive_rows import Clock

from archive.archive import Archive
from archive.config import ArchiveConfig, CrawlConfig
from archive.types import Answer, Outcome, Outlet, Page
from crawler.logbook import Logbook
from crawler.pipeline import Fetched, Pipeline
from crawler.readers import Readers
from crawler.rules import Rules, in_force
from crawler.topic import Topic

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


def in_template(name: str, *paragraphs: str) -> bytes:
    """A page whose story stands in the container `name`; the other template's holds a sidebar."""
    beside = "baru" if name == "lama" else "lama"
    boxes = {name: paragraphs or STORY, beside: OTHER}
    divs = "".join(
        f'<div class="{box}">{"".join(f"<p>{line}</p>" for line in lines)}</div>'
        for box, lines in boxes.items()
    )
    head = f'<title>{HEADLINE}</title><meta property="og:type" content="article">'
    return f"<html><head>{head}</head><body><h1>{HEADLINE}</h1>{divs}</body></html>".encode()


@dataclass
class Redesigned:
    """The outlet's archive, and looks at one of its stories as a crawl takes them."""

    directory: Path
    rules: Rules = NEW
    earlier: tuple[Rules, ...] = (OLD,)
    path: ClassVar[str] = "/camat-barimba-diperiksa/"

    def __post_init__(self) -> None:
        self.config = ArchiveConfig(directory=self.directory)
        Archive.create(self.config)

    def look(self, at: datetime, *pages: bytes, path: str = path) -> Outcome:
        """What a crawl that finds the story at `at` makes of it: one page, or all its parts."""
        with self._crawl(at) as pipeline:
            found = tuple(
                Page(url=f"{FRONT}{path}{number or ''}", status=200, body=body, fetched_at=at)
                for number, body in enumerate(pages)
            )
            known = pipeline.logbook.memory.story_at(f"{FRONT}{path}".removesuffix("/"))
            fetched = Fetched(url=found[0].url, pages=found, parts=found, story=known)
            answer, outcome = asyncio.run(pipeline.keep(fetched))
        assert answer in {Answer.ARTICLE, Answer.UNREAD}
        return outcome

    @contextmanager
    def _crawl(self, at: datetime) -> Iterator[Pipeline]:
        archive = Archive(self.config, clock=Clock(at + timedelta(minutes=1)))
        logbook = Logbook(archive, OUTLET, run_id=None)
        crawl = CrawlConfig()
        pipeline = Pipeline(
            outlet=OUTLET,
            rules_at=lambda moment: in_force(self.rules, self.earlier, at=moment, zone=OUTLET.zone),
            topic=Topic.load(None),
            topic_file=None,
            readers=Readers(crawl),
            logbook=logbook,
            page_limit=crawl.page_limit,
            confirm_after=crawl.confirm_after,
        )
        yield pipeline
        pipeline.readers.close()
        logbook.close(reason="finished", complete=True)
        archive.close()


def night(number: int) -> datetime:
    """A moment of the night that begins on 5 November 2024 (number 1), or later."""
    return datetime(2024, 11, 4 + number, 12, 0, tzinfo=UTC)
