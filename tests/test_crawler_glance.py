"""What is left unread after a glance could not have been read as on topic."""

import html
import http.client
import json
from datetime import date
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from reading import outlet_and_rules, page_of, reading_of
from test_crawler_topic import EXAMPLES, TEXTS

from archive.errors import CrawlError
from crawler.demo import Newsroom, NewsroomConfig, TrueStory
from crawler.glance import glance, glance_at_content, is_longer
from crawler.paging import part_urls
from crawler.rules import Rules
from crawler.topic import Topic
from crawler.tree import looked_at

TOPIC = Topic.load()
FILLER = (
    "<p>Warga berharap persoalan ini segera selesai sehingga kegiatan sehari-hari kembali seperti "
    "semula, kata seorang pedagang di pasar kota pada hari itu.</p>"
)
SIDEBAR = "<aside><a href='/x/'>ASN Diperiksa Bawaslu karena Tidak Netral di Pilkada</a></aside>"
DEEP = '<script type="application/ld+json">{"headline": ' + "[" * 900 + "]" * 900 + "}</script>"
STORY = """<html><head><title>{title}</title>{head}</head>
<body class="single single-post"><h1>{h1}</h1><div class="{place}">{text}</div>{after}</body>
</html>"""


def story(title: str, text: str, **parts: str) -> str:
    values = {"head": "", "h1": title, "place": "entry-content", "after": SIDEBAR} | parts
    return STORY.format(title=title, text=text, **values)


def may_tell(page: str, rules: Rules | None = None) -> bool:
    words = glance(page, rules or Rules())
    return words is None or TOPIC.may_tell(words)


def score(page: str, rules: Rules | None = None) -> float:
    """What the full decision gives; 0 for what is read as no story."""
    try:
        article = reading_of(page_of(page), rules=rules).article
    except CrawlError:
        return 0.0
    return TOPIC.decide(article.headline, article.text).score


# -------------------------------------------------------------------------- the words of a text


@given(TEXTS, TEXTS)
def test_words_of_every_match_are_found(headline: str, text: str) -> None:
    assert TOPIC.may_tell(f"{headline}\n{text}") or not TOPIC.decide(headline, text).score


def test_no_labelled_story_is_lost() -> None:
    lost = [
        example.id
        for example in EXAMPLES
        if not TOPIC.may_tell(f"{example.headline}\n{example.text}")
        and TOPIC.decide(example.headline, example.text).score
    ]
    assert lost == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Panitia berpolitik praktis dalam pemilihan.", id="no civil servant"),
        pytest.param("Tunjangan ASN dan PNS segera cair, kata sekda.", id="no election"),
        pytest.param("Transnasional, hasnat, netralisir di pilkada.", id="only inside words"),
        pytest.param("", id="nothing"),
    ],
)
def test_words_that_are_not_there_are_missed(text: str) -> None:
    assert not TOPIC.may_tell(text)


# ------------------------------------------------------------------------------ the words of a page

PLACES = st.sampled_from(["entry-content", "post-body", "td-post-content", "isi", "content"])
SPLITS = st.sampled_from(
    ["<p>{}</p>", "<p>{}<br>", "<div><b>{}</b></div>", "<ul><li>{}</ul>", "{} "]
)
LINES = st.lists(st.tuples(TEXTS, SPLITS, st.booleans()), min_size=1, max_size=4)


def body_of(lines: list[tuple[str, str, bool]]) -> str:
    return "".join(split.format(html.escape(text)) + FILLER * long for text, split, long in lines)


@given(TEXTS, LINES, PLACES)
def test_what_a_reading_finds_is_glanced_at(title: str, lines, place: str) -> None:
    page = story(html.escape(title), body_of(lines) + FILLER, place=place)
    assert may_tell(page) or not score(page)


@given(TEXTS, LINES)
def test_every_place_of_a_headline_is_glanced_at(title: str, lines) -> None:
    node = json.dumps({"@type": "NewsArticle", "headline": title}).replace("<", "\\u003c")
    pages = [
        story("", FILLER, h1=html.escape(title)),
        story("", FILLER, h1="", head=f'<meta property="og:title" content="{html.escape(title)}">'),
        story("", FILLER, head=f'<script type="application/ld+json">{node}</script>'),
    ]
    for page in pages:
        assert may_tell(page) or not score(page)


def test_headline_by_rule_is_glanced_at() -> None:
    rules = Rules(headline=".judul")
    page = story("", f"{FILLER}", h1="", after="<b class=judul>ASN Tidak Netral di Pilkada</b>")
    assert score(page, rules) > 0
    assert may_tell(page, rules)


def test_text_by_rule_is_glanced_at() -> None:
    rules = Rules(body=".isi")
    page = story("Rapat", "<p>ASN dilaporkan tidak netral di pilkada.</p>" + FILLER, place="isi")
    assert score(page, rules) > 0
    assert may_tell(page, rules)


def test_lists_of_other_stories_do_not_make_a_page_worth_reading() -> None:
    page = story("Harga Cabai Naik", FILLER * 3)
    assert TOPIC.may_match(page)
    assert not may_tell(page)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(story("Rapat", FILLER, place="unheard-of"), id="no known container"),
        pytest.param(story("Rapat", "<p>Singkat.</p>"), id="too little text"),
        pytest.param(story("Rapat", FILLER + " " * 1_000_001), id="too many characters"),
        pytest.param(story("Rapat", FILLER + "<br>" * 12_001), id="too many tags"),
        pytest.param("", id="no element"),
    ],
)
def test_what_only_a_reader_can_tell_is_left_to_it(page: str) -> None:
    assert glance(page, Rules()) is None


def test_json_ld_nested_without_end_hides_no_words() -> None:
    page = story("ASN Tidak Netral di Pilkada", FILLER, head=DEEP)
    assert score(page) > 0
    assert may_tell(page)


def broken(markup: str) -> str:
    return story("Rapat", f"{FILLER}{markup}{FILLER}", head=markup)


@given(st.text(max_size=200) | st.text("<>/=\"' abch1", max_size=200).map(broken))
def test_any_page_is_glanced_at(page: str) -> None:
    assert isinstance(glance(page, Rules()), str | None)


def test_looking_at_a_page_changes_nothing_for_who_looks_next() -> None:
    page = story(
        "Rapat", FILLER * 3 + "<p class='baca-juga'>Baca juga: <a href='/x/2/'>Lain</a></p>"
    )
    url = "https://media-uji.example/x/"
    before = etree.tostring(looked_at(page))
    first = glance(page, Rules()), part_urls(page, url), is_longer(page, FILLER, Rules())
    assert etree.tostring(looked_at(page)) == before
    looked_at.cache_clear()
    assert (glance(page, Rules()), part_urls(page, url), is_longer(page, FILLER, Rules())) == first


# ------------------------------------------------------------------------- what a seed shows whole


@given(TEXTS, LINES)
def test_what_a_seed_shows_whole_is_judged_like_its_page(title: str, lines) -> None:
    content = body_of(lines) + 3 * FILLER
    words = glance_at_content(title, content, Rules())
    assert words is not None
    assert TOPIC.may_tell(words) or not score(story(html.escape(title), content))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("<p class='baca-juga'>ASN Tidak Netral di Pilkada</p>", id="other stories"),
        pytest.param("<p>Bawaslu memanggil KPU soal pilkada.</p>", id="another subject"),
        pytest.param("<!--nextpage-->", id="nothing in it"),
    ],
)
def test_content_without_the_topic_is_not_asked_for(content: str) -> None:
    words = glance_at_content("Harga Cabai Naik", 3 * FILLER + content, Rules())
    assert words is not None
    assert not TOPIC.may_tell(words)


@pytest.mark.parametrize(
    "content", ["", FILLER, "<br>" * 12_001], ids=["empty", "short", "too many tags"]
)
def test_content_that_tells_nothing_is_asked_for(content: str) -> None:
    assert glance_at_content("Harga Cabai Naik", content, Rules()) is None


# ------------------------------------------------------------------------------------ the newsroom


@pytest.fixture(scope="module")
def stories() -> list[tuple[TrueStory, bool]]:
    """Every story, and whether it would be read."""
    with Newsroom(NewsroomConfig(today=date(2026, 9, 10), grown=60)) as room:
        return [
            (true, any(may_tell(page, rules) for page in _pages(room, true.url)))
            for true in room.truth()
            if true.outlet != "rusak"
            for rules in [outlet_and_rules(true.outlet)[1]]
        ]


def _pages(room: Newsroom, url: str) -> list[str]:
    first = _page(room, url)
    return [first, *(_page(room, part) for part in part_urls(first, url))]


def _page(room: Newsroom, url: str) -> str:
    place, origin = urlsplit(url), urlsplit(room.url)
    connection = http.client.HTTPConnection(str(origin.hostname), origin.port, timeout=30)
    try:
        connection.request("GET", place.path, headers={"Host": place.netloc})
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_every_story_of_the_newsroom_on_topic_is_read(stories) -> None:
    ours = [(true.url, is_read) for true, is_read in stories if true.on_topic]
    assert len(ours) > 20
    assert [url for url, is_read in ours if not is_read] == []


def test_few_stories_of_the_newsroom_off_topic_are_read(stories) -> None:
    others = [is_read for true, is_read in stories if not true.on_topic]
    assert len(others) > 70
    assert sum(others) * 10 < len(others)
