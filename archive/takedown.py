"""A story is taken down: its bytes leave the WARC files, its words the database, for good.

In this order, so that a kill at any moment leaves what is finished on the next start (when a crawl
of the outlet begins, or when the takedown is asked for again):

1. One transaction: the row of the takedown, and of each record what it was. From here on no reader
   is shown the story.
2. Tombstones over the members, revisits before the responses they refer to, each file fsynced. What
   they say follows from the rows of step 1 alone, so that writing them twice changes nothing.
3. One transaction: the words leave every row, the rows of `warc_record` tell of the tombstones, and
   an event says so in the chain (see `ledger`).
4. The database's files are written anew, so that no free page or log keeps what was in a row.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.engine import Engine

from archive import crawl_rows, database, erasure, ledger
from archive.errors import ArchiveError, ConfigError, DamagedRecord, LeaseHeld
from archive.schema import reading, story, takedown, tombstone, version, warc_record
from archive.takedown_plan import Members, members_of
from archive.takedowns import taken_down
from archive.tombstone import Tombstone
from archive.tombstone import tombstone as tombstone_bytes
from archive.versions import current_reading

__all__ = [
    "Placed",
    "Planned",
    "begin",
    "expect_reason",
    "finish",
    "lay",
    "planned",
    "resume",
    "tombstones",
]

_LONGEST = 2_000


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What a takedown would overwrite."""

    story_id: str
    outlet: str
    url: str
    headline: str
    """Of its newest version."""
    versions: int
    records: int
    bytes: int
    files: tuple[str, ...]
    kept: tuple[str, ...]
    """Records that stay, because another story stands on them."""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A tombstone, where it belongs."""

    record_id: str
    warc_file: str
    offset: int
    data: bytes

    @property
    def digest(self) -> str:
        """What `warc_record` says of it."""
        return hashlib.sha256(self.data).hexdigest()


def planned(connection: Connection, warc_dir: Path, story_id: str) -> Planned:
    """What taking a story down would do. Raises DamagedRecord where a member cannot be read."""
    members = members_of(connection, warc_dir, story_id)
    row = connection.execute(select(story).where(story.c.story_id == story_id)).one()
    headlines = connection.scalars(
        select(reading.c.headline)
        .join(version, version.c.version_id == reading.c.version_id)
        .where(version.c.story_id == story_id, reading.c.reading_id == current_reading())
        .order_by(version.c.first_seen_at, version.c.number)
    ).all()
    return Planned(
        story_id=story_id,
        outlet=row.outlet,
        url=row.url,
        headline=headlines[-1] if headlines else "",
        versions=len(headlines),
        records=len(members.rows),
        bytes=sum(row.warc_length for row in members.rows),
        files=tuple(sorted({row.warc_file for row in members.rows})),
        kept=members.kept,
    )


def begin(
    engine: Engine, warc_dir: Path, story_id: str, *, reason: str, made_by: str, now: datetime
) -> None:
    """Decide a takedown; one that was decided before stays as it is.

    Raises ConfigError without a reason, DamagedRecord for a story whose members or crawls are not
    as they were stored: what was there could not be told afterwards.
    """
    expect_reason(reason, made_by)
    with database.writing(engine) as connection:
        if taken_down(connection, story_id):
            return
        members = members_of(connection, warc_dir, story_id)
        _expect_sound(connection, story_id, members)
        row = {
            "story_id": story_id,
            "reason": " ".join(reason.split()),
            "made_by": " ".join(made_by.split()),
            "recorded_at": now,
        }
        made = connection.execute(insert(takedown).values(row).returning(takedown.c.takedown_id))
        takedown_id = int(made.scalar_one())
        _note(connection, members.rows, takedown_id=takedown_id, now=now)
        # what cannot be done is told before anything is
        list(tombstones(connection, takedown_id))


def expect_reason(reason: str, made_by: str) -> None:
    """Return when a takedown says why, and no more than has room. Raises ConfigError."""
    if not reason.strip():
        raise ConfigError("say why the story is taken down: --reason TEXT is empty")
    if max(len(reason), len(made_by)) > _LONGEST:
        raise ConfigError(f"--reason or --by is longer than {_LONGEST} characters")


def _expect_sound(connection: Connection, story_id: str, members: Members) -> None:
    ids = [row.record_id for row in members.rows]
    for crawl_id in erasure.touched_crawls(connection, story_id, record_ids=ids):
        said = ledger.closing_digest(connection, crawl_id)
        if said is not None and not crawl_rows.is_digest(connection, crawl_id, said):
            raise DamagedRecord(
                f"the rows of crawl {crawl_id} are not those it closed with: `kliping audit` and "
                "`kliping repair` first, so that it can be told what was taken down"
            )


def _note(
    connection: Connection, rows: Sequence[Row[Any]], *, takedown_id: int, now: datetime
) -> None:
    values = [
        {
            "record_id": row.record_id,
            "takedown_id": takedown_id,
            "was_type": row.type,
            "was_digest": row.digest,
            "recorded_at": now,
        }
        for row in rows
    ]
    if values:
        connection.execute(insert(tombstone), values)


def tombstones(connection: Connection, takedown_id: int) -> Iterator[Placed]:
    """The tombstones of a takedown, those of revisits first, those of responses last.

    Raises ArchiveError for a member that is too small for one.
    """
    row = connection.execute(select(takedown).where(takedown.c.takedown_id == takedown_id)).one()
    query = (
        select(tombstone, warc_record.c.warc_file, warc_record.c.warc_offset)
        .add_columns(warc_record.c.warc_length)
        .join(warc_record, warc_record.c.record_id == tombstone.c.record_id)
        .where(tombstone.c.takedown_id == takedown_id)
        .order_by(
            tombstone.c.was_type == "response",
            tombstone.c.was_type != "revisit",
            warc_record.c.warc_file,
            warc_record.c.warc_offset,
        )
    )
    for found in connection.execute(query).all():
        told = Tombstone(
            record_id=found.record_id,
            was_type=found.was_type,
            was_digest=found.was_digest,
            taken_down_at=row.recorded_at,
            reason=row.reason,
        )
        try:
            data = tombstone_bytes(told, length=found.warc_length)
        except ValueError as error:
            raise ArchiveError(f"{found.warc_file}: {error}") from None
        yield Placed(
            record_id=found.record_id,
            warc_file=found.warc_file,
            offset=found.warc_offset,
            data=data,
        )


def lay(warc_dir: Path, stones: Iterable[Placed]) -> int:
    """How many members were overwritten: tombstones that are in their place already stay.

    Raises ArchiveError when the disk refuses, LeaseHeld while another process writes such a file. A
    file that is missing or too short is left as it is: nothing is there to take down.
    """
    count = 0
    for stone in stones:
        path = warc_dir / stone.warc_file
        try:
            with _locked(path) as file:
                if os.pread(file, len(stone.data), stone.offset) == stone.data:
                    continue
                if os.fstat(file).st_size < stone.offset + len(stone.data):
                    continue
                _overwrite(file, stone)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise ArchiveError(f"{path}: cannot be overwritten: {error.strerror}") from error
        count += 1
    return count


def _overwrite(file: int, stone: Placed) -> None:
    rest, at = memoryview(stone.data), stone.offset
    while rest:
        count = os.pwrite(file, rest, at)
        rest, at = rest[count:], at + count
    os.fsync(file)


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """A file that nobody else writes to."""
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise LeaseHeld(f"{path}: another process is writing it; try again later") from error
        yield file
    finally:
        os.close(file)


def finish(engine: Engine, warc_dir: Path, story_id: str, *, now: datetime) -> bool:
    """Do what is left of a takedown that was begun; whether nothing is left then.

    False when only the database's files could not be written anew, as others were reading.
    """
    with database.reading(engine) as connection:
        row = taken_down(connection, story_id)
        if row is None or row.settled_at is not None:
            return True
        stones = list(tombstones(connection, row.takedown_id))
    lay(warc_dir, stones)
    if row.erased_at is None:
        with database.writing(engine) as connection:
            _erase(connection, row, stones, now=now)
    if not erasure.settle(engine):
        return False
    with database.writing(engine) as connection:
        _set(connection, row, settled_at=now)
    return True


def _erase(
    connection: Connection, row: Row[Any], stones: Sequence[Placed], *, now: datetime
) -> None:
    """The words leave the rows, and an event says what that has changed."""
    ids = [stone.record_id for stone in stones]
    crawls = erasure.touched_crawls(connection, row.story_id, record_ids=ids)
    before = {number: ledger.closing_digest(connection, number) for number in crawls}
    digests = {stone.record_id: stone.digest for stone in stones}
    redacted = erasure.erase(connection, row.story_id, digests=digests)
    _set(connection, row, erased_at=now)
    ledger.append(
        connection,
        "takedown",
        recorded_at=now,
        outlet=connection.scalar(select(story.c.outlet).where(story.c.story_id == row.story_id)),
        story_id=row.story_id,
        occurred_at=row.recorded_at,
        detail={
            "takedown_id": row.takedown_id,
            "reason": row.reason,
            "by": row.made_by,
            "records": len(ids),
            "rows": ledger.takedown_digest(connection, row.takedown_id),
            "crawls": {
                str(number): [said, crawl_rows.crawl_digest(connection, number)]
                for number, said in before.items()
                if said is not None
            },
            "events": {str(number): hashed for number, hashed in redacted.items()},
        },
    )


def _set(connection: Connection, row: Row[Any], **values: datetime) -> None:
    this = takedown.c.takedown_id == row.takedown_id
    connection.execute(update(takedown).where(this).values(**values))


def resume(engine: Engine, warc_dir: Path, *, outlet: str, now: datetime) -> Mapping[str, bool]:
    """Finish what was begun of an outlet's takedowns; story -> whether nothing is left of it."""
    begun = (
        select(takedown.c.story_id)
        .join(story, story.c.story_id == takedown.c.story_id)
        .where(story.c.outlet == outlet, takedown.c.settled_at.is_(None))
        .order_by(takedown.c.takedown_id)
    )
    with database.reading(engine) as connection:
        story_ids = connection.scalars(begun).all()
    done: dict[str, bool] = {}
    for story_id in story_ids:
        with suppress(LeaseHeld):  # a process that lost its lease and lives: later, then
            done[story_id] = finish(engine, warc_dir, story_id, now=now)
    return done
