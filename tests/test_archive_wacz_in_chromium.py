"""An exported WACZ opens in the ReplayWeb.page package, in a real Chromium."""

import json
import zipfile
from pathlib import Path

import pytest
from archive_rows import FRONT, three_nights
from web_replayer import replayed, serving

from archive.snapshots import export
from archive.wacz import WACZ

pytestmark = [pytest.mark.chromium, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def wacz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The WACZ file of a small archive."""
    made = three_nights(tmp_path_factory.mktemp("archive"))
    dest = tmp_path_factory.mktemp("snapshot") / "out"
    export(made.archive.engine, made.warc_directory, dest, format="wacz")
    made.archive.close()
    return dest / WACZ


def pages(wacz: Path) -> dict[str, str]:
    """The moment (14 digits) of the first listed page of each address."""
    with zipfile.ZipFile(wacz) as file:
        _head, *listed = map(json.loads, file.read("pages/pages.jsonl").decode().splitlines())
    moments = {one["url"]: one["ts"] for one in reversed(listed)}
    return {
        url: "".join(letter for letter in ts if letter.isdigit())[:14]
        for url, ts in moments.items()
    }


def test_exported_story_is_shown_with_headline_and_text(wacz: Path, tmp_path: Path) -> None:
    url = f"{FRONT}/camat"
    with serving(tmp_path, wacz) as origin:
        shown = replayed(tmp_path, origin, url=url, ts=pages(wacz)[url])
    assert shown["title"] == url
    assert shown["text"].startswith("Camat Diminta Netral. Panitia pengawas mengingatkan soal")
    assert shown["text"].endswith("Ia diperiksa.")
