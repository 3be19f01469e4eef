"""A second copy of an archive that may be at work meanwhile, and an archive made from one.

SQLite only: its rows are taken as of one moment through SQLite's online backup, then the bytes that
these rows cite, which only a takedown changes once they are written. So a backup is an archive in
itself (`kliping.sqlite` and `warc/`), sound at any moment between two backups, and `repair` can use
it.
"""

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select

from archive import database, ledger
from archive.config import ArchiveConfig
from archive.database import opened
from archive.errors import ArchiveError, ArchiveMissing, ConfigError, DamagedRecord
from archive.findings import Finding, Progress
from archive.manifest import MANIFEST
from archive.postgresql_copy import elsewhere
from archive.repair_warc import sync_directory
from archive.schema import event
from archive.warc_copy import copy_files, copying

__all__ = ["Backup", "backup", "restore"]

_PARTIAL = database.DATABASE + ".partial"
_UNFINISHED = frozenset({"warc", *(_PARTIAL + end for end in ("", "-journal", "-shm", "-wal"))})
"""What a copy that was cut short leaves."""


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
    damage: tuple[Finding, ...] = ()
    """What in it is not what was stored, as the archive's own bytes are not either."""


def backup(
    config: ArchiveConfig, dest: Path, *, again: bool = False, progress: Progress | None = None
) -> Backup:
    """Copy an archive to a folder, or bring an earlier backup there up to date.

    Only new bytes of WARC files are copied, and checked against their rows once they are there;
    what was taken down since is overwritten there, too. With `again` what was copied before is
    read again as well, and mended from the archive. A crawl may go on meanwhile. Bytes that are
    damaged in the archive are copied as they are and told of: never over good ones. Raises
    ConfigError for an archive on PostgreSQL, or a folder that holds something else, DamagedRecord
    for damaged rows (an earlier backup's are then kept), ArchiveError when the disk refuses.
    """
    if config.database_url:
        raise ConfigError(elsewhere(config, dest, dumped=True))
    _expect_ours(config, dest)
    return _copied(config.directory, dest, again=again, progress=progress or _silent)


def restore(config: ArchiveConfig, source: Path, *, progress: Progress | None = None) -> Backup:
    """Make the configured archive from a backup; there must be none yet.

    Raises ConfigError when there is something, ArchiveMissing when the folder holds no backup, and
    what `backup` raises.
    """
    if config.database_url:
        raise ConfigError(elsewhere(config, source, dumped=False))
    if not (source / database.DATABASE).is_file():
        known = (source / MANIFEST).is_file()
        advice = "it is a snapshot: `kliping import` reads it" if known else "name a backup"
        raise ArchiveMissing(f"{source} holds no backup, {database.DATABASE} is missing; {advice}")
    if config.directory.exists() and not _is_free(config.directory):
        known = (config.directory / database.DATABASE).is_file()
        what = "holds an archive already (`kliping audit` checks it)" if known else "is not empty"
        raise ConfigError(f"{config.directory} {what}: restore into an empty place")
    return _copied(source, config.directory, again=False, progress=progress or _silent)


def _silent(done: int, total: int) -> None:
    del done, total  # nobody watches


def _expect_ours(config: ArchiveConfig, dest: Path) -> None:
    """Return when the folder is new, empty, or an earlier backup of this archive."""
    if dest.absolute() == config.directory.absolute():
        raise ConfigError(f"{dest} is the archive itself; name another folder")
    place, directory = dest.resolve(), config.directory.resolve()
    if place in directory.parents or directory in place.parents:
        raise ConfigError(f"{dest} and the archive lie within each other; name another folder")
    if not dest.exists() or _is_free(dest):
        return
    if not (dest / database.DATABASE).is_file():
        raise ConfigError(f"{dest} holds something, and no backup; name another folder")
    with opened(ArchiveConfig(directory=dest)) as theirs, opened(config) as own:
        number, head = _head(theirs)
        with database.reading(own) as connection:
            same = connection.scalar(select(event.c.hash).where(event.c.event_id == number))
    if number and same != head:
        raise ConfigError(f"{dest} is a backup of another archive; name another folder")


def _is_free(folder: Path) -> bool:
    """Whether a folder holds nothing, or only what a copy that was cut short left there."""
    names = {path.name for path in folder.iterdir()}
    return not names or (_PARTIAL in names and names <= _UNFINISHED)


def _copied(source: Path, dest: Path, *, again: bool, progress: Progress) -> Backup:
    partial = dest / _PARTIAL
    try:
        (dest / "warc").mkdir(parents=True, exist_ok=True)
        _copy_database(source / database.DATABASE, partial)
        with opened(ArchiveConfig(database_url=f"sqlite:///{partial}")) as engine:
            damage = _row_damage(engine, dest, source=source)
            work = copying(engine, source, dest, again=again, progress=progress)
            copy_files(engine, work)
            _, head = _head(engine)
        _settle(partial, dest / database.DATABASE)
    except (sqlite3.Error, OSError) as error:
        raise ArchiveError(f"{dest} cannot be written: {error}") from error
    return Backup(
        folder=dest,
        files=len(work.sizes),
        bytes=work.total,
        new_bytes=work.new,
        head=head,
        damage=(*damage, *work.damage),
    )


def _row_damage(engine: Engine, dest: Path, *, source: Path) -> list[Finding]:
    """What the chain of events does not vouch for in the rows of an archive.

    Raises DamagedRecord where an earlier backup has rows, which may be the only good ones.
    """
    with database.reading(engine) as connection:
        faults = ledger.chain_faults(connection)
    if faults and (dest / database.DATABASE).is_file():
        raise DamagedRecord(
            f"{source / database.DATABASE} is damaged: {faults[0]}; the rows of the earlier backup"
            f" are kept: `kliping repair --from {dest}`, then back up again"
        )
    advice = "`kliping audit` tells more, `kliping repair --from COPY` brings rows back"
    return [Finding(what=fault, advice=advice, file=database.DATABASE) for fault in faults]


def _source(path: Path) -> sqlite3.Connection:
    """An archive's database, to be read. Raises ArchiveError."""
    try:
        if database.is_frozen(path):
            return database.open_frozen(path)
        live = sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=30)
        live.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        raise ArchiveError(f"{path} cannot be read: {error}") from error
    return live


def _copy_database(source: Path, dest: Path) -> None:
    """The rows as of one moment; a crawl may write meanwhile."""
    for end in ("", "-wal", "-shm"):
        dest.with_name(dest.name + end).unlink(missing_ok=True)
    with closing(_source(source)) as live, closing(sqlite3.connect(dest)) as copy:
        live.backup(copy)
        found = copy.execute("PRAGMA quick_check").fetchone()[0]
    if found != "ok":
        raise DamagedRecord(
            f"{source} is damaged: {found}; `kliping repair --from COPY` first, or without a good"
            " copy keep the folder as it is (cp -a)"
        )


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
