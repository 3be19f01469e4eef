"""What was damaged or lost, brought back from one good copy, and checked again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, select

from archive import database
from archive.audit import audit
from archive.config import ArchiveConfig
from archive.consistency import check_rows
from archive.errors import ArchiveError, ConfigError, LeaseHeld
from archive.findings import AuditReport, Progress
from archive.good_copy import GoodCopy, good_copy
from archive.honoured import honoured
from archive.lease import is_free
from archive.repair_rows import (
    expect_fit,
    is_readable,
    mend_index,
    mend_mastheads,
    replace_database,
    restore_rows,
)
from archive.repair_warc import Mended, mend_files
from archive.schema import lease

__all__ = ["Mended", "Repair", "repair"]


@dataclass(frozen=True, kw_only=True)
class Repair:
    """What was brought back, and what the audit after it still finds."""

    members: tuple[Mended, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    """Table -> rows that were taken from the copy."""
    notes: tuple[str, ...] = ()
    """What the user should know besides."""
    is_dry: bool = False
    after: AuditReport | None = None
    """The audit afterwards; None when nothing was to be changed."""

    @property
    def is_whole(self) -> bool:
        """Nothing is damaged any more."""
        return self.after is not None and self.after.is_clean


def repair(
    config: ArchiveConfig,
    copy: Path,
    *,
    is_dry: bool = False,
    progress: Progress | None = None,
) -> Repair:
    """Bring back from a copy what an audit finds damaged: rows first, then members by these rows.

    `copy` is the folder of another archive, of a backup, or of a snapshot, which has no rows to
    give. With `is_dry` nothing is changed. Raises NotFound when there is no copy, LeaseHeld while
    a crawl is at work, DamagedRecord for a copy whose rows are damaged themselves, ArchiveError for
    one of another archive, or when the disk refuses. What was taken down is not brought back.
    """
    source = good_copy(copy)
    if copy.resolve() == config.directory.resolve():
        raise ConfigError(f"{copy} is the archive itself: --from names a copy of it")
    rows, notes = _mended_rows(config, source, is_dry=is_dry)
    warc_dir = config.directory / "warc"
    with database.opened(config) as engine:
        with database.reading(engine) as connection:
            members = tuple(mend_files(connection, warc_dir, source, is_dry=is_dry))
        after = None if is_dry else audit(engine, warc_dir, progress=progress)
    return Repair(members=members, rows=rows, notes=notes, is_dry=is_dry, after=after)


def _mended_rows(
    config: ArchiveConfig, source: GoodCopy, *, is_dry: bool
) -> tuple[Mapping[str, int], tuple[str, ...]]:
    if config.database_url:
        return {}, ("rows are only repaired in an SQLite database; PostgreSQL has its own backups",)
    path = config.directory / database.DATABASE
    if is_readable(path) and _is_sound(config):
        return {}, ()
    if source.database is None:
        return {}, ("rows are damaged, and the copy has no database to take them from",)
    theirs = source.folder / database.DATABASE
    if not is_readable(path):
        _expect_idle_if_known(config)
        with database.opened(source.database) as copy, database.reading(copy) as connection:
            expect_fit(None, connection)
        with honoured(path, theirs) as rows:
            counts = replace_database(path, rows, is_dry=is_dry)
        _finish(config, is_dry=is_dry)
        how = "would be" if is_dry else "is"
        return counts, (f"the database was damaged as a file; it {how} kept beside the new one",)
    with database.opened(config) as own, database.opened(source.database) as copy:
        _expect_idle_if_known(config)
        with database.reading(own) as mine, database.reading(copy) as connection:
            expect_fit(mine, connection)
    with honoured(path, theirs) as rows:
        counts = restore_rows(path, rows, is_dry=is_dry)
    _finish(config, is_dry=is_dry)
    return counts, ()


def _finish(config: ArchiveConfig, *, is_dry: bool) -> None:
    if is_dry:
        return
    with database.opened(config) as engine:
        mend_mastheads(engine)
        mend_index(engine)


def _is_sound(config: ArchiveConfig) -> bool:
    try:
        with database.opened(config) as engine, database.reading(engine) as connection:
            return not list(check_rows(connection))
    except ArchiveError:
        return False


def _expect_idle_if_known(config: ArchiveConfig) -> None:
    """The same, as far as a damaged database can tell."""
    try:
        with database.opened(config) as own:
            _expect_idle(own)
    except LeaseHeld:
        raise
    except (ArchiveError, ValueError):
        return


def _expect_idle(engine: Engine) -> None:
    """Return when no crawl is at work. Raises LeaseHeld."""
    with database.reading(engine) as connection:
        for name in connection.scalars(select(lease.c.name)).all():
            if not is_free(connection, name):
                raise LeaseHeld(f"the {name.replace(':', ' ', 1)} is being worked on; repair later")
