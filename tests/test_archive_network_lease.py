"""One crawl of a network at a time, in whichever process: the lease that its outlets share."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from archive_rows import Clock
from playing import ENVIRONMENT
from sightings import NIGHT_1, OUTLET, Nights, article
from sqlalchemy import select, update

from archive.archive import Archive
from archive.errors import LeaseHeld, LeaseLost, NetworkHeld
from archive.schema import crawl, lease

SOLO = replace(OUTLET, slug="tribun-solo", url="https://solo.example", network="jaringan")
JAMBI = replace(OUTLET, slug="tribun-jambi", url="https://jambi.example", network="jaringan")
_TESTS = Path(__file__).parent
_CHILD = """
import sys, time
from dataclasses import replace
from pathlib import Path
from sightings import OUTLET, Nights
nights = Nights(Path(sys.argv[1]))
nights.begin(1, outlet=replace(OUTLET, slug="tribun-solo", network="jaringan"))
print("begun", flush=True)
time.sleep(60)
"""


@contextmanager
def _living(nights: Nights) -> Iterator["subprocess.Popen[str]"]:
    """A process that crawls Solo and waits."""
    command = [sys.executable, "-c", _CHILD, str(nights.config.directory)]
    paths = f"{ENVIRONMENT['PYTHONPATH']}:{_TESTS}"
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT | {"PYTHONPATH": paths}
    ) as child:
        assert child.stdout
        assert child.stdout.readline() == "begun\n"
        yield child
        child.kill()


def _names(nights: Nights) -> list[str]:
    return [row.name for row in nights.rows(select(lease).order_by(lease.c.name))]


def test_crawl_holds_its_outlet_and_its_network(nights: Nights) -> None:
    with nights.night(outlet=SOLO):
        assert _names(nights) == ["network:jaringan", "outlet:tribun-solo"]


def test_outlet_that_stands_alone_holds_no_network(nights: Nights) -> None:
    with nights.night():
        assert _names(nights) == [f"outlet:{OUTLET.slug}"]


def test_second_outlet_of_a_network_is_refused_in_one_line_that_names_it(nights: Nights) -> None:
    with _living(nights) as child, pytest.raises(NetworkHeld) as refused:
        nights.archive.begin_crawl(JAMBI)
    told = str(refused.value)
    assert "tribun-jambi: one crawl of a network at a time: the network jaringan" in told
    assert f"process {child.pid}" in told
    assert "\n" not in told


def test_refused_crawl_leaves_its_own_outlet_free(nights: Nights) -> None:
    with nights.night(outlet=SOLO), pytest.raises(NetworkHeld):
        nights.archive.begin_crawl(JAMBI)
    assert _names(nights) == ["network:jaringan", "outlet:tribun-solo"]
    assert len(nights.rows(select(crawl))) == 1


def test_outlet_that_is_crawled_itself_is_no_matter_of_its_network(nights: Nights) -> None:
    with nights.night(outlet=SOLO), pytest.raises(LeaseHeld) as refused:
        nights.archive.begin_crawl(SOLO)
    assert not isinstance(refused.value, NetworkHeld)


def test_other_network_is_free(nights: Nights) -> None:
    with nights.night(outlet=SOLO), nights.night(outlet=replace(JAMBI, network="lain")):
        assert len(_names(nights)) == 4


def test_dead_holder_frees_both(nights: Nights) -> None:
    with _living(nights) as child:
        child.kill()
        child.wait()
        with nights.night(2, outlet=JAMBI) as night:
            assert night.crawl.network_token == 2
        with nights.night(3, outlet=SOLO) as night:
            assert night.crawl.token == 2


def test_closed_crawl_leaves_the_network_free(nights: Nights) -> None:
    with nights.night(outlet=SOLO):
        pass
    with nights.night(2, outlet=JAMBI) as second:
        assert second.show("/camat", article(), outlet=JAMBI.slug).kind == "new"


def test_heartbeat_puts_both_ends_off(nights: Nights) -> None:
    with nights.night(outlet=SOLO) as night:
        nights.change(update(lease).values(expires_at=datetime.now(UTC) + timedelta(seconds=5)))
        nights.archive.heartbeat(night.crawl, counts={})
        ends = [row.expires_at for row in nights.rows(select(lease))]
    assert len(ends) == 2
    assert min(ends) - datetime.now(UTC) > timedelta(seconds=50)


def test_nothing_is_kept_once_the_network_went_to_another(nights: Nights) -> None:
    """A process that stood still for longer than its lease may not ask on beside the next one."""
    night = nights.begin(1, outlet=SOLO)
    nights.change(update(lease).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    other = Archive(nights.config, clock=Clock(NIGHT_1 + timedelta(hours=1)))
    other.begin_crawl(JAMBI)
    with pytest.raises(LeaseLost, match="the network jaringan"):
        nights.archive.heartbeat(night.crawl, counts={})
    with pytest.raises(LeaseLost):
        night.show("/camat", article(), outlet=SOLO.slug)
    other.close()


# -- how long the network had its rest -------------------------------------------------------------


def test_first_crawl_of_a_network_knows_of_no_request_before_it(nights: Nights) -> None:
    with nights.night(outlet=SOLO) as night:
        assert night.crawl.idle is None


def test_crawl_knows_how_long_ago_another_outlet_of_its_network_was_asked(nights: Nights) -> None:
    with nights.night(outlet=SOLO):
        pass
    released = datetime.now(UTC) - timedelta(minutes=5)
    nights.change(update(lease).values(expires_at=released))
    with nights.night(2, outlet=JAMBI) as night:
        assert night.crawl.idle is not None
        assert timedelta(minutes=5) <= night.crawl.idle < timedelta(minutes=6)


def test_network_of_a_dead_crawl_had_no_rest(nights: Nights) -> None:
    with _living(nights) as child:
        child.kill()
        child.wait()
        with nights.night(2, outlet=JAMBI) as night:
            assert night.crawl.idle == timedelta()
