"""The order of a night, the time of a network in it, and the rest between two of its outlets."""

import csv
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import Loopback, Route, serve, slowly
from playing import ENVIRONMENT, Place
from sightings import NIGHT_1, OUTLET, Nights, article
from small_outlet import feed, story, story_path

from archive import schema
from archive.archive import Archive
from archive.audit import audit
from archive.config import CrawlConfig
from archive.snapshots import export
from archive.status import status
from archive.types import Outlet
from archive.visits import last_visits
from crawler.order import lanes, longest_unvisited_first
from crawler.politeness import rest_left

NAMES = ("satu", "dua", "tiga")


def outlet(slug: str, *, network: str = "") -> Outlet:
    return Outlet(slug=slug, name=slug, url=f"https://{slug}.example", network=network)


# -- the order, pure ------------------------------------------------------------------------


def test_longest_unvisited_comes_first_and_never_visited_before_all() -> None:
    visits = {"satu": NIGHT_1, "tiga": NIGHT_1 - timedelta(days=1)}
    ordered = longest_unvisited_first(map(outlet, ("satu", "dua", "tiga", "empat")), visits)
    assert [one.slug for one in ordered] == ["dua", "empat", "tiga", "satu"]


def test_outlets_of_a_network_follow_each_other_in_that_order() -> None:
    ordered = [outlet("a", network="x"), outlet("b"), outlet("c", network="x"), outlet("d")]
    assert [[one.slug for one in lane] for lane in lanes(ordered)] == [["a", "c"], ["b"], ["d"]]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["", "x", "y"])), max_size=9))
def test_every_outlet_is_in_one_lane(pairs: list[tuple[str, str]]) -> None:
    given_outlets = [outlet(slug, network=network) for slug, network in dict(pairs).items()]
    found = [one for lane in lanes(given_outlets) for one in lane]
    assert sorted(one.slug for one in found) == sorted(one.slug for one in given_outlets)


# -- what counts as a visit -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "counts"),
    [
        ("finished", True),
        ("unreachable", True),
        ("time-limit", True),
        ("network-time-limit", False),
        ("shutdown", False),
    ],
)
def test_crawl_that_others_cut_short_is_no_visit(nights: Nights, reason: str, counts: bool) -> None:
    night = nights.begin(1)
    nights.archive.close_crawl(night.crawl, reason=reason, counts={}, complete=False)
    assert (OUTLET.slug in last_visits(nights.archive.engine)) == counts


def test_last_visit_is_the_newest_that_counts(nights: Nights) -> None:
    for number, reason in ((1, "finished"), (2, "finished"), (3, "network-time-limit")):
        night = nights.begin(number)
        nights.archive.close_crawl(night.crawl, reason=reason, counts={}, complete=True)
    visited = last_visits(nights.archive.engine)[OUTLET.slug]
    assert visited.date() == (NIGHT_1 + timedelta(days=1)).date()


# -- not reached ----------------------------------------------------------------------------


def _not_reached(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article(), next_visit_at=NIGHT_1 + timedelta(hours=20))
        night.show("/kades", article("Lain."), next_visit_at=NIGHT_1 + timedelta(days=30))
    nights.clock.now = NIGHT_1 + timedelta(days=1)
    run_id = nights.archive.begin_run()
    nights.archive.note_not_reached(OUTLET, run_id=run_id)
    nights.archive.end_run(run_id)


def test_outlet_that_was_not_reached_stands_in_the_run(nights: Nights) -> None:
    _not_reached(nights)
    (newest, _) = status(nights.archive.engine).runs
    (row,) = newest.crawls
    assert (row.crawl.outlet, row.crawl.finish_reason) == (OUTLET.slug, "not-reached")
    assert row.crawl.ended_at is not None


def test_coverage_tells_what_was_not_reached(nights: Nights, tmp_path: Path) -> None:
    """One of the two stories was due."""
    _not_reached(nights)
    export(nights.archive.engine, nights.archive.warc_directory, tmp_path / "out")
    with (tmp_path / "out" / "coverage.csv").open(encoding="utf-8-sig") as file:
        rows = [
            (r["finish_reason"], r["looked_at"], r["not_reached"]) for r in csv.DictReader(file)
        ]
    assert rows == [("finished", "0", "0"), ("not-reached", "0", "1")]


def test_outlet_that_was_not_reached_was_not_visited(nights: Nights) -> None:
    _not_reached(nights)
    assert last_visits(nights.archive.engine)[OUTLET.slug] < NIGHT_1 + timedelta(hours=1)
    with nights.night(3) as night:
        assert night.show("/camat", article()).kind == "unchanged"
    report = audit(nights.archive.engine, nights.archive.warc_directory)
    assert (report.findings, report.notes) == ((), ())


def test_outlet_never_visited_can_be_not_reached(nights: Nights) -> None:
    run_id = nights.archive.begin_run()
    nights.archive.note_not_reached(replace(OUTLET, slug="baru"), run_id=run_id)
    assert nights.archive.outlets() == ["baru"]
    assert nights.archive.recall("baru").visited_at is None


# -- nights of a network --------------------------------------------------------------------


@dataclass(frozen=True)
class Network:
    """Three outlets of one network, each with a story, behind one server."""

    place: Place
    server: Loopback

    def hosts(self) -> list[str]:
        """The outlets in the order in which they were asked, each change once."""
        asked = [hit.host.partition(".")[0] for hit in self.server.hits]
        return [name for n, name in enumerate(asked) if n == 0 or asked[n - 1] != name]

    def reasons(self) -> dict[str, str]:
        """How each outlet's crawl of the last run ended."""
        rows = self.place.rows(schema.crawl)
        last = max(row["run_id"] for row in rows)
        return {row["outlet"]: row["finish_reason"] for row in rows if row["run_id"] == last}


@contextmanager
def network(
    directory: Path, *, seconds: float = 0, names: Sequence[str] = NAMES, **crawl: Any
) -> Iterator[Network]:
    """The network for the time of the block; each story takes its server some seconds."""
    routes: dict[str, Route] = {}
    for name in names:
        routes[f"{name}.example/feed/"] = feed(1, 2, 3, front=f"https://{name}.example")
        for number in (1, 2, 3):
            shown = story(number)
            routes[f"{name}.example{story_path(number)}"] = (
                slowly(shown, seconds=seconds) if seconds else shown
            )
    entries = [
        {"slug": name, "url": f"https://{name}.example", "network": "jaringan"} for name in names
    ]
    with serve(routes) as server:
        connect_to = {f"https://{name}.example": server.url for name in names}
        yield Network(Place.make(directory, connect_to, outlets=entries, **crawl), server)


def test_network_is_crawled_one_outlet_after_the_other_longest_unvisited_first(
    tmp_path: Path,
) -> None:
    with network(tmp_path, parallel=3) as net:
        assert net.place.crawl("dua")["reason"] == "finished"
        net.server.hits.clear()
        ends = net.place.night(*NAMES).ends
        assert net.hosts() == ["satu", "tiga", "dua"]
        assert [end.outlet for end in ends] == list(NAMES)
        assert {end.reason for end in ends} == {"finished"}
        assert max(hit.in_flight for hit in net.server.hits) == 1


def test_outlets_that_a_networks_time_did_not_reach_come_first_next_time(tmp_path: Path) -> None:
    with network(tmp_path, seconds=1.5, network_time_limit="4s") as net:
        report = net.place.night(*NAMES)
        first = net.reasons()
        assert first["tiga"] == "not-reached"
        assert first["satu"] in {"finished", "network-time-limit"}
        assert report.exit_code == 1
        net.server.hits.clear()
        net.place.night(*NAMES)
        assert net.hosts()[0] in {name for name, end in first.items() if end != "finished"}
        assert "satu" in net.hosts()[:1] or first["satu"] == "finished"


def test_crawl_at_work_stops_when_its_networks_time_is_up(tmp_path: Path) -> None:
    with network(tmp_path, seconds=2, network_time_limit="3s", names=("satu",)) as net:
        end = net.place.crawl("satu")
        assert end["reason"] == "network-time-limit"
        assert 0 < end["counts"]["looked_at"] < 3


def test_network_without_any_time_is_asked_for_nothing(tmp_path: Path) -> None:
    with network(tmp_path, network_time_limit="0s") as net:
        net.place.night(*NAMES)
        assert net.reasons() == dict.fromkeys(NAMES, "not-reached")
        assert net.server.hits == []


# -- with a crawl started by hand beside it -------------------------------------------------

_HOLDER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from archive.archive import Archive
from archive.config import Settings
from archive.types import Outlet
archive = Archive(Settings.load(Path(sys.argv[1])).archive, clock=lambda: datetime.now(UTC))
archive.begin_crawl(Outlet(slug="lain", name="", url="https://lain.example", network="jaringan"))
print("begun", flush=True)
sys.stdin.readline()
"""


@contextmanager
def _held(place: Place) -> Iterator["subprocess.Popen[str]"]:
    """Another process that crawls an outlet of the network until it is told to end."""
    command = [sys.executable, "-c", _HOLDER, str(place.file)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as child:
        assert child.stdout
        assert child.stdout.readline() == "begun\n"
        yield child
        child.kill()


def test_second_crawl_of_a_network_asks_for_nothing_and_says_why(tmp_path: Path) -> None:
    with network(tmp_path) as net, _held(net.place) as child:
        done = net.place.kliping("crawl", "satu")
        assert done.returncode == 3
        told = done.stdout + done.stderr
        assert "satu: network-held: satu: one crawl of a network at a time" in told
        assert f"the network jaringan is being worked on by process {child.pid}" in told
        assert net.server.hits == []


def test_night_waits_for_a_crawl_that_was_started_by_hand(tmp_path: Path) -> None:
    with network(tmp_path) as net, _held(net.place) as child:
        threading.Timer(3, child.kill).start()
        report = net.place.night(*NAMES)
        assert {end.reason for end in report.ends} == {"finished"}
        assert child.poll() is not None


# -- the rest between two crawls ------------------------------------------------------------


@pytest.mark.parametrize(
    ("idle", "left"),
    [(None, 0), (timedelta(), 2), (timedelta(seconds=0.5), 1.5), (timedelta(days=1), 0)],
    ids=["first crawl", "died", "just ended", "long ago"],
)
def test_rest_is_what_the_least_delay_lacks(idle: timedelta | None, left: float) -> None:
    assert rest_left(idle, CrawlConfig(delay=2.0)) == left


def test_least_delay_holds_after_another_outlet_of_the_network(tmp_path: Path) -> None:
    delay = 6.0
    with network(tmp_path, names=("satu",), delay=delay, time_limit="7s") as net:
        archive = Archive(net.place.settings.archive, clock=lambda: datetime.now(UTC))
        other = archive.begin_crawl(outlet("dua", network="jaringan"))
        archive.close_crawl(other, reason="finished", counts={}, complete=True)
        released = time.monotonic()
        archive.close()
        net.place.crawl("satu")
        assert net.server.hits[0].began - released > delay - 0.1
