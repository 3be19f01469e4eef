"""The index for replay tools: a line for each stored answer, and a real pywb that serves them."""

import io
import json
from pathlib import Path

import pytest
from archive_rows import Newsroom, three_nights
from chosen_database import settings_for
from click.testing import CliRunner
from pywb_server import serving
from sqlalchemy import select

from archive import database, rereading
from archive.cdx import COLLECTION, Indexed, pywb_folder, write_index
from archive.schema import capture, warc_record
from archive.warc_reader import read_record
from scheduler.cli import kliping


def _index(nights: Newsroom, tmp_path: Path) -> tuple[list[str], Indexed]:
    out = io.StringIO()
    found = write_index(
        nights.archive.engine,
        nights.warc_directory,
        out,
        scratch=tmp_path / "scratch",
        progress=lambda _done, _total: None,
    )
    return out.getvalue().splitlines(), found


@pytest.fixture
def nights(tmp_path: Path) -> Newsroom:
    return three_nights(tmp_path / "archive")


def test_each_capture_has_a_line_that_says_where_it_stands(
    nights: Newsroom, tmp_path: Path
) -> None:
    lines, found = _index(nights, tmp_path)
    assert lines == sorted(lines, key=str.encode)
    places = set()
    for line in lines:
        key, stamp, told = line.split(" ", 2)
        values = json.loads(told)
        place = {name: int(values[name]) for name in ("offset", "length")}
        record = read_record(nights.warc_directory / values["filename"], **place)
        assert record.fields["WARC-Target-URI"] == values["url"]
        assert (key.startswith("example,media-uji)/"), len(stamp)) == (True, 14)
        places.add(record.fields["WARC-Record-ID"])
    with database.reading(nights.archive.engine) as connection:
        assert places == set(connection.scalars(select(capture.c.record_id)))
    assert found == Indexed(captures=len(places))
    assert list(tmp_path.glob("scratch*")) == []


def test_damaged_record_is_named_and_the_others_are_indexed(
    nights: Newsroom, tmp_path: Path
) -> None:
    before = _index(nights, tmp_path)[1].captures
    with database.reading(nights.archive.engine) as connection:
        row = connection.execute(
            select(warc_record).where(warc_record.c.type == "response").limit(1)
        ).one()
    file = nights.warc_directory / row.warc_file
    data = bytearray(file.read_bytes())
    data[row.warc_offset + row.warc_length // 2] ^= 255
    file.write_bytes(bytes(data))
    lines, found = _index(nights, tmp_path)
    assert (len(lines), found.captures, len(found.damaged)) == (before - 1, before - 1, 1)
    assert row.warc_file in found.damaged[0]
    assert row.record_id in found.damaged[0]


def test_command_prints_lines_or_makes_a_folder(nights: Newsroom, tmp_path: Path) -> None:
    settings = tmp_path / "kliping.toml"
    settings.write_text(settings_for(tmp_path / "archive"))
    ask = ["--config", str(settings), "cdx"]
    printed = CliRunner().invoke(kliping, ask)
    lines, found = _index(nights, tmp_path)
    assert (printed.exit_code, printed.stdout.splitlines()) == (0, lines)
    told = CliRunner().invoke(kliping, [*ask, "--pywb", str(tmp_path / "pywb dir"), "--json"])
    said = json.loads(told.stdout)
    assert said["captures"] == found.captures
    assert said["command"].startswith(f"cd '{tmp_path / 'pywb dir'}' && wayback ")
    assert (tmp_path / "pywb dir" / "index.cdxj").read_text().splitlines() == lines
    # a second time, over what is there
    again = CliRunner().invoke(kliping, [*ask, "--pywb", str(tmp_path / "pywb dir")])
    assert (again.exit_code, "wayback --bind 127.0.0.1" in again.stdout) == (0, True)


@pytest.mark.slow
@pytest.mark.pywb
def test_pywb_serves_every_capture_from_that_folder(nights: Newsroom, tmp_path: Path) -> None:
    folder = tmp_path / "pywb"
    found = pywb_folder(
        nights.archive.engine,
        nights.warc_directory,
        folder,
        progress=lambda _done, _total: None,
    )
    with database.reading(nights.archive.engine) as connection:
        shown = connection.execute(select(capture).where(capture.c.status.in_([200, 304]))).all()
        pages = {
            row.capture_id: rereading.stored_page(
                connection, nights.warc_directory, capture_id=row.capture_id
            )
            for row in shown
        }
    assert len(shown) > 5
    with serving(folder, captures=found.captures, collection=COLLECTION) as pywb:
        for row in shown:
            replayed = pywb.replay(row.url, at=row.fetched_at)
            assert (replayed.status, replayed.body) == (200, pages[row.capture_id].body), row.url
