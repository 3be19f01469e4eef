"""A snapshot and what was added to it since are, row for row, the whole one."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from archive_rows import FRONT, NIGHT_1, Newsroom, article, newsroom
from sqlalchemy import select

from archive import database
from archive.columns import IMAGES, STORIES
from archive.errors import ConfigError
from archive.manifest import read_manifest
from archive.row_files import FORMATS, data_file, read_rows
from archive.schema import reading, reading_text, version
from archive.snapshots import export
from archive.stories import find_story
from archive.types import Label
from archive.verify import Trust, verify
from archive.warc_reader import read_record

DAY = timedelta(days=1)
Row = dict[str, Any]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """Five nights in which everything changes that an export tells."""
    made = newsroom(tmp_path_factory.mktemp("archive"))
    _night(made, 0)
    made.see("camat", article("Camat Diminta Netral"), is_split=True)
    made.see("kades", article("Kades Dilaporkan"))
    made.see("lurah", article("Lurah Ikut Kampanye", text=_LONG))
    made.see("diam", article("Guru Diingatkan"))
    made.close()
    _night(made, 1)
    made.see("camat", article("Camat Tetap Netral"), is_split=True)
    made.see("kades", article("Kades Dilaporkan"))  # seen again, the same
    made.see("bupati", article("Bupati Cuti"))  # new
    made.close()
    _night(made, 2)
    made.see("kades", None)  # gone
    made.see("salinan", article("Lurah Ikut Kampanye Lagi", text=_LONG))  # a copy of lurah
    made.close()
    lurah = made.archive.label(
        _story_of(made, "lurah"), Label(field="topic", value="no", made_by="Uji", reason="uji")
    )
    assert lurah.label_id
    _night(made, 3)
    made.see("kades", article("Kades Dilaporkan"))  # back
    made.see("bupati", article("Bupati Kembali Bekerja"))
    made.close()
    _repeat(made, "bupati", number=2)
    yield made
    made.archive.close()


_LONG = "\n\n".join(
    f"Kalimat ke-{number} tentang netralitas ASN di kecamatan {number * 7} belum berubah lagi."
    for number in range(40)
)


def _night(made: Newsroom, number: int) -> None:
    made.begin(NIGHT_1 + number * DAY)


def _after(night: int) -> datetime:
    return NIGHT_1 + night * DAY + timedelta(hours=12)


def _story_of(made: Newsroom, slug: str) -> str:
    return find_story(made.archive.engine, f"{FRONT}/{slug}").story_id


def _repeat(made: Newsroom, slug: str, *, number: int) -> None:
    """A later reading finds that a version repeats the one before: it leaves the exports."""
    with database.writing(made.archive.engine) as connection:
        row = connection.execute(
            select(reading)
            .join(version, version.c.version_id == reading.c.version_id)
            .where(version.c.story_id == _story_of(made, slug), version.c.number == number)
        ).mappings().one()  # fmt: skip
        values = dict(row) | {"repeats_previous": True, "recorded_at": _after(3)}
        del values["reading_id"]
        made_row = connection.execute(reading.insert().values(values))
        [key] = made_row.inserted_primary_key or ()
        connection.execute(reading_text.insert().values(reading_id=key, text="sama"))


def _export(made: Newsroom, dest: Path, **options: Any) -> Path:
    export(made.archive.engine, made.warc_directory, dest, **options)
    return dest


def _rows(folder: Path, format: str) -> dict[tuple[str, int], Row]:
    path = folder / data_file("stories", format=format)
    rows = read_rows(path, columns=STORIES)
    return {(row["story_id"], int(row["version"])): row for row in rows}


def _images(folder: Path) -> list[Row]:
    return list(read_rows(folder / "images.csv", columns=IMAGES))


def _without_place(row: Row) -> Row:
    return {
        name: value for name, value in row.items() if name not in {"warc_offset", "warc_length"}
    }


def _joined(folders: list[Path], format: str) -> dict[tuple[str, int], Row]:
    """As docs/export.md says how to join: take away what is removed, put what is there."""
    joined: dict[tuple[str, int], Row] = {}
    for folder in folders:
        if (folder / "removed.csv").exists():
            for row in read_rows(folder / "removed.csv", columns=()):
                del joined[row["story_id"], int(row["version"])]
        joined |= _rows(folder, format)
    return joined


@pytest.mark.parametrize("format", FORMATS)
def test_base_and_increments_are_the_whole_row_for_row(
    nights: Newsroom, tmp_path: Path, format: str
) -> None:
    folders = [_export(nights, tmp_path / "0", format=format, as_of=_after(0))]
    for night in (1, 2, 3):
        folders.append(
            _export(
                nights,
                tmp_path / str(night),
                format=format,
                as_of=_after(night),
                since=folders[-1],
            )
        )
        whole = _export(nights, tmp_path / f"whole-{night}", format=format, as_of=_after(night))
        joined, expected = _joined(folders, format), _rows(whole, format)
        assert {key: _without_place(row) for key, row in joined.items()} == {
            key: _without_place(row) for key, row in expected.items()
        }
        for name in ("coverage.csv", "outlets.csv"):
            assert (folders[-1] / name).read_bytes() == (whole / name).read_bytes()
    numbers = [len(_rows(folder, format)) for folder in folders]
    assert numbers == [4, 3, 3, 1]
    assert len(_rows(tmp_path / "whole-3", format)) == 7


def test_row_of_a_version_that_repeats_is_taken_away(nights: Newsroom, tmp_path: Path) -> None:
    base = _export(nights, tmp_path / "base", as_of=_after(3) - timedelta(seconds=1))
    added = _export(nights, tmp_path / "added", since=base, as_of=_after(3))
    rows = list(read_rows(added / "removed.csv", columns=()))
    assert rows == [{"story_id": _story_of(nights, "bupati"), "version": "2"}]
    assert len(_rows(base, "jsonl")) == 8


def test_no_member_is_written_twice_and_each_row_has_its_own_in_one_of_them(
    nights: Newsroom, tmp_path: Path
) -> None:
    folders = [_export(nights, tmp_path / "0", as_of=_after(0))]
    for night in (1, 2, 3):
        dest = tmp_path / str(night)
        folders.append(_export(nights, dest, as_of=_after(night), since=folders[-1]))
    seen: set[str] = set()
    for folder in folders:
        for row in _rows(folder, "jsonl").values():
            if row["warc_offset"] is None:
                assert row["warc_record_id"] in seen
                continue
            record = read_record(
                folder / "warc" / row["warc_file"],
                offset=row["warc_offset"],
                length=row["warc_length"],
                record_id=row["warc_record_id"],
            )
            assert row["warc_record_id"] not in seen
            seen.add(record.record_id)
            if record.type == "response":
                assert hashlib.sha256(record.payload).hexdigest() == row["payload_digest"]


def test_nothing_new_is_an_increment_without_rows(nights: Newsroom, tmp_path: Path) -> None:
    base = _export(nights, tmp_path / "base", as_of=_after(1))
    added = _export(nights, tmp_path / "added", as_of=_after(1), since=base)
    assert _rows(added, "jsonl") == {}
    assert list((added / "warc").iterdir()) == []


def test_increment_is_whole_and_tied_to_its_base(nights: Newsroom, tmp_path: Path) -> None:
    base = _export(nights, tmp_path / "base", as_of=_after(0))
    _export(nights, tmp_path / "between", as_of=_after(1))
    added = _export(nights, tmp_path / "added", as_of=_after(2), since=base)
    report = verify(added, trust=Trust(previous=base))
    assert report.findings == ()
    statement = json.loads((base / "chain.json").read_text())["statement_sha256"]
    manifest = read_manifest(added)
    assert manifest.since is not None
    assert manifest.since["statement_sha256"] == statement


def test_two_increments_of_one_moment_are_the_same_bytes(nights: Newsroom, tmp_path: Path) -> None:
    base = _export(nights, tmp_path / "base", as_of=_after(0))
    one, two = (
        _export(nights, tmp_path / name, as_of=_after(3), since=base) for name in ("one", "two")
    )
    names = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert [(one / name).read_bytes() for name in names] == [
        (two / name).read_bytes() for name in names
    ]


@pytest.mark.parametrize(
    "options", [{"with_warc": False}, {"with_text": False}], ids=["warc", "text"]
)
def test_base_of_another_variant_is_refused(nights: Newsroom, tmp_path: Path, options: Row) -> None:
    base = _export(nights, tmp_path / "base", as_of=_after(0), **options)
    with pytest.raises(ConfigError, match="must be the same in both"):
        _export(nights, tmp_path / "added", since=base)


def test_base_that_is_later_is_refused(nights: Newsroom, tmp_path: Path) -> None:
    base = _export(nights, tmp_path / "base", as_of=_after(2))
    with pytest.raises(ConfigError, match="which is later"):
        _export(nights, tmp_path / "added", as_of=_after(1), since=base)


def test_base_of_another_archive_is_refused(nights: Newsroom, tmp_path: Path) -> None:
    other = newsroom(tmp_path / "archive")
    other.begin(NIGHT_1)
    other.see("camat", article("Camat Lain"))
    other.close()
    base = _export(other, tmp_path / "base")
    other.archive.close()
    with pytest.raises(ConfigError, match="of another archive"):
        _export(nights, tmp_path / "added", since=base)


@pytest.mark.parametrize("name", ["manifest.json", "chain.json"])
def test_base_that_is_damaged_is_refused(nights: Newsroom, tmp_path: Path, name: str) -> None:
    base = _export(nights, tmp_path / "base", as_of=_after(0))
    data = (base / name).read_bytes()
    (base / name).write_bytes(data.replace(b"2024", b"2025", 1))
    with pytest.raises(ConfigError, match=f"--since {base}"):
        _export(nights, tmp_path / "added", since=base)
    (base / name).unlink()
    with pytest.raises(ConfigError, match=f"--since {base}"):
        _export(nights, tmp_path / "added", since=base)
