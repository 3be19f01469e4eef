"""Nights of single trap sites: what each left in the archive and in `kliping status`."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from scorer import score
from sqlalchemy import RowMapping
from whole_newsroom import End, Nights

from archive.audit import audit
from archive.status import status
from archive.types import Problem
from crawler.demo import Newsroom, NewsroomConfig
from crawler.demo.requestlog import Request

__all__ = ["Trapped", "trapped"]


@dataclass
class Trapped:
    """Some trap sites and the archive that followed them, everything by night."""

    nights: Nights
    ends: list[list[End]] = field(default_factory=list)
    problems: list[tuple[Problem, ...]] = field(default_factory=list)
    """What `status` says of each night."""
    requests: list[list[Request]] = field(default_factory=list)

    @property
    def room(self) -> Newsroom:
        """The newsroom."""
        return self.nights.room

    def play(self, count: int) -> None:
        """Crawl so many more nights, a day apart."""
        for _ in range(count):
            self.nights.turn(len(self.ends) + 1)
            self.room.reset_log()
            self.ends.append(self.nights.crawl())
            # each crawl of these nights is a run of its own
            fresh = status(self.nights.place.engine, runs=len(self.ends[-1])).runs
            crawls = [crawl for run in fresh for crawl in run.crawls]
            self.problems.append(tuple(p for crawl in crawls for p in crawl.problems))
            self.requests.append(self.room.requests)

    def told(self, path: str, *, night: int = 1) -> list[tuple[str, str]]:
        """Kind and detail of what went wrong with one path on a night."""
        return [(p.kind, p.detail) for p in self.problems[night - 1] if _path(p.url) == path]

    def rows(self, table: object) -> list[RowMapping]:
        """Every row of a table."""
        return self.nights.place.rows(table)  # type: ignore[arg-type]

    def faults(self) -> list[str]:
        """What is missed, split, invented or damaged. Nobody told the reader of these outlets where
        their editors stand or what their mastheads print."""
        place = self.nights.place
        found = score(place.engine, self.room.truth(), outlets=self.nights.slugs)
        wrong = [line for line in found.faults() if not re.search(r" (editor|dateline): ", line)]
        warcs = place.settings.archive.directory / "warc"
        return wrong + [str(finding) for finding in audit(place.engine, warcs).findings]

    def paths(self, *, night: int = 1) -> list[str]:
        """The paths that were asked for on a night, in order."""
        return [request.path for request in self.requests[night - 1]]


def _path(url: str) -> str:
    return "/" + url.partition("://")[2].partition("/")[2]


@contextmanager
def trapped(folder: Path, *slugs: str, nights: int) -> Iterator[Trapped]:
    """These trap sites after so many nights; the newsroom still answers."""
    today = datetime.now(UTC).date()
    with Newsroom(NewsroomConfig(today=today, hostile=True)) as room:
        made = Trapped(Nights.make(folder, room, slugs=slugs))
        made.nights.revisit = "all"  # what a look makes of a trap is tried, not when it is had
        made.play(nights)
        yield made
