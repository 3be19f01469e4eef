"""Codings sent unasked, bombs, pages of 30 MB, strange heads: read, bounded or named."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pywb_server import wayback
from trapped import Trapped, trapped

from archive import schema
from crawler.bounded import LARGEST_HEAD
from crawler.demo.traps import TRAPS
from crawler.demo.traps.transport_codings import BOMBS

pytestmark = pytest.mark.timeout(180)

MEMORY = 300_000_000
OVER = "over the limit"
NAMED = {
    "30 MB, declared": ("/besar/", "unread", OVER),
    "30 MB in chunks": ("/besar-potongan/", "unread", "cut after 2000000 bytes"),
    "chunks without end": ("/tak-habis/", "unread", "cut after 2000000 bytes"),
    "one-byte chunks without end": ("/tak-habis-satu/", "error", "within crawl.timeout"),
    "a header of 1 MB": ("/kepala-besar/", "error", f"limit of {LARGEST_HEAD} bytes"),
    "headers without end": ("/kepala-tak-habis/", "error", f"limit of {LARGEST_HEAD} bytes"),
    "interim answers without end": ("/selalu-100/", "error", f"limit of {LARGEST_HEAD} bytes"),
    "200 and nothing": ("/kosong/", "error", "the body is empty"),
    "200, nothing, closed": ("/kosong-tutup/", "error", "the body is empty"),
    "more bytes than declared": ("/lebih/", "not-article", "no headline"),
    "fewer bytes than declared": ("/kurang/", "error", "cut after 1600 bytes (disconnect)"),
    "two lengths": ("/dua-panjang/", "error", "conflicting Content-Length"),
    "a length in words": ("/panjang-ngawur/", "error", "non-decimal digits"),
    "unknown transfer coding": ("/kirim-ngawur/", "error", "Transfer-Encoding b'gzip' is unknown"),
    "chunks that are none": ("/potongan-ngawur/", "error", "cut after 0 bytes"),
    "no HTTP": ("/bukan-http/", "error", "no HTTP answer"),
    "204": ("/status-204/", "error", "answered 204"),
    "206": ("/status-206/", "error", "answered 206"),
    "300": ("/status-300/", "error", "redirect (300) to nowhere"),
    "304 unasked": ("/status-304/", "error", "304"),
    "418": ("/status-418/", "error", "answered 418"),
    "999": ("/status-999/", "error", "answered 999"),
    "a status in words": ("/status-tanpa-angka/", "error", "non-integer status code"),
}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trapped]:
    with trapped(tmp_path_factory.mktemp("besar"), "mampat", "berat", nights=1) as nights:
        yield nights


def test_every_story_is_found_once_and_none_is_invented(played: Trapped) -> None:
    assert played.faults() == []
    assert len(played.rows(schema.story)) == 6


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_not_unpacked_and_named(played: Trapped, name: str) -> None:
    ((kind, detail),) = played.told(f"/bom/{name}/")
    assert kind == "unread"
    assert OVER in detail or "9 content codings" in detail


@pytest.mark.parametrize(("path", "kind", "words"), NAMED.values(), ids=NAMED)
def test_answer_that_is_none_is_named(played: Trapped, path: str, kind: str, words: str) -> None:
    ((told, detail),) = played.told(path)
    assert told == kind
    assert words in detail


@pytest.mark.parametrize("slug", ["mampat", "berat"])
def test_status_names_every_kind_the_trap_promises(played: Trapped, slug: str) -> None:
    named = {p.kind for p in played.problems[0] if p.outlet == slug}
    assert set(TRAPS[slug].status_kinds) <= named


def test_crawls_stay_small(played: Trapped) -> None:
    peaks = {end.outlet: end.peak for end in played.ends[0]}
    sys.stdout.write(f"peak memory by crawl: {peaks}\n")
    assert set(peaks) == {"mampat", "berat"}
    assert max(peaks.values()) < MEMORY


def test_page_in_old_http_is_not_called_cut(played: Trapped) -> None:
    stories = [row for row in played.rows(schema.capture) if row["answer"] == "article"]
    assert Counter(row["truncated"] for row in stories) == {"": 6}


def test_headers_in_utf_8_are_kept_as_they_came(played: Trapped) -> None:
    warcs = played.nights.place.settings.archive.directory / "warc"
    (file,) = warcs.glob("kliping-berat-*.warc.gz")
    done = subprocess.run(["gzip", "-cd", file], capture_output=True, check=True)
    assert "X-Redaksi: Kafé Müara\r\n".encode() in done.stdout
    assert done.stdout.count("é".encode() * 20) == 150


def test_warcio_check_passes_on_every_file(played: Trapped) -> None:
    command = [sys.executable, "-m", "warcio.cli", "check", *_warcs(played)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _warcs(played: Trapped) -> list[Path]:
    folder = played.nights.place.settings.archive.directory / "warc"
    return sorted(folder.glob("*.warc.gz"))


@pytest.mark.slow
@pytest.mark.pywb
def test_stories_in_every_coding_replay_in_pywb(played: Trapped, tmp_path: Path) -> None:
    rows = [row for row in played.rows(schema.capture)
            if row["answer"] == "article" and "mampat" in row["url"]]  # fmt: skip
    with wayback(tmp_path, *_warcs(played)) as pywb:
        shown = {row["url"]: pywb.replay(row["url"], at=row["fetched_at"]) for row in rows}
    assert {page.status for page in shown.values()} == {200}
    headlines = [b"Camat Muara Lestari Ditegur", b"Bawaslu Kaji Laporan", b"Sembilan PPPK"]
    bodies = [page.body for page in shown.values()]
    assert all(any(words in body for body in bodies) for words in headlines)
    assert len(shown) == 3
