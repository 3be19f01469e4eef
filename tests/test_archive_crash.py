"""What was acknowledged survives kills and refusing disks: the quick form of `make prove-crash`."""

import random
from pathlib import Path

import pytest
from crash_writer import POINTS
from prove_crash import REFUSALS, Series, fill_database, refuse_each

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Series:
    """One kill at each kind of point, and one at a random moment."""
    made = Series(tmp_path_factory.mktemp("kills"), random.Random(3))
    for number in range(len(POINTS) + 1):
        made.kill(number)
    made.end()
    return made


def test_killed_writers_lose_nothing_that_was_acknowledged(series: Series) -> None:
    assert series.faults == []
    assert len(series.acknowledged) > 10


def test_every_kill_met_a_living_writer(series: Series) -> None:
    assert series.died == dict.fromkeys(["never", *POINTS], 1)


def test_proof_sees_what_is_lost(series: Series) -> None:
    known = next(iter(series.acknowledged))
    torn = Series(series.folder, series.dice)
    torn.acknowledged = {("0" * 16, 1, known[2]): None, (known[0], known[1], "0" * 64): None}
    torn._reopen("control")
    assert [fault.split(": ", 1)[1].split(" of ")[0] for fault in torn.faults] == [
        "lost: version 1",
        "lost: the bytes",
    ]
    (series.folder / "snapshot-0").mkdir()
    torn._look_at_snapshots([], "control")
    assert torn.faults[-1] == "control: snapshot-0 is there and is not whole"
    file = max((torn.archive / "warc").iterdir())
    with file.open("ab") as opened:
        opened.write(b"torn")
    torn._reopen("control")
    assert any("ends at" in fault for fault in torn.faults)


def test_refusing_disk_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    tried, faults = refuse_each(tmp_path, most=2)
    assert faults == []
    assert tried == dict.fromkeys(REFUSALS, 2)


def test_full_database_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    tried, faults = fill_database(tmp_path, most=4)
    assert faults == []
    assert tried["a full database"] > 1
