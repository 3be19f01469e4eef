"""An archive on a file system that nobody can write is read like any other."""

import json
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from archive_rows import FRONT, three_nights

from archive import Archive
from archive.audit import audit
from archive.backup import restore
from archive.config import ArchiveConfig

pytestmark = pytest.mark.sqlite

_NAMESPACE = ("unshare", "-rm", "sh", "-c")


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The settings file of an archive in a folder of its own."""
    if subprocess.run([*_NAMESPACE, "true"], check=False, capture_output=True).returncode:
        pytest.skip("NO USER NAMESPACES HERE: a read-only file system cannot be made without root")
    three_nights(tmp_path / "beku" / "arsip").archive.close()
    file = tmp_path / "kliping.toml"
    file.write_text('[archive]\ndirectory = "beku/arsip"\n', encoding="utf-8")
    return file


def _ask(settings: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a command says while the archive's folder is mounted read-only."""
    folder = shlex.quote(str(settings.parent / "beku"))
    kliping = [sys.executable, "-c", "from scheduler.cli import main; main()"]
    program = [*kliping, "--config", str(settings), *arguments]
    script = (
        f"mount --bind {folder} {folder} && mount -o remount,ro,bind {folder}"
        f" && exec {shlex.join(program)}"
    )
    return subprocess.run([*_NAMESPACE, script], check=False, capture_output=True, text=True)


def test_frozen_archive_is_searched(settings: Path) -> None:
    said = _ask(settings, "search", "netral", "--json")
    assert [hit["headline"] for hit in json.loads(said.stdout)] == ["Camat Diminta Tetap Netral"]


def test_frozen_archive_is_audited_and_exported(settings: Path) -> None:
    audited = _ask(settings, "audit")
    assert audited.returncode == 0, audited.stderr
    assert "cannot be kept" in audited.stderr
    exported = _ask(settings, "export", str(settings.parent / "kiriman"))
    assert exported.returncode == 0, exported.stderr
    assert "cannot list it" in exported.stderr


def test_rows_in_an_unfinished_log_are_read_too(settings: Path) -> None:
    database = settings.parent / "beku" / "arsip" / "kliping.sqlite"
    kept = settings.parent / "kept"
    kept.mkdir()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("UPDATE run SET ended_at = '2024-12-24 00:00:00.000000'")
        connection.commit()
        for path in database.parent.glob("kliping.sqlite*"):
            shutil.copy(path, kept)
    for path in kept.iterdir():  # as a computer leaves them whose power was cut
        shutil.copy(path, database.parent)
    said = _ask(settings, "status", "--json")
    assert json.loads(said.stdout)["runs"][0]["run"]["ended_at"] == "2024-12-24T00:00:00Z"


def test_writing_to_a_frozen_archive_is_refused_in_one_line(settings: Path) -> None:
    why = ("--by", "Rina", "--reason", "uji")
    said = _ask(settings, "label", f"{FRONT}/camat", "topic", "no", *why)
    assert said.returncode == 3
    [line] = said.stderr.splitlines()
    assert "its file and folder must be writable" in line


@pytest.fixture
def protected(tmp_path: Path) -> Iterator[Path]:
    """An archive that nobody has the right to write any more."""
    three_nights(tmp_path / "arsip").archive.close()
    paths = [tmp_path / "arsip", *(tmp_path / "arsip").rglob("*")]
    for path in paths:
        path.chmod(path.stat().st_mode & ~0o222)
    yield tmp_path / "arsip"
    for path in paths:
        path.chmod(path.stat().st_mode | 0o200)


def test_write_protected_archive_is_read(protected: Path) -> None:
    with Archive.open(protected) as archive:
        assert [hit.headline for hit in archive.search("tetap")] == ["Camat Diminta Tetap Netral"]
        assert audit(archive.engine, archive.warc_directory).is_clean
    assert not list(protected.glob("kliping.sqlite-*"))


def test_write_protected_backup_is_restored(protected: Path, tmp_path: Path) -> None:
    config = ArchiveConfig(directory=tmp_path / "baru")
    restore(config, protected)
    with Archive.open(config) as archive:
        assert audit(archive.engine, archive.warc_directory).is_clean
