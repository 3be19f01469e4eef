"""Proof that a killed crawl loses nothing: `python tests/prove_kill.py [--kills 30] [--seed 1]`.

Two archives follow the same sample newsroom through its nights. One is crawled in peace. In the
other, crawls are killed at random moments before each night's normal one. Afterwards both must
hold the same versions of the same stories, and pass an audit. Exit 1 when they do not.
"""

import argparse
import random
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from killed_crawl import Kill, crawl, draw, killed
from same_archive import differences, faults, held, torn_bytes
from sqlalchemy import func, select

from archive import database
from archive.archive import Archive
from archive.config import ArchiveConfig
from archive.schema import capture, version
from crawler.demo import NIGHTS, Newsroom, NewsroomConfig

__all__ = ["Series", "blind_spots"]

OUTLETS = ("kantamedia", "kolomrakyat", "lintastungkal")
_LOOKS = 2
"""Normal crawls a night: what one crawl finds missing, the next must confirm (DESIGN §3), and of
several killed crawls each may have been the first to miss it."""

Say = Callable[[str], object]


@dataclass
class Series:
    """The nights of one newsroom in two archives."""

    folder: Path
    newsroom: Newsroom
    kills: int
    dice: random.Random
    outlets: Sequence[str] = OUTLETS
    nights: int = NIGHTS
    revisit: str = "all"
    say: Say = print
    done: int = 0
    _usual: dict[str, float] = field(default_factory=dict)

    def play(self) -> list[str]:
        """Every fault found over all nights, one line each; empty when the proof holds."""
        for name in ("calm", "killed"):
            self._prepare(name)
        due = Counter(self.dice.choices(range(1, self.nights + 1), k=self.kills))
        found: list[str] = []
        for night in range(1, self.nights + 1):
            self.newsroom.night = night
            self.say(f"night {night}: a crawl in peace, then one with {due[night]} kills")
            self._crawl("calm")
            for _ in range(due[night]):
                self._kill(self.dice.choice(self.outlets))
            self._crawl("killed")
            found += [f"night {night}: {line}" for line in self._compare()]
        return found

    def config(self, name: str) -> ArchiveConfig:
        """The settings of the archive `calm` or `killed`."""
        return ArchiveConfig(directory=self.folder / name / "archive")

    def _prepare(self, name: str) -> None:
        routes = [f'"{origin}" = "{to}"' for origin, to in self.newsroom.connect_to.items()]
        lines = [
            '[archive]\ndirectory = "archive"',
            '[crawl]\ncontact = "https://example.org/proof"\ndelay = 0.0\nconfirm_after = "0s"',
            "[crawl.connect_to]",
            *routes,
        ]
        self._file(name).parent.mkdir(parents=True)
        self._file(name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        Archive.create(self.config(name))

    def _file(self, name: str) -> Path:
        return self.folder / name / "kliping.toml"

    def _crawl(self, name: str) -> None:
        for look in range(_LOOKS):
            for slug in self.outlets:
                seconds = crawl(slug, config=self._file(name), revisit=self.revisit)
                if name == "calm" and look == 0:
                    self._usual[slug] = seconds

    def _kill(self, slug: str) -> None:
        """Kill one crawl; one that ended before its kill shows what is usual by now."""
        while True:
            kill = draw(self.dice, usual=self._usual[slug])
            self.newsroom.reset_log()
            lived = killed(slug, config=self._file("killed"), revisit=self.revisit, kill=kill)
            if lived is not None:
                self.done += 1
                self.say(self._told(slug, kill, lived))
                return
            self.say(f"  {slug}: ended well before its kill ({kill}); drawn again")

    def _told(self, slug: str, kill: Kill, lived: float) -> str:
        config = self.config("killed")
        engine = database.connect(config)
        with database.reading(engine) as connection:
            captures = connection.scalar(select(func.count()).select_from(capture))
            versions = connection.scalar(select(func.count()).select_from(version))
        engine.dispose()
        return (
            f"  kill {self.done}/{self.kills} {slug} {kill}: lived {lived:.2f} s, "
            f"asked {len(self.newsroom.requests)} times; the archive holds {captures} captures, "
            f"{versions} versions, {torn_bytes(config)} bytes without rows"
        )

    def _compare(self) -> list[str]:
        calm, other = (held(self.config(name)) for name in ("calm", "killed"))
        found = differences(calm, other)
        for name in ("calm", "killed"):
            archive = Archive(self.config(name), clock=lambda: datetime.now(UTC))
            found += [f"{name}: {line}" for line in faults(archive)]
            archive.close()
        self.say(f"  {len(calm)} versions without kills, {len(other)} with; {len(found)} faults")
        return found or ([] if calm else ["nothing was found: this proves nothing"])


_TAMPERING = {
    "a changed hash": f"UPDATE reading SET content_hash = '{'0' * 64}' WHERE reading_id = 1",
    "a lost version": "DELETE FROM version WHERE version_id = 1",
    "a changed status": (
        "UPDATE event SET kind = 'gone' WHERE event_id = (SELECT min(event_id) FROM event WHERE "
        "kind = 'new' AND story_id NOT IN (SELECT story_id FROM event WHERE kind = 'gone'))"
    ),
}


def _tampered(config: ArchiveConfig, folder: Path, *, how: str) -> ArchiveConfig:
    """A copy of an archive's database with one row changed past all its constraints."""
    copy = ArchiveConfig(directory=folder / how)
    shutil.copytree(config.directory, copy.directory)
    with closing(sqlite3.connect(copy.directory / database.DATABASE)) as connection:
        connection.execute(_TAMPERING[how])
        connection.commit()
    return copy


def blind_spots(series: Series) -> list[str]:
    """The kinds of tampering that the comparison does not see; any makes the proof worthless."""
    calm, blind = held(series.config("calm")), list[str]()
    for how in _TAMPERING:
        copy = _tampered(series.config("killed"), series.folder / "tampered", how=how)
        seen = differences(calm, held(copy))
        series.say(f"control: {how}: {len(seen)} differences seen")
        blind += [] if seen else [f"the comparison does not see {how}"]
    return blind


def main() -> int:
    """Play the series and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--latency", type=float, default=0.15, help="seconds per answer")
    parser.add_argument("--rest-closed", action="store_true", help="feeds and sitemaps only")
    asked = parser.parse_args()
    config = NewsroomConfig(
        today=datetime.now(UTC).date(), latency=asked.latency, rest=not asked.rest_closed
    )
    sys.stdout.reconfigure(line_buffering=True)
    with tempfile.TemporaryDirectory() as folder, Newsroom(config) as newsroom:
        series = Series(Path(folder), newsroom, asked.kills, random.Random(asked.seed))
        found = series.play()
        found += blind_spots(series)
    for line in found:
        series.say(line)
    verdict = f"{len(found)} FAULTS" if found else "the same as without kills, and audit clean"
    series.say(f"{series.done} kills (seed {asked.seed}): {verdict}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
