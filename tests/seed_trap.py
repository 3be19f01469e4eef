"""One trap site of the newsroom, crawled night after night, and what each crawl did."""

import datetime
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playing import Place
from scorer import score

from archive.status import status
from archive.types import Problem
from crawler.demo import Newsroom, NewsroomConfig, Request, TrueStory
from crawler.demo.editions import truth
from crawler.demo.traps import TRAPS

__all__ = ["Night", "SeedTrap", "measured", "seed_trap"]

_MEASURED = """
import sys
from pathlib import Path
from scheduler.cli import main
try:
    main()
finally:
    sys.stderr.write(Path("/proc/self/status").read_text())
"""


def measured(place: Place, slug: str, *arguments: object) -> tuple[dict[str, Any], int]:
    """One crawl: its end, and the bytes that its process held at most."""
    with place.started("crawl", slug, "--json", *arguments, program=_MEASURED) as crawl:
        out, err = crawl.communicate(timeout=250)
    assert "Traceback" not in err, err
    end: dict[str, Any] = json.loads(out)["crawls"][0]
    peak = re.search(r"VmHWM:\s+(\d+) kB", err)
    assert peak, err
    return end, 1024 * int(peak[1])


@dataclass(frozen=True, kw_only=True)
class Night:
    """One crawl of a trap site."""

    reason: str
    counts: dict[str, int]
    problems: tuple[Problem, ...]
    requests: tuple[Request, ...]
    peak: int
    """Bytes that its process held at most, reading workers apart."""

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [request.path for request in self.requests]

    @property
    def kinds(self) -> set[str]:
        """The kinds of problem that `kliping status` names."""
        return {problem.kind for problem in self.problems}

    def told(self, words: str) -> list[Problem]:
        """The problems that say so."""
        return [problem for problem in self.problems if words in problem.detail]

    def times(self, path: str) -> int:
        """How often a path was asked for."""
        return Counter(self.paths)[path]


@dataclass
class SeedTrap:
    """A trap site in its newsroom, and the archive that follows it."""

    room: Newsroom
    place: Place
    slug: str
    nights: list[Night] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The site's front page, without a slash."""
        return TRAPS[self.slug].site.outlet.url

    @property
    def story_paths(self) -> list[str]:
        """Where its stories are, newest first."""
        stories = self.truth()
        newest = sorted(stories, key=lambda story: story.versions[0].published_at, reverse=True)
        return [story.url.removeprefix(self.url) for story in newest]

    def truth(self) -> tuple[TrueStory, ...]:
        """What a perfect crawler would hold by now."""
        return truth(TRAPS[self.slug].site, self.room.config, self.room.night)

    @property
    def named(self) -> set[str]:
        """Every kind of problem of every night."""
        return {kind for night in self.nights for kind in night.kinds}

    def play(self, nights: int, *arguments: object) -> None:
        """Crawl on so many more nights."""
        for _ in range(nights):
            self.room.night = len(self.nights) + 1
            self.nights.append(self._crawl(*arguments))

    def _crawl(self, *arguments: object) -> Night:
        self.room.reset_log()
        end, peak = measured(self.place, self.slug, *arguments)
        return Night(
            reason=end["reason"],
            counts=end["counts"],
            problems=status(self.place.engine).runs[0].crawls[0].problems,
            requests=tuple(self.room.requests),
            peak=peak,
        )

    def found(self) -> int:
        """How many of its stories the archive holds."""
        return score(self.place.engine, self.truth(), outlets=[self.slug]).found

    def faults(self) -> list[str]:
        """How far the archive is from the truth; [] is all of it, once, and nothing else."""
        found = score(self.place.engine, self.truth(), outlets=[self.slug]).faults()
        # an outlet without rules: nobody said where its editor stands, or what its masthead prints
        return [line for line in found if not re.search(r" (editor|dateline): ", line)]


@contextmanager
def seed_trap(
    directory: Path, slug: str, *, newsroom: dict[str, Any] | None = None, **crawl: Any
) -> Iterator[SeedTrap]:
    """A newsroom in hostile mode with an archive for the trap site `slug`; `crawl`: settings."""
    today = datetime.datetime.now(datetime.UTC).date()
    config = NewsroomConfig(today=today, hostile=True, **(newsroom or {}))
    with Newsroom(config) as room:
        entries = [entry for entry in room.outlet_entries if entry["slug"] == slug]
        yield SeedTrap(room, Place.make(directory, room.connect_to, outlets=entries, **crawl), slug)
