"""Crawls on PostgreSQL make what they make on SQLite; a database that goes away loses nothing."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from loopback import Handler, Route
from playing import Place
from postgres_server import WHY_NOT, fresh_database, own_server, start, stop
from same_archive import faults, held
from small_outlet import FRONT, SmallOutlet, feed, small_outlet, story, story_path
from sqlalchemy.engine import URL

from archive.archive import Archive
from archive.database import DATABASE
from crawler.demo import Newsroom, NewsroomConfig

pytestmark = pytest.mark.timeout(600)

_AWAY = float(os.environ.get("KLIPING_TEST_AWAY", "0"))
"""Seconds for which the server stays away beyond what a test waits for; two minutes in
`make prove-database-away`."""

_IMPATIENT = (
    "from archive import database; database._BUSY_SECONDS = 1;"
    "from scheduler.cli import main; main()"
)
"""A crawl that waits a second for SQLite's lock, not thirty."""


@pytest.fixture(scope="module")
def running() -> Iterator[URL]:
    with own_server() as url:
        if url is None:
            pytest.skip(WHY_NOT)
        yield url


@pytest.fixture
def database_url(running: URL) -> Iterator[str]:
    with fresh_database(running) as url:
        yield url


def _faults(place: Place) -> list[str]:
    with closing(Archive(place.settings.archive, clock=lambda: datetime.now(UTC))) as archive:
        return faults(archive)


def _five_stories(then: Route) -> dict[str, Route]:
    """Stories 1 to 5; while the third is on its way, something happens."""

    def third(handler: Handler) -> None:
        then(handler)
        story(3)(handler)

    routes = {story_path(number): story(number) for number in range(1, 6)}
    return routes | {story_path(3): third, "/feed/": feed(*range(1, 6))}


def _told(outlet: SmallOutlet, *, program: str = "") -> str:
    """The one line in which a crawl says why it failed."""
    with outlet.place.started("crawl", "kecil", **({"program": program} if program else {})) as run:
        out, err = run.communicate(timeout=100)
    assert run.returncode == 3, out + err
    assert "Traceback" not in err, err
    [line] = [line for line in (out + err).splitlines() if "archive-failed" in line]
    return line


def _expect_nothing_lost(outlet: SmallOutlet, kept: list[str]) -> None:
    """What was acknowledged is there; the next crawl finds the rest, and no byte is too many."""
    assert kept[:1] == [story_path(1)]
    assert outlet.stored() == kept
    assert outlet.crawl() == "finished"
    assert outlet.stored() == sorted(story_path(number) for number in range(1, 6))
    assert _faults(outlet.place) == []


def test_two_nights_make_the_same_versions_on_postgresql_as_on_sqlite(
    tmp_path: Path, database_url: str
) -> None:
    with Newsroom(NewsroomConfig(today=datetime.now(UTC).date())) as room:
        places = [
            Place.make(
                tmp_path / name, room.connect_to, outlets=room.outlet_entries, database_url=url
            )
            for name, url in (("sqlite", ""), ("postgresql", database_url))
        ]
        for night in (1, 2):
            room.night = night
            for place in places:
                end = place.crawl("kantamedia", "--revisit", "all")
                assert (end["reason"], end["failure"]) == ("finished", "")
    own, other = (held(place.settings.archive) for place in places)
    assert own == other
    assert max(version.number for version in other) > 1
    assert [_faults(place) for place in places] == [[], []]
    for place in places:
        place.engine.dispose()


def test_server_that_goes_away_in_mid_crawl_loses_nothing(
    tmp_path: Path, running: URL, database_url: str
) -> None:
    routes = _five_stories(lambda handler: stop(running))
    with small_outlet(tmp_path, routes, database_url=database_url) as outlet:
        try:
            line = _told(outlet)
            time.sleep(_AWAY)
        finally:
            start(running)
        outlet.routes[story_path(3)] = story(3)
        assert line.startswith(f"kecil: archive-failed: {FRONT}{story_path(3)}: the database ")
        assert "; the database server" in line
        _expect_nothing_lost(outlet, [story_path(1), story_path(2)])
        outlet.place.engine.dispose()


def test_service_waits_for_a_server_that_is_away(
    tmp_path: Path, running: URL, database_url: str
) -> None:
    routes = {story_path(1): story(1), "/feed/": feed(1)}
    schedule = '[schedule]\nat = ["00:00"]\ntimezone = "UTC"\njitter = "0s"\noutlets = ["kecil"]\n'
    with small_outlet(tmp_path, routes, database_url=database_url) as outlet:
        outlet.place.file.write_text(outlet.place.file.read_text() + schedule)
        stop(running)
        with outlet.place.started("schedule") as service:
            assert service.stderr
            try:
                told = [next(service.stderr) for _ in range(2)]
                time.sleep(_AWAY)
            finally:
                start(running)
            while "audit done" not in told[-1]:
                told.append(next(service.stderr))
            service.terminate()
            told += service.communicate(timeout=10)[1].splitlines()
    said = "".join(told)
    assert [said.count(word) for word in ("trying again", "is there again")] == [1, 1]
    assert "Traceback" not in said
    assert outlet.stored() == [story_path(1)]
    outlet.place.engine.dispose()


@pytest.mark.sqlite
def test_database_that_another_program_keeps_busy_loses_nothing(tmp_path: Path) -> None:
    others: list[sqlite3.Connection] = []

    def keep_busy(handler: Handler) -> None:
        path = outlet.place.settings.archive.directory / DATABASE
        others.append(sqlite3.connect(path, check_same_thread=False, isolation_level=None))
        others[-1].execute("BEGIN IMMEDIATE")

    with small_outlet(tmp_path, _five_stories(keep_busy)) as outlet:
        line = _told(outlet, program=_IMPATIENT)
        for other in others:
            other.close()
        outlet.routes[story_path(3)] = story(3)
        assert line.startswith(f"kecil: archive-failed: {FRONT}{story_path(3)}: the database ")
        assert line.endswith("another program keeps it busy; try again when that has ended")
        _expect_nothing_lost(outlet, [story_path(1), story_path(2)])
