"""A snapshot becomes an archive again, with the same ids, hashes and moments, or joins one."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from archive_rows import NIGHT_1, Newsroom, article, newsroom
from sqlalchemy import func, select, update

from archive import database
from archive.audit import audit
from archive.clusters import copies
from archive.columns import STORIES
from archive.errors import ConfigError, DamagedRecord, NotFound
from archive.events import events
from archive.import_story import Imported
from archive.row_files import FORMATS, data_file, read_rows
from archive.schema import crawl, event, label, lease, outlet, version, warc_record
from archive.search import Search, search
from archive.snapshot_import import import_snapshot
from archive.snapshots import export
from archive.stories import find_story, stories
from archive.types import Answer, ImageSighting, Label, Page
from archive.versions import versions

DAY = timedelta(days=1)
LATER = NIGHT_1 + 30 * DAY
IMPORTABLE = [format for format in FORMATS if format != "csv"]
LONG = "\n\n".join(
    f"Kalimat ke-{number} tentang netralitas ASN di kecamatan {number * 7} belum berubah lagi."
    for number in range(40)
)
PIXEL = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"


def _night(made: Newsroom, number: int) -> None:
    made.begin(NIGHT_1 + number * DAY)
    made.counts = {"looked_at": 5 + number, "on_topic": 3, "failed": 0, "not_reached": 1}
    if number == 0:
        made.see("camat", article("Camat Diminta Netral"), is_split=True, platform_id="wp:101")
        made.see("kades", article("Kades Dilaporkan", image_url="https://foto.example/kades.gif"))
        made.see("lurah", article("Lurah Ikut Kampanye", text=LONG))
        _picture(made, "kades")
    elif number == 1:
        made.see("camat", article("Camat Tetap Netral", byline="Redaksi"), is_split=True)
        made.see("kades", article("Kades Dilaporkan"))
        made.see("lurah", None, status=304, answer=Answer.NOT_MODIFIED)
        made.see("salinan", article("Lurah Kampanye", text=LONG))
    elif number == 2:
        made.see("camat", article("Camat Diminta Netral"), is_split=True)  # A, B, A
        made.see("kades", None)
    else:
        made.see("kades", article("Kades Dilaporkan"))
        made.see("guru", article("Guru Diingatkan"))
    made.close()


def _picture(made: Newsroom, slug: str) -> None:
    assert made.crawl
    url = "https://foto.example/kades.gif"
    page = Page(url=url, status=200, body=PIXEL, fetched_at=made.clock())
    sighting = ImageSighting(
        story_id=_id(made, slug),
        url=url,
        outcome="kept",
        seen_at=made.clock(),
        pages=(page,),
        media_type="image/gif",
        bytes=len(PIXEL),
    )
    made.archive.images.put(made.crawl, sighting)


def _id(made: Newsroom, slug: str) -> str:
    return find_story(made.archive.engine, f"https://media-uji.example/{slug}").story_id


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    made = newsroom(tmp_path_factory.mktemp("source"))
    for number in range(3):
        _night(made, number)
        if number == 1:
            decided = Label(field="topic", value="no", made_by="Uji", reason="bukan ASN")
            made.archive.label(_id(made, "lurah"), decided)
    _night(made, 3)
    yield made
    made.archive.close()


def _after(night: int) -> Any:
    return NIGHT_1 + night * DAY + timedelta(hours=12)


def _export(made: Newsroom, dest: Path, **options: Any) -> Path:
    export(made.archive.engine, made.warc_directory, dest, **options)
    return dest


def _empty(directory: Path) -> Newsroom:
    made = newsroom(directory)
    made.clock.now = LATER
    return made


def _import(made: Newsroom, folder: Path) -> Imported:
    seen: list[int] = []
    found = import_snapshot(made.archive, folder, clock=made.clock, progress=seen.append)
    assert seen == sorted(seen)
    return found


def _files(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
    }


def _clean(made: Newsroom) -> list[str]:
    report = audit(made.archive.engine, made.warc_directory)
    return [f"{finding.where}: {finding.what}" for finding in report.findings]


@pytest.mark.parametrize("format", IMPORTABLE)
def test_import_into_an_empty_archive_exports_the_same_bytes(
    source: Newsroom, tmp_path: Path, format: str
) -> None:
    folder = _export(source, tmp_path / "out", format=format, as_of=_after(3))
    made = _empty(tmp_path / "archive")
    found = _import(made, folder)
    again = _export(made, tmp_path / "again", format=format, as_of=_after(3))
    made.archive.close()
    assert (found.stories, found.versions, found.known_versions) == (5, 7, 0)
    expected, got = _files(folder), _files(again)
    # the chain of events is this archive's own
    assert {name for name in expected if expected[name] != got.get(name)} == {"chain.json"}
    assert expected.keys() == got.keys()


@pytest.mark.parametrize("night", [0, 1, 2])
def test_questions_to_the_past_are_answered_as_before(
    source: Newsroom, tmp_path: Path, night: int
) -> None:
    made = _empty(tmp_path / "archive")
    _import(made, _export(source, tmp_path / "out", as_of=_after(3)))
    then, here = (_rows(_export(one, tmp_path / name, as_of=_after(night), with_warc=False))
                  for one, name in ((source, "then"), (made, "here")))  # fmt: skip
    made.archive.close()
    # which captures between the first and the last sight showed a version is not in a snapshot
    seen = {"last_seen_at", "status", "gone_at", "warc_file", "warc_offset"}
    for row in (*then, *here):
        for name in seen:
            del row[name]
    assert here == then


def _rows(folder: Path) -> list[dict[str, Any]]:
    return list(read_rows(folder / data_file("stories", format="jsonl"), columns=STORIES))


def test_imported_archive_passes_its_audit_and_goes_on(source: Newsroom, tmp_path: Path) -> None:
    made = _empty(tmp_path / "archive")
    _import(made, _export(source, tmp_path / "out"))
    assert _clean(made) == []
    made.begin(LATER + DAY)
    outcome = made.see("camat", article("Camat Diminta Netral"), is_split=True)
    made.close()
    assert (outcome.kind, outcome.version) == ("unchanged", 3)
    assert outcome.story_id == _id(source, "camat")
    assert _clean(made) == []
    made.archive.close()


def test_everything_that_is_known_of_a_story_comes_along(source: Newsroom, tmp_path: Path) -> None:
    made = _empty(tmp_path / "archive")
    _import(made, _export(source, tmp_path / "out"))
    engine = made.archive.engine
    assert find_story(engine, "wp:101").story_id == _id(source, "camat")
    hits = search(engine, "camat tetap", Search(every_version=True))
    assert [hit.number for hit in hits] == [2]
    cluster = copies(engine, _id(source, "lurah"))
    assert cluster == copies(source.archive.engine, _id(source, "lurah"))
    told = [[event.kind for event in events(one.archive.engine, story_id=_id(source, "kades"))]
            for one in (source, made)]  # fmt: skip
    assert told == [["back", "gone", "new"]] * 2
    [one] = [row for row in stories(engine) if row.url.endswith("/lurah")]
    [expected] = [row for row in stories(source.archive.engine) if row.url.endswith("/lurah")]
    assert (one.first_seen_at, one.last_seen_at) == (expected.first_seen_at, expected.last_seen_at)
    with database.reading(engine) as connection:
        assert connection.scalars(select(label.c.reason)).all() == ["bukan ASN"]
        assert connection.scalars(select(outlet.c.zone)).all() == ["Asia/Makassar"]
        assert connection.scalar(select(func.count()).select_from(crawl)) == 5
    made.archive.close()


def _numbers(made: Newsroom) -> dict[str, int]:
    with database.reading(made.archive.engine) as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (version, label, warc_record)
        }


def test_import_twice_doubles_nothing(source: Newsroom, tmp_path: Path) -> None:
    folder = _export(source, tmp_path / "out")
    made = _empty(tmp_path / "archive")
    _import(made, folder)
    before = _numbers(made)
    found = _import(made, folder)
    assert found == Imported(known_versions=7)
    assert _numbers(made) == before
    assert _clean(made) == []
    made.archive.close()


def test_outlet_at_work_is_passed_by_and_comes_with_the_next_import(
    source: Newsroom, tmp_path: Path
) -> None:
    folder = _export(source, tmp_path / "out")
    made = _empty(tmp_path / "archive")
    made.begin(LATER)
    with database.writing(made.archive.engine) as connection:
        connection.execute(update(lease).values(host="lain"))
    found = _import(made, folder)
    assert (found.versions, list(found.held)) == (0, ["media-uji"])
    assert "on lain" in found.held["media-uji"]
    with database.writing(made.archive.engine) as connection:
        connection.execute(update(lease).values(expires_at=NIGHT_1))
    assert _import(made, folder).versions == 7
    made.archive.close()


@pytest.mark.parametrize("format", ["jsonl", "wacz"])
def test_base_and_increments_make_the_same_archive_as_the_whole(
    source: Newsroom, tmp_path: Path, format: str
) -> None:
    folders = [_export(source, tmp_path / "0", format=format, as_of=_after(0))]
    for night in (1, 2, 3):
        dest = tmp_path / str(night)
        since = {"since": folders[-1], "as_of": _after(night), "format": format}
        folders.append(_export(source, dest, **since))
    made = _empty(tmp_path / "archive")
    for folder in folders:
        _import(made, folder)
    assert _clean(made) == []
    here = _export(made, tmp_path / "here", as_of=_after(3), with_warc=False)
    there = _export(source, tmp_path / "there", as_of=_after(3), with_warc=False)
    made.archive.close()
    places = {"warc_file", "warc_offset"}
    assert [_less(row, places) for row in _rows(here)] == [
        _less(row, places) for row in _rows(there)
    ]


def _less(row: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def test_increment_without_its_base_is_refused(source: Newsroom, tmp_path: Path) -> None:
    base = _export(source, tmp_path / "base", as_of=_after(0))
    added = _export(source, tmp_path / "added", as_of=_after(3), since=base)
    made = _empty(tmp_path / "archive")
    with pytest.raises(NotFound, match="earlier snapshot"):
        _import(made, added)
    assert _clean(made) == []
    _import(made, base)
    _import(made, added)
    assert _clean(made) == []
    made.archive.close()


def test_snapshot_joins_an_archive_that_saw_the_same_outlet(
    source: Newsroom, tmp_path: Path
) -> None:
    """Another machine crawled the outlet in the same nights: what both saw is one version."""
    other = newsroom(tmp_path / "archive")
    other.begin(NIGHT_1 + timedelta(hours=2))
    other.see("camat", article("Camat Diminta Netral"), is_split=True)
    other.see("pasar", article("Pasar Ramai"))
    other.close()
    other.begin(NIGHT_1 + timedelta(hours=40))
    other.see("camat", article("Camat Kini Cuti"), is_split=True)  # seen here alone
    other.close()
    other.clock.now = LATER
    found = _import(other, _export(source, tmp_path / "out"))
    assert (found.stories, found.known_versions) == (4, 1)
    assert _clean(other) == []
    told = versions(other.archive.engine, _id(source, "camat"))
    assert [one.article.headline for one in told] == [
        "Camat Diminta Netral",
        "Camat Tetap Netral",
        "Camat Kini Cuti",
        "Camat Diminta Netral",
    ]
    assert sorted(one.number for one in told) == [1, 2, 3, 4]
    assert len(list(stories(other.archive.engine))) == 6
    other.archive.close()


def test_archive_that_is_older_than_the_snapshot_catches_up(tmp_path: Path) -> None:
    made = newsroom(tmp_path / "source")
    for number in range(2):
        _night(made, number)
    early = _export(made, tmp_path / "early")
    for number in (2, 3):
        _night(made, number)
    late = _export(made, tmp_path / "late")
    copy = _empty(tmp_path / "archive")
    _import(copy, early)
    _import(copy, late)
    assert _clean(copy) == []
    rows = _rows(_export(copy, tmp_path / "again", as_of=_after(3), with_warc=False))
    places = {"warc_file", "warc_offset"}
    assert [_less(row, places | {"warc_length"}) for row in rows] == [
        _less(row, places | {"warc_length"}) for row in _rows(late)
    ]
    for one in (made, copy):
        one.archive.close()


@pytest.mark.parametrize(
    "options",
    [{"with_warc": False}, {"with_text": False}, {"with_names": False}, {"format": "csv"}],
    ids=["no-warc", "no-text", "initials", "csv"],
)
def test_snapshot_from_which_something_was_left_out_is_refused(
    source: Newsroom, tmp_path: Path, options: dict[str, Any]
) -> None:
    folder = _export(source, tmp_path / "out", **options)
    made = _empty(tmp_path / "archive")
    with pytest.raises(ConfigError, match="does not hold all that an archive needs"):
        _import(made, folder)
    made.archive.close()


def test_damaged_snapshot_is_refused_and_leaves_nothing(source: Newsroom, tmp_path: Path) -> None:
    folder = _export(source, tmp_path / "out")
    path = sorted((folder / "warc").iterdir())[0]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    made = _empty(tmp_path / "archive")
    with pytest.raises(DamagedRecord, match="is not as it was exported"):
        _import(made, folder)
    assert list(stories(made.archive.engine)) == []
    with database.reading(made.archive.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(event)) == 0
    made.archive.close()
