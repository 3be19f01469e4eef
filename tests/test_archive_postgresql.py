"""PostgreSQL as an archive's database: the same orders as SQLite, one writer, a clear word."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from postgres_server import fresh_database, postgres_server, postgres_url  # noqa: F401
from prove_writers import prove
from sightings import Nights, article
from sqlalchemy import select, text
from sqlalchemy.engine import URL

from archive import database
from archive.config import ArchiveConfig
from archive.errors import ArchiveError
from archive.schema import is_described, metadata, outlet, run


@pytest.fixture
def on_postgresql(tmp_path: Path, postgres_url: str) -> Iterator[Nights]:  # noqa: F811
    made = Nights(tmp_path / "archive", database_url=postgres_url)
    yield made
    made.archive.close()


def test_migrations_make_what_the_tables_say(on_postgresql: Nights) -> None:
    with database.reading(on_postgresql.archive.engine) as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_described})
        assert compare_metadata(context, metadata) == []


def test_texts_are_in_the_order_of_code_points_whatever_the_databases_own(
    on_postgresql: Nights,
) -> None:
    row = {"name": "", "url": "https://uji.example", "recorded_at": on_postgresql.clock.now}
    slugs = ["b", "a", "Ä", "B", "a-b", "ab", "z"]
    for slug in slugs:
        on_postgresql.change(outlet.insert().values(slug=slug, **row))
    ordered = on_postgresql.rows(select(outlet.c.slug).order_by(outlet.c.slug))
    assert [found.slug for found in ordered] == sorted(slugs)
    assert on_postgresql.rows(text("SELECT 'a' < 'B'")) == [(True,)]  # the database's own differs


def test_every_text_column_has_that_order(on_postgresql: Nights) -> None:
    query = (
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND table_name <> 'alembic_version'"
        " AND data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C'"
    )
    assert on_postgresql.rows(text(query)) == []


def test_second_writer_waits_and_is_told_when_it_waits_too_long(
    on_postgresql: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = database._ONE_WRITER.replace("30s", "100ms")
    monkeypatch.setattr(database, "_ONE_WRITER", impatient)
    refused = pytest.raises(ArchiveError, match="another program keeps it busy")
    with database.writing(on_postgresql.archive.engine), refused:
        on_postgresql.archive.begin_run()
    assert on_postgresql.rows(select(run)) == []


def test_read_after_a_lost_answer_waits_for_the_commit_under_way(
    on_postgresql: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = database._ONE_WRITER.replace("30s", "100ms")
    monkeypatch.setattr(database, "_ONE_WRITER", impatient)
    engine = on_postgresql.archive.engine
    refused = pytest.raises(ArchiveError, match="another program keeps it busy")
    with database.writing(engine), refused, database.settled(engine):
        pass
    with database.settled(engine) as connection:
        assert connection.execute(select(run)).all() == []


def test_what_is_acknowledged_is_on_disk_however_the_server_was_set_up(
    on_postgresql: Nights,
) -> None:
    asked = text("SHOW synchronous_commit")
    assert on_postgresql.rows(asked) == [("off",)]
    with database.writing(on_postgresql.archive.engine) as connection:
        assert connection.scalar(asked) == "on"


def test_reader_changes_nothing(on_postgresql: Nights) -> None:
    with (
        pytest.raises(ArchiveError, match="read-only"),
        database.reading(on_postgresql.archive.engine) as connection,
    ):
        connection.execute(text("DELETE FROM run"))


def test_connection_that_the_server_ended_is_made_anew(on_postgresql: Nights) -> None:
    ended = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with on_postgresql.night() as night:
        night.show("/camat", article())
        other = database.connect(on_postgresql.config)
        with database.reading(other) as connection:
            connection.execute(ended)
        other.dispose()
        assert night.show("/kades", article("Kades diperiksa.")).kind == "new"


def test_server_that_is_away_is_told_with_what_to_do(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://kliping@/kliping?host={tmp_path}"
    engine = database.connect(ArchiveConfig(directory=tmp_path, database_url=url))
    with pytest.raises(ArchiveError, match="the database server must be running") as caught:
        database.migrate(engine)
    assert "\n" not in str(caught.value)


def test_missing_driver_is_told_with_what_to_install(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from archive import database\nfrom archive.config import ArchiveConfig\n"
        "database.connect(ArchiveConfig(database_url='postgresql://x/y'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
    )
    assert "pip install 'kliping[postgres]'" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_four_writers_meet_no_lock_and_lose_nothing(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    if kind == "sqlite":
        proof = prove(ArchiveConfig(directory=tmp_path), stories=5)
    else:
        running: URL = request.getfixturevalue("postgres_server")
        with fresh_database(running) as url:
            proof = prove(ArchiveConfig(directory=tmp_path, database_url=url), stories=5)
    assert proof.problems == ()
    assert proof.acknowledged == 25
