"""A share of the archive each night: what was read longest ago first, all of it in thirty."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from archive_rows import NIGHT_1, Newsroom, article, three_nights
from hypothesis import given
from hypothesis import strategies as st

from archive import database, fixity_log
from archive.audit import AuditReport, Budget, audit, keep
from archive.fixity_plan import NIGHTS, Extent, Span, extents, nightly, share

_MOMENT = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Newsroom]:
    made = three_nights(tmp_path)
    yield made
    made.archive.close()


def _night(made: Newsroom, number: int, budget: Budget) -> AuditReport:
    report = audit(made.archive.engine, made.warc_directory, budget=budget)
    keep(made.archive.engine, report, checked_at=_MOMENT + timedelta(days=number))
    return report


def _whole(made: Newsroom, number: int) -> AuditReport:
    report = audit(made.archive.engine, made.warc_directory)
    keep(made.archive.engine, report, checked_at=_MOMENT + timedelta(days=number))
    return report


def _state(made: Newsroom) -> fixity_log.FixityState:
    with database.reading(made.archive.engine) as connection:
        return fixity_log.state(connection)


def test_nothing_is_said_to_be_read_before_an_audit(fresh: Newsroom) -> None:
    found = _state(fresh)
    assert (found.read_since, found.unread) == (None, found.bytes)


def test_whole_audit_reads_every_byte_at_its_moment(fresh: Newsroom) -> None:
    keep(fresh.archive.engine, audit(fresh.archive.engine, fresh.warc_directory),
         checked_at=_MOMENT)  # fmt: skip
    found = _state(fresh)
    assert (found.read_since, found.unread, found.damaged) == (_MOMENT, 0, ())


def test_every_byte_is_read_within_thirty_nights_though_the_archive_grows(fresh: Newsroom) -> None:
    for number in range(NIGHTS):
        assert _night(fresh, number, Budget()).is_clean
        if number % 10 == 5:
            fresh.begin(NIGHT_1 + timedelta(days=number + 5))
            fresh.see(f"camat-{number}", article(f"Camat {number} Diminta Netral"))
            fresh.close()
    found = _state(fresh)
    assert found.unread == 0
    for number in range(NIGHTS, NIGHTS + 3):  # and again from the first on
        _night(fresh, number, Budget())
    assert (_state(fresh).read_since or _MOMENT) > _MOMENT


def test_time_that_is_over_leaves_one_member_read(fresh: Newsroom) -> None:
    _night(fresh, 0, Budget(seconds=0))  # the database, which was never read, comes first
    report = _night(fresh, 1, Budget(seconds=0))
    assert report.checked["members"] == 1


def test_damage_in_a_share_is_told_by_the_state_until_it_is_mended(fresh: Newsroom) -> None:
    path = max(fresh.warc_directory.iterdir(), key=lambda path: path.stat().st_size)
    data = path.read_bytes()
    path.write_bytes(data[:200] + bytes([data[200] ^ 1]) + data[201:])
    assert not _night(fresh, 0, Budget(bytes=10**9)).is_clean
    assert _state(fresh).damaged == (path.name,)
    path.write_bytes(data)
    assert _night(fresh, 1, Budget(bytes=10**9)).is_clean
    assert _state(fresh).damaged == ()


def test_damage_that_went_with_its_bytes_is_told_no_more(fresh: Newsroom) -> None:
    path = max(fresh.warc_directory.iterdir(), key=lambda path: path.stat().st_size)
    data = path.read_bytes()
    path.write_bytes(data + b"tamu")
    (fresh.warc_directory / "asing.warc.gz").write_bytes(b"tamu")
    assert not _whole(fresh, 0).is_clean
    assert set(_state(fresh).damaged) == {path.name, "asing.warc.gz"}
    path.write_bytes(data)
    (fresh.warc_directory / "asing.warc.gz").unlink()
    assert _whole(fresh, 1).is_clean
    assert _state(fresh).damaged == ()


@pytest.mark.parametrize("kept", [0, 300], ids=["missing", "cut"])
def test_file_that_lost_bytes_is_told_at_once(fresh: Newsroom, kept: int) -> None:
    _night(fresh, 0, Budget(bytes=10**9))
    path = max(fresh.warc_directory.iterdir(), key=lambda path: path.stat().st_size)
    data = path.read_bytes()
    path.unlink()
    if kept:
        path.write_bytes(data[:kept])
    report = _night(fresh, 1, Budget(bytes=1))
    assert path.name in {finding.file for finding in report.findings}


# -- the plan ----------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99))), st.integers(1, 99))
def test_extents_cover_a_file_once_and_tell_the_newest_reading(
    read: list[tuple[int, int]], size: int
) -> None:
    spans = [
        Span(file="a", start=start, end=end, checked_at=_MOMENT + timedelta(days=day))
        for day, (start, end) in enumerate(read)
    ]
    found = extents("a", size=size, spans=spans)
    assert (found[0].start, found[-1].end) == (0, size)
    assert all(one.end == other.start for one, other in pairwise(found))
    for extent in found:
        over = [s.checked_at for s in spans if s.start <= extent.start and extent.end <= s.end]
        assert extent.read_at == max(over, default=None)


def test_what_was_read_longest_ago_comes_first_and_no_more_than_is_asked_for() -> None:
    old, older = (
        Extent(file=name, start=0, end=100, read_at=_MOMENT - timedelta(days=days))
        for name, days in (("old", 1), ("older", 2))
    )
    chosen = share([old, older], budget=130)
    assert [(one.file, one.end) for one in chosen] == [("older", 100), ("old", 30)]


def test_a_thirtieth_is_rounded_up() -> None:
    assert (nightly(0), nightly(1), nightly(30), nightly(31)) == (0, 1, 1, 2)
