"""How long a search takes in an archive of many invented stories, on SQLite or PostgreSQL.

    python tests/bench/search.py [--stories 100000] [--database-url URL]

Rows are written straight into the tables (the index as ever, reading by reading); each question is
asked five times and the median shown, beside the time of indexing and of the audit of the index.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, text

from archive import database, schema, search_index
from archive.archive import Archive
from archive.config import ArchiveConfig
from archive.search import Search, search

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
_OUTLETS = 70
_WORDS = 300
_VOCABULARY = 40_000
_BATCH = 1_000
_page = partial(Search, limit=20)
"""What the command shows at once."""
QUESTIONS = {
    "a rare word": ("kata39990", _page()),
    "a word of 1 in 20": ("netralitas", _page()),
    "a word of every story": ("pemilihan", _page()),
    "a phrase": ('"netralitas asn"', _page()),
    "words and a beginning": ("netral* pemilihan", _page()),
    "OR and NOT": ("(netralitas OR kata500) -kata3", _page()),
    "one outlet, a week": (
        "pemilihan",
        _page(outlet="uji-7", since=date(2024, 6, 1), until=date(2024, 6, 7)),
    ),
    "as of a moment": ("netralitas", _page(as_of=FIRST + timedelta(days=100))),
    "live, edited, on topic": (
        "netralitas",
        _page(status="live", is_edited=True, is_on_topic=True),
    ),
    "by relevance": ("netralitas", _page(sort="relevance")),
    "every version": ("netralitas", _page(every_version=True)),
}


def main() -> int:
    """Fill an archive, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=100_000)
    parser.add_argument("--database-url", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config = ArchiveConfig(directory=Path(folder), database_url=asked.database_url)
        Archive.create(config)
        engine = database.connect(config)
        _report("rows written, without the index", lambda: fill(engine, asked.stories))
        _report("index made of them", lambda: _rebuild(engine))
        if engine.dialect.name == "postgresql":
            with engine.connect() as connection:
                connection.execute(text("ANALYZE")).close()
                connection.commit()
        for name, (query, within) in QUESTIONS.items():
            _ask(engine, name, query=query, within=within)
        _report("index checked (audit)", lambda: _check(engine))
        engine.dispose()
    return 0


def _report(name: str, task: Callable[[], object]) -> None:
    begun = time.perf_counter()
    task()
    print(f"{name:<36} {time.perf_counter() - begun:8.1f} s", flush=True)  # noqa: T201


def _ask(engine: Engine, name: str, *, query: str, within: Search) -> None:
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        hits = search(engine, query, within)
        taken.append(time.perf_counter() - begun)
    print(f"{name:<36} {statistics.median(taken) * 1000:8.1f} ms  {len(hits)} hits", flush=True)  # noqa: T201


def _rebuild(engine: Engine) -> None:
    with database.writing(engine) as connection:
        search_index.rebuild(connection)


def _check(engine: Engine) -> None:
    with database.reading(engine) as connection:
        if list(search_index.index_faults(connection)):
            sys.exit("the index is not that of the texts")


def fill(engine: Engine, stories: int, *, words: int = _WORDS) -> None:
    """Write that many invented stories straight into the tables, without the index."""
    chance = random.Random(7)
    with database.writing(engine) as connection:
        _outlets(connection)
        for start in range(0, stories, _BATCH):
            _stories(connection, chance, range(start, min(start + _BATCH, stories)), words=words)


def _outlets(connection: Connection) -> None:
    connection.execute(insert(schema.run).values(run_id=1, started_at=FIRST))
    for number in range(_OUTLETS):
        row = {"slug": f"uji-{number}", "url": f"https://uji-{number}.example"}
        row |= {"zone": "Asia/Jakarta", "recorded_at": FIRST}
        connection.execute(insert(schema.outlet).values(row))
        row = {"crawl_id": number + 1, "run_id": 1, "outlet": f"uji-{number}", "counts": {}}
        connection.execute(insert(schema.crawl).values(row | {"started_at": FIRST, "token": 1}))


def _text(chance: random.Random, words: int) -> str:
    """Words as seldom as in a language: the n-th as often as 1/n, about."""
    said = [f"kata{int(_VOCABULARY ** chance.random()) - 1}" for _ in range(words)]
    said[chance.randrange(words)] = "pemilihan"
    if chance.random() < 0.05:
        said[10:12] = ["netralitas", chance.choice(["ASN", "aparatur"])]
    return " ".join(said)


def _stories(connection: Connection, chance: random.Random, numbers: range, *, words: int) -> None:
    tables = (schema.story, schema.version, schema.reading, schema.reading_text)
    rows: list[list[dict[str, object]]] = [[] for _ in tables]
    for number in numbers:
        for version in range(1 + (number % 10 == 0)):
            for collected, made in zip(
                rows, story_rows(number, version, _text(chance, words)), strict=True
            ):
                collected.extend(made)
    for table, made in zip(tables, rows, strict=True):
        connection.execute(insert(table), made)


def story_rows(number: int, version: int, text: str) -> list[list[dict[str, object]]]:
    """Rows of story, version, reading and reading_text of an invented story."""
    outlet, at = number % _OUTLETS, FIRST + timedelta(minutes=5 * number + version)
    key = number * 2 + version + 1
    story = {"story_id": f"{number:016x}", "outlet": f"uji-{outlet}", "crawl_id": outlet + 1}
    seen = {"first_seen_at": at, "recorded_at": at}
    one = story | seen | {"url": f"https://uji-{outlet}.example/{number}"}
    two = {"version_id": key, "number": version + 1, "changed": [], "crawl_id": outlet + 1}
    three = {"reading_id": key, "version_id": key, "extractor": "uji", "content_hash": "0" * 64}
    three |= {"headline": f"Camat kata{number % 999} netral", "tags": [], "topic_evidence": []}
    three |= {"recorded_at": at, "on_topic": number % 3 == 0, "published_at": at}
    body = {"reading_id": key, "text": text}
    return [[one] * (version == 0), [two | seen | {"story_id": story["story_id"]}], [three], [body]]


if __name__ == "__main__":
    sys.exit(main())
