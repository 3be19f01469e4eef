import pytest

from archive.types import Outlet
from crawler.credits import Credits, Names, credits_in, dateline_of, without_signature
from crawler.extract import EXTRACTOR, extractor_id
from crawler.rules import Rules, is_noise

NAMES = Names(Outlet(slug="kantamedia", name="Kantamedia", url="https://kantamedia.com"))

NOISE = (
    "Baca juga: Bupati Ingatkan Pegawai Jelang Masa Tenang",
    "BACA JUGA : Bupati Ingatkan Pegawai",
    "Baca Juga",
    "BacaJuga: Harga Beras Turun",
    "Baca selengkapnya »",
    "Berita Terkait",
    "Berita Terkait:",
    "Artikel Lainnya",
    "Lihat juga: Harga beras",
    "ADVERTISEMENT",
    "Iklan",
    "SCROLL TO RESUME CONTENT",
    "ADVERTISEMENT SCROLL TO RESUME CONTENT",
    "SCROLL TO CONTINUE WITH CONTENT",
    "Iklan - Geser ke atas untuk melanjutkan.",
    "Bsi",
    "ini tampilan gambar iklan:",
    "URL berhasil dicopy",
    "Follow WhatsApp Channel lintastungkal.com untuk update berita terbaru setiap hari Follow",
    "Ikuti kami di Google News",
    "Cek Berita dan Artikel yang lain di Google News",
    "Baca Berita Terbaru Lainnya di GOOGLE NEWS",
    "Ikuti berita terkini lewat Saluran WhatsApp kami",
    "Saluran WhatsApp",
    "KANTAMEDIA CHANNEL",
    "Halaman :",
    "Halaman : 1 2 3 Selanjutnya",
    "Halaman selanjutnya",
    "Selanjutnya »",
    "Page 1 of 3",
    "Berita ini 143 kali dibaca",
    "Berita ini telah dibaca 1.204 kali",
    "54 kali berita ini telah dibaca",
    "Dibaca: 1,204 kali",
    "Post Views: 77",
    "1,2K views",
    "Bagikan berita ini",
    "Bagikan ini:",
    "Sebarkan ini:",
    "Share this:",
    "Facebook",
    "Apa Pendapat Anda Terkait Berita Ini?",
    "Apa Penadapat Anda Terkait Berita Ini?",
    "Tinggalkan Balasan",
    "0 Komentar",
    "Sumber Berita: Liputan",
    "Sumber: Humas Pemkab",
    "(Foto: Humas)",
    "© 2024 Kantamedia",
    "Tag: ASN, Pilkada",
    "#NetralitasASN #Pilkada2024",
    "***",
    "—",
    "Simak Video: Debat Kandidat",
    "[Gambas:Video 20detik]",
    "Artikel ini telah tayang di Tribunnews.com dengan judul Bupati Ingatkan Pegawai",
)
STORY = (
    "Baca juga buku panduan itu sebelum mencoblos, pesannya.",
    "Berita terkait mutasi pejabat itu dibantah bupati.",
    "Iklan kampanye pasangan calon itu memuat foto seorang camat.",
    "“Scroll saja media sosialnya, semua terlihat,” kata Rudi.",
    "Halaman kantor bupati dipenuhi massa sejak pagi.",
    "Halaman 3 buku saku itu memuat daftar larangan.",
    "Selanjutnya, Bawaslu akan memanggil para saksi.",
    "Berita ini 3 kali dibaca ulang oleh majelis hakim.",
    "Dibaca 40 orang saksi, surat itu dinyatakan asli.",
    "Bagikan berita ini kepada keluarga, ujar Rudi, supaya semua tahu.",
    "Bagikan sembako saat masa tenang adalah pelanggaran.",
    "Ikuti sosialisasi, kata dia, bukan ikuti arahan tim sukses di grup WhatsApp.",
    "“Ikuti berita kami di saluran WhatsApp,” begitu bunyi pesan yang disita.",
    "Camat itu keluar dari grup WhatsApp tim sukses.",
    "Pesan beredar melalui saluran WhatsApp dan Google News, kata polisi.",
    "Sumber daya aparatur menjadi sorotan.",
    "Sumber: tiga orang pegawai yang tidak mau disebut namanya karena takut dipindahkan",
    "Foto bersama calon bupati itu beredar luas.",
    "Komentar di media sosial pun termasuk pelanggaran.",
    "Apa pendapat Anda tentang netralitas ASN? Pertanyaan itu diajukan kepada 400 pegawai.",
    "Facebook dan Instagram menjadi ladang pelanggaran.",
    "Tagar itu ramai: #NetralitasASN dipakai ribuan akun.",
    "Simak video itu baik-baik, pesan Rudi kepada pegawai.",
    "BSI menyalurkan bantuan kepada pegawai.",
)


@pytest.mark.parametrize("line", NOISE)
def test_line_of_the_page_is_dropped(line: str) -> None:
    assert is_noise(line, rules=Rules())


@pytest.mark.parametrize("line", STORY)
def test_sentence_with_such_words_stays(line: str) -> None:
    assert not is_noise(line, rules=Rules())


@pytest.mark.parametrize("line", ["Baca Juga Bupati Ingatkan Pegawai", "Baca Tiga Lurah", "2"])
def test_linked_line_is_dropped_only_when_linked(line: str) -> None:
    assert is_noise(line, rules=Rules(), linked=True)
    assert not is_noise(line, rules=Rules())


def test_outlets_own_lines_are_dropped() -> None:
    assert is_noise("Pariwara Kota", rules=Rules(lines=(r"pariwara .*",)))


def test_digest_changes_with_any_selector() -> None:
    digests = {Rules().digest, Rules(body="div").digest, Rules(drop=("div",)).digest}
    assert len(digests) == 3
    assert all(len(digest) == 8 for digest in digests)


def test_extractor_id_names_extractor_and_rules() -> None:
    assert extractor_id(Rules()) == f"{EXTRACTOR}/{Rules().digest}"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Penulis : Andi", Credits("Andi", "")),
        ("Editor: Hasrul Tamrin", Credits("", "Hasrul Tamrin")),
        ("Penulis: Rina Ayu | Editor: Budi", Credits("Rina Ayu", "Budi")),
        ("Reporter : Sitti Aminah Editor : Hasrul", Credits("Sitti Aminah", "Hasrul")),
        ("Redaktur & Reporter : Boy", Credits("Boy", "Boy")),
        ("LAPORAN: RENI ERINA", Credits("RENI ERINA", "")),
        ("Laporan Wartawan Tribunnews.com, Rina Ayu", Credits("Rina Ayu", "")),
        ("(Penulis: Andi)", Credits("Andi", "")),
        ("Penulis :", Credits("", "")),
        ("Penulis: buku itu menyebut ASN wajib netral dalam setiap pemilihan.", None),
        ("Laporan wartawan itu dibantah bupati.", None),
        ("Laporan itu diterima: lengkap.", None),
        ("Menurut penulis: Andi", None),
        ("Oleh karena itu, ASN wajib netral.", None),
    ],
)
def test_credits_are_read_from_whole_lines_only(line: str, expected: Credits | None) -> None:
    assert credits_in(line) == expected


@pytest.mark.parametrize(
    ("signed", "people"),
    [
        ("Andi Saputra - Redaksi", "Andi Saputra"),
        ("By Andi Saputra", "Andi Saputra"),
        ("Isna Rifka, Yoga Sukmana - Tim Redaksi", "Isna Rifka, Yoga Sukmana"),
        ("Kantamedia; Rina", "Rina"),
        ("admin", ""),
        ("Admin Kantamedia", ""),
        ("Redaksi", ""),
        ("redaksi kantamedia", ""),
        ("mediaindonesia.com developer", ""),
        ("Kompas Cyber Media", ""),
        ("https://www.facebook.com/detik", ""),
        ("KANTAMEDIA.COM", ""),
        ("Kanta Media", ""),
        ("", ""),
    ],
)
def test_only_people_are_authors(signed: str, people: str) -> None:
    assert NAMES.people(signed) == people


@pytest.mark.parametrize(
    ("last", "text", "signature"),
    [
        ("Pilkada berjalan damai. (Fay)", "Pilkada berjalan damai.", "Fay"),
        ("“Kita jaga bersama.” (Fahrullah/B)", "“Kita jaga bersama.”", "Fahrullah/B"),
        ("Selesai. (sps/kantamedia.com)", "Selesai.", "sps"),
        ("Selesai. (Puteranegara Batubara)", "Selesai.", "Puteranegara Batubara"),
        ("Selesai. (*/Fay)", "Selesai.", "Fay"),
        ("Selesai. (E-2)", "Selesai.", ""),
        ("Selesai. (*)", "Selesai.", ""),
        ("Selesai. (red)", "Selesai.", ""),
        ("Ia melapor ke Komisi Pemilihan Umum (KPU)", None, ""),
        ("Ia hadir pada Kamis (26/9/2024).", None, ""),
        ("Begitu katanya. (Lihat lampiran surat keputusan bupati)", None, ""),
        ("Pilkada berjalan damai.", None, ""),
    ],
)
def test_initials_at_the_end_leave_the_text(last: str, text: str | None, signature: str) -> None:
    assert without_signature(["Awal.", last], NAMES) == (["Awal.", text or last], signature)


def test_initials_on_their_own_line_leave_the_text() -> None:
    assert without_signature(["Awal.", "(Fay)"], NAMES) == (["Awal."], "Fay")


@pytest.mark.parametrize(
    ("paragraph", "dateline"),
    [
        ("Palangka Raya, Kantamedia.com – Bupati hadir.", "Palangka Raya"),
        ("PALANGKA RAYA – Bupati hadir.", "Palangka Raya"),
        ("KANTAMEDIA.COM: KENDARI – Bupati hadir.", "Kendari"),
        ("KANTAMEDIA.COM, TANJAB BARAT - Bupati hadir.", "Tanjab Barat"),
        ("Pasuruan | Jurnaljawapes.com - Bupati hadir.", "Pasuruan"),
        ("Jakarta (ANTARA) - Bupati hadir.", "Jakarta"),
        ("JAKARTA, KOMPAS.com - Bupati hadir.", "Jakarta"),
        ("DKI JAKARTA - Bupati hadir.", "DKI Jakarta"),
        ("KANTAMEDIA.COM - Bupati hadir.", ""),
        ("Bupati hadir di Palangka Raya.", ""),
        ("Bupati Barimba – yang baru dilantik – hadir.", ""),
        ("Pada pilkada serentak 2024 – Bawaslu mencatat.", ""),
        ("Ia – Bupati – hadir.", ""),
    ],
)
def test_dateline_is_a_place_before_the_dash(paragraph: str, dateline: str) -> None:
    assert dateline_of(paragraph, NAMES)[0] == dateline
