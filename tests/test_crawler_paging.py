import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.paging import part_urls, plain_url, shows_all, story_start, whole_url

STORY = "https://lintastungkal.com/netralitas-asn-diuji/"
NOMINA = (
    '<p class="page-link-wrap">Halaman : <span class="post-page-numbers current">1</span>'
    ' <a href="{0}2/" class="post-page-numbers">2</a>'
    ' <a href="{0}3/" class="post-page-numbers">3</a>'
    ' <a href="{0}2/" class="post-page-numbers">Selanjutnya</a></p>'
)


def html(inside: str) -> str:
    return f"<html><head></head><body><article>{inside}</article></body></html>"


def parts(*numbers: int, story: str = STORY) -> tuple[str, ...]:
    return tuple(f"{story}{number}/" for number in numbers)


def test_wp_link_pages_gives_the_further_parts() -> None:
    assert part_urls(html(NOMINA.format(STORY)), STORY) == parts(2, 3)


def test_address_without_slash_is_the_same_story() -> None:
    assert part_urls(html(NOMINA.format(STORY)), STORY.rstrip("/")) == parts(2, 3)


def test_gaps_are_filled() -> None:
    links = '<div class="page-links">1 … <a href="/netralitas-asn-diuji/5">5</a></div>'
    expected = tuple(f"{STORY}{number}" for number in (2, 3, 4, 5))
    assert part_urls(html(links), STORY) == expected


def test_part_counts_are_cut_at_fifty() -> None:
    links = f'<div class="page-links"><a href="{STORY}50/">50</a><a href="{STORY}99/">99</a></div>'
    assert len(part_urls(html(links), STORY)) == 49


@pytest.mark.parametrize(
    ("story", "link"),
    [
        ("https://a.example/berita/x", "?page=2"),
        ("https://a.example/berita/x", "https://www.a.example/berita/x?page=2"),
        ("https://a.example/?p=123", "/?p=123&#038;page=2"),
    ],
    ids=["relative", "www", "plain permalink"],
)
def test_page_in_the_query_is_a_part(story: str, link: str) -> None:
    joint = "&" if "?" in story else "?"
    links = f'<div class="page-links"><a href="{link}">2</a></div>'
    assert part_urls(html(links), story) == (f"{story}{joint}page=2",)


@pytest.mark.parametrize("tag", ["link", "a"])
def test_rel_next_to_the_second_part_is_believed(tag: str) -> None:
    page = html(f'<{tag} rel="next" href="{STORY}2/">')
    assert part_urls(page, STORY) == parts(2)


def test_later_part_knows_its_start_and_all_parts() -> None:
    links = (
        f'<p class="page-link-wrap"><a class="post-page-numbers" href="{STORY}">1</a>'
        f'<a class="post-page-numbers" href="{STORY}2/">2</a><span>3</span></p>'
    )
    assert story_start(html(links), f"{STORY}3/") == STORY
    assert part_urls(html(links), f"{STORY}3/") == parts(2, 3)


def test_story_in_one_piece_starts_at_itself() -> None:
    assert story_start(html("<p>Teks</p>"), f"{STORY}3/") == f"{STORY}3/"


@pytest.mark.parametrize(
    "links",
    [
        "",
        '<nav class="pagination"><a class="page-numbers" href="/page/2/">2</a></nav>',
        f'<nav class="comments-pagination"><a href="{STORY}comment-page-2/#comments">2</a></nav>',
        f'<div class="comment-paging"><a href="{STORY}2/">2</a></div>',
        '<table id="wp-calendar"><td><a href="/2024/09/12/">12</a></td></table> Halaman',
        '<div class="page-links"><a href="/netralitas-asn-diuji-lagi/2/">Terkait</a></div>',
        '<div class="page-links"><a href="https://x.example/netralitas-asn-diuji/2/">2</a></div>',
        f'<p>Halaman: <a href="{STORY}2/">daftar</a></p>',
        '<ul class="pager"><li class="pager__item pagination"><a href="?page=2">2</a></li></ul>',
        f'<a rel="next" href="{STORY}7/">7</a>',
        '<a rel="next" href="/berita-lain/">Berita berikutnya</a>',
        f'<div class="page-links"><a href="{STORY}1/">1</a><a href="{STORY}0/">0</a></div>',
        '<div class="page-links"><a href="//[">2</a><a href="http://[/netralitas-asn-diuji/2/">2</a></div>',
    ],
    ids=[
        "nothing", "archive", "comment page", "comment class", "calendar", "longer slug",
        "other host", "no markup", "drupal list", "odd next", "next story", "not a part", "broken",
    ],
)  # fmt: skip
def test_other_numbers_are_no_parts(links: str) -> None:
    assert part_urls(html(links), STORY) == ()


@pytest.mark.parametrize(
    "url", ["https://a.example/", "https://a.example", "https://a.example/?s=asn"], ids=str
)
def test_front_page_has_no_parts(url: str) -> None:
    links = '<div class="paging"><a href="/2/">2</a><a href="/?page=2">2</a></div>'
    assert part_urls(html(links), url) == ()


def test_numbered_story_is_not_a_part_of_its_section() -> None:
    links = (
        '<link rel="next" href="/berita/13"><div class="paging"><a href="/berita/13">13</a></div>'
    )
    assert part_urls(html(links), "https://a.example/berita/12") == ()
    assert story_start(html(links), "https://a.example/berita/12") == "https://a.example/berita/12"


def test_huge_page_is_not_searched() -> None:
    assert part_urls(html(NOMINA.format(STORY)) + " " * 5_000_000, STORY) == ()


# -- all parts at once, and chains --------------------------------------------------------------

TRIBUN = "https://www.tribunnews.com/nasional/7858656/netralitas-asn-diuji"
WHOLE = f"{TRIBUN}?page=all"
OF_2026 = (
    '<div class="paging mb20"><span class="total-page">Halaman 1/2</span>'
    f'<a href="{TRIBUN}" rel="page-1">1</a><a href="{TRIBUN}?page=2" rel="page-2">2</a>'
    f'<a href="{WHOLE}" rel="page-all">Tampilkan Semua</a></div>'
)


def test_address_of_all_parts_is_found_in_the_paging() -> None:
    assert whole_url(html(OF_2026), TRIBUN) == WHOLE


@pytest.mark.parametrize(
    "links",
    [
        f'<p>Baca semua: <a href="{WHOLE}">klik</a></p>',
        f'<div class="paging"><a href="{TRIBUN}?page=2">2</a></div>',
        '<div class="paging"><a href="/nasional/1/lain?page=all">Semua</a></div>',
        f'<div class="paging"><a href="{WHOLE}&id=3">Semua</a></div>',
        '<div class="paging"><a href="https://x.example/nasional/7858656/netralitas-asn-diuji'
        '?page=all">Semua</a></div>',
        '<div class="paging"><a href="//[?page=all">Semua</a></div>',
    ],
    ids=["no paging", "not offered", "another story", "another query", "another host", "broken"],
)
def test_address_of_all_parts_is_the_storys_own(links: str) -> None:
    assert whole_url(html(links), TRIBUN) == ""


def test_story_shown_whole_has_no_further_parts() -> None:
    page = html("<p>Seluruh teks.</p>")
    assert shows_all(page, WHOLE)
    assert (story_start(page, WHOLE), part_urls(page, WHOLE)) == (WHOLE, ())
    assert part_urls(html(OF_2026), WHOLE) == ()


def test_first_part_in_place_of_the_whole_is_known_for_what_it_is() -> None:
    """A site that gave `?page=all` up shows the first part there."""
    assert not shows_all(html(OF_2026), WHOLE)
    assert story_start(html(OF_2026), WHOLE) == TRIBUN


def test_whole_story_may_still_print_its_page_numbers() -> None:
    numbers = f'<div class="paging"><a href="{TRIBUN}?page=2" rel="page-2">2</a></div>'
    assert shows_all(html(numbers), WHOLE)


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        (WHOLE, TRIBUN),
        (f"{TRIBUN}?page=2", f"{TRIBUN}?page=2"),
        ("https://a.example/x?id=3&page=all", "https://a.example/x?id=3"),
        ("https://a.example/x?page=allah", "https://a.example/x?page=allah"),
        (TRIBUN, TRIBUN),
    ],
    ids=["all", "one part", "beside another key", "another word", "nothing"],
)
def test_plain_address_is_that_of_the_first_part(url: str, plain: str) -> None:
    assert plain_url(url) == plain


def test_button_to_the_next_part_is_paging_wherever_it_stands() -> None:
    """tribunnews.com, 2020: `a.bgblue` in a `div.mb20`."""
    button = f'<div class="mb20"><a class="bgblue" href="{TRIBUN}?page=2">Halaman selanjutnya</a>'
    assert part_urls(html(button), TRIBUN) == (f"{TRIBUN}?page=2",)


def test_part_that_names_only_the_next_one_is_read_for_the_story() -> None:
    button = f'<div class="mb20"><a href="{TRIBUN}?page=3">Halaman selanjutnya</a></div>'
    assert part_urls(html(button), TRIBUN) == (f"{TRIBUN}?page=2", f"{TRIBUN}?page=3")


@given(st.text(max_size=200))
def test_any_address_is_plain_or_becomes_so(text: str) -> None:
    url = f"https://a.example/x?{text.replace('#', '')}"
    assert plain_url(plain_url(url)) == plain_url(url)


@given(st.text(max_size=300), st.integers(2, 60))
def test_any_page_gives_parts_of_the_story_alone(noise: str, number: int) -> None:
    links = f'<p class="page-link-wrap"><a href="{STORY}{number}/">{noise}</a>'
    found = part_urls(html(links), STORY)
    assert found == (parts(*range(2, number + 1)) if number <= 50 else ())


@pytest.mark.parametrize(
    "beside",
    [pytest.param("<b>" * 410_000, id="too many tags"), pytest.param("<i>" * 3_000, id="too deep")],
)
def test_page_that_cannot_be_parsed_names_no_parts_and_ends_no_crawl(beside: str) -> None:
    url = "https://media-uji.example/berita/"
    html = f'<a class="page-link" href="{url}2/">2</a><a href="?page=all">semua</a>{beside}'
    assert part_urls(html, url) == ()
    assert (story_start(html, url), whole_url(html, url)) == (url, "")
