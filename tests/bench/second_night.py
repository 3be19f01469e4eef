"""Requests of a second night, a day after the first, on a site where nothing changed; REST open.

Every request counts, robots.txt too. Exits 1 when an outlet needs more than 6 + 0.02 N for its N
known stories.
"""

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from served import OUTLETS, Served, serve
from sqlalchemy import func, select

from archive import database
from archive.config import Settings
from archive.schema import story

_BASE, _EACH = 6, 0.02
_PER_ON_TOPIC = 20 * len(OUTLETS)  # one grown story in twenty is on topic
_NIGHT = "24"


@dataclass(frozen=True, kw_only=True)
class Night:
    """The second night of one outlet."""

    outlet: str
    known: int
    first: int
    requests: int

    @property
    def budget(self) -> float:
        """The most requests it may take."""
        return _BASE + _EACH * self.known

    @property
    def is_within(self) -> bool:
        """It took no more."""
        return self.requests <= self.budget


def main() -> int:
    """Play two nights of each outlet, print the table; 1 when a budget is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--known", type=int, default=100, help="least stories on topic per outlet")
    asked = parser.parse_args()
    grown = str(asked.known * _PER_ON_TOPIC)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder, "newsroom"), "--grown", grown) as served,
    ):
        config = served.project("project")
        nights = [_play(served, config, slug) for slug in OUTLETS]
    return _show(nights, least=asked.known)


def _play(served: Served, config: Path, slug: str) -> Night:
    first = _requests(served, config, slug, hours="0")
    return Night(
        outlet=slug,
        known=_known(config, slug),
        first=first,
        requests=_requests(served, config, slug, hours=_NIGHT),
    )


def _requests(served: Served, config: Path, slug: str, *, hours: str) -> int:
    """How many requests a crawl made, as the newsroom counted them."""
    skip = len(served.answered())
    script = Path(__file__).with_name("later.py")
    subprocess.run([sys.executable, script, slug, config, hours], check=True)
    return len(served.answered(skip=skip))


def _known(config: Path, slug: str) -> int:
    engine = database.connect(Settings.load(config).archive)
    count = select(func.count()).select_from(story).where(story.c.outlet == slug)
    with database.reading(engine) as connection:
        known = int(connection.execute(count).scalar_one())
    engine.dispose()
    return known


def _show(nights: list[Night], *, least: int) -> int:
    for night in nights:
        verdict = "within" if night.is_within else "BROKEN"
        sys.stdout.write(
            f"{night.outlet}: {night.requests} requests for {night.known} known stories "
            f"(first night {night.first}); budget {night.budget:.2f}: {verdict}\n"
        )
    poor = [night.outlet for night in nights if night.known < least]
    if poor:
        sys.stdout.write(f"fewer than {least} known stories, nothing proven: {', '.join(poor)}\n")
    return int(bool(poor) or not all(night.is_within for night in nights))


if __name__ == "__main__":
    sys.exit(main())
