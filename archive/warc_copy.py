"""WARC files copied from one archive's folder to another's, and checked against the rows there."""

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Engine, func, select

from archive import database, fixity_log
from archive.config import ArchiveConfig
from archive.database import opened
from archive.findings import Finding, Progress
from archive.fixity import Checked, check_extent
from archive.fixity_log import size_of
from archive.fixity_plan import Extent
from archive.good_copy import GoodCopy
from archive.repair_warc import mend_files, sync_directory
from archive.schema import takedown, warc_record
from archive.takedown import lay, tombstones

__all__ = ["Copying", "copy_files", "copying"]

_PIECE = 1 << 20


@dataclass
class Copying:
    """How far a copy is."""

    source: Path
    dest: Path
    """The folders of WARC files."""
    ends: Mapping[str, int]
    """Where each file ends, as far as the rows cite it."""
    sizes: Mapping[str, int]
    """What of each file was there before."""
    again: Collection[str]
    """Files of which what was there before is read again, too."""
    progress: Progress
    done: int = 0
    new: int = 0
    damage: list[Finding] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.ends.values())

    def at(self, count: int) -> None:
        self.done += count
        self.progress(self.done, self.total)


def copying(
    engine: Engine, source: Path, dest: Path, *, again: bool, progress: Progress
) -> Copying:
    """What is to be copied: from one archive's folder to another's, by the rows behind `engine`."""
    ends = _ends(engine)
    return Copying(
        source=source / "warc",
        dest=dest / "warc",
        ends=ends,
        sizes=_trusted(dest, ends),
        again=set(ends) if again else _doubtful(dest),
        progress=progress,
    )


def copy_files(engine: Engine, work: Copying) -> None:
    """Copy what the rows cite and the folder lacks, and check it: `work` tells what was found.

    What was taken down since is overwritten there, what was damaged there is put right.
    """
    _copy_warc(work)
    _take_down(engine, work.dest)
    _mend(engine, work)
    _check(engine, work)


def _trusted(dest: Path, ends: Mapping[str, int]) -> dict[str, int]:
    """Of each file, what the backup's own rows cite: that was checked when it was copied."""
    if not (dest / database.DATABASE).is_file():
        return dict.fromkeys(ends, 0)
    with opened(ArchiveConfig(directory=dest)) as engine:
        cited = _ends(engine)
    there = {name: min(cited.get(name, 0), end) for name, end in ends.items()}
    return {name: min(end, size_of(dest / "warc" / name)) for name, end in there.items()}


def _doubtful(dest: Path) -> set[str]:
    """Files of an earlier backup in which something was damaged when they were last read."""
    if not (dest / database.DATABASE).is_file():
        return set()
    with opened(ArchiveConfig(directory=dest)) as engine, database.reading(engine) as connection:
        return set(fixity_log.state(connection).damaged)


def _ends(engine: Engine) -> dict[str, int]:
    """Where each file ends, as far as the rows cite it."""
    end = func.max(warc_record.c.warc_offset + warc_record.c.warc_length)
    query = select(warc_record.c.warc_file, end).group_by(warc_record.c.warc_file)
    with database.reading(engine) as connection:
        return {
            row[0]: row[1] for row in connection.execute(query.order_by(warc_record.c.warc_file))
        }


def _copy_warc(work: Copying) -> None:
    """Copy what the rows cite and the folder lacks."""
    for name, end in work.ends.items():
        start = work.sizes[name]
        work.at(start)
        if start < end:
            _append(work, name, start=start)
    sync_directory(work.dest)


def _append(work: Copying, name: str, *, start: int) -> None:
    """Copy a file from `start` on, as far as it is there: the check tells what is not."""
    source, dest = work.source / name, work.dest / name
    if not source.is_file():
        return
    with source.open("rb") as old, dest.open("r+b" if dest.exists() else "w+b") as new:
        old.seek(start)
        new.seek(start)
        new.truncate()
        for piece in _pieces(old, work.ends[name] - start):
            new.write(piece)
            work.new += len(piece)
            work.at(len(piece))
        new.flush()
        os.fsync(new.fileno())


def _pieces(file: BinaryIO, count: int) -> Iterator[bytes]:
    while count and (piece := file.read(min(_PIECE, count))):
        count -= len(piece)
        yield piece


def _take_down(engine: Engine, warc_dir: Path) -> None:
    """Lay the tombstones over what an earlier backup copied."""
    ended = select(takedown.c.takedown_id).where(takedown.c.erased_at.is_not(None))
    with database.reading(engine) as connection:
        for number in connection.scalars(ended).all():
            lay(warc_dir, tombstones(connection, number))


def _mend(engine: Engine, work: Copying) -> None:
    """Put right what was damaged in the folder and is not in the archive."""
    names = [name for name in work.again if name in work.ends]
    with database.reading(engine) as connection:
        copy = GoodCopy(work.source.parent)
        list(mend_files(connection, work.dest, copy, is_dry=False, names=names))


def _check(engine: Engine, work: Copying) -> None:
    """Note which bytes are not those that were stored, of those that are new or were in doubt."""
    checked = Checked()
    with database.reading(engine) as connection:
        for name, end in work.ends.items():
            start = 0 if name in work.again else work.sizes[name]
            if start == end:
                continue
            extent = Extent(file=name, start=start, end=end, read_at=None)
            work.damage += check_extent(
                connection, work.dest, extent, checked=checked, is_over=lambda: False
            )
    with database.writing(engine) as connection:
        fixity_log.note(connection, checked.spans, checked_at=datetime.now(UTC))
