"""The newsroom's site on Blogger answers as Blogger does, and its truth is what its pages show."""

import json
import re
from dataclasses import replace
from datetime import date, datetime
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree, html

from crawler.demo import NIGHTS, NewsroomConfig
from crawler.demo.blogger import JAWAPES, blogger
from crawler.demo.editions import Edition, edition, truth
from crawler.demo.nights import evenings
from crawler.demo.reply import Asked, Reply
from crawler.demo.stories import stories

TODAY = date(2026, 9, 10)
CONFIG = NewsroomConfig(today=TODAY)
EDITIONS = {n: edition(JAWAPES, CONFIG, n, moments=evenings(TODAY)) for n in range(1, NIGHTS + 1)}
FEED = "/feeds/posts/default?redirect=false&alt=json"
SUMMARY = "/feeds/posts/summary?redirect=false&alt=json"
STORY = "/2026/09/bawaslu-klarifikasi-dua-camat-soal.html"


def ask(url: str, *, night: int = 1, config: NewsroomConfig = CONFIG, views: int = 0) -> Reply:
    parts = urlsplit(url)
    asked = Asked(host=JAWAPES.host, path=parts.path, query=parts.query, views=views)
    return blogger(EDITIONS[night], asked, config)


def feed(url: str, **more: Any) -> dict[str, Any]:
    reply = ask(url, **more)
    assert (reply.status, dict(reply.headers)["Content-Type"][:16]) == (200, "application/json")
    found: dict[str, Any] = json.loads(reply.body)["feed"]
    return found


def ids(url: str, **more: Any) -> list[str]:
    return [entry["id"]["$t"] for entry in feed(url, **more).get("entry", [])]


def page(url: str, **more: Any) -> html.HtmlElement:
    return html.fromstring(ask(url, **more).body)


# the stories


def test_it_has_fourteen_stories_and_six_on_topic_on_the_first_night() -> None:
    first = [story for story in stories("jurnaljawapes") if story.night == 1]
    assert len(first) >= 14
    assert sum(story.on_topic for story in first) >= 6


@pytest.mark.parametrize("story", stories("jurnaljawapes"), ids=lambda story: story.slug)
def test_a_slug_is_the_headline_cut_at_a_word_border(story: Any) -> None:
    slug = ""
    for word in re.findall(r"[a-z0-9]+", story.headline.lower()):
        longer = f"{slug}-{word}".strip("-")
        if len(longer) > 39:
            break
        slug = longer
    assert story.slug == slug


@pytest.mark.parametrize("night", range(1, NIGHTS + 1))
def test_every_live_story_shows_its_true_last_version(night: int) -> None:
    lost = []
    for story in truth(JAWAPES, CONFIG, night):
        reply = ask(urlsplit(story.url).path, night=night)
        shown = unescape(reply.body.decode())
        version = story.versions[-1]
        is_whole = all(text in shown for text in (version.headline, *version.paragraphs))
        if (reply.status == 200 and is_whole) != (story.status == "live"):
            lost.append(story.url)
    assert lost == []


def test_every_kind_of_change_happens() -> None:
    found = truth(JAWAPES, CONFIG, NIGHTS)
    counts = [len(story.versions) for story in found]
    assert max(counts) == 3
    changed = [
        {name for name in vars(b) if getattr(a, name) != getattr(b, name)}
        for story in found
        for a, b in zip(story.versions, story.versions[1:], strict=False)
    ]
    assert {"headline"} in changed
    assert {"byline"} in changed
    assert {"paragraphs"} in changed
    assert "gone" in {story.status for story in found if story.on_topic}
    gone = {n: {s.url for s in truth(JAWAPES, CONFIG, n) if s.status == "gone"} for n in EDITIONS}
    assert gone[2] - gone[4], "none came back"


# JSON


def test_a_feed_has_the_shape_of_google_data() -> None:
    found = feed(f"{FEED}&max-results=2")
    assert found["openSearch$totalResults"] == {"$t": str(len(EDITIONS[1].live))}
    assert found["openSearch$startIndex"] == {"$t": "1"}
    first = found["entry"][0]
    assert re.fullmatch(r"tag:blogger\.com,1999:blog-\d+\.post-\d{15,}", first["id"]["$t"])
    stamp = r"2026-09-\d\dT\d\d:\d\d:\d\d\.\d{3}\+07:00"
    assert re.fullmatch(stamp, first["published"]["$t"])
    assert re.fullmatch(stamp, first["updated"]["$t"])
    links = {link["rel"]: link["href"] for link in first["link"]}
    assert links["alternate"] == f"https://jurnaljawapes.com{STORY}"
    assert first["content"]["type"] == "html"


def test_json_escapes_angle_brackets_as_google_does() -> None:
    body = ask(FEED).body
    assert b"<" not in body
    assert b"\\u003cdiv" in body


def test_a_summary_feed_has_no_content() -> None:
    entry = feed(SUMMARY)["entry"][0]
    assert "content" not in entry
    assert "<" not in entry["summary"]["$t"]


def test_max_results_is_cut_to_a_hundred_and_fifty() -> None:
    assert feed(f"{FEED}&max-results=500")["openSearch$itemsPerPage"] == {"$t": "150"}


def test_start_index_counts_from_one() -> None:
    whole = ids(f"{FEED}&max-results=500")
    assert ids(f"{FEED}&start-index=3&max-results=2") == whole[2:4]


def test_a_page_past_the_end_has_no_entries() -> None:
    assert "entry" not in feed(f"{FEED}&start-index=1000")


def test_updated_min_counts_only_when_ordered_by_update() -> None:
    since = "&updated-min=2026-09-09T00:00:00%2B07:00&max-results=500"
    assert len(ids(FEED + since)) == len(EDITIONS[1].live)
    assert len(ids(f"{FEED}{since}&orderby=updated")) == 2


def test_published_bounds_include_the_first_and_leave_out_the_last() -> None:
    span = "&published-min=2026-09-06T11:47:00%2B07:00&published-max=2026-09-08T09:05:00%2B07:00"
    days = [entry["published"]["$t"][:10] for entry in feed(FEED + span)["entry"]]
    assert sorted(set(days)) == ["2026-09-06", "2026-09-07"]


def test_a_scheduled_story_is_not_among_the_updated() -> None:
    url = f"{FEED}&max-results=500&orderby="
    since = "-min=2026-09-08T00:00:00%2B07:00"
    slug = next(p.id for p in EDITIONS[2].live if p.slug.startswith("lurah-diadukan"))
    updated = ids(f"{url}updated&updated{since}", night=2)
    published = ids(f"{url}published&published{since}", night=2)
    assert [any(str(slug) in name for name in found) for found in (updated, published)] == [
        False,
        True,
    ]


def test_a_keyword_finds_the_stories_that_hold_every_word() -> None:
    found = feed(f"{FEED}&q=gaji+asn&max-results=500")["entry"]
    assert [entry["title"]["$t"] for entry in found] == [
        "Gaji ASN Terlambat Dua Hari, Bank Minta Maaf"
    ]


def test_a_label_has_its_own_feed() -> None:
    found = feed("/feeds/posts/default/-/Olahraga?redirect=false&alt=json")["entry"]
    assert [entry["category"][0]["term"] for entry in found] == ["Olahraga"]


@pytest.mark.parametrize(
    "query", ["start-index=0", "max-results=banyak", "published-min=kemarin"], ids=str
)
def test_a_field_without_sense_is_refused(query: str) -> None:
    assert ask(f"{FEED}&{query}").status == 400


def test_readers_of_the_feed_are_sent_to_feedburner() -> None:
    reply = ask("/feeds/posts/default?alt=json")
    assert reply.status == 302
    assert dict(reply.headers)["Location"].startswith("https://feeds.feedburner.com/")


def test_a_feed_until_the_jump_break_is_shorter_than_the_page() -> None:
    whole = feed(FEED)["entry"][0]["content"]["$t"]
    cut = feed(FEED, config=replace(CONFIG, jump_break=True))["entry"][0]["content"]["$t"]
    assert len(cut) < len(whole)
    assert whole.startswith(cut)


# Atom, sitemap, robots


@pytest.mark.parametrize("path", ["/atom.xml", "/feeds/posts/default"])
def test_atom_names_the_same_stories_as_json(path: str) -> None:
    root = etree.fromstring(ask(f"{path}?redirect=false").body)
    found = [entry.findtext("{*}id") for entry in root.iter("{*}entry")]
    assert found == ids(FEED)
    assert root.findtext("{*}totalResults") == str(len(EDITIONS[1].live))


def test_the_sitemap_comes_in_pages() -> None:
    index = etree.fromstring(ask("/sitemap.xml").body)
    pages = [loc.text for loc in index.iter("{*}loc")]
    assert pages == ["https://jurnaljawapes.com/sitemap.xml?page=1"]
    listed = etree.fromstring(ask("/sitemap.xml?page=1").body)
    paths = [urlsplit(loc.text).path for loc in listed.iter("{*}loc")]
    assert paths == [post.path for post in EDITIONS[1].live]
    assert ask("/sitemap.xml?page=2").status == 404


def test_robots_forbid_the_search_and_name_the_sitemap() -> None:
    text = ask("/robots.txt").body.decode()
    assert "Disallow: /search\n" in text
    assert "Sitemap: https://jurnaljawapes.com/sitemap.xml\n" in text


@pytest.mark.parametrize(
    "path", ["/feeds/posts/default", "/feeds/posts/summary", "/atom.xml"], ids=str
)
def test_closed_feeds_are_missing(path: str) -> None:
    config = replace(CONFIG, feeds=False)
    assert ask(f"{path}?redirect=false&alt=json", config=config).status == 404


def test_a_closed_sitemap_is_missing() -> None:
    config = replace(CONFIG, sitemaps=False)
    assert ask("/sitemap.xml", config=config).status == 404
    assert b"Sitemap:" not in ask("/robots.txt", config=config).body


# pages


@pytest.mark.parametrize("path", ["/", "/search", "/search/label/Pemilu", "/2026/09/", "/2026/"])
def test_lists_answer(path: str) -> None:
    assert page(path).xpath("//h3[contains(@class, 'post-title')]/a")


@pytest.mark.parametrize(
    "path", ["/2026/13/", "/2020/01/", "/tidak.html", f"{STORY}/", "/p/lain.html"]
)
def test_nothing_is_404(path: str) -> None:
    assert ask(path).status == 404


def test_older_posts_lead_below_the_forbidden_search() -> None:
    (older,) = page("/").xpath("//a[@class='blog-pager-older-link']/@href")
    assert urlsplit(older).path == "/search"
    shown = {a.get("href") for a in page("/").xpath("//h3/a")}
    following = {a.get("href") for a in page(older).xpath("//h3/a")}
    assert following
    assert not shown & following


def test_a_mobile_twin_names_the_plain_page_as_canonical() -> None:
    twin = page(f"{STORY}?m=1")
    assert twin.xpath("//link[@rel='canonical']/@href") == [f"https://jurnaljawapes.com{STORY}"]
    assert ask(f"{STORY}?m=1").body != ask(STORY).body


@pytest.mark.parametrize(
    "expression",
    [
        "//h3[contains(@class, 'post-title')]",
        "//div[contains(@class, 'post-body')]//td[@class='tr-caption'][starts-with(., '[Foto : ')]",
        "//abbr[@class='published']/@title[starts-with(., '2026-09-09T18:31:00+07:00')]",
        "//div[contains(@class, 'post-body')][contains(., 'kali berita ini telah dibaca')]",
        "//div[contains(@class, 'post-body')][contains(., 'Baca Juga')]",
        "//div[contains(@class, 'post-body')][contains(., '(Rachmat)')]",
        "//*[@id='comments'][contains(., '0 Komentar')][contains(., 'Posting Komentar')]",
        "//*[contains(., 'Pasuruan | Jurnaljawapes.com - ')]",
    ],
)
def test_a_story_has_what_is_known_of_the_outlet(expression: str) -> None:
    assert page(STORY).xpath(expression)


def test_the_counter_changes_at_every_visit() -> None:
    assert ask(STORY, views=1).body != ask(STORY, views=2).body


def test_a_trashed_story_is_missing() -> None:
    removed: list[str] = [post.path for post in EDITIONS[2].posts if post.removed]
    assert [ask(path, night=2).status for path in removed] == [404]
    assert [ask(path, night=4).status for path in removed] == [200]


def _dates(shown: Edition) -> list[datetime]:
    return [post.published_at for post in shown.live]


def test_feeds_are_newest_first() -> None:
    assert _dates(EDITIONS[3]) == sorted(_dates(EDITIONS[3]), reverse=True)
