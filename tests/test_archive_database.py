"""The database behind an archive: made, migrated, refused with a reason."""

import sqlite3
import threading
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from archive_rows import NIGHT_1, Clock
from sightings import Nights, article
from sqlalchemy import insert, select, text
from sqlalchemy.exc import OperationalError

from archive import database
from archive.archive import Archive
from archive.config import ArchiveConfig
from archive.errors import ArchiveError, ArchiveMissing, ArchiveTooNew
from archive.schema import event, is_described, lease, metadata, run


def _open(config: ArchiveConfig) -> Archive:
    return Archive(config, clock=Clock(NIGHT_1))


def _file(nights: Nights) -> Path:
    return nights.config.directory / database.DATABASE


# -- schema ----------------------------------------------------------------------------------------


def test_migrations_make_what_the_tables_say(nights: Nights) -> None:
    with database.reading(nights.archive.engine) as connection:
        opts = {"include_name": is_described}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []


@pytest.mark.sqlite
def test_indices_and_checks_are_those_of_the_tables(nights: Nights, tmp_path: Path) -> None:
    """compare_metadata does not see CHECKs, nor an index of the same name on other columns."""
    engine = database.connect(ArchiveConfig(directory=tmp_path))
    with database.writing(engine) as connection:
        metadata.create_all(connection)
    names = "SELECT type, name, tbl_name FROM sqlite_master WHERE name NOT LIKE '%alembic%'"
    columns = "SELECT m.name, i.name FROM sqlite_master m, pragma_index_info(m.name) i"
    columns += " WHERE m.name LIKE 'ix%'"
    checks = "SELECT tbl_name FROM sqlite_master WHERE sql LIKE '%CHECK%'"
    for query in (names, columns, checks):
        with database.reading(engine) as connection:
            wanted = sorted(map(tuple, connection.execute(text(query)).all()))
        found = sorted(row for row in map(tuple, nights.rows(text(query))))
        assert [row for row in found if "alembic" not in str(row)] == wanted
    engine.dispose()


@pytest.mark.sqlite
def test_sqlite_is_set_up_for_two_writers_and_no_loss(nights: Nights) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert {name: nights.rows(text(f"PRAGMA {name}"))[0][0] for name in wanted} == wanted


def test_making_an_archive_again_changes_nothing(nights: Nights) -> None:
    with nights.night() as night:
        night.show("/camat", article())
    Archive.create(nights.config)
    assert len(nights.rows(select(event))) == 2


# -- refusals --------------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_missing_archive_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing, match="kliping init"):
        _open(ArchiveConfig(directory=tmp_path / "tiada"))
    assert not (tmp_path / "tiada").exists()


@pytest.mark.sqlite
def test_database_of_something_else_is_no_archive(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / database.DATABASE).execute("CREATE TABLE x (y)").connection.close()
    with pytest.raises(ArchiveMissing, match="kliping init"):
        _open(ArchiveConfig(directory=tmp_path))


@pytest.mark.parametrize(
    ("revision", "advice"),
    [pytest.param("9999", "install a newer Kliping", id="unknown"),
     pytest.param(None, "unknown", id="none")],
)  # fmt: skip
def test_archive_of_another_kliping_is_refused(
    nights: Nights, revision: str | None, advice: str
) -> None:
    change = f"UPDATE alembic_version SET version_num = '{revision}'"
    nights.change(text(change if revision else "DELETE FROM alembic_version"))
    with pytest.raises(ArchiveTooNew, match=advice):
        _open(nights.config)


def test_archive_of_a_newer_kliping_is_not_migrated(nights: Nights) -> None:
    nights.change(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ArchiveTooNew, match="newer Kliping"):
        Archive.create(nights.config)
    assert nights.rows(text("SELECT version_num FROM alembic_version")) == [("9999",)]


def test_older_archive_asks_to_be_migrated(
    nights: Nights, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A Kliping of tomorrow, with one revision more than this one, opens an archive of today."""
    tomorrow = tmp_path / "migrations"
    _copy(Path(database.__file__).parent / "migrations", tomorrow)
    (tomorrow / "versions" / "0012_tomorrow.py").write_text(
        'revision = "0012"\ndown_revision = "0011"\n\n\n'
        "def upgrade():\n    from alembic import op\n    op.execute('CREATE TABLE besok (x int)')\n"
    )
    monkeypatch.setattr(database, "_MIGRATIONS", tomorrow)
    with pytest.raises(ArchiveTooNew, match="kliping migrate"):
        _open(nights.config)
    assert database.migrate(nights.archive.engine) == ("0011", "0012")
    _open(nights.config).close()


def _copy(source: Path, target: Path) -> None:
    for path in source.rglob("*.*"):
        if path.suffix in {".py", ".mako"}:
            copied = target / path.relative_to(source)
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_bytes(path.read_bytes())


@pytest.mark.sqlite
def test_migration_that_fails_leaves_the_archive_as_it_was(
    nights: Nights, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "migrations"
    _copy(Path(database.__file__).parent / "migrations", broken)
    (broken / "versions" / "0012_broken.py").write_text(
        'revision = "0012"\ndown_revision = "0011"\n\n\n'
        "def upgrade():\n    from alembic import op\n"
        "    op.execute('CREATE TABLE besok (x int)')\n"
        "    op.execute('INSERT INTO tiada VALUES (1)')\n"
    )
    with monkeypatch.context() as patch:
        patch.setattr(database, "_MIGRATIONS", broken)
        with pytest.raises(ArchiveError, match="tiada"):
            database.migrate(nights.archive.engine)
    _open(nights.config).close()
    assert nights.rows(text("SELECT name FROM sqlite_master WHERE name = 'besok'")) == []


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "content", [b"bukan basis data sama sekali" * 100, b"SQLite format 3\x00" + b"\xff" * 4096]
)
def test_file_that_is_no_database_is_told_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / database.DATABASE).write_bytes(content)
    with pytest.raises(ArchiveError) as caught:
        _open(ArchiveConfig(directory=tmp_path))
    assert database.DATABASE in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.sqlite
@pytest.mark.parametrize("act", [Archive.create, _open], ids=["create", "open"])
def test_folder_in_the_databases_place_is_told(tmp_path: Path, act: object) -> None:
    (tmp_path / database.DATABASE).mkdir()
    with pytest.raises(ArchiveError):
        act(ArchiveConfig(directory=tmp_path))  # type: ignore[operator]


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("x")
    with pytest.raises(ArchiveError, match="cannot be made"):
        Archive.create(ArchiveConfig(directory=tmp_path / "berkas" / "arsip"))


@pytest.mark.parametrize(
    "url", ["tidak ada", "oracle+tiada://x/y", "sqlite+tiada:///x", "postgresql+tiada://x/y"]
)
def test_unusable_database_url_is_told(tmp_path: Path, url: str) -> None:
    with pytest.raises(ArchiveError, match="database_url"):
        database.connect(ArchiveConfig(directory=tmp_path, database_url=url))


@pytest.mark.sqlite
def test_lost_database_is_told_at_the_next_write(nights: Nights) -> None:
    with nights.night() as night:
        night.show("/camat", article())
    nights.archive.close()
    _file(nights).write_bytes(b"")
    for suffix in ("-wal", "-shm"):
        _file(nights).with_name(database.DATABASE + suffix).unlink(missing_ok=True)
    with pytest.raises(ArchiveError):
        nights.archive.begin_run()


# -- moments ---------------------------------------------------------------------------------------


def test_moment_is_kept_in_utc_to_the_microsecond(nights: Nights) -> None:
    at = NIGHT_1.replace(microsecond=123456).astimezone(timezone(timedelta(hours=9)))
    nights.change(insert(run).values(started_at=at))
    [row] = nights.rows(select(run.c.started_at))
    assert row.started_at == at
    assert row.started_at.utcoffset() == timedelta(0)


def test_naive_moment_is_refused(nights: Nights) -> None:
    with pytest.raises(ArchiveError, match="naive"):
        nights.change(insert(run).values(started_at=NIGHT_1.replace(tzinfo=None)))


# -- transactions ----------------------------------------------------------------------------------


def test_failed_transaction_keeps_nothing(nights: Nights) -> None:
    with pytest.raises(KeyError):
        _write_and_fail(nights)
    assert nights.rows(select(run)) == []


def _write_and_fail(nights: Nights) -> None:
    with database.writing(nights.archive.engine) as connection:
        connection.execute(insert(run).values(started_at=NIGHT_1))
        raise KeyError


def test_constraint_of_the_database_is_an_archive_error(nights: Nights) -> None:
    row = {"name": "x", "token": 1, "expires_at": NIGHT_1}
    nights.change(insert(lease).values(row))
    with pytest.raises(ArchiveError, match=r"(?i)unique"):
        nights.change(insert(lease).values(row))


def test_reader_sees_one_moment_while_another_writes(nights: Nights) -> None:
    engine = nights.archive.engine
    with database.reading(engine) as reader:
        assert reader.execute(select(run)).all() == []
        nights.archive.begin_run()
        assert reader.execute(select(run)).all() == []
    assert len(nights.rows(select(run))) == 1


def test_writers_wait_for_each_other(nights: Nights) -> None:
    """Read, then write, in two threads: a deferred transaction would fail at once."""
    failures: list[Exception] = []
    start = threading.Barrier(2)

    def count_up() -> None:
        start.wait()
        try:
            for _ in range(20):
                with database.writing(nights.archive.engine) as connection:
                    count = len(connection.execute(select(run)).all())
                    at = NIGHT_1 + timedelta(seconds=count)
                    connection.execute(insert(run).values(started_at=at))
        except ArchiveError as error:
            failures.append(error)

    threads = [threading.Thread(target=count_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    moments = {row.started_at for row in nights.rows(select(run))}
    assert len(moments) == 40


def test_characters_no_database_holds_are_dropped(nights: Nights) -> None:
    nights.change(
        insert(lease).values(name="x", holder="a\x00b\ud83dc", token=1, expires_at=NIGHT_1)
    )
    assert nights.rows(select(lease.c.holder)) == [("abc",)]


def test_failing_disk_is_told_of_with_what_to_do(nights: Nights) -> None:
    failing = OperationalError("SELECT", None, sqlite3.OperationalError("disk I/O error"))
    told = pytest.raises(ArchiveError, match="disk I/O error; the disk is full, or fails")
    with told, database.reading(nights.archive.engine):
        raise failing
