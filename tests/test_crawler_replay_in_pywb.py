"""Every stored page, replayed by a real pywb, is the very body that the reader read."""

import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playing import Place
from pywb_server import Wayback, wayback
from sqlalchemy import RowMapping

from archive import database, rereading
from archive.schema import capture, warc_record
from archive.types import Page
from crawler import bodies
from crawler.demo import Newsroom, NewsroomConfig

pytestmark = [
    pytest.mark.slow,
    pytest.mark.pywb,
    pytest.mark.timeout(400),
]

OUTLETS = ("kantamedia", "kolomrakyat", "lintastungkal", "rusak")
RUSAK = {"slug": "rusak", "url": "https://rusak.example", "platform": "wordpress"}


@dataclass(frozen=True)
class Played:
    """Two nights of the newsroom, its broken outlet included, and a pywb over their files."""

    place: Place
    pywb: Wayback

    @property
    def warcs(self) -> list[Path]:
        """Every WARC file of the archive."""
        return sorted((self.place.settings.archive.directory / "warc").glob("*.warc.gz"))

    def page(self, row: RowMapping) -> Page:
        """The page of a capture as the archive gives it to the reader."""
        warcs = self.place.settings.archive.directory / "warc"
        with database.reading(self.place.engine) as connection:
            return rereading.stored_page(connection, warcs, capture_id=row["capture_id"])


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("replay")
    today = datetime.now(ZoneInfo("Asia/Jakarta")).date()
    with Newsroom(NewsroomConfig(today=today)) as newsroom:
        place = Place.make(
            folder / "place",
            newsroom.connect_to,
            outlets=[RUSAK],
            page_limit=2_000_000,
            timeout="5s",
        )
        for night in (1, 2):
            newsroom.night = night
            report = place.night(*OUTLETS, revisit="all")
            assert report.is_good, report
    warcs = sorted((place.settings.archive.directory / "warc").glob("*.warc.gz"))
    (folder / "pywb").mkdir()
    with wayback(folder / "pywb", *warcs) as pywb:
        yield Played(place=place, pywb=pywb)


def test_warcio_check_passes_on_every_file(played: Played) -> None:
    command = [sys.executable, "-m", "warcio.cli", "check", *map(str, played.warcs)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pywb_indexes_each_capture_and_each_cleaned_text(played: Played) -> None:
    stored = Counter(row["type"] for row in played.place.rows(warc_record))
    assert stored["response"] + stored["revisit"] == len(played.place.rows(capture))
    indexed = stored["response"] + stored["revisit"] + stored["conversion"]
    assert played.pywb.captures == indexed


def test_every_page_replays_as_the_reader_read_it(played: Played) -> None:
    """Captures of one address in one second share a CDXJ key: pywb shows one of them."""
    limit = played.place.settings.crawl.page_limit
    shown = [
        row
        for row in played.place.rows(capture)
        if row["status"] in {200, 304} and not row["truncated"] and row["answer"] != "unread"
    ]
    alike: dict[tuple[str, str], list[bytes]] = defaultdict(list)
    for row in shown:
        key = (row["url"], row["fetched_at"].strftime("%Y%m%d%H%M%S"))
        alike[key].append(bodies.decoded(played.page(row), limit))
    wrong = []
    for (url, second), wanted in alike.items():
        at = datetime.strptime(second + "+0000", "%Y%m%d%H%M%S%z")
        replayed = played.pywb.replay(url, at=at)
        if replayed.status != 200 or replayed.body not in wanted:
            wrong.append((url, second, replayed.status, len(replayed.body)))
    kinds = Counter(row["kind"] for row in shown)
    sys.stdout.write(f"{len(shown)} captures replayed under {len(alike)} keys: {dict(kinds)}\n")
    assert not wrong
    assert kinds["response"] > 20
    assert kinds["not-modified"] > 0
