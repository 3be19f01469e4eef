"""Rows in every format: the same again, the same bytes again, and damage named."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.columns import STORIES
from archive.errors import DamagedRecord
from archive.row_files import FORMATS, as_json, data_file, read_rows, write_rows

NOT_CSV = [format for format in FORMATS if format != "csv"]
EMPTY: dict[str, Any] = {
    "string": "",
    "integer": 0,
    "number": None,
    "datetime": None,
    "array": [],
}


def _row(number: int, **values: object) -> dict[str, Any]:
    row = {column.name: EMPTY[column.type] for column in STORIES}
    found = {
        "story_id": f"{number:032x}",
        "version": 1,
        "headline": f"Camat {number} Diminta Netral",
        "text": 'Kata "netral", katanya;\r\nlalu\u2028ia pergi.\n\n' * 20,
        "first_seen_at": datetime(2024, 11, 5, 18, 30, 0, 250_000, tzinfo=UTC),
        "tags": ["pilkada", "ASN"],
        "topic_score": 0.9,
        "topic_evidence": [{"rule": "asn", "text": "netralitas ASN", "start": 7}],
    }
    return row | found | values


def _written(directory: Path, rows: Iterator[dict[str, Any]] | list[Any], *, format: str) -> Path:
    path = directory / data_file("stories", format=format)
    write_rows(path, rows, columns=STORIES)
    return path


@pytest.mark.parametrize("format", NOT_CSV)
def test_rows_are_read_as_they_were_written(tmp_path: Path, format: str) -> None:
    rows = [_row(number) for number in range(1, 6)] + [_row(6, tags=[], text="", topic_evidence=[])]
    path = _written(tmp_path, rows, format=format)
    found = list(read_rows(path, columns=STORIES))
    assert found == [json.loads(as_json(row)) for row in rows]
    assert [list(row) for row in found] == [[column.name for column in STORIES]] * 6


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_rows_are_the_same_bytes(tmp_path: Path, format: str) -> None:
    once, again = tmp_path / "once", tmp_path / "again"
    for folder in (once, again):
        folder.mkdir()
        _written(folder, [_row(number) for number in range(3000)], format=format)
    name = data_file("stories", format=format)
    assert (once / name).read_bytes() == (again / name).read_bytes()


@pytest.mark.parametrize("format", FORMATS)
def test_no_rows_are_a_file_too(tmp_path: Path, format: str) -> None:
    path = _written(tmp_path, [], format=format)
    assert list(read_rows(path, columns=STORIES)) == []


@pytest.mark.parametrize("format", FORMATS)
def test_rows_are_taken_one_by_one(tmp_path: Path, format: str) -> None:
    """A format that gathered its rows before it writes them would grow with the archive."""
    most = 0
    waiting: list[int] = []

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal most
        for number in range(4001):
            row = Counted(_row(number, text=""), waiting)
            most = max(most, len(waiting))
            yield row

    _written(tmp_path, rows(), format=format)
    assert most <= 2002


class Counted(dict[str, Any]):
    """A row that says how many of its kind are in memory."""

    def __init__(self, row: dict[str, Any], alive: list[int]) -> None:
        super().__init__(row)
        self._alive = alive
        alive.append(1)

    def __del__(self) -> None:
        self._alive.pop()


@pytest.mark.parametrize("format", ["jsonl.gz", "jsonl.zst", "parquet", "sqlite"])
def test_file_that_is_cut_is_told(tmp_path: Path, format: str) -> None:
    path = _written(tmp_path, [_row(number) for number in range(500)], format=format)
    path.write_bytes(path.read_bytes()[:-600])
    with pytest.raises(DamagedRecord, match=rf"{path.name}: row \d+ cannot be read"):
        list(read_rows(path, columns=STORIES))


def test_line_that_is_no_object_is_named_by_its_number(tmp_path: Path) -> None:
    path = _written(tmp_path, [_row(1), _row(2)], format="jsonl")
    path.write_bytes(path.read_bytes() + b"[]\n")
    with pytest.raises(DamagedRecord, match="row 3 cannot be read: no JSON object"):
        list(read_rows(path, columns=STORIES))


def test_sqlite_file_is_asked_like_any_other(tmp_path: Path) -> None:
    path = _written(tmp_path, [_row(1), _row(2)], format="sqlite")
    with closing(sqlite3.connect(path)) as file:
        query = "SELECT version, topic_score, json_extract(tags, '$[1]') FROM stories"
        assert file.execute(query).fetchall() == [(1, 0.9, "ASN")] * 2
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_gzip_header_holds_neither_time_nor_name(tmp_path: Path) -> None:
    path = _written(tmp_path, [_row(1)], format="jsonl.gz")
    assert path.read_bytes()[:8] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00"
