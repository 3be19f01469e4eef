"""Crawls write while the reading room is read: nobody fails, nobody waits for the other's end."""

from collections import Counter
from pathlib import Path
from threading import Event, Thread

import pytest
from loopback import reply
from reading_room import Place, opened
from small_outlet import feed, small_outlet, story_body, story_path

from archive import schema
from archive.config import Settings

pytestmark = pytest.mark.timeout(200)

NUMBERS = range(1, 16)
HTML = {"Content-Type": "text/html; charset=UTF-8"}
PATHS = ("/", "/cari?q=camat", "/media", "/malam", "/api/v1/stories", "/api/v1/export")


class Readers:
    """Three readers who never stop, and what they were answered."""

    def __init__(self, room: Place) -> None:
        self.statuses: Counter[int] = Counter()
        self._room = room
        self._done = Event()
        self._threads = [Thread(target=self._read) for _ in range(3)]

    def _read(self) -> None:
        while not self._done.is_set():
            for path in PATHS:
                self.statuses[self._room.get(path).status] += 1

    def __enter__(self) -> "Readers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()


def test_crawls_and_readers_do_not_disturb_each_other(tmp_path: Path) -> None:
    with small_outlet(tmp_path, {"/feed/": feed()}) as outlet:
        assert outlet.crawl() == "finished"  # the archive is there
        config = Settings.load(outlet.place.file).archive
        with opened(config) as room, Readers(room) as readers:
            outlet.routes["/feed/"] = feed(*NUMBERS)
            for hours in (b"dua jam", b"tiga jam"):
                for number in NUMBERS:
                    body = story_body(number).replace(b"dua jam", hours)
                    outlet.routes[story_path(number)] = reply(body=body, headers=HTML)
                assert outlet.crawl("--revisit", "all") == "finished"
        assert set(readers.statuses) == {200}
        assert readers.statuses[200] > 100
        assert outlet.problems() == {}
        assert len(outlet.place.rows(schema.version)) == 2 * len(NUMBERS)
