"""A recorded night: what `--record` keeps, and what `--from-warc` makes of it without a network."""

import datetime
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from playing import Place
from small_outlet import FRONT, feed_body, story_body, story_path

from archive import schema
from archive.audit import audit
from archive.exchanges import Recorder, read_exchanges
from archive.stories import stories
from archive.types import Page
from archive.versions import versions
from archive.warc_records import warcinfo
from crawler.demo import Newsroom, NewsroomConfig

pytestmark = pytest.mark.timeout(300)

NIGHTS = (1, 3)
"""On the third night one story was edited since, one is new, and one answers 410."""
NOW = datetime.datetime(2026, 9, 10, 18, 30, tzinfo=datetime.UTC)

Held = set[tuple[str, int, str, str]]


def held(place: Place) -> Held:
    """(address, version, content hash, status) of everything in an archive."""
    return {
        (story.url, version.number, version.content_hash, story.status)
        for story in stories(place.engine)
        for version in versions(place.engine, story.story_id)
    }


@dataclass(frozen=True)
class Recorded:
    """Two recorded nights of kantamedia, what they left, and what their replay did."""

    files: Sequence[Path]
    live: Sequence[Held]
    replayed: Sequence[Held]
    replay: Place
    asked: int
    """Requests that reached the newsroom during the replay."""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    folder = tmp_path_factory.mktemp("rekaman")
    files = [folder / f"malam-{night}.warc.gz" for night in NIGHTS]
    today = datetime.datetime.now(datetime.UTC).date()
    with Newsroom(NewsroomConfig(today=today)) as room:
        place = Place.make(folder / "langsung", room.connect_to)
        live = []
        for night, file in zip(NIGHTS, files, strict=True):
            room.night = night
            assert place.crawl("kantamedia", "--record", file)["reason"] == "finished"
            live.append(held(place))
        room.reset_log()
        # no contact: nobody is visited
        again = Place.make(folder / "ulang", room.connect_to, contact="")
        replayed = []
        for file in files:
            assert again.crawl("kantamedia", "--from-warc", file)["reason"] == "finished"
            replayed.append(held(again))
        yield Recorded(files, live, replayed, again, len(room.requests))


def test_recording_of_another_outlet_is_refused(tmp_path: Path) -> None:
    place = Place.make(tmp_path / "lain", {})
    night = Path(__file__).with_name("nights") / "kantamedia.warc.gz"
    done = place.kliping("crawl", "lintastungkal", "--from-warc", night)
    assert done.returncode == 2
    assert "nothing of lintastungkal in it" in done.stderr
    assert place.rows(schema.crawl) == []


def test_replay_finds_what_the_night_found(recorded: Recorded) -> None:
    assert recorded.replayed[0] == recorded.live[0]
    assert {status for _, _, _, status in recorded.replayed[0]} == {"live"}


def test_second_night_is_replayed_on_top_of_the_first(recorded: Recorded) -> None:
    assert recorded.replayed[1] == recorded.live[1]
    assert {status for _, _, _, status in recorded.replayed[1]} == {"live", "gone"}
    assert {number for _, number, _, _ in recorded.replayed[1]} == {1, 2}


def test_replay_asks_nobody(recorded: Recorded) -> None:
    assert recorded.asked == 0


def test_replay_is_dated_as_the_night_was(recorded: Recorded) -> None:
    first = [page.fetched_at for page in read_exchanges(recorded.files[0])]
    crawl = recorded.replay.rows(schema.crawl)[0]
    captures = [row for row in recorded.replay.rows(schema.capture) if row["crawl_id"] == 1]
    assert crawl["started_at"] == min(first)
    assert {row["fetched_at"] for row in captures} <= set(first)


def test_replayed_archive_is_sound(recorded: Recorded) -> None:
    warcs = recorded.replay.settings.archive.directory / "warc"
    assert audit(recorded.replay.engine, warcs).findings == ()


def test_recording_holds_every_exchange_of_the_night(recorded: Recorded) -> None:
    urls = [page.url for page in read_exchanges(recorded.files[0])]
    assert urls[0] == "https://kantamedia.com/robots.txt"
    assert any("/wp-json/wp/v2/posts?" in url for url in urls)
    assert {url for url, *_ in recorded.live[0]} <= {url.rstrip("/") for url in urls}


@pytest.mark.parametrize("night", [0, 1], ids=["first night", "second night"])
def test_warcio_finds_no_fault_in_a_recording(recorded: Recorded, night: int) -> None:
    check = [sys.executable, "-m", "warcio.cli", "check", str(recorded.files[night])]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_recording_is_not_written_over(recorded: Recorded) -> None:
    done = recorded.replay.kliping(
        "crawl", "kantamedia", "--from-warc", recorded.files[1], "--record", recorded.files[0]
    )
    assert done.returncode in {2, 3}
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


# -- recordings made by hand ----------------------------------------------------------------


def write_recording(file: Path, pages: Sequence[Page]) -> None:
    info = warcinfo(filename=file.name, contact="", now=NOW)
    with Recorder(file, info=info) as recorder:
        for page in pages:
            recorder.write(page)


def answered(path: str, body: bytes, *, second: int, **more: object) -> Page:
    values: dict[str, object] = {
        "url": f"{FRONT}{path}",
        "status": 200,
        "body": body,
        "fetched_at": NOW + datetime.timedelta(seconds=second),
        "headers": ((b"Content-Type", b"text/html; charset=UTF-8"),),
    }
    return Page(**(values | more))  # type: ignore[arg-type]


@pytest.fixture
def replay(tmp_path: Path) -> Iterator[Place]:
    entry = {"slug": "kecil", "url": FRONT, "platform": "wordpress"}
    return Place.make(tmp_path, {}, outlets=[entry], contact="")


def test_exchange_that_is_missing_is_a_problem_of_its_page(tmp_path: Path, replay: Place) -> None:
    file = tmp_path / "berlubang.warc.gz"
    robots = answered("/robots.txt", b"", second=0)
    seed = answered("/feed/", feed_body(1, 2, now=NOW), second=1)
    page = answered(story_path(2), story_body(2), second=2)
    write_recording(file, [robots, seed, page])
    end = replay.crawl("kecil", "--from-warc", file)
    assert (end["reason"], end["failure"]) == ("finished", "")
    assert [story.url for story in stories(replay.engine)] == [
        f"{FRONT}{story_path(2)}".rstrip("/")
    ]
    (problem,) = [row for row in replay.problems() if row["url"] == f"{FRONT}{story_path(1)}"]
    assert (problem["kind"], "not in the recording" in problem["detail"]) == ("error", True)


def test_replay_waits_for_nobody(tmp_path: Path, replay: Place) -> None:
    """A night of long waits; a replay that kept them would not end before the test's time does."""
    file = tmp_path / "lambat.warc.gz"
    busy = ((b"Retry-After", b"55"),)
    pages = [answered("/robots.txt", b"User-agent: *\nCrawl-delay: 100\n", second=0)]
    pages.append(answered("/feed/", feed_body(*range(1, 6), now=NOW), second=100))
    for number in range(1, 6):
        at = 1000 * number
        pages.append(answered(story_path(number), b"", second=at, status=503, headers=busy))
        pages.append(answered(story_path(number), story_body(number), second=at + 60))
    write_recording(file, pages)
    assert replay.crawl("kecil", "--from-warc", file)["reason"] == "finished"
    assert len(list(stories(replay.engine))) == 5


def test_recorded_hold_lasts_from_its_own_night(tmp_path: Path, replay: Place) -> None:
    file = tmp_path / "ditahan.warc.gz"
    away = ((b"Retry-After", b"3600"),)
    robots = answered("/robots.txt", b"", second=0)
    seed = answered("/feed/", b"nanti", second=60, status=503, headers=away)
    write_recording(file, [robots, seed])
    assert replay.crawl("kecil", "--from-warc", file)["reason"] == "held"
    (row,) = replay.rows(schema.outlet)
    assert row["held_until"] == NOW + datetime.timedelta(seconds=3660)


@pytest.mark.parametrize("content", [b"", b"WARC/1.1\r\n", b"<html>"], ids=["empty", "cut", "HTML"])
def test_file_that_is_no_recording_is_refused(
    tmp_path: Path, replay: Place, content: bytes
) -> None:
    file = tmp_path / "bukan.warc.gz"
    file.write_bytes(content)
    done = replay.kliping("crawl", "kecil", "--from-warc", file)
    assert done.returncode in {2, 3}
    assert done.stderr.count("\n") == 1
    assert str(file) in done.stderr
