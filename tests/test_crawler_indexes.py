"""Index pages: what may be a story is a candidate, archives and standing pages are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.urls import LONGEST_URL
from crawler.discover import Candidate, SeedUnreadable
from crawler.indexes import Index, read_index

OUTLET = "https://kantamedia.com"

PAGE = """<!DOCTYPE html><html><head><link rel="next" href="/page/2/"></head><body>
<nav><a href="/">Beranda</a><a href="/category/eksekutif/">Eksekutif</a>
<a href="/redaksi/">Redaksi</a></nav>
<article><a href="/eksekutif/camat-netral/"><img src="a.jpg"></a>
<h2><a href="https://www.kantamedia.com/eksekutif/camat-netral/?utm_source=x">Camat
 <b>Netral</b></a></h2></article>
<article><a href="asn-netral">ASN netral</a></article>
<a href="https://iklan.example/promo">Promo</a><a href="mailto:redaksi@kantamedia.com">Surat</a>
<a href="#top">Atas</a><a>Kosong</a>
<a class="next page-numbers" href="/page/2/">Selanjutnya</a></body></html>"""


def read(html: str, url: str = f"{OUTLET}/") -> Index:
    return read_index(html, url=url, outlet_url=OUTLET)


def linking(target: str) -> str:
    return f'<html><body><a href="{target}">Judul</a></body></html>'


def test_stories_are_found_once_with_their_longest_text() -> None:
    assert read(PAGE) == Index(
        candidates=(
            Candidate(
                "https://www.kantamedia.com/eksekutif/camat-netral/?utm_source=x",
                title="Camat Netral",
            ),
            Candidate(f"{OUTLET}/asn-netral", title="ASN netral"),
        ),
        next_url=f"{OUTLET}/page/2/",
    )


NO_STORY = {
    "front page": "/",
    "tag": "/tag/netralitas-asn/",
    "category": "/category/eksekutif/page/2/",
    "author": "/author/fay/",
    "paging": "/eksekutif/page/3/",
    "feed": "/eksekutif/feed/",
    "search": "/?s=netralitas",
    "category by id": "/?cat=4",
    "attachment": "/?attachment_id=9",
    "year": "/2024/",
    "month": "/2024/09/",
    "day": "/2024/09/26",
    "calendar": "/?month=2031-01",
    "calendar on a page": "/kalender/?bulan=1&tahun=2031",
    "picture": "/wp-content/uploads/2024/09/foto.jpg",
    "upper-case picture": "/FOTO.JPG",
    "login": "/wp-login.php",
    "code of conduct": "/pedoman-media-siber/",
    "mail": "mailto:redaksi@kantamedia.com",
    "share": "whatsapp://send?text=a",
    "foreign": "https://lintastungkal.com/a",
    "other edition": "https://sampit.kantamedia.com/a",
    "loopback": "http://127.0.0.1/a",
}


@pytest.mark.parametrize("target", NO_STORY.values(), ids=NO_STORY.keys())
def test_link_that_is_no_story_is_left_out(target: str) -> None:
    assert read(linking(target)).candidates == ()


def test_address_of_200000_characters_is_told_in_short() -> None:
    found = read(linking(f"/{'a' * 200_000}"))
    assert found.candidates == ()
    assert [len(link) for link in found.dropped] == [LONGEST_URL + 1]


STORIES = {
    "slug": "/camat-netral/",
    "short slug": "/asn",
    "section": "/eksekutif/pemko-palangka-raya/camat-netral/",
    "date": "/2024/09/26/camat-netral/",
    "WordPress id": "/?p=123",
    "Blogger": "/2024/09/camat-netral.html",
    "archive word in an html address": "/kategori/nusantara/123/index.html",
    "standing word in a section": "/berita/redaksi",
    "part of a story": "/camat-netral/2/",
}


@pytest.mark.parametrize("target", STORIES.values(), ids=STORIES.keys())
def test_link_that_may_be_a_story_is_a_candidate(target: str) -> None:
    assert [candidate.url for candidate in read(linking(target)).candidates] == [OUTLET + target]


NEXT = {
    "rel in head": '<link rel="next" href="/page/2/">',
    "rel of an anchor": '<a rel="nofollow next" href="/page/2/">2</a>',
    "WordPress class": '<a class="next page-numbers" href="/page/2/">2</a>',
    "wp-pagenavi class": '<a class="nextpostslink" href="/page/2/">2</a>',
}


@pytest.mark.parametrize("markup", NEXT.values(), ids=NEXT.keys())
def test_next_page_is_found(markup: str) -> None:
    assert read(f"<html><body>{markup}</body></html>").next_url == f"{OUTLET}/page/2/"


def test_page_that_names_itself_as_next_has_none() -> None:
    html = '<html><body><a rel="next" href="/page/9/">9</a></body></html>'
    assert read(html, f"{OUTLET}/page/9/").next_url == ""


def test_next_page_of_another_host_is_not_followed() -> None:
    assert read('<a rel="next" href="https://iklan.example/page/2/">2</a>').next_url == ""


def test_base_element_is_heeded() -> None:
    html = '<html><head><base href="https://kantamedia.com/"></head><a href="a">A</a></html>'
    assert read(html, f"{OUTLET}/tag/asn/").candidates == (Candidate(f"{OUTLET}/a", title="A"),)


@pytest.mark.parametrize("html", ["", "   ", "<!-- -->"], ids=["empty", "blank", "comment"])
def test_page_without_an_element_is_refused(html: str) -> None:
    with pytest.raises(SeedUnreadable):
        read(html)


def read_or_none(html: str) -> Index | None:
    try:
        return read(html)
    except SeedUnreadable:
        return None


@given(
    st.text(max_size=200)
    | st.text(max_size=80).map(linking)
    | st.text(max_size=80).map(lambda text: f"<base href='{text}'>{PAGE}")
)
def test_any_page_gives_only_addresses_of_the_outlet(html: str) -> None:
    found = read_or_none(html) or Index()
    assert all(candidate.address.startswith(f"{OUTLET}/") for candidate in found.candidates)
