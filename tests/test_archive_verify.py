"""A snapshot is checked with nothing but its folder, and every damage to it is named."""

import json
import random
import shutil
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from archive_rows import NIGHT_1, Newsroom, article, newsroom, three_nights
from authority import authority
from sqlalchemy import delete, func, select, update

from archive import database, keys, timestamps
from archive.chain import Seal
from archive.errors import DamagedRecord, NotFound
from archive.findings import AuditReport
from archive.manifest import story_columns
from archive.row_files import read_rows, write_rows
from archive.schema import reading_text, version_capture
from archive.snapshots import FORMATS, export
from archive.verify import Trust, verify
from archive.wacz import WACZ

AFTER = {night: NIGHT_1 + timedelta(days=night - 1, hours=12) for night in (1, 2, 3)}


def _export(made: Newsroom, dest: Path, **options: Any) -> Path:
    export(made.archive.engine, made.warc_directory, dest, **options)
    return dest


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of the same archive in each format, signed."""
    place = tmp_path_factory.mktemp("shelf")
    made = three_nights(place / "archive")
    seal = Seal(key=keys.signing_key(keys.make(place / "keys", "default").file.parent, ""))
    for format in FORMATS:
        _export(made, place / format, format=format, seal=seal)
    _export(made, place / "no-warc", with_warc=False)
    _export(made, place / "first", as_of=AFTER[1])
    _export(made, place / "second", as_of=AFTER[2])
    made.archive.close()
    return place


@pytest.fixture
def copy(shelf: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A snapshot of the shelf that may be damaged."""

    def copied(name: str) -> Path:
        return Path(shutil.copytree(shelf / name, tmp_path / name))

    return copied


def _told(report: AuditReport) -> str:
    return "\n".join(f"{finding.where}: {finding.what}" for finding in report.findings)


def _flip(path: Path, position: int, bit: int = 0) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 1 << bit
    path.write_bytes(data)


@pytest.mark.parametrize("name", [*FORMATS, "no-warc", "first", "second"])
def test_whole_snapshot_is_clean(shelf: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object) -> None:
        raise AssertionError("verify asked the network")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    report = verify(shelf / name)
    assert _told(report) == ""
    rows = next(number for name, number in report.checked.items() if "of stories" in name)
    assert rows == (3 if name == "first" else 4)
    assert report.checked.get("members", 0) == 0 if name == "no-warc" else report.checked["members"]


@pytest.mark.parametrize("name", FORMATS)
def test_every_flipped_bit_is_found_and_its_file_named(
    shelf: Path, copy: Callable[[str], Path], name: str
) -> None:
    folder = copy(name)
    chance = random.Random(f"bits {name}")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for _ in range(25):
        path = chance.choice(files)
        position, bit = chance.randrange(path.stat().st_size), chance.randrange(8)
        _flip(path, position, bit)
        told = _told(verify(folder))
        assert path.relative_to(folder).as_posix() in told, f"{path.name}: {position}, bit {bit}"
        _flip(path, position, bit)
    assert verify(folder).is_clean


@pytest.mark.parametrize("name", FORMATS)
def test_every_file_that_is_cut_or_missing_is_named(copy: Callable[[str], Path], name: str) -> None:
    folder = copy(name)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data, place = path.read_bytes(), path.relative_to(folder).as_posix()
        path.write_bytes(data[: len(data) // 2])
        assert place in _told(verify(folder))
        path.unlink()
        assert place in _told(verify(folder))
        path.write_bytes(data)
    assert verify(folder).is_clean


def test_file_that_does_not_belong_is_named(copy: Callable[[str], Path]) -> None:
    folder = copy("jsonl")
    (folder / "warc" / "tambahan.warc.gz").write_bytes(b"")
    assert "warc/tambahan.warc.gz: is in no manifest" in _told(verify(folder))


@pytest.mark.parametrize("name", ["jsonl", "jsonl.gz", "jsonl.zst", "csv", "parquet", "sqlite"])
def test_row_whose_text_was_changed_is_named(
    copy: Callable[[str], Path], tmp_path: Path, name: str
) -> None:
    """Whoever changes a text would make the manifest anew; the row then contradicts itself."""
    folder = copy(name)
    _rewrite(folder, name, change={"headline": "Camat Bebas dari Tuduhan"})
    told = _told(verify(folder))
    assert f"stories.{name}, row 2 (story " in told
    assert "are not those that the content_hash is of" in told


def _rewrite(folder: Path, format: str, *, change: dict[str, object]) -> None:
    path, columns = folder / f"stories.{format}", story_columns(format)
    rows = [_typed(row) for row in read_rows(path, columns=columns)]
    rows[1] |= change
    path.unlink()
    write_rows(path, rows, columns=columns)


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    moments = {name for name in row if name.endswith("_at")}
    return {
        name: datetime.fromisoformat(value)
        if name in moments and value
        else value or None
        if name in moments
        else value
        for name, value in row.items()
    }


@pytest.mark.parametrize("name", ["jsonl", "wacz"])
def test_damaged_capture_is_named_by_offset_and_those_behind_it_are_read(
    copy: Callable[[str], Path], name: str
) -> None:
    folder = copy(name)
    text = (folder / "stories.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    row = next(row for row in rows if row["url"].endswith("/kades"))
    path = folder / WACZ if name == "wacz" else folder / "warc" / row["warc_file"]
    inside = path.read_bytes().find(b"\x1f\x8b\x08") if name == "wacz" else 0
    whole = verify(folder).checked["members"]
    _flip(path, inside + row["warc_offset"] + row["warc_length"] // 2)
    report = verify(folder)
    told = _told(report)
    place = f"{WACZ}/archive/{row['warc_file']}" if name == "wacz" else f"warc/{row['warc_file']}"
    assert f"{place}, offset {row['warc_offset']}: " in told
    assert f"{row['warc_record_id']}, stories.jsonl, row " in told
    assert report.checked["members"] == whole - 1


def test_row_that_cites_another_capture_is_named(copy: Callable[[str], Path]) -> None:
    folder = copy("jsonl")
    path = folder / "stories.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    first = json.loads(lines[0]) | {"payload_digest": "0" * 64}
    path.write_text("\n".join([json.dumps(first), *lines[1:]]) + "\n", encoding="utf-8")
    assert "are not those that the payload_digest is of" in _told(verify(folder))


def test_cell_that_a_sheet_would_run_still_hashes(tmp_path: Path) -> None:
    made = newsroom(tmp_path / "archive")
    made.begin(NIGHT_1)
    made.see("satu", article("=Camat Netral", text="-Kata camat.\n\nIa pergi.", byline="'=Sari"))
    made.see("dua", article("'=Camat Netral", text="+62 nomor camat.\n\nIa pergi.", byline="@sari"))
    made.close()
    folder = _export(made, tmp_path / "out", format="csv")
    made.archive.close()
    assert _told(verify(folder)) == ""


def test_folder_without_a_snapshot_is_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="holds no snapshot"):
        verify(tmp_path)


# -- who vouches for it ----------------------------------------------------------------------


def test_signature_of_another_key_is_told(shelf: Path, tmp_path: Path) -> None:
    own = keys.public_key(shelf / "keys" / "default.pub")
    other = keys.make(tmp_path, "lain").public
    assert verify(shelf / "jsonl", trust=Trust(key=own)).is_clean
    assert f"not by {other}" in _told(verify(shelf / "jsonl", trust=Trust(key=other)))
    assert "it is not signed, not by" in _told(verify(shelf / "first", trust=Trust(key=own)))


def test_unsigned_snapshot_is_clean_and_said_to_be_unsigned(shelf: Path) -> None:
    report = verify(shelf / "first")
    assert report.is_clean
    assert [note.what for note in report.notes] == ["not signed"]


def test_snapshot_made_anew_does_not_bear_the_old_signature(
    shelf: Path, copy: Callable[[str], Path]
) -> None:
    folder = copy("jsonl")
    shutil.copy(shelf / "second" / "manifest.json", folder / "manifest.json")
    assert "is not the manifest that chain.json names" in _told(verify(folder))


def test_tie_to_the_snapshot_before_is_checked(shelf: Path) -> None:
    assert verify(shelf / "second", trust=Trust(previous=shelf / "first")).is_clean
    told = _told(verify(shelf / "second", trust=Trust(previous=shelf / "jsonl")))
    assert "is not the one that it names as the one before it" in told


def test_timestamp_is_checked_against_known_authorities(tmp_path: Path) -> None:
    made = three_nights(tmp_path / "archive")
    with authority(tmp_path / "tsa") as tsa, authority(tmp_path / "stranger") as stranger:
        folder = _export(made, tmp_path / "out", seal=Seal(timestamp_url=tsa.url))
        good, bad = (timestamps.certificates(one.root) for one in (tsa, stranger))
    made.archive.close()
    report = verify(folder, trust=Trust(roots=good))
    assert report.is_clean
    assert [note.what.startswith("there on ") for note in report.notes] == [False, True]
    assert "nobody known vouches" in _told(verify(folder, trust=Trust(roots=bad)))
    assert verify(folder).is_clean


def test_snapshot_without_the_timestamp_that_is_asked_for_is_told(
    shelf: Path, tmp_path: Path
) -> None:
    with authority(tmp_path / "tsa") as tsa:
        roots = timestamps.certificates(tsa.root)
    assert "has no timestamp" in _told(verify(shelf / "jsonl", trust=Trust(roots=roots)))


# -- what the archive's own chain does not vouch for -------------------------------------------


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Newsroom]:
    """An archive that may be written to behind its own back."""
    found = three_nights(tmp_path / "archive")
    yield found
    found.archive.close()


def _forge(made: Newsroom) -> None:
    with database.writing(made.archive.engine) as connection:
        first = select(func.min(reading_text.c.reading_id)).scalar_subquery()
        row = update(reading_text).where(reading_text.c.reading_id == first)
        connection.execute(row.values(text="Camat itu sudah mengaku bersalah."))


def _lose(made: Newsroom) -> None:
    with database.writing(made.archive.engine) as connection:
        last = select(func.max(version_capture.c.version_id)).scalar_subquery()
        connection.execute(delete(version_capture).where(version_capture.c.version_id == last))


@pytest.mark.parametrize("damage", [_forge, _lose], ids=["forged text", "lost row"])
def test_damaged_rows_are_not_exported(
    made: Newsroom, tmp_path: Path, damage: Callable[[Newsroom], None]
) -> None:
    damage(made)
    with pytest.raises(DamagedRecord, match="repair --from COPY"):
        _export(made, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_text_forged_while_its_crawl_is_open_is_not_exported(
    made: Newsroom, tmp_path: Path
) -> None:
    made.begin(AFTER[3])
    made.see("bupati", article("Bupati Diminta Netral"))
    with database.writing(made.archive.engine) as connection:
        last = select(func.max(reading_text.c.reading_id)).scalar_subquery()
        row = update(reading_text).where(reading_text.c.reading_id == last)
        connection.execute(row.values(text="Bupati itu sudah mengaku bersalah."))
    with pytest.raises(DamagedRecord, match="content_hash"):
        _export(made, tmp_path / "out")


def test_snapshot_of_a_damaged_archive_says_so(made: Newsroom, tmp_path: Path) -> None:
    _forge(made)
    report = verify(_export(made, tmp_path / "out", with_damage=True))
    assert [note.what for note in report.notes if "damaged archive" in note.what] == [
        "of a damaged archive: the rows of crawl 1 are not those it closed with"
    ]
    assert "fields are not those" in _told(report)


def test_with_damage_changes_nothing_in_a_sound_archive(made: Newsroom, tmp_path: Path) -> None:
    folders = [_export(made, tmp_path / str(on), with_damage=on) for on in (False, True)]
    first, second = ((folder / "chain.json").read_bytes() for folder in folders)
    assert first == second
