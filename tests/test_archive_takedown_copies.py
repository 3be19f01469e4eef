"""Nothing that is repaired, backed up or restored brings back a story that was taken down."""

import json
import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from archive_rows import NIGHT_1, three_nights
from click.testing import CliRunner
from damage import content, cut_file, delete_file, delete_record, delete_row, fresh_copy
from sqlalchemy import select

from archive import database
from archive.archive import Archive
from archive.audit import audit
from archive.backup import backup
from archive.config import ArchiveConfig
from archive.errors import TakenDown
from archive.member_walk import Met, walk_members
from archive.repair import repair
from archive.schema import tombstone
from archive.stories import find_story
from archive.takedowns import takedowns
from archive.types import Label
from scheduler.cli import kliping

pytestmark = pytest.mark.sqlite

REASON = "Putusan Dewan Pers 12/2026: nama anak disebut."
MARKER = b"Camat Diminta"
CAMAT = "https://media-uji.example/camat"


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup from before the takedown."""
    folder = tmp_path_factory.mktemp("sebelum")
    made = three_nights(folder / "asal")
    story_id = find_story(made.archive.engine, CAMAT).story_id
    made.archive.label(
        story_id, Label(field="topic", value="yes", made_by="Editor", reason="'Camat Diminta'")
    )
    backup(ArchiveConfig(directory=folder / "asal"), folder / "salinan")
    made.archive.close()
    return folder / "salinan"


@pytest.fixture(scope="module")
def after(before: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of which it is, after the takedown, at rest."""
    folder = tmp_path_factory.mktemp("sesudah")
    own = fresh_copy(before, folder / "arsip")
    _take_down(own)
    backup(ArchiveConfig(directory=own), folder / "salinan")
    return folder / "salinan"


@pytest.fixture
def own(after: Path, tmp_path: Path) -> Path:
    return fresh_copy(after, tmp_path / "arsip")


def _open(folder: Path) -> Archive:
    return Archive(ArchiveConfig(directory=folder), clock=lambda: NIGHT_1)


def _take_down(folder: Path) -> None:
    archive = _open(folder)
    archive.take_down(find_story(archive.engine, CAMAT).story_id, reason=REASON, made_by="Redaksi")
    archive.close()


def _findings(folder: Path) -> list[str]:
    archive = _open(folder)
    report = audit(archive.engine, archive.warc_directory)
    archive.close()
    return [f"{one.where}: {one.what}" for one in (*report.findings, *report.notes)]


def _all_bytes(folder: Path) -> bytes:
    found = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    for path in (folder / "warc").glob("*"):
        with path.open("rb") as file:
            for met in walk_members(file, start=0, end=path.stat().st_size):
                found.append(met.record.payload if isinstance(met, Met) else b"")
    return b"\n".join(found)


def test_archive_after_the_takedown_is_sound(after: Path, before: Path) -> None:
    assert MARKER in _all_bytes(before)
    assert MARKER not in _all_bytes(after)
    assert _findings(after) == []


@pytest.mark.parametrize("damage", [cut_file, delete_file, delete_record, delete_row],
                         ids=lambda kind: kind.__name__)  # fmt: skip
@pytest.mark.parametrize("seed", range(3))
def test_repair_from_an_older_copy_brings_nothing_back(
    own: Path, before: Path, damage: object, seed: int
) -> None:
    damage(own, random.Random(seed))  # type: ignore[operator]
    repair(ArchiveConfig(directory=own), before)
    assert MARKER not in _all_bytes(own)
    assert not (own / f"{database.DATABASE}.copy").exists()


@pytest.mark.parametrize("damage", [cut_file, delete_file, delete_record, delete_row],
                         ids=lambda kind: kind.__name__)  # fmt: skip
def test_repair_from_a_newer_copy_is_whole(own: Path, after: Path, damage: object) -> None:
    damage(own, random.Random(2))  # type: ignore[operator]
    assert _findings(own) != []
    assert repair(ArchiveConfig(directory=own), after).is_whole
    assert content(own) == content(after)


def test_rows_changed_since_are_repaired_from_a_copy_before_the_takedown(
    own: Path, before: Path, after: Path
) -> None:
    with sqlite3.connect(own / database.DATABASE) as connection:
        connection.execute("update reading set headline = 'lain' where headline like 'Kades%'")
        connection.execute("update reading set headline = 'lain' where headline = ''")
    connection.close()
    assert repair(ArchiveConfig(directory=own), before).is_whole
    assert content(own) == content(after)


def test_every_file_can_be_had_from_a_copy_before_the_takedown(
    own: Path, before: Path, after: Path
) -> None:
    """Tombstones are made again, as no copy has them."""
    shutil.rmtree(own / "warc")
    (own / "warc").mkdir()
    done = repair(ArchiveConfig(directory=own), before)
    assert done.is_whole
    assert content(own) == content(after)


def test_database_that_is_torn_is_made_anew_without_the_story(
    own: Path, before: Path, after: Path
) -> None:
    data = bytearray((own / database.DATABASE).read_bytes())
    [page] = sqlite3.connect(own / database.DATABASE).execute(
        "select rootpage from sqlite_master where name = 'ix_capture_url_fetched_at'"
    ).fetchone()  # fmt: skip
    data[(page - 1) * 4096 : page * 4096] = bytes(4096)
    (own / database.DATABASE).write_bytes(data)
    done = repair(ArchiveConfig(directory=own), before)
    assert done.is_whole
    assert MARKER not in _all_bytes(own)
    kept, wanted = content(own), content(after)
    assert {name: kept[name] for name in wanted if name != "snapshot"} == {
        name: wanted[name] for name in wanted if name != "snapshot"
    }


def test_tombstone_of_which_every_row_was_lost_hides_what_it_hides(own: Path, before: Path) -> None:
    shutil.copyfile(before / database.DATABASE, own / database.DATABASE)
    assert any("a tombstone that no takedown tells of" in line for line in _findings(own))
    repair(ArchiveConfig(directory=own), before)
    assert MARKER not in b"".join(path.read_bytes() for path in (own / "warc").glob("*"))
    _take_down(own)
    assert _findings(own) == []
    assert MARKER not in _all_bytes(own)


def test_backup_over_an_earlier_one_takes_the_story_down_there(
    before: Path, tmp_path: Path
) -> None:
    own, kept = fresh_copy(before, tmp_path / "arsip"), fresh_copy(before, tmp_path / "cadangan")
    _take_down(own)
    backup(ArchiveConfig(directory=own), kept)
    assert MARKER not in _all_bytes(kept)
    assert _findings(kept) == []


def _command(folder: Path, *words: str) -> tuple[int, str]:
    settings = folder.parent / f"{folder.name}.toml"
    settings.write_text(f'[archive]\ndirectory = "{folder}"\n')
    done = CliRunner().invoke(kliping, ["--config", str(settings), *words])
    return done.exit_code, done.output


def test_restored_backup_is_taken_down_again_by_the_list(
    own: Path, before: Path, tmp_path: Path
) -> None:
    listed = tmp_path / "takedowns.json"
    listed.write_text(_command(own, "takedown", "--json")[1])
    assert [one["reason"] for one in json.loads(listed.read_text())] == [REASON]
    fresh = tmp_path / "baru"
    code, _ = _command(fresh, "restore", str(before), "--takedowns", str(listed))
    assert code == 0
    assert MARKER not in _all_bytes(fresh)
    archive = _open(fresh)
    with pytest.raises(TakenDown):
        archive.story(CAMAT)
    with database.reading(archive.engine) as connection:
        [again] = takedowns(connection)
        assert len(connection.scalars(select(tombstone.c.record_id)).all()) == again.records
    assert (again.reason, again.made_by) == (REASON, "Redaksi")
    archive.close()


def test_list_that_is_none_restores_nothing(before: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "lain.json"
    wrong.write_text('{"a": 1}')
    assert _command(tmp_path / "baru", "restore", str(before), "--takedowns", str(wrong))[0] != 0
    assert not (tmp_path / "baru").exists()
