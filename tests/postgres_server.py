"""A PostgreSQL server of the tests' own: one a session, a fresh database for each test.

It is looked for in this order: `KLIPING_POSTGRES_URL` (a server whose user may create databases),
then `initdb` and `pg_ctl` in /usr/local/bin or in Debian's /usr/lib/postgresql. The server listens
on a socket in a folder of its own and on no port. PostgreSQL refuses to run as root, so that root
runs it as the user `postgres`. To use it, import the fixtures by name:

    from postgres_server import postgres_server, postgres_url  # noqa: F401
"""

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

__all__ = ["fresh_database", "postgres_server", "postgres_url", "server"]

_WHY_NOT = (
    "NOT TESTED ON POSTGRESQL: set KLIPING_POSTGRES_URL, or install postgresql-15 and psycopg"
)
# nothing here outlives a test: no need to wait for the disk
_HASTE = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=40"


def _programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`, the newest release first."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parts[4]))
    for folder in (Path("/usr/local/bin"), *debian):
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
    given = os.environ.get("KLIPING_POSTGRES_URL")
    programs = _programs()
    if given or programs is None:
        yield make_url(given) if given else None
        return
    folder = Path(tempfile.mkdtemp(prefix="kliping-pg-"))
    try:
        yield from _started(programs, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _started(programs: Path, folder: Path) -> Iterator[URL]:
    data = folder / "data"
    if user := _user():
        shutil.chown(folder, **user)
    _run(programs / "initdb", "-D", data, "-U", "kliping", "-A", "trust", "-E", "UTF8",
         "--locale=C", "--no-sync")  # fmt: skip
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' {_HASTE}"
    control = (programs / "pg_ctl", "-D", data, "-w")
    _run(*control, "-o", options, "-l", folder / "log", "start")
    try:
        yield URL.create(
            "postgresql+psycopg",
            username="kliping",
            database="postgres",
            query={"host": str(folder)},
        )
    finally:
        _run(*control, "-m", "immediate", "stop")


@contextmanager
def fresh_database(url: URL) -> Iterator[str]:
    """The address of an empty database on a server; it is dropped at the end."""
    name = f"uji_{uuid.uuid4().hex[:12]}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """A running server; skips, loudly, where there is none."""
    with server() as url:
        if url is None:
            pytest.skip(_WHY_NOT)
        yield url


@pytest.fixture
def postgres_url(postgres_server: URL) -> Iterator[str]:
    """`archive.database_url` of an empty database."""
    with fresh_database(postgres_server) as url:
        yield url
