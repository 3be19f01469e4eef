"""What grows with the archive: looking for copies, a look that changes nothing, a search.

Stories are written straight into the tables. The bands of near-duplicates that fill the index are
random numbers without signatures: no text is like them, and each is a place in the index.
"""

import random
import re
import sqlite3
import statistics
import sys
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from archive_cost import FIRST, Ours, relax, sighting
from archive_figures import Figure, spent
from search import QUESTIONS, fill, story_rows
from sqlalchemy import Connection, Engine, event, insert

from archive import clusters, database, schema, search_index
from archive.archive import Archive
from archive.config import ArchiveConfig
from archive.search import search

__all__ = ["Sized", "copies", "questions", "unchanged"]

_BIG = ("story", "capture", "version", "reading", "event", "warc_record", "signature",
        "near_duplicate_band")  # fmt: skip
_LOOKS = 200
_TURN = 50
_SHARES = (0.05, 0.1, 0.15, 0.2)
_TABLES = (schema.story, schema.version, schema.reading, schema.reading_text)


@dataclass(frozen=True)
class Sized:
    """An archive of that many stories."""

    folder: Path
    stories: int

    @classmethod
    def make(cls, folder: Path, stories: int, *, words: int) -> "Sized":
        """Texts have that many words; the archive's bands are those of as many stories."""
        made = cls(folder, stories)
        Archive.create(made.config)
        engine = made.engine()
        fill(engine, stories, words=words)
        engine.dispose()
        _fill_bands(folder / "kliping.sqlite")
        return made

    @property
    def config(self) -> ArchiveConfig:
        return ArchiveConfig(directory=self.folder)

    def engine(self) -> Engine:
        """A connection to its rows; nothing is forced to the disk."""
        made = database.connect(self.config)
        relax(made)
        return made


def _fill_bands(path: Path) -> None:
    """64 random bands for each reading, in the order of the index."""
    chance, width = np.random.default_rng(7), 1 << 58
    with closing(sqlite3.connect(path)) as rows:
        rows.execute("PRAGMA synchronous=OFF")  # and without foreign keys, as is the default
        found = rows.execute("SELECT reading_id FROM reading").fetchall()
        ids = np.array([one for (one,) in found])
        for place in range(-32, 32):
            low = place * width
            bands = np.sort(chance.integers(low, low + width, len(ids)))
            pairs = zip(bands.tolist(), chance.permutation(ids).tolist(), strict=True)
            rows.executemany("INSERT INTO near_duplicate_band VALUES (?, ?)", pairs)
            rows.commit()


# -- copies ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Text:
    """A text that is looked for, and the text that it is a copy of (its own number when none)."""

    number: int
    original: int
    words: list[str]


def _texts(originals: int) -> list[_Text]:
    """Each original, four edited copies, and another text that shares a fifth of its words."""
    chance, made = random.Random(5), list[_Text]()
    for _ in range(originals):
        words = [f"kata{chance.randrange(3_000)}" for _ in range(300)]
        first = len(made)
        made.append(_Text(first, first, words))
        for share in _SHARES:
            made.append(_Text(len(made), first, _edited(words, share, chance)))
        other = [f"kata{chance.randrange(3_000)}" for _ in range(240)] + words[-60:]
        made.append(_Text(len(made), len(made), other))
    return made


def _edited(words: list[str], share: float, chance: random.Random) -> list[str]:
    """One span after another replaced, until that share of the words is new."""
    words, left = list(words), int(len(words) * share)
    while left > 0:
        length = min(left, chance.randint(5, 25))
        start = chance.randrange(len(words) - length)
        words[start : start + length] = [f"kata{chance.randrange(3_000)}" for _ in range(length)]
        left -= length
    return words


def copies(archives: list[Sized], *, originals: int) -> list[Figure]:
    """CPU of looking for copies of a text and entering it; and which copies were found."""
    texts = _texts(originals)
    engines = [one.engine() for one in archives]
    taken: list[list[float]] = [[] for _ in archives]
    for start in range(0, len(texts), _TURN):
        turn = texts[start : start + _TURN]
        for archive, engine, found in zip(archives, engines, taken, strict=True):
            _write(engine, turn, after=archive.stories)
            found.append(spent(lambda a=archive, e=engine, t=turn: _note(e, t, after=a.stories)))
    typical = [statistics.median(found) / _TURN for found in taken]
    for archive, each in zip(archives, typical, strict=True):
        sys.stdout.write(f"copies among {archive.stories:,}: {each * 1000:.2f} ms CPU a text\n")
    precision, recall = _found(engines[-1], texts, after=archives[-1].stories)
    for engine in engines:
        engine.dispose()
    many, few = (f"{archives[at].stories:,}" for at in (-1, 0))
    ratio = typical[-1] / typical[0]
    return [
        Figure(name=f"copies: among {many} / among {few}", value=ratio, goal=4, is_most=True),
        Figure(name="copies: precision", value=precision, goal=0.99, is_speed=False),
        Figure(
            name="copies: recall, spans of up to 20 % edited",
            value=recall,
            goal=0.95,
            is_speed=False,
        ),
    ]


def _write(engine: Engine, texts: list[_Text], *, after: int) -> None:
    """The stories of some texts, not yet compared with any."""
    rows: list[list[dict[str, object]]] = [[] for _ in _TABLES]
    for text in texts:
        made = story_rows(after + text.number, 0, " ".join(text.words))
        for collected, one in zip(rows, made, strict=True):
            collected.extend(one)
    with database.writing(engine) as connection:
        for table, made in zip(_TABLES, rows, strict=True):
            connection.execute(insert(table), made)


def _note(engine: Engine, texts: list[_Text], *, after: int) -> None:
    for text in texts:
        with database.writing(engine) as connection:
            clusters.note(
                connection,
                reading_id=(after + text.number) * 2 + 1,
                story_id=f"{after + text.number:016x}",
                text=" ".join(text.words),
                recorded_at=FIRST,
            )


def _found(engine: Engine, texts: list[_Text], *, after: int) -> tuple[float, float]:
    """Precision over pairs that stand in one cluster; the share of copies beside their original."""
    with database.reading(engine) as connection:
        homes = clusters.cluster_ids(connection)
    together: dict[str, list[_Text]] = {}
    for text in texts:
        home = homes.get(f"{after + text.number:016x}")
        if home:
            together.setdefault(home, []).append(text)
    pairs = [pair for group in together.values() for pair in combinations(group, 2)]
    right = sum(one.original == other.original for one, other in pairs)
    home_of = {text.number: home for home, group in together.items() for text in group}
    edited = [text for text in texts if text.original != text.number]
    met = Counter(
        home_of.get(text.number, "") == home_of.get(text.original, "none") for text in edited
    )
    return right / len(pairs), met[True] / len(edited)


# -- a look that changes nothing -------------------------------------------------------------------


def unchanged(few: Sized, many: Sized) -> Figure:
    """CPU of a look that changes nothing, among many versions / among few, in turns."""
    ours = [_Looked(one) for one in (few, many)]
    ratios = []
    for start in range(0, _LOOKS, 20):
        small, large = (one.look(range(start, start + 20)) for one in ours)
        ratios.append(large / small)
    for one in ours:
        one.ours.archive.close()
    name = f"an unchanged story: among {many.stories:,} / among {few.stories:,}"
    return Figure(name=name, value=statistics.median(ratios), goal=1.5, is_most=True)


class _Looked:
    """An archive in which some stories more were recorded, that are then looked at again."""

    def __init__(self, of: Sized) -> None:
        self.ours = Ours(of.folder, is_new=False)
        relax(self.ours.archive.engine)
        for number in range(_LOOKS + 1):
            self.ours.record(sighting(number, FIRST))
        plans = _Plans()
        event.listen(self.ours.archive.engine, "before_cursor_execute", plans.note)
        self.look(range(_LOOKS, _LOOKS + 1))
        event.remove(self.ours.archive.engine, "before_cursor_execute", plans.note)
        _expect_indexes(self.ours.archive.engine, plans)

    def look(self, numbers: range) -> float:
        """CPU seconds of looking at these stories the day after."""
        again = [sighting(number, FIRST + timedelta(days=1)) for number in numbers]
        return spent(lambda: [self.ours.record(one) for one in again])


class _Plans:
    """The questions asked on the way."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []

    def note(self, *told: Any) -> None:
        _connection, _cursor, said, values, _context, many = told
        if said.startswith(("SELECT", "UPDATE")) and not many:
            self.asked.append((said, values))


def _expect_indexes(engine: Engine, plans: _Plans) -> None:
    with database.reading(engine) as connection:
        for said, values in plans.asked:
            for step in _steps(connection, said, values):
                if re.match(rf"SCAN ({'|'.join(_BIG)})\b(?!.*USING)", step):
                    sys.exit(f"a whole table is read: {step}, for\n{said}")
    sys.stdout.write(f"plans of {len(plans.asked)} questions of an unchanged look: all indexed\n")


def _steps(connection: Connection, said: str, values: Any) -> list[str]:
    explained = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values)
    return [row[3] for row in explained]


# -- a search --------------------------------------------------------------------------------------


def questions(folder: Path, *, stories: int) -> list[str]:
    """A line for each question: CPU milliseconds, and how many were found. No goal is set."""
    config = ArchiveConfig(directory=folder)
    Archive.create(config)
    engine = database.connect(config)
    fill(engine, stories)
    with database.writing(engine) as connection:
        search_index.rebuild(connection)
    lines = []
    for name, (query, within) in QUESTIONS.items():
        taken = statistics.median(
            spent(lambda q=query, w=within: search(engine, q, w)) for _ in range(3)
        )
        found = len(search(engine, query, within))
        lines.append(f"| {name} | {taken * 1000:.0f} ms | {found} |")
    engine.dispose()
    return lines
