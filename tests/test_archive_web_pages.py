"""Every page of the reading room, in both languages, over an archive of three nights."""

import gzip
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from archive_rows import FRONT, NIGHT_1, OUTLET, Newsroom, article, newsroom, three_nights
from reading_room import Place, opened

from archive.labels import TOPIC
from archive.stories import find_story
from archive.types import Label


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    made = three_nights(tmp_path_factory.mktemp("arsip"))
    yield made
    made.archive.close()


@pytest.fixture(scope="module")
def room(held: Newsroom) -> Iterator[Place]:
    with opened(held.config) as place:
        yield place


def story_id(held: Newsroom, slug: str) -> str:
    return find_story(held.archive.engine, f"{FRONT}/{slug}").story_id


PAGES = {
    "/": ("Berita baru", "New stories"),
    "/cari": ("Kata yang dicari", "Words to look for"),
    "/cari?q=netralitas": ("Hal", "Page"),
    "/media": ("Media Uji", "Media Uji"),
    "/media/media-uji": ("Malam-malam terakhir", "The last nights"),
    "/malam": ("November 2024", "November 2024"),
    "/malam/1": ("look at the site with a browser", "look at the site with a browser"),
    "/salinan": ("bukan salinan", "is no copy"),
    "/per-tanggal": ("sampai akhir hari itu", "to its end"),
    "/unduh": ("Belum ada cuplikan", "No snapshot yet"),
}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_page_speaks_the_readers_language(room: Place, path: str, language: str) -> None:
    found = room.get(path if language == "id" else f"/en{path}")
    assert found.status == 200
    assert f'<html lang="{language}">' in found.text
    assert found.headers["content-language"] == language
    assert PAGES[path][language == "en"] in found.text


def test_front_page_tells_what_happened(room: Place) -> None:
    text = room.get("/").text
    for headline in ("Camat Diminta Tetap Netral", "Lurah Ikut Kampanye"):
        assert headline in text
    edited = text.partition('id="kabar-edited"')[2].partition("</section>")[0]
    assert "Camat Diminta Tetap Netral" in edited
    assert "yang berubah: judul, penulis, teks" in edited
    gone = text.partition('id="kabar-gone"')[2].partition("</section>")[0]
    assert "Kades Dilaporkan ke Bawaslu" in gone


def test_story_shows_text_versions_evidence_and_proof(room: Place, held: Newsroom) -> None:
    key = story_id(held, "camat")
    text = room.get(f"/berita/{key}").text
    assert "<h1>Camat Diminta Tetap Netral</h1>" in text
    assert "<mark>netralitas ASN</mark>" in text
    assert f'href="/berita/{key}/versi/1"' in text
    assert f'href="/berita/{key}/beda/1/2"' in text
    (newest,) = held.archive.versions(key)[1:]
    for capture in newest.captures:
        assert capture.payload_digest in text
        assert f"{capture.warc_file} @ {capture.warc_offset}" in text
        assert f"/tangkapan/{capture.capture_id}" in text
    assert newest.content_hash in text


def test_command_under_a_capture_prints_its_record(room: Place, held: Newsroom) -> None:
    version = held.archive.versions(story_id(held, "lurah"))[0]
    (capture, *_) = version.captures
    found = room.get(f"/tangkapan/{capture.capture_id}/rekaman.warc.gz")
    whole = (held.warc_directory / capture.warc_file).read_bytes()
    start = capture.warc_offset
    assert found.body == whole[start : start + capture.warc_length]
    assert capture.warc_record_id in gzip.decompress(found.body).decode()


def test_older_version_says_that_it_is_one(room: Place, held: Newsroom) -> None:
    text = room.get(f"/berita/{story_id(held, 'camat')}/versi/1").text
    assert "<h1>Camat Diminta Netral</h1>" in text
    assert "Ini bukan versi terbaru." in text


def test_difference_marks_the_words_that_changed(room: Place, held: Newsroom) -> None:
    key = story_id(held, "camat")
    text = room.get(f"/berita/{key}/beda/1/2").text
    assert "Camat Diminta <ins>Tetap </ins>Netral" in text
    assert "<del>Sari Wulandari</del><ins>Redaksi</ins>" in text
    back = room.get(f"/berita/{key}/beda/2/1").text
    assert "Camat Diminta <del>Tetap </del>Netral" in back


@pytest.mark.parametrize("address", [f"{FRONT}/camat", "wp:101"])
def test_any_address_of_a_story_leads_to_it(room: Place, held: Newsroom, address: str) -> None:
    found = room.get(f"/en/berita/{address}")
    assert found.status == 302
    assert found.headers["location"] == f"/en/berita/{story_id(held, 'camat')}"


def test_removed_story_says_since_when(room: Place, held: Newsroom) -> None:
    assert "Dihapus; tidak ditemukan sejak" in room.get(f"/berita/{story_id(held, 'kades')}").text


def test_archive_is_shown_as_of_a_moment(room: Place, held: Newsroom) -> None:
    then = (NIGHT_1 + timedelta(hours=12)).isoformat().replace("+", "%2B")
    text = room.get(f"/?per={then}").text
    assert "Arsip ditampilkan sebagaimana diketahui pada" in text
    assert "Camat Diminta Netral" in text
    assert "Tetap Netral" not in text
    assert "Belum ada berita yang dihapus." in text
    story = room.get(f"/berita/{story_id(held, 'camat')}?per={then}").text
    assert "<h1>Camat Diminta Netral</h1>" in story
    assert "versi/2" not in story
    # every link but the way back to the present keeps the moment
    links = re.findall(r'href="(/(?!berkas|api|zona)[^"]*)"', story)
    assert len(links) > 10
    assert [link for link in links if "per=" not in link] == [f"/berita/{story_id(held, 'camat')}"]
    assert room.get(f"/berita/{story_id(held, 'kades')}?per={then}").status == 200


def test_what_was_not_known_yet_is_not_found(room: Place, held: Newsroom) -> None:
    assert room.get(f"/berita/{story_id(held, 'camat')}?per=2024-11-01").status == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/berita/tidak-ada", 404),
        ("/berita/tidak-ada/versi/1", 404),
        ("/media/tidak-ada", 404),
        ("/malam/99", 404),
        ("/salinan/tidak-ada", 404),
        ("/tangkapan/9999", 404),
        ("/tidak/ada", 404),
        ("/angka/tidak-ada.csv", 404),
        ("/?per=0001-01-01", 200),
        (f"/cari?q=netral&hal={'9' * 5_000}", 200),
        ("/?self=1&path=2&q=%00", 200),
        ("/?per=kemarin", 400),
        ("/?per=2999-01-01", 404),
        ("/cari?q=%22netral", 400),
        ("/cari?q=netral&dari=kemarin", 400),
        ("/malam/satu", 400),
        ("/cari.docx?q=netral", 404),
    ],
)
def test_what_cannot_be_shown_is_said_on_a_page(room: Place, path: str, status: int) -> None:
    found = room.get(path)
    assert found.status == status
    assert ('role="alert"' in found.text) is (status != 200)
    assert "Traceback" not in found.text


def test_search_marks_words_and_keeps_its_address(room: Place) -> None:
    found = room.get("/cari?q=netral*&media=media-uji&status=live&urut=relevance")
    assert found.text.count("<article>") == 2
    assert "<mark>" in found.text
    assert "/cari.csv?q=netral%2A&amp;media=media-uji&amp;status=live" in found.text
    assert room.get("/cari?q=netral*&status=gone").text.count("<article>") == 1
    assert "Tidak ada berita yang cocok" in room.get("/cari?q=zzz").text


def test_result_of_a_search_is_taken_along(room: Place, held: Newsroom) -> None:
    rows = room.get("/cari.csv?q=kampanye")
    assert rows.headers["content-disposition"] == 'attachment; filename="kliping-cari.csv"'
    lines = rows.body.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("outlet,story_id,url")
    assert story_id(held, "lurah") in lines[1]
    assert room.get("/cari.jsonl?q=kampanye").json["headline"] == "Lurah Ikut Kampanye"
    assert room.get("/cari.parquet?q=kampanye").body[:4] == b"PAR1"
    feed = room.get("/cari.atom?q=kampanye")
    assert feed.headers["content-type"].startswith("application/atom+xml")
    assert "Lurah Ikut Kampanye" in feed.text


def test_numbers_of_a_chart_are_taken_along(room: Place) -> None:
    then = "2024-11-08"
    assert room.get(f"/angka/media.csv?per={then}").text.splitlines()[1] == "media-uji,Media Uji,3"
    days = room.get(f"/angka/hari.csv?per={then}").text.splitlines()
    assert days[0] == "day,new,edited,gone,back"
    assert "2024-11-06,3,0,0,0" in days
    assert "2024-11-07,0,1,0,0" in days


def test_feeds_tell_of_events(room: Place) -> None:
    assert "[edited] Camat Diminta Tetap Netral" in room.get("/peristiwa.atom").text
    assert len(room.get("/peristiwa.json").json["items"]) == 5


def test_readers_clock_is_remembered(room: Place) -> None:
    chosen = room.get("/zona/WIT?ke=/media")
    assert (chosen.status, chosen.headers["location"]) == (303, "/media")
    assert chosen.headers["set-cookie"].startswith("zona=WIT;")
    assert "WIT" in room.get("/malam", Cookie="zona=WIT").text
    assert " WIT" not in room.get("/malam", Cookie="zona=Mars").text.partition("<footer>")[0]


@pytest.mark.parametrize("back", ["//jahat.example", "https://jahat.example", "/%5Cjahat.example"])
def test_clock_leads_nowhere_else(room: Place, back: str) -> None:
    assert room.get(f"/zona/WIB?ke={back}").headers["location"] == "/"


def test_persons_decision_is_named(held: Newsroom, room: Place) -> None:
    key = story_id(held, "lurah")
    made = Label(field=TOPIC, value="no", made_by="Sari", reason="bukan ASN")
    held.archive.label(key, made)
    text = room.get(f"/berita/{key}").text
    assert "Sari memutuskan di luar topik" in text
    assert "“bukan ASN”" in text


def test_taken_down_story_is_nowhere(tmp_path: Path) -> None:
    made = three_nights(tmp_path)
    key = story_id(made, "lurah")
    capture = made.archive.versions(key)[0].captures[0]
    made.archive.take_down(key, reason="atas permintaan pengadilan")
    with opened(made.config) as place:
        found = place.get(f"/berita/{key}")
        assert found.status == 410
        assert "atas permintaan pengadilan" in found.text
        for path in ("", "/isi", "/rekaman.warc.gz"):
            assert place.get(f"/tangkapan/{capture.capture_id}{path}").status == 410
        assert place.get(f"/timemap/link/{FRONT}/lurah").status == 404
        for path in ("/", "/cari?q=kampanye", "/peristiwa.atom", "/api/v1/stories"):
            assert "Lurah Ikut Kampanye" not in place.get(path).text
    made.archive.close()


def test_capture_that_is_damaged_says_so(tmp_path: Path) -> None:
    made = three_nights(tmp_path)
    capture = made.archive.versions(story_id(made, "lurah"))[0].captures[0]
    path = made.warc_directory / capture.warc_file
    data = bytearray(path.read_bytes())
    data[capture.warc_offset + 200] ^= 0xFF
    path.write_bytes(data)
    with opened(made.config) as place:
        found = place.get(f"/tangkapan/{capture.capture_id}/isi")
        assert found.status == 500
        assert capture.warc_record_id.strip("<>") in found.text
        assert place.get(f"/tangkapan/{capture.capture_id}").status == 200
    made.archive.close()


def test_empty_archive_says_so(tmp_path: Path) -> None:
    made = newsroom(tmp_path)
    with opened(made.config) as place:
        assert "Arsip ini masih kosong" in place.get("/").text
        for path in ("/cari", "/cari?q=netral", "/media", "/malam", "/salinan", "/unduh",
                     "/peristiwa.atom", "/api/v1/stories", "/api/v1/clusters"):  # fmt: skip
            assert place.get(path).status == 200, path
    made.archive.close()


def test_archive_is_read_while_it_is_written(tmp_path: Path) -> None:
    made = newsroom(tmp_path)
    with opened(made.config) as place:
        made.begin(NIGHT_1)
        for number in range(30):
            made.see(f"berita-{number}", article(f"Berita nomor {number} tentang camat"))
            assert place.get("/").status == 200
            assert f"Berita nomor {number} " in place.get(f"/cari?q=%22nomor+{number}%22").text
        made.close()
        assert place.get("/api/v1/stories?limit=500").json["stories"][0]["outlet"] == OUTLET.slug
    made.archive.close()


def test_manifest_of_a_snapshot_is_there_while_its_folder_is(tmp_path: Path) -> None:
    made = three_nights(tmp_path / "arsip")
    made.archive.export(tmp_path / "cuplikan", format="jsonl")
    manifest = (tmp_path / "cuplikan" / "manifest.json").read_bytes()
    with opened(made.config) as place:
        listed = place.get("/unduh").text
        assert "/unduh/1/manifest.json" in listed
        assert str(tmp_path) not in listed
        assert place.get("/unduh/1/manifest.json").body == manifest
        assert b"previous" in place.get("/unduh/1/chain.json").body
        (tmp_path / "cuplikan" / "manifest.json").write_bytes(manifest + b" ")
        assert place.get("/unduh/1/manifest.json").status == 404
        assert place.get("/unduh/1/kliping.json").status == 400
        assert place.get("/unduh/2/manifest.json").status == 404
    made.archive.close()


def test_form_for_two_versions_leads_to_their_difference(room: Place, held: Newsroom) -> None:
    key = story_id(held, "camat")
    found = room.get(f"/en/berita/{key}/beda?a=2&b=1")
    assert (found.status, found.headers["location"]) == (302, f"/en/berita/{key}/beda/2/1")
