"""Which database the archives of the tests use: SQLite, or PostgreSQL when the environment asks.

With `KLIPING_TEST_DATABASE=postgresql` every archive of `Nights`, `newsroom` and `Place` has a
database of its own on a server that this process, or the one that started it, runs; its name is
made from the archive's folder, so that child processes find it. It is dropped after the test that
made it. What SQLite alone can show is marked `sqlite`.
"""

import atexit
import hashlib
import os
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from postgres_server import WHY_NOT, create_like, drop, exists, server
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url

from archive import database
from archive.config import ArchiveConfig

__all__ = [
    "IS_POSTGRESQL",
    "close_connections",
    "drop_databases_under",
    "settings_for",
    "start_server",
    "tamper",
    "url_for",
]

IS_POSTGRESQL = os.environ.get("KLIPING_TEST_DATABASE") == "postgresql"
_RUNNING = "KLIPING_TEST_POSTGRES"
_TEMPLATE = "uji_template"
_made: dict[Path, str] = {}
_used: set[Engine] = set()


def url_for(directory: Path) -> str:
    """`archive.database_url` of the archive in a folder; empty for SQLite."""
    if not IS_POSTGRESQL:
        return ""
    folder = directory.absolute()
    name = "uji_" + hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    url = start_server()
    if folder not in _made and not exists(url, name):
        create_like(url, name, template=_TEMPLATE)
        _made[folder] = name
    return url.set(database=name).render_as_string(hide_password=False)


def settings_for(directory: Path) -> str:
    """The text of a kliping.toml for the archive in a folder."""
    url = url_for(directory)
    return "\n".join(
        [
            "[archive]",
            f'directory = "{directory}"',
            *([f'database_url = "{url}"'] if url else []),
            "",
        ]
    )


def close_connections() -> None:
    """Close what an archive that a test left open still holds: psycopg warns of it, SQLite not."""
    while _used:
        _used.pop().dispose()


if IS_POSTGRESQL:

    @event.listens_for(Engine, "engine_connect")
    def _remember(connection: Connection) -> None:
        _used.add(connection.engine)


def drop_databases_under(folder: Path) -> None:
    """Drop the databases of the archives in a folder."""
    for made in [path for path in _made if path.is_relative_to(folder.absolute())]:
        drop(start_server(), _made.pop(made))


def tamper(config: ArchiveConfig, *statements: str) -> None:
    """Change an archive's rows as someone with a database tool would, without any check."""
    engine = database.connect(config)
    is_sqlite = engine.dialect.name == "sqlite"
    unchecked = "PRAGMA foreign_keys=OFF" if is_sqlite else "SET session_replication_role = replica"
    raw = engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute(unchecked)
    for statement in statements:
        cursor.execute(statement)
        assert cursor.rowcount > 0, statement
    raw.commit()
    cursor.close()
    raw.invalidate()  # what comes after is checked again
    engine.dispose()


@cache
def start_server() -> URL:
    """The server that this process, or the one that started it, runs."""
    if running := os.environ.get(_RUNNING):
        return make_url(running)
    stack = ExitStack()
    url = stack.enter_context(server())
    if url is None:
        pytest.exit(WHY_NOT, returncode=0)
    atexit.register(stack.close)
    _make_template(url, stack)
    os.environ[_RUNNING] = url.render_as_string(hide_password=False)
    return url


def _make_template(url: URL, stack: ExitStack) -> None:
    """A database with every table, to be copied: cheaper than all migrations for each test."""
    create_like(url, _TEMPLATE)
    address = url.set(database=_TEMPLATE).render_as_string(hide_password=False)
    engine = database.connect(ArchiveConfig(database_url=address))
    database.migrate(engine)
    engine.dispose()
    stack.callback(drop, url, _TEMPLATE)
