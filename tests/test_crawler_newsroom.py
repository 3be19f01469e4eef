"""The sample newsroom answers as the outlets do, and its truth is what its pages show."""

import gzip
import http.client
import json
import re
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree, html

from crawler.demo import NIGHTS, Newsroom, NewsroomConfig, TrueStory
from crawler.demo.editions import edition
from crawler.demo.hostile import BAD, REDIRECTS
from crawler.demo.nights import evenings
from crawler.demo.reply import Asked, finished
from crawler.demo.rusak import rusak_answer
from crawler.demo.site import answer
from crawler.demo.sites import RUSAK as RUSAK_SITE
from crawler.demo.sites import SITES
from crawler.demo.stories import stories

TODAY = date(2026, 9, 10)
CONFIG = NewsroomConfig(today=TODAY)
OUTLETS = ("kantamedia", "lintastungkal", "kolomrakyat")
HOSTS = tuple(f"{outlet}.com" for outlet in OUTLETS)
API = "/wp-json/wp/v2/posts"
KANTA, LINTAS, KOLOM = HOSTS
FIRST = "/politik/pilkada/bawaslu-periksa-camat-soal-dugaan-tidak-netral/"
KANTAMEDIA = edition(SITES[0], CONFIG, 1, moments=evenings(TODAY))
BROKEN = edition(RUSAK_SITE, CONFIG, 1, moments=evenings(TODAY))
SPLIT = "/catatan-sepekan-dari-kota-bersama/"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)


def ask(newsroom: Newsroom, host: str, path: str, **headers: str) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(newsroom.url).netloc, timeout=20)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request("GET", path, headers={"Host": host, **names})
        answer = connection.getresponse()
        return Answer(answer.status, dict(answer.headers), answer.read())
    finally:
        connection.close()


def ask_story(newsroom: Newsroom, story: TrueStory) -> Answer:
    parts = urlsplit(story.url)
    return ask(newsroom, parts.netloc, parts.path)


def story_of(newsroom: Newsroom, slug: str, night: int | None = None) -> TrueStory:
    return next(s for s in newsroom.truth(night) if any(slug in url for url in s.urls))


def posts(newsroom: Newsroom, host: str, query: str = "") -> list[dict]:
    return ask(newsroom, host, f"{API}?per_page=100{query}").json


def links_of(answer: Answer) -> list[str]:
    return [item.findtext("link") for item in etree.fromstring(answer.body).iter("item")]


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(CONFIG) as room:
        yield room


@pytest.fixture(scope="module")
def quiet() -> Iterator[Newsroom]:
    """A newsroom on its first night that no test changes."""
    with Newsroom(CONFIG) as room:
        yield room


@pytest.fixture(scope="module")
def closed() -> Iterator[Newsroom]:
    """A newsroom without REST."""
    with Newsroom(NewsroomConfig(today=TODAY, rest=False)) as room:
        yield room


# the stories


@pytest.mark.parametrize("outlet", OUTLETS)
def test_each_outlet_has_fourteen_stories_and_six_on_topic_on_the_first_night(outlet):
    ours = [story for story in stories(outlet) if story.night == 1]
    assert len(ours) >= 14
    assert sum(story.on_topic for story in ours) >= 6


def test_stories_have_news_length(quiet):
    lengths = {story.url: len(story.versions[0].text.split()) for story in quiet.truth(NIGHTS)}
    assert {url: count for url, count in lengths.items() if not 120 <= count <= 350} == {}


def test_a_story_on_topic_never_says_neutral():
    texts = [s.headline + s.text + s.slug for o in OUTLETS for s in stories(o) if s.on_topic]
    assert sum("netral" not in text.lower() for text in texts) >= 1


def test_one_text_runs_in_all_three_outlets(quiet):
    # but for the day that each outlet names
    texts = [re.sub(r"\w+ \(\d.*?\)", "", story.versions[0].text) for story in quiet.truth()]
    assert max(texts.count(text) for text in texts) == 3


# routing


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/", "/page/2/", "/robots.txt", "/feed/", API])
def test_every_outlet_answers_at_wordpress_addresses(quiet, host, path):
    assert ask(quiet, host, path).status == 200


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/tidak-ada/", "/page/99/", "/feed/?paged=99", "/?p=99999999"])
def test_nothing_is_404(quiet, host, path):
    assert ask(quiet, host, path).status == 404


def test_an_unknown_host_is_no_outlet(quiet):
    assert ask(quiet, "lain.example", "/").status == 404


@pytest.mark.parametrize(
    ("host", "path", "target"),
    [
        (f"www.{KANTA}", "/?p=1", f"https://{KANTA}/?p=1"),
        (KANTA, "/?p=41200", f"https://{KANTA}{FIRST}"),
        (KANTA, FIRST[:-1], f"https://{KANTA}{FIRST}"),
        (KANTA, f"{FIRST}2/", f"https://{KANTA}{FIRST}"),
        (LINTAS, f"{SPLIT}1/", f"https://{LINTAS}{SPLIT}"),
        (KANTA, "/category/politik", f"https://{KANTA}/category/politik/"),
        (KANTA, "/sitemap.xml", f"https://{KANTA}/wp-sitemap.xml"),
    ],
    ids=["www", "shortlink", "no slash", "no such part", "part 1", "section", "sitemap"],
)
def test_twins_lead_to_the_canonical_address(quiet, host, path, target):
    answer = ask(quiet, host, path)
    assert (answer.status, answer.headers["Location"]) == (301, target)


def test_plain_http_leads_to_https(quiet):
    port = urlsplit(quiet.connect_to[f"http://{KANTA}"]).netloc
    connection = http.client.HTTPConnection(port, timeout=20)
    connection.request("GET", "/feed/?paged=2", headers={"Host": KANTA})
    assert connection.getresponse().headers["Location"] == f"https://{KANTA}/feed/?paged=2"
    connection.close()


@pytest.mark.parametrize("host", [*HOSTS, "rusak.example"])
@pytest.mark.parametrize("www", ["", "www."])
def test_connect_to_names_every_https_origin(quiet, host, www):
    assert quiet.connect_to[f"https://{www}{host}"] == quiet.url


def test_a_tracked_address_shows_the_same_story(quiet):
    plain, tracked = ask(quiet, KANTA, FIRST), ask(quiet, KANTA, f"{FIRST}?utm_source=x")
    assert plain.body == tracked.body


def test_the_amp_twin_names_its_story_as_canonical(quiet):
    amp = html.fromstring(ask(quiet, KANTA, f"{FIRST}amp/").body)
    assert amp.xpath("//link[@rel='canonical']/@href") == [f"https://{KANTA}{FIRST}"]
    assert ask(quiet, KOLOM, "/amp/").status == 404


def test_index_pages_list_every_story_once(quiet):
    found = []
    for number in (1, 2):
        page = html.fromstring(ask(quiet, LINTAS, f"/page/{number}/").body)
        found += page.xpath("//h2[@class='entry-title']/a/@href")
    expected = {story.url for story in quiet.truth() if story.outlet == "lintastungkal"}
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize("place", ["category/pendidikan", "tag/pppk"])
def test_section_and_tag_pages_list_what_their_feeds_list(quiet, place):
    page = html.fromstring(ask(quiet, LINTAS, f"/{place}/").body)
    listed = page.xpath("//h2[@class='entry-title']/a/@href")
    assert listed == links_of(ask(quiet, LINTAS, f"/{place}/feed/"))
    assert 0 < len(listed) < 10


def test_robots_name_the_sitemap_and_the_delay():
    with Newsroom(NewsroomConfig(today=TODAY, crawl_delay=2.5)) as room:
        robots = ask(room, KOLOM, "/robots.txt").text
    assert "Crawl-delay: 2.5\n" in robots
    assert "Disallow: /private/\n" in robots
    assert f"Sitemap: https://{KOLOM}/sitemap_index.xml\n" in robots


def test_the_front_page_links_to_what_robots_forbid(quiet):
    assert f"https://{KOLOM}/private/asn-tidak-netral/" in ask(quiet, KOLOM, "/").text
    assert ask(quiet, KOLOM, "/private/asn-tidak-netral/").status == 200


# story pages


@pytest.mark.parametrize("night", range(1, NIGHTS + 1))
def test_every_live_story_shows_its_true_last_version(newsroom, night):
    newsroom.night = night
    lost = []
    wordpress = [site.outlet.slug for site in (*SITES, RUSAK_SITE)]
    for story in (story for story in newsroom.truth() if story.outlet in wordpress):
        page = ask_story(newsroom, story) if story.status == "live" else None
        if page and not _shows(newsroom, story, page):
            lost.append(story.url)
    assert lost == []


def _shows(newsroom: Newsroom, story: TrueStory, page: Answer) -> bool:
    texts = [unescape(page.text)]
    for number in range(2, 4):
        if f"/{number}/" in page.text and "page-link-wrap" in page.text:
            path = f"{urlsplit(story.url).path}{number}/"
            texts.append(unescape(ask(newsroom, LINTAS, path).text))
    version, whole = story.versions[-1], "\n".join(texts)
    return version.headline in whole and all(text in whole for text in version.paragraphs)


@pytest.mark.parametrize("host", HOSTS)
def test_story_pages_are_as_large_as_real_ones(quiet, host):
    story = next(story for story in quiet.truth() if host in story.url)
    assert 30_000 < len(ask_story(quiet, story).body) < 60_000


@pytest.mark.parametrize(
    ("host", "path", "expressions"),
    [
        (
            KANTA,
            FIRST,
            [
                "//h1",
                "//div[@class='entry-content']/p",
                "//span[@class='ctaText']",
                "//span[@class='postTitle']",
                "//script[@type='application/ld+json']",
                "//body[contains(@class, 'postid-41200')]",
                "//link[@rel='shortlink'][contains(@href, '?p=41200')]",
                "//link[@rel='amphtml']",
            ],
        ),
        (
            LINTAS,
            "/asn-netral/",
            [
                "//*[@id='single-content']/h1",
                "//p[@class='single-kategori']",
                "//p[@class='nama-penulis']/a",
                "//p[@class='tanggal-single']",
                "//p[@class='foto-utama']/img",
                "//p[@class='caption-photo']",
                "//div[@id='single-article-text']/p",
                "//p[@class='penulis-bawah']",
                "//p[@class='editor-bawah']",
                "//p[@class='sumber-berita-bawah']",
                "//div[@class='totalpembaca']",
                "//div[@class='tagname']/a",
                "//div[@class='related-post-wrap']//li",
            ],
        ),
    ],
    ids=["kantamedia", "lintastungkal"],
)
def test_pages_have_the_elements_known_of_the_outlet(quiet, host, path, expressions):
    page = html.fromstring(ask(quiet, host, path).body)
    assert [path for path in expressions if not page.xpath(path)] == []


def test_lintastungkal_prints_date_and_zone_as_known(quiet):
    page = html.fromstring(ask(quiet, LINTAS, "/asn-netral/").body)
    assert page.xpath("string(//p[@class='tanggal-single'])") == (
        "Rabu, 9 September 2026 -  10:05 WIB"
    )


def test_some_pages_off_topic_name_neutrality_stories_beside_them_and_some_do_not(quiet):
    off = [story for story in quiet.truth() if not story.on_topic and "kanta" in story.url]
    sides = [ask_story(quiet, story).text.split("Berita Terkait")[1] for story in off]
    named = ["Rapat Koordinasi di Aula" in side for side in sides]
    assert set(named) == {True, False}


@pytest.mark.parametrize(
    ("part", "shown"),
    [("", 1), ("2/", 2), ("3/", 3), ("4", 3), ("4/", 3)],
    ids=["1", "2", "3", "4 without slash", "4"],
)
def test_a_split_story_answers_beyond_its_end_with_its_last_page(quiet, part, shown):
    page = html.fromstring(ask(quiet, LINTAS, f"{SPLIT}{part}").body)
    assert page.xpath("//span[@aria-current='page']/text()") == [str(shown)]


def test_the_split_story_tells_its_topic_on_page_two_only(quiet):
    bodies = [
        html.fromstring(ask(quiet, LINTAS, f"{SPLIT}{part}").body)
        .get_element_by_id("single-article-text")
        .text_content()
        for part in ("", "2/", "3/")
    ]
    assert ["netralitas" in body for body in bodies] == [False, True, False]


# REST


@pytest.mark.parametrize("host", HOSTS)
def test_rest_lists_exactly_the_live_stories(newsroom, host):
    newsroom.night = 3
    live = {s.url for s in newsroom.truth() if host in s.url and s.status == "live"}
    assert {row["link"] for row in posts(newsroom, host)} == live


def test_rest_pages_join_to_the_whole_list(quiet):
    first = ask(quiet, KANTA, f"{API}?per_page=6&page=1")
    total, pages = int(first.headers["X-WP-Total"]), int(first.headers["X-WP-TotalPages"])
    rows = [
        row["id"]
        for page in range(1, pages + 1)
        for row in ask(quiet, KANTA, f"{API}?per_page=6&page={page}").json
    ]
    assert rows == [row["id"] for row in posts(quiet, KANTA)]
    assert len(rows) == total


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("page=99", "rest_post_invalid_page_number"),
        ("per_page=101", "rest_invalid_param"),
        ("per_page=0", "rest_invalid_param"),
        ("page=x", "rest_invalid_param"),
        ("after=kemarin", "rest_invalid_param"),
        ("after=2026-13-40T00:00:00", "rest_invalid_param"),
        ("after=2026-09-01T00:00:00+00:00", "rest_invalid_param"),
        ("orderby=warna", "rest_invalid_param"),
    ],
)
def test_rest_refuses_as_wordpress_does(quiet, query, code):
    answer = ask(quiet, KANTA, f"{API}?{query}")
    assert (answer.status, answer.json["code"]) == (400, code)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("zone", ["", "Z"], ids=["local", "utc"])
@pytest.mark.parametrize("name", ["after", "before"])
def test_rest_windows_are_exclusive(quiet, host, zone, name):
    rows = posts(quiet, host)
    edge = rows[5]["date_gmt" if zone else "date"]
    expected = rows[:5] if name == "after" else rows[6:]
    found = posts(quiet, host, f"&{name}={edge}{zone}")
    assert [row["id"] for row in found] == [row["id"] for row in expected]


def test_rest_dates_carry_no_zone_and_local_time_differs(quiet):
    row = posts(quiet, KOLOM)[0]
    local, utc = datetime.fromisoformat(row["date"]), datetime.fromisoformat(row["date_gmt"])
    assert local.tzinfo is None
    assert (local - utc).total_seconds() == 8 * 3600


def test_rest_finds_what_changed_by_modified_after(newsroom):
    before = datetime.now(UTC) - timedelta(seconds=2)
    newsroom.night = 2
    rows = posts(newsroom, KANTA, f"&modified_after={before:%Y-%m-%dT%H:%M:%SZ}")
    assert {row["slug"] for row in rows} == {
        "bawaslu-periksa-camat-soal-dugaan-tidak-netral",
        "sekda-tegur-kepala-dinas-asn-dilarang-ikut-kampanye",
        "rapat-koordinasi-di-aula-berlangsung-hangat",
        "gaji-ke-13-asn-cair-pekan-depan",
    }


def test_rest_fields_are_cut_to_what_was_asked(quiet):
    row = ask(quiet, KANTA, f"{API}?_fields=id,title.rendered,nope&per_page=1").json[0]
    assert set(row) == {"id", "title"}
    assert set(row["title"]) == {"rendered"}


@pytest.mark.parametrize(
    "query", ["include=41207,41200", "include[]=41207&include[]=41200"], ids=["commas", "brackets"]
)
def test_rest_include_gives_known_ids_in_order(quiet, query):
    rows = ask(quiet, KANTA, f"{API}?{query}&orderby=include").json
    assert [row["id"] for row in rows] == [41207, 41200]


def test_rest_include_leaves_out_the_trashed(newsroom):
    newsroom.night = 3
    gone = next(s for s in newsroom.truth() if s.status == "gone" and "kanta" in s.url)
    number = gone.platform_id.removeprefix("wp:")
    rows = posts(newsroom, KANTA, f"&include=41200,{number}")
    assert [row["id"] for row in rows] == [41200]


def test_rest_search_and_slug_narrow_the_list(quiet):
    assert {row["slug"] for row in posts(quiet, LINTAS, "&slug=asn-netral")} == {"asn-netral"}
    found = posts(quiet, LINTAS, "&search=netralitas+internet")
    assert found == []
    assert len(posts(quiet, LINTAS, "&search=netralitas")) >= 5


def test_rest_tags_and_categories_narrow_the_list(quiet):
    tag = ask(quiet, LINTAS, "/wp-json/wp/v2/tags?slug=pppk").json[0]
    found = posts(quiet, LINTAS, f"&tags={tag['id']}")
    assert len(found) == 2
    assert all(tag["id"] in row["tags"] for row in found)


def test_rest_holds_all_pages_of_a_split_story(quiet):
    content = posts(quiet, LINTAS, f"&slug={SPLIT.strip('/')}")[0]["content"]["rendered"]
    assert content.count("<!--nextpage-->") == 2
    assert "Bawaslu memeriksa tiga ASN" in content


@pytest.mark.parametrize(
    ("host", "status", "kind"),
    [(KANTA, 401, "application/json"), (LINTAS, 200, "text/html"), (KOLOM, 404, "text/html")],
    ids=OUTLETS,
)
def test_closed_rest_answers_in_the_outlets_own_way(closed, host, status, kind):
    answer = ask(closed, host, API)
    assert (answer.status, answer.headers["Content-Type"].split(";")[0]) == (status, kind)


# feeds and sitemaps


@pytest.mark.parametrize("host", HOSTS)
def test_feed_pages_hold_every_story_newest_first(quiet, host):
    found = [url for page in (1, 2) for url in links_of(ask(quiet, host, f"/feed/?paged={page}"))]
    assert found == [row["link"] for row in posts(quiet, host)]


@pytest.mark.parametrize(("host", "is_full"), [(KANTA, True), (LINTAS, True), (KOLOM, False)])
def test_feeds_are_well_formed_and_full_where_the_outlet_is(quiet, host, is_full):
    feed = etree.fromstring(ask(quiet, host, "/feed/").body)
    encoded = feed.findall(".//{http://purl.org/rss/1.0/modules/content/}encoded")
    assert len(encoded) == (10 if is_full else 0)
    assert all(item.findtext("pubDate") for item in feed.iter("item"))


def test_a_feed_holds_the_first_page_of_a_split_story_only(quiet):
    assert "Bawaslu memeriksa tiga ASN" not in ask(quiet, LINTAS, "/feed/").text
    assert SPLIT in ask(quiet, LINTAS, "/feed/").text


@pytest.mark.parametrize("host", HOSTS)
def test_the_sitemap_index_leads_to_every_story_with_its_last_change(quiet, host):
    start = re.search(r"Sitemap: \S+?(/[^/\s]+)$", ask(quiet, host, "/robots.txt").text, re.M)
    index = etree.fromstring(ask(quiet, host, start[1]).body)
    children = [urlsplit(url).path for url in index.xpath("//*[local-name()='loc']/text()")]
    body = ask(quiet, host, children[0]).body
    body = gzip.decompress(body) if children[0].endswith(".gz") else body
    tree = etree.fromstring(body)
    expected = {story.url for story in quiet.truth() if host in story.url}
    assert set(tree.xpath("//*[local-name()='loc']/text()")) == expected
    assert len(tree.xpath("//*[local-name()='lastmod']")) == len(expected)


@pytest.mark.parametrize(
    ("config", "path"),
    [
        (NewsroomConfig(today=TODAY, feeds=False), "/feed/"),
        (NewsroomConfig(today=TODAY, sitemaps=False), "/wp-sitemap.xml"),
    ],
    ids=["feeds", "sitemaps"],
)
def test_what_is_switched_off_is_404(config, path):
    with Newsroom(config) as room:
        assert ask(room, KANTA, path).status == 404
        assert ("Sitemap:" in ask(room, KANTA, "/robots.txt").text) is config.sitemaps


# conditional answers and compression


@pytest.mark.parametrize(
    ("host", "validators"),
    [(KANTA, {"ETag", "Last-Modified"}), (LINTAS, set()), (KOLOM, {"Last-Modified"})],
    ids=OUTLETS,
)
def test_pages_carry_the_outlets_validators(quiet, host, validators):
    story = next(story for story in quiet.truth() if host in story.url)
    assert {"ETag", "Last-Modified"} & set(ask_story(quiet, story).headers) == validators


def test_a_fresh_copy_is_304_without_body(quiet):
    first = ask(quiet, KANTA, FIRST)
    again = ask(quiet, KANTA, FIRST, If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_if_none_match_wins_over_if_modified_since(quiet):
    since = ask(quiet, KANTA, FIRST).headers["Last-Modified"]
    assert ask(quiet, KANTA, FIRST, If_Modified_Since=since).status == 304
    answer = ask(quiet, KANTA, FIRST, If_Modified_Since=since, If_None_Match='W/"old"')
    assert answer.status == 200


@pytest.mark.parametrize("since", ["", "kemarin", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_an_old_or_unreadable_date_gets_the_page(quiet, since):
    assert ask(quiet, KANTA, FIRST, If_Modified_Since=since).status == 200


@pytest.mark.parametrize(
    ("slug", "status"),
    [
        ("bawaslu-periksa-camat-soal-dugaan-tidak-netral", 200),
        ("foto-bareng-paslon-beredar", 200),
        ("rapat-koordinasi-di-aula", 200),
        ("bidan-dan-perawat-ikut", 200),
        ("bawaslu-temukan-dugaan-pelanggaran", 200),
        ("tiga-pesan-penting-di-apel-pagi", 304),
        ("obrolan-sore-bersama", 304),
    ],
    ids=["headline", "sidebar", "touched", "sidebar by date", "typo", "same", "same by date"],
)
def test_a_page_is_fresh_only_while_its_bytes_are_the_same(newsroom, slug, status):
    story = story_of(newsroom, slug)
    parts = urlsplit(story.url)
    first = ask_story(newsroom, story)
    newsroom.night = 2
    names = {"If_None_Match": "ETag", "If_Modified_Since": "Last-Modified"}
    held = {ours: first.headers[name] for ours, name in names.items() if name in first.headers}
    again = ask(newsroom, parts.netloc, parts.path, **held)
    assert again.status == status
    assert (ask_story(newsroom, story).body != first.body) is (status == 200)


def test_the_view_counter_changes_at_each_fetch(quiet):
    pages = [ask(quiet, LINTAS, "/asn-netral/").text for _ in range(2)]
    counts = [re.search(r"Berita ini (\d+) kali dibaca", page)[1] for page in pages]
    assert int(counts[1]) == int(counts[0]) + 1
    assert len({re.sub(r"ini \d+ kali", "", page) for page in pages}) == 1


@pytest.mark.parametrize(
    ("accepted", "is_gzip"),
    [("gzip", True), ("br, gzip;q=0.8", True), ("identity", False), ("gzip;q=0", False)],
)
def test_pages_are_gzipped_when_allowed(quiet, accepted, is_gzip):
    plain = ask(quiet, KANTA, FIRST)
    packed = ask(quiet, KANTA, FIRST, Accept_Encoding=accepted)
    assert (packed.headers.get("Content-Encoding") == "gzip") is is_gzip
    assert (gzip.decompress(packed.body) if is_gzip else packed.body) == plain.body


# the nights


@pytest.mark.parametrize(
    ("slug", "counts"),
    [
        ("bawaslu-periksa-camat-soal", [1, 2, 2, 2]),
        ("dosen-pppk-ikut-susun-visi", [1, 2, 2, 2]),
        ("bawaslu-temukan-dugaan-pelanggaran", [1, 2, 2, 2]),
        ("sekda-tegur-kepala-dinas", [1, 2, 2, 2]),
        ("bawaslu-telusuri-unggahan", [1, 2, 3, 3]),
        ("wali-kota-larang-rumah-dinas", [1, 1, 2, 2]),
        ("foto-bareng-paslon-beredar", [1, 1, 1, 1]),
        ("rapat-koordinasi-di-aula", [1, 1, 1, 1]),
        ("kadis-dilaporkan-hadiri", [1, 1, 1, 1]),
        ("guru-pppk-diklarifikasi", [1, 1, 1, 1]),
    ],
    ids=[
        "headline",
        "paragraph",
        "typo",
        "correction",
        "A to B to A",
        "later edit",
        "sidebar",
        "touched",
        "moved",
        "removed and back",
    ],
)
def test_versions_grow_only_by_real_edits(quiet, slug, counts):
    night_4 = story_of(quiet, slug, NIGHTS)
    found = [
        len(story.versions)
        for night in range(1, NIGHTS + 1)
        for story in quiet.truth(night)
        if (story.outlet, story.platform_id) == (night_4.outlet, night_4.platform_id)
    ]
    assert found == counts


def test_an_edit_that_is_taken_back_gives_the_first_text_again(quiet):
    first, second, third = story_of(quiet, "bawaslu-telusuri-unggahan", 4).versions
    assert first == third != second


def test_a_correction_note_is_the_last_paragraph(quiet):
    old, new = story_of(quiet, "sekda-tegur-kepala-dinas", 2).versions
    assert new.paragraphs[:-1] == old.paragraphs
    assert new.paragraphs[-1].startswith("Ralat: ")


@pytest.mark.parametrize(
    ("outlet", "statuses", "answers"),
    [
        ("kantamedia", ["live", "live", "gone", "gone"], [200, 200, 410, 410]),
        ("lintastungkal", ["live", "live", "gone", "live"], [200, 200, 404, 200]),
        ("kolomrakyat", ["live", "live", "gone", "gone"], [200, 200, 301, 301]),
    ],
    ids=OUTLETS,
)
def test_removed_stories_answer_as_their_outlet_does(newsroom, outlet, statuses, answers):
    removed = next(s for s in newsroom.truth(3) if s.outlet == outlet and s.status == "gone")
    seen, told = [], []
    for night in range(1, NIGHTS + 1):
        newsroom.night = night
        seen.append(ask_story(newsroom, removed).status)
        told.append(next(s.status for s in newsroom.truth() if s.url == removed.url))
    assert (told, seen) == (statuses, answers)


def test_a_removed_story_leads_to_the_front_page_at_kolomrakyat(newsroom):
    newsroom.night = 3
    removed = next(s for s in newsroom.truth() if "kolom" in s.url and s.status == "gone")
    assert ask_story(newsroom, removed).headers["Location"] == f"https://{KOLOM}/"


def test_a_moved_story_keeps_its_id_and_its_old_address_leads_on(newsroom):
    before = story_of(newsroom, "kepala-dinas-dilaporkan-hadiri")
    newsroom.night = 2
    after = story_of(newsroom, "kadis-dilaporkan-hadiri")
    answer = ask_story(newsroom, before)
    assert after.platform_id == before.platform_id
    assert after.urls == (before.url, after.url)
    assert (answer.status, answer.headers["Location"]) == (301, after.url)
    assert ask_story(newsroom, after).status == 200


@pytest.mark.parametrize("outlet", OUTLETS)
def test_the_second_night_brings_one_new_story(newsroom, outlet):
    def urls(night: int) -> set[str]:
        # by id: a moved story is not a new one
        return {s.platform_id for s in newsroom.truth(night) if s.outlet == outlet}

    new = [s for s in newsroom.truth(2) if s.outlet == outlet and s.first_night == 2]
    assert urls(2) - urls(1) == {story.platform_id for story in new}
    assert len(new) == 1
    assert ask_story(newsroom, new[0]).status == 404


def test_a_scheduled_story_appears_with_dates_in_the_past(newsroom):
    newsroom.night = 2
    slug = "camat-dan-kepala-sekolah-diminta-tandatangani-pakta-integritas"
    row = posts(newsroom, LINTAS, f"&slug={slug}")[0]
    assert row["date"] == "2026-09-09T05:00:00"
    assert row["modified"] == "2026-09-05T05:00:00"


def test_changes_are_dated_when_the_night_is_turned_and_apart(newsroom):
    before = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    newsroom.night = 2
    second = posts(
        newsroom, LINTAS, "&slug=bawaslu-telusuri-unggahan-pegawai-dinas-di-media-sosial"
    )
    newsroom.night = 3
    third = posts(newsroom, LINTAS, "&slug=bawaslu-telusuri-unggahan-pegawai-dinas-di-media-sosial")
    moments = [datetime.fromisoformat(rows[0]["modified_gmt"]) for rows in (second, third)]
    assert before <= moments[0] < moments[1]


def test_after_the_last_night_nothing_changes(newsroom):
    assert newsroom.truth(NIGHTS + 3) == newsroom.truth(NIGHTS)


def test_a_grown_newsroom_has_one_in_twenty_on_topic_and_is_the_same_again():
    config = NewsroomConfig(today=TODAY, grown=200)
    with Newsroom(config) as room, Newsroom(config) as twin:
        grown = [story for story in room.truth() if "/warta-" in story.url]
        assert (len(grown), sum(story.on_topic for story in grown)) == (200, 10)
        assert room.truth() == twin.truth()
        assert len({story.versions[0].text for story in grown}) == 200
        days = [(TODAY - s.versions[0].published_at.date()).days for s in grown]
        assert (min(days) >= 0, max(days) <= 28) == (True, True)
        assert ask_story(room, grown[-1]).status == 200


# the log


def test_the_log_tells_who_asked_for_what(newsroom):
    ask(newsroom, KANTA, "/feed/?paged=1", User_Agent="Kliping", If_None_Match='"x"')
    (request,) = newsroom.requests
    assert (request.host, request.path, request.status) == (KANTA, "/feed/?paged=1", 200)
    assert (request.user_agent, request.if_none_match, request.night) == ("Kliping", '"x"', 1)
    assert request.started <= request.ended
    newsroom.reset_log()
    assert newsroom.requests == []


def test_the_log_is_written_to_a_file_too(tmp_path: Path):
    file = tmp_path / "requests.jsonl"
    with Newsroom(CONFIG, night=2, log_file=file) as room:
        ask(room, KANTA, "/")
        ask(room, KOLOM, "/x/")
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [(row["host"], row["status"], row["night"]) for row in rows] == [
        (KANTA, 200, 2),
        (KOLOM, 404, 2),
    ]


@pytest.mark.parametrize("at_once", [1, 3], ids=["one after another", "three together"])
def test_the_log_shows_how_many_asked_at_once(at_once):
    with Newsroom(NewsroomConfig(today=TODAY, latency=0.3)) as room:
        ready = threading.Barrier(at_once)

        def visit() -> None:
            ready.wait()
            ask(room, KANTA, "/robots.txt")

        threads = [threading.Thread(target=visit) for _ in range(at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ask(room, KANTA, "/robots.txt")
        assert room.log.most_at_once(KANTA) == room.log.most_at_once() == at_once
        assert room.log.most_at_once(KOLOM) == 0


# rusak.example


RUSAK = "rusak.example"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("empty", 200),
        ("soft-404", 200),
        ("challenge", 200),
        ("pdf", 200),
        ("feed-html", 200),
        ("feed-bare", 200),
        ("sitemap", 200),
        ("loop", 302),
        ("nowhere", 302),
        ("forbidden", 403),
        ("challenge-403", 403),
        ("gone", 410),
        ("too-many", 429),
        ("error", 500),
        ("unavailable", 503),
        ("unavailable-date", 503),
    ],
)
def test_bad_endpoints_answer_with_their_status(quiet, name, status):
    assert ask(quiet, RUSAK, f"/bad/{name}/").status == status


def test_a_cut_answer_ends_before_its_declared_length(quiet):
    with pytest.raises(http.client.IncompleteRead):
        ask(quiet, RUSAK, "/bad/cut/")


def test_a_short_length_hides_the_rest(quiet):
    assert len(ask(quiet, RUSAK, "/bad/short-length/").body) == 500


def test_windows_bytes_are_no_utf_8(quiet):
    with pytest.raises(UnicodeDecodeError):
        ask(quiet, RUSAK, "/bad/windows-1252/").body.decode()
    assert "iso-8859-1" in ask(quiet, RUSAK, "/bad/latin1-header/").headers["Content-Type"]
    assert "kafé" in ask(quiet, RUSAK, "/bad/latin1-header/").body.decode()


def test_the_bomb_is_small_on_the_wire_and_large_unpacked(quiet):
    answer = ask(quiet, RUSAK, "/bad/bomb/5/")
    assert len(answer.body) < 10_000
    assert len(zlib.decompress(answer.body, 31)) == 5_000_000


@pytest.mark.parametrize(("name", "declared"), [("large", "70000"), ("endless", None)])
def test_large_bodies_have_the_size_asked_for(quiet, name, declared):
    answer = ask(quiet, RUSAK, f"/bad/{name}/70000/")
    assert (len(answer.body), answer.headers.get("Content-Length")) == (70_000, declared)


def test_retry_after_is_seconds_or_a_date(quiet):
    assert ask(quiet, RUSAK, "/bad/unavailable/90/").headers["Retry-After"] == "90"
    assert ask(quiet, RUSAK, "/bad/too-many/7/").headers["Retry-After"] == "7"
    dated = ask(quiet, RUSAK, "/bad/unavailable-date/90/").headers["Retry-After"]
    assert dated.endswith(" GMT")


@pytest.mark.parametrize("name", REDIRECTS)
def test_redirects_lead_to_forbidden_addresses(quiet, name):
    location = ask(quiet, RUSAK, f"/bad/redirect/{name}/").headers["Location"]
    assert location == REDIRECTS[name].format(port=urlsplit(quiet.private_url).port)


def test_a_leak_to_loopback_is_in_the_log(newsroom):
    with urlopen(f"{newsroom.private_url}/rahasia/") as answer:
        assert answer.status == 200
    place = newsroom.private_url.removeprefix("http://")
    assert [(r.host, r.path) for r in newsroom.requests] == [(place, "/rahasia/")]


def test_the_bad_feed_hides_three_good_stories_among_every_bad_link(quiet):
    body = ask(quiet, RUSAK, "/feed/").body
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(body)
    good = [story for story in quiet.truth() if story.outlet == "rusak"]
    text = body.decode()
    assert len(good) == 3
    assert [story.url for story in good if story.url not in text] == []
    assert [story.url for story in good if ask_story(quiet, story).status != 200] == []
    assert [name for name in BAD if f"/bad/{name}/" not in text] == []
    assert f"{quiet.private_url}/rahasia/</link>" in text


def test_the_other_seeds_of_the_bad_outlet_are_bad_too(quiet):
    assert ask(quiet, RUSAK, API).status == 404
    assert "text/html" in ask(quiet, RUSAK, "/category/berita/feed/").headers["Content-Type"]
    sitemap = ask(quiet, RUSAK, "/sitemap_index.xml").text
    assert f"<loc>https://{RUSAK}/sitemap_index.xml</loc>" in sitemap


@settings(deadline=None)
@given(
    path=st.text(max_size=40),
    query=st.text(max_size=40),
    headers=st.dictionaries(
        st.sampled_from(["if-none-match", "if-modified-since", "accept-encoding"]), st.text()
    ),
)
@example(path="wp-json/wp/v2/posts", query="after=2026-01-01T99:00:00&page=\u0663", headers={})
@example(path="bad/bomb/1/", query="paged=\u00b2", headers={"accept-encoding": "gzip;"})
def test_no_request_is_too_strange_to_answer(path, query, headers):
    asked = Asked(host=KANTA, path=f"/{path}", query=query, headers=headers)
    replies = [answer(KANTAMEDIA, asked, CONFIG), rusak_answer(BROKEN, asked, CONFIG)]
    assert [r for r in replies if not 200 <= finished(r, asked).status < 600] == []


def test_a_redirect_carries_no_raw_characters(quiet):
    answer = ask(quiet, f"www.{KANTA}", quote("/é 中\r\nSet-Cookie: x/"))
    assert answer.headers["Location"] == f"https://{KANTA}{quote('/é 中' + chr(13) + chr(10))}" + (
        "Set-Cookie%3A%20x/"
    )


# the command


def test_the_module_serves_until_stopped_and_turns_nights(quiet):
    command = [sys.executable, "-m", "crawler.demo", "--today", "2026-09-10"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        lines = [process.stdout.readline() for _ in range(2 + len(quiet.connect_to))]
        assert lines[1] == "[crawl.connect_to]\n"
        assert any(line.startswith('"https://kantamedia.com" = "http://127') for line in lines)
        process.stdin.write("2\n")
        process.stdin.flush()
        assert process.stdout.readline() == f"# night 2 of {NIGHTS}\n"
        process.terminate()
