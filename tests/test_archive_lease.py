"""One writer per outlet: leases, fencing tokens, and what a writer that lost its lease may do."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from archive_rows import Clock
from sightings import NIGHT_1, OUTLET, Nights, article
from sqlalchemy import select, update

from archive import database
from archive import lease as leases
from archive.archive import Archive
from archive.audit import audit
from archive.errors import LeaseHeld, LeaseLost
from archive.lease import Holder
from archive.schema import capture, crawl, lease, seen_url, warc_record
from archive.types import Problem, Seen

CHILD = Path(__file__).parent / "archive_child.py"
ELSEWHERE = Holder(host="lain.example", pid=1, pid_started="1")


@contextmanager
def _living(nights: Nights) -> Iterator[subprocess.Popen[str]]:
    """A child that holds the outlet and waits."""
    command = [sys.executable, str(CHILD), "waiting", str(nights.config.directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stdout.readline() == "begun\n"
        yield child
        child.kill()


def _expire(nights: Nights) -> None:
    nights.change(update(lease).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))


@contextmanager
def _other(nights: Nights) -> Iterator[Archive]:
    """The same archive as another process would open it."""
    opened = Archive(nights.config, clock=Clock(NIGHT_1 + timedelta(hours=1)))
    yield opened
    opened.close()


def _sizes(nights: Nights) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in nights.archive.warc_directory.iterdir()}


# -- who may begin ---------------------------------------------------------------------------------


def test_outlet_is_held_while_its_process_lives_and_free_when_it_is_dead(nights: Nights) -> None:
    with _living(nights) as child:
        with pytest.raises(LeaseHeld, match=f"process {child.pid}"):
            nights.archive.begin_crawl(OUTLET)
        assert nights.archive.outlets() == [OUTLET.slug]
        child.send_signal(signal.SIGKILL)
        child.wait()
        with nights.night(2) as night:
            assert night.show("/camat", article()).kind == "unchanged"


def test_refused_crawl_leaves_no_row(nights: Nights) -> None:
    with nights.night(), pytest.raises(LeaseHeld):
        nights.archive.begin_crawl(replace(OUTLET, name="Nama Lain"))
    assert len(nights.rows(select(crawl))) == 1
    assert nights.archive.recall(OUTLET.slug).visited_at


def test_other_outlet_is_free(nights: Nights) -> None:
    with nights.night(), nights.night(outlet=nights.another_outlet()):
        pass
    assert len(nights.rows(select(lease))) == 2


def test_closed_crawl_leaves_the_outlet_free(nights: Nights) -> None:
    with nights.night(1) as first:
        pass
    with nights.night(1) as second:
        pass
    assert second.crawl.token > first.crawl.token


def test_holder_of_another_machine_is_believed_until_its_time_is_up(nights: Nights) -> None:
    with database.writing(nights.archive.engine) as connection:
        token = leases.acquire(connection, "outlet:media-uji", holder=ELSEWHERE)
        with pytest.raises(LeaseHeld):
            leases.acquire(connection, "outlet:media-uji", holder=Holder.this_process())
    _expire(nights)
    with nights.night() as night:
        assert night.crawl.token > token


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"pid": 2**22 + 1}, id="no such process"),
        pytest.param({"pid_started": "1"}, id="the number went to another process"),
    ],
)
def test_dead_local_holder_holds_nothing(nights: Nights, other: dict[str, object]) -> None:
    dead = replace(Holder.this_process(), **other)  # type: ignore[arg-type]
    with database.writing(nights.archive.engine) as connection:
        leases.acquire(connection, "outlet:media-uji", holder=dead)
        assert leases.acquire(connection, "outlet:media-uji", holder=Holder.this_process()) == 2


def test_zombie_is_dead(nights: Nights) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as child:
        started = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[19]
        holder = replace(Holder.this_process(), pid=child.pid, pid_started=started)
        with database.writing(nights.archive.engine) as connection:
            leases.acquire(connection, "outlet:media-uji", holder=holder)
            with pytest.raises(LeaseHeld):
                leases.acquire(connection, "outlet:media-uji", holder=Holder.this_process())
            child.kill()
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
            assert leases.acquire(connection, "outlet:media-uji", holder=Holder.this_process()) == 2


def test_lease_ends_by_the_databases_clock(nights: Nights) -> None:
    """The archive's own clock, which a test sets to any night, has no say."""
    with nights.night():
        [row] = nights.rows(select(lease))
    assert abs(row.expires_at - datetime.now(UTC)) < timedelta(minutes=2)


def test_heartbeat_puts_the_end_off(nights: Nights) -> None:
    with nights.night() as night:
        nights.change(update(lease).values(expires_at=datetime.now(UTC) + timedelta(seconds=5)))
        nights.archive.heartbeat(night.crawl, counts={"requests": 3})
        [row] = nights.rows(select(lease))
        assert row.expires_at - datetime.now(UTC) > timedelta(seconds=50)
        assert nights.rows(select(crawl.c.counts))[0].counts == {"requests": 3}


# -- a lease that was lost -------------------------------------------------------------------------


def test_nothing_is_kept_of_a_crawl_that_was_taken_over(nights: Nights) -> None:
    night = nights.begin(1)
    night.show("/camat", article())
    before = _sizes(nights)
    _expire(nights)
    with _other(nights) as other:
        other.begin_crawl(OUTLET)
        with pytest.raises(LeaseLost):
            night.show("/kades", article("Lain."))
    assert _sizes(nights) == before
    assert len(nights.rows(select(capture))) == 1


def test_loss_is_known_before_a_file_is_begun(nights: Nights) -> None:
    night = nights.begin(1)
    nights.change(update(lease).values(token=lease.c.token + 1))
    with pytest.raises(LeaseLost):
        night.show("/camat", article())
    assert _sizes(nights) == {}


def test_token_is_worth_nothing_after_its_release(nights: Nights) -> None:
    with database.writing(nights.archive.engine) as connection:
        token = leases.acquire(connection, "uji", holder=Holder.this_process())
        leases.check(connection, "uji", token=token)
        leases.release(connection, "uji", token=token)
        with pytest.raises(LeaseLost):
            leases.check(connection, "uji", token=token)
        assert leases.acquire(connection, "uji", holder=ELSEWHERE) > token


def test_members_written_before_the_loss_was_known_are_taken_back(nights: Nights) -> None:
    """The lease goes after the first look at it, while the bytes are being written."""
    taken_over: list[datetime] = []

    def clock() -> datetime:
        if is_armed and not taken_over:
            taken_over.append(NIGHT_1)
            nights.change(update(lease).values(token=lease.c.token + 1))
        return NIGHT_1 + timedelta(hours=1)

    is_armed = False
    nights.archive.close()
    nights.archive = Archive(nights.config, clock=clock)
    night = nights.begin(1)
    night.show("/camat", article())
    before = _sizes(nights)
    is_armed = True
    with pytest.raises(LeaseLost):
        night.show("/kades", article("Lain."))
    assert taken_over
    assert _sizes(nights) == before
    assert len(nights.rows(select(warc_record))) == 4  # warcinfo, response, request, conversion


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda a, c: a.heartbeat(c, counts={}), id="heartbeat"),
        pytest.param(lambda a, c: a.touch(c, "0" * 16, signal="x"), id="touch"),
        pytest.param(lambda a, c: a.hold(c, until=NIGHT_1, reason="x"), id="hold"),
        pytest.param(lambda a, c: a.distrust_signals(c), id="distrust"),
        pytest.param(
            lambda a, c: a.note_seen(
                c, [Seen(outlet=c.outlet, url="x", decision="off-topic", seen_at=NIGHT_1)]
            ),
            id="seen",
        ),
        pytest.param(
            lambda a, c: a.note_problem(
                c, Problem(outlet=c.outlet, url="x", kind="x", detail="x", advice="x")
            ),
            id="problem",
        ),
        pytest.param(
            lambda a, c: a.close_crawl(c, reason="finished", counts={}, complete=True), id="close"
        ),
    ],
)
def test_every_way_of_writing_asks_for_the_lease(nights: Nights, act: object) -> None:
    night = nights.begin(1)
    nights.change(update(lease).values(token=lease.c.token + 1))
    with pytest.raises(LeaseLost):
        act(nights.archive, night.crawl)  # type: ignore[operator]
    assert nights.rows(select(seen_url)) == []
    assert nights.rows(select(crawl.c.ended_at))[0].ended_at is None


def test_process_that_stalled_does_not_block_its_outlet(nights: Nights) -> None:
    """It lives, and holds its file; its crawl is closed when it lets go."""
    stalled = nights.begin(1)
    stalled.show("/camat", article())
    _expire(nights)
    with _other(nights) as other:
        successor = other.begin_crawl(OUTLET)
        with pytest.raises(LeaseLost):
            stalled.show("/kades", article("Lain."))
        nights.archive.close()
        other.close_crawl(successor, reason="finished", counts={}, complete=True)
    with nights.night(3):
        pass
    rows = nights.rows(select(crawl.c.finish_reason).order_by(crawl.c.crawl_id))
    assert [row.finish_reason for row in rows] == ["killed", "finished", "finished"]
    report = audit(nights.archive.engine, nights.archive.warc_directory)
    assert (report.findings, report.notes) == ((), ())
