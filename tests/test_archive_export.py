"""Snapshots: what they hold, that they prove it, and that they never differ."""

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from archive_rows import FRONT, NIGHT_1, Newsroom, article, newsroom, three_nights
from sqlalchemy import update

from archive import database
from archive.columns import COVERAGE, IMAGES, LOCAL, OUTLETS, REMOVED, STORIES, TAKEDOWNS
from archive.errors import ArchiveError, ConfigError, DamagedRecord, NotFound
from archive.row_files import write_csv, write_jsonl
from archive.schema import outlet
from archive.snapshots import FORMATS, export
from archive.types import Page
from archive.warc_reader import Revisit, read_page, scan

AFTER_NIGHT_1 = NIGHT_1 + timedelta(hours=12)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    made = three_nights(tmp_path_factory.mktemp("archive"))
    yield made
    made.archive.close()


def _export(made: Newsroom, dest: Path, **options: Any) -> Path:
    export(made.archive.engine, made.warc_directory, dest, **options)
    return dest


def _rows(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "stories.jsonl").read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _contents(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_there_is_one_row_per_version_with_all_columns_in_order(
    nights: Newsroom, tmp_path: Path
) -> None:
    rows = _rows(_export(nights, tmp_path / "out"))
    assert all(list(row) == [column.name for column in STORIES] for row in rows)
    assert sorted((row["canonical_url"], row["version"]) for row in rows) == [
        (f"{FRONT}/camat", 1),
        (f"{FRONT}/camat", 2),
        (f"{FRONT}/kades", 1),
        (f"{FRONT}/lurah", 1),
    ]


def test_snapshot_is_not_written_into_the_archive(nights: Newsroom) -> None:
    with pytest.raises(ConfigError, match="within the archive"):
        _export(nights, nights.warc_directory.parent / "kiriman")


def test_snapshot_of_a_time_before_the_first_story_says_so(
    nights: Newsroom, tmp_path: Path
) -> None:
    told: list[str] = []
    _export(nights, tmp_path / "out", as_of=NIGHT_1 - timedelta(days=1), tell=told.append)
    assert [line.startswith("nothing was known then") for line in told] == [True]


def test_rows_are_ordered_by_story_then_first_sight(nights: Newsroom, tmp_path: Path) -> None:
    rows = _rows(_export(nights, tmp_path / "out"))
    keys = [(row["outlet"], row["story_id"], row["first_seen_at"], row["version"]) for row in rows]
    assert keys == sorted(keys)


def test_row_says_what_the_archive_knows(nights: Newsroom, tmp_path: Path) -> None:
    rows = _rows(_export(nights, tmp_path / "out"))
    [row] = [row for row in rows if row["url"] == f"{FRONT}/kades"]
    expected = {
        "headline": "Kades Dilaporkan ke Bawaslu",
        "tags": ["pilkada", "ASN"],
        "published_at": "2024-11-05T02:00:00Z",
        "modified_at": None,
        "status": "gone",
        "changed": [],
        "topic": "yes",
        "topic_score": 0.9,
        "topic_evidence": [{"rule": "asn", "text": "netralitas ASN", "start": 0}],
        "label": "",
    }
    assert {name: row[name] for name in expected} == expected
    assert row["gone_at"].startswith("2024-11-07T")
    assert row["last_seen_at"].startswith("2024-11-06T")


@pytest.mark.parametrize("with_warc", [True, False], ids=["in-snapshot", "in-archive"])
def test_every_row_leads_to_the_bytes_it_was_read_from(
    nights: Newsroom, tmp_path: Path, with_warc: bool
) -> None:
    folder = _export(nights, tmp_path / "out", with_warc=with_warc)
    warc_directory = folder / "warc" if with_warc else nights.warc_directory
    for row in _rows(folder):
        found = read_page(
            warc_directory / row["warc_file"],
            offset=row["warc_offset"],
            length=row["warc_length"],
            record_id=row["warc_record_id"],
        )
        assert isinstance(found, Page)
        assert hashlib.sha256(found.body).hexdigest() == row["payload_digest"]
        assert row["headline"] in found.body.decode()


def test_cited_members_stand_in_their_old_order_behind_their_warcinfo(
    nights: Newsroom, tmp_path: Path
) -> None:
    folder = _export(nights, tmp_path / "out")
    copies = sorted((folder / "warc").iterdir())
    assert len(copies) == 2  # the third night brought no version
    for copy in copies:
        copied = [(member.record_id, member.digest) for member in scan(copy)]
        original = [
            (member.record_id, member.digest) for member in scan(nights.warc_directory / copy.name)
        ]
        assert copied == [member for member in original if member in copied]
        assert next(iter(scan(copy))).type == "warcinfo"


def test_answer_is_copied_with_its_request_and_every_part(nights: Newsroom, tmp_path: Path) -> None:
    folder = _export(nights, tmp_path / "out", as_of=AFTER_NIGHT_1)
    [copy] = (folder / "warc").iterdir()
    types = [(member.type, member.target_uri) for member in scan(copy)]
    for url in (f"{FRONT}/camat", f"{FRONT}/camat/2", f"{FRONT}/kades", f"{FRONT}/lurah"):
        assert ("response", url) in types
        assert ("request", url) in types


def test_cited_revisit_brings_the_capture_that_holds_its_body(tmp_path: Path) -> None:
    made = newsroom(tmp_path / "archive")
    made.begin(NIGHT_1)
    first = article("Camat Netral")
    made.see("camat", first)
    made.close()
    made.begin(NIGHT_1 + timedelta(days=1))
    # another extractor-visible state from the same bytes: what the page's script had printed
    made.see("camat", article("Camat Netral", byline="Redaksi"))
    made.close()
    folder = _export(made, tmp_path / "out")
    second = _rows(folder)[1]
    found = read_page(
        folder / "warc" / second["warc_file"],
        offset=second["warc_offset"],
        length=second["warc_length"],
    )
    assert isinstance(found, Revisit)
    originals = {m.record_id for copy in (folder / "warc").iterdir() for m in scan(copy)}
    assert found.of.record_id in originals
    made.archive.close()


def test_manifest_vouches_for_every_other_file(nights: Newsroom, tmp_path: Path) -> None:
    folder = _export(nights, tmp_path / "out")
    contents = _contents(folder)
    manifest = json.loads(contents.pop("manifest.json"))
    del contents["chain.json"]
    listed = {file["path"]: (file["bytes"], file["sha256"]) for file in manifest["files"]}
    assert listed == {
        name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in contents.items()
    }
    others = {"images.csv": 0, "coverage.csv": 3, "outlets.csv": 1}
    assert manifest["rows"] == {"stories.jsonl": 4} | others
    assert manifest["schema"]


@pytest.mark.parametrize("format", FORMATS)
def test_two_exports_of_one_moment_are_the_same_bytes(
    nights: Newsroom, tmp_path: Path, format: str
) -> None:
    once = _contents(_export(nights, tmp_path / "once", format=format))
    again = _contents(_export(nights, tmp_path / "again", format=format))
    assert once == again


@pytest.mark.parametrize("format", FORMATS)
def test_later_nights_do_not_change_an_export_of_an_earlier_moment(
    tmp_path: Path, format: str
) -> None:
    made = newsroom(tmp_path / "archive")
    made.begin(NIGHT_1)
    made.see("camat", article("Camat Diminta Netral"))
    made.see("kades", article("Kades Dilaporkan"))
    made.close()
    made.begin(NIGHT_1 + timedelta(days=1))
    made.see("camat", article("Camat Tetap Netral"))
    moment = made.clock.now  # in the middle of a crawl
    before = _contents(_export(made, tmp_path / "before", format=format, as_of=moment))
    made.see("kades", None)
    made.see("lurah", article("Lurah Ikut Kampanye"))
    made.close()
    made.begin(NIGHT_1 + timedelta(days=2))
    made.see("kades", article("Kades Dilaporkan"))
    made.close()
    after = _contents(_export(made, tmp_path / "after", format=format, as_of=moment))
    made.archive.close()
    assert before == after


def test_export_as_of_an_earlier_night_knows_no_later_one(nights: Newsroom, tmp_path: Path) -> None:
    folder = _export(nights, tmp_path / "out", as_of=AFTER_NIGHT_1)
    assert {(row["version"], row["status"]) for row in _rows(folder)} == {(1, "live")}
    assert len(_csv(folder / "coverage.csv")) == 1
    assert json.loads((folder / "manifest.json").read_text())["as_of"] == "2024-11-06T06:30:00Z"


def test_default_moment_is_that_of_the_newest_record(nights: Newsroom, tmp_path: Path) -> None:
    manifest = export(nights.archive.engine, nights.warc_directory, tmp_path / "out")
    assert NIGHT_1 + timedelta(days=2) < manifest.as_of <= nights.clock.now


def test_coverage_counts_what_each_crawl_reported(nights: Newsroom, tmp_path: Path) -> None:
    first = _csv(_export(nights, tmp_path / "out") / "coverage.csv")[0]
    assert list(first) == [column.name for column in COVERAGE]
    assert (first["night"], first["finish_reason"]) == ("2024-11-06", "finished")
    counts = [first[name] for name in ("looked_at", "on_topic", "failed", "not_reached")]
    assert counts == ["9", "3", "1", "0"]


def test_crawl_that_had_not_closed_has_no_counts(tmp_path: Path) -> None:
    made = newsroom(tmp_path / "archive")
    made.begin(NIGHT_1)
    made.see("camat", article("Camat Diminta Netral"))
    [row] = _csv(_export(made, tmp_path / "out") / "coverage.csv")
    made.archive.close()
    assert (row["ended_at"], row["looked_at"]) == ("", "")


def test_csv_is_text_a_sheet_reads_with_local_times_at_the_end(
    nights: Newsroom, tmp_path: Path
) -> None:
    path = _export(nights, tmp_path / "out", format="csv") / "stories.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbfoutlet,story_id,")
    rows = _csv(path)
    assert list(rows[0]) == [column.name for column in (*STORIES, *LOCAL)]
    assert rows[0]["tags"] == "pilkada; ASN"
    assert rows[0]["published_local"] == "2024-11-05 10:00:00+08:00"
    assert rows[0]["topic_evidence"] == "asn: netralitas ASN"


@pytest.mark.parametrize(
    "text",
    ["=HYPERLINK(1)", "+62", "-1", "@sum", "\tx", "\rx", "\nx"],
    ids=["equals", "plus", "minus", "at", "tab", "return", "newline"],
)
def test_cell_that_a_sheet_would_run_gets_an_apostrophe(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sel.csv"
    write_csv(path, [dict.fromkeys([c.name for c in LOCAL], text)], columns=LOCAL)
    assert _csv(path) == [dict.fromkeys([c.name for c in LOCAL], f"'{text}")]


@pytest.mark.parametrize(
    "text",
    ['Kata "netral", katanya;\r\nlalu', "\x00", "é\u2028\u2029\x85", "a,b", "5 - 3 = 2", ""],
    ids=["quotes", "nul", "line-separators", "comma", "formula-inside", "empty"],
)
def test_awkward_text_stays_one_cell_and_one_line(tmp_path: Path, text: str) -> None:
    row = dict.fromkeys([c.name for c in LOCAL], text)
    write_csv(tmp_path / "sel.csv", [row], columns=LOCAL)
    write_jsonl(tmp_path / "sel.jsonl", [row])
    assert _csv(tmp_path / "sel.csv")[0]["published_local"] == text.replace("\0", "")
    lines = (tmp_path / "sel.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [row]


def test_unknown_zone_of_an_outlet_leaves_utc(tmp_path: Path) -> None:
    made = newsroom(tmp_path / "archive")
    made.begin(NIGHT_1)
    made.see("camat", article("Camat Netral", published_zone="Asia/Nowhere"))
    made.close()
    with database.writing(made.archive.engine) as connection:
        connection.execute(update(outlet).values(zone="../etc"))
    folder = _export(made, tmp_path / "out", format="csv", with_damage=True)
    [row] = _csv(folder / "stories.csv")
    made.archive.close()
    assert row["published_local"] == "2024-11-05 02:00:00+00:00"
    assert row["first_seen_local"].endswith("+00:00")


def test_missing_publication_date_is_empty_in_both_formats(tmp_path: Path) -> None:
    made = newsroom(tmp_path / "archive")
    made.begin(NIGHT_1)
    made.see("camat", article("Camat Netral", published_at=None))
    made.close()
    [cells] = _csv(_export(made, tmp_path / "csv", format="csv") / "stories.csv")
    [row] = _rows(_export(made, tmp_path / "jsonl"))
    made.archive.close()
    assert (cells["published_at"], cells["published_local"], row["published_at"]) == ("", "", None)


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_destination_that_holds_something_is_refused_and_kept(
    nights: Newsroom, tmp_path: Path, kind: str
) -> None:
    dest, keep = tmp_path / "out", tmp_path / "keep"
    keep.mkdir()
    (keep / "penting.txt").write_text("penting")
    if kind == "folder":
        keep.rename(dest)
    elif kind == "file":
        dest.write_text("penting")
    else:
        dest.symlink_to(keep)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ConfigError, match="name another one"):
        _export(nights, dest)
    assert sorted(tmp_path.rglob("*")) == before


def test_empty_folder_is_filled(nights: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert (_export(nights, tmp_path / "out") / "manifest.json").is_file()


def test_place_that_cannot_be_written_is_named(nights: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("")
    with pytest.raises(ArchiveError, match="cannot be written"):
        _export(nights, tmp_path / "berkas" / "out")


def test_unknown_format_names_the_known_ones(nights: Newsroom, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"jsonl, jsonl\.zst"):
        _export(nights, tmp_path / "out", format="xlsx")


def test_empty_archive_has_nothing_to_export(tmp_path: Path) -> None:
    made = newsroom(tmp_path / "archive")
    with pytest.raises(NotFound, match="kliping crawl"):
        _export(made, tmp_path / "out")
    made.archive.close()


@pytest.mark.parametrize("damage", ["flip", "cut", "missing"])
def test_damaged_capture_stops_the_export_and_leaves_nothing(tmp_path: Path, damage: str) -> None:
    made = three_nights(tmp_path / "archive")
    path = sorted(made.warc_directory.iterdir())[0]
    data = bytearray(path.read_bytes())
    data[600] ^= 1
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(data if damage == "flip" else data[:500])
    with pytest.raises(ArchiveError if damage == "missing" else DamagedRecord, match=path.name):
        _export(made, tmp_path / "out")
    _export(made, tmp_path / "rows-only", with_warc=False)
    made.archive.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "rows-only"]


def test_files_left_uncited_are_not_copied(nights: Newsroom, tmp_path: Path) -> None:
    cited = {row["warc_file"] for row in _rows(_export(nights, tmp_path / "out"))}
    assert {path.name for path in (tmp_path / "out" / "warc").iterdir()} == cited


def test_progress_counts_the_versions(nights: Newsroom, tmp_path: Path) -> None:
    seen: list[int] = []
    _export(nights, tmp_path / "out", progress=seen.append)
    assert seen == [1, 2, 3, 4]


def test_data_package_names_every_column_of_every_table(nights: Newsroom, tmp_path: Path) -> None:
    folder = _export(nights, tmp_path / "out", format="csv")
    resources = json.loads((folder / "datapackage.json").read_text())["resources"]
    for resource in resources:
        names = [field["name"] for field in resource["schema"]["fields"]]
        first_line = (folder / resource["path"]).read_text(encoding="utf-8-sig").splitlines()[0]
        assert names == first_line.split(",")


def test_every_column_is_described_in_the_documentation() -> None:
    text = (Path(__file__).parent.parent / "docs" / "export.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", text, re.MULTILINE)
    columns = (*REMOVED, *TAKEDOWNS, *STORIES, *LOCAL, *IMAGES, *COVERAGE, *OUTLETS)
    assert rows == [(column.name, column.type, column.description) for column in columns]


def test_columns_are_those_of_the_design() -> None:
    assert " ".join(column.name for column in STORIES) == (
        "outlet story_id url canonical_url version headline text byline editor dateline section "
        "tags image_url published_at published_text modified_at first_seen_at last_seen_at "
        "captured_at status gone_at changed content_hash payload_digest warc_file warc_offset "
        "warc_length warc_record_id extractor topic topic_score topic_evidence label cluster_id "
        "language"
    )
