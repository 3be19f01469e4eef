"""How long the disk lasts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from chosen_database import IS_POSTGRESQL
from hypothesis import given
from hypothesis import strategies as st
from sightings import NIGHT_1, Nights, article

from archive import database
from archive.disk import DiskState, disk_state, forecast
from archive.errors import ArchiveError
from archive.printing_status import print_disk

NOW = datetime(2024, 11, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    ("free", "daily", "days"), [(100, 10, 10), (5, 10, 0.5), (0, 1, 0), (10, 0, None)]
)
def test_disk_lasts_as_long_as_its_room(free: int, daily: int, days: float | None) -> None:
    expected = None if days is None else NOW + timedelta(days=days)
    assert forecast(free, daily, now=NOW) == expected


@given(st.integers(0, 10**18), st.integers(0, 10**15))
def test_forecast_is_within_ten_years_or_none(free: int, daily: int) -> None:
    found = forecast(free, daily, now=NOW)
    assert found is None or NOW <= found < NOW + timedelta(days=3_650)


def _state(nights: Nights, *, now: datetime) -> DiskState:
    with database.reading(nights.archive.engine) as connection:
        return disk_state(connection, nights.archive.warc_directory, now=now)


def test_growth_is_what_the_last_nights_took(nights: Nights) -> None:
    empty = _state(nights, now=NIGHT_1)
    assert (empty.warc_bytes, empty.daily_bytes, empty.full_at) == (0, 0, None)
    for night in (1, 3, 5):
        with nights.night(night) as crawl:
            crawl.show(f"/{night}", article(), body=bytes(range(256)) * 40)
    now = NIGHT_1 + timedelta(days=5)
    found = _state(nights, now=now)
    files = list(nights.archive.warc_directory.iterdir())
    assert found.warc_bytes == sum(path.stat().st_size for path in files)
    assert found.database_bytes > 4096
    # a server's disk may be another one
    share = 1 if IS_POSTGRESQL else 1 + found.database_bytes / found.warc_bytes
    assert found.daily_bytes == pytest.approx(found.warc_bytes / 5 * share, rel=0.01)
    # months without a crawl take nothing
    assert _state(nights, now=now + timedelta(days=90)).daily_bytes == 0


def test_folder_that_is_gone_is_named(nights: Nights, tmp_path: Path) -> None:
    with (
        database.reading(nights.archive.engine) as connection,
        pytest.raises(ArchiveError, match="tiada cannot be looked at"),
    ):
        disk_state(connection, tmp_path / "tiada", now=NOW)


@pytest.mark.parametrize(
    ("days", "said"), [(3, "make room on the disk of kliping-data"), (400, ": full about 20")]
)
def test_disk_that_is_soon_full_is_told_of(
    days: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    full_at = datetime.now(UTC) + timedelta(days=days)
    state = DiskState(
        directory=Path("kliping-data"),
        warc_bytes=2_500_000,
        database_bytes=999,
        free_bytes=1_500_000_000_000_000,
        daily_bytes=0,
        full_at=full_at,
    )
    print_disk(state)
    printed = capsys.readouterr().out
    assert "2.5 MB in WARC files, 999 bytes of database; 1,500.0 TB free" in printed
    assert said in printed
    assert ("make room" in printed) == (days == 3)
