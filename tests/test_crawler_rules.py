import pytest

from archive.types import Outlet
from crawler.credits import Credits, credits_in
from crawler.datelines import dateline_of
from crawler.extract import EXTRACTOR, extractor_id
from crawler.names import Names
from crawler.rules import Rules, is_noise
from crawler.signatures import without_signature

NAMES = Names(Outlet(slug="kantamedia", name="Kantamedia", url="https://kantamedia.com"))


@pytest.mark.parametrize("line", ["Baca juga dua lurah yang tertib", "Baca Tiga Lurah", "2"])
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


@pytest.mark.parametrize(
    "said", ["KASN", "ASN", "KPU RI", "Bawaslu Palu", "UU ASN", "PNS/PPPK", "Rabu", "Pemilu 2024"]
)
def test_what_a_story_abbreviates_signs_nothing(said: str) -> None:
    line = f"Komisi itu menilai pegawai tersebut. ({said})"
    assert without_signature([line], NAMES) == ([line], "")


@pytest.mark.parametrize("said", ["asn", "mk", "Rina", "rin/red"])
def test_initials_like_an_abbreviation_still_sign(said: str) -> None:
    assert without_signature([f"Sidang ditunda. ({said})"], NAMES)[0] == ["Sidang ditunda."]


@pytest.mark.parametrize(
    "name",
    [
        "Powered by Wartamedia Network",
        "Muhammad Ridwan Web Design",
        "Tema oleh Dewata Themes",
        "PT Suara Media Palu",
        "CV. Karya Digital",
    ],
)
def test_makers_of_a_site_are_no_authors(name: str) -> None:
    assert NAMES.people(name) == ""
