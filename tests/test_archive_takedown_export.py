"""A story that was taken down is in no later export, and no import brings it back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from archive_rows import NIGHT_1, Newsroom, newsroom, three_nights

from archive.audit import audit
from archive.errors import TakenDown
from archive.member_walk import Met, walk_members
from archive.row_files import FORMATS, read_rows
from archive.snapshot_import import import_snapshot
from archive.snapshots import export
from archive.stories import find_story
from archive.verify import verify

REASON = "Putusan Dewan Pers 12/2026: nama anak disebut."
MARKER = b"Camat Diminta"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Newsroom]:
    found = three_nights(tmp_path / "arsip")
    yield found
    found.archive.close()


def _export(made: Newsroom, dest: Path, **options: object) -> Path:
    export(made.archive.engine, made.warc_directory, dest, **options)  # type: ignore[arg-type]
    return dest


def _take_down(made: Newsroom, slug: str) -> str:
    story_id = find_story(made.archive.engine, f"https://media-uji.example/{slug}").story_id
    made.archive.take_down(story_id, reason=REASON)
    return story_id


def _all_bytes(folder: Path) -> bytes:
    found = []
    for path in folder.rglob("*"):
        found += [path.read_bytes()] if path.is_file() else []
        if path.name.endswith(".warc.gz"):
            with path.open("rb") as file:
                for met in walk_members(file, start=0, end=path.stat().st_size):
                    assert isinstance(met, Met)
                    found.append(repr(met.record.fields).encode() + met.record.payload)
    return b"\n".join(found)


@pytest.mark.parametrize("format", ["jsonl", "csv", "sqlite", "wacz"])
@pytest.mark.parametrize("is_of_then", [False, True], ids=["now", "as of before"])
def test_later_export_only_names_the_story(
    made: Newsroom, tmp_path: Path, format: str, is_of_then: bool
) -> None:
    assert format in FORMATS
    story_id = _take_down(made, "camat")
    as_of = NIGHT_1.replace(hour=23) if is_of_then else None
    dest = _export(made, tmp_path / "potret", format=format, as_of=as_of)
    assert MARKER not in _all_bytes(dest)
    files = [path for path in dest.rglob("*") if path.is_file()]
    holding = [path.name for path in files if story_id.encode() in path.read_bytes()]
    assert holding == ["takedowns.csv"]
    [row] = read_rows(dest / "takedowns.csv", columns=())
    assert [row["story_id"], row["outlet"], row["reason"]] == [story_id, "media-uji", REASON]
    assert verify(dest).is_clean


def test_export_of_an_archive_without_takedowns_has_no_such_file(
    made: Newsroom, tmp_path: Path
) -> None:
    assert not (_export(made, tmp_path / "potret") / "takedowns.csv").exists()


def test_increment_removes_what_its_base_held(made: Newsroom, tmp_path: Path) -> None:
    base = _export(made, tmp_path / "awal")
    story_id = _take_down(made, "camat")
    added = _export(made, tmp_path / "tambahan", since=base)
    rows = list(read_rows(added / "removed.csv", columns=()))
    assert rows == [{"story_id": story_id, "version": str(number)} for number in (1, 2)]
    assert MARKER not in _all_bytes(added)
    assert verify(added).is_clean


def test_import_leaves_out_what_was_taken_down_here(made: Newsroom, tmp_path: Path) -> None:
    old = _export(made, tmp_path / "lama")
    story_id = _take_down(made, "camat")
    found = import_snapshot(made.archive, old, clock=made.clock, progress=lambda _: None)
    assert (found.taken_down, found.stories, found.captures) == (1, 0, 0)
    with pytest.raises(TakenDown):
        made.archive.story(story_id)
    assert audit(made.archive.engine, made.warc_directory).is_clean
    assert MARKER not in _all_bytes(made.warc_directory)


def test_import_leaves_out_records_that_were_never_here(made: Newsroom, tmp_path: Path) -> None:
    """Another archive saw the same story at other times: it has other records of it."""
    old = _export(made, tmp_path / "lama")
    other = three_nights(tmp_path / "lain")
    _take_down(other, "camat")
    found = import_snapshot(other.archive, old, clock=other.clock, progress=lambda _: None)
    assert found.taken_down == 1
    assert audit(other.archive.engine, other.warc_directory).is_clean
    assert MARKER not in _all_bytes(other.warc_directory)
    assert other.archive.story("https://media-uji.example/kades").versions == 1
    other.archive.close()


def test_import_tells_what_was_taken_down_elsewhere(made: Newsroom, tmp_path: Path) -> None:
    base = _export(made, tmp_path / "awal")
    story_id = _take_down(made, "camat")
    added = _export(made, tmp_path / "tambahan", since=base)
    other = newsroom(tmp_path / "lain")
    import_snapshot(other.archive, base, clock=other.clock, progress=lambda _: None)
    found = import_snapshot(other.archive, added, clock=other.clock, progress=lambda _: None)
    assert found.withdrawn == (story_id,)
    # whoever keeps this archive decides: until then it is as it was
    assert other.archive.story(story_id).versions == 2
    other.archive.close()
