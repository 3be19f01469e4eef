"""What the archive's care costs: recording, audit and exports, in paired ratios.

Recording is measured beside a minimal loop that appends the same records with FastWARC and executes
the same INSERTs and UPDATEs with sqlite3, turn by turn, so that a busy machine slows both.
"""

import os
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive_figures import Figure, cpu, spent
from fastwarc.stream_io import GzipWriter
from fastwarc.warc import ArchiveIterator, WarcRecord
from sqlalchemy import Engine, event

from archive import database
from archive.archive import Archive
from archive.audit import audit
from archive.config import ArchiveConfig
from archive.snapshots import export
from archive.types import Answer, Article, Outlet, Page, Sighting, TopicDecision

__all__ = ["FIRST", "Ours", "reading_back", "recording", "relax", "sighting", "unsynced"]

FIRST = datetime(2024, 11, 5, 18, 30, tzinfo=UTC)
_OUTLET = Outlet(slug="ukur", name="Ukur", url="https://ukur.example")
_TOPIC = TopicDecision(on_topic=True, score=0.9, topic="ukur/1/0")
_TURN = 100
_LINKS = 265
_SLUGS = ("panen-raya", "jembatan-baru", "pasar-malam", "sekolah-lama", "harga-cabai", "air-bersih",
          "lomba-perahu", "jalan-rusak", "kapal-feri", "tari-daerah", "hujan-deras")  # fmt: skip


# -- recording beside a minimal loop ---------------------------------------------------------------


def sighting(number: int, at: datetime) -> Sighting:
    """A look at an invented story of 300 words, on a page of 60 KB (16 KB packed) as outlets have.

    What stands around the text is links and markup that differ from page to page.
    """
    words = " ".join(f"kata{(number * 7919 + place * place) % 40_000}" for place in range(300))
    url = f"{_OUTLET.url}/berita/{number}"
    body = f"<html><h1>Camat {number} netral</h1><p>{words}</p>{_around(number)}</html>".encode()
    headers = ((b"Content-Type", b"text/html"),)
    return Sighting(
        outlet=_OUTLET.slug, url=url, answer=Answer.ARTICLE, parts=(url,), extractor="ukur/1",
        pages=(Page(url=url, status=200, body=body, fetched_at=at, headers=headers),),
        article=Article(headline=f"Camat {number} netral", text=words), topic=_TOPIC,
    )  # fmt: skip


def _around(number: int) -> str:
    chance = random.Random(number)
    return "".join(_link(chance.getrandbits(288), *chance.sample(_SLUGS, 3)) for _ in range(_LINKS))


def _link(drawn: int, *slugs: str) -> str:
    return (
        f'<li class="terkait kartu"><a href="https://ukur.example/berita/{"-".join(slugs)}/">'
        f'<img src="/foto/{drawn:x}.webp" alt="{slugs[0]}" width="320"></a></li>'
    )


class _Written:
    """The statements and the records of each transaction, as the archive writes them."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, Any, bool]] = []

    def note(self, *told: Any) -> None:
        _connection, _cursor, said, values, _context, many = told
        if said.startswith(("INSERT", "UPDATE")):
            self.statements.append((re.sub(r" RETURNING .*", "", said), values, many))


class _Minimal:
    """FastWARC and sqlite3, and nothing else."""

    def __init__(self, folder: Path) -> None:
        config = ArchiveConfig(directory=folder)
        Archive.create(config)
        self._engine = database.connect(config)
        self._rows: Any = self._engine.raw_connection()
        self._file = (folder / "warc" / "minimal.warc.gz").open("wb")

    def write(self, turn: list[tuple[list[tuple[str, Any, bool]], list[WarcRecord]]]) -> None:
        for statements, records in turn:
            for record in records:
                stream = GzipWriter(self._file, compression_level=6)
                record.write(stream, checksum_data=True)
                stream.finish()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._commit(statements)

    def _commit(self, statements: list[tuple[str, Any, bool]]) -> None:
        cursor = self._rows.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        for said, values, many in statements:
            (cursor.executemany if many else cursor.execute)(said, values)
        cursor.execute("COMMIT")

    def unsafe(self) -> None:
        self._rows.cursor().execute("PRAGMA synchronous=OFF")

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Everything is closed at the end."""
        yield
        self._rows.close()
        self._engine.dispose()
        self._file.close()


def _records(path: Path, since: int) -> list[WarcRecord]:
    with path.open("rb") as file:
        file.seek(since)
        return [_frozen(record) for record in ArchiveIterator(file, parse_http=False)]


def _frozen(record: WarcRecord) -> WarcRecord:
    made = WarcRecord()
    made.init_headers(record_type=record.record_type)
    for name, value in record.headers:
        made.headers[name] = value
    made.set_bytes_content(record.reader.read())
    return made


@contextmanager
def unsynced() -> Iterator[None]:
    """Nothing is forced to the disk; both sides are measured so."""
    real = os.fsync
    os.fsync = lambda _file: None
    try:
        yield
    finally:
        os.fsync = real


def recording(folder: Path, *, stories: int, is_synced: bool) -> float:
    """Time of the minimal loop / time of `Archive.record`: the median over turns of 100 stories.

    By the clock when bytes are forced to the disk, as waiting for it is most of the time; CPU else.
    """
    timer = time.perf_counter if is_synced else cpu
    (folder / "minimal").mkdir(parents=True)
    ours, minimal = Ours(folder / "ours"), _Minimal(folder / "minimal")
    with ours.closing(), minimal.closing():
        if not is_synced:
            minimal.unsafe()
            relax(ours.archive.engine)
        return statistics.median(
            _turn(ours, minimal, range(start, min(start + _TURN, stories)), timer=timer)
            for start in range(0, stories, _TURN)
        )


def _turn(ours: "Ours", minimal: _Minimal, numbers: range, *, timer: Callable[[], float]) -> float:
    sightings = [sighting(number, FIRST) for number in numbers]
    begun = timer()
    for one in sightings:
        ours.record(one)
    own = timer() - begun
    taken = ours.taken()
    begun = timer()
    minimal.write(taken)
    return (timer() - begun) / own


def relax(engine: Engine) -> None:
    """The database, too, is not forced to the disk."""
    event.listen(engine, "connect", lambda made, _: made.execute("PRAGMA synchronous=OFF"))
    engine.dispose()


class Ours:
    """An archive, and what it writes for each story."""

    def __init__(self, folder: Path, *, is_new: bool = True) -> None:
        config = ArchiveConfig(directory=folder)
        if is_new:
            Archive.create(config)
        self.archive = Archive(config, clock=lambda: datetime.now(UTC))
        self._written = _Written()
        event.listen(self.archive.engine, "before_cursor_execute", self._written.note)
        self.crawl = self.archive.begin_crawl(_OUTLET)
        self._turns: list[list[tuple[str, Any, bool]]] = []
        self._offset = 0

    @contextmanager
    def closing(self) -> Iterator[None]:
        """The archive is closed at the end."""
        yield
        self.archive.close()

    def record(self, one: Sighting) -> None:
        """Record one look."""
        self.archive.record(self.crawl, one)
        self._turns.append(self._written.statements)
        self._written.statements = []

    def taken(self) -> list[tuple[list[tuple[str, Any, bool]], list[WarcRecord]]]:
        """What the last turn wrote, story by story; the first brings the crawl's own rows."""
        [path] = self.archive.warc_directory.glob("*.warc.gz")
        records = _records(path, self._offset)
        self._offset = path.stat().st_size
        turns, self._turns = self._turns, []
        share = len(records) / len(turns)
        return [
            (statements, records[int(at * share) : int((at + 1) * share)])
            for at, statements in enumerate(turns)
        ]


# -- audit and exports -----------------------------------------------------------------------------


def reading_back(folder: Path, *, stories: int, rounds: int) -> list[Figure]:
    """The audit beside a bare FastWARC verify, and packed exports beside plain jsonl."""
    ours = Ours(folder / "ours")
    relax(ours.archive.engine)
    for number in range(stories):
        ours.record(sighting(number, FIRST))
    ours.archive.close_crawl(ours.crawl, reason="finished", counts={}, complete=True)
    engine, warcs = ours.archive.engine, ours.archive.warc_directory
    with ours.closing():
        audits = [
            spent(lambda: _verified(warcs)) / spent(lambda: _clean(engine, warcs))
            for _ in range(rounds)
        ]
        exports = [_exported(ours, folder / str(turn)) for turn in range(rounds)]
    audited = statistics.median(audits)
    return [
        Figure(
            name="audit: bare FastWARC verify / ours (CPU)",
            value=audited,
            goal=0.33,
            why="beside the bytes, every row, text and index is read again",
        ),
        *(
            Figure(
                name=f"export (CPU): plain jsonl / {form}",
                value=statistics.median(one["jsonl"] / one[form] for one in exports),
                goal=goal,
            )
            for form, goal in (("jsonl.zst", 0.45), ("parquet", 0.7))
        ),
    ]


def _exported(ours: Ours, folder: Path) -> dict[str, float]:
    """CPU seconds of an export in each form, without captured bytes."""
    engine, warcs = ours.archive.engine, ours.archive.warc_directory
    folder.mkdir()
    return {
        form: spent(
            lambda form=form: export(engine, warcs, folder / form, format=form, with_warc=False)
        )
        for form in ("jsonl", "jsonl.zst", "parquet")
    }


def _verified(warcs: Path) -> None:
    for path in warcs.glob("*.warc.gz"):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, parse_http=False):
                if not record.verify_block_digest():
                    sys.exit(f"FastWARC finds fault with {record.record_id}")


def _clean(engine: Any, warcs: Path) -> None:
    found = audit(engine, warcs).findings
    if found:
        sys.exit(f"the audit of the measured archive finds {found[0]}")
