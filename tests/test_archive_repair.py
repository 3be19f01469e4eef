"""What was damaged is brought back from a copy: byte for byte, row for row; and nothing else."""

import json
import random
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from archive_rows import NIGHT_1, Newsroom, article, newsroom, three_nights
from click.testing import CliRunner
from damage import (
    content,
    cut_file,
    delete_both,
    delete_file,
    delete_record,
    delete_row,
    flip_bit,
    fresh_copy,
    working_state,
)

from archive.archive import Archive
from archive.audit import audit
from archive.backup import backup, restore
from archive.config import ArchiveConfig
from archive.database import DATABASE
from archive.errors import ArchiveError, ConfigError, DamagedRecord, LeaseHeld, NotFound
from archive.repair import repair
from archive.snapshots import export
from scheduler.cli import kliping

pytestmark = pytest.mark.sqlite


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound archive at rest, in one file of rows."""
    folder = tmp_path_factory.mktemp("baik")
    made = three_nights(folder / "asal")
    backup(ArchiveConfig(directory=folder / "asal"), folder / "salinan")
    made.archive.close()
    return folder / "salinan"


@pytest.fixture
def own(good: Path, tmp_path: Path) -> Path:
    return fresh_copy(good, tmp_path / "arsip")


def _run(own: Path, statement: str) -> None:
    connection = sqlite3.connect(own / DATABASE)
    assert connection.execute(statement).rowcount
    connection.commit()
    connection.close()


def _tear(own: Path) -> None:
    """A page of an index holds nothing any more."""
    connection = sqlite3.connect(own / DATABASE)
    [page] = connection.execute(
        "select rootpage from sqlite_master where name = 'ix_capture_url_fetched_at'"
    ).fetchone()
    connection.execute("pragma journal_mode = delete")
    connection.close()
    data = bytearray((own / DATABASE).read_bytes())
    data[(page - 1) * 4096 : page * 4096] = bytes(4096)
    (own / DATABASE).write_bytes(data)


def _is_clean(folder: Path) -> bool:
    made = Archive(ArchiveConfig(directory=folder), clock=lambda: NIGHT_1)
    report = audit(made.engine, made.warc_directory)
    made.close()
    return report.is_clean and not report.notes


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "damage", [cut_file, delete_both, delete_file, delete_record, delete_row],
    ids=lambda kind: kind.__name__,
)  # fmt: skip
def test_damage_is_undone_row_for_row_and_byte_for_byte(
    good: Path, own: Path, damage: object, seed: int
) -> None:
    damage(own, random.Random(seed))  # type: ignore[operator]
    assert not _is_clean(own)
    done = repair(ArchiveConfig(directory=own), good)
    assert done.is_whole
    assert content(own) == content(good)


@pytest.mark.parametrize(
    "statement",
    ["update lease set expires_at = replace(expires_at, ':', ';')",
     "update outlet set recorded_at = cast(x'32ff' as text)",
     "insert into near_duplicate_band values (7, 99)"],
    ids=["lease", "outlet", "band of a reading that never was"],
)  # fmt: skip
def test_row_that_no_chain_vouches_for_is_repaired(good: Path, own: Path, statement: str) -> None:
    _run(own, statement)
    assert not _is_clean(own)
    assert repair(ArchiveConfig(directory=own), good).is_whole
    assert content(own) == content(good)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("CAST(x'323032342d31312d303920cb' AS TEXT)", id="no text"),
        pytest.param("'2024-11-09 1<:30:32.000000'", id="no moment"),
    ],
)
def test_story_whose_next_visit_cannot_be_read_is_repaired(
    good: Path, own: Path, value: str
) -> None:
    _run(own, f"UPDATE story SET last_fetched_at = {value}")
    assert repair(ArchiveConfig(directory=own), good).is_whole
    assert content(own) == content(good)
    assert working_state(own) == working_state(good)


@pytest.mark.parametrize("page", [0, 3, 20, 60])
def test_database_that_is_no_database_any_more_is_made_anew(
    good: Path, own: Path, page: int
) -> None:
    data = bytearray((own / DATABASE).read_bytes())
    data[page * 4096 : page * 4096 + 100] = bytes(100)
    (own / DATABASE).write_bytes(data)
    done = repair(ArchiveConfig(directory=own), good)
    assert done.is_whole
    assert content(own) == content(good)
    assert (own / f"{DATABASE}.damaged").read_bytes() == bytes(data)


def test_missing_database_is_taken_from_the_copy(good: Path, own: Path) -> None:
    (own / DATABASE).unlink()
    assert repair(ArchiveConfig(directory=own), good).is_whole
    assert content(own) == content(good)


@pytest.mark.parametrize("is_empty", [False, True], ids=["gone", "empty"])
def test_lost_database_is_not_made_anew_over_its_files(
    good: Path, own: Path, is_empty: bool
) -> None:
    (own / DATABASE).unlink()
    if is_empty:
        (own / DATABASE).touch()
    with pytest.raises(ArchiveError, match="whose database is gone: `kliping repair --from COPY`"):
        Archive.create(ArchiveConfig(directory=own))
    with pytest.raises(ArchiveError, match="`kliping repair --from COPY` brings the database back"):
        Archive.open(ArchiveConfig(directory=own))
    assert repair(ArchiveConfig(directory=own), good).is_whole
    assert content(own) == content(good)


@pytest.fixture
def newer(own: Path) -> Iterator[Newsroom]:
    """The archive after a night that the copy does not know."""
    made = newsroom(own)
    made.begin(NIGHT_1 + timedelta(days=9))
    made.see("bupati", article("Bupati Ingatkan ASN"))
    made.see("camat", article("Camat Diminta Tetap Netral Sekali Lagi", byline="Redaksi"))
    made.close()
    yield made
    made.archive.close()


@pytest.mark.parametrize(
    "statement",
    ["update reading_text set text = 'lain' where reading_id = 1", "delete from capture",
     "delete from event where event_id = 2", "update warc_record set warc_offset = 1 + warc_offset"
     " where crawl_id = 1"],
)  # fmt: skip
def test_older_copy_repairs_what_it_has_and_spares_what_is_newer(
    good: Path, own: Path, newer: Newsroom, statement: str
) -> None:
    newer.archive.close()
    before = content(own)
    statement += " where capture_id < 9" if statement == "delete from capture" else ""
    _run(own, statement)
    assert repair(ArchiveConfig(directory=own), good).is_whole
    assert content(own) == before


def test_torn_database_keeps_what_is_newer_than_the_copy(
    good: Path, own: Path, newer: Newsroom
) -> None:
    newer.archive.close()
    before = content(own)
    _tear(own)
    assert repair(ArchiveConfig(directory=own), good).is_whole
    assert content(own) == before


def test_dry_run_tells_and_changes_nothing(good: Path, own: Path) -> None:
    flip_bit(max((own / "warc").iterdir(), key=lambda path: path.stat().st_size),
             random.Random(1))  # fmt: skip
    _run(own, "update reading set headline = 'lain' where reading_id = 1")
    before = content(own)
    done = repair(ArchiveConfig(directory=own), good, is_dry=True)
    assert (len(done.members), done.rows, done.after) == (1, {"reading": 1}, None)
    assert content(own) == before


def test_snapshot_gives_members_back(good: Path, own: Path, tmp_path: Path) -> None:
    made = Archive(ArchiveConfig(directory=own), clock=lambda: NIGHT_1)
    export(made.engine, made.warc_directory, tmp_path / "cuplikan")
    row = made.engine.connect().exec_driver_sql(
        "select w.warc_file, w.warc_offset from warc_record w join capture using (record_id)"
        " where answer = 'article'"
    ).first()  # fmt: skip
    made.close()
    assert row
    path = own / "warc" / row[0]
    data = bytearray(path.read_bytes())
    data[row[1] + 40] ^= 4
    path.write_bytes(data)
    assert repair(ArchiveConfig(directory=own), tmp_path / "cuplikan").is_whole
    assert content(own)[path.name] == content(good)[path.name]


def test_what_the_copy_lacks_stays_and_is_named(good: Path, own: Path, tmp_path: Path) -> None:
    poor = fresh_copy(good, tmp_path / "miskin")
    path = max((own / "warc").iterdir(), key=lambda path: path.stat().st_size)
    (poor / "warc" / path.name).unlink()
    before = path.read_bytes()
    damaged = flip_bit(path, random.Random(2))
    done = repair(ArchiveConfig(directory=own), poor)
    assert done.after
    assert {finding.record_id for finding in done.after.findings} == damaged.records
    assert len(path.read_bytes()) == len(before)


def test_record_that_slid_within_its_file_is_put_back_without_a_copy_of_it(
    good: Path, own: Path, tmp_path: Path
) -> None:
    poor = fresh_copy(good, tmp_path / "miskin")
    path = max((own / "warc").iterdir(), key=lambda path: path.stat().st_size)
    before = path.read_bytes()
    (poor / "warc" / path.name).unlink()
    path.write_bytes(b"\0" * 7 + before)
    repair(ArchiveConfig(directory=own), poor)
    assert path.read_bytes()[: len(before)] == before


def test_damaged_copy_gives_no_rows(good: Path, own: Path, tmp_path: Path) -> None:
    bad = fresh_copy(good, tmp_path / "rusak")
    _run(bad, "update reading set headline = 'lain' where reading_id = 2")
    _run(own, "delete from capture where capture_id = 1")
    with pytest.raises(DamagedRecord, match="damaged itself: the rows of crawl"):
        repair(ArchiveConfig(directory=own), bad)


def test_copy_of_another_archive_is_refused(own: Path, tmp_path: Path) -> None:
    other = newsroom(tmp_path / "lain")
    other.begin(NIGHT_1)
    other.see("gubernur", article("Gubernur Lain"))
    other.close()
    other.archive.close()
    _run(own, "delete from capture where capture_id = 1")
    with pytest.raises(ArchiveError, match="another archive"):
        repair(ArchiveConfig(directory=own), tmp_path / "lain")


def test_folder_without_a_copy_is_refused(own: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        repair(ArchiveConfig(directory=own), tmp_path)


# -- backup and restore ------------------------------------------------------------------------


def test_backup_is_an_archive_and_its_restore_is_the_same(tmp_path: Path) -> None:
    made = three_nights(tmp_path / "asal")
    done = backup(ArchiveConfig(directory=tmp_path / "asal"), tmp_path / "salinan")
    made.archive.close()
    assert done.new_bytes == done.bytes > 0
    assert _is_clean(tmp_path / "salinan")
    restore(ArchiveConfig(directory=tmp_path / "baru"), tmp_path / "salinan")
    assert _is_clean(tmp_path / "baru")
    assert content(tmp_path / "baru") == content(tmp_path / "asal")


def test_backup_while_a_crawl_is_at_work_is_sound_and_the_next_brings_only_new_bytes(
    tmp_path: Path,
) -> None:
    config = ArchiveConfig(directory=tmp_path / "asal")
    made = three_nights(tmp_path / "asal")
    made.begin(NIGHT_1 + timedelta(days=5))
    made.see("wali", article("Wali Kota Ingatkan ASN"))
    first = backup(config, tmp_path / "salinan")
    assert _is_clean(tmp_path / "salinan")
    made.see("sekda", article("Sekda Diminta Netral"))
    made.close()
    second = backup(config, tmp_path / "salinan")
    assert second.new_bytes == second.bytes - first.bytes > 0
    assert _is_clean(tmp_path / "salinan")
    made.archive.close()
    assert content(tmp_path / "salinan") == content(tmp_path / "asal")


def test_damaged_bytes_are_backed_up_as_they_are_and_mended_later(tmp_path: Path) -> None:
    config = ArchiveConfig(directory=tmp_path / "asal")
    three_nights(tmp_path / "asal").archive.close()
    shutil.copytree(tmp_path / "asal", tmp_path / "baik")
    [*_, path] = sorted((tmp_path / "asal/warc").iterdir())
    flip_bit(path, random.Random(3))
    made = backup(config, tmp_path / "salinan")
    assert {finding.file for finding in made.damage} == {path.name}
    assert repair(config, tmp_path / "baik").is_whole
    assert backup(config, tmp_path / "salinan").damage == ()
    assert content(tmp_path / "salinan") == content(tmp_path / "baik")


def test_damage_never_takes_the_place_of_good_bytes(tmp_path: Path) -> None:
    config = ArchiveConfig(directory=tmp_path / "asal")
    three_nights(tmp_path / "asal").archive.close()
    backup(config, tmp_path / "salinan")
    before = content(tmp_path / "salinan")
    for path in (tmp_path / "asal/warc").iterdir():
        flip_bit(path, random.Random(3))
    assert backup(config, tmp_path / "salinan", again=True).damage == ()
    assert content(tmp_path / "salinan") == before


def test_missing_file_is_told_and_the_others_are_backed_up(tmp_path: Path) -> None:
    config = ArchiveConfig(directory=tmp_path / "asal")
    three_nights(tmp_path / "asal").archive.close()
    first, *others = sorted((tmp_path / "asal/warc").iterdir())
    first.unlink()
    made = backup(config, tmp_path / "salinan")
    assert [(one.file, "missing" in one.what) for one in made.damage] == [(first.name, True)]
    assert {path.name for path in (tmp_path / "salinan/warc").iterdir()} == {
        path.name for path in others
    }


def test_what_rots_in_a_backup_is_found_and_mended_by_reading_it_again(tmp_path: Path) -> None:
    config = ArchiveConfig(directory=tmp_path / "asal")
    three_nights(tmp_path / "asal").archive.close()
    backup(config, tmp_path / "salinan")
    before = content(tmp_path / "salinan")
    for path in (tmp_path / "salinan/warc").iterdir():
        flip_bit(path, random.Random(3))
    assert backup(config, tmp_path / "salinan", again=True).damage == ()
    assert content(tmp_path / "salinan") == before


def test_damaged_backup_is_restored_as_far_as_it_goes(good: Path, tmp_path: Path) -> None:
    theirs = fresh_copy(good, tmp_path / "salinan")
    [*_, path] = sorted((theirs / "warc").iterdir())
    flip_bit(path, random.Random(3))
    made = restore(ArchiveConfig(directory=tmp_path / "baru"), theirs)
    assert {finding.file for finding in made.damage} == {path.name}
    assert content(tmp_path / "baru").keys() == content(good).keys()


def test_rows_that_nobody_vouches_for_do_not_replace_those_of_a_backup(tmp_path: Path) -> None:
    config = ArchiveConfig(directory=tmp_path / "asal")
    three_nights(tmp_path / "asal").archive.close()
    first = backup(config, tmp_path / "salinan")
    before = content(tmp_path / "salinan")
    _run(tmp_path / "asal", "update reading_text set text = 'Camat itu mengaku.'")
    with pytest.raises(DamagedRecord, match="rows of the earlier backup"):
        backup(config, tmp_path / "salinan")
    assert content(tmp_path / "salinan") == before
    other = backup(config, tmp_path / "lain")
    assert (first.damage, [one.what for one in other.damage]) == (
        (),
        ["the rows of crawl 1 are not those it closed with",
         "the rows of crawl 2 are not those it closed with"],
    )  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "update story set recorded_at = '2030-01-01 00:00:00.000000'",
        "update story_url set story_id = (select max(story_id) from story)",
        "delete from story_url where address like '%kades'",
        "update crawl set started_at = '2020-01-01 00:00:00.000000' where crawl_id = 1",
        "update outlet set name = 'Koran Palsu', region = 'Papua'",
        "delete from problem",
    ],
    ids=["recorded", "address moved", "address lost", "crawl", "outlet", "problem"],
)
def test_facts_beside_the_texts_are_repaired_too(good: Path, own: Path, statement: str) -> None:
    _run(own, statement)
    assert not _is_clean(own)
    assert repair(ArchiveConfig(directory=own), good).is_whole
    assert content(own) == content(good)


@pytest.mark.parametrize("into", ["salinan", "baru"], ids=["backup", "restore"])
def test_copy_that_was_cut_short_is_begun_again(good: Path, tmp_path: Path, into: str) -> None:
    (tmp_path / into / "warc").mkdir(parents=True)
    (tmp_path / into / "kliping.sqlite.partial").write_bytes(b"SQLite format 3")
    (tmp_path / into / "kliping.sqlite.partial-wal").write_bytes(b"")
    (tmp_path / into / "warc" / sorted((good / "warc").iterdir())[0].name).write_bytes(b"torso")
    if into == "salinan":
        backup(ArchiveConfig(directory=good), tmp_path / into)
    else:
        restore(ArchiveConfig(directory=tmp_path / into), good)
    assert content(tmp_path / into) == content(good)
    assert not list((tmp_path / into).glob("*.partial*"))


def test_damaged_database_of_an_earlier_repair_stays(good: Path, own: Path) -> None:
    for _ in range(2):
        _tear(own)
        assert repair(ArchiveConfig(directory=own), good).is_whole
    kept = {path.name for path in own.glob("*.damaged*")}
    assert {"kliping.sqlite.damaged", "kliping.sqlite.damaged-2"} <= kept


def test_archive_is_not_repaired_from_itself(own: Path) -> None:
    with pytest.raises(ConfigError, match="itself"):
        repair(ArchiveConfig(directory=own), own)


def test_snapshot_is_not_restored_but_imported(own: Path, tmp_path: Path) -> None:
    with Archive.open(own) as archive:
        archive.export(tmp_path / "kiriman")
    with pytest.raises(ArchiveError, match="kliping import"):
        restore(ArchiveConfig(directory=tmp_path / "baru"), tmp_path / "kiriman")


def test_backup_goes_into_no_other_folder(good: Path, own: Path, tmp_path: Path) -> None:
    (tmp_path / "penuh").mkdir()
    (tmp_path / "penuh/catatan.txt").write_text("milik orang lain")
    with pytest.raises(ConfigError, match="holds something"):
        backup(ArchiveConfig(directory=own), tmp_path / "penuh")
    with pytest.raises(ConfigError, match="itself"):
        backup(ArchiveConfig(directory=own), own)
    with pytest.raises(ConfigError, match="within each other"):
        backup(ArchiveConfig(directory=own), own / "salinan")
    with pytest.raises(ConfigError, match="holds an archive already"):
        restore(ArchiveConfig(directory=own), good)


def test_backup_of_another_archive_is_not_written_over(good: Path, tmp_path: Path) -> None:
    other = three_nights(tmp_path / "lain")
    other.begin(NIGHT_1 + timedelta(days=5))
    other.close()
    other.archive.close()
    theirs = fresh_copy(good, tmp_path / "salinan")
    _run(theirs, "update event set hash = 'f' where event_id = (select max(event_id) from event)")
    with pytest.raises(ConfigError, match="another archive"):
        backup(ArchiveConfig(directory=tmp_path / "lain"), theirs)


@pytest.mark.parametrize("torn", [False, True], ids=["row", "file"])
def test_rows_are_not_repaired_while_a_crawl_is_at_work(good: Path, own: Path, torn: bool) -> None:
    made = newsroom(own)
    made.begin(NIGHT_1 + timedelta(days=9))
    _run(own, "delete from capture where capture_id = 1")
    if torn:
        made.archive.engine.dispose()
        _tear(own)
    connection = sqlite3.connect(own / DATABASE)
    connection.execute("update lease set host = 'lain'")
    connection.commit()
    connection.close()
    with pytest.raises(LeaseHeld):
        repair(ArchiveConfig(directory=own), good)
    made.archive.close()


def test_postgresql_is_told_where_its_backups_are(tmp_path: Path) -> None:
    config = ArchiveConfig(directory=tmp_path, database_url="postgresql://nowhere/x")
    with pytest.raises(ConfigError, match="pg_dump"):
        backup(config, tmp_path / "salinan")


def test_commands_back_up_repair_and_restore(good: Path, tmp_path: Path) -> None:
    settings = tmp_path / "kliping.toml"
    settings.write_text(f'[archive]\ndirectory = "{tmp_path / "arsip"}"\n')
    ask = partial(CliRunner().invoke, kliping, obj=None)
    base = ["--config", str(settings)]
    told = ask([*base, "restore", str(good)])
    assert (told.exit_code, told.output.startswith("clean: 3 crawls")) == (0, True)
    told = ask([*base, "backup", str(tmp_path / "lagi"), "--json"])
    assert json.loads(told.output)["new_bytes"] > 0
    _run(tmp_path / "arsip", "delete from capture where capture_id = 1")
    told = ask([*base, "repair", "--from", str(tmp_path / "lagi"), "--dry-run"])
    assert (told.exit_code, told.output) == (
        0,
        "would be brought back: capture: 1 row from the copy\n",
    )
    assert ask([*base, "audit"]).exit_code == 1
    told = ask([*base, "repair", "--from", str(tmp_path / "lagi"), "--json"])
    assert (told.exit_code, json.loads(told.output)["rows"]) == (0, {"capture": 1})
    assert ask([*base, "audit"]).exit_code == 0
