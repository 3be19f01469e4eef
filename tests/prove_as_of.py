"""Questions to the past: what was known of a story at a moment, against a naive oracle.

python tests/prove_as_of.py [--questions 10000] [--exports 40] [--seed 1]: an archive of invented
stories with edits, removals, returns, re-readings, corrections and copies is asked about random
stories at random moments, through its reads and its exports; the oracle goes through whole tables
row by row, in Python. Exit 1 when one answer differs.
"""

import argparse
import json
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sightings import NIGHT_1, OUTLET, Night, Nights, article, shown
from sqlalchemy import Select, Table, select

from archive import database, schema
from archive.clusters import copies
from archive.current import CurrentVersion
from archive.errors import NotFound
from archive.events import events
from archive.export_rows import iso
from archive.labels import labels
from archive.snapshots import export
from archive.stories import find_story, stories
from archive.types import Label, Outlet
from archive.versions import versions

__all__ = ["ask", "ask_exports", "grow"]

_VOCABULARY = (
    "camat lurah pegawai bupati warga panitia pengawas kantor desa jalan pasar sekolah guru rapat"
    " surat laporan saksi petugas kampung sungai kebun panen hujan jembatan dermaga perahu ladang"
    " balai lapangan kabupaten kecamatan kelurahan pilkada netral sidang berkas pagi siang malam"
    " senin selasa rabu kamis jumat datang pulang bicara diam membaca menulis menunggu berangkat"
)
_WORDS = _VOCABULARY.split()
_NIGHTS = 24
Answers = Mapping[str, Any]


@dataclass
class _Play:
    """Random looks at invented stories, night by night."""

    nights: Nights
    chance: random.Random
    outlets: tuple[Outlet, ...] = tuple(
        replace(OUTLET, slug=f"uji-{name}", url=f"https://uji-{name}.example")
        for name in ("barat", "timur", "utara")
    )
    reader: str = "uji/1"
    known: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def _text(self) -> str:
        """A new text, one that another story has already, or that one with a sentence more."""
        met = self.chance.random()
        if met < 0.3 or len(self.texts) < 4:
            self.texts.append(" ".join(self.chance.choices(_WORDS, k=60)) + ".")
            return self.texts[-1]
        text = self.chance.choice(self.texts)
        return text if met < 0.7 else f"{text} {self.chance.choice(_WORDS).title()} menunggu."

    def night(self, number: int) -> None:
        for outlet in self.outlets:
            with self.nights.night(number, outlet=outlet) as crawl:
                for path in self.chance.sample(range(9), 5):
                    self._look(crawl, outlet, f"{outlet.url}/berita-{path}")
        self._label()

    def _look(self, crawl: Night, outlet: Outlet, url: str) -> None:
        if self.chance.random() < 0.25:
            status = self.chance.choice((304, 404, 404, 410, 410, 503))
            crawl.answer(url, status, outlet=outlet.slug, url=url)
            return
        text = self._text()
        more = self.chance.choice(({}, {"byline": "Dewi Lestari"}, {"headline": "Lurah Dipanggil"}))
        found = article(text, **more)
        self._read_again(crawl, url)
        outcome = crawl.show(url, found, outlet=outlet.slug, url=url, extractor=self.reader)
        if outcome.story_id and outcome.story_id not in self.known:
            self.known.append(outcome.story_id)

    def _read_again(self, crawl: Night, url: str) -> None:
        """A newer reader reads the story's current version first, as a crawl does."""
        archive = self.nights.archive
        try:
            known = find_story(archive.engine, url)
        except NotFound:
            return
        stale = archive.stale_version(known.story_id, extractor=lambda _moment: self.reader)
        if stale is not None:
            again = shown(url, _reread(stale), at=self.nights.clock(), extractor=self.reader)
            archive.read_again(crawl.crawl, stale, replace(again, outlet=crawl.crawl.outlet))

    def _label(self) -> None:
        if self.known and self.chance.random() < 0.6:
            value = self.chance.choice(("yes", "no"))
            made = Label(field="topic", value=value, made_by="Sari", reason="dibaca ulang")
            self.nights.archive.label(self.chance.choice(self.known), made)


def _reread(stale: CurrentVersion) -> Any:
    return replace(stale.article, dateline="Sukamaju")


def grow(directory: Path, *, seed: int, nights: int = _NIGHTS) -> Nights:
    """An archive of invented stories that were edited, lost, found, read again and corrected."""
    made = Nights(directory)
    play = _Play(made, random.Random(seed))
    for number in range(1, nights + 1):
        play.reader = f"uji/{1 + number // 9}"
        play.night(number)
    return made


def answers(nights: Nights, story_id: str, *, at: datetime) -> Answers:
    """What the archive's reads say of a story as of a moment."""
    engine = nights.archive.engine
    try:
        found = find_story(engine, story_id, as_of=at)
    except NotFound:
        return {}
    group = copies(engine, story_id, as_of=at)
    made = labels(engine, story_id, as_of=at)
    return {
        "gone_at": found.gone_at,
        "last_seen_at": found.last_seen_at,
        "count": found.versions,
        "versions": [
            (one.number, one.first_seen_at, one.last_seen_at, one.content_hash, one.extractor)
            for one in versions(engine, story_id, as_of=at)
        ],
        "texts": [one.article.text for one in versions(engine, story_id, as_of=at)],
        "label": made[-1].value if made else "",
        "copies": sorted(one.story_id for one in group.copies) if group else [],
        "events": [one.event_id for one in events(engine, story_id=story_id, as_of=at, limit=999)],
    }


def _in_order(table: Table) -> Select[Any]:
    return select(table).order_by(*table.primary_key)


class Oracle:
    """Every row of the archive in memory; a question goes through them one by one."""

    def __init__(self, nights: Nights) -> None:
        with database.reading(nights.archive.engine) as connection:
            self.rows = {
                # a table has no order of its own: PostgreSQL puts a row where there is room
                name: [dict(row) for row in connection.execute(_in_order(table)).mappings()]
                for name, table in schema.metadata.tables.items()
            }

    def _then(self, name: str, at: datetime, **where: Any) -> list[dict[str, Any]]:
        return [
            row
            for row in self.rows[name]
            if row["recorded_at"] <= at and all(row[key] == value for key, value in where.items())
        ]

    def answers(self, story_id: str, *, at: datetime) -> Answers:
        """The same answers as the archive's reads give, reckoned row by row."""
        if not self._then("story", at, story_id=story_id):
            return {}
        shown_versions = [one for one in self._versions(story_id, at) if not one["repeats"]]
        told = self._then("event", at, story_id=story_id)
        presence = [row for row in told if row["kind"] in {"gone", "back"}]
        is_gone = bool(presence) and presence[-1]["kind"] == "gone"
        made = self._then("label", at, story_id=story_id)
        seen = [
            row["fetched_at"]
            for row in self._then("capture", at, story_id=story_id)
            if row["answer"] in {"article", "not-modified"}
        ]
        return {
            "gone_at": presence[-1]["occurred_at"] if is_gone else None,
            "last_seen_at": max(seen, default=None),
            "count": len(shown_versions),
            "versions": [one["said"] for one in shown_versions],
            "texts": [one["text"] for one in shown_versions],
            "label": made[-1]["value"] if made else "",
            "copies": self._copies(story_id, at),
            "events": sorted((row["event_id"] for row in told), reverse=True),
        }

    def _versions(self, story_id: str, at: datetime) -> Iterator[dict[str, Any]]:
        found = self._then("version", at, story_id=story_id)
        texts = {row["reading_id"]: row["text"] for row in self.rows["reading_text"]}
        for row in sorted(found, key=lambda one: (one["first_seen_at"], one["number"])):
            read = self._then("reading", at, version_id=row["version_id"])[-1]
            seen = self._seen(row["version_id"], at)
            said = (row["number"], row["first_seen_at"], seen, read["content_hash"])
            yield {
                "said": (*said, read["extractor"]),
                "text": texts[read["reading_id"]],
                "repeats": read["repeats_previous"],
            }

    def _seen(self, version_id: int, at: datetime) -> datetime | None:
        linked = {
            row["capture_id"]
            for row in self.rows["version_capture"]
            if row["version_id"] == version_id
        }
        then = self._then("capture", at)
        return max((row["fetched_at"] for row in then if row["capture_id"] in linked), default=None)

    def _copies(self, story_id: str, at: datetime) -> list[str]:
        home: dict[str, str] = {}
        for row in self._then("cluster_member", at):
            home[row["story_id"]] = row["cluster_id"]
        mine = home.get(story_id)
        return sorted(one for one, cluster in home.items() if cluster == mine) if mine else []


def _moments(oracle: Oracle) -> list[datetime]:
    return sorted({row["recorded_at"] for row in oracle.rows["event"]})


def ask(nights: Nights, *, questions: int, seed: int) -> dict[str, int]:
    """How many random questions were answered alike, by what the answer was, and how many not."""
    chance, oracle = random.Random(seed), Oracle(nights)
    moments = _moments(oracle)
    first, last = NIGHT_1 - timedelta(hours=1), moments[-1] + timedelta(hours=1)
    ids = [found.story_id for found in stories(nights.archive.engine)]
    told: defaultdict[str, int] = defaultdict(int)
    for number in range(questions):
        # half of them at the very moment of an event, or the microsecond before it
        at = chance.choice(moments) - chance.choice((timedelta(0), timedelta(microseconds=1)))
        if number % 2:
            at = first + chance.random() * (last - first)
        story_id = chance.choice(ids)
        said, reckoned = answers(nights, story_id, at=at), oracle.answers(story_id, at=at)
        told["alike" if said == reckoned else "different"] += 1
        told[_kind(reckoned)] += 1
        told["with a person's word"] += bool(reckoned.get("label"))
        told["with copies"] += bool(reckoned.get("copies"))
        _progress(number + 1, questions)
    return dict(told)


def ask_exports(nights: Nights, *, moments: int, seed: int) -> dict[str, int]:
    """How many rows of exports as of random moments were as reckoned, and how many not."""
    chance, oracle = random.Random(seed), Oracle(nights)
    told: defaultdict[str, int] = defaultdict(int)
    for number in range(moments):
        at = chance.choice(_moments(oracle))
        with tempfile.TemporaryDirectory() as directory:
            dest = Path(directory) / "snapshot"
            export(
                nights.archive.engine,
                nights.archive.warc_directory,
                dest,
                as_of=at,
                with_warc=False,
            )
            lines = (dest / "stories.jsonl").read_text().splitlines()
        rows = {_exported(json.loads(line)) for line in lines}
        reckoned = set(_reckoned(oracle, at))
        told["rows alike"] += len(rows & reckoned)
        told["different"] += len(rows ^ reckoned) + len(lines) - len(rows)
        _progress(number + 1, moments)
    return dict(told)


def _exported(row: Answers) -> tuple[Any, ...]:
    names = ("story_id", "version", "content_hash", "status", "label", "first_seen_at")
    return (*(row[name] for name in names), bool(row["cluster_id"]))


def _reckoned(oracle: Oracle, at: datetime) -> Iterator[tuple[Any, ...]]:
    for story in oracle.rows["story"]:
        known = oracle.answers(story["story_id"], at=at)
        status = "gone" if known.get("gone_at") else "live"
        for number, first_seen_at, _, content_hash, _ in known.get("versions", ()):
            told = (number, content_hash, status, known["label"], iso(first_seen_at))
            yield (story["story_id"], *told, bool(known["copies"]))


def _kind(reckoned: Answers) -> str:
    if not reckoned:
        return "not known yet"
    if reckoned["gone_at"]:
        return "gone"
    return "edited" if reckoned["count"] > 1 else "as first seen"


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty() and done % 50 == 0:
        sys.stderr.write(f"\r{done} of {total} questions ")


def main() -> int:
    """Print what was asked and how often the answers differed; 1 when they ever did."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--exports", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        nights = grow(Path(directory), seed=asked.seed)
        told = ask(nights, questions=asked.questions, seed=asked.seed)
        exported = ask_exports(nights, moments=asked.exports, seed=asked.seed)
        nights.archive.close()
    different = told.pop("different", 0) + exported.pop("different", 0)
    for said, count in sorted((told | exported).items()):
        sys.stdout.write(f"{count:>7} {said}\n")
    sys.stdout.write(
        f"{asked.questions} questions, {asked.exports} exports (seed {asked.seed}):"
        f" {different} differ\n"
    )
    return int(different > 0)


if __name__ == "__main__":
    sys.exit(main())
