"""The audit finds every kind of damage, names its place, and says nothing of a sound archive."""

import random
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from archive_rows import NIGHT_1, Newsroom, article, newsroom, three_nights
from chosen_database import settings_for, tamper
from click.testing import CliRunner

from archive.audit import AuditReport, audit
from archive.types import Page
from archive.warc import WarcWriter
from archive.warc_reader import scan
from archive.warc_records import response
from archive.words import words
from scheduler.cli import kliping


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    made = three_nights(tmp_path_factory.mktemp("archive"))
    yield made
    made.archive.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Newsroom]:
    made = three_nights(tmp_path)
    yield made
    made.archive.close()


@pytest.fixture
def damaged(sound: Newsroom) -> Iterator[Path]:
    """The largest WARC file, put right again after the test."""
    path = max(sound.warc_directory.iterdir(), key=lambda path: path.stat().st_size)
    data = path.read_bytes()
    yield path
    path.write_bytes(data)


def _audit(made: Newsroom) -> AuditReport:
    return audit(made.archive.engine, made.warc_directory)


def _member_at(path: Path, offset: int) -> str:
    """The record whose member covers a byte, as long as the file is sound."""
    members = list(scan(path))
    return next(m.record_id for m in members if m.offset <= offset < m.offset + m.length)


def test_sound_archive_is_clean_and_counted(sound: Newsroom) -> None:
    report = _audit(sound)
    assert (report.findings, report.notes) == ((), ())
    assert report.checked["files"] == 3
    assert report.checked["captures"] == 9
    sizes = [path.stat().st_size for path in sound.warc_directory.iterdir()]
    assert report.checked["bytes"] == sum(sizes)


def test_empty_archive_is_clean(tmp_path: Path) -> None:
    made = newsroom(tmp_path)
    assert _audit(made).is_clean
    made.archive.close()


def test_progress_ends_at_the_whole(sound: Newsroom) -> None:
    seen: list[tuple[int, int]] = []
    audit(sound.archive.engine, sound.warc_directory, progress=lambda *n: seen.append(n))
    assert seen[-1][0] == seen[-1][1] > 0


@pytest.mark.parametrize("seed", range(60))
def test_flipped_bit_is_found_at_its_record(sound: Newsroom, damaged: Path, seed: int) -> None:
    data = bytearray(damaged.read_bytes())
    place = random.Random(seed).randrange(len(data))
    record_id = _member_at(damaged, place)
    data[place] ^= 1 << random.Random(-seed).randrange(8)
    damaged.write_bytes(data)
    [finding] = _audit(sound).findings
    assert (finding.file, finding.record_id) == (damaged.name, record_id)
    assert finding.offset is not None
    assert finding.advice


@pytest.mark.parametrize("seed", range(20))
def test_cut_file_is_found_for_every_record_it_lost(
    sound: Newsroom, damaged: Path, seed: int
) -> None:
    place = random.Random(seed).randrange(damaged.stat().st_size)
    lost = {m.record_id for m in scan(damaged) if m.offset + m.length > place}
    damaged.write_bytes(damaged.read_bytes()[:place])
    assert {finding.record_id for finding in _audit(sound).findings} == lost


def test_cut_between_two_records_is_found(sound: Newsroom, damaged: Path) -> None:
    last = list(scan(damaged))[-1]
    damaged.write_bytes(damaged.read_bytes()[: last.offset])
    [finding] = _audit(sound).findings
    assert (finding.record_id, finding.offset) == (last.record_id, last.offset)


def test_missing_file_is_found(sound: Newsroom, damaged: Path) -> None:
    damaged.unlink()
    [finding] = _audit(sound).findings
    assert finding.file == damaged.name
    assert "missing" in finding.what


def test_record_taken_out_is_found(sound: Newsroom, damaged: Path) -> None:
    data = damaged.read_bytes()
    victim = list(scan(damaged))[2]
    damaged.write_bytes(data[: victim.offset] + data[victim.offset + victim.length :])
    found = _audit(sound).findings
    assert victim.record_id in {finding.record_id for finding in found}


def test_records_in_another_order_are_found(sound: Newsroom, damaged: Path) -> None:
    data = damaged.read_bytes()
    first, second = list(scan(damaged))[1:3]
    end = second.offset + second.length
    swapped = data[second.offset : end] + data[first.offset : second.offset]
    damaged.write_bytes(data[: first.offset] + swapped + data[end:])
    found = {finding.record_id for finding in _audit(sound).findings}
    assert {first.record_id, second.record_id} <= found


@pytest.mark.parametrize(
    "tail", [b"\0" * 512, b"sampah", b"\x1f\x8b\x08"], ids=["zeros", "text", "torn"]
)
def test_bytes_that_no_row_knows_are_found(sound: Newsroom, damaged: Path, tail: bytes) -> None:
    size = damaged.stat().st_size
    damaged.write_bytes(damaged.read_bytes() + tail)
    [finding] = _audit(sound).findings
    assert (finding.file, finding.offset) == (damaged.name, size)


def _page() -> Page:
    return Page(url="https://media-uji.example/lain", status=200, body=b"lain", fetched_at=NIGHT_1)


def test_whole_record_that_no_row_knows_is_named(sound: Newsroom, damaged: Path) -> None:
    with WarcWriter(damaged, end=damaged.stat().st_size) as writer:
        [placed] = writer.append(response(_page()))
    [finding] = _audit(sound).findings
    assert (finding.record_id, finding.offset) == (placed.record_id, placed.offset)


@pytest.mark.parametrize(
    "name", ["lain.warc.gz", "kliping-media-uji-20241105183001-1-02.warc.gz", "catatan.txt"]
)
def test_file_that_no_row_knows_is_found(sound: Newsroom, name: str) -> None:
    stray = sound.warc_directory / name
    stray.write_bytes(b"lain")
    [finding] = _audit(sound).findings
    stray.unlink()
    assert (finding.file, finding.offset) == (name, 0)


@pytest.mark.parametrize("tail", [b"", b"\x1f\x8b\x08 torn"], ids=["whole", "torn"])
def test_tail_of_a_crawl_that_still_runs_is_only_a_note(fresh: Newsroom, tail: bytes) -> None:
    fresh.begin(NIGHT_1 + timedelta(days=3))
    fresh.see("camat", article("Camat Diminta Tetap Netral Lagi"))
    assert fresh.crawl
    path = max(fresh.warc_directory.iterdir(), key=lambda path: path.name.split("-")[3])
    with path.open("ab") as file:
        file.write(response(_page())[0].data + tail)
    report = _audit(fresh)
    assert report.is_clean
    assert [note.file for note in report.notes] == [path.name]


def test_file_of_a_crawl_newer_than_every_row_is_only_a_note(fresh: Newsroom) -> None:
    path = fresh.warc_directory / "kliping-media-uji-20241109183001-9-01.warc.gz"
    path.write_bytes(response(_page())[0].data)
    report = _audit(fresh)
    assert (report.is_clean, len(report.notes)) == (True, 1)


@pytest.mark.parametrize(
    "statement",
    [
        "update warc_record set warc_offset = warc_offset + 1 where type = 'request'",
        "update warc_record set warc_length = warc_length - 1 where type = 'revisit'",
        "update warc_record set warc_file = 'lain.warc.gz' where type = 'conversion'",
        "update warc_record set type = 'response' where type = 'request'",
        "delete from warc_record where type = 'conversion'",
        "delete from warc_record where type = 'request'",
        "update capture set payload_digest = replace(payload_digest, 'a', 'b')",
        "update capture set url = url || 'x' where capture_id = 1",
        "update capture set kind = 'response' where kind = 'identical-payload'",
        "update capture set refers_to = 1 where refers_to is not null",
        "update capture set refers_to = null where kind = 'not-modified'",
        "update capture set fetched_at = '2020-01-01 00:00:00' where capture_id = 2",
        pytest.param(
            "update capture set fetched_at = 'besok' where capture_id = 2", marks=pytest.mark.sqlite
        ),
        "delete from capture where capture_id = 9",
        "update version set first_seen_at = '2020-01-01 00:00:00' where number = 2",
        pytest.param("update version set changed = '[' where number = 2", marks=pytest.mark.sqlite),
        "delete from version_capture",
        "update reading set headline = headline || '!'",
        "update reading set content_hash = replace(content_hash, '1', '2')",
        "update reading_text set text = text || 'x' where reading_id = 3",
        "delete from reading_text where reading_id = 2",
        "delete from event where event_id = 4",
        "delete from event where event_id = (select max(event_id) from event)",
        "update event set detail = '{}' where kind = 'new'",
        "update event set occurred_at = '2020-01-01 00:00:00' where kind = 'gone'",
        "update crawl set counts = '{}'",
        "update crawl set finish_reason = 'killed' where crawl_id = 2",
        "update story set story_id = 'lain' where url like '%lurah'",
    ],
)
def test_changed_row_is_found(fresh: Newsroom, statement: str) -> None:
    # not as our engine does, which keeps rows from losing what they refer to
    tamper(fresh.config, statement)
    assert _audit(fresh).findings


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("update event set recorded_at = '2024-11-05 18;30:02.000000' where event_id = 3",
         "event 3"),
        ("update event set detail = '{' where event_id = 3", "event 3"),
        ("update capture set recorded_at = replace(recorded_at, ' ', '$') where capture_id = 2",
         "capture 2"),
        ("update warc_record set type = cast(x'72ff' as text) where warc_offset = 0"
         " and crawl_id = 1", "warc_record"),
    ],
    ids=["moment", "list", "sign", "letter"],
)  # fmt: skip
def test_row_that_cannot_be_read_is_named(fresh: Newsroom, statement: str, row: str) -> None:
    connection = sqlite3.connect(str(fresh.archive.engine.url.database))
    connection.execute(statement)
    connection.commit()
    connection.close()
    assert any(finding.row.startswith(row) for finding in _audit(fresh).findings)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "statement",
    [
        "delete from signature where reading_id = 2",
        "update signature set minhash = zeroblob(1024) where reading_id = 2",
        "delete from near_duplicate_band where reading_id = 2",
        "update near_duplicate_band set band = band + 1 where reading_id = 2",
        "insert into near_duplicate_band values (7, 2)",
        "delete from reading_search_docsize where id = 2",
        "insert into reading_search (rowid, headline, text) values (99, 'camat', 'lain')",
    ],
)
def test_what_follows_from_a_text_is_compared_with_it(fresh: Newsroom, statement: str) -> None:
    long = " ".join(f"kata{number}" for number in range(60))
    fresh.begin(NIGHT_1 + timedelta(days=3))
    fresh.see("panjang", article("Camat", text=long))
    fresh.close()
    assert _audit(fresh).is_clean
    connection = sqlite3.connect(str(fresh.archive.engine.url.database))
    number = connection.execute("select max(reading_id) from reading").fetchone()[0]
    connection.execute(statement.replace(" = 2", f" = {number}").replace(", 2)", f", {number})"))
    connection.commit()
    connection.close()
    assert _audit(fresh).findings


@pytest.mark.sqlite
def test_words_of_two_readings_that_were_exchanged_are_found(fresh: Newsroom) -> None:
    connection = sqlite3.connect(str(fresh.archive.engine.url.database))
    connection.create_function("kliping_words", 2, words, deterministic=True)
    connection.executescript(
        "insert into reading_search (reading_search, rowid, headline, text)"
        " select 'delete', reading_id, headline, text from reading_searched"
        " where reading_id in (1, 2);"
        "insert into reading_search (rowid, headline, text)"
        " select 3 - reading_id, headline, text from reading_searched where reading_id in (1, 2);"
    )
    connection.close()
    found = {finding.row for finding in _audit(fresh).findings}
    assert found == {"reading 1", "reading 2"}


def test_head_is_that_of_the_newest_event_and_an_older_one_is_still_held(fresh: Newsroom) -> None:
    first = _audit(fresh).head
    fresh.begin(NIGHT_1 + timedelta(days=3))
    fresh.close()
    newest = _audit(fresh).head
    assert first != newest
    report = audit(fresh.archive.engine, fresh.warc_directory, expect_head=first)
    assert (report.head, report.is_clean) == (newest, True)


def test_chain_that_was_made_anew_is_found_by_the_head_that_was_noted(fresh: Newsroom) -> None:
    [finding] = audit(fresh.archive.engine, fresh.warc_directory, expect_head="ab" * 32).findings
    assert "ab" * 32 in finding.what


@pytest.mark.parametrize(("cut", "code"), [(64, 0), (8, 2)], ids=["in capitals", "a part"])
def test_command_takes_a_whole_head_only(fresh: Newsroom, cut: int, code: int) -> None:
    head = audit(fresh.archive.engine, fresh.warc_directory).head
    folder = fresh.config.directory
    written = folder.parent / "kliping.toml"
    written.write_text(settings_for(folder), "utf-8")
    asked = ["--config", str(written), "audit", "--expect-head", head[:cut].upper()]
    assert CliRunner().invoke(kliping, asked).exit_code == code


@pytest.mark.sqlite
def test_moment_that_no_clock_shows_is_named_with_its_row(fresh: Newsroom) -> None:
    late = "update capture set fetched_at = substr(fetched_at, 1, 14) || '62:00.000000'"
    tamper(fresh.config, late)
    rows = {finding.row for finding in _audit(fresh).findings}
    assert {f"capture {number}" for number in range(1, 10)} <= rows
