"""What a running night shows: `kliping status --follow`, and the metrics of a service."""

import json
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import Handler, Route, serve
from playing import Place
from small_outlet import FRONT, feed, story, story_path
from webhook import free_port

from archive import schema

pytestmark = pytest.mark.timeout(120)


class Gate:
    """An answer that waits until it may go."""

    def __init__(self, route: Route) -> None:
        self._route, self.open = route, threading.Event()

    def __call__(self, handler: Handler) -> None:
        self.open.wait(60)
        self._route(handler)


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate(story(2))
    yield made
    made.open.set()


@pytest.fixture
def place(tmp_path: Path, gate: Gate) -> Iterator[Place]:
    """An outlet of two stories that is due; the second waits behind the gate."""
    routes: dict[str, Route] = {
        "/feed/": feed(1, 2),
        story_path(1): story(1),
        story_path(2): gate,
    }
    with serve(routes) as server:
        entry = {"slug": "kecil", "url": FRONT}
        made = Place.make(tmp_path, {FRONT: server.url}, outlets=[entry], images=False)
        text = made.file.read_text(encoding="utf-8")
        schedule = '[schedule]\noutlets = ["kecil"]\nat = ["00:00"]\njitter = "0s"\naudit = false\n'
        made.file.write_text(f"{text}\n{schedule}", encoding="utf-8")
        yield made
        gate.open.set()


def _stop(process: "subprocess.Popen[str]") -> str:
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=15)
    assert (process.returncode, err) == (0, ""), err
    return out


def test_night_is_followed_from_its_wait_to_its_end(place: Place, gate: Gate) -> None:
    with place.started("status", "--follow", "--json") as following:
        assert following.stdout is not None
        first = json.loads(following.stdout.readline())
        assert (first["at_work"], first["waiting"], first["next_outlet"]) == (
            [],
            ["kecil"],
            "kecil",
        )
        with place.started("crawl", "kecil") as crawl:
            seen = first
            while not (seen["at_work"] and seen["at_work"][0]["counts"]["new"] == 1):
                seen = json.loads(following.stdout.readline())
            assert (seen["at_work"][0]["outlet"], seen["waiting"]) == ("kecil", [])
            gate.open.set()
            crawl.communicate(timeout=60)
        while seen["at_work"]:
            seen = json.loads(following.stdout.readline())
        assert seen["next_at"]
        _stop(following)


def test_lines_are_for_people(place: Place) -> None:
    with place.started("status", "--follow") as following:
        assert following.stdout is not None
        line = following.stdout.readline()
        _stop(following)
    assert line == "waiting: kecil\n"


# -- metrics ---------------------------------------------------------------------------------------


def _scraped(port: int) -> dict[str, float]:
    """Name and labels -> value."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


def _waits(port: int, name: str, value: float) -> dict[str, float]:
    ends_at = time.monotonic() + 60
    while True:
        try:
            found = _scraped(port)
        except OSError:
            found = {}
        if found.get(name) == value:
            return found
        assert time.monotonic() < ends_at, found
        time.sleep(0.1)


def test_service_tells_its_nights_in_numbers(place: Place, gate: Gate) -> None:
    port = free_port()
    with place.started("schedule", "--metrics-port", port) as service:
        found = _waits(port, "kliping_crawls_at_work", 1)
        assert (found["kliping_up"], found["kliping_outlets_waiting"]) == (1, 0)
        gate.open.set()
        found = _waits(port, 'kliping_stories{outlet="kecil"}', 2)
        found = _waits(port, 'kliping_crawls_ended{reason="finished"}', 1)
        assert found['kliping_last_good_night_timestamp_seconds{outlet="kecil"}'] > 1.7e9
        assert found["kliping_versions"] == 2
        assert found["kliping_disk_free_bytes"] > 0
        away = place.settings.archive.directory / "kliping.sqlite"
        away.rename(away.with_suffix(".away"))
        assert _scraped(port) == {"kliping_up": 0}
        away.with_suffix(".away").rename(away)
        assert _scraped(port)["kliping_up"] == 1
        service.send_signal(signal.SIGTERM)
        _, err = service.communicate(timeout=15)
    assert "Traceback" not in err
    assert [row["finish_reason"] for row in place.rows(schema.crawl)] == ["finished"]


def test_port_that_is_taken_is_one_line(place: Place) -> None:
    with serve({}) as other:
        done = place.kliping("schedule", "--metrics-port", other.port)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "choose another port" in done.stderr
