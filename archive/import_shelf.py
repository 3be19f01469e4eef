"""What an import writes into an archive: outlets and crawls of the past, WARC files, stories."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, text
from sqlalchemy.engine import Engine

from archive import crawls, database, ledger
from archive.errors import ArchiveError, DamagedRecord
from archive.import_story import Imported, import_story
from archive.member_walk import Damage, walk_members
from archive.open_crawl import OpenCrawl
from archive.schema import (
    crawl,
    outlet,
    reading,
    reading_text,
    run,
    story,
    takedown,
    version,
    warc_record,
)
from archive.search_index import add as add_to_index
from archive.takedowns import is_shown
from archive.types import Crawl, Outlet
from archive.verify_warc import Span
from archive.warc_reader import Placed, scan
from archive.warc_records import Member

__all__ = ["ImportShelf"]

_ROWS = 500
_MEMBERS = 50
_PIECE = 1 << 20
_OWNERS = ("WARC-Record-ID", "WARC-Concurrent-To", "WARC-Refers-To")
_COUNTS = ("looked_at", "on_topic", "failed", "not_reached")

Values = Mapping[str, Any]


class ImportShelf:
    """Writes what a snapshot holds, bytes before rows, and nothing that is there already.

    Stories and files are written under the lease of a crawl, as all that is found.
    """

    def __init__(
        self, engine: Engine, *, directory: Path, at_work: Callable[[Crawl], OpenCrawl]
    ) -> None:
        self._engine = engine
        self._directory = directory
        self._at_work = at_work

    def outlets(self, found: Iterable[Outlet], *, recorded_at: datetime) -> None:
        """Enter outlets that were never visited here."""
        with database.writing(self._engine) as connection:
            known = set(connection.scalars(select(outlet.c.slug)))
            rows = [vars(one) | {"recorded_at": recorded_at} for one in found]
            rows = [row for row in rows if row["slug"] not in known]
            if rows:
                connection.execute(insert(outlet), rows)

    def history(self, coverage: Iterable[Values]) -> None:
        """Enter closed crawls of the past, for what they counted; under their ids where free."""
        runs: dict[int, int] = {}
        with database.writing(self._engine) as connection:
            for row in coverage:
                _past_crawl(connection, row, runs=runs)
            if connection.dialect.name == "postgresql":
                _advance(connection)

    def taken_down(self) -> set[str]:
        """The ids of the stories that the archive took down."""
        with database.reading(self._engine) as connection:
            return set(connection.scalars(select(takedown.c.story_id)))

    def held(self, story_ids: Iterable[str]) -> list[str]:
        """Those of these stories that are here, and were not taken down here."""
        wanted = list(story_ids)
        with database.reading(self._engine) as connection:
            return [one for one in wanted if connection.scalar(_shown(one)) is not None]

    def file(self, of: Crawl, span: Span, *, barred: Collection[str] = ()) -> None:
        """Take over the members of a WARC file: all of it under its name, or what is not there.

        What is `barred`, by its record id, is left out with all that belongs to it.
        """
        path = self._directory / span.name
        if not barred and not self._is_known(span):
            # an import that was killed may have left the file without rows: then it is put anew
            _copy(span, path)
            self._enter(of, path)
            return
        waiting = self._unknown(span, barred=barred)
        while batch := list(islice(waiting, _MEMBERS)):
            self._at_work(of).keep_members(batch)

    def _is_known(self, span: Span) -> bool:
        """Whether some of a file's members are in the archive, there or elsewhere."""
        with database.reading(self._engine) as connection:
            here = select(warc_record.c.record_id).where(warc_record.c.warc_file == span.name)
            if connection.scalar(here.limit(1)) is not None:
                return True
            return any(_has(connection, member.record_id) for member in _members(span))

    def _enter(self, of: Crawl, path: Path) -> None:
        placed = scan(path)
        with self._at_work(of).writing() as connection:
            while batch := list(islice(placed, _ROWS)):
                rows = [_row(member, crawl_id=of.crawl_id) for member in batch]
                connection.execute(insert(warc_record), rows)

    def _unknown(self, span: Span, *, barred: Collection[str]) -> Iterator[Member]:
        for member in _members(span, barred=barred):
            with database.reading(self._engine) as connection:
                is_there = _has(connection, member.record_id)
            if not is_there and member.type != "warcinfo":
                yield member

    def stories(
        self,
        of: Crawl,
        told: Sequence[tuple[Values, Mapping[int, str]]],
        *,
        counts: Imported,
        now: datetime,
    ) -> None:
        """Write facts and texts of some stories in one transaction."""
        with self._at_work(of).writing() as connection:
            for values, texts in told:
                import_story(connection, values, texts=texts, crawl=of, counts=counts, now=now)

    def remove(self, removed: Iterable[tuple[str, int]], *, recorded_at: datetime) -> None:
        """Note that versions repeat the ones before them: they leave the exports."""
        with database.writing(self._engine) as connection:
            for story_id, number in removed:
                _repeat(connection, story_id, number=number, recorded_at=recorded_at)


def _has(connection: Connection, record_id: str) -> bool:
    query = select(warc_record.c.record_id).where(warc_record.c.record_id == record_id)
    return connection.scalar(query) is not None


def _past_crawl(connection: Connection, row: Values, *, runs: dict[int, int]) -> None:
    same = (crawl.c.outlet == row["outlet"]) & (crawl.c.started_at == row["started_at"])
    known = connection.execute(select(crawl.c.run_id).where(same)).first()
    if known:
        runs[row["run_id"]] = known.run_id
        return
    if row["run_id"] not in runs:
        moments = {"started_at": row["started_at"], "ended_at": row["ended_at"]}
        runs[row["run_id"]] = _insert(connection, run.c.run_id, moments, wanted=row["run_id"])
    counts = {name: row[name] for name in _COUNTS if row[name] is not None}
    values = {
        "run_id": runs[row["run_id"]],
        "outlet": row["outlet"],
        "started_at": row["started_at"],
        "counts": counts,
        "token": 0,
    }
    crawl_id = _insert(connection, crawl.c.crawl_id, values, wanted=row["crawl_id"])
    names = ("run_id", "outlet", "started_at")
    past = Crawl(crawl_id=crawl_id, **{name: values[name] for name in names})
    reason = row["finish_reason"]
    crawls.close(connection, past, reason=reason, now=row["ended_at"], counts=counts)


def _insert(connection: Connection, key: Any, values: Values, *, wanted: int) -> int:
    """The id of a new row: the wanted one, where that is free."""
    is_taken = connection.scalar(select(key).where(key == wanted)) is not None
    row = dict(values) if is_taken else {**values, key.name: wanted}
    made = connection.execute(insert(key.table).values(row).returning(key))
    return int(made.scalar_one())


def _advance(connection: Connection) -> None:
    """Let PostgreSQL's next ids come after those that were given."""
    for key in (run.c.run_id, crawl.c.crawl_id):
        table, name = key.table.name, key.name
        highest = select(func.coalesce(func.max(key), 1)).scalar_subquery()
        sequence = func.pg_get_serial_sequence(text(f"'{table}'"), text(f"'{name}'"))
        connection.execute(select(func.setval(sequence, highest)))


def _copy(span: Span, path: Path) -> None:
    """Put the bytes of a file into the archive, safe on disk before they have their name."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with span.path.open("rb") as old, partial.open("wb") as new:
            old.seek(span.start)
            left = span.end - span.start
            while left and (piece := old.read(min(_PIECE, left))):
                new.write(piece)
                left -= len(piece)
            new.flush()
            os.fsync(new.fileno())
        partial.replace(path)
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)


def _row(member: Placed, *, crawl_id: int) -> dict[str, Any]:
    return {
        "record_id": member.record_id,
        "crawl_id": crawl_id,
        "type": member.type,
        "warc_file": member.warc_file,
        "warc_offset": member.offset,
        "warc_length": member.length,
        "digest": member.digest,
        # it was known from then on, whoever looks back
        "recorded_at": member.date,
    }


def _shown(story_id: str) -> Select[Any]:
    return select(story.c.story_id).where(story.c.story_id == story_id, is_shown())


def _members(span: Span, *, barred: Collection[str] = ()) -> Iterator[Member]:
    with span.path.open("rb") as file:
        for met in walk_members(file, start=span.start, end=span.end):
            if isinstance(met, Damage):
                raise DamagedRecord(f"{span.name}: offset {met.offset}: {met.why}")
            fields = met.record.fields
            if any(fields.get(name, "") in barred for name in _OWNERS):
                continue
            file.seek(span.start + met.offset)
            data = file.read(met.length)
            yield Member.of(met.record.fields, data)


def _repeat(connection: Connection, story_id: str, *, number: int, recorded_at: datetime) -> None:
    newest = (
        select(reading, reading_text.c.text, story.c.outlet)
        .join(reading_text, reading_text.c.reading_id == reading.c.reading_id)
        .join(version, version.c.version_id == reading.c.version_id)
        .join(story, story.c.story_id == version.c.story_id)
        .where(version.c.story_id == story_id, version.c.number == number)
        .order_by(reading.c.reading_id.desc())
        .limit(1)
    )
    row = connection.execute(newest).mappings().first()
    if row is None or row["repeats_previous"]:
        return
    values = {name: row[name] for name in reading.c.keys() if name != "reading_id"}  # noqa: SIM118
    values |= {"repeats_previous": True, "recorded_at": recorded_at}
    made = connection.execute(insert(reading).values(values).returning(reading.c.reading_id))
    reading_id = int(made.scalar_one())
    body = {"reading_id": reading_id, "text": row["text"]}
    connection.execute(insert(reading_text).values(body))
    add_to_index(connection, reading_id)
    detail = {name: row[name] for name in ("extractor", "content_hash")}
    ledger.append(
        connection,
        "reread",
        recorded_at=recorded_at,
        outlet=row["outlet"],
        story_id=story_id,
        version_id=row["version_id"],
        detail=detail | {"before": row["extractor"]},
    )
