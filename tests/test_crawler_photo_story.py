"""A story that photos tell: captions are its text; an undeclared gallery is no story."""

import pytest
from reading import outlet_and_rules, page_of, reading_of

from archive.errors import NotAnArticle
from crawler.glance import glance
from crawler.rules import Rules

CAPTION = "Pegawai kecamatan menandatangani ikrar netralitas di pendopo, Senin (18/11/2024)."
OPEN = """<html><head><title>Ikrar di Pendopo</title>
<meta property="article:published_time" content="2024-11-18T09:00:00+07:00">
<meta property="og:title" content="Ikrar di Pendopo"></head>
<body class="single single-post postid-7"><h1>Ikrar di Pendopo</h1>
<article><div class="entry-content">{}</div></article>
<aside><p>{}</p></aside></body></html>"""
FIGURE = "<figure><img src='/a.jpg'><figcaption>{}</figcaption></figure>"
SIDEBAR = "Harga cabai rawit di pasar turun lagi pekan ini menurut pedagang. " * 4


def photo_page(*captions: str, beside: str = SIDEBAR, also: str = "") -> str:
    return OPEN.format("".join(map(FIGURE.format, captions)) + also, beside)


def text_of(html: str, rules: Rules | None = None) -> str:
    return reading_of(html, rules=rules).article.text


@pytest.mark.parametrize(
    "printed",
    [
        CAPTION,
        f"{CAPTION} (Foto: Humas)",
        f"{CAPTION} Foto: istimewa",
        f"[Foto : {CAPTION}]",
        f"Keterangan foto: {CAPTION}",
        f"{CAPTION} (ANTARA FOTO/Rina)",
    ],
    ids=["bare", "credit", "credit-without-brackets", "bracketed", "labelled", "agency"],
)
def test_caption_is_the_text_of_a_story_that_is_one_photo(printed: str) -> None:
    assert text_of(photo_page(printed)) == CAPTION


def test_closing_bracket_of_a_caption_that_ends_in_a_date_stays() -> None:
    bare = CAPTION.rstrip(".")
    assert text_of(photo_page(f"[Foto : {bare}]")) == bare


def test_caption_is_language_and_place_of_nothing_else() -> None:
    article = reading_of(photo_page(f"IKRAR - {CAPTION}")).article
    assert (article.language, article.dateline) == ("id", "")
    assert article.text == f"IKRAR - {CAPTION}"


@pytest.mark.parametrize(
    "body",
    [
        photo_page(CAPTION, "Bupati menyalami pegawai seusai upacara di halaman pendopo."),
        photo_page("Kantor bupati"),
        photo_page("Ikrar di Pendopo"),
        photo_page(),
    ],
    ids=["gallery", "says-too-little", "says-the-headline", "no-caption"],
)
def test_page_without_text_and_one_telling_caption_is_no_story(body: str) -> None:
    with pytest.raises(NotAnArticle):
        reading_of(body.replace(SIDEBAR, "Menu"))


def test_photo_on_a_page_that_is_not_one_story_tells_none() -> None:
    listing = photo_page(CAPTION, beside="").replace("single single-post postid-7", "archive")
    with pytest.raises(NotAnArticle):
        reading_of(listing)


def test_caption_beside_a_text_is_no_part_of_it() -> None:
    text = "<p>" + "Camat itu diperiksa karena hadir dalam kampanye calon bupati. " * 3 + "</p>"
    assert CAPTION not in text_of(photo_page(CAPTION, also=text))


def test_text_that_stands_elsewhere_is_not_hidden_by_a_caption() -> None:
    """Page builders leave the usual place to the photo."""
    told = "".join(
        f"<p>Camat itu diperiksa untuk kali ke-{n} soal kampanye.</p>" for n in range(20)
    )
    html = photo_page(CAPTION).replace("</article>", f"<div class='isi'>{told}</div></article>")
    assert text_of(html).startswith("Camat itu diperiksa")


@pytest.mark.parametrize("slug", ["kantamedia", "lintastungkal", "tribun-medan"])
def test_outlets_own_caption_is_found_outside_of_the_text(slug: str) -> None:
    outlet, rules = outlet_and_rules(slug)
    assert rules.caption
    html = {
        "kantamedia": f"<figure class='post-thumbnail gmr-thumbnail-single'><figcaption>{CAPTION}"
        "</figcaption></figure><div class='entry-content'><p>Foto: Fay</p></div>",
        "lintastungkal": f"<p class='caption-photo'>{CAPTION}</p><div id='single-article-text'>"
        "<p>ADVERTISEMENT</p></div>",
        "tribun-medan": f"<div id='artimg'><div class='arial grey2'>{CAPTION}</div></div>"
        "<div class='side-article txt-article'><p>(*)</p></div>",
    }[slug]
    page = page_of(OPEN.format("", "").replace("<article>", f"{html}<article>"), f"{outlet.url}/a/")
    assert reading_of(page, outlet=outlet, rules=rules).article.text == CAPTION


@pytest.mark.parametrize("widgets", ["", "<p>Bagikan ini:</p>", f"<p>{'#Netral ' * 40}</p>"])
def test_glance_holds_the_words_of_a_photo_story(widgets: str) -> None:
    html = photo_page(CAPTION, also=f"{widgets}<p>Foto: Humas</p>")
    said = glance(html, Rules(body=".entry-content"))
    assert said is None or CAPTION in said
    assert text_of(html, Rules(body=".entry-content")) == CAPTION


# pages of which nobody knows where a text would stand

SECOND = "Bupati menyalami para camat seusai penandatanganan ikrar di halaman pendopo."
DECLARED = {
    "og:type": '<meta property="og:type" content="article">',
    "NewsArticle": '<script type="application/ld+json">{"@type": "NewsArticle", "headline": '
    '"Ikrar Netralitas di Pendopo"}</script>',
    "ImageGallery": '<script type="application/ld+json">{"@type": "ImageGallery", "name": '
    '"Ikrar Netralitas di Pendopo"}</script>',
}


def unknown_page(*captions: str, head: str = DECLARED["og:type"], below: str = "") -> str:
    photos = "".join(map(FIGURE.format, captions))
    return (
        f"<html><head><title>Ikrar Netralitas di Pendopo</title>{head}</head><body>"
        "<div class='menu'><a href='/'>Beranda</a></div><div class='kolom'>"
        f"<h1>Ikrar Netralitas di Pendopo</h1><div class='foto-x'>{photos}</div></div>"
        f"{below}<aside><p>{SIDEBAR}</p></aside></body></html>"
    )


@pytest.mark.parametrize("head", DECLARED.values(), ids=DECLARED)
@pytest.mark.parametrize("told", [(CAPTION,), (CAPTION, SECOND)], ids=["one", "two"])
def test_captions_tell_a_page_that_declares_itself_a_story(
    head: str, told: tuple[str, ...]
) -> None:
    article = reading_of(unknown_page(*told, head=head)).article
    assert article.text.split("\n\n") == list(told)
    assert (article.headline, article.dateline) == ("Ikrar Netralitas di Pendopo", "")


def test_caption_may_have_a_name_of_its_own() -> None:
    html = unknown_page().replace(
        "<div class='foto-x'>",
        f"<div class='foto-x'><img src='/a.jpg'><p class='keterangan-foto'>{CAPTION}</p>",
    )
    assert text_of(html) == CAPTION


LINK = f"<a href='/lain/'>{SECOND}</a>"


@pytest.mark.parametrize(
    "body",
    [
        unknown_page(CAPTION, head=""),
        unknown_page("Kantor bupati"),
        unknown_page("Ikrar Netralitas di Pendopo"),
        unknown_page(),
        unknown_page(CAPTION).replace("<h1>", "<h2>").replace("</h1>", "</h2>"),
        unknown_page(CAPTION).replace("<img src='/a.jpg'>", ""),
        unknown_page(LINK),
        unknown_page(CAPTION).replace("<body>", "<body class='archive'>"),
        unknown_page(
            below="".join(
                f"<article>{FIGURE.format(told)}<h3><a href='/b/'>Ikrar Pegawai</a></h3></article>"
                for told in (CAPTION, SECOND)
            )
        ),
    ],
    ids=[
        "undeclared", "says-too-little", "says-the-headline", "no-caption", "no-heading",
        "no-photo", "linked", "archive", "teasers",
    ],
)  # fmt: skip
def test_page_without_a_declared_story_in_photos_is_refused(body: str) -> None:
    with pytest.raises(NotAnArticle):
        reading_of(body)


def test_photos_of_a_declared_story_do_not_hide_its_prose() -> None:
    prose = "Camat Barimba Hulu diperiksa Bawaslu karena hadir dalam kampanye calon bupati. " * 4
    body = unknown_page(CAPTION, below=f"<div class='isi-x'><p>{prose}</p></div>")
    assert text_of(body).startswith("Camat Barimba Hulu")
    assert CAPTION not in text_of(body)
