"""What may be left out of a snapshot: texts, captured bytes, the full names of writers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from archive_rows import NIGHT_1, TOPIC, Newsroom, article, newsroom
from hypothesis import given
from hypothesis import strategies as st

from archive.columns import STORIES
from archive.errors import ConfigError
from archive.initials import initials, with_initials
from archive.manifest import read_manifest
from archive.row_files import FORMATS, data_file, read_rows
from archive.snapshots import export
from archive.verify import verify

SIGNED = (
    "Panitia pengawas mengingatkan soal netralitas ASN.\n\n"
    "Camat Marlina diperiksa, tulis Sari  Wulandari.\n\n(SARI WULANDARI)"
)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    made = newsroom(tmp_path_factory.mktemp("archive"))
    made.begin(NIGHT_1)
    found = article("Camat Netral", text=SIGNED, editor="Budi Santoso, S.Sos.", image_url="")
    made.see("camat", found)
    made.close()
    yield made
    made.archive.close()


def _row(room: Newsroom, dest: Path, *, format: str = "jsonl", **options: Any) -> dict[str, Any]:
    export(room.archive.engine, room.warc_directory, dest, format=format, **options)
    path = dest / data_file("stories", format=format)
    [row] = read_rows(path, columns=STORIES)
    return row


@pytest.mark.parametrize("format", [format for format in FORMATS if format != "wacz"])
def test_without_texts_the_hashes_stay_and_no_captured_byte_is_there(
    room: Newsroom, tmp_path: Path, format: str
) -> None:
    whole = _row(room, tmp_path / "whole", format=format)
    row = _row(room, tmp_path / "out", format=format, with_text=False)
    kept = ("headline", "content_hash", "payload_digest", "warc_record_id", "url")
    assert {name: row[name] for name in kept} == {name: whole[name] for name in kept}
    assert row["text"] == ""
    for path in (tmp_path / "out").rglob("*"):
        assert path.is_dir() or b"mengingatkan soal" not in path.read_bytes()
    assert not (tmp_path / "out" / "warc").exists()
    assert not read_manifest(tmp_path / "out").with_text
    assert verify(tmp_path / "out").is_clean


def test_initials_stand_for_writers_also_where_the_story_names_them(
    room: Newsroom, tmp_path: Path
) -> None:
    row = _row(room, tmp_path / "out", with_names=False)
    assert (row["byline"], row["editor"]) == ("S. W.", "B. S., S.S.")
    assert "Camat Marlina diperiksa, tulis S. W..\n\n(S. W.)" in row["text"]
    assert row["content_hash"] == _row(room, tmp_path / "whole")["content_hash"]
    for path in (tmp_path / "out").rglob("*"):
        assert path.is_dir() or b"wulandari" not in path.read_bytes().lower()
    assert not read_manifest(tmp_path / "out").with_names
    assert verify(tmp_path / "out").is_clean


@pytest.mark.parametrize("option", ["with_text", "with_names"])
def test_wacz_holds_everything_and_is_refused(room: Newsroom, tmp_path: Path, option: str) -> None:
    with pytest.raises(ConfigError, match="captured bytes"):
        _row(room, tmp_path / "out", format="wacz", **{option: False})


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Sari Wulandari", "S. W."),
        ("Sari Wulandari, Budi Santoso", "S. W., B. S."),
        ("Sari Wulandari dan Tim Liputan 6", "S. W. dan Tim Liputan 6"),
        ("Redaksi", "Redaksi"),
        ("Kontributor Ma'ruf Al-Amin", "Kontributor M. A."),
        ("Dr. Sari, S.H.", "D. S., S.H."),
        ("(sar/bud)", "(s./b.)"),
        ("", ""),
        ("Émile Ñ", "É. Ñ."),
    ],
)
def test_name_becomes_initials(name: str, short: str) -> None:
    assert initials(name) == short


@given(st.text())
def test_initials_of_initials_are_the_same(name: str) -> None:
    assert initials(initials(name)) == initials(name)


@given(st.from_regex(r"\A[A-Z][a-z]{2,9} [A-Z][a-z]{2,9}\Z"), st.text())
def test_no_full_name_is_left(name: str, text: str) -> None:
    row = {"byline": name, "editor": "", "headline": name, "text": f"{text}\n{name} {text}"}
    found = with_initials(row | {"topic_evidence": [vars(TOPIC.evidence[0])]})
    words = [word for word in name.split() if initials(word) != word]
    if len(words) == 2:
        assert name not in json.dumps([found["headline"], found["byline"]])
        assert f"\n{name} " not in found["text"]


def test_single_name_is_left_in_the_text() -> None:
    row = {"byline": "Sari", "editor": "", "headline": "Sari Buah", "text": "Sari buah dijual."}
    found = with_initials(row | {"topic_evidence": []})
    assert (found["byline"], found["headline"], found["text"]) == ("S.", "Sari Buah", row["text"])
