"""The database behind an archive: how it is opened, read, written and migrated."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from archive.config import ArchiveConfig
from archive.errors import ArchiveError, ArchiveMissing, ArchiveTooNew
from archive.words import words

__all__ = [
    "DATABASE",
    "connect",
    "is_frozen",
    "is_orphaned",
    "migrate",
    "open_frozen",
    "opened",
    "reading",
    "require_current",
    "settled",
    "writing",
]

DATABASE = "kliping.sqlite"
_BUSY_SECONDS = 30
_ADVICE = {
    "unable to open": "its folder must be there and be writable, for reading too",
    "readonly": "its file and folder must be writable",
    "malformed": "it is damaged: put a copy in its place; WARC files can be read without it",
    "disk I/O": "the disk is full, or fails: make room, or see to it; then `kliping audit`",
    "is full": "make room on the disk, then run the command again",
    "locked": "another program keeps it busy; try again when that has ended",
    "lock timeout": "another program keeps it busy; try again when that has ended",
    "connection to server": "the database server must be running, and reachable from here",
    "connection timeout": "the database server must be running, and reachable from here",
    "terminat": "the database server went away; what it had acknowledged is kept",
    "permission denied": "docs/postgresql.md tells which rights a user of the database needs",
}
# held by whoever writes until the commit: one writer at a time, as on SQLite. Sequences, chains and
# "look, then insert" need no more care than there, and no two transactions wait for each other.
_WRITERS_LOCK = 0x6B6C6970
# a writer that is cut off without a word must not keep others waiting for ever
_ONE_WRITER = (
    f"SET LOCAL lock_timeout = '{_BUSY_SECONDS}s'; "
    "SET LOCAL idle_in_transaction_session_timeout = '60s'; "
    # what is acknowledged is on disk, however the server was set up
    "SELECT set_config('synchronous_commit', 'on', true)"
    " WHERE current_setting('synchronous_commit') = 'off'; "
    f"SELECT pg_advisory_xact_lock({_WRITERS_LOCK})"
)
_CONNECT_SECONDS = 10
_MIGRATIONS = Path(__file__).parent / "migrations"


def connect(config: ArchiveConfig) -> Engine:
    """An engine for the configured database; nothing is opened yet. Raises ArchiveError."""
    if not config.database_url:
        return _sqlite(f"sqlite:///{config.directory / DATABASE}")
    try:
        url = make_url(config.database_url)
        if url.get_backend_name() == "sqlite":
            return _sqlite(config.database_url)
        return _postgresql(url)
    except ModuleNotFoundError as error:
        raise ArchiveError(
            f"archive.database_url cannot be used: {error}; PostgreSQL needs "
            "`pip install 'kliping[postgres]'`"
        ) from None
    except (ArgumentError, ImportError) as error:
        raise ArchiveError(f"archive.database_url cannot be used: {error}") from None


def _postgresql(url: URL) -> Engine:
    if url.get_backend_name() != "postgresql":
        raise ArgumentError(f"{url.get_backend_name()} is neither postgresql nor sqlite")
    timeout = {} if "connect_timeout" in url.query else {"connect_timeout": _CONNECT_SECONDS}
    engine = create_engine(url, pool_pre_ping=True, connect_args=timeout)
    event.listen(engine, "begin", _queue)
    return engine


def _sqlite(url: str) -> Engine:
    path = Path(make_url(url).database or "")
    if is_frozen(path):
        engine = create_engine(url, creator=partial(open_frozen, path))
        event.listen(engine, "connect", _prepare_frozen)
    else:
        engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
        event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def is_frozen(path: Path) -> bool:
    """Whether nobody can write a database: a read-only file system, or no right to it for anyone.

    Of a folder that only this user cannot write others may be writing: it is read as any other.
    """
    try:
        if not path.is_file():
            return False
        modes = (one.stat().st_mode for one in (path, path.parent))
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY) or not any(m & 0o222 for m in modes)
    except OSError:
        return False


def open_frozen(path: Path) -> sqlite3.Connection:
    """Without a log to write; what an unfinished log holds is read with it (SQLite, WAL 5)."""
    has_log = any(path.parent.glob(f"{path.name}-wal"))
    how = "mode=ro" if has_log else "mode=ro&immutable=1"
    uri = f"{path.absolute().as_uri()}?{how}"
    return sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS, check_same_thread=False)


def _prepare_frozen(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.create_function("kliping_words", 2, words, deterministic=True)


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # sqlite3 must not begin transactions of its own
    try:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
    except UnicodeDecodeError as error:  # SQLite quotes the damaged schema in its message
        raise sqlite3.DatabaseError("malformed database schema") from error
    # the view under the search index asks for it
    connection.create_function("kliping_words", 2, words, deterministic=True)


def _begin(connection: Connection) -> None:
    # a deferred transaction that reads and then writes fails with "database is locked"
    # whatever the busy timeout: whoever means to write says so at once
    writes = connection.get_execution_options().get("kliping_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _queue(connection: Connection) -> None:
    if connection.get_execution_options().get("kliping_writes", False):
        connection.exec_driver_sql(_ONE_WRITER)


@contextmanager
def opened(config: ArchiveConfig) -> Iterator[Engine]:
    """An engine that is closed at the end. Raises ArchiveError."""
    engine = connect(config)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection for one consistent read. Raises ArchiveError when the database fails."""
    try:
        with _reader(engine).connect() as connection, connection.begin():
            yield connection
    except SQLAlchemyError as error:
        raise ArchiveError(f"{_name(engine)} could not be read: {_cause(error)}") from error


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in one writing transaction, committed at the end or rolled back.

    Raises ArchiveError when the database fails; then nothing of the block is kept.
    """
    try:
        with engine.connect() as connection:
            # told to the connection: an engine of its own for each writing costs more than BEGIN
            connection.execution_options(kliping_writes=True)
            with connection.begin():
                yield connection
    except SQLAlchemyError as error:
        raise ArchiveError(f"{_name(engine)} could not be written: {_cause(error)}") from error


@contextmanager
def settled(engine: Engine) -> Iterator[Connection]:
    """A connection for a read after which no commit of ours is under way any more.

    A server whose answer to a commit was lost may still be at it: it holds the writers' lock until
    it is done. Raises ArchiveError when the database fails, or is not done in time.
    """
    with (reading if engine.dialect.name == "sqlite" else writing)(engine) as connection:
        yield connection


def _reader(engine: Engine) -> Engine:
    """SQLite shows a reader one moment anyway."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _name(engine: Engine) -> str:
    database = engine.url.database if engine.url.get_backend_name() == "sqlite" else None
    return f"the database {database or engine.url.render_as_string()}"


def _cause(error: SQLAlchemyError) -> str:
    """What the database said, in one line, and what to do where that is known."""
    said = str(getattr(error, "orig", None) or error).splitlines()[0]
    return said + next((f"; {advice}" for words, advice in _ADVICE.items() if words in said), "")


def _revision(engine: Engine) -> str | None:
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def migrate(engine: Engine) -> tuple[str | None, str | None]:
    """Bring the schema up to date; the revisions before and after. Raises ArchiveError."""
    # only a migration needs what takes as long to import as all the rest
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    before = _revision(engine)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    try:
        with writing(engine) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise ArchiveTooNew(f"the archive was written by a newer Kliping ({error})") from None
    return before, _revision(engine)


def require_current(engine: Engine) -> None:
    """Return when the schema is this Kliping's own. Raises ArchiveMissing or ArchiveTooNew."""
    try:
        _require_current(engine)
    except ArchiveError:
        engine.dispose()
        raise


def _require_current(engine: Engine) -> None:
    url = engine.url
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise ArchiveMissing(f"no archive at {url.database}; {_way_back(Path(url.database or ''))}")
    with reading(engine) as connection:
        tables = inspect(connection).get_table_names()
    if "story" not in tables:
        if url.get_backend_name() == "sqlite":
            advice = _way_back(Path(url.database or ""))
            raise ArchiveMissing(f"no archive in {url.database}; {advice}")
        raise ArchiveMissing(f"no archive in {url.render_as_string()}; `kliping init` makes one")
    _compare(_revision(engine))


def _way_back(path: Path) -> str:
    """What to do where a database is missing: it may be lost, and the rest still there."""
    if not is_orphaned(path.parent):
        return "make one with `kliping init`"
    return (
        "its WARC files are there: `kliping repair --from COPY` brings the database back from a"
        " backup of it"
    )


def is_orphaned(directory: Path) -> bool:
    """Whether a folder holds WARC files of an archive whose database is gone."""
    path = directory / DATABASE
    if not any((directory / "warc").glob("*.warc.gz")):
        return False
    if not path.is_file():
        return True
    try:  # who only looked for it left an empty one
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as found:
            return found.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
    except sqlite3.Error:
        return False  # a damaged one is told of by whoever opens it


def _compare(revision: str | None) -> None:
    # the number of a revision begins the name of its file
    known = sorted(path.name[:4] for path in _MIGRATIONS.glob("versions/[0-9]*.py"))
    if revision == known[-1]:
        return
    if revision in known:
        raise ArchiveTooNew("the archive has an older schema; run `kliping migrate`")
    raise ArchiveTooNew(
        f"the archive's schema {revision} is unknown to this Kliping; install a newer Kliping"
    )
