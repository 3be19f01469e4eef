"""From where a story was filed: every form that outlets print, and what only looks like one."""

import csv
import os
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import reading_of

from archive.types import Outlet
from crawler.datelines import _NO_PLACES, dateline_of
from crawler.names import Names

ROOT = Path(__file__).parents[1]
FACTS = Path(os.environ.get("KLIPING_SHARED", ROOT.parent / "shared")) / "facts"
KANTAMEDIA = Names(Outlet(slug="kantamedia", name="Kantamedia", url="https://kantamedia.com"))
LENSA = Names(Outlet(slug="lensa", name="Lensakalbar", url="https://lensakalbar.co.id"))
KOLOM = Names(Outlet(slug="kolomrakyat", name="Kolom Rakyat", url="https://kolomrakyat.com"))


def told(paragraph: str, names: Names = KANTAMEDIA) -> str:
    return dateline_of(paragraph, names)[0]


@pytest.mark.parametrize(
    ("lead", "place"),
    [
        ("Palangka Raya, Kantamedia.com – ", "Palangka Raya"),
        ("PALANGKA RAYA, KANTAMEDIA – ", "Palangka Raya"),
        ("TRIBUNPONTIANAK.CO.ID, MEMPAWAH - ", "Mempawah"),
        ("TRIBUN-TIMUR.COM, MAKASSAR - ", "Makassar"),
        ("TRIBUN-TIMUR.COM, MAKASSAR- ", "Makassar"),
        ("KOLOMRAKYAT.COM: KENDARI – ", "Kendari"),
        ("KOLOMRAKYAT.COM : KENDARI — ", "Kendari"),
        ("Pasuruan | Jurnaljawapes.com - ", "Pasuruan"),
        ("Jakarta (ANTARA) - ", "Jakarta"),
        ("Kuala Kapuas (ANTARA News) -- ", "Kuala Kapuas"),
        ("Palangka Raya (Antara Kalteng) - ", "Palangka Raya"),
        ("(Antara Kalteng) - ", ""),
        ("KOMPAS.com - ", ""),
        ("JAKARTA, KOMPAS.com – ", "Jakarta"),
        ("JAKARTA, KOMPAS.com-", "Jakarta"),
        ("jpnn.com, JAKARTA - ", "Jakarta"),
        ("jpnn.com - ", ""),
        ("RMOL - ", ""),
        ("RMOLJatim - ", ""),
        ("SAMPIT, radarsampit.jawapos.com – ", "Sampit"),
        ("PALANGKA RAYA – ", "Palangka Raya"),
        ("PALANGKARAYA- ", "Palangkaraya"),
        ("Kota Palu - ", "Kota Palu"),
        ("KOTA PALU – ", "Kota Palu"),
        ("KABUPATEN BANDUNG - ", "Kabupaten Bandung"),
        ("Kab. Sorong - ", "Kab. Sorong"),
        ("Muara Teweh, KALTENGPOST.CO – ", "Muara Teweh"),
        ("KETAPANG – ", "Ketapang"),
        ("Balikpapan, IKNPOS.ID – ", "Balikpapan"),
        ("Semarang - ", "Semarang"),
        ("Jakarta, CNN Indonesia -- ", "Jakarta"),
        ("Medan (Lentera) - ", "Medan"),
        ("Batam (HK) – ", "Batam"),
        ("AMBON,Siwalima - ", "Ambon"),
        ("Palu, MCKS - ", "Palu"),
        ("TANJAB BARAT, Lintas Tungkal - ", "Tanjab Barat"),
        ("detikJateng - Semarang - ", "Semarang"),
        ("Surabaya (Beritajatim.com) – ", "Surabaya"),
        ("Kendari, 17 Januari 2024 – ", "Kendari"),
        ("Kendari (17/1/2024) – ", "Kendari"),
        ("Kendari, Rabu (17/1/2024) – ", "Kendari"),
        ("KENDARI, Kolomrakyat.com (17/1) – ", "Kendari"),
        ("Jakarta, 20/9 (ANTARA) - ", "Jakarta"),
        ("Kendari, Sultra – ", "Kendari, Sultra"),
        ("MUARA TEWEH, KALTENG – ", "Muara Teweh, Kalteng"),
        ("SAMPIT/PALANGKA RAYA – ", "Sampit, Palangka Raya"),
        ("Barito Utara, Kalteng Pos – ", "Barito Utara"),
        ("KANTAMEDIA.COM – PALANGKA RAYA – ", "Palangka Raya"),
        ("DKI JAKARTA - ", "DKI Jakarta"),
        ("IKN, Kantamedia.com – ", "IKN"),
        ("OKU TIMUR – ", "OKU Timur"),
        ("LUBUK LINGGAU – ", "Lubuk Linggau"),
        ("BAU-BAU – ", "Bau-Bau"),
        ("SUNGAI ASRI – ", "Sungai Asri"),
        ("Muara Asri – ", "Muara Asri"),
        ("Barimba Utara – ", "Barimba Utara"),
        ("Kantamedia.com, Barimba Permai – ", "Barimba Permai"),
    ],
)
def test_place_is_read_from_before_the_dash(lead: str, place: str) -> None:
    assert dateline_of(f"{lead}Bupati hadir dalam apel.", KANTAMEDIA) == (place, lead)


@pytest.mark.parametrize(
    "rest", ["Bupati Barimba hadir.", "Camat di Barimba hadir.", "Bawaslu Kota Barimba hadir."]
)
def test_unknown_name_alone_is_a_place_where_the_paragraph_says_so(rest: str) -> None:
    assert told(f"Barimba – {rest}") == "Barimba"


@pytest.mark.parametrize(
    ("lead", "place", "names"),
    [
        ("LENSAKALBAR – ", "", LENSA),
        ("LENSAKALBAR, Sintang – ", "Sintang", LENSA),
        ("KENDARI, Kolom Rakyat – ", "Kendari", KOLOM),
        ("KOLOM RAKYAT – ", "", KOLOM),
    ],
)
def test_the_outlets_own_name_is_no_place(lead: str, place: str, names: Names) -> None:
    assert dateline_of(f"{lead}Bawaslu memanggil camat.", names) == (place, lead)


@pytest.mark.parametrize(
    "paragraph",
    [
        "Sekretaris Daerah – yang juga ketua korpri – menolak hadir.",
        "KPU - Bawaslu sepakat menertibkan alat peraga.",
        "ASN - PNS wajib netral.",
        "BAWASLU – Tiga camat dipanggil.",
        "Pemilu 2024 – Bawaslu mencatat 12 laporan.",
        "PILKADA 2024 – Bawaslu mencatat 12 laporan.",
        "Rustam Efendi Lawalata – Ketua Bawaslu Kota Barimba, mengatakan hal itu.",
        "Sitti Aminah – Guru SMP di Kendari – dilaporkan warga.",
        "Sampit, Bupati Barimba – Wakil Bupati hadir.",
        "Sampit (45) – Warga desa itu melapor.",
        "Budi (45) – Warga Sampit, melapor ke Bawaslu.",
        "Apa itu netralitas ASN? – Begini penjelasannya.",
        "Apa itu netralitas ASN?",
        "Bupati Barimba – yang baru dilantik – hadir.",
        "Bupati – Wakil Bupati hadir bersama.",
        "Barimba – Bupati dua periode – hadir dalam apel.",
        "BREAKING NEWS – Bawaslu menggeledah kantor camat.",
        "VIDEO - Camat berjoget di panggung.",
        "Pada pilkada serentak 2024 – Bawaslu mencatat.",
        "Rabu (17/1/2024) – Bawaslu memanggil camat.",
        "Kamis – Jumat pekan ini pegawai diliburkan.",
        "Netralitas – Kata yang sering disebut menjelang pemilihan.",
        "Ia – Bupati – hadir.",
        "Ironis – Seorang camat berjoget di panggung calon.",
        "VIRAL – Seorang camat berjoget di panggung calon.",
        "Sumiati – Guru honorer itu dilaporkan.",
        "“Kami netral” – Begitu bunyi spanduk itu.",
        "Tiga Camat – Dua Lurah – Satu Kepala Dinas dipanggil.",
        "Calon nomor urut 1 – Ismail Mandar – unggul.",
        "Dinas Pendidikan – Dinas Kesehatan berbagi kantor.",
        "Bupati hadir di Palangka Raya.",
        "Bupati hadir – Palangka Raya ramai.",
        "Jakarta - yang dulu ibu kota - ditinggalkan.",
        "",
        "–",
        " - ",
    ],
)
def test_what_stands_before_a_dash_is_not_always_a_place(paragraph: str) -> None:
    assert dateline_of(paragraph, KANTAMEDIA) == ("", "")


PAGE = (
    "<html><head><title>Camat Diperiksa Bawaslu</title>"
    '<meta property="article:published_time" content="2024-10-02T10:00:00+07:00"></head>'
    "<body><article><h1>Camat Diperiksa Bawaslu</h1>"
    '<div class="entry-content">{lead}Bawaslu memeriksa seorang camat yang menghadiri deklarasi '
    "pasangan calon bupati, dan akan memanggil tiga saksi lain pada pekan ini.</p>"
    "<p>Camat itu membantah. Menurut dia, acara tersebut hanya syukuran keluarga.</p>"
    "</div></article></body></html>"
)


@pytest.mark.parametrize(
    ("lead", "begins"),
    [
        ("<p><strong>Sampit, Kantamedia.com</strong> – ", "Sampit, Kantamedia.com – Bawaslu"),
        ("<p><b><i>SAMPIT</i></b> &#8211; ", "SAMPIT – Bawaslu"),
        ("<p><em>Sampit</em>&nbsp;– ", "Sampit – Bawaslu"),
        ("<p><strong>SAMPIT –</strong> ", "SAMPIT – Bawaslu"),
        ("<p><strong>SAMPIT, <a href='/'>radarsampit.jawapos.com</a></strong> –", "SAMPIT, radar"),
        ("<strong>Sampit</strong> - <p>", "Sampit - Bawaslu"),
    ],
    ids=["bold", "bold italic", "nbsp", "dash inside", "linked", "outside"],
)
def test_dateline_is_read_through_markup_and_the_text_keeps_it(lead: str, begins: str) -> None:
    article = reading_of(PAGE.format(lead=lead)).article
    assert article.dateline == "Sampit"
    assert article.text.startswith(begins)


# properties

FORMS = {
    "masthead behind": "{place}, Kantamedia.com – ",
    "masthead before": "KANTAMEDIA.COM, {upper} - ",
    "masthead and colon": "KANTAMEDIA.COM: {upper} – ",
    "bar": "{place} | Kantamedia.com - ",
    "agency": "{place} (ANTARA) - ",
    "alone in capitals": "{upper} – ",
    "with a date": "{place}, Kantamedia.com, 17 Januari 2024 – ",
    "with a short date": "{upper}, KANTAMEDIA.COM (17/1) – ",
}
SYLLABLES = re.findall("..", "barimotalukadupawigetosiromakone")


def province_names() -> list[str]:
    with (FACTS / "provinces_tz.csv").open(encoding="utf-8") as file:
        return [row["province"] for row in csv.DictReader(file)]


def edition_names() -> list[str]:
    with (FACTS / "tribun_subdomains.csv").open(encoding="utf-8") as file:
        names = (row["subdomain"].partition(".")[0] for row in csv.DictReader(file))
        return [name.title() for name in names if "-" not in name]


FACT_NAMES = [*province_names(), *edition_names()] if FACTS.is_dir() else []
if not FACT_NAMES:  # the facts lie beside the project only
    FACT_NAMES = ["Kalimantan Tengah", "Sulawesi Tenggara", "Jawa Timur", "Pontianak", "Makassar"]

word = (
    st.lists(st.sampled_from(SYLLABLES), min_size=2, max_size=3)
    .map(lambda parts: "".join(parts).capitalize())
    .filter(lambda name: name.casefold() not in _NO_PLACES)  # "Kasi" is an office
)
regency = st.one_of(
    word,
    st.builds("{} {}".format, word, st.sampled_from(["Utara", "Selatan", "Raya", "Hulu"])),
    st.builds("{} {}".format, st.sampled_from(["Muara", "Tanjung", "Sungai", "Kota"]), word),
)


@given(st.sampled_from([*FORMS.values()]), st.one_of(regency, st.sampled_from(FACT_NAMES)))
def test_place_in_any_form_is_read_back(form: str, place: str) -> None:
    lead = form.format(place=place, upper=place.upper())
    found, words = dateline_of(f"{lead}Bawaslu memanggil seorang camat.", KANTAMEDIA)
    assert found.casefold() == place.casefold()
    assert words == lead


@pytest.mark.skipif(not FACTS.is_dir(), reason=f"no facts at {FACTS} (KLIPING_SHARED)")
@pytest.mark.parametrize("place", province_names() if FACTS.is_dir() else [])
def test_every_province_alone_before_a_dash_is_a_place(place: str) -> None:
    assert told(f"{place} – Bawaslu memanggil seorang camat.") == place


@given(st.text(max_size=120))
def test_any_paragraph_has_a_dateline_or_none(paragraph: str) -> None:
    place, words = dateline_of(paragraph, KANTAMEDIA)
    assert paragraph.startswith(words)
    assert not place or words


def written_sentences() -> list[str]:
    """Paragraphs of the newsroom's stories, which carry their dateline in a field of its own."""
    found = []
    for file in sorted((ROOT / "crawler" / "demo" / "stories").glob("*.toml")):
        for story in tomllib.loads(file.read_text(encoding="utf-8")).get("story", []):
            text = story.get("text", "")
            found += [line.strip() for line in text.split("\n\n") if line.strip()]
    return found


def test_paragraphs_of_the_newsroom_have_no_dateline_of_their_own() -> None:
    paragraphs = written_sentences()
    assert len(paragraphs) > 400
    assert [line for line in paragraphs if told(line)] == []
