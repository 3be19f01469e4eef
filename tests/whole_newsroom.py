"""Nights over every outlet of a newsroom, a day apart, each crawl in a process of its own."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from playing import ROOT, Place

from crawler.demo import Newsroom
from crawler.outlets import chosen

__all__ = ["BOUNDS", "DAY", "End", "Nights"]

DAY = timedelta(days=1)
BOUNDS = {
    "confirm_after": "6h",
    "timeout": "3s",
    "time_limit": "60s",
    "page_limit": 2_000_000,
    "read_time": "10s",
}
"""[crawl] settings under which a hostile site costs seconds, not hours."""
_AT_ONCE = 6
_LONGEST_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class End:
    """How one crawl of one night ended."""

    outlet: str
    reason: str
    failure: str
    peak: int
    """Bytes that the crawl's process held at most, reading workers apart."""
    seconds: float


@dataclass
class Nights:
    """One archive that follows a newsroom; outlets of one network never at the same time."""

    place: Place
    room: Newsroom
    slugs: Sequence[str]
    revisit: str = "due"
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def make(cls, folder: Path, room: Newsroom, *, slugs: Sequence[str] = ()) -> "Nights":
        """A new archive in `folder` for the named outlets of a newsroom, or all of them."""
        entries = room.outlet_entries
        place = Place.make(folder, room.connect_to, outlets=entries, **BOUNDS)
        known = [site.outlet.slug for site in room.sites]
        return cls(place, room, list(slugs) or known)

    def turn(self, night: int) -> None:
        """Let a day pass: the newsroom shows the night, and its clock and ours go on."""
        self.room.ahead = (night - 1) * DAY
        self.room.night = night

    def crawl(self) -> list[End]:
        """Crawl every outlet once, as of the night that the newsroom shows."""
        lanes = defaultdict(list)
        for spider in chosen(self.place.settings, self.slugs):
            lanes[spider.outlet.lane].append(spider.outlet.slug)
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            ended = pool.map(lambda lane: [self.visit(slug) for slug in lane], lanes.values())
            return [end for lane in ended for end in lane]

    def visit(self, slug: str) -> End:
        """Crawl one outlet. Raises RuntimeError when its process ends without a word."""
        done = subprocess.run(
            self.command(slug),
            capture_output=True,
            text=True,
            timeout=_LONGEST_SECONDS,
            env=self.surroundings(),
            check=False,
        )
        lines = done.stdout.strip().splitlines()
        if not lines or "Traceback" in done.stderr:
            raise RuntimeError(f"{slug}: ended with {done.returncode}: {done.stderr}")
        return End(**json.loads(lines[-1]))

    def command(self, slug: str) -> list[str]:
        """What crawls an outlet at the present night's hour."""
        child = str(Path(__file__).with_name("night_child.py"))
        hours = str(self.room.ahead / timedelta(hours=1))
        return [sys.executable, child, slug, str(self.place.file), hours, self.revisit]

    def surroundings(self) -> dict[str, str]:
        """The environment of a crawl."""
        plain = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        return plain | {"PYTHONPATH": str(ROOT)} | dict(self.environment)
