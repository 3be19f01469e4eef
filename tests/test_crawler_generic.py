"""Stories on pages of a template that nobody has described."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import MEDIA_UJI, page_of, reading_of

from archive.errors import NotAnArticle
from crawler.extract import extract, extractor_id
from crawler.generic import confirmed
from crawler.lines import Line
from crawler.rules import Rules

HEADLINE = "Lurah Margasari Diperiksa Bawaslu"
TEXT = (
    "Badan Pengawas Pemilihan Umum Kota Purwasari memeriksa Lurah Margasari, Sutarjo Wibisana, "
    "selama tiga jam – dari pukul 09.00 sampai 12.00 WIB.",
    "“Kami menanyakan foto yang beredar itu,” kata ketua Bawaslu, Ningsih Hapsari, kepada "
    "wartawan di kantornya, Selasa siang.",
    "Dalam foto tersebut, lurah yang berstatus aparatur sipil negara itu berdiri di samping "
    "seorang bakal calon wali kota — dengan dua jari terangkat.",
    "Sutarjo membantah bahwa ia berpihak. Menurut dia, foto diambil pada acara keluarga jauh "
    "sebelum masa pendaftaran, dan jarinya menunjukkan jumlah anaknya.",
    "Bawaslu akan meminta keterangan dua saksi lagi pekan ini sebelum meneruskan berkasnya ke "
    "Komisi Aparatur Sipil Negara.",
    "Warga Margasari berharap perkara itu lekas jelas, sebab pelayanan di kelurahan sempat "
    "berhenti sehari karena pemeriksaan tersebut.",
)
OTHERS = (
    "Harga Cabai Rawit Merah di Pasar Induk Turun Lagi Menjelang Akhir Pekan",
    "Jembatan Gantung di Hulu Sungai Kembali Dibuka untuk Pejalan Kaki",
    "Tim Voli Putri Purwasari Lolos ke Final setelah Mengalahkan Juara Bertahan",
)


def page(
    *, above: str = "", beside: str = "", below: str = "", text: tuple[str, ...] = TEXT
) -> str:
    story = "".join(f"<p>{html.escape(line)}</p>\n" for line in text)
    return (
        f"<html><head><title>{HEADLINE} - Media Uji</title></head><body>"
        '<div class="atas"><ul><li><a href="/">Beranda</a></li><li><a href="/daerah/">Daerah</a>'
        f'</li></ul></div><div class="badan">{above}<div class="kolom-kiri">'
        f'<h1>{HEADLINE}</h1><div class="isi-naskah">{story}</div>{below}</div>'
        f'<div class="kolom-kanan">{beside}</div></div></body></html>'
    )


def listed(count: int) -> str:
    links = (
        f'<li><a href="/berita/{n}/"><img src="/{n}.jpg">{OTHERS[n % len(OTHERS)]}</a></li>'
        for n in range(count)
    )
    return f'<div class="terpopuler"><h3>Terpopuler</h3><ul>{"".join(links)}</ul></div>'


def told(count: int) -> str:
    excerpts = (
        f'<div class="kartu"><h4><a href="/b/{n}/">{OTHERS[n % len(OTHERS)]}</a></h4>'
        f'<p class="cuplikan"><a href="/b/{n}/">Pemerintah kota menyebut hal itu sudah …</a></p>'
        f"</div>"
        for n in range(count)
    )
    return f'<div class="lainnya">{"".join(excerpts)}</div>'


def comments(count: int) -> str:
    said = (f"<li class='comment'><p>Setuju sekali dengan Pak Lurah, lanjutkan! ({n})</p></li>"
            for n in range(count))  # fmt: skip
    return f'<div id="comments"><h3>Komentar</h3><ol>{"".join(said)}</ol></div>'


def lines_of(body: str, **how: bool) -> list[str]:
    pages = [page_of(body)]
    return extract(pages, rules=Rules(), outlet=MEDIA_UJI, **how).article.text.split("\n\n")


# ------------------------------------------------------------------- the same story, the same text

MODES = pytest.mark.parametrize("thorough", [False, True], ids=["plain", "thorough"])


@MODES
def test_story_is_read_whole_with_its_quotes_dashes_and_paragraphs(thorough: bool) -> None:
    assert lines_of(page(), thorough=thorough) == list(TEXT)


@MODES
@pytest.mark.parametrize(
    "around",
    [
        pytest.param({"beside": listed(3)}, id="a short sidebar"),
        pytest.param({"beside": listed(60)}, id="a long sidebar"),
        pytest.param({"beside": told(40)}, id="excerpts beside"),
        pytest.param({"above": listed(20)}, id="a list above"),
        pytest.param({"below": listed(12)}, id="a list below"),
        pytest.param({"below": told(30)}, id="excerpts below"),
        pytest.param({"below": comments(2)}, id="two comments"),
        pytest.param({"below": comments(80)}, id="many comments"),
        pytest.param(
            {"above": listed(5), "beside": told(40), "below": comments(40)}, id="all of it"
        ),
    ],
)
def test_text_is_the_same_whatever_stands_around_it(around: dict[str, str], thorough: bool) -> None:
    assert lines_of(page(**around), thorough=thorough) == list(TEXT)


@MODES
@given(
    length=st.integers(2, len(TEXT)),
    sidebars=st.tuples(st.integers(0, 80), st.integers(0, 80)),
    excerpts=st.tuples(st.integers(0, 40), st.integers(0, 40)),
    said=st.tuples(st.integers(0, 40), st.integers(0, 40)),
)
def test_text_of_a_story_of_any_length_does_not_change_with_its_sidebar(
    thorough: bool,
    length: int,
    sidebars: tuple[int, int],
    excerpts: tuple[int, int],
    said: tuple[int, int],
) -> None:
    found = [
        lines_of(
            page(text=TEXT[:length], beside=listed(a) + told(b), below=comments(c)),
            thorough=thorough,
        )
        for a, b, c in zip(sidebars, excerpts, said, strict=True)
    ]
    assert len({tuple(lines) for lines in found}) == 1


SNIPPET = "Kabar itu disampaikan petugas setempat dan mendapat tanggapan beragam dari warga. "


def popular(count: int, called: str) -> str:
    """A box of other stories that tells more than a story of three paragraphs does."""
    told = (f"<div><a href='/p/{n}/'>{OTHERS[n % 3]}</a><div>{SNIPPET * 2}</div></div>"
            for n in range(count))  # fmt: skip
    return f'<div class="{called}">{"".join(told)}</div>'


@MODES
@pytest.mark.parametrize("called", ["sidebar section", "widget PopularPosts", "right-sidebar"])
@pytest.mark.parametrize("count", [4, 20])
def test_box_of_other_stories_with_prose_is_not_read(
    called: str, count: int, thorough: bool
) -> None:
    found = lines_of(page(text=TEXT[:3], beside=popular(count, called)), thorough=thorough)
    assert found == list(TEXT[:3])


@MODES
def test_story_in_a_column_that_is_called_a_sidebar_stays(thorough: bool) -> None:
    links = "".join(f"<a href='/{n}/'>{n}</a> " for n in range(4))
    body = page(below=links).replace("kolom-kiri", "sidebar")
    assert lines_of(body, thorough=thorough)[: len(TEXT)] == list(TEXT)


# ------------------------------------------------------------------------------- what is a story

CAPTION = "Lurah Margasari (kiri) seusai pemeriksaan Foto Ist"


def test_story_that_ends_with_a_caption_is_a_story() -> None:
    assert lines_of(page(text=(*TEXT, CAPTION)))[: len(TEXT)] == list(TEXT)


def test_list_of_excerpts_is_no_story() -> None:
    """A front page in the place of a story: excerpts end as WordPress cuts them, not as prose."""
    items = "".join(
        f"<article><h2><a href='/{number}/'>{title}</a></h2><p>{words} {words[:90]} [&hellip;]</p>"
        "</article>"
        for number, (title, words) in enumerate(zip(OTHERS * 2, TEXT, strict=True))
    )
    body = f"<html><title>Kabar Daerah</title><body><main>{items}</main></body></html>"
    with pytest.raises(NotAnArticle):
        extract([page_of(body)], rules=Rules(), outlet=MEDIA_UJI)


LISTS = (
    "https://media-uji.example/category/politik/",
    "https://media-uji.example/tag/netralitas-asn",
    "https://media-uji.example/author/rina/",
    "https://media-uji.example/politik/page/3/",
    "https://media-uji.example/search/label/Politik",
    "https://media-uji.example/?s=camat",
    "https://media-uji.example/rubrik/daerah/",
    "https://media-uji.example/index-news?date=2024-10-02",
)


@pytest.mark.parametrize("url", LISTS)
@pytest.mark.parametrize("said", ["address", "canonical"])
def test_page_of_whole_sentences_at_the_address_of_a_list_is_no_story(url: str, said: str) -> None:
    body = page().replace("<head>", f"<head><link rel='canonical' href='{url}'>")
    own = page_of(page(), url) if said == "address" else page_of(body)
    with pytest.raises(NotAnArticle, match="a list of stories"):
        extract([own], rules=Rules(), outlet=MEDIA_UJI)


@pytest.mark.parametrize(
    "url",
    [
        "https://media-uji.example/berita/category-5-topan/",
        "https://media-uji.example/tagihan-listrik-kantor-camat/",
        "https://media-uji.example/camat-diperiksa/2/",
        "https://media-uji.example/berita/page-depan-koran/",
        "https://media-uji.example/index.php?id=12",
        "https://media-uji.example/?p=123",
    ],
)
def test_story_whose_address_only_looks_like_that_of_a_list_is_read(url: str) -> None:
    found = extract([page_of(page(), url)], rules=Rules(), outlet=MEDIA_UJI)
    assert found.article.text.split("\n\n") == list(TEXT)


def test_story_that_says_so_is_read_at_the_address_of_a_list() -> None:
    body = page().replace("<body>", "<body class='single-post'>")
    found = extract([page_of(body, LISTS[0])], rules=Rules(), outlet=MEDIA_UJI)
    assert found.article.headline == HEADLINE


def test_list_of_headlines_is_no_story() -> None:
    items = tuple(f"{other} Kata Warga Setempat ({n})" for n in range(4) for other in OTHERS)
    with pytest.raises(NotAnArticle, match="nothing on it says"):
        lines_of(page(text=items))


def test_cells_of_a_table_are_read_without_the_marks_of_one() -> None:
    cells = "".join(f"<tr><td><p>{html.escape(line)}</p></td></tr>" for line in TEXT)
    body = page(text=()).replace('<div class="isi-naskah">', f"<table>{cells}</table><div>")
    assert re.sub(r"\s+", " ", " ".join(lines_of(body))) == " ".join(TEXT)


# ------------------------------------------------------------------------------ a second opinion

WIDGET = (
    '<div class="langganan-surel"><a href="/d/">Daftar</a> <a href="/s/">sekarang juga</a> '
    '<a href="/l/">untuk kabar pagi dari redaksi kami</a></div>'
)


def contained(widget: str = "") -> str:
    opening = '<div class="entry-content">'
    body = page().replace('<div class="isi-naskah">', opening)
    return body.replace(f"<p>{html.escape(TEXT[3])}", f"{widget}<p>{html.escape(TEXT[3])}")


def test_second_opinion_drops_what_only_the_container_holds() -> None:
    assert len(lines_of(contained(WIDGET))) == len(TEXT) + 1
    assert lines_of(contained(WIDGET), thorough=True) == list(TEXT)


@pytest.mark.parametrize(
    "line",
    [TEXT[3], "Terancam dibebaskan dari jabatan"],
    ids=["sentence", "subhead"],
)
def test_second_opinion_drops_no_sentence_and_no_subhead(line: str) -> None:
    lines = [Line(TEXT[0]), Line(TEXT[1]), Line(TEXT[2]), Line(line), Line(TEXT[4])]
    by = [one for one in lines if one.text != line]
    assert confirmed(lines, by=by) == lines
    assert confirmed([*lines, Line("Daftar sekarang juga", 20)], by=by) == lines


def test_second_opinion_is_not_asked_where_a_rule_names_the_body() -> None:
    ruled = Rules(body=".entry-content")
    read = extract([page_of(contained(WIDGET))], rules=ruled, outlet=MEDIA_UJI, thorough=True)
    assert len(read.article.text.split("\n\n")) == len(TEXT) + 1


def test_readers_who_disagree_on_too_much_saw_two_stories() -> None:
    lines = [Line(text) for text in TEXT]
    assert confirmed(lines, by=[Line(TEXT[0])]) == lines
    assert confirmed(lines, by=[]) == lines


@given(st.lists(st.text(max_size=40)), st.lists(st.text(max_size=40)))
def test_second_opinion_adds_nothing_and_keeps_the_order(own: list[str], other: list[str]) -> None:
    lines = [Line(text) for text in own]
    kept = iter(confirmed(lines, by=[Line(text) for text in other]))
    line = next(kept, None)
    for one in lines:
        if one is line:
            line = next(kept, None)
    assert line is None


def test_texts_of_two_readers_are_told_apart() -> None:
    free, ruled = Rules(), Rules(body=".isi")
    assert extractor_id(free, thorough=True) != extractor_id(free)
    assert extractor_id(ruled, thorough=True) == extractor_id(ruled)
    reading = extract([page_of(page())], rules=free, outlet=MEDIA_UJI, thorough=True)
    assert reading.extractor == extractor_id(free, thorough=True)


HEAD = "<h1>Lurah Disidang karena Dukung Calon</h1><div>Rabu, 18 September 2024 14:20 WITA</div>"
PARAGRAPHS = (
    "Seorang lurah disidang Bawaslu karena diduga mendukung calon wali kota dalam pemilihan.",
    "Menurut ketua Bawaslu, lurah itu mengunggah foto dukungan di akun miliknya awal September.",
    "Lurah tersebut membantah dan berkata akunnya dipakai orang lain saat ia di luar kota.",
)


@pytest.mark.parametrize("tag", ["li", "blockquote", "td", "h3", "p"])
def test_heading_and_its_date_are_not_set_behind_the_text(tag: str) -> None:
    body = "".join(f"<{tag}>{line}</{tag}>" for line in PARAGRAPHS)
    if tag == "td":
        body = f"<table><tr>{body}</tr></table>"
    html = (
        "<html><head><title>Lurah Disidang karena Dukung Calon | Suara Uji</title></head><body>"
        f'<div class="content">{HEAD}<div class="xyz">{body}</div></div></body></html>'
    )
    text = reading_of(page_of(html, "https://media-uji.example/berita/lurah")).article.text
    assert "WITA" not in text
    assert "Lurah Disidang karena" not in text
    assert all(line in text for line in PARAGRAPHS)


def test_last_sentence_with_a_date_stays() -> None:
    body = "".join(f"<p>{line}</p>" for line in (*PARAGRAPHS, "Sidang ditunda, 20 Mei 2024 lalu."))
    html = f'<html><body><div>{HEAD}<div class="xyz">{body}</div></div></body></html>'
    text = reading_of(page_of(html, "https://media-uji.example/berita/lurah")).article.text
    assert text.endswith("Sidang ditunda, 20 Mei 2024 lalu.")
