"""What pages declare of their stories: JSON-LD in every state, headline, section, tags, image."""

import html
import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reading import reading_of

from archive.types import Article, Outlet
from crawler.broken_json import salvaged
from crawler.headlines import cleaned, headline_of, plain
from crawler.jsonld import declared_in, headline_in, people_of, text_values
from crawler.metadata import Metadata, read_metadata
from crawler.names import Names
from crawler.shelving import cleaned_tags
from crawler.tree import parsed

URL = "https://media-uji.example/politik/camat-diperiksa/"
TITLE = "Camat “Barimba Hulu” Diperiksa Bawaslu: Diduga Tak Netral"
AUTHOR = "Rina Ayu Lestari"
AT = "2024-10-02T10:00:00+07:00"
ARTICLE: dict[str, Any] = {
    "@type": "NewsArticle",
    "@id": f"{URL}#article",
    "headline": TITLE,
    "description": "Kata Bawaslu: {belum} ada sanksi, [masih] dikaji.",
    "datePublished": AT,
    "image": {"@type": "ImageObject", "url": "https://media-uji.example/foto/camat.jpg"},
    "author": {"@type": "Person", "name": AUTHOR, "url": "https://media-uji.example/penulis/7"},
    "publisher": {"@type": "Organization", "name": "Media Uji"},
    "keywords": ["netralitas", "camat"],
}
OTHER = {"@type": "NewsArticle", "headline": "Harga Cabai Naik", "author": {"name": "Joko Umbaran"}}
SITE = {"@type": "WebSite", "@id": "https://media-uji.example/#web", "name": "Media Uji"}
CONTEXT = {"@context": "https://schema.org"}
SCRIPT = json.dumps(CONTEXT | ARTICLE, ensure_ascii=False)
GRAPH = json.dumps(CONTEXT | {"@graph": [SITE, ARTICLE, OTHER]}, ensure_ascii=False, indent=1)


def script(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def page(head: str = "", *, title: str = TITLE, above: str = "", below: str = "") -> str:
    return (
        f"<html><head>{head}</head><body>{above}<article><h1>{title}</h1>"
        '<div class="entry-content"><p>Bawaslu memeriksa seorang camat yang menghadiri deklarasi '
        "pasangan calon bupati, dan akan memanggil tiga saksi lain pada pekan ini.</p>"
        "<p>Camat itu membantah. Menurut dia, acara tersebut hanya syukuran keluarga.</p></div>"
        f"</article>{below}</body></html>"
    )


def read(head: str = "", **more: str) -> Article:
    return reading_of(page(head, **more)).article


def metadata(head: str = "", **more: str) -> Metadata:
    return read_metadata(parsed(page(head, **more)), URL)


# JSON-LD


@pytest.mark.parametrize(
    "scripts",
    [
        [SCRIPT],
        [GRAPH],
        [json.dumps([SITE, ARTICLE])],
        [json.dumps(SITE), SCRIPT],
        ["{", SCRIPT],
        [json.dumps({"@graph": ARTICLE})],
        [json.dumps({"@graph": [[SITE], [ARTICLE]]})],
        [json.dumps({"@type": "WebPage", "mainEntity": ARTICLE})],
        [json.dumps({"@type": "WebPage", "mainEntityOfPage": ARTICLE})],
        [json.dumps({"@type": "WebPage", "mainEntity": {"@graph": [ARTICLE]}})],
        [json.dumps(ARTICLE | {"@type": ["Article", "ReportageNewsArticle"]})],
        [json.dumps(ARTICLE | {"@type": "http://schema.org/NewsArticle"})],
        [json.dumps({**ARTICLE, "headline": "", "name": TITLE})],
        [json.dumps({**ARTICLE, "headline": {"@value": TITLE, "@language": "id"}})],
        [json.dumps({**ARTICLE, "headline": [TITLE]})],
        [SCRIPT[:-1] + ",}"],
        [SCRIPT.replace("netralitas", "netra\nlitas")],
        [SCRIPT.replace('"camat"]', '"camat",]')],
        [SCRIPT.replace("“", '"').replace("”", '"')],
        [SCRIPT.replace('"', "'")],
        [f"<!-- {SCRIPT} -->"],
        [f"//<![CDATA[\n{SCRIPT}\n//]]>"],
        [f"/* <![CDATA[ */{SCRIPT}/* ]]> */"],
        [f"/* skema */ {SCRIPT};"],
        [html.escape(SCRIPT)],
        [SCRIPT[:-1]],
        [SCRIPT[: SCRIPT.index('"keywords"')]],
        [json.dumps(SITE) + SCRIPT],
        [json.dumps(SITE) + ",\n" + SCRIPT],
        [SCRIPT.replace('", "date', '" "date')],
        [SCRIPT.replace(", ", "\n")],
        [SCRIPT.replace('"datePublished": ', '"datePublished": , "x": ')],
        ["\ufeff" + SCRIPT],
        [SCRIPT.replace("“", "&amp;ldquo;").replace("”", "&amp;rdquo;")],
    ],
    ids=[
        "object", "graph", "array", "two scripts", "first one broken", "graph of one",
        "nested graph", "mainEntity", "mainEntityOfPage", "graph in mainEntity", "types",
        "type as address", "name", "language-tagged", "list", "trailing comma", "raw newline",
        "trailing comma in array", "bare quotes", "single quotes", "html comment", "cdata",
        "commented cdata", "comment and semicolon", "html-escaped", "no last brace",
        "cut behind a member", "two objects", "two objects with a comma", "no comma",
        "newlines for commas", "value missing", "byte order mark", "entities twice",
    ],
)  # fmt: skip
def test_article_is_found_in_any_json_ld(scripts: list[str]) -> None:
    node = declared_in(
        scripts, headlines=[TITLE, TITLE.replace("“", '"').replace("”", '"')]
    ).article
    quoted = plain(headline_in(node)).replace('"', "“", 1).replace('"', "”", 1)
    assert quoted.replace("'", "“", 1).replace("'", "”", 1) == TITLE
    assert people_of(node["author"]) == [AUTHOR]


@pytest.mark.parametrize(
    ("author", "byline"),
    [
        (AUTHOR, AUTHOR),
        ([AUTHOR], AUTHOR),
        ({"name": AUTHOR}, AUTHOR),
        ([{"name": AUTHOR}, {"name": "Budi Santika"}], f"{AUTHOR}, Budi Santika"),
        ({"@type": "Person", "name": [AUTHOR]}, AUTHOR),
        ({"@id": "#rina"}, AUTHOR),
        ({"@type": "Person", "@id": "#rina", "name": ""}, AUTHOR),
        ([{"@id": "#rina"}], AUTHOR),
        ({"@type": "Person", "name": ""}, "Budi Santika"),
        ({"@type": "Organization", "name": "Kanta Grup"}, "Budi Santika"),
        ({"@type": ["Person", "Organization"], "name": AUTHOR}, AUTHOR),
        ({"@id": "#tidak-ada"}, "Budi Santika"),
        (None, "Budi Santika"),
        (7, "Budi Santika"),
        ({}, "Budi Santika"),
        ([[[AUTHOR]]], AUTHOR),
        ({"name": {"name": {"name": {}}}}, "Budi Santika"),
    ],
)
def test_author_is_read_in_any_form(author: object, byline: str) -> None:
    person = {"@type": "Person", "@id": "#rina", "name": AUTHOR, "sameAs": []}
    graph = {"@graph": [ARTICLE | {"author": author}, person]}
    head = script(json.dumps(graph)) + '<meta name="author" content="Budi Santika">'
    assert read(head).byline == byline


def test_of_several_articles_the_one_called_like_the_heading_is_ours() -> None:
    assert read(script(json.dumps([OTHER, ARTICLE]))).byline == AUTHOR


def test_of_several_articles_the_one_of_this_address_is_ours() -> None:
    renamed = ARTICLE | {"headline": "Judul Untuk Mesin Pencari", "mainEntityOfPage": URL}
    assert metadata(script(json.dumps([OTHER, renamed]))).authors == (AUTHOR,)


@pytest.mark.parametrize("depth", [30, 400, 900, 20_000])
def test_deep_json_is_passed_over(depth: int) -> None:
    for opening, closing in (("[", "]"), ('{"name":', "}"), ('{"@graph":', "}"), ("{", "")):
        nested = opening * depth + '"x"' + closing * depth
        declared_in([nested, nested + SCRIPT, f'{{"@type":"NewsArticle","author":{nested}}}'])
    assert text_values([[[["x"]]]]) == ["x"]


@given(st.integers(0, len(GRAPH)))
def test_cut_script_never_gives_a_wrong_value(end: int) -> None:
    for whole in (SCRIPT, GRAPH):
        node = declared_in([whole[:end]]).article
        assert headline_in(node) in ("", TITLE, OTHER["headline"])
        assert people_of(node.get("author")) in ([], [AUTHOR], ["Joko Umbaran"])
        assert node.get("datePublished", AT) == AT


SIGNS = st.sampled_from([*"\"{}[],:\\' \n", "", "}}", '""', "<!--", "//", "null"])


@settings(max_examples=300)
@given(st.integers(0, len(GRAPH)), st.integers(0, 3), SIGNS, st.booleans())
@example(0, 1, "", True)
def test_damaged_script_never_gives_a_wrong_headline(
    at: int, width: int, sign: str, is_graph: bool
) -> None:
    whole = GRAPH if is_graph else SCRIPT
    damaged = whole[:at] + sign + whole[at + width :]
    head = f"<title>{TITLE} - Media Uji</title>{script(damaged)}"
    assert read(head).headline == TITLE


@settings(max_examples=300)
@given(st.integers(0, len(GRAPH)), st.integers(0, 3), SIGNS)
def test_headline_of_damaged_json_counts_only_where_the_page_says_it(
    at: int, width: int, sign: str
) -> None:
    damaged = GRAPH[:at] + sign + GRAPH[at + width :]
    try:
        json.loads(damaged, strict=False)
    except ValueError:
        node = declared_in([damaged], headlines=[TITLE]).article
        assert letters(headline_in(node)) in ("", letters(TITLE))
        assert "Joko Umbaran" not in people_of(node.get("author"))


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@given(st.text(alphabet="{}[]\":,\\'ab1 \n/*<!-", max_size=80))
def test_anything_is_salvaged_or_passed_over(text: str) -> None:
    assert isinstance(salvaged(text), list)
    declared_in([text, f'{{"@type":"NewsArticle","headline":{text}'])


values = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.from_regex(r"[a-z@]{1,6}", fullmatch=True), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), values, max_size=4))
def test_json_that_is_whole_is_salvaged_as_it_is(value: dict[str, Any]) -> None:
    text = json.dumps(value, ensure_ascii=False)
    if not any(mark in text for mark in '\\"' + "'“‘") or '\\"' not in text:
        assert salvaged(text)[:1] in ([value], [])


# the headline

MEDIA = Names(
    Outlet(slug="media-uji", name="Media Uji", url="https://media-uji.example"), ("Media Uji Grup",)
)
PONTIANAK = Names(
    Outlet(slug="tribun-pontianak", name="Tribun Pontianak", url="https://pontianak.tribunnews.com")
)
KOMPAS = Names(Outlet(slug="kompas", name="Kompas.com", url="https://regional.kompas.com"))
KOLOM = Names(Outlet(slug="kolomrakyat", name="Kolom Rakyat", url="https://kolomrakyat.com"))


@pytest.mark.parametrize(
    ("title", "headline", "names"),
    [
        ("Camat Diperiksa - Media Uji", "Camat Diperiksa", MEDIA),
        ("Camat Diperiksa | Media Uji", "Camat Diperiksa", MEDIA),
        ("Camat Diperiksa – media-uji.example", "Camat Diperiksa", MEDIA),
        ("Camat Diperiksa » Media Uji Grup", "Camat Diperiksa", MEDIA),
        ("Camat Diperiksa | Politik Media Uji", "Camat Diperiksa", MEDIA),
        ("Camat Diperiksa - Halaman 2", "Camat Diperiksa", MEDIA),
        ("Camat Diperiksa – Halaman all", "Camat Diperiksa", MEDIA),
        ("Camat Diperiksa - Page 2 of 3", "Camat Diperiksa", MEDIA),
        ("Camat Diperiksa - Laman 2 dari 3 - Media Uji", "Camat Diperiksa", MEDIA),
        ("Camat Diperiksa - Media Uji - Halaman 2", "Camat Diperiksa", MEDIA),
        ("Camat Diperiksa (Halaman 2)", "Camat Diperiksa", MEDIA),
        ("Camat Diperiksa | Page 2", "Camat Diperiksa", MEDIA),
        ("Camat Diperiksa Halaman all - Kompas.com", "Camat Diperiksa", KOMPAS),
        ("Camat Diperiksa - Kompas.com Regional", "Camat Diperiksa", KOMPAS),
        ("Camat Diperiksa | Tribun Pontianak", "Camat Diperiksa", PONTIANAK),
        ("Camat Diperiksa - Tribunnews.com", "Camat Diperiksa", PONTIANAK),
        ("Camat Diperiksa - Tribunpontianak.co.id", "Camat Diperiksa", PONTIANAK),
        ("KOLOMRAKYAT.COM: Camat Diperiksa", "Camat Diperiksa", KOLOM),
        ("Kolom Rakyat - Camat Diperiksa", "Camat Diperiksa", KOLOM),
        ("Media Uji", "", MEDIA),
        ("Berita Terbaru - Media Uji", "", MEDIA),
        ("Media Uji - Portal Berita Kalimantan", "", MEDIA),
        ("Beranda", "", MEDIA),
        ("Berita Bohong Soal Camat", "Berita Bohong Soal Camat", MEDIA),
        ("BREAKING NEWS: Camat Diperiksa", "BREAKING NEWS: Camat Diperiksa", MEDIA),
        ("VIDEO - Camat Diperiksa", "VIDEO - Camat Diperiksa", MEDIA),
        ("“Saya Netral” – Camat Membantah", "“Saya Netral” – Camat Membantah", MEDIA),
        ("Kata Camat: 'Saya Netral'", "Kata Camat: 'Saya Netral'", MEDIA),
        ("Camat, Lurah - Semua Diperiksa", "Camat, Lurah - Semua Diperiksa", MEDIA),
        ("Buku Saku Netralitas Halaman 3", "Buku Saku Netralitas Halaman 3", MEDIA),
        ("Jejak Perkara Camat (Bagian 2)", "Jejak Perkara Camat (Bagian 2)", MEDIA),
        ("Skor Netralitas ASN 3 - 2", "Skor Netralitas ASN 3 - 2", MEDIA),
        ("Wartawan Media Uji Diperiksa", "Wartawan Media Uji Diperiksa", MEDIA),
        ("Bawaslu: Camat Diperiksa", "Bawaslu: Camat Diperiksa", MEDIA),
    ],
)  # fmt: skip
def test_headline_is_what_the_story_is_called(title: str, headline: str, names: Names) -> None:
    assert cleaned(title, names) == headline


@pytest.mark.parametrize(
    ("declared", "read_as"),
    [
        ("Camat &quot;Netral&quot;", 'Camat "Netral"'),
        ("Camat &amp;quot;Netral&amp;quot;", 'Camat "Netral"'),
        ("Camat &#8220;Netral&#8221; &#8211; Lurah", "Camat “Netral” – Lurah"),
        ("Sekda &amp;amp; Camat", "Sekda & Camat"),
        ("Sekda & Camat", "Sekda & Camat"),
        ("<i>Quick Count</i> Dimulai", "Quick Count Dimulai"),
        ("Suara < 10 Persen", "Suara < 10 Persen"),
        ("Camat\u00a0Diperiksa\n Bawaslu", "Camat Diperiksa Bawaslu"),
    ],
)
def test_entities_are_undone_once_and_twice(declared: str, read_as: str) -> None:
    assert plain(declared) == read_as
    head = script(json.dumps(ARTICLE | {"headline": declared}))
    assert headline_of([], metadata(head).headlines, MEDIA) == read_as


def test_printed_heading_is_believed_where_metadata_confirm_it() -> None:
    head = f"<title>{TITLE} - Media Uji</title>" + script(json.dumps(OTHER))
    assert read(head).headline == TITLE


def test_page_without_heading_is_called_what_it_declares() -> None:
    head = '<meta property="og:title" content="Camat Diperiksa | Media Uji">'
    assert read(head, title="").headline == "Camat Diperiksa"


@given(st.text(min_size=1, max_size=80))
def test_any_title_is_cleaned_to_a_part_of_itself(title: str) -> None:
    assert cleaned(title, MEDIA) in title


# section

CRUMBS = (
    '<nav class="breadcrumb"><a href="/">{}</a> » <a href="/politik/">{}</a> » '
    '<a href="/politik/pilkada/">{}</a> » <a href="#">{}</a></nav>'
)


def crumb_list(*names: str) -> str:
    steps = [{"@type": "ListItem", "name": name, "item": f"https://x.example/{n}"}
             for n, name in enumerate(names)]  # fmt: skip
    return script(json.dumps({"@type": "BreadcrumbList", "itemListElement": steps}))


@pytest.mark.parametrize(
    ("parts", "section"),
    [
        ({"head": script(json.dumps(ARTICLE | {"articleSection": ["Politik", "Daerah"]}))},
         "Politik"),
        ({"head": '<meta property="article:section" content="Sultra">'}, "Sultra"),
        ({"head": '<meta property="article:section" content="Berita">'}, ""),
        ({"head": '<meta name="content_category" content="Money">'}, "Money"),
        ({"above": CRUMBS.format("Beranda", "Politik", "Pilkada", TITLE)}, "Pilkada"),
        ({"above": CRUMBS.format("Home", "Berita", "News", TITLE)}, ""),
        ({"above": CRUMBS.format("Home", "Politik", "Berita", "")}, "Politik"),
        ({"head": crumb_list("Home", "Ekonomi", TITLE)}, "Ekonomi"),
        ({"head": crumb_list("Media Uji", "nasional", TITLE)}, "nasional"),
        ({"head": crumb_list("Home", TITLE)}, ""),
        ({"head": '<meta property="article:section" content="Berita">',
          "above": CRUMBS.format("Home", "Politik", "Pilkada", TITLE)}, "Pilkada"),
        ({"head": '<meta property="article:section" content="Hukum &amp;amp; Politik">'},
         "Hukum & Politik"),
        ({}, ""),
    ],
)  # fmt: skip
def test_section_is_where_the_story_is_filed(parts: dict[str, str], section: str) -> None:
    assert metadata(**parts).section == section


# tags


@pytest.mark.parametrize(
    ("said", "tags"),
    [
        (["Netralitas ASN", "Pilkada"], ("Netralitas ASN", "Pilkada")),
        (["netralitas, camat,, pilkada "], ("netralitas", "camat", "pilkada")),
        (["Tag:", "#Netralitas", "netralitas", "NETRALITAS"], ("Netralitas",)),
        (["Tags: camat, lurah"], ("camat", "lurah")),
        (["Topik Terkait", "camat"], ("camat",)),
        (["Label: # camat."], ("camat",)),
        (["", " ", "#", ","], ()),
        (["x" * 500], ()),
    ],
)
def test_tags_are_each_one_once_without_labels(said: list[str], tags: tuple[str, ...]) -> None:
    assert cleaned_tags(said) == tags


@pytest.mark.parametrize(
    ("head", "tags"),
    [
        ('<meta name="keywords" content="camat, Camat, lurah">', ("camat", "lurah")),
        ('<meta property="article:tag" content="camat"><meta property="article:tag" '
         'content="lurah"><meta name="keywords" content="lain">', ("camat", "lurah")),
        (script(SCRIPT), ("netralitas", "camat")),
        (script(json.dumps(ARTICLE | {"keywords": "camat, lurah"})), ("camat", "lurah")),
    ],
    ids=["keywords", "article:tag", "json-ld list", "json-ld string"],
)  # fmt: skip
def test_tags_are_those_of_the_best_source(head: str, tags: tuple[str, ...]) -> None:
    assert metadata(head).tags == tags


# image

FOTO = "https://media-uji.example/wp-content/uploads/2024/10/camat.jpg"


def og(*addresses: str) -> str:
    return "".join(f'<meta property="og:image" content="{one}">' for one in addresses)


@pytest.mark.parametrize(
    ("head", "image"),
    [
        (og(FOTO), FOTO),
        (og("/foto/camat.jpg"), "https://media-uji.example/foto/camat.jpg"),
        (og("//cdn.media-uji.example/camat.jpg"), "https://cdn.media-uji.example/camat.jpg"),
        (og(FOTO.replace(".jpg", "-300x200.jpg"), FOTO), FOTO),
        (og("https://media-uji.example/assets/logo.png"), ""),
        (og("https://media-uji.example/img/logo-media-uji.png", FOTO), FOTO),
        (og("https://media-uji.example/img/no-image.jpg"), ""),
        (og("https://media-uji.example/img/placeholder.png"), ""),
        (og("https://media-uji.example/img/default_image.jpg"), ""),
        (og("https://media-uji.example/favicon.ico"), ""),
        (og("https://hitung.example/1x1.gif"), ""),
        (og("data:image/png;base64,AAAA"), ""),
        (og(FOTO) + '<meta property="og:image:width" content="1">', ""),
        (og(FOTO) + '<meta property="og:image:width" content="1200">', FOTO),
        (og("https://media-uji.example/2024/serah-terima-logo-pilkada.jpg"),
         "https://media-uji.example/2024/serah-terima-logo-pilkada.jpg"),
        (script(json.dumps(ARTICLE | {"image": [FOTO]})), FOTO),
        (script(json.dumps(ARTICLE | {"image": {"contentUrl": FOTO}})), FOTO),
        (script(json.dumps(ARTICLE | {"image": "https://media-uji.example/a/merek.png",
                "publisher": {"logo": {"url": "https://media-uji.example/a/merek.png"}}})), ""),
        (og(""), ""),
    ],
)  # fmt: skip
def test_image_is_the_largest_of_the_storys_photo(head: str, image: str) -> None:
    assert metadata(head).image_url == image


# language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Bawaslu memeriksa camat yang hadir pada deklarasi itu dan akan memanggil saksi.", "id"),
        ("The election watchdog has questioned a district head over his attendance there.", ""),
    ],
)
def test_language_is_that_of_the_words(text: str, language: str) -> None:
    body = f"<html lang='en-US'><h1>{TITLE}</h1><div class='entry-content'><p>{text * 3}</p></div>"
    assert reading_of(body + script(SCRIPT)).article.language == language


@pytest.mark.parametrize(
    ("title", "heading", "headline"),
    [
        ("Media Uji | Kabar Sulawesi Tengah", "Bawaslu Periksa Camat Soal Foto", "Bawaslu Periksa"),
        ("Untitled Document", "Bawaslu Periksa Camat Soal Foto", "Bawaslu Periksa"),
        ("Camat Dipanggil Bawaslu", "Kabar Poso", "Camat Dipanggil"),
        ("Camat Dipanggil Bawaslu - Media Uji", "Camat Dipanggil Bawaslu", "Camat Dipanggil"),
    ],
    ids=["masthead", "forgotten", "name of a list", "the same"],
)
def test_title_element_alone_does_not_beat_a_heading(
    title: str, heading: str, headline: str
) -> None:
    text = "Bawaslu memeriksa camat itu soal foto bersama calon di rumah makan. " * 4
    page = (
        f"<html><head><title>{title}</title></head><body class='single-post'><h1>{heading}</h1>"
        f'<div class="entry-content"><p>{text}</p></div></body></html>'
    )
    assert reading_of(page).article.headline.startswith(headline)
