"""Addresses and lists of the Tribun Network: pure, and whatever comes."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.config import OutletConfig, Settings
from archive.types import Outlet
from crawler.days import days
from crawler.discover import Candidate, SeedUnreadable
from crawler.outlets import known_spiders
from crawler.tribun_index import (
    IndexPage,
    index_url,
    is_never_asked,
    may_be_story,
    news_sitemaps,
    platform_id,
    read_index_page,
    section_of,
    stretch,
)
from crawler.tribun_lists import LAST_PAGE, Lists, Turning

BASE = "https://pontianak.tribunnews.com"
OUTLET = Outlet(slug="tribun-pontianak", name="Tribun Pontianak", url=BASE, zone="Asia/Jakarta")
DAY = date(2026, 7, 24)
NOON = datetime(2026, 7, 24, 5, 40, tzinfo=UTC)
FACTS = Path(__file__).parents[2] / "shared" / "facts" / "tribun_subdomains.csv"


def candidate(path: str, at: datetime | None = None) -> Candidate:
    return Candidate(f"{BASE}{path}", published_at=at)


def row(path: str, *, printed: str = "Jumat, 24 Juli 2026 12:40 WIB", title: str = "Judul") -> str:
    return (
        f'<li class="ptb15"><h4 class="red"><a href="{BASE}/topic/asn">ASN</a></h4>'
        f'<h3 class="f16 fbo"><a href="{path}" title="{title}">{title[:9]}</a></h3>'
        f'<time class="grey">{printed}</time></li>'
    )


def listed(*rows: str, around: str = "") -> IndexPage:
    html = f'<html><body>{around}<ul class="lsi">{"".join(rows)}</ul></body></html>'
    url = index_url(BASE, day=DAY)
    return read_index_page(html, url=url, outlet=OUTLET, fetched_at=NOON + timedelta(hours=9))


# -- addresses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "url"),
    [
        ({}, "/index-news"),
        ({"day": DAY}, "/index-news?date=2026-07-24"),
        ({"day": DAY, "page": 3}, "/index-news?date=2026-07-24&page=3"),
        ({"section": "nasional", "page": 2}, "/index-news/nasional?page=2"),
        ({"section": "lokal", "day": DAY}, "/index-news/lokal?date=2026-07-24"),
    ],
    ids=["newest", "day", "page of a day", "page of a section", "section on a day"],
)
def test_index_has_an_address_for_each_list(asked: dict[str, object], url: str) -> None:
    assert index_url(BASE, **asked) == f"{BASE}{url}"  # type: ignore[arg-type]


STORIES = {
    "edition": "/2026/07/24/asn-netral",
    "www before 2026": "/nasional/2020/05/04/asn-netral",
    "www": "/nasional/7858656/asn-netral",
    "amp": "/amp/2026/07/24/asn-netral",
    "photos": "/images/regional/view/2004211/apel-pagi",
    "tag in the slug": "/2026/07/24/tag",
}
LISTS = {
    "tag": "/tag/netralitas-asn",
    "topic": "/topic/pilkada-2026",
    "search": "/search?q=asn",
    "feed": "/rss",
    "tag as amp": "/amp/tag/asn",
    "upper case": "/TAG/asn",
}
OTHERS = {
    "front page": "/",
    "section": "/nasional",
    "index": "/index-news/lokal",
    "writer": "/penulis/a",
}


@pytest.mark.parametrize("path", STORIES.values(), ids=STORIES.keys())
def test_story_may_be_asked_for(path: str) -> None:
    assert may_be_story(f"{BASE}{path}")
    assert not is_never_asked(f"{BASE}{path}")


@pytest.mark.parametrize("path", LISTS.values(), ids=LISTS.keys())
def test_lists_for_readers_are_never_asked_for(path: str) -> None:
    assert is_never_asked(f"{BASE}{path}")
    assert not may_be_story(f"{BASE}{path}")


@pytest.mark.parametrize("path", OTHERS.values(), ids=OTHERS.keys())
def test_other_pages_are_no_stories_but_may_be_asked_for(path: str) -> None:
    assert not may_be_story(f"{BASE}{path}")
    assert not is_never_asked(f"{BASE}{path}")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/nasional/7858656/slug", "tribun:7858656"),
        ("/amp/nasional/7858656/slug?page=2", "tribun:7858656"),
        ("/2026/07/24/slug", ""),
        ("/nasional/2020/05/04/1234567", ""),
        ("/nasional/123/slug", ""),
        ("/", ""),
    ],
)
def test_platform_id_is_the_number_in_the_address(path: str, expected: str) -> None:
    assert platform_id(f"https://www.tribunnews.com{path}") == expected


@given(st.text(max_size=80))
def test_any_address_is_told_apart(path: str) -> None:
    url = f"{BASE}/{path}"
    assert not (may_be_story(url) and is_never_asked(url))
    assert platform_id(url) == "" or platform_id(url).startswith("tribun:")


# -- days -----------------------------------------------------------------------------------


def test_days_are_those_of_the_editions_own_zone() -> None:
    since = datetime(2026, 7, 22, 16, tzinfo=UTC)
    until = datetime(2026, 7, 24, 15, tzinfo=UTC)
    assert days(since, until, zone="Asia/Jakarta") == [DAY - timedelta(days=n) for n in range(3)]
    assert days(since, until, zone="Asia/Makassar") == [DAY, DAY - timedelta(days=1)]


def test_day_that_begins_as_the_span_ends_is_no_part_of_it() -> None:
    midnight = datetime(2026, 7, 23, 17, tzinfo=UTC)
    assert days(midnight - timedelta(hours=1), midnight, zone="Asia/Jakarta") == [date(2026, 7, 23)]
    assert days(midnight, midnight, zone="Asia/Jakarta") == []


@given(
    st.integers(0, 60 * 24 * 5000),
    st.integers(1, 60 * 24 * 40),
    st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]),
)
def test_every_moment_of_a_span_is_in_one_of_its_days(start: int, minutes: int, zone: str) -> None:
    since = NOON - timedelta(minutes=start)
    until = since + timedelta(minutes=minutes)
    found = days(since, until, zone=zone)
    assert found == sorted(set(found), reverse=True)
    for moment in (since, since + (until - since) / 2, until - timedelta(microseconds=1)):
        assert moment.astimezone(ZoneInfo(zone)).date() in found


# -- a page of the index --------------------------------------------------------------------


def test_row_names_a_story_with_its_title_date_and_number() -> None:
    read = listed(row("/nasional/7858656/slug", title="Camat Diperiksa Bawaslu"))
    assert read.candidates == (
        Candidate(
            f"{BASE}/nasional/7858656/slug",
            title="Camat Diperiksa Bawaslu",
            published_at=NOON,
            platform_id="tribun:7858656",
        ),
    )


@pytest.mark.parametrize(
    ("printed", "at"),
    [
        ("Jumat, 24 Juli 2026 12:40 WIB", NOON),
        ("Jumat, 24 Juli 2026 13:40 WITA", NOON),
        ("Jumat, 24 Juli 2026 12:40", NOON),
        ("9 jam lalu", NOON),
        ("", None),
        ("hari ini", None),
    ],
)
def test_date_is_read_as_printed(printed: str, at: datetime | None) -> None:
    assert listed(row("/2026/07/24/slug", printed=printed)).candidates[0].published_at == at


def test_rows_that_lead_elsewhere_are_no_candidates() -> None:
    read = listed(
        row("https://solo.tribunnews.com/2026/07/24/slug"),
        row("/tag/asn"),
        row("/"),
        "<li>iklan</li>",
        row("/2026/07/24/slug"),
        row("/amp/2026/07/24/slug"),
    )
    assert [one.url for one in read.candidates] == [f"{BASE}/2026/07/24/slug"]


def test_links_beside_the_list_are_not_read() -> None:
    beside = '<ul class="lsi-side"><li><h3><a href="/2026/07/01/lain">Lain</a></h3></li></ul>'
    assert listed(around=beside).candidates == ()


@pytest.mark.parametrize("html", ["", "<html><body>Sedang dalam perawatan</body></html>"])
def test_page_without_a_list_is_no_empty_day(html: str) -> None:
    with pytest.raises(SeedUnreadable):
        read_index_page(html, url=BASE, outlet=OUTLET, fetched_at=NOON)


def test_sections_are_those_of_the_menu() -> None:
    menu = (
        '<select id="sectionpil"><option value="">Semua</option><option value="lokal">Lokal'
        '</option><option value="all">all</option></select>'
        f'<a href="{BASE}/index-news/nasional">Nasional</a> <a href="/index-news/">Indeks</a>'
    )
    assert listed(around=menu).sections == ("lokal", "nasional")


def test_list_of_other_days_is_not_that_of_the_day() -> None:
    other = listed(row("/2026/07/20/slug", printed="Senin, 20 Juli 2026 08:00 WIB"))
    assert not other.shows(DAY, zone="Asia/Jakarta")
    assert listed(row("/2026/07/24/slug")).shows(DAY, zone="Asia/Jakarta")
    near = listed(row("/2026/07/23/slug", printed="1 hari lalu"))
    assert near.shows(DAY, zone="Asia/Jakarta")
    assert listed().shows(DAY, zone="Asia/Jakarta")


@given(st.text(max_size=300))
def test_any_row_is_read_or_left(text: str) -> None:
    for found in listed(f"<li><h3><a href='{text}'>{text}</a></h3></li>").candidates:
        assert may_be_story(found.url)


# -- turning pages --------------------------------------------------------------------------


def turned(*pages: list[Candidate], since: datetime = NOON - timedelta(days=1)) -> Turning:
    state = Turning(since)
    for page in pages:
        assert not state.ended
        state = state.after(page)
    return state


def page_of(number: int, size: int = 3) -> list[Candidate]:
    return [candidate(f"/2026/07/24/{number}-{place}", NOON) for place in range(size)]


def test_list_ends_where_a_page_is_empty_or_repeats() -> None:
    assert turned([]).ended
    assert turned(page_of(1), []).ended
    assert turned(page_of(1), page_of(1)).ended
    assert not turned(page_of(1), page_of(2)).ended


def test_page_that_shows_one_new_story_goes_on() -> None:
    assert not turned(page_of(1), [*page_of(1)[1:], *page_of(2, 1)]).ended


def test_page_behind_the_last_one_is_never_asked_for() -> None:
    state = turned(*(page_of(number) for number in range(1, LAST_PAGE + 1)))
    assert (state.ended, state.is_cut, state.page) == (True, True, LAST_PAGE + 1)


def test_list_that_ends_on_its_last_page_hides_nothing() -> None:
    full = [page_of(number) for number in range(1, LAST_PAGE)]
    assert not turned(*full, page_of(LAST_PAGE, 2)).is_cut
    assert not turned(*full, page_of(LAST_PAGE - 1)).is_cut


def test_list_is_turned_no_further_than_its_day() -> None:
    old = [candidate("/2026/07/01/lama", NOON - timedelta(days=23))]
    assert turned(page_of(1), old).ended
    assert not turned(page_of(1), [*old, *page_of(2)]).ended
    assert not turned(page_of(1), [*old, candidate("/2026/07/24/tanpa-tanggal")]).ended


@given(st.lists(st.lists(st.integers(0, 40), max_size=5), min_size=1, max_size=15))
def test_every_list_ends_within_its_pages(pages: list[list[int]]) -> None:
    state, asked = Turning(NOON), 0
    for page in pages:
        if state.ended:
            break
        asked = state.page
        state = state.after([candidate(f"/2026/07/24/{number}") for number in page])
    assert asked <= LAST_PAGE
    assert state.ended or len(pages) < LAST_PAGE


# -- sitemaps -------------------------------------------------------------------------------


def test_news_sitemaps_are_chosen_of_an_index() -> None:
    named = ["lokal/sitemap-news.xml", "lokal/sitemap-web.xml", "lokal/sitemap-images.xml",
             "sitemap_news.xml", "tag/sitemap-news.xml", "news-sitemap.xml"]  # fmt: skip
    chosen = news_sitemaps(candidate(f"/{name}") for name in named)
    assert [urlpath(one) for one in chosen] == [named[0], named[3], named[5]]


def test_without_news_sitemaps_the_others_are_chosen() -> None:
    named = ["lokal/sitemap-web.xml", "lokal/sitemap-images.xml", "sitemap-video.xml"]
    assert [urlpath(one) for one in news_sitemaps(candidate(f"/{n}") for n in named)] == named[:1]


def urlpath(one: Candidate) -> str:
    return one.url.removeprefix(f"{BASE}/")


def test_sitemap_tells_its_section() -> None:
    assert section_of(f"{BASE}/nasional/sitemap-news.xml") == "nasional"
    assert section_of(f"{BASE}/sitemap-news.xml") == ""


def test_sitemap_reaches_to_its_oldest_story_but_for_strays() -> None:
    dated = [candidate(f"/2026/07/24/{n}", NOON - timedelta(hours=n)) for n in range(30)]
    stray = candidate("/2019/01/01/lama", NOON - timedelta(days=2000))
    assert stretch(dated[:5]) == NOON - timedelta(hours=4)
    assert stretch([*dated, stray]) == NOON - timedelta(hours=28)
    assert stretch([candidate("/2026/07/24/tanpa-tanggal")]) is None


def test_lists_reach_where_a_sitemap_begins_before() -> None:
    lists = Lists(reached={"": NOON, "lokal": NOON - timedelta(days=2)})
    assert not lists.reach(NOON)
    assert lists.reach(NOON + timedelta(seconds=1))
    assert lists.reach(NOON - timedelta(days=1), section="lokal")
    assert not lists.reach(NOON, section="bisnis")


# -- outlets --------------------------------------------------------------------------------

_ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}


def test_every_edition_is_an_outlet_with_its_zone() -> None:
    if not FACTS.is_file():
        pytest.skip("the list of editions is not part of this checkout")
    with FACTS.open(encoding="utf-8") as file:
        wanted = {r["subdomain"]: _ZONES[r["zone_of_region"]] for r in csv.DictReader(file)}
    outlets = [spider.outlet for spider in known_spiders(Settings()).values()]
    held = {o.url.removeprefix("https://"): o.zone for o in outlets if o.network == "tribunnews"}
    assert held.pop("www.tribunnews.com") == "Asia/Jakarta"
    assert held == wanted


def test_editions_share_a_lane_and_no_two_a_slug_or_address() -> None:
    outlets = [
        s.outlet for s in known_spiders(Settings()).values() if s.outlet.platform == "tribun"
    ]
    assert {outlet.lane for outlet in outlets} == {"tribunnews"}
    assert len({outlet.slug for outlet in outlets}) == len(outlets) == 62
    assert len({outlet.url for outlet in outlets}) == 62


def test_edition_given_as_an_entry_joins_the_network() -> None:
    entry = OutletConfig(slug="tribun-uji", url="https://uji.tribunnews.com", platform="tribun")
    spider = known_spiders(Settings(outlet=[entry]))["tribun-uji"]
    assert spider.outlet.network == "tribunnews"
