"""How crawls are begun, refused, stopped and taken up again."""

import json
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from loopback import Loopback, Route, reply, serve, slowly
from playing import ENVIRONMENT, ROOT, Place
from small_outlet import FRONT, SmallOutlet, feed, small_outlet, story, story_path

from archive import schema
from archive.stories import stories
from crawler.demo import Newsroom, NewsroomConfig

pytestmark = pytest.mark.timeout(300)

_NEVER = slowly(reply(503), seconds=90)
"""An answer that no test waits for."""


def _two_stories(front: str = FRONT) -> dict[str, Route]:
    host = front.removeprefix("https://")
    routes = {story_path(1): story(1), story_path(2): _NEVER, "/feed/": feed(1, 2, front=front)}
    return {f"{host}{path}": route for path, route in routes.items()}


def _wait_until_asked(server: Loopback, path: str, *, times: int = 1) -> None:
    ends_at = time.monotonic() + 60
    while len(server.asked(path)) < times:
        assert time.monotonic() < ends_at, f"nobody asked for {path}"
        time.sleep(0.05)


def _finish_reasons(place: Place) -> list[str]:
    return [row["finish_reason"] for row in place.rows(schema.crawl)]


# -- stopped, and refused beside another ----------------------------------------------------


def test_stopped_crawl_closes_its_row_and_the_next_goes_on(tmp_path: Path) -> None:
    with small_outlet(tmp_path, _two_stories()) as outlet:
        with outlet.place.started("crawl", "kecil") as crawl:
            _wait_until_asked(outlet.server, story_path(2))
            _second_crawl_is_refused(outlet, beside=crawl.pid)
            crawl.send_signal(signal.SIGTERM)
            out, err = crawl.communicate(timeout=30)
        assert "shutdown" in out
        assert "Traceback" not in err
        assert crawl.returncode == 130
        assert _finish_reasons(outlet.place) == ["shutdown"]
        assert outlet.stored() == [story_path(1)]
        outlet.routes[f"kecil.example{story_path(2)}"] = story(2)
        assert outlet.crawl() == "finished"
        assert outlet.stored() == [story_path(1), story_path(2)]


def _second_crawl_is_refused(outlet: SmallOutlet, *, beside: int) -> None:
    asked = len(outlet.server.hits)
    done = outlet.place.kliping("crawl", "kecil")
    told = (done.stdout + done.stderr).strip()
    assert done.returncode == 3
    assert "\n" not in told
    assert f"process {beside} on " in told
    assert len(outlet.server.hits) == asked


def test_stopped_night_closes_the_rows_of_all_its_crawls(tmp_path: Path) -> None:
    fronts = {name: f"https://{name}.example" for name in ("satu", "dua")}
    with serve(_two_stories(fronts["satu"]) | _two_stories(fronts["dua"])) as server:
        entries = [{"slug": name, "url": url} for name, url in fronts.items()]
        place = Place.make(tmp_path, dict.fromkeys(fronts.values(), server.url), outlets=entries)
        with place.started("crawl", *fronts) as night:
            _wait_until_asked(server, story_path(2), times=2)
            night.send_signal(signal.SIGTERM)
            _, err = night.communicate(timeout=30)
    assert "Traceback" not in err
    assert _finish_reasons(place) == ["shutdown", "shutdown"]


def test_crawl_out_of_time_stops_and_the_next_goes_on(tmp_path: Path) -> None:
    numbers = range(1, 6)
    routes = {story_path(number): slowly(story(number), seconds=0.7) for number in numbers}
    with small_outlet(tmp_path, routes | {"/feed/": feed(*numbers)}, time_limit="2s") as outlet:
        assert outlet.crawl() == "time-limit"
        first = outlet.stored()
        assert 0 < len(first) < len(numbers)
        outlet.routes.update({story_path(number): story(number) for number in numbers})
        assert outlet.crawl() in {"time-limit", "finished"}
        assert set(first) < set(outlet.stored())


# -- refused before anything is asked -------------------------------------------------------


def test_open_web_is_not_crawled_without_a_contact(tmp_path: Path) -> None:
    place = Place.make(tmp_path, {}, contact="")
    done = place.kliping("crawl", "kantamedia")
    assert (done.returncode, done.stdout) == (2, "")
    assert "crawl.contact is empty" in done.stderr
    assert done.stderr.count("\n") == 1
    assert place.rows(schema.crawl) == []


def test_outlet_on_this_machine_needs_no_contact(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    routes: dict[str, Route] = {story_path(1): story(1)}
    with serve(routes) as server:
        routes["/feed/"] = feed(1, front=server.url)
        entry = {"slug": "sendiri", "url": server.url}
        place = Place.make(tmp_path, {}, outlets=[entry], contact="")
        assert place.crawl("sendiri")["reason"] == "finished"
        (found,) = stories(place.engine)
        assert found.url.startswith(server.url)
        assert found.first_seen_at >= now


def test_unknown_outlet_is_named_with_the_nearest_known_one(tmp_path: Path) -> None:
    done = Place.make(tmp_path, {}).kliping("crawl", "kantamedai")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no outlet 'kantamedai'" in done.stderr
    assert "did you mean 'kantamedia'?" in done.stderr


def test_outlet_of_the_settings_is_listed_with_the_others(tmp_path: Path) -> None:
    entry = {"slug": "media-uji", "url": "https://media-uji.example", "region": "Jambi"}
    done = Place.make(tmp_path, {}, outlets=[entry]).kliping("outlets", "list", "--json")
    listed = {outlet["slug"]: outlet for outlet in json.loads(done.stdout)}
    assert {"kantamedia", "media-uji", "tribun-pontianak", "tribunnews"} < set(listed)
    assert listed["media-uji"]["url"] == "https://media-uji.example"
    assert listed["media-uji"]["platform"] == "wordpress"
    assert (listed["media-uji"]["status"], listed["kantamedia"]["status"]) == ("own", "inferred")
    assert listed["media-uji"]["last_good_at"] is None


# -- Scrapy's own command -------------------------------------------------------------------


def _scrapy(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    shutil.copy(ROOT / "scrapy.cfg", folder)
    return subprocess.run(
        (sys.executable, "-m", "scrapy", *arguments),
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_scrapy_lists_the_outlets(tmp_path: Path) -> None:
    Place.make(tmp_path, {})
    done = _scrapy(tmp_path, "list")
    assert (done.returncode, done.stderr) == (0, "")
    assert {"kantamedia", "tribun-pontianak", "tribunnews"} < set(done.stdout.split())


def test_scrapy_crawls_an_outlet(tmp_path: Path) -> None:
    with Newsroom(NewsroomConfig(today=datetime.now(UTC).date())) as room:
        place = Place.make(tmp_path, room.connect_to)
        done = _scrapy(tmp_path, "crawl", "kantamedia")
        wanted = [s.url for s in room.truth() if s.outlet == "kantamedia" and s.on_topic]
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(stories(place.engine))) == len(wanted)
    assert _finish_reasons(place) == ["finished"]
