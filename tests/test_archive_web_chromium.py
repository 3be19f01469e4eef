"""The reading room in a real Chromium: no barrier, nothing off the screen, no script of a page."""

import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from archive_rows import FRONT, NIGHT_1, Newsroom, article, newsroom, three_nights
from reading_room import Place, opened
from sightings import Nights
from web_walker import walked

from archive.stories import find_story

pytestmark = [pytest.mark.chromium, pytest.mark.timeout(300)]

PHONE, DESK = 390, 1280
REPRINTED = (
    "Bawaslu memeriksa seorang camat yang hadir di kampanye pasangan calon bupati pada hari "
    "Minggu. Pengawas kecamatan mencatat kedatangannya dengan mobil dinas dan menyimpan tiga foto "
    "sebagai bukti awal. Camat itu berdalih hanya lewat ketika hendak menengok kerabat di desa "
    "sebelah lapangan. Sekretaris daerah meminta semua pejabat menunggu hasil pemeriksaan sebelum "
    "berkomentar, sementara badan kepegawaian menyiapkan tim untuk menilai pelanggaran disiplin."
)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    made = three_nights(tmp_path_factory.mktemp("arsip"))
    made.begin(NIGHT_1.replace(day=8))
    made.see("asli", article("Camat Hadir di Kampanye", text=REPRINTED))
    made.see("salinan", article("Camat Hadir di Kampanye", text=f"{REPRINTED} Ia dipanggil lagi."))
    made.close()
    yield made
    made.archive.close()


@pytest.fixture(scope="module")
def room(held: Newsroom) -> Iterator[Place]:
    with opened(held.config) as place:
        yield place


def paths(held: Newsroom) -> list[str]:
    key = find_story(held.archive.engine, f"{FRONT}/camat").story_id
    capture = held.archive.versions(key)[0].captures[0].capture_id
    twin = find_story(held.archive.engine, f"{FRONT}/asli").story_id
    cluster = held.archive.copies(twin)
    assert cluster
    return [
        "/",
        "/?per=2024-11-06",
        "/cari",
        "/cari?q=netral*",
        "/cari?q=zzz",
        "/cari?q=%22",
        f"/berita/{key}",
        f"/berita/{key}/versi/1",
        f"/berita/{key}/beda/1/2",
        f"/tangkapan/{capture}",
        "/media",
        "/media/media-uji",
        "/malam",
        "/malam/1",
        "/salinan",
        f"/salinan/{cluster.cluster_id}",
        "/per-tanggal",
        "/unduh",
        "/berita/tidak-ada",
    ]


def faults(found: list[dict[str, Any]]) -> list[str]:
    """What a reader would trip over."""
    told = []
    for one in found:
        told += [f"{one['path']}: {what}" for what in one["barriers"] + one["errors"]]
        told += [f"{one['path']}: asks {url}" for url in one["outside"] + one["dialogs"]]
        if one["overflow"] > 1:
            told.append(f"{one['path']}: {one['overflow']} pixels run off the screen")
        if one["first"] != "skip":
            told.append(f"{one['path']}: the first Tab leads to {one['first']!r}")
    return told


@pytest.mark.parametrize(
    ("language", "width", "dark"),
    [("", PHONE, False), ("", DESK, True), ("/en", PHONE, True), ("/en", DESK, False)],
    ids=["id-phone", "id-desk-dark", "en-phone-dark", "en-desk"],
)
def test_every_page_can_be_read_by_everyone(
    room: Place, held: Newsroom, language: str, width: int, dark: bool
) -> None:
    found = walked(room.url, [f"{language}{path}" for path in paths(held)], width=width, dark=dark)
    assert faults(found) == []
    assert [one["status"] for one in found].count(200) == len(found) - 2
    assert all(one["checks"] > 10 for one in found)


# -- what is hostile -------------------------------------------------------------------------

HEADLINE = '<script>jahat=1</script><img src=x onerror="jahat=2">"><svg onload=jahat=3>{{7*7}}'
TEXT = "\n\n".join(
    [
        "<script>jahat=4</script> Camat diperiksa <iframe srcdoc='<script>top.jahat=5</script>'>",
        "K" * 100_000,
        "\u202eterbalik\u2066 dan \x07 bunyi, nol \x00 di tengah, javascript:jahat=6",
        "netralitas ASN &lt;script&gt; &#60;b&#62; </textarea></title></style><script>jahat=7",
    ]
)


class Canary:
    """An address that nobody may ask; tells whether anybody did."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.asked = 0
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.asked += 1
            connection.close()

    def close(self) -> None:
        """Stop listening."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


def hostile_page(canary: str) -> bytes:
    """A captured page that tries everything that would act or ask."""
    return f"""<!doctype html><html><head><base href="{canary}/"><title>Camat</title>
<meta http-equiv="refresh" content="0;url={canary}/lari">
<meta http-equiv="Content-Security-Policy" content="default-src *">
<link rel="preconnect" href="{canary}"><link rel="dns-prefetch" href="{canary}">
<link rel="prefetch" href="{canary}/p"><link rel="preload" as="image" href="{canary}/l">
<link rel="stylesheet" href="{canary}/s.css"><link rel="icon" href="{canary}/i.ico">
<link rel="manifest" href="{canary}/m"><style>@import url({canary}/a.css);
body {{ background: url({canary}/b.png) }} @font-face {{ font-family: x; src: url({canary}/f) }}
h1 {{ font-family: x }}</style><script>top.jahat = jahat = 1</script>
<script src="{canary}/s.js"></script></head>
<body onload="jahat=2" background="{canary}/c.png"><h1 style="background:url({canary}/d)">Camat</h1>
<img src="{canary}/e.png" srcset="{canary}/e2.png 2x" onerror="jahat=3" ping="{canary}/x">
<picture><source srcset="{canary}/g.webp"><img src="data:image/png;base64,AAAA"></picture>
<iframe src="{canary}/h"></iframe><object data="{canary}/j"></object><embed src="{canary}/k">
<video src="{canary}/v" poster="{canary}/q" autoplay></video><audio src="{canary}/w"></audio>
<svg><script>jahat=4</script><image href="{canary}/y" xlink:href="{canary}/z"/>
<use href="{canary}/u#a"/><animate onbegin="jahat=5" attributeName="x" dur="1s"/></svg>
<math><mi xlink:href="javascript:jahat=6">x</mi></math><table background="{canary}/t"><tr><td>x
<form action="{canary}/form"><input autofocus onfocus="jahat=7"><button formaction="{canary}/o">b
</form><a href="javascript:jahat=8" id="a">klik</a><a href="{canary}/tautan" target="_top">luar</a>
<template><script>jahat=9</script></template><noscript><img src="{canary}/n"></noscript>
<p style="-webkit-mask: url({canary}/mask); list-style: url({canary}/list)">Camat diperiksa Bawaslu
</body></html>""".encode()


@pytest.fixture
def canary() -> Iterator[Canary]:
    made = Canary()
    yield made
    made.close()


def test_nothing_of_a_hostile_archive_acts_or_asks(tmp_path: Path, canary: Canary) -> None:
    nights = Nights(tmp_path)
    found = article(
        HEADLINE, text=TEXT, byline=HEADLINE, editor=HEADLINE, dateline=HEADLINE,
        section=HEADLINE, tags=(HEADLINE,), image_url="javascript:jahat=9", published_text=HEADLINE,
    )  # fmt: skip
    with nights.night() as night:
        night.show("/jahat", found, body=hostile_page(canary.url))
        long = "Camat diperiksa karena netralitas ASN. " * (5_000_000 // 39)
        night.show("/panjang", article("Teks Panjang", text=long))
    with nights.night(2) as night:
        night.show("/jahat", article(f"{HEADLINE}!", text=TEXT[::-1]), body=b"<h1>lain</h1>")
    story = find_story(nights.archive.engine, f"{FRONT}/jahat")
    capture = nights.archive.versions(story.story_id)[0].captures[0].capture_id
    key = story.story_id
    shown = [
        "/",
        "/cari?q=netralitas",
        "/cari?q=%3Cscript%3Ejahat%3D1%3C%2Fscript%3E",
        f"/berita/{key}",
        f"/berita/{key}/versi/1",
        f"/berita/{key}/beda/1/2",
        f"/tangkapan/{capture}",
        f"/tangkapan/{capture}/isi",
        f"/memento/{capture}/{FRONT}/jahat",
        f"/berita/{find_story(nights.archive.engine, f'{FRONT}/panjang').story_id}",
        "/tidak/%3Cscript%3Ejahat=1%3C/script%3E",
        f"/berita/{HEADLINE.replace('/', '%2F')}",
    ]
    with opened(nights.config) as place:
        told = walked(place.url, shown, width=DESK, axe=False)
        raw = place.get(f"/tangkapan/{capture}/isi").text
    assert canary.asked == 0
    assert [one["errors"] + one["outside"] + one["dialogs"] for one in told] == [[]] * len(shown)
    assert [one["path"] for one in told if one["overflow"] > 1] == []
    assert "Camat diperiksa Bawaslu" in raw
    for word in ("<script", "javascript:", "onload", "onerror", "http-equiv", "<iframe", "<base"):
        assert word not in raw.lower(), word
    nights.archive.close()


def test_the_canary_sings(canary: Canary, tmp_path: Path) -> None:
    """The proof above can fail: an open page does ask."""
    nights = newsroom(tmp_path)
    with opened(nights.config) as place:
        page = f"data:text/html,<img src='{canary.url}/a'>"
        walked("", [page], width=DESK, axe=False)
        assert canary.asked > 0
        assert place.get("/").status == 200
    nights.archive.close()
