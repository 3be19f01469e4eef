"""The chain of events: whatever was changed, lost or moved afterwards shows."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from chosen_database import tamper
from hypothesis import given, settings
from hypothesis import strategies as st
from sightings import NIGHT_1, OUTLET, TEXT, Nights, address, article, page
from sqlalchemy import insert, select

from archive import crawl_rows, database, ledger
from archive.errors import ArchiveError
from archive.ledger import GENESIS, chain_faults, event_hash
from archive.schema import event
from archive.types import Problem

CORRECTED = TEXT.replace("pekan depan", "besok pagi")


@pytest.fixture
def three(nights: Nights) -> Nights:
    """Three closed crawls: new stories, an edit and a held text, a confirmed text and one gone."""
    with nights.night(1) as night:
        parts = ("/camat", "/camat/2")
        pages = tuple(page(part, at=nights.clock(), body=part.encode()) for part in parts)
        night.show("/camat", article(), pages=pages, parts=tuple(map(address, parts)))
        night.show("/kades", article(f"{TEXT} Kades."))
        night.show("/lurah", article(f"{TEXT} Lurah."))
        wrong = Problem(outlet=OUTLET.slug, url=address("/bupati"), kind="error", detail="500",
                        advice="coba lagi")  # fmt: skip
        nights.archive.note_problem(night.crawl, wrong)
    with nights.night(2) as night:
        night.show("/camat", article(CORRECTED))
        night.show("/kades", article("Dihapus."))
        night.show("/lurah", article(f"{TEXT} Lurah."))
    with nights.night(3) as night:
        night.show("/kades", article("Dihapus."))
        night.answer("/lurah", 410)
    assert _faults(nights) == []
    return nights


def _faults(nights: Nights) -> list[str]:
    with database.reading(nights.archive.engine) as connection:
        return chain_faults(connection)


def _tamper(nights: Nights, *statements: str) -> None:
    nights.archive.engine.dispose()
    tamper(nights.config, *statements)


# -- events ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "column",
    ["kind", "outlet", "story_id", "version_id", "capture_id", "crawl_id", "occurred_at",
     "recorded_at", "detail", "previous_hash", "hash"],
)  # fmt: skip
def test_changed_event_is_found(three: Nights, column: str) -> None:
    differs = f"CAST({column} AS TEXT) IS DISTINCT FROM CAST(e.{column} AS TEXT)"
    other = f"(SELECT {column} FROM event WHERE {differs} LIMIT 1)"
    if column in {"previous_hash", "hash"}:
        other = f"'{'f' * 64}'"
    _tamper(three, f"UPDATE event AS e SET {column} = {other} WHERE event_id = 2")
    assert any("event 2" in fault for fault in _faults(three))


@pytest.mark.sqlite
def test_changed_word_in_the_detail_is_found(three: Nights) -> None:
    _tamper(
        three, "UPDATE event SET detail = replace(detail, 'text', 'byline') WHERE kind='edited'"
    )
    assert any("(edited) was changed" in fault for fault in _faults(three))


@pytest.mark.parametrize("number", [1, 4, 6, 9])
def test_deleted_event_is_found(three: Nights, number: int) -> None:
    _tamper(three, f"DELETE FROM event WHERE event_id = {number}")
    assert _faults(three) != []


def test_deleted_event_is_found_though_the_numbers_were_mended(three: Nights) -> None:
    _tamper(
        three,
        "DELETE FROM event WHERE event_id = 3",
        "UPDATE event SET event_id = event_id - 1 WHERE event_id > 3",
    )
    assert any("event 3" in fault for fault in _faults(three))


def test_deleted_end_of_the_chain_is_missed_by_its_crawl(three: Nights) -> None:
    _tamper(three, "DELETE FROM event WHERE event_id = (SELECT max(event_id) FROM event)")
    assert _faults(three) == ["crawl 3 has no closing event"]


def test_events_in_another_order_are_found(three: Nights) -> None:
    _tamper(
        three,
        "UPDATE event SET event_id = 1000 WHERE event_id = 2",
        "UPDATE event SET event_id = 2 WHERE event_id = 3",
        "UPDATE event SET event_id = 3 WHERE event_id = 1000",
    )
    assert len(_faults(three)) >= 2


@pytest.mark.sqlite
def test_event_put_in_between_is_found(three: Nights) -> None:
    _tamper(
        three,
        "INSERT INTO event SELECT 1000, kind, outlet, story_id, version_id, capture_id, crawl_id,"
        " occurred_at, recorded_at, detail, hash, printf('%064d', 7) FROM event"
        " WHERE event_id = (SELECT max(event_id) FROM event)",
    )
    assert any("event 1000" in fault for fault in _faults(three))


def test_no_two_events_follow_the_same_one(three: Nights) -> None:
    with pytest.raises(ArchiveError, match=r"(?i)unique"):
        three.change(
            insert(event).values(
                kind="x", occurred_at=NIGHT_1, recorded_at=NIGHT_1, detail={},
                previous_hash=GENESIS, hash="0" * 64,
            )
        )  # fmt: skip


# -- rows that a crawl vouches for ------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "crawl"),
    [
        ("DELETE FROM capture WHERE capture_id = 1", 1),
        ("DELETE FROM capture WHERE capture_id = (SELECT max(capture_id) FROM capture)", 3),
        ("DELETE FROM version WHERE number = 2 AND crawl_id = 2", 2),
        ("DELETE FROM warc_record WHERE record_id = (SELECT min(record_id) FROM warc_record"
         " WHERE crawl_id = 1)", 1),
        ("DELETE FROM story WHERE story_id IN (SELECT story_id FROM capture LIMIT 1)", 1),
        ("DELETE FROM version_capture WHERE capture_id = 2", 1),
        ("DELETE FROM version_capture WHERE capture_id = (SELECT min(capture_id) FROM capture"
         " WHERE answer = 'suspect')", 3),
        ("DELETE FROM reading_text WHERE reading_id = 1", 1),
        ("DELETE FROM reading WHERE reading_id = 1", 1),
        ("UPDATE capture SET status = 404 WHERE capture_id = 1", 1),
        ("UPDATE capture SET answer = 'missing' WHERE crawl_id = 2", 2),
        ("UPDATE version SET first_seen_at = '2020-01-01 00:00:00.000000' WHERE version_id = 1", 1),
        ("UPDATE version_capture SET part = 9 WHERE capture_id = 1", 1),
        ("UPDATE warc_record SET warc_length = warc_length + 1 WHERE record_id ="
         " (SELECT min(record_id) FROM warc_record WHERE crawl_id = 1)", 1),
        ("UPDATE story SET url = 'https://lain.example/' WHERE crawl_id = 1", 1),
        ("UPDATE story SET recorded_at = '2030-01-01 00:00:00.000000' WHERE crawl_id = 1", 1),
        ("UPDATE story_url SET story_id = (SELECT max(story_id) FROM story) WHERE crawl_id = 1", 1),
        ("DELETE FROM story_url WHERE crawl_id = 1", 1),
        ("UPDATE crawl SET started_at = '2020-01-01 00:00:00.000000' WHERE crawl_id = 2", 2),
        ("UPDATE run SET started_at = '2020-01-01 00:00:00.000000' WHERE run_id = 2", 2),
        ("UPDATE crawl SET outlet_fault = true WHERE crawl_id = 2", 2),
        ("UPDATE crawl SET token = token + 1 WHERE crawl_id = 2", 2),
        ("DELETE FROM problem WHERE crawl_id = 1", 1),
        ("UPDATE problem SET detail = 'lain' WHERE crawl_id = 1", 1),
        ("UPDATE reading SET published_at = NULL WHERE reading_id = 1", 1),
        ("UPDATE reading SET tags = '[]' WHERE reading_id = 1", 1),
        ("UPDATE reading SET on_topic = false WHERE reading_id = 1", 1),
        ("UPDATE reading_text SET text = text || '!' WHERE reading_id = 1", 1),
    ],
)  # fmt: skip
def test_row_lost_or_changed_after_its_crawl_closed_is_found(
    three: Nights, statement: str, crawl: int
) -> None:
    _tamper(three, statement)
    assert f"the rows of crawl {crawl} are not those it closed with" in _faults(three)


def test_row_added_to_a_closed_crawl_is_found(three: Nights) -> None:
    columns = "story_id, number, crawl_id, first_seen_at, recorded_at, changed"
    _tamper(
        three,
        f"INSERT INTO version ({columns}) SELECT story_id, 9, crawl_id, first_seen_at,"
        " recorded_at, changed FROM version LIMIT 1",
    )
    assert _faults(three) == ["the rows of crawl 1 are not those it closed with"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE story SET next_visit_at = NULL, signal = 'baru', last_fetched_at = NULL",
        "DELETE FROM lease",
        "UPDATE outlet SET visited_at = NULL, signals_trusted = false",
    ],
    ids=["schedule", "lease", "signals"],
)
def test_what_is_no_fact_may_change(three: Nights, statement: str) -> None:
    _tamper(three, statement)
    assert _faults(three) == []


def test_outlet_that_was_renamed_by_hand_is_found(three: Nights) -> None:
    _tamper(three, "UPDATE outlet SET name = 'Koran Palsu', region = 'Papua'")
    assert _faults(three) == ["outlet media-uji is not what its last crawl said of it"]


def test_outlet_that_its_settings_renamed_is_as_its_next_crawl_says(three: Nights) -> None:
    renamed = replace(OUTLET, name="Media Uji Baru")
    with three.night(4, outlet=renamed):
        assert _faults(three) == []
    assert _faults(three) == []


def test_open_crawl_may_still_write(three: Nights) -> None:
    night = three.begin(4)
    night.show("/baru", article(f"{TEXT} Baru."))
    assert _faults(three) == []


def test_vouching_for_a_crawl_walks_through_no_table(three: Nights) -> None:
    """The audit asks this once for every crawl there ever was."""
    with three.explained() as walked, database.reading(three.archive.engine) as connection:
        crawl_rows.crawl_digest(connection, 2)
    assert walked == []


# -- hashes ----------------------------------------------------------------------------------------


def test_event_hash_can_be_computed_by_others(three: Nights) -> None:
    """SHA-256 of the hash before, a newline, and the event as ASCII JSON with sorted keys."""
    rows = three.rows(select(event).order_by(event.c.event_id))
    names = ("event_id", "kind", "outlet", "story_id", "version_id", "capture_id", "crawl_id",
             "detail")  # fmt: skip
    for row in rows:
        told = {name: row._mapping[name] for name in names}
        for name in ("occurred_at", "recorded_at"):
            told[name] = row._mapping[name].isoformat(timespec="microseconds")
        written = json.dumps(told, sort_keys=True, separators=(",", ":"))
        expected = hashlib.sha256(f"{row.previous_hash}\n{written}".encode()).hexdigest()
        assert row.hash == expected


_DETAIL = st.dictionaries(
    st.text(max_size=5), st.one_of(st.text(max_size=9), st.integers(), st.none(), st.booleans())
)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    made = Nights(tmp_path_factory.mktemp("archive"))
    yield made
    made.archive.close()


@settings(deadline=None, max_examples=40)  # every example writes to the disk
@given(detail=_DETAIL, hours=st.integers(-12, 12))
def test_any_event_reads_back_as_it_was_hashed(chain: Nights, detail: object, hours: int) -> None:
    at = NIGHT_1 + timedelta(hours=hours, microseconds=hours)
    with database.writing(chain.archive.engine) as connection:
        ledger.append(connection, "uji", recorded_at=at, detail=detail)
    assert _faults(chain) == []


def test_moment_in_another_zone_has_the_same_hash() -> None:
    row = dict.fromkeys(("event_id", "kind", "outlet", "story_id", "version_id", "capture_id",
                         "crawl_id", "detail", "recorded_at"))  # fmt: skip
    local = NIGHT_1.astimezone(ZoneInfo("Asia/Jayapura"))
    hashes = {event_hash(row | {"occurred_at": at}, previous=GENESIS) for at in (NIGHT_1, local)}
    assert len(hashes) == 1
