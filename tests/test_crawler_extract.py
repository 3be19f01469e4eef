import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import MEDIA_UJI, outlet_and_rules, page_of, reading_of

from archive.errors import ChallengePage, CrawlError, NotAnArticle, Unreadable
from archive.types import Outlet, Page
from crawler.bodies import characters
from crawler.extract import extract, is_missing
from crawler.rules import Rules

HERE = Path(__file__).parent
BROKEN = HERE / "broken"
SHARED = Path(os.environ.get("KLIPING_SHARED", HERE.parent.parent / "shared")) / "pages"

STORY = (
    "<p>Bupati meminta pegawai menjaga netralitas selama masa kampanye dan tidak memakai "
    "kendaraan dinas untuk kepentingan pasangan calon mana pun.</p>"
    "<p>Ia menyampaikan hal itu di hadapan para camat dan lurah pada apel pagi.</p>"
)


def wordpress(head: str = "", *, above: str = "", body: str = STORY, below: str = "") -> str:
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}</head>'
        '<body class="single single-post postid-12"><article><h1>Bupati Minta Pegawai Netral</h1>'
        f'{above}<div class="entry-content">{body}</div></article>{below}</body></html>'
    )


ERRORS = {
    "challenge-cloudflare.html": ChallengePage,
    "challenge-refused.html": ChallengePage,
    "challenge-hosting.html": ChallengePage,
    "challenge-javascript.html": ChallengePage,
    "tag-page.html": NotAnArticle,
    "index-without-classes.html": NotAnArticle,
    "static-page.html": NotAnArticle,
    "gallery.html": NotAnArticle,
    "soft-404.html": NotAnArticle,
    "soft-404-plain.html": NotAnArticle,
    "empty.html": NotAnArticle,
    "blank.html": NotAnArticle,
    "feed.html": NotAnArticle,
    "data.html": NotAnArticle,
    "document.pdf": Unreadable,
    "photo.jpg": Unreadable,
    "noise.bin": Unreadable,
}


@pytest.mark.parametrize("name", sorted(path.name for path in BROKEN.iterdir()))
def test_page_without_a_story_raises(name: str) -> None:
    with pytest.raises(ERRORS[name], match=r"https://media-uji\.example/politik/berita/"):
        reading_of((BROKEN / name).read_bytes())


@pytest.mark.parametrize("name", sorted(path.name for path in BROKEN.iterdir()))
def test_only_a_page_that_says_so_is_missing(name: str) -> None:
    page = page_of((BROKEN / name).read_bytes())
    html = characters(page, page.body)
    assert is_missing(page, MEDIA_UJI, html) == name.startswith("soft-404")


@pytest.mark.parametrize(
    "title",
    [
        "404 Not Found",
        "Error 404 - Halaman Tidak Ditemukan",
        "Page not found – Media Uji",
        "Halaman tidak ditemukan | Media Uji",
        "Artikel Tidak Ditemukan",
        "Berita yang Anda cari tidak tersedia",
        "Nothing Found",
    ],
)
def test_title_of_a_missing_page_is_seen(title: str) -> None:
    html = f"<html><head><title>{title}</title></head><body><p>Maaf.</p></body></html>"
    assert is_missing(page_of(html), MEDIA_UJI, html)


@pytest.mark.parametrize(
    "title",
    ["Halaman Tidak Ditemukan, Situs KPU Diretas", "404 ASN Dilaporkan", "Berita Bohong Ditemukan"],
)
def test_story_about_a_missing_page_is_there(title: str) -> None:
    html = f"<html><head><title>{title}</title></head><body>{STORY}</body></html>"
    assert not is_missing(page_of(html), MEDIA_UJI, html)


def test_declared_story_is_never_missing() -> None:
    html = wordpress("<title>404</title>")
    assert not is_missing(page_of(html), MEDIA_UJI, html)


def test_gone_status_is_missing() -> None:
    page = Page(url="https://a.example/b/", status=410, body=b"", fetched_at=datetime.now(UTC))
    assert is_missing(page, MEDIA_UJI, "")


def test_ordinary_page_behind_cloudflare_is_no_challenge() -> None:
    script = "<script>window.__CF$cv$params={};a.src='/cdn-cgi/challenge-platform/x.js'</script>"
    assert reading_of(wordpress(below=script)).article.headline == "Bupati Minta Pegawai Netral"


def test_challenge_header_is_believed() -> None:
    page = page_of(wordpress(), headers=((b"cf-mitigated", b"challenge"),))
    with pytest.raises(ChallengePage):
        reading_of(page)


@pytest.mark.parametrize(
    "html",
    [
        "<p>" * 450_000,
        "<br>" * 1_000_000,
        "<div " + " ".join(f"a{n}=1" for n in range(20_000)) + ">x</div>",
        "<div " + " ".join(f"a{n}='x y'" for n in range(20_000)) + ">x</div>",
    ],
    ids=["p", "br", "attributes", "quoted attributes"],
)
def test_costly_markup_is_refused_before_parsing(html: str) -> None:
    with pytest.raises(Unreadable, match=r"tags, over|attributes on one tag"):
        reading_of(f"<html><body>{html}</body></html>")


def test_huge_page_without_a_container_is_not_searched() -> None:
    with pytest.raises(Unreadable, match="give the outlet a body rule"):
        reading_of(OPEN.format("<h1>Judul</h1>" * 40_000))


def test_long_data_address_is_no_attribute_bomb() -> None:
    image = f'<img src="data:image/png;base64,{"A" * 300_000}" alt="a b c">'
    assert reading_of(wordpress(body=STORY + image)).article.text.endswith("apel pagi.")


def test_deep_nesting_is_read() -> None:
    deep = "<div>" * 600 + STORY + "</div>" * 600
    assert reading_of(wordpress(body=deep)).article.text.startswith("Bupati meminta")


def test_short_item_of_two_sentences_is_a_story() -> None:
    assert len(reading_of(wordpress()).article.text) < 220


def noise(number: int) -> dict[str, str]:
    """What changes on a page while its story does not."""
    links = "".join(
        f'<li><a href="/{number}-{n}/">Judul berita lain nomor {number * 31 + n} hari ini</a></li>'
        for n in range(number % 40)
    )
    return {
        "above": f'<div class="share-buttons">{number} kali dibagikan</div>'
        f'<span class="post-views">Dibaca {number} kali</span>',
        "body": STORY.replace(
            "</p><p>",
            f'</p><p>Baca juga: <a href="/{number}/">Berita lain {number}</a></p>'
            f'<div class="code-block">Iklan {number}</div>'
            f"<p>Berita ini {number} kali dibaca</p><p>",
        ),
        "below": f'<aside><h3>Terpopuler</h3><ul>{links}</ul></aside><p class="views">{number}</p>',
    }


@given(st.integers(0, 100_000))
@settings(max_examples=40, deadline=None)
def test_counters_sidebars_and_related_links_change_nothing(number: int) -> None:
    assert reading_of(wordpress(**noise(number))).article == reading_of(wordpress()).article


OPEN = "<html><head><title>Bupati Minta Pegawai Netral</title></head><body>{}</body></html>"
LONG_STORY = STORY + "".join(
    f"<p>Pada kesempatan ke-{n} itu, bupati mengingatkan bahwa pegawai yang melanggar akan "
    f"diperiksa inspektorat, dan hasilnya diumumkan kepada warga kecamatan nomor {n}.</p>"
    for n in range(5)
)


@pytest.mark.parametrize("links", [0, 5, 40, 150])
def test_text_found_without_a_container_ignores_the_sidebar(links: int) -> None:
    sidebar = "".join(f'<li><a href="/{n}/">Judul lain nomor {n}</a></li>' for n in range(links))
    page = (
        f"<h1>Bupati Minta Pegawai Netral</h1><div>{LONG_STORY}</div><div><ul>{sidebar}</ul></div>"
    )
    article = reading_of(OPEN.format(page)).article
    assert article == reading_of(OPEN.format(page.replace(sidebar, ""))).article
    assert article.text.count("\n\n") == 6


@pytest.mark.parametrize("name", ["kantamedia", "lintastungkal", "kolomrakyat"])
def test_saved_page_with_other_counters_and_related_stories_reads_the_same(name: str) -> None:
    outlet, rules = outlet_and_rules(name)
    html = min((HERE / "pages" / name).glob("*.html")).read_text(encoding="utf-8")
    later = re.sub(r"\d+ (kali dibaca|views)", r"777777 \1", html)
    later = later.replace("<aside", f"<aside><ul>{'<li>Judul lain</li>' * 90}</ul></aside><aside")
    later = re.sub(r"<(ol|ul)>.*?</\1>", "", later, count=1, flags=re.DOTALL)
    before = reading_of(page_of(html, outlet.url + "/berita/"), outlet=outlet, rules=rules)
    after = reading_of(page_of(later, outlet.url + "/berita/"), outlet=outlet, rules=rules)
    assert html != later
    assert after == before


def test_parts_are_joined_without_repeating_heading_dateline_or_paging() -> None:
    lead = "KENDARI, Media-uji.example – "
    paging = '<p class="page-links">Halaman: <a href="2/">2</a></p>'
    one = wordpress(body=STORY.replace("<p>Bupati", f"<p>{lead}Bupati") + paging)
    two = wordpress(body=f"<h2>Bupati Minta Pegawai Netral</h2><p>{lead}Bagian kedua.</p>{paging}")
    article = reading_of(one, two).article
    assert article.text.split("\n\n")[2:] == ["Bagian kedua."]
    assert article.text.count("KENDARI") == 1


def test_part_that_repeats_an_earlier_one_adds_nothing() -> None:
    assert reading_of(wordpress(), wordpress()).article == reading_of(wordpress()).article


def test_story_with_a_missing_part_is_unread() -> None:
    with pytest.raises(Unreadable, match="part"):
        reading_of(wordpress(), (BROKEN / "soft-404.html").read_bytes())


def graph(**article: object) -> str:
    node = {"@type": "NewsArticle", "headline": "Bupati Minta Pegawai Netral", **article}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


@pytest.mark.parametrize(
    "author",
    [
        "Rina Ayu",
        {"@type": "Person", "name": "Rina Ayu"},
        [{"name": "Rina Ayu"}],
        {"@type": "Person", "name": ["Rina Ayu"]},
        [{"name": "admin"}, {"name": "Rina Ayu"}],
    ],
    ids=["string", "person", "list", "list of names", "beside admin"],
)
def test_author_is_read_from_json_ld(author: object) -> None:
    assert reading_of(wordpress(graph(author=author))).article.byline == "Rina Ayu"


def test_references_in_a_graph_are_followed() -> None:
    nodes = [
        {"@type": "WebPage", "@id": "#page"},
        {"@type": "Article", "author": {"@id": "#rina"}, "image": {"@id": "#image"}},
        {"@type": "Person", "@id": "#rina", "name": "Rina Ayu"},
        {"@type": "ImageObject", "@id": "#image", "url": "/foto.jpg"},
    ]
    script = f'<script type="application/ld+json">{json.dumps({"@graph": nodes})}</script>'
    article = reading_of(wordpress(script)).article
    assert (article.byline, article.image_url) == ("Rina Ayu", "https://media-uji.example/foto.jpg")


def test_related_stories_json_ld_is_not_ours() -> None:
    other = graph(headline="Berita Lain", author="Orang Lain", datePublished="2020-01-02T03:04:05Z")
    own = graph(author="Rina Ayu", datePublished="2024-09-26T08:00:00+07:00")
    article = reading_of(wordpress(other + own)).article
    assert article.byline == "Rina Ayu"
    assert article.published_at == datetime(2024, 9, 26, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "script",
    [
        '{"@type":"NewsArticle","headline":"Bupati Minta Pegawai "Netral"",'
        '"datePublished":"2024-09-26T08:00:00+07:00",'
        '"author":{"@type":"Person","name":"Rina Ayu"},}',
        '{"@type":"NewsArticle","datePublished":"2024-09-26T08:00:00+07:00","author":"Rina Ayu",}',
        '<!-- {"@type":"NewsArticle","datePublished":"2024-09-26T08:00:00+07:00",'
        '"author":"Rina Ayu"} -->',
        '{"@type":"NewsArticle","description":"dua\nbaris","datePublished":"2024-09-26T08:00:00+07:00",'
        '"author":"Rina Ayu"};',
    ],
    ids=["bare quotes", "trailing comma", "comment", "raw line break"],
)
def test_broken_json_ld_still_says_who_and_when(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script>'
    article = reading_of(wordpress(head)).article
    assert article.byline == "Rina Ayu"
    assert article.published_at == datetime(2024, 9, 26, 1, tzinfo=UTC)


@pytest.mark.parametrize("script", ["[" * 100_000, '{"@graph":' * 20_000, "null", "", "7", '"x"'])
def test_hostile_json_ld_is_passed_over(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script>'
    assert reading_of(wordpress(head)).article.headline == "Bupati Minta Pegawai Netral"


def test_printed_author_wins_over_the_account_that_posted() -> None:
    page = wordpress(graph(author="Operator Situs"), above='<div class="author">Rina Ayu</div>')
    assert reading_of(page).article.byline == "Rina Ayu"


def test_desk_signs_when_no_person_does() -> None:
    page = wordpress(graph(author="admin"), above='<span class="author">Redaksi</span>')
    assert reading_of(page).article.byline == "Redaksi"


def test_account_admin_is_nobody() -> None:
    assert reading_of(wordpress('<meta name="author" content="admin">')).article.byline == ""


@pytest.mark.parametrize(
    ("printed", "declared", "text", "at"),
    [
        (
            "Kamis, 26 September 2024 - 12:31 WIB",
            "2024-09-26T12:31:40+07:00",
            "Kamis, 26 September 2024 - 12:31 WIB",
            "2024-09-26T05:31:40",
        ),
        (
            "Kamis, 26 Sep 2024 12:31 WIB",
            "2024-09-26T12-31-40Z",
            "Kamis, 26 Sep 2024 12:31 WIB",
            "2024-09-26T05:31:00",
        ),
        ("26 Sep 2024", "2024-09-26T12:31:40+07:00", "26 Sep 2024", "2024-09-26T05:31:40"),
        ("26/9/2024 12:31", "2024-09-26", "26/9/2024 12:31", "2024-09-26T05:31:00"),
        ("2 jam lalu", "2024-09-26T12:31:40+07:00", "", "2024-09-26T05:31:40"),
        ("Minggu, 8 Desember 2024", "2024-09-26T12:31:40+07:00", "", "2024-09-26T05:31:40"),
        ("", "2024-09-26T12:31:40+07:00", "", "2024-09-26T05:31:40"),
        ("26 September 2024", "", "26 September 2024", "2024-09-25T17:00:00"),
        ("2 jam lalu", "", "2 jam lalu", "2024-12-07T23:30:00"),
    ],
    ids=[
        "both", "zone mislabelled", "day printed", "day declared", "relative", "todays date",
        "metadata only", "printed only", "relative only",
    ],
)  # fmt: skip
def test_date_is_the_printed_one_with_the_declared_clock(
    printed: str, declared: str, text: str, at: str
) -> None:
    head = f'<meta property="article:published_time" content="{declared}">' if declared else ""
    article = reading_of(wordpress(head, above=f'<div class="date">{printed}</div>')).article
    assert article.published_text == text
    assert article.published_at == datetime.fromisoformat(at).replace(tzinfo=UTC)


def test_change_before_publication_is_not_believed() -> None:
    head = graph(datePublished="2024-09-26T08:00:00Z", dateModified="2024-09-26T07:00:00Z")
    assert reading_of(wordpress(head)).article.modified_at is None


@pytest.mark.parametrize(
    ("head", "headline"),
    [
        ("<title>Bupati Minta Pegawai Netral - Media Uji</title>", "Bupati Minta Pegawai Netral"),
        (
            "<title>Bupati Minta Pegawai Netral | media-uji.example</title>",
            "Bupati Minta Pegawai Netral",
        ),
        ('<meta property="og:title" content="Media Uji">', "Bupati Minta Pegawai Netral"),
        ('<meta property="og:title" content="Judul Lain - Media Uji">', "Judul Lain"),
        (graph(headline="Bupati Minta Pegawai &quot;Netral&quot;"), None),
    ],
    ids=["suffix", "host", "masthead", "other h1", "markup"],
)
def test_headline_is_the_printed_one_without_the_masthead(head: str, headline: str | None) -> None:
    found = reading_of(wordpress(head)).article.headline
    assert found == (headline or found)
    assert found.startswith(("Bupati", "Judul"))
    assert "Media" not in found


@pytest.mark.parametrize(
    ("marks", "platform_id"),
    [
        ("", "wp:12"),
        ('<link rel="shortlink" href="https://media-uji.example/?p=12">', "wp:12"),
        ('<link rel="shortlink" href="https://media-uji.example/?p=13">', ""),
        (
            '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/12">',
            "wp:12",
        ),
    ],
    ids=["body", "agreed", "contradiction", "rest"],
)
def test_platform_id_is_one_that_all_marks_agree_on(marks: str, platform_id: str) -> None:
    assert reading_of(wordpress(marks)).platform_id == platform_id


def test_canonical_is_absolute_as_declared() -> None:
    reading = reading_of(wordpress('<link rel="canonical" href="/politik/lain/">'))
    assert reading.canonical == "https://media-uji.example/politik/lain/"


def test_language_is_seen_in_the_words_not_in_the_markup() -> None:
    english = "<p>" + "The mayor told officials to stay neutral during the campaign. " * 5 + "</p>"
    assert reading_of(wordpress()).article.language == "id"
    assert reading_of(wordpress(body=english)).article.language == ""


def test_dropped_selector_leaves_the_text() -> None:
    body = STORY + '<div class="kutipan">Sisipan promosi outlet.</div>'
    rules = Rules(body=".entry-content", drop=(".kutipan",))
    assert "promosi" in reading_of(wordpress(body=body)).article.text
    assert "promosi" not in reading_of(wordpress(body=body), rules=rules).article.text


def test_rule_that_no_longer_matches_falls_back() -> None:
    rules = Rules(body="div.template-lama")
    assert reading_of(wordpress(), rules=rules).article.text.startswith("Bupati meminta")


def test_reading_carries_the_rules_that_made_it() -> None:
    rules = Rules(drop=(".x",))
    assert reading_of(wordpress(), rules=rules).extractor.endswith(rules.digest)


@given(st.text(max_size=400))
@settings(deadline=None)
def test_any_markup_reads_or_raises_our_errors(markup: str) -> None:
    page = page_of(wordpress(body=STORY + markup))
    try:
        assert extract([page], rules=Rules(), outlet=MEDIA_UJI).article.text
    except CrawlError as error:
        assert page.url in str(error)  # noqa: PT017 - both outcomes are right


GENUINE = {
    "tribunnews_2020-05-04_pendidikan.html": {
        "headline": "Jawaban Soal Apa Dampak Negatif Jika Menunda Pekerjaan, Belajar dari Rumah "
        "SMA di TVRI",
        "byline": "Muhammad Renald Shiftanto",
        "published": ("Senin, 4 Mei 2020 04:25 WIB", "2020-05-03T21:25:13+00:00"),
        "first": "TRIBUNNEWS.COM - Berikut ini jawaban soal",
        "last": "Salah satunya adalah depresi.",
    },
    "kompas_money_menhub.html": {
        "headline": "Menhub Bocorkan Penyebab Harga Tiket Pesawat Masih Mahal",
        "byline": "Isna Rifka Sri Rahayu",
        "published": ("02/11/2023, 21:34 WIB", "2023-11-02T14:34:19+00:00"),
        "first": "JAKARTA, KOMPAS.com - Menteri Perhubungan (Menhub)",
        "last": "akibat rantai pasoknya terganggu oleh kondisi sosial politik global.",
    },
    "detik_health_stroke.html": {
        "headline": "Curhat Wanita Kena Stroke di Umur 26, Ketahuan saat Terkapar di Kamar Mandi",
        "byline": "Vidya Pinandhita",
        "published": ("Kamis, 02 Nov 2023 20:59 WIB", "2023-11-02T13:59:53+00:00"),
        "first": "Jakarta - Seorang wanita muda terkena stroke",
        "last": "mengalami penyakit serupa dengan dirinya.",
    },
    "jpnn_2021_wayback.html": {
        "headline": "Kamrussamad: PPKM Darurat Dihentikan, Angka Kematian Berpotensi Tembus 5.000 "
        "per Hari",
        "byline": "Boy",
        "published": ("Minggu, 18 Juli 2021 – 18:52 WIB", "2021-07-18T11:52:00+00:00"),
        "first": "jpnn.com, JAKARTA - Anggota DPR",
        "last": "terlindungi secara psikologi,” tegasnya.",
    },
    "MediaIndonesia_2026_01_20.html": {
        "headline": "Dari Petani hingga Pendidik Bangsa, Begini Pesan Kuat di Wisuda IGI School of "
        "Economics Jakarta 2025",
        "byline": "Naufal Zuhdi",
        "published": ("20/1/2026 18:30", "2026-01-20T11:33:13+00:00"),
        "first": "INTERNATIONAL Golden Institute",
        "last": "sejak awal berdirinya IGI School of Economics Jakarta.",
    },
}


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"no genuine pages at {SHARED} (KLIPING_SHARED)")
@pytest.mark.parametrize("name", GENUINE)
def test_genuine_page_reads_right(name: str) -> None:
    expected = GENUINE[name]
    rows = json.loads((SHARED / "manifest.json").read_text(encoding="utf-8"))
    url = next(row["url"] for row in rows if row["file"] == name)
    page = page_of((SHARED / name).read_bytes(), url, fetched_at=datetime(2026, 11, 22, tzinfo=UTC))
    article = reading_of(page).article
    assert article.published_at
    printed = (article.published_text, article.published_at.isoformat())
    assert article.headline == expected["headline"]
    assert article.byline == expected["byline"]
    assert (printed, article.published_zone) == (expected["published"], "Asia/Jakarta")
    assert article.text.startswith(str(expected["first"]))
    assert article.text.endswith(str(expected["last"]))


TWENTYTWENTYONE = """
<article id="post-12" class="post-12 post type-post hentry entry">
<header class="entry-header alignwide">
<h1 class="entry-title">Bupati Minta Pegawai Netral</h1></header>
<div class="entry-content">{body}</div>
<footer class="entry-footer default-max-width">
<div class="posted-by"><span class="posted-on">Published
<time class="entry-date published updated" datetime="2024-11-05T09:15:00+07:00">Selasa,
5 November 2024</time></span><span class="byline">By
<a href="/author/ratih/" rel="author">Ratih Permana</a></span></div>
<div class="post-taxonomies"><span class="cat-links">Categorized as
<a href="/category/pilkada/" rel="category tag">Pilkada</a> </span><span class="tags-links">Tagged
<a href="/tag/asn/" rel="tag">ASN</a></span></div></footer></article>
<div id="comments" class="comments-area"><h2 class="comments-title">1 comment</h2>
<ol class="comment-list"><li><div class="comment-meta"><b class="fn">Pembaca</b>
<time datetime="{today}T10:00:00+07:00">{today}</time></div>
<div class="comment-content"><p>Semoga netralitas ditegakkan.</p></div></li></ol>
<div id="respond" class="comment-respond"><form class="comment-form">
<p>Alamat email Anda tidak akan dipublikasikan.</p></form></div></div>
<nav class="navigation post-navigation"><h2 class="screen-reader-text">Post navigation</h2>
<div class="nav-links"><div class="nav-previous"><a href="/pilkada/lain/" rel="prev">
<p class="meta-nav">Previous post</p><p class="post-title">{other}</p></a></div></div></nav>
<aside class="widget-area"><section class="widget"><h2>Sorotan</h2><p>{other}</p></section></aside>
"""


def twentytwentyone(**changes: str) -> str:
    values = {"body": STORY, "other": "Lurah Disanksi", "today": "2024-11-06"} | changes
    page = TWENTYTWENTYONE.format(**values)
    return f'<html><body class="single single-post postid-12">{page}</body></html>'


def test_entry_footer_of_wordpress_own_theme_tells_who_and_when() -> None:
    article = reading_of(twentytwentyone()).article
    assert article.byline == "Ratih Permana"
    assert article.published_text == "Selasa, 5 November 2024"
    assert article.published_at == datetime(2024, 11, 5, 2, 15, tzinfo=UTC)
    assert article.tags == ("ASN",)


@pytest.mark.parametrize(
    "changes", [{"other": "Camat Dilaporkan ke Bawaslu"}, {"today": "2024-11-30"}], ids=str
)
def test_neighbours_and_comments_make_no_other_article(changes: dict[str, str]) -> None:
    before, after = reading_of(twentytwentyone()), reading_of(twentytwentyone(**changes))
    assert before == after


@pytest.mark.parametrize(
    "heading",
    [
        "Bupati Minta Pegawai Netral",
        "Bupati Minta Pegawai Netral - Media Uji",
        "Bupati Minta Pegawai Netr",
    ],
)
def test_headline_repeated_above_the_text_leaves_it(heading: str) -> None:
    assert reading_of(wordpress(body=f"<p>{heading}</p>{STORY}")) == reading_of(wordpress())


@pytest.mark.parametrize("place", ["read__content", "itp_bodycontent"])
def test_texts_of_the_larger_networks_stand_in_a_known_place_with_their_subheads(
    place: str,
) -> None:
    tags = (
        '<div class="detail__body-tag"><a href="/t/asn">asn</a> <a href="/t/camat">camat</a></div>'
    )
    body = f"{STORY}<h2>Terancam sanksi</h2><p>Putusan dibacakan Senin.</p>{tags}"
    html = wordpress(body=body).replace("entry-content", place)
    lines = reading_of(html).article.text.split("\n\n")
    assert lines[2:] == ["Terancam sanksi", "Putusan dibacakan Senin."]


def test_date_beside_the_heading_is_read_from_a_line_named_simple_share() -> None:
    """ANTARA's regional offices call the line of writer and date so."""
    above = '<p class="simple-share"><span>Senin, 30 September 2024 12:31 WITA</span></p>'
    read = reading_of(wordpress(above=above)).article
    assert read.published_text == "Senin, 30 September 2024 12:31 WITA"


def test_label_of_a_writer_in_an_element_of_its_own_is_no_name() -> None:
    """Blogger: `<span class="post-author-label">Oleh</span>`, and the account behind it."""
    above = '<span class="post-author-label">Oleh</span> <span class="author">Rina Ayu</span>'
    assert reading_of(wordpress(above=above)).article.byline == "Rina Ayu"


def test_initials_of_a_masthead_are_nobodys_name_and_no_place() -> None:
    outlet = Outlet(slug="muara", name="Suara Konawe Hilir", url="https://muara.example")
    html = wordpress(
        '<meta name="author" content="Admin SKH">',
        body=f"<p>KONAWE HILIR, SKH - Bupati hadir.</p>{STORY}<p>(La Ode Asrun)</p>",
    )
    article = reading_of(page_of(html, "https://muara.example/a/"), outlet=outlet).article
    assert (article.byline, article.dateline) == ("La Ode Asrun", "Konawe Hilir")


def test_first_sentence_that_begins_with_the_headline_stays() -> None:
    """A lead often says what the headline says, and goes on."""
    lead = "Bupati minta pegawai netral selama masa kampanye."
    assert reading_of(wordpress(body=f"<p>{lead}</p>{STORY}")).article.text.startswith(lead)
