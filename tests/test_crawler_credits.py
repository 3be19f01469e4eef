"""Who wrote and who edited a story, in every form that outlets print it."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import outlet_and_rules, page_of, reading_of

from archive.types import Article, Outlet
from crawler.credits import Credits, credits_in
from crawler.demo import NewsroomConfig
from crawler.demo.editions import edition
from crawler.demo.nights import Post, evenings
from crawler.demo.pages import story_page
from crawler.demo.sites import SITES, Site
from crawler.names import Names
from crawler.rules import Rules
from crawler.signatures import without_signature

TODAY = date(2026, 9, 10)
AFTER = datetime(2026, 9, 20, tzinfo=UTC)

# the newsroom's generated stories


def grown_read(site: Site, count: int = 300) -> Iterator[tuple[Post, Article]]:
    """Generated stories of a site as they were written and as they are read."""
    config = NewsroomConfig(today=TODAY, grown=count)
    shown = edition(site, config, 1, moments=evenings(TODAY))
    outlet, rules = outlet_and_rules(site.outlet.slug)
    for post in shown.live:
        if "warta-" in post.path:
            url = f"{outlet.url}{post.path}"
            page = page_of(story_page(shown, post), url, fetched_at=AFTER)
            yield post, reading_of(page, outlet=outlet, rules=rules).article


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.outlet.slug)
def test_generated_stories_are_read_with_the_names_they_print(site: Site) -> None:
    pairs = list(grown_read(site))
    found = [(article.headline, article.byline, article.editor) for _, article in pairs]
    assert found == [(post.headline, post.byline, post.editor) for post, _ in pairs]
    assert len(found) > 50


# lines of credits

JPNN = Names(Outlet(slug="jpnn", name="JPNN", url="https://www.jpnn.com"))
KANTAMEDIA = Names(Outlet(slug="kantamedia", name="Kantamedia", url="https://kantamedia.com"))
PONTIANAK = Names(
    Outlet(slug="tribun-pontianak", name="Tribun Pontianak", url="https://pontianak.tribunnews.com")
)


@pytest.mark.parametrize(
    ("line", "byline", "editor"),
    [
        ("Penulis: Rina Ayu", "Rina Ayu", ""),
        ("Penulis : Rina Ayu", "Rina Ayu", ""),
        ("PENULIS : RINA AYU", "RINA AYU", ""),
        ("Reporter: Rina Ayu", "Rina Ayu", ""),
        ("Pewarta : Rina Ayu", "Rina Ayu", ""),
        ("Kontributor: Rina Ayu", "Rina Ayu", ""),
        ("Jurnalis: Rina Ayu", "Rina Ayu", ""),
        ("Wartawan: Rina Ayu", "Rina Ayu", ""),
        ("Oleh: Rina Ayu", "Rina Ayu", ""),
        ("Oleh : Rina Ayu", "Rina Ayu", ""),
        ("Oleh Rina Ayu", "Rina Ayu", ""),
        ("Ditulis oleh: Rina Ayu", "Rina Ayu", ""),
        ("Diposting oleh: Rina Ayu", "Rina Ayu", ""),
        ("LAPORAN: RINA AYU", "RINA AYU", ""),
        ("Laporan Wartawan Tribun Pontianak, Rina Ayu", "Rina Ayu", ""),
        ("Laporan Wartawan TribunPontianak.co.id, Rina Ayu", "Rina Ayu", ""),
        ("Laporan Wartawan TribunPontianak.co.id Rina Ayu", "Rina Ayu", ""),
        ("(Laporan Kontributor Kantamedia.com: Rina Ayu)", "Rina Ayu", ""),
        ("Laporan Reporter Rina Ayu", "Rina Ayu", ""),
        ("Editor : Budi Santika", "", "Budi Santika"),
        ("Editor: Budi Santika.", "", "Budi Santika"),
        ("Redaktur: Budi Santika", "", "Budi Santika"),
        ("Redaktur Pelaksana: Budi Santika", "", "Budi Santika"),
        ("Penyunting: Budi Santika", "", "Budi Santika"),
        ("Penulis: Rina Ayu | Editor: Budi Santika", "Rina Ayu", "Budi Santika"),
        ("Penulis : Rina Ayu Editor : Budi Santika", "Rina Ayu", "Budi Santika"),
        ("Penulis: Rina Ayu/Editor: Budi Santika", "Rina Ayu", "Budi Santika"),
        ("Reporter : Rina Ayu, Editor : Budi Santika", "Rina Ayu", "Budi Santika"),
        ("Editor: Budi Santika, Reporter: Rina Ayu", "Rina Ayu", "Budi Santika"),
        ("Pewarta : Rina Ayu / Editor : Budi Santika / COPYRIGHT © ANTARA 2024", "Rina Ayu",
         "Budi Santika"),
        ("Penulis & Editor : Rina Ayu", "Rina Ayu", "Rina Ayu"),
        ("Penulis dan Editor: Rina Ayu", "Rina Ayu", "Rina Ayu"),
        ("Penulis/Editor: Rina Ayu", "Rina Ayu", "Rina Ayu"),
        ("Redaktur & Reporter : Boy", "Boy", "Boy"),
        ("Penulis: Rina Ayu, Budi Santika", "Rina Ayu, Budi Santika", ""),
        ("Penulis: Rina Ayu dan Budi Santika", "Rina Ayu, Budi Santika", ""),
        ("Penulis: Rina Ayu & Budi Santika", "Rina Ayu, Budi Santika", ""),
        ("Penulis: Rina Ayu | Foto: Joko Umbaran", "Rina Ayu", ""),
        ("Penulis: Rina Ayu | Editor: Budi Santika | Sumber: Kompas.com", "Rina Ayu",
         "Budi Santika"),
        ("Penulis: Rina Ayu, S.Sos, M.Si.", "Rina Ayu, S.Sos, M.Si", ""),
        ("Oleh: Dr. Rina Ayu, S.Sos., M.Si., dan Budi Santika, SH, MH",
         "Dr. Rina Ayu, S.Sos, M.Si, Budi Santika, SH, MH", ""),
        ("penulis: rina ayu lestari", "rina ayu lestari", ""),
        ("Penulis: Siti binti Rahmat", "Siti binti Rahmat", ""),
        ("Penulis: Rina Ayu (Kontributor)", "Rina Ayu", ""),
        ("Penulis: Tim Redaksi", "Tim Redaksi", ""),
        ("Penulis: Tim Liputan", "Tim Liputan", ""),
        ("Editor : Redaksi", "", ""),
        ("Penulis: Admin", "", ""),
        ("Penulis: Rina Ayu, Redaksi", "Rina Ayu", ""),
        ("Penulis: Media Uji", "", ""),
        ("Penulis: redaksi@kantamedia.com", "", ""),
        ("Penulis: 0812-3456-7890", "", ""),
        ("Editor: admin1", "", ""),
        ("Oleh MC PROV KALIMANTAN BARAT", "MC PROV KALIMANTAN BARAT", ""),
        ("Penulis Rina Ayu | Editor: Budi Santika", "Rina Ayu", "Budi Santika"),
        ("Penulis Rina Ayu | Editor Budi Santika", "Rina Ayu", "Budi Santika"),
        ("PENULIS RINA AYU | EDITOR BUDI SANTIKA", "RINA AYU", "BUDI SANTIKA"),
        ("Reporter: Rina Ayu, Editor Budi Santika", "Rina Ayu", "Budi Santika"),
        ("Reporter Rina Ayu / Editor Budi Santika.", "Rina Ayu", "Budi Santika"),
        ("Editor Budi Santika | Penulis: Rina Ayu", "Rina Ayu", "Budi Santika"),
        ("Penulis: Rina Ayu Editor Budi Santika", "Rina Ayu", "Budi Santika"),
        ("Laporan: Kontributor Poso, Yunus", "Yunus", ""),
        ("Laporan Kontributor Palangka Raya: Rina Ayu", "Rina Ayu", ""),
        ("Kontributor Poso, Yunus", "Yunus", ""),
        ("Laporan: Wartawan Rina Ayu, Budi Santika", "Rina Ayu, Budi Santika", ""),
        ("yunus/red", "yunus", ""),
        ("Rina Ayu/Red", "Rina Ayu", ""),
        ("(suparman/red)", "suparman", ""),
        ("***yunus/red***", "yunus", ""),
    ],
)  # fmt: skip
def test_line_of_credits_names_author_and_editor(line: str, byline: str, editor: str) -> None:
    article = reading_of(story_with(line)).article
    assert (article.byline, article.editor) == (byline, editor)
    assert line not in article.text
    assert len(article.text.split("\n\n")) == 2


@pytest.mark.parametrize(
    "line",
    [
        "Editor: naskah itu sudah saya periksa sebelum terbit.",
        "Editor surat kabar itu menolak berkomentar.",
        "Penulis buku itu adalah pegawai negeri.",
        "Penulis: buku itu menyebut ASN wajib netral dalam setiap pemilihan.",
        "Penulis adalah dosen pada universitas di Barimba.",
        "Reporter kami menghubungi camat, tetapi tidak dijawab.",
        "Wartawan: Apakah Bapak netral?",
        "Laporan itu diterima: lengkap.",
        "Laporan: Tiga Camat Terbukti Melanggar",
        "Laporan wartawan itu dibantah bupati.",
        "Laporan: tiga camat terbukti melanggar.",
        "Oleh karena itu, ASN wajib netral.",
        "Oleh Karena Itu Pegawai Wajib Netral",
        "Oleh Bawaslu, camat itu diminta datang.",
        "Kontributor pelanggaran terbanyak: kecamatan Barimba Hulu.",
        "Menurut penulis: Andi",
        "Redaktur: “Kami tidak pernah menerima hak jawab.”",
        "Penulis dan editor buku panduan itu diundang Bawaslu.",
        "Penulis Rina Ayu, Editor Budi Santika menolak hadir.",
        "Penulis Buku Itu, Editor Naskah Ini",
        "Reporter Palu, Yunus, ditangkap polisi.",
        "Wartawan Bima, Camat Raba",
        "Kontributor Terbanyak, Kecamatan Barimba",
    ],
)
def test_sentence_about_writers_is_no_credit(line: str) -> None:
    assert credits_in(line) is None
    assert line in reading_of(story_with(line)).article.text.split("\n\n")


def story_with(*lines: str, head: str = "", above: str = "", below: str = "") -> str:
    """A story of two paragraphs, with `lines` behind them in its text."""
    told = "".join(f"<p>{line}</p>" for line in lines)
    return (
        "<html><head><title>Camat Diperiksa Bawaslu</title>"
        '<meta property="article:published_time" content="2024-10-02T10:00:00+07:00">'
        f"{head}</head><body><article><h1>Camat Diperiksa Bawaslu</h1>{above}"
        '<div class="entry-content"><p>Bawaslu memeriksa seorang camat yang menghadiri deklarasi '
        "pasangan calon bupati, dan akan memanggil tiga saksi lain pada pekan ini.</p>"
        "<p>Camat itu membantah. Menurut dia, acara tersebut hanya syukuran keluarga.</p>"
        f"{told}</div>{below}</article></body></html>"
    )


# the name in brackets at the end


@pytest.mark.parametrize(
    ("last", "signed", "names"),
    [
        ("Selesai. (Fay)", "Fay", KANTAMEDIA),
        ("Selesai. (ahr/cln)", "ahr/cln", KANTAMEDIA),
        ("Selesai. (vyp/kna)", "vyp/kna", KANTAMEDIA),
        ("Selesai. (win/*)", "win", KANTAMEDIA),
        ("Selesai. (*/win)", "win", KANTAMEDIA),
        ("Selesai. (gir/jpnn)", "gir", JPNN),
        ("Selesai. (gir/jpnn)", "gir", KANTAMEDIA),
        ("Selesai. (sps/kantamedia.com)", "sps", KANTAMEDIA),
        ("Selesai. (Ant)", "", KANTAMEDIA),
        ("Selesai. (Rachmat)", "Rachmat", KANTAMEDIA),
        ("Selesai. (Puteranegara Batubara)", "Puteranegara Batubara", KANTAMEDIA),
        ("Selesai. (TribunPontianak.co.id/Rina Ayu)", "Rina Ayu", PONTIANAK),
        ("Selesai. (Tribun Pontianak/Rina Ayu)", "Rina Ayu", PONTIANAK),
        ("Selesai. (Rina Ayu, Budi Santika)", "Rina Ayu/Budi Santika", KANTAMEDIA),
        ("Selesai. (Penulis: Rina Ayu)", "Rina Ayu", KANTAMEDIA),
        ("Selesai. (Laporan: Rina Ayu)", "Rina Ayu", KANTAMEDIA),
        ("Selesai. [Fay]", "Fay", KANTAMEDIA),
        ("Selesai. (Fay) ***", "Fay", KANTAMEDIA),
        ("Selesai. (hms)", "", KANTAMEDIA),
        ("Selesai. (adv)", "", KANTAMEDIA),
        ("Selesai. (habis)", "", KANTAMEDIA),
        ("Selesai. (red/Fay)", "Fay", KANTAMEDIA),
        ("Selesai. (Fahrullah/B)", "Fahrullah/B", KANTAMEDIA),
        ("Selesai. (suparman/red)", "suparman", KANTAMEDIA),
        ("Selesai. yunus/red", "yunus", KANTAMEDIA),
        ("Selesai. Red/Yunus.", "Yunus", KANTAMEDIA),
    ],
)  # fmt: skip
def test_signature_leaves_the_text_and_names_its_writer(
    last: str, signed: str, names: Names
) -> None:
    assert without_signature(["Awal.", last], names) == (["Awal.", "Selesai."], signed)


@pytest.mark.parametrize(
    "last",
    [
        "Ia melapor ke Komisi Pemilihan Umum (KPU)",
        "Ia hadir pada Kamis (26/9/2024).",
        "Sidang digelar dua hari. (Senin, Selasa)",
        "Begitu katanya. (Lihat lampiran surat keputusan bupati)",
        "Begitu katanya. (Baca: netralitas itu wajib)",
        "Jumlahnya naik. (dari 12 menjadi 34 kasus)",
        "Ia menjawab semua soal benar/salah",
        "Ia memilih cat biru/red",
        "Dijawab ya. hitam/putih",
    ],
)
def test_brackets_that_belong_to_the_text_stay(last: str) -> None:
    assert without_signature(["Awal.", last], KANTAMEDIA) == (["Awal.", last], "")


# whose name is a person's


@pytest.mark.parametrize(
    ("said", "people"),
    [
        ("Rina Ayu, S.Sos", "Rina Ayu, S.Sos"),
        ("Rina Ayu S.Sos., M.Si.", "Rina Ayu S.Sos, M.Si"),
        ("Prof. Dr. H. Rina Ayu, SH, M.Hum", "Prof. Dr. H. Rina Ayu, SH, M.Hum"),
        ("Rina Ayu, S.I.Kom, Budi Santika, ST", "Rina Ayu, S.I.Kom, Budi Santika, ST"),
        ("Rina Ayu; Budi Santika", "Rina Ayu, Budi Santika"),
        ("Rina Ayu - detikJateng", "Rina Ayu"),
        ("Rina Ayu | Tribun Pontianak", "Rina Ayu"),
        ("Rina Ayu - Redaksi", "Rina Ayu"),
        ("Redaksi, Rina Ayu", "Rina Ayu"),
        ("By Rina Ayu", "Rina Ayu"),
        ("Rina Ayu (Editor)", "Rina Ayu"),
        ("Kantamedia.com Rina Ayu", "Rina Ayu"),
        ("O'ong Maryono", "O'ong Maryono"),
        ("mediaindonesia.com developer", ""),
        ("web developer", ""),
        ("admin", ""),
        ("admin1", ""),
        ("Admin Kantamedia", ""),
        ("adminkanta", ""),
        ("kantamedia2", ""),
        ("editor", ""),
        ("editor2", ""),
        ("Editor Kantamedia", ""),
        ("Super Admin", ""),
        ("Redaksi1", ""),
        ("redaksi_kantamedia", ""),
        ("Tim Redaksi", ""),
        ("Tim Liputan", ""),
        ("Tim Liputan Kantamedia", ""),
        ("rina@kantamedia.com", ""),
        ("0812-3456-7890", ""),
        ("62812345", ""),
        ("20241002", ""),
        ("user123", ""),
        ("Kompas Cyber Media", ""),
        ("Antara", ""),
        ("https://www.facebook.com/rina", ""),
        ("<a href=x>", ""),
        ("-", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_only_people_are_named(said: str, people: str) -> None:
    assert KANTAMEDIA.people(said) == people


@given(st.text(max_size=300))
def test_any_words_name_people_or_nobody(said: str) -> None:
    found = KANTAMEDIA.people(said)
    assert not found or any(map(str.isalpha, found))
    credited = credits_in(said)
    assert credited is None or isinstance(credited, Credits)


# beside and behind the text


def linked_author(name: str, **person: object) -> str:
    node = {"@type": "NewsArticle", "headline": "Camat Diperiksa Bawaslu"}
    return ld({**node, "author": {"@type": "Person", "name": name, **person}})


def ld(node: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


BEHIND = '<div class="info-author">Editor : <a class="author">Budi Santika</a></div>'
PROMEDIA = '<div class="read__info__author">{}</div>'
BOTH = ("Rina Ayu", "Budi Santika")
KOMPAS_MODAL = (
    '<div class="creditModal"><div class="credit-author"><h6 class="credit-author-name">Rina Ayu'
    '</h6><h6 class="credit-author-position">Penulis</h6></div><div class="credit-author">'
    '<h6 class="credit-author-name">Budi Santika</h6><h6 class="credit-author-position">Editor'
    "</h6></div></div>"
)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (
            {
                "head": linked_author("Budi Santika")
                + '<meta name="content_author" content="Rina Ayu">'
                '<meta name="content_editor" content="Budi Santika">'
                '<meta name="author" content="Kompas Cyber Media">'
            },
            BOTH,
        ),
        ({"above": KOMPAS_MODAL}, BOTH),
        (
            {
                "head": linked_author("Budi Santika")
                + '<meta name="author" content="mediaindonesia.com developer">',
                "above": '<div class="author-2"><span>Rina Ayu</span></div>',
                "below": BEHIND,
            },
            BOTH,
        ),
        (
            {
                "head": linked_author("Budi Santika"),
                "below": BEHIND,
            },
            ("", "Budi Santika"),
        ),
        ({"below": "<div>Editor : Budi Santika</div>"}, ("", "Budi Santika")),
        ({"below": "<p>Penulis: Rina Ayu | Editor: Budi Santika</p>"}, BOTH),
        ({"above": "<p>Redaktur & Reporter : Boy</p>"}, ("Boy", "Boy")),
        (
            {"above": PROMEDIA.format("Rina Ayu")},
            ("Rina Ayu", ""),
        ),
        (
            {"above": PROMEDIA.format("Penulis: Rina Ayu | Editor: Budi Santika")},
            BOTH,
        ),
        (
            {"above": PROMEDIA.format("<a>Tim Media Uji</a> - Rabu, 2 Oktober 2024")},
            ("", ""),
        ),
        (
            {"above": '<div class="detail__author">Rina Ayu - <span>detikJateng</span></div>'},
            ("Rina Ayu", ""),
        ),
        (
            {"above": '<div class="date">Oleh MC PROV KALIMANTAN BARAT</div>'
             '<div class="date">Senin, 14 Oktober 2024 | 15:19 WIB - Redaktur: Budi Santika</div>'},
            ("MC PROV KALIMANTAN BARAT", "Budi Santika"),
        ),
        (
            {"above": '<div class="meta">Rina Ayu 2 Oktober 2024</div>'},
            ("", ""),
        ),
        (
            {"above": '<span class="author">By Rina Ayu Oktober 2, 2024</span>'},
            ("Rina Ayu", ""),
        ),
        ({"above": '<span class="author">Redaksi</span>'}, ("Redaksi", "")),
        (
            {"head": linked_author("Rina Ayu"), "above": '<span class="author">Redaksi</span>'},
            ("Rina Ayu", ""),
        ),
        ({"head": ld({"@type": "NewsArticle", "author": {"@type": "Organization", "name":
                  "Kanta Grup"}})}, ("", "")),
        ({"head": ld({"@type": "NewsArticle", "author": [{"name": "Rina Ayu"}, {"name":
                  "Joko Umbaran"}]})}, ("Rina Ayu, Joko Umbaran", "")),
        ({"head": ld({"@type": "NewsArticle", "author": {"name": "Rina Ayu"}, "editor":
                  {"@type": "Person", "name": "Budi Santika"}})}, BOTH),
        ({"head": '<meta name="author" content="admin">'}, ("", "")),
        ({"head": '<meta name="author" content="Rina &amp;amp; Budi Santika">'},
         ("Rina, Budi Santika", "")),
        (
            {"below": '<aside><div class="author-box">Penulis: Joko Umbaran</div>'
             '<div class="author-box">Penulis: Mega Antasari</div></aside>'},
            ("", ""),
        ),
    ],
    ids=[
        "kompas meta", "kompas modal", "mediaindonesia", "editor is not the author", "inews",
        "behind the text", "jpnn", "promedia", "promedia both", "promedia outlet", "detik",
        "infopublik", "no label and no class", "american date", "desk", "desk and person",
        "organization", "two authors", "json-ld editor", "account", "entities twice",
        "credits of several other stories",
    ],
)  # fmt: skip
def test_author_and_editor_are_told_apart(parts: dict[str, str], expected: tuple[str, str]) -> None:
    article = reading_of(story_with(**parts)).article
    assert (article.byline, article.editor) == expected


def unknown_template(above: str) -> str:
    """The same story on a page of which nobody knows where its text stands."""
    page = story_with(above=above).replace('class="entry-content"', 'class="x1"')
    return page.replace(
        "tiga saksi lain", "tiga saksi lain, " + "dua orang di antaranya lurah, " * 9
    )


@pytest.mark.parametrize(
    ("above", "byline"),
    [
        ('<p class="username">Rina Ayu</p>', "Rina Ayu"),
        ('<p class="username">rina_ayu99</p>', ""),
        ('<p class="username">Media Uji</p>', ""),
        ('<p class="username">Super Admin</p>', ""),
        ('<p class="username">Kabar</p>', ""),
        ("", ""),
    ],
)
def test_whom_trafilatura_names_is_believed_last_and_only_as_a_person(
    above: str, byline: str
) -> None:
    assert reading_of(unknown_template(above)).article.byline == byline


def test_known_template_is_not_asked_about_its_author_twice() -> None:
    page = story_with(above='<p class="username">Rina Ayu</p>')
    assert reading_of(page).article.byline == ""


def test_outlets_rules_name_author_and_editor_first() -> None:
    page = story_with(
        head=linked_author("Operator Situs"),
        above='<div id="penulis">Penulis: Rina Ayu | Editor: Budi Santika</div>',
    )
    article = reading_of(page, rules=Rules(byline="#penulis", editor="#penulis")).article
    assert (article.byline, article.editor) == BOTH
