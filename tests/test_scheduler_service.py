"""The service as real processes: nothing twice, nothing lost, whoever is killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from loopback import Handler, Loopback, Route, serve
from playing import Place
from small_outlet import feed, story, story_path

from archive import schema

pytestmark = pytest.mark.timeout(180)

ROOT = Path(__file__).parents[1]
FRONTS = {name: f"https://{name}.example" for name in ("satu", "dua", "tiga")}


class Gate:
    """An answer that waits until it may go."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._open = threading.Event()

    def __call__(self, handler: Handler) -> None:
        self._open.wait(60)
        self._route(handler)

    def open(self) -> None:
        self._open.set()


@dataclass
class Town:
    """Three outlets with a story each, and a service that may visit them."""

    server: Loopback
    place: Place
    gates: Mapping[str, Gate]

    def service(self, *arguments: str) -> "subprocess.Popen[str]":
        return self.place.started("schedule", *arguments)

    def rows(self) -> list[tuple[str, str]]:
        """Outlet and finish reason of every crawl, in their order."""
        found = self.place.rows(schema.crawl)
        return [(row["outlet"], row["finish_reason"]) for row in found]

    def finished(self) -> list[str]:
        return sorted(outlet for outlet, reason in self.rows() if reason == "finished")

    def asked(self, name: str) -> int:
        """How often the outlet's story was asked for."""
        return sum(hit.host == f"{name}.example" for hit in self.server.asked(story_path(1)))

    def open(self) -> None:
        for gate in self.gates.values():
            gate.open()


@contextmanager
def _town(directory: Path, *, is_open: bool = True, **schedule: Any) -> Iterator[Town]:
    gates = {name: Gate(story(1)) for name in FRONTS}
    routes: dict[str, Route] = {}
    for name, front in FRONTS.items():
        routes[f"{name}.example/feed/"] = feed(1, front=front)
        routes[f"{name}.example{story_path(1)}"] = gates[name]
    with serve(routes) as server:
        entries = [{"slug": name, "url": url} for name, url in FRONTS.items()]
        place = Place.make(directory, dict.fromkeys(FRONTS.values(), server.url), outlets=entries,
                           images=False)  # fmt: skip
        values = {"at": ["00:00"], "timezone": "UTC", "jitter": "0s", "audit": False,
                  "outlets": list(FRONTS)} | schedule  # fmt: skip
        lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
        text = place.file.read_text(encoding="utf-8")
        place.file.write_text("\n".join([text, "[schedule]", *lines, ""]), encoding="utf-8")
        town = Town(server, place, gates)
        if is_open:
            town.open()
        yield town
        town.open()


def _wait_for(is_so: Callable[[], object], *, what: str) -> None:
    ends_at = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < ends_at, f"it never came to that: {what}"
        time.sleep(0.05)


def _stop(service: "subprocess.Popen[str]") -> str:
    """What it told; it ends within ten seconds."""
    service.send_signal(signal.SIGTERM)
    _, err = service.communicate(timeout=10)
    assert (service.returncode, "Traceback" in err) == (0, False), err
    return err


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def test_once_visits_what_is_due_and_then_nothing(tmp_path: Path) -> None:
    with _town(tmp_path) as town:
        first = town.place.kliping("schedule", "--once")
        again = town.place.kliping("schedule", "--once")
    assert (first.returncode, again.returncode) == (0, 0)
    assert town.finished() == sorted(FRONTS)
    assert len(town.rows()) == 3
    assert again.stdout == "nothing is due; `kliping schedule --list` shows what comes next\n"
    runs = town.place.rows(schema.run)
    assert len(runs) == 1
    assert runs[0]["ended_at"] is not None


def test_two_services_and_a_hand_visit_each_outlet_once(tmp_path: Path) -> None:
    with _town(tmp_path) as town, town.service() as one, town.service() as two:
        hand = town.place.kliping("crawl", "satu")
        _wait_for(lambda: town.finished() == sorted(FRONTS), what="all visited")
        told = [_stop(one), _stop(two)]
        assert hand.returncode in {0, 3}  # it did it, or found it at work
    assert [town.asked(name) for name in FRONTS] == [1, 1, 1]
    assert sum("this scheduler is at work" in one for one in told) >= 1
    assert sum("stands by" in one for one in told) == 1


def test_crawl_that_comes_too_late_sees_that_another_was_there(tmp_path: Path) -> None:
    """The service found the outlet due, and a hand was quicker than its child."""
    with _town(tmp_path) as town:
        town.place.crawl("satu")
        late = (sys.executable, "-m", "crawler.child", "satu", "--config", town.place.file)
        ends = [
            json.loads(subprocess.check_output([*late, "--unless-since", moment], text=True))
            for moment in ("2020-01-01T00:00:00+00:00", "2999-01-01T00:00:00+00:00")
        ]
    assert [(end["reason"], end["failure"]) for end in ends] == [
        ("visited-already", ""),
        ("finished", ""),
    ]
    assert len(town.rows()) == 2


def test_stopped_service_closes_its_crawls_as_what_they_are_and_the_next_goes_on(
    tmp_path: Path,
) -> None:
    with _town(tmp_path, is_open=False) as town:
        with town.service() as first:
            _wait_for(lambda: sum(map(town.asked, FRONTS)) == 2, what="two at work")
            _stop(first)
        assert [reason for _, reason in town.rows()] == ["shutdown", "shutdown"]
        assert all(row["ended_at"] for row in town.place.rows(schema.run))
        town.open()
        with town.service() as second:
            _wait_for(lambda: town.finished() == sorted(FRONTS), what="all visited")
            _stop(second)


def test_killed_service_is_taken_over_from(tmp_path: Path) -> None:
    with _town(tmp_path, is_open=False) as town, town.service() as first:
        _wait_for(lambda: sum(map(town.asked, FRONTS)) == 2, what="two at work")
        with town.service() as second:
            children = _children(first.pid)
            first.kill()
            first.communicate()
            _wait_for(lambda: not any(map(_lives, children)), what="children end with it")
            town.open()
            _wait_for(lambda: town.finished() == sorted(FRONTS), what="all visited")
            told = _stop(second)
        runs = town.place.rows(schema.run)
    assert "this scheduler is at work" in told
    assert {reason for _, reason in town.rows()} <= {"finished", "shutdown", "killed"}
    assert len(runs) == 2
    assert all(run["ended_at"] for run in runs)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return (
        Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    )


def test_killed_crawl_is_made_up_for(tmp_path: Path) -> None:
    with _town(tmp_path, is_open=False, outlets=["satu"]) as town, town.service() as service:
        _wait_for(lambda: town.asked("satu") == 1, what="at work")
        [child] = [pid for pid in _children(service.pid) if b"crawler.child" in _command(pid)]
        os.kill(child, signal.SIGKILL)
        town.open()
        _wait_for(lambda: town.finished() == ["satu"], what="made up for")
        _stop(service)
    assert town.rows() == [("satu", "killed"), ("satu", "finished")]


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def test_errands_follow_the_night_once(tmp_path: Path) -> None:
    with _town(tmp_path, audit=True, backup="cadangan", outlets=["satu"]) as town:
        first = town.place.kliping("schedule", "--once", "--json-logs")
        again = town.place.kliping("schedule", "--once", "--json-logs")
    told = [json.loads(line)["what"] for line in first.stderr.splitlines()]
    assert [what for what in told if "done" in what] == ["audit done", "backup done"]
    assert "done" not in again.stderr
    assert (tmp_path / "cadangan" / "kliping.sqlite").is_file()
    assert town.place.rows(schema.fixity)


def test_list_shows_what_comes_next(tmp_path: Path) -> None:
    with _town(tmp_path) as town:
        before = json.loads(town.place.kliping("schedule", "--list", "--json").stdout)
        town.place.kliping("schedule", "--once")
        after = town.place.kliping("schedule", "--list").stdout
    assert [(row["outlet"], row["state"]) for row in before] == [(name, "due") for name in FRONTS]
    assert after.count("00:00 UTC") == 3
    assert "due" not in after


def test_second_once_beside_a_service_is_refused_in_one_line(tmp_path: Path) -> None:
    with _town(tmp_path, is_open=False, outlets=["satu"]) as town, town.service() as service:
        _wait_for(lambda: town.asked("satu") == 1, what="at work")
        done = town.place.kliping("schedule", "--once")
        town.open()
        _stop(service)
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].startswith("kliping: the scheduler")


@pytest.mark.parametrize("name", ["kliping.service", "kliping-once.service", "kliping-once.timer"])
def test_unit_file_is_one(name: str, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("SYSTEMD IS NOT HERE: the unit files of deploy/ are not checked")
    for unit in (ROOT / "deploy").glob("kliping*"):
        text = unit.read_text(encoding="utf-8").replace(
            "/srv/kliping/.venv/bin/kliping", "/bin/true"
        )
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [program, "verify", "--man=no", str(tmp_path / name)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert name not in done.stderr, done.stderr
