"""An archive of each released schema opens, migrates and loses nothing, on both databases."""

import gzip
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from make_archives import COMMITS
from postgres_server import fresh_database, postgres_server  # noqa: F401
from sqlalchemy import JSON, Boolean, Column, Connection, DateTime, MetaData, insert, text

from archive import database, search_index
from archive.archive import Archive
from archive.clusters import catch_up
from archive.config import ArchiveConfig
from archive.ledger import chain_faults
from archive.schema import reading, signature
from archive.search import search
from archive.snapshots import export

_SHELF = Path(__file__).parent / "archives"
_NOW = datetime(2024, 12, 1, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """`archive.database_url` of each database."""
    if request.param == "sqlite":
        yield ""
        return
    with fresh_database(request.getfixturevalue("postgres_server")) as made:
        yield made


def _unpacked(revision: str, folder: Path) -> Path:
    shutil.copytree(_SHELF / revision / "warc", folder / "warc")
    packed = (_SHELF / revision / "kliping.sqlite.gz").read_bytes()
    (folder / database.DATABASE).write_bytes(gzip.decompress(packed))
    return folder / database.DATABASE


def _load(config: ArchiveConfig, stored: Path, *, revision: str) -> None:
    """The rows of a SQLite file in another database, at the schema of that time."""
    alembic = Config()
    alembic.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    engine = database.connect(config)
    with database.writing(engine) as connection, closing(sqlite3.connect(stored)) as file:
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, revision)
        file.row_factory = sqlite3.Row
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if table.name.startswith("reading_search"):
                continue  # each database has its own, made from the texts
            found = file.execute(f'SELECT * FROM "{table.name}"').fetchall()
            rows = [{c.name: _value(c, row[c.name]) for c in table.columns} for row in found]
            if rows and table.name != "alembic_version":
                connection.execute(insert(table), rows)
                _go_on_counting(connection, table.name, next(iter(table.primary_key)))
    engine.dispose()


def _value(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, JSON):
        return json.loads(value)
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return bool(value) if isinstance(column.type, Boolean) else value


def _go_on_counting(connection: Connection, table: str, key: Column[Any]) -> None:
    """Rows that bring their number leave a sequence where it was."""
    if key.autoincrement and "nextval" in str(getattr(key.server_default, "arg", "")):
        newest = f'(SELECT max("{key.name}") FROM "{table}")'
        sequence = f"pg_get_serial_sequence('{table}', '{key.name}')"
        connection.execute(text(f"SELECT setval({sequence}, {newest})"))


@pytest.mark.parametrize("revision", list(COMMITS))
def test_archive_of_an_older_schema_migrates_and_loses_nothing(
    tmp_path: Path, url: str, revision: str
) -> None:
    stored = _unpacked(revision, tmp_path / "lama")
    config = ArchiveConfig(directory=stored.parent, database_url=url)
    if url:
        _load(config, stored, revision=revision)
    engine = database.connect(config)
    before = _rows(stored)
    assert database.migrate(engine)[0] == revision
    catch_up(engine, now=_NOW)
    search_index.mend(engine)
    with database.reading(engine) as connection:
        assert chain_faults(connection) == []
        unsigned = reading.outerjoin(signature).select().where(signature.c.reading_id.is_(None))
        assert connection.execute(unsigned).all() == []
        for table, count in before.items():
            assert connection.scalar(text(f'SELECT count(*) FROM "{table}"')) >= count, table
    assert {hit.headline for hit in search(engine, '"besok pagi"')} == {"Camat Diminta Netral"}
    engine.dispose()
    assert _crawled_again(config)


def test_source_given_to_an_old_reading_is_found(tmp_path: Path) -> None:
    stored = _unpacked("0001", tmp_path / "lama")
    engine = database.connect(ArchiveConfig(directory=stored.parent))
    database.migrate(engine)
    with database.writing(engine) as connection:
        connection.execute(reading.update().values(source="lain").where(reading.c.reading_id == 1))
        assert chain_faults(connection) == ["the rows of crawl 1 are not those it closed with"]
    engine.dispose()


def _rows(stored: Path) -> dict[str, int]:
    with closing(sqlite3.connect(stored)) as file:
        names = file.execute(
            "SELECT name FROM sqlite_master"
            " WHERE type = 'table' AND name NOT LIKE 'reading_search%'"
        ).fetchall()
        return {
            name: file.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names
        }


def _crawled_again(config: ArchiveConfig) -> bool:
    """Whether numbers go on where the old archive's ended."""
    opened = Archive(config, clock=lambda: _NOW)
    number = opened.begin_run()
    opened.close()
    return number > 3


@pytest.mark.parametrize("revision", list(COMMITS))
def test_export_of_a_migrated_archive_is_the_same_from_both_databases(
    tmp_path: Path, request: pytest.FixtureRequest, revision: str
) -> None:
    made: list[bytes] = []
    with fresh_database(request.getfixturevalue("postgres_server")) as address:
        for name, url in (("sqlite", ""), ("postgresql", address)):
            stored = _unpacked(revision, tmp_path / name)
            config = ArchiveConfig(directory=stored.parent, database_url=url)
            if url:
                _load(config, stored, revision=revision)
            engine = database.connect(config)
            database.migrate(engine)
            export(engine, stored.parent / "warc", tmp_path / f"{name}-out", as_of=_NOW)
            engine.dispose()
            made.append((tmp_path / f"{name}-out" / "stories.jsonl").read_bytes())
    assert made[0] == made[1]
    assert made[0].count(b"\n") > 7
