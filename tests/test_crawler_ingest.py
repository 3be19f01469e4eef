"""Stories that other tools captured, in the archive as of the moment of their capture."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from chosen_database import url_for
from foreign_captures import DAY_1, FRONT, Foreign, story_page, wacz
from sqlalchemy import select

from archive import database, schema
from archive.archive import Archive
from archive.audit import audit
from archive.config import ArchiveConfig, CrawlConfig, OutletConfig, Settings
from archive.types import Page
from crawler.ingest import Ingest, ingest
from crawler.ingest_report import IngestReport
from crawler.readers import Readers, ReadJob, ReadResult, read

# warcio 1.8 leaves its temporary files to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.Spooled:ResourceWarning")

DAY = timedelta(days=1)
CAMAT = "/2024/10/01/camat-diperiksa/"
LONG = "Camat membantah tuduhan itu dan mengatakan ia datang sebagai warga biasa pada hari libur."


class Here(Readers):
    """Reads in this process: a worker takes longer to start than all of these pages to read."""

    async def read(self, job: ReadJob) -> ReadResult:
        await asyncio.sleep(0)
        return read(job)


class Room:
    """An empty archive, and a folder for files of other tools."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        folder = directory / "kliping-data"
        config = ArchiveConfig(directory=folder, database_url=url_for(folder))
        outlet = OutletConfig(slug="media-uji", url=FRONT, platform="wordpress")
        self.settings = Settings(archive=config, crawl=CrawlConfig(), outlet=[outlet])
        Archive.create(config)

    def warc(self, name: str = "asing.warc.gz", **options: Any) -> Foreign:
        return Foreign(self.directory / name, **options)

    def ingest(self, *paths: Path, **options: Any) -> IngestReport:
        asked = Ingest(settings=self.settings, paths=paths, **options)
        return ingest(asked, readers=Here(self.settings.crawl))

    def take(self, *captures: tuple[str, bytes, datetime], name: str = "x.warc.gz") -> IngestReport:
        """Import a file with these captures."""
        with self.warc(name) as file:
            for address, body, at in captures:
                file.add(address, body, at=at)
        return self.ingest(file.path)

    def opened(self) -> Archive:
        return Archive.open(self.settings.archive)

    def versions(self, address: str = CAMAT, **asked: Any) -> list[tuple[datetime, int]]:
        with self.opened() as archive:
            found = archive.versions(f"{FRONT}{address}", **asked)
            return [(one.first_seen_at, len(one.captures)) for one in found]

    def kinds(self) -> list[str]:
        with self.opened() as archive:
            found = archive.events(limit=1000)
        return [one.kind for one in reversed(found) if one.kind != "crawl"]

    def faults(self) -> list[str]:
        with self.opened() as archive:
            return [str(one) for one in audit(archive.engine, archive.warc_directory).findings]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    assert made.faults() == []


def told(report: IngestReport) -> dict[str, int]:
    return {name: count for name, count in report.counts.items() if count}


def test_story_is_kept_as_of_the_moment_of_its_capture(room: Room) -> None:
    report = room.take((CAMAT, story_page(), DAY_1))
    assert told(report) == {"new": 1, "not_responses": 1}
    assert (report.pages, report.on_topic, report.exit_code) == (1, 1, 0)
    with room.opened() as archive:
        (story,) = archive.stories()
        (version,) = archive.versions(story.story_id)
        (capture,) = version.captures
        page = archive.page(capture)
    assert story.outlet == "media-uji"
    assert story.first_seen_at == story.last_seen_at == version.first_seen_at == DAY_1
    assert version.article.headline == "Camat Rimba Jaya Diperiksa Bawaslu"
    assert (page.body, capture.fetched_at) == (story_page(), DAY_1)


def test_nothing_was_known_before_the_import(room: Room) -> None:
    room.take((CAMAT, story_page(), DAY_1))
    with room.opened() as archive:
        assert list(archive.stories(as_of=DAY_1 + DAY)) == []


def test_capture_tells_where_it_came_from(room: Room) -> None:
    with room.warc("koleksi.warc.gz") as file:
        record_id = file.add(CAMAT, story_page())
    room.ingest(file.path)
    with room.opened() as archive:
        (story,) = archive.stories()
        page = archive.page(archive.versions(story.story_id)[0].captures[0])
    digest, named, name = page.source.split(" ")
    assert (named, name) == (record_id, "koleksi.warc.gz")
    assert digest.startswith("sha256:")


def test_importing_again_adds_nothing(room: Room) -> None:
    captures = [(CAMAT, story_page(), DAY_1), (CAMAT, story_page(extra=LONG), DAY_1 + DAY)]
    assert told(room.take(*captures)) == {"new": 1, "edited": 1, "not_responses": 1}
    with room.opened() as archive:
        before = len(archive.events(limit=1000))
    again = room.ingest(room.directory / "x.warc.gz")
    assert told(again) == {"already_there": 2, "not_responses": 1}
    with room.opened() as archive:
        assert len(archive.events(limit=1000)) == before


def test_same_text_captured_again_is_no_edit(room: Room) -> None:
    later = story_page(after="<aside>Dibaca 12 kali</aside>")
    report = room.take((CAMAT, story_page(), DAY_1), (CAMAT, later, DAY_1 + DAY))
    assert told(report) == {"new": 1, "unchanged": 1, "not_responses": 1}
    assert room.versions() == [(DAY_1, 2)]


def test_page_off_topic_is_counted_and_not_kept(room: Room) -> None:
    report = room.take(("/cabai/", story_page("Pasar", is_on_topic=False), DAY_1))
    assert told(report) == {"off_topic": 1, "not_responses": 1}
    with room.opened() as archive:
        assert list(archive.stories()) == []
        assert archive.outlets() == []


def test_known_story_that_leaves_the_topic_is_followed(room: Room) -> None:
    off = story_page("Camat Rimba Jaya", is_on_topic=False)
    report = room.take((CAMAT, story_page(), DAY_1), (CAMAT, off, DAY_1 + DAY))
    assert told(report) == {"new": 1, "edited": 1, "not_responses": 1}


def test_captures_in_any_order_of_files_are_kept_in_order_of_time(room: Room) -> None:
    with room.warc("b.warc.gz") as first:
        first.add(CAMAT, story_page(extra=LONG), at=DAY_1 + DAY)
        first.add(CAMAT, story_page(), at=DAY_1)
    with room.warc("a.warc.gz") as second:
        second.add(CAMAT, story_page(), at=DAY_1 + 2 * DAY)
    report = room.ingest(first.path, second.path)
    assert told(report) == {"new": 1, "edited": 2, "not_responses": 2}
    assert [at for at, _ in room.versions()] == [DAY_1, DAY_1 + DAY, DAY_1 + 2 * DAY]


A, B, C = story_page(), story_page(extra=LONG), story_page("Camat Rimba Raya")

LATE: dict[str, tuple[list[bytes], bytes, float, list[float], list[str]]] = {
    # what is known day by day, what comes late, when; the versions' days, and their events
    "same as what was in force": ([A, A, B], A, 1.5, [1, 3], ["new", "edited"]),
    "same as the next": ([A, A, B], B, 2.5, [1, 2.5], ["new", "edited", "reread", "edited"]),
    "another one": ([A, A, B], C, 2.5, [1, 2.5, 3], ["new", "edited", "edited"]),
    "same, before all": ([A, A, B], A, 0.5, [0.5, 3], ["new", "edited", "reread", "new"]),
    "another one, before all": ([A, A, B], C, 0.5, [0.5, 1, 3], ["new", "edited", "new"]),
    "seen last": ([A, B, B], B, 2.5, [1, 2], ["new", "edited"]),
}


@pytest.mark.parametrize("case", LATE.values(), ids=LATE)
def test_capture_older_than_what_is_known_takes_its_place(
    room: Room, case: tuple[list[bytes], bytes, float, list[float], list[str]]
) -> None:
    known, body, day, days, events = case
    room.take(*((CAMAT, one, DAY_1 + n * DAY) for n, one in enumerate(known, start=1)))
    before = room.versions()
    with room.opened() as archive:
        moment = max(one.recorded_at for one in archive.events(limit=1000))
    room.take((CAMAT, body, DAY_1 + day * DAY), name="tua.warc.gz")
    assert [at for at, _ in room.versions()] == [DAY_1 + n * DAY for n in days]
    assert sorted(room.kinds()) == sorted(events)
    assert room.versions(as_of=moment) == before
    with room.opened() as archive:
        (story,) = archive.stories()
        assert (story.first_seen_at, story.versions) == (DAY_1 + days[0] * DAY, len(days))
    again = room.ingest(room.directory / "tua.warc.gz")
    assert told(again) == {"already_there": 1, "not_responses": 1}


@pytest.mark.parametrize("case", LATE.values(), ids=LATE)
def test_replay_finds_nothing_to_change_after_a_late_capture(
    room: Room, case: tuple[list[bytes], bytes, float, list[float], list[str]]
) -> None:
    from crawler.replay_archive import Replay, replay_archive  # noqa: PLC0415

    known, body, day, _, _ = case
    room.take(*((CAMAT, one, DAY_1 + n * DAY) for n, one in enumerate(known, start=1)))
    room.take((CAMAT, body, DAY_1 + day * DAY), name="tua.warc.gz")
    replay = Replay(settings=room.settings, told=lambda _: None, progress=lambda *_: None)
    report = replay_archive(replay, readers=Here(room.settings.crawl))
    counts = report.outlets["media-uji"]
    assert (counts["changed"], counts["revealed"], counts["unreadable"]) == (0, 0, 0)


def test_late_capture_of_a_shrunken_text_makes_no_version(room: Room) -> None:
    long = story_page(extra=" ".join(f"{LONG} Itu jawaban ke-{number}." for number in range(9)))
    room.take((CAMAT, long, DAY_1), (CAMAT, long, DAY_1 + 2 * DAY))
    report = room.take((CAMAT, A, DAY_1 + DAY), name="tua.warc.gz")
    assert told(report) == {"suspect": 1, "not_responses": 1}
    assert room.versions() == [(DAY_1, 2)]


def test_parts_of_a_story_are_joined(room: Room) -> None:
    paging = '<div class="page-links">{} <a href="{}">{}</a></div>'
    first = story_page(after=paging.format(1, f"{FRONT}{CAMAT}2/", 2))
    second = story_page(after=paging.format(2, f"{FRONT}{CAMAT}", 1), extra=LONG)
    report = room.take((f"{CAMAT}2/", second, DAY_1 + timedelta(seconds=9)), (CAMAT, first, DAY_1))
    assert told(report) == {"new": 1, "parts": 1, "not_responses": 1}
    with room.opened() as archive:
        (story,) = archive.stories()
        (version,) = archive.versions(story.story_id)
    assert LONG in version.article.text
    assert len(version.captures) == 2


def test_page_that_shows_all_parts_is_the_story(room: Room) -> None:
    paging = f'<a href="{FRONT}{CAMAT}?page=2">2</a> <a href="{FRONT}{CAMAT}?page=all">Semua</a>'
    first = story_page(after=f'<div class="paging">1 {paging}</div>')
    whole = story_page(extra=LONG)
    report = room.take((CAMAT, first, DAY_1), (f"{CAMAT}?page=all", whole, DAY_1 + DAY / 24))
    assert told(report) == {"new": 1, "parts": 1, "not_responses": 1}
    with room.opened() as archive:
        (story,) = archive.stories()
        (version,) = archive.versions(story.story_id)
    assert LONG in version.article.text


def test_story_without_all_its_parts_is_not_kept_as_if_it_were_whole(room: Room) -> None:
    link = f'<div class="page-links">1 <a href="{FRONT}{CAMAT}2/">2</a></div>'
    report = room.take((CAMAT, story_page(after=link), DAY_1))
    assert told(report) == {"incomplete": 1, "not_responses": 1}
    assert report.exit_code == 1
    assert f"{FRONT}{CAMAT}2/" in report.examples["incomplete"][0]


def test_unknown_host_becomes_an_outlet_of_its_name(room: Room) -> None:
    report = room.take(
        ("https://www.kabar-rimba.example/camat", story_page(), DAY_1),
        ("https://pasar.example/cabai", story_page("Pasar", is_on_topic=False), DAY_1),
    )
    assert told(report) == {"new": 1, "off_topic": 1, "not_responses": 1}
    with room.opened() as archive:
        assert archive.outlets() == ["kabar-rimba-example"]


def test_import_of_several_outlets_is_one_run_that_has_ended(room: Room) -> None:
    room.take((CAMAT, story_page(), DAY_1), ("https://rimba.example/lurah", story_page(), DAY_1))
    room.take((CAMAT, story_page(), DAY_1))  # nothing of which is new
    with room.opened() as archive, database.reading(archive.engine) as connection:
        (run,) = connection.execute(select(schema.run)).all()
        crawls = connection.execute(select(schema.crawl.c.run_id)).all()
    assert run.ended_at is not None
    assert [crawl.run_id for crawl in crawls] == [run.run_id] * 2


def test_only_the_outlet_that_is_named_is_imported(room: Room) -> None:
    with room.warc() as file:
        file.add(CAMAT, story_page())
        file.add("https://kabar-rimba.example/camat", story_page())
    report = room.ingest(file.path, slugs=("media-uji",))
    assert told(report) == {"new": 1, "other_outlets": 1, "not_responses": 1}


def test_page_of_a_story_that_was_taken_down_is_refused_with_its_reason(room: Room) -> None:
    room.take((CAMAT, story_page(), DAY_1))
    with room.opened() as archive:
        (story,) = archive.stories()
        archive.take_down(story.story_id, reason="putusan pengadilan")
    report = room.take((CAMAT, story_page(extra=LONG), DAY_1 + DAY), name="lagi.warc.gz")
    assert told(report) == {"taken-down": 1, "not_responses": 1}
    assert "putusan pengadilan" in report.examples["taken-down"][0]


def test_outlet_that_is_crawled_is_left_out_and_named(room: Room) -> None:
    room.take((CAMAT, story_page(), DAY_1))
    with room.opened() as archive:
        outlet = archive.readings.outlet("media-uji")
        assert outlet
        crawl = archive.begin_crawl(outlet)
        report = room.take((CAMAT, story_page(extra=LONG), DAY_1 + DAY), name="lagi.warc.gz")
        archive.close_crawl(crawl, reason="finished", counts={}, complete=True)
    assert "media-uji" in report.refused_outlets
    assert report.exit_code == 3


def test_import_is_no_row_of_the_coverage(room: Room, tmp_path: Path) -> None:
    room.take((CAMAT, story_page(), DAY_1))
    with room.opened() as archive:
        archive.export(tmp_path / "kiriman")
    assert len((tmp_path / "kiriman" / "coverage.csv").read_text().splitlines()) == 1


def test_wacz_is_read(room: Room, tmp_path: Path) -> None:
    with room.warc("dalam.warc.gz") as file:
        file.add(CAMAT, story_page())
    folder = tmp_path / "koleksi"
    folder.mkdir()
    wacz(folder / "satu.wacz", file.path)
    report = room.ingest(folder)
    assert told(report) == {"new": 1, "not_responses": 1}


def test_own_captures_that_come_back_in_a_wacz_are_known(room: Room, tmp_path: Path) -> None:
    room.take((CAMAT, story_page(), DAY_1), (CAMAT, story_page(extra=LONG), DAY_1 + DAY))
    with room.opened() as archive:
        archive.export(tmp_path / "kiriman", format="wacz")
    report = room.ingest(tmp_path / "kiriman" / "captures.wacz")
    assert report.counts["already_there"] == 2
    assert report.counts["new"] == report.counts["edited"] == 0


def test_page_type_has_a_source_that_is_empty_by_itself() -> None:
    assert Page(url=FRONT, status=200, body=b"", fetched_at=DAY_1).source == ""
