"""A small archive of invented stories over three nights, for tests of what is read from one.

Night 1 finds `camat` (two parts), `kades` and `lurah`. In night 2 `camat` is edited, `kades` brings
the same bytes, `lurah` answers 304. In night 3 `kades` is gone.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chosen_database import url_for

from archive.archive import Archive
from archive.config import ArchiveConfig
from archive.types import (
    Answer,
    Article,
    Crawl,
    Outcome,
    Outlet,
    Page,
    Problem,
    Sighting,
    Span,
    TopicDecision,
)

__all__ = ["FRONT", "NIGHT_1", "OUTLET", "Newsroom", "article", "newsroom", "three_nights"]

FRONT = "https://media-uji.example"
OUTLET = Outlet(slug="media-uji", name="Media Uji", url=FRONT, zone="Asia/Makassar")
NIGHT_1 = datetime(2024, 11, 5, 18, 30, tzinfo=UTC)
TOPIC = TopicDecision(
    on_topic=True, score=0.9, topic="uji/1/0", evidence=(Span(rule="asn", text="netralitas ASN"),)
)


class Clock:
    """A clock that a test sets; every look at it takes a second."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def article(headline: str, **changes: object) -> Article:
    """An invented story."""
    values: dict[str, object] = {
        "headline": headline,
        "text": f"{headline}. Panitia pengawas mengingatkan soal netralitas ASN.\n\nIa diperiksa.",
        "byline": "Sari Wulandari",
        "published_text": "Selasa, 5 November 2024 10:00 WITA",
        "published_at": datetime(2024, 11, 5, 2, 0, tzinfo=UTC),
        "published_zone": "Asia/Makassar",
        "section": "Politik",
        "tags": ("pilkada", "ASN"),
        "language": "id",
    }
    return Article(**(values | changes))  # type: ignore[arg-type]


@dataclass
class Newsroom:
    """The archive, its clock, and the shortest way to record something in it."""

    archive: Archive
    clock: Clock
    crawl: Crawl | None = None
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def config(self) -> ArchiveConfig:
        folder = self.warc_directory.parent
        return ArchiveConfig(directory=folder, database_url=url_for(folder))

    @property
    def warc_directory(self) -> Path:
        return self.archive.warc_directory

    def begin(self, at: datetime) -> None:
        self.clock.now = at
        self.crawl = self.archive.begin_crawl(OUTLET)

    def close(self) -> None:
        self.archive.close_crawl(self._crawl, reason="finished", counts=self.counts, complete=True)

    @property
    def _crawl(self) -> Crawl:
        assert self.crawl
        return self.crawl

    def problem(self, url: str) -> None:
        advice = "look at the site with a browser"
        self.archive.note_problem(
            self._crawl,
            Problem(outlet=OUTLET.slug, url=url, kind="challenge", detail="403", advice=advice),
        )

    def see(self, slug: str, found: Article | None, **changes: object) -> Outcome:
        """Record one look at `/slug`; without an article it answers 410, unless changed."""
        urls = [f"{FRONT}/{slug}"] + [f"{FRONT}/{slug}/2"] * bool(changes.pop("is_split", False))
        status = changes.pop("status", 200 if found else 410)
        body = (found.text if found else "").encode()
        values: dict[str, object] = {
            "outlet": OUTLET.slug,
            "url": urls[0],
            "answer": Answer.ARTICLE if found else Answer.MISSING,
            "pages": tuple(self._page(url, status=int(str(status)), body=body) for url in urls),
            "parts": tuple(urls) if found else (),
            "article": found,
            "extractor": "uji/1",
            "topic": TOPIC if found else None,
        }
        sighting = Sighting(**(values | changes))  # type: ignore[arg-type]
        return self.archive.record(self._crawl, sighting)

    def _page(self, url: str, *, status: int, body: bytes) -> Page:
        return Page(
            url=url,
            status=status,
            body=f"<title>{url}</title>".encode() + body if body else b"",
            fetched_at=self.clock(),
            headers=((b"Content-Type", b"text/html"), (b"ETag", b'"1"')),
            request_headers=((b"User-Agent", b"Kliping/uji"),),
        )


def newsroom(directory: Path) -> Newsroom:
    """A new, empty archive in a folder."""
    config = ArchiveConfig(directory=directory, database_url=url_for(directory))
    Archive.create(config)
    clock = Clock(NIGHT_1)
    return Newsroom(Archive(config, clock=clock), clock)


def three_nights(directory: Path) -> Newsroom:
    """The archive that this module's docstring tells of."""
    made = newsroom(directory)
    made.counts = {"looked_at": 9, "on_topic": 3, "failed": 1, "not_reached": 0}
    made.begin(NIGHT_1)
    made.see("camat", article("Camat Diminta Netral"), is_split=True, platform_id="wp:101")
    made.see("kades", article("Kades Dilaporkan ke Bawaslu"))
    made.see("lurah", article("Lurah Ikut Kampanye"))
    made.problem(f"{FRONT}/dinas")
    made.close()
    made.begin(NIGHT_1 + timedelta(days=1))
    made.see("camat", article("Camat Diminta Tetap Netral", byline="Redaksi"), is_split=True)
    made.see("kades", article("Kades Dilaporkan ke Bawaslu"))
    made.see("lurah", None, status=304, answer=Answer.NOT_MODIFIED, parts=(f"{FRONT}/lurah",))
    made.close()
    made.begin(NIGHT_1 + timedelta(days=2))
    made.see("kades", None)
    made.close()
    return made
