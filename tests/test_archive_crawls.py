"""Crawls that die, disks that are full, writers that meet: nothing acknowledged is lost."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from archive_child import STORIES
from archive_rows import Clock
from sightings import FRONT, NIGHT_1, OUTLET, TEXT, Nights, article, shown
from sqlalchemy import select

from archive import database
from archive.archive import Archive
from archive.audit import audit
from archive.errors import ArchiveError
from archive.ledger import chain_faults
from archive.schema import capture, crawl, event, run, story, warc_record
from archive.stories import stories
from archive.warc_reader import scan

CHILD = Path(__file__).parent / "archive_child.py"
_LOOKS = 3 * STORIES + 2
"""Looks at the clock: as the crawl begins, three a story (the first before its bytes are written,
two before its rows are committed), and as it ends."""


def _child(nights: Nights, mode: str, number: int) -> list[str]:
    """What a child acknowledged before its end."""
    command = [sys.executable, str(CHILD), mode, str(nights.config.directory), str(number)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout.splitlines()


def _paths(nights: Nights) -> list[str]:
    return sorted(row.url.removeprefix(FRONT) for row in nights.rows(select(story.c.url)))


def _expect_sound(nights: Nights) -> None:
    with database.reading(nights.archive.engine) as connection:
        assert chain_faults(connection) == []
    report = audit(nights.archive.engine, nights.archive.warc_directory)
    assert (report.findings, report.notes) == ((), ())


def _every_member_has_its_row(nights: Nights) -> bool:
    known = {row.record_id for row in nights.rows(select(warc_record.c.record_id))}
    files = nights.archive.warc_directory.iterdir()
    return known == {member.record_id for path in files for member in scan(path)}


_EVERY_DAY = {2, 3, 4, _LOOKS - 1}


@pytest.mark.parametrize(
    "looks",
    [pytest.param(n, marks=() if n in _EVERY_DAY else pytest.mark.slow) for n in range(_LOOKS + 1)],
)
def test_killed_crawl_is_saved_and_closed_by_the_next(nights: Nights, looks: int) -> None:
    acknowledged = _child(nights, "dying", looks)
    assert ("closed" in acknowledged) == (looks == _LOOKS)
    with nights.night(2) as night:
        for path in range(STORIES):
            night.record(shown(f"/{path}", article(f"{TEXT} {path}"), at=nights.clock()))
    assert _every_member_has_its_row(nights)
    _expect_sound(nights)
    assert _paths(nights) == [f"/{path}" for path in range(STORIES)]
    reasons = [row.finish_reason for row in nights.rows(select(crawl.c.finish_reason))]
    dead = [] if looks == 0 else ["finished" if looks == _LOOKS else "killed"]
    assert reasons == [*dead, "finished"]
    new = nights.rows(select(event).where(event.c.kind == "new", event.c.crawl_id == 1))
    assert len(new) >= len([line for line in acknowledged if line != "closed"])


def test_torn_tail_of_a_killed_crawl_is_cut(nights: Nights) -> None:
    _child(nights, "dying", _LOOKS - 1)
    [path] = nights.archive.warc_directory.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:37])
    with nights.night(2):
        pass
    assert path.read_bytes() == whole
    _expect_sound(nights)


@pytest.mark.parametrize(
    ("size", "what"),
    [pytest.param(200_000, "cannot write", id="no room for bytes"),
     # a server's files are not the crawl's
     pytest.param(100, "kliping.sqlite could not be written", id="no room for rows",
                  marks=pytest.mark.sqlite)],
)  # fmt: skip
def test_full_disk_refuses_and_loses_nothing(nights: Nights, size: int, what: str) -> None:
    acknowledged = _child(nights, "full", size)
    [refused] = [line for line in acknowledged if line.startswith("refused")]
    assert what in refused
    kept = [line for line in acknowledged if line != refused]
    assert len(kept) > 1
    assert kept[-1] == "/lagi"
    assert _paths(nights) == sorted(kept)
    assert _every_member_has_its_row(nights)
    _expect_sound(nights)


def test_two_processes_write_without_meeting_a_lock(nights: Nights) -> None:
    command = [sys.executable, str(CHILD), "busy", str(nights.config.directory), "6"]
    children = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [child.communicate() for child in children]
    assert [error for _, error in told] == ["", ""]
    assert sorted(out.strip() for out, _ in told) == nights.archive.outlets()
    assert len(list(stories(nights.archive.engine))) == 10
    _expect_sound(nights)


# -- bytes and rows -------------------------------------------------------------------------------


class BrokenClock(Clock):
    """Fails at one of the looks to come: a mistake that is no ArchiveError."""

    looks_left = -1

    def __call__(self) -> datetime:
        self.looks_left -= 1
        if self.looks_left == 0:
            raise RuntimeError("a mistake")
        return super().__call__()


@pytest.fixture
def clock(nights: Nights) -> BrokenClock:
    made = BrokenClock(NIGHT_1)
    nights.archive.close()
    nights.archive = Archive(nights.config, clock=made)
    return made


@pytest.mark.parametrize("look", [1, 2, 3])
def test_bytes_are_taken_back_whatever_failed(
    nights: Nights, clock: BrokenClock, look: int
) -> None:
    with nights.night() as night:
        night.show("/camat", article())
        before = _sizes(nights)
        clock.looks_left = look
        with pytest.raises(RuntimeError):
            night.show("/kades", article("Lain."))
        assert _sizes(nights) == before
        assert night.show("/kades", article("Lain.")).kind == "new"
    _expect_sound(nights)


def _sizes(nights: Nights) -> Sequence[int]:
    return [path.stat().st_size for path in sorted(nights.archive.warc_directory.iterdir())]


def test_file_whose_first_members_were_taken_back_begins_again(
    nights: Nights, clock: BrokenClock
) -> None:
    with nights.night() as night:
        clock.looks_left = 3
        with pytest.raises(RuntimeError):
            night.show("/camat", article())
        night.show("/camat", article())
    [path] = nights.archive.warc_directory.iterdir()
    assert next(iter(scan(path))).type == "warcinfo"
    _expect_sound(nights)


def test_crawl_that_kept_nothing_leaves_no_file(nights: Nights) -> None:
    with nights.night() as night:
        night.answer("/tiada", 404)
    assert list(nights.archive.warc_directory.iterdir()) == []


def test_full_file_is_followed_by_another(tmp_path: Path) -> None:
    nights = Nights(tmp_path / "archive", warc_size=2_000)
    with nights.night() as night:
        for path in range(8):
            night.show(f"/{path}", article(f"{TEXT} {path}"))
    files = sorted(nights.archive.warc_directory.iterdir())
    assert len(files) > 2
    assert {next(iter(scan(path))).type for path in files} == {"warcinfo"}
    _expect_sound(nights)
    nights.archive.close()


# -- runs -----------------------------------------------------------------------------------------


def test_crawls_of_a_night_share_its_run(nights: Nights) -> None:
    run_id = nights.archive.begin_run()
    for outlet in (OUTLET, nights.another_outlet()):
        made = nights.archive.begin_crawl(outlet, run_id=run_id)
        nights.archive.close_crawl(made, reason="finished", counts={}, complete=True)
    nights.archive.end_run(run_id)
    assert {row.run_id for row in nights.rows(select(crawl))} == {run_id}
    [row] = nights.rows(select(run))
    assert row.ended_at > row.started_at


def test_runs_of_dead_processes_end_with_the_next_one(nights: Nights) -> None:
    archive = nights.archive
    died, never_began = archive.begin_run(), archive.begin_run()
    made = archive.begin_crawl(OUTLET, run_id=died)
    archive.close_crawl(made, reason="finished", counts={}, complete=True)
    nights.clock.now += timedelta(hours=2)
    just_begun, last = archive.begin_run(), archive.begin_run()
    made = archive.begin_crawl(OUTLET, run_id=last)
    archive.close_crawl(made, reason="finished", counts={}, complete=True)
    archive.end_run(last)
    ended = {row.run_id: row.ended_at for row in nights.rows(select(run))}
    assert never_began not in ended
    assert ended[died] == nights.rows(select(crawl.c.ended_at))[0].ended_at
    assert (ended[just_begun], ended[last]) == (None, nights.clock.now)


def test_unknown_run_is_refused_and_leaves_the_outlet_free(nights: Nights) -> None:
    with pytest.raises(ArchiveError):
        nights.archive.begin_crawl(OUTLET, run_id=99)
    with nights.night() as night:
        night.show("/camat", article())
    assert len(nights.rows(select(capture))) == 1
