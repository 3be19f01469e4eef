"""A second copy of an archive that may be at work meanwhile, and an archive made from one.

SQLite only: its rows are taken as of one moment through SQLite's online backup, then the bytes that
these rows cite, which only a takedown changes once they are written. So a backup is an archive in
itself (`kliping.sqlite` and `warc/`), sound at any moment between two backups, and `repair` can use
it.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Engine, func, select

from archive import database
from archive.config import ArchiveConfig
from archive.errors import ArchiveError, ArchiveMissing, ConfigError, DamagedRecord
from archive.findings import Progress
from archive.fixity import Checked, check_extent
from archive.fixity_log import size_of
from archive.fixity_plan import Extent
from archive.repair_warc import sync_directory
from archive.schema import event, takedown, warc_record
from archive.takedown import lay, tombstones

__all__ = ["Backup", "backup", "restore"]

_PIECE = 1 << 20
_ELSEWHERE = (
    "only an archive on SQLite is backed up; on PostgreSQL use its own tools (pg_dump, or a base "
    "backup with WAL archiving), and copy warc/ after the dump"
)


@dataclass(frozen=True, kw_only=True)
class Backup:
    """What a backup holds now, and what was new in it."""

    folder: Path
    files: int
    bytes: int
    new_bytes: int
    """Of WARC files; the database is written anew each time."""
    head: str
    """The hash of the newest event in it."""


@dataclass
class _Copying:
    """How far a copy is."""

    progress: Progress
    total: int
    sizes: Mapping[str, int]
    """What of each file was there before."""
    done: int = 0
    new: int = 0

    def at(self, count: int) -> None:
        self.done += count
        self.progress(self.done, self.total)


def backup(config: ArchiveConfig, dest: Path, *, progress: Progress | None = None) -> Backup:
    """Copy an archive to a folder, or bring an earlier backup there up to date.

    Only new bytes of WARC files are copied, and checked against their rows once they are there;
    what was taken down since is overwritten there, too. A crawl may go on meanwhile. Raises
    ConfigError for an archive on PostgreSQL, or a folder that holds something else, DamagedRecord
    when a byte is not what was stored (the earlier backup's rows are then kept), ArchiveError when
    the disk refuses.
    """
    if config.database_url:
        raise ConfigError(_ELSEWHERE)
    _expect_ours(config, dest)
    return _copied(config.directory, dest, progress=progress or _silent)


def restore(config: ArchiveConfig, source: Path, *, progress: Progress | None = None) -> Backup:
    """Make the configured archive from a backup; there must be none yet.

    Raises ConfigError when there is something, ArchiveMissing when the folder holds no backup, and
    what `backup` raises.
    """
    if config.database_url:
        raise ConfigError(_ELSEWHERE)
    if not (source / database.DATABASE).is_file():
        raise ArchiveMissing(f"{source} holds no backup: {database.DATABASE} is missing")
    if config.directory.exists() and any(config.directory.iterdir()):
        raise ConfigError(f"{config.directory} is not empty: restore into an empty place")
    return _copied(source, config.directory, progress=progress or _silent)


def _silent(done: int, total: int) -> None:
    del done, total  # nobody watches


def _expect_ours(config: ArchiveConfig, dest: Path) -> None:
    """Return when the folder is new, empty, or an earlier backup of this archive."""
    if dest.absolute() == config.directory.absolute():
        raise ConfigError(f"{dest} is the archive itself; name another folder")
    if not dest.exists() or not any(dest.iterdir()):
        return
    if not (dest / database.DATABASE).is_file():
        raise ConfigError(f"{dest} holds something, and no backup; name another folder")
    with _opened(ArchiveConfig(directory=dest)) as theirs, _opened(config) as own:
        number, head = _head(theirs)
        with database.reading(own) as connection:
            same = connection.scalar(select(event.c.hash).where(event.c.event_id == number))
    if number and same != head:
        raise ConfigError(f"{dest} is a backup of another archive; name another folder")


def _copied(source: Path, dest: Path, *, progress: Progress) -> Backup:
    partial = dest / (database.DATABASE + ".partial")
    try:
        (dest / "warc").mkdir(parents=True, exist_ok=True)
        _copy_database(source / database.DATABASE, partial)
        with _opened(ArchiveConfig(database_url=f"sqlite:///{partial}")) as engine:
            ends = _ends(engine)
            work = _Copying(progress, total=sum(ends.values()), sizes=_trusted(dest, ends))
            _copy_warc(work, ends, source / "warc", dest=dest / "warc")
            _take_down(engine, dest / "warc")
            _check(engine, dest / "warc", work)
            _, head = _head(engine)
        _settle(partial, dest / database.DATABASE)
    except (sqlite3.Error, OSError) as error:
        raise ArchiveError(f"{dest} cannot be written: {error}") from error
    return Backup(
        folder=dest, files=len(work.sizes), bytes=work.total, new_bytes=work.new, head=head
    )


def _copy_database(source: Path, dest: Path) -> None:
    """The rows as of one moment; a crawl may write meanwhile."""
    for end in ("", "-wal", "-shm"):
        dest.with_name(dest.name + end).unlink(missing_ok=True)
    live = sqlite3.connect(f"file:{source}?mode=rw", uri=True, timeout=30)
    with closing(live), closing(sqlite3.connect(dest)) as copy:
        live.backup(copy)
        found = copy.execute("PRAGMA quick_check").fetchone()[0]
    if found != "ok":
        raise DamagedRecord(f"{source} is damaged: {found}; `kliping repair` first")


def _trusted(dest: Path, ends: Mapping[str, int]) -> dict[str, int]:
    """Of each file, what the backup's own rows cite: that was checked when it was copied."""
    if not (dest / database.DATABASE).is_file():
        return dict.fromkeys(ends, 0)
    with _opened(ArchiveConfig(directory=dest)) as engine:
        cited = _ends(engine)
    there = {name: min(cited.get(name, 0), end) for name, end in ends.items()}
    return {name: min(end, size_of(dest / "warc" / name)) for name, end in there.items()}


def _copy_warc(work: _Copying, ends: Mapping[str, int], source: Path, *, dest: Path) -> None:
    """Copy what the rows cite and the folder lacks."""
    for name, end in ends.items():
        start = work.sizes[name]
        work.at(start)
        if start < end:
            _append(source / name, dest / name, start=start, end=end, work=work)
    sync_directory(dest)


def _take_down(engine: Engine, warc_dir: Path) -> None:
    """Lay the tombstones over what an earlier backup copied."""
    ended = select(takedown.c.takedown_id).where(takedown.c.erased_at.is_not(None))
    with database.reading(engine) as connection:
        for number in connection.scalars(ended).all():
            lay(warc_dir, tombstones(connection, number))


def _ends(engine: Engine) -> dict[str, int]:
    """Where each file ends, as far as the rows cite it."""
    end = func.max(warc_record.c.warc_offset + warc_record.c.warc_length)
    query = select(warc_record.c.warc_file, end).group_by(warc_record.c.warc_file)
    with database.reading(engine) as connection:
        return {
            row[0]: row[1] for row in connection.execute(query.order_by(warc_record.c.warc_file))
        }


def _append(source: Path, dest: Path, *, start: int, end: int, work: _Copying) -> None:
    mode = "r+b" if dest.exists() else "w+b"
    with source.open("rb") as old, dest.open(mode) as new:
        old.seek(start)
        new.seek(start)
        new.truncate()
        for piece in _pieces(old, end - start):
            new.write(piece)
            work.new += len(piece)
            work.at(len(piece))
        new.flush()
        os.fsync(new.fileno())


def _pieces(file: BinaryIO, count: int) -> Iterator[bytes]:
    while count and (piece := file.read(min(_PIECE, count))):
        count -= len(piece)
        yield piece


def _check(engine: Engine, warc_dir: Path, work: _Copying) -> None:
    """Return when every new byte is the one that was stored. Raises DamagedRecord."""
    with database.reading(engine) as connection:
        for name, start in work.sizes.items():
            size = (warc_dir / name).stat().st_size
            if start == size:
                continue
            extent = Extent(file=name, start=start, end=size, read_at=None)
            found = check_extent(
                connection, warc_dir, extent, checked=Checked(), is_over=lambda: False
            )
            for finding in found:
                raise DamagedRecord(f"{finding.where}: {finding.what}; `kliping audit` tells more")


def _head(engine: Engine) -> tuple[int, str]:
    """Number and hash of the newest event."""
    newest = select(event.c.event_id, event.c.hash).order_by(event.c.event_id.desc()).limit(1)
    with database.reading(engine) as connection:
        row = connection.execute(newest).first()
    return (row.event_id, row.hash) if row else (0, "")


def _settle(partial: Path, dest: Path) -> None:
    """Put the new database in its place, whole and on disk."""
    with closing(sqlite3.connect(partial)) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")
    descriptor = os.open(partial, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    for end in ("-wal", "-shm"):
        dest.with_name(dest.name + end).unlink(missing_ok=True)
    partial.replace(dest)
    sync_directory(dest.parent)


@contextmanager
def _opened(config: ArchiveConfig) -> Iterator[Engine]:
    engine = database.connect(config)
    try:
        yield engine
    finally:
        engine.dispose()
