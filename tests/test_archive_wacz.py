"""Snapshots as WACZ: what py-wacz, warcio and a reader of the specification find in one."""

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from archive_rows import FRONT, Newsroom, three_nights
from warcio.archiveiterator import ArchiveIterator

from archive.errors import ConfigError
from archive.snapshots import export
from archive.wacz import WACZ
from archive.warc_reader import parse_member


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    made = three_nights(tmp_path_factory.mktemp("archive"))
    yield made
    made.archive.close()


@pytest.fixture(scope="module")
def folder(nights: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    dest = tmp_path_factory.mktemp("snapshot") / "out"
    export(nights.archive.engine, nights.warc_directory, dest, format="wacz")
    return dest


@pytest.fixture
def file(folder: Path) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(folder / WACZ) as opened:
        yield opened


def _json_lines(data: bytes) -> list[Any]:
    return [json.loads(line) for line in data.decode().splitlines()]


def _index(file: zipfile.ZipFile) -> list[tuple[str, str, dict[str, str]]]:
    lines = gzip.decompress(file.read("indexes/index.cdx.gz")).decode().splitlines()
    parts = [line.split(" ", 2) for line in lines]
    return [(key, stamp, json.loads(told)) for key, stamp, told in parts]


def test_rows_stand_beside_it_and_no_bytes_twice(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [
        WACZ,
        "chain.json",
        "coverage.csv",
        "datapackage.json",
        "facts.jsonl.gz",
        "images.csv",
        "manifest.json",
        "outlets.csv",
        "stories.jsonl",
    ]


def test_every_entry_is_stored_and_without_a_time(file: zipfile.ZipFile) -> None:
    kinds = {(entry.compress_type, entry.date_time) for entry in file.infolist()}
    assert kinds == {(zipfile.ZIP_STORED, (1980, 1, 1, 0, 0, 0))}


def test_central_directory_tells_that_local_headers_have_extra_fields(
    file: zipfile.ZipFile,
) -> None:
    assert all(entry.extra for entry in file.infolist())


def test_package_vouches_for_every_entry(file: zipfile.ZipFile) -> None:
    package = file.read("datapackage.json")
    listed = {one["path"]: (one["bytes"], one["hash"]) for one in json.loads(package)["resources"]}
    vouching = {"datapackage.json", "datapackage-digest.json"}
    assert listed == {
        name: (len(file.read(name)), f"sha256:{hashlib.sha256(file.read(name)).hexdigest()}")
        for name in file.namelist()
        if name not in vouching
    }
    digest = json.loads(file.read("datapackage-digest.json"))
    assert digest["hash"] == f"sha256:{hashlib.sha256(package).hexdigest()}"


def test_each_version_is_a_page_that_the_index_leads_to(
    file: zipfile.ZipFile, folder: Path
) -> None:
    head, *pages = _json_lines(file.read("pages/pages.jsonl"))
    rows = _json_lines((folder / "stories.jsonl").read_bytes())
    assert head["format"] == "json-pages-1.0"
    assert [(page["url"], page["title"]) for page in pages] == [
        (row["url"], row["headline"]) for row in rows
    ]
    indexed = {(told["url"], stamp) for _, stamp, told in _index(file)}
    digits = [page["ts"].translate({ord(sign): None for sign in "-:TZ"}) for page in pages]
    assert {(page["url"], at) for page, at in zip(pages, digits, strict=True)} <= indexed


def test_index_is_sorted_and_every_line_leads_to_its_record(file: zipfile.ZipFile) -> None:
    found = _index(file)
    lines = [(key, stamp) for key, stamp, _ in found]
    assert lines == sorted(lines)
    assert ("example,media-uji)/camat", "200", "text/html") in {
        (key, told.get("status"), told["mime"]) for key, _, told in found
    }
    for _, _, told in found:
        start, length = int(told["offset"]), int(told["length"])
        data = file.read(f"archive/{told['filename']}")[start : start + length]
        record = parse_member(data)
        assert record.fields["WARC-Target-URI"] == told["url"]
        assert record.fields.get("WARC-Payload-Digest", "") == told.get("digest", "")
        assert told["recordDigest"] == f"sha256:{hashlib.sha256(data).hexdigest()}"


def test_index_above_the_index_names_each_block(file: zipfile.ZipFile) -> None:
    head, *blocks = file.read("indexes/index.idx").decode().splitlines()
    assert head == '!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}'
    [told] = [json.loads(line.split(" ", 2)[2]) for line in blocks]
    data = file.read("indexes/index.cdx.gz")[told["offset"] : told["offset"] + told["length"]]
    assert len(gzip.decompress(data).splitlines()) == len(_index(file))


def test_captures_are_those_that_the_rows_cite(file: zipfile.ZipFile, folder: Path) -> None:
    for row in _json_lines((folder / "stories.jsonl").read_bytes()):
        data = file.read(f"archive/{row['warc_file']}")
        end = row["warc_offset"] + row["warc_length"]
        record = parse_member(data[row["warc_offset"] : end])
        assert record.record_id == row["warc_record_id"]
        assert hashlib.sha256(record.payload).hexdigest() == row["payload_digest"]


def test_warcio_reads_the_captures(file: zipfile.ZipFile) -> None:
    names = [name for name in file.namelist() if name.startswith("archive/")]
    urls: set[str] = set()
    for name in names:
        with file.open(name) as opened:
            records = ArchiveIterator(opened, check_digests="raise")
            urls |= {record.rec_headers.get_header("WARC-Target-URI") or "" for record in records}
    assert {f"{FRONT}/camat", f"{FRONT}/camat/2", f"{FRONT}/kades", f"{FRONT}/lurah"} <= urls


def test_wacz_without_captures_is_refused(nights: Newsroom, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="captured bytes"):
        export(
            nights.archive.engine,
            nights.warc_directory,
            tmp_path / "out",
            format="wacz",
            with_warc=False,
        )


@pytest.fixture
def py_wacz() -> str:
    """py-wacz in a home of its own (`make .venv-wacz`), as it brings many libraries."""
    home = Path(__file__).parents[1] / ".venv-wacz"
    place = Path(os.environ.get("KLIPING_WACZ", home)) / "bin" / "wacz"
    program = str(place) if place.is_file() else shutil.which("wacz")
    if not program:
        pytest.skip("py-wacz is not there: make dev installs it into .venv-wacz")
    return program


@pytest.mark.slow
@pytest.mark.parametrize("damage", [None, 700], ids=["whole", "flipped"])
def test_py_wacz_validates_it(
    py_wacz: str, folder: Path, tmp_path: Path, damage: int | None
) -> None:
    data = bytearray((folder / WACZ).read_bytes())
    if damage:
        data[damage] ^= 1
    copy = tmp_path / "uji.wacz"
    copy.write_bytes(data)
    done = subprocess.run(
        [py_wacz, "validate", "-f", copy], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (done.returncode == 0) == (damage is None), done.stdout + done.stderr
