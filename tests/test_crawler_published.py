"""Which of a page's many dates is the story's: the order of trust, case by case."""

from datetime import UTC, datetime

import pytest
from reading import MEDIA_UJI, page_of, reading_of

from archive.types import Article, Outlet
from crawler.published import address_day

TEXT = (
    "<p>Bupati meminta pegawai menjaga netralitas selama masa kampanye dan tidak memakai "
    "kendaraan dinas untuk kepentingan pasangan calon mana pun.</p>"
    "<p>Ia menyampaikan hal itu di hadapan para camat dan lurah pada apel pagi.</p>"
)
FETCHED = datetime(2024, 12, 8, 1, 30, tzinfo=UTC)
JAYAPURA = Outlet(
    slug="uji-timur", name="Uji Timur", url="https://uji-timur.example", zone="Asia/Jayapura"
)


def article(
    head: str = "",
    *,
    above: str = "",
    below: str = "",
    path: str = "/politik/berita/",
    outlet: Outlet = MEDIA_UJI,
) -> Article:
    html = (
        f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}</head>'
        '<body class="single single-post"><article><h1>Bupati Minta Pegawai Netral</h1>'
        f'{above}<div class="entry-content">{TEXT}</div></article>{below}</body></html>'
    )
    page = page_of(html, f"{outlet.url}{path}", fetched_at=FETCHED)
    return reading_of(page, outlet=outlet).article


def declared(published: str, modified: str = "") -> str:
    return (
        f'<meta property="article:published_time" content="{published}">'
        f'<meta property="article:modified_time" content="{modified}">'
    )


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_change_printed_first_is_not_the_publication() -> None:
    found = article(
        above="<div>Diperbarui: 27 September 2024, 09.15 WIB</div>"
        "<div>Terbit: 26 September 2024, 08.00 WIB</div>"
    )
    assert found.published_text == "26 September 2024, 08.00 WIB"
    assert found.published_at == moment("2024-09-26T01:00:00")
    assert found.modified_at == moment("2024-09-27T02:15:00")


@pytest.mark.parametrize(
    "mark",
    ['class="updated"', 'class="entry-date updated"', 'itemprop="dateModified"'],
)
def test_time_marked_as_a_change_is_not_the_publication(mark: str) -> None:
    found = article(
        above=f"<time {mark}>27 September 2024 09:15 WIB</time>"
        "<span>26 September 2024 08:00 WIB</span>"
    )
    assert found.published_text == "26 September 2024 08:00 WIB"
    assert found.modified_at == moment("2024-09-27T02:15:00")


def test_only_a_change_printed_gives_no_publication() -> None:
    found = article(above="<div>Terakhir diperbarui 27 September 2024, 09.15 WIB</div>")
    assert (found.published_text, found.published_at) == ("", None)
    assert found.modified_at == moment("2024-09-27T02:15:00")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "<aside><time>28 September 2024 10:00</time></aside>",
        "<div><h3>Berita lain</h3><span>28 September 2024 10:00</span></div>",
        "<div><span>28 September 2024</span><span>2 Oktober 2024</span></div>",
        "<footer>Copyright 2019. Terbit sejak 3 Mei 2011</footer>",
    ],
    ids=["aside", "list", "two others", "footer"],
)
def test_date_of_a_list_of_other_stories_is_nobodys(elsewhere: str) -> None:
    found = article(above="<div>Rabu, 25 September 2024</div>", below=elsewhere)
    assert found.published_at == moment("2024-09-24T17:00:00")


def test_several_dates_beside_no_heading_are_not_guessed_from() -> None:
    below = "<div><span>28 September 2024</span> <span>2 Oktober 2024</span></div>"
    assert article(below=below).published_at is None


def test_day_in_the_address_is_taken_when_nothing_else_tells() -> None:
    below = "<div><span>28 September 2024</span> <span>2 Oktober 2024</span></div>"
    found = article(below=below, path="/2024/09/26/berita/")
    assert found.published_at == moment("2024-09-25T17:00:00")
    assert found.published_text == ""


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/read/2023/11/02/213419026/x", "2023-11-02"),
        ("/2024-09-26-berita", "2024-09-26"),
        ("/20240926/berita", "2024-09-26"),
        ("/2024/09/berita", ""),
        ("/2026-1-release/", ""),
        ("/2024/13/40/berita", ""),
        ("/berita/?tanggal=/2024/09/26/", ""),
        ("/berita-20240926", ""),
    ],
)
def test_day_in_an_address(path: str, day: str) -> None:
    found = address_day(f"https://media-uji.example{path}")
    assert (found.isoformat() if found else "") == day


def test_template_that_declares_the_day_it_was_made_is_outvoted() -> None:
    found = article(
        declared("2016-03-01T00:00:00+07:00"),
        above="<div>Kamis, 26 September 2024 12:31 WIB</div>",
        path="/2024/09/26/berita/",
    )
    assert found.published_at == moment("2024-09-26T05:31:00")


def test_template_that_declares_the_moment_of_the_visit_is_outvoted() -> None:
    found = article(declared("2024-12-08T08:29:58+07:00"), path="/2024/09/26/berita/")
    assert found.published_at == moment("2024-09-25T17:00:00")


def test_declared_moment_near_the_address_day_is_kept() -> None:
    found = article(declared("2024-09-26T23:50:00+07:00"), path="/2024/09/27/berita/")
    assert found.published_at == moment("2024-09-26T16:50:00")


def test_local_time_declared_as_utc_is_never_after_the_fetch() -> None:
    # 08:12 WIB on the wall, called UTC: seven hours after the page was fetched
    found = article(declared("2024-12-08T08:12:00Z"))
    assert found.published_at == moment("2024-12-08T01:12:00")


def test_time_without_a_zone_is_read_further_east_when_it_would_be_later() -> None:
    found = article(above="<div>Minggu, 8 Desember 2024 10:10</div>")
    assert found.published_at == moment("2024-12-08T01:10:00")
    assert found.published_zone == "Asia/Jayapura"


def test_outlets_zone_is_read_first() -> None:
    found = article(above="<div>Minggu, 8 Desember 2024 10:10</div>", outlet=JAYAPURA)
    assert found.published_at == moment("2024-12-08T01:10:00")


@pytest.mark.parametrize(
    "value",
    ["1970-01-01T00:00:00+00:00", "0001-01-01T00:00:00", "-0001-11-30T00:00:00+00:00", "0"],
)
def test_epoch_is_no_date(value: str) -> None:
    found = article(declared(value, value), above="<div>26 September 2024 08:00 WIB</div>")
    assert found.published_at == moment("2024-09-26T01:00:00")
    assert found.modified_at is None


def test_change_after_the_fetch_is_not_believed() -> None:
    found = article(declared("2024-09-26T08:00:00+07:00", "2025-01-01T00:00:00+07:00"))
    assert found.modified_at is None


def test_relative_date_keeps_its_printed_words() -> None:
    found = article(above="<div>Kemarin, 20:11 WIB</div>")
    assert found.published_text == "Kemarin, 20:11 WIB"
    assert found.published_at == moment("2024-12-07T13:11:00")


SENTENCE = "<p>Surat Edaran tertanggal 2 Juli 2024 pukul 10.00 itu ditandatangani bupati.</p>"
CARD = '<div><a href="/x"><time>12 Agustus 2024</time> Camat Dicopot</a></div>'
TWEET = (
    "<blockquote><p>ASN netral!</p>&mdash; Bawaslu (@bawaslu) <a>September 1, 2024</a></blockquote>"
)


@pytest.mark.parametrize("inside", [SENTENCE, CARD, TWEET], ids=["sentence", "card", "tweet"])
@pytest.mark.parametrize("name", ["entry-content", "xyz"], ids=["known", "unknown"])
def test_date_inside_the_story_is_not_the_publication(inside: str, name: str) -> None:
    first, second = TEXT.split("</p><p>")
    html = (
        '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><div>'
        "<h1>Bupati Minta Pegawai Netral</h1>"
        f'<div class="{name}">{first}</p><p>{second}{inside}{first}</p>{TEXT}</div>'
        "</div></body></html>"
    )
    page = page_of(html, f"{MEDIA_UJI.url}/berita/netral", fetched_at=FETCHED)
    found = reading_of(page).article
    assert (found.published_text, found.published_at) == ("", None)


@pytest.mark.parametrize(
    ("above", "at"),
    [
        (
            '<time datetime="2024-09-18T14:20:00+08:00">Rabu, 18 September 2024</time>',
            "2024-09-18T06:20:00",
        ),
        (
            '<span itemprop="datePublished" content="2024-09-18T14:20:00+08:00">Rabu</span>',
            "2024-09-18T06:20:00",
        ),
        (
            '<time datetime="2024-09-18T06:20:00Z" pubdate>18 September 2024 14:20</time>',
            "2024-09-18T06:20:00",
        ),
        (
            '<time datetime="2024-09-18T06:20:00Z">18 September 2024 14:20</time>',
            "2024-09-18T06:20:00",
        ),
        (
            '<time datetime="2024-09-18T00:00:00Z">18 September 2024 14:20</time>',
            "2024-09-18T07:20:00",
        ),
        (
            '<time datetime="2024-09-18T00:00:00+07:00">18 September 2024</time>',
            "2024-09-17T17:00:00",
        ),
        (
            '<time datetime="2024-12-08T08:29:00+07:00">18 September 2024</time>',
            "2024-09-17T17:00:00",
        ),
        (
            '<time datetime="2024-09-18T06:20:00Z">18 September 2024 14:20 WIB</time>',
            "2024-09-18T07:20:00",
        ),
    ],
    ids=["day", "microdata", "pubdate", "clock", "midnight", "bare day", "now", "printed zone"],
)
def test_clock_that_only_the_markup_says_is_read(above: str, at: str) -> None:
    assert article(above=above).published_at == moment(at)


def test_clock_of_a_change_that_only_the_markup_says_is_read() -> None:
    found = article(
        above='<time class="entry-date published" datetime="2024-09-18T14:20:00+08:00">18/09/2024'
        '</time><time class="updated" datetime="2024-09-19T14:20:00+08:00">19/09/2024</time>'
    )
    assert found.published_at == moment("2024-09-18T06:20:00")
    assert found.modified_at == moment("2024-09-19T06:20:00")


def test_deck_before_the_date_hides_it_not() -> None:
    found = article(
        above="<p>Lurah mengaku tidak sengaja memasang stiker pasangan calon di mobil dinasnya.</p>"
        "<span>Rabu, 18 September 2024 14:20 WIB</span>"
    )
    assert found.published_at == moment("2024-09-18T07:20:00")


@pytest.mark.parametrize("printed", ["Baru saja", "Sejam yang lalu"])
def test_relative_date_without_a_digit_is_read(printed: str) -> None:
    assert article(above=f"<span>{printed}</span>").published_text == printed
