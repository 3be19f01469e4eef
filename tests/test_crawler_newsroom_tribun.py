"""The newsroom's Tribun sites answer as the network does, and their truth is what they show."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from lxml import etree, html

from crawler.demo import NIGHTS, Newsroom, NewsroomConfig, TrueStory
from crawler.demo.editions import Edition, edition
from crawler.demo.filler import BUSY
from crawler.demo.nights import evenings
from crawler.demo.reply import Asked, Reply
from crawler.demo.stories import stories
from crawler.demo.tribun import tribun_answer
from crawler.demo.tribun_sites import TRIBUN
from crawler.settings import user_agent

TODAY = date(2026, 9, 10)
CONFIG = NewsroomConfig(today=TODAY)
WWW, PONTIANAK, MAKASSAR = (site.host for site in TRIBUN)
SLUGS = tuple(site.outlet.slug for site in TRIBUN)
BUSY_DAY = TODAY - timedelta(days=BUSY["tribun-pontianak"][0])
EARLY = ("panwascam-catat-pegawai-kecamatan", "stiker-calon-di-mobil-pelat-merah")
SPLIT = "/2026/09/05/tiga-guru-pns-di-sungai-lantang-ikut-grup-tim-pemenangan"
TREBLE = "/regional/7701207/jejak-perkara-sekda-yang-tiga-kali-dilaporkan"
OLD = "/nasional/2026/08/16/arsip-kasn-catat-600-aduan-netralitas-jelang-pilkada"
MOVED = "pppk-guru-agama-terancam-putus-kontrak-usai-jadi-juru-kampanye"
hosts = pytest.mark.parametrize("host", [WWW, PONTIANAK, MAKASSAR])


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with Newsroom(CONFIG) as room:
        yield room


def shown(host: str, night: int = 1) -> Edition:
    site = next(site for site in TRIBUN if host.removeprefix("www.") in site.hosts)
    return edition(site, CONFIG, night, moments=evenings(TODAY))


def ask(host: str, path: str, *, night: int = 1, views: int = 0, agent: str = "") -> Reply:
    place, _, query = path.partition("?")
    asked = Asked(host=host, path=place, query=query, headers={"user-agent": agent}, views=views)
    return tribun_answer(shown(host, night), asked, CONFIG)


def tree(reply: Reply) -> html.HtmlElement:
    assert reply.status == 200
    return html.document_fromstring(reply.body.decode())


def listed(reply: Reply) -> list[str]:
    return [link.get("href") for link in tree(reply).cssselect("ul.lsi > li h3 a")]


def located(reply: Reply) -> list[str]:
    assert reply.status == 200
    return etree.fromstring(reply.body).xpath("//*[local-name()='loc']/text()")


def location(reply: Reply) -> str:
    return dict(reply.headers)["Location"]


# the stories


@pytest.mark.parametrize("slug", SLUGS)
def test_each_site_has_ten_stories_and_five_on_topic_on_the_first_night(slug: str) -> None:
    ours = [story for story in stories(slug) if story.night == 1]
    assert len(ours) >= 10
    assert sum(story.on_topic for story in ours) >= 5


def test_one_story_runs_in_two_editions_and_the_second_names_its_home(room: Newsroom) -> None:
    first = next(s for s in room.truth(2) if s.outlet == "tribun-pontianak")
    copied = next(s for s in room.truth(2) if s.versions[0].source)
    assert copied.outlet == "tribun-makassar"
    assert copied.versions[0].source == "TribunPontianak.co.id"
    assert copied.versions[0].paragraphs[1:] == first.versions[1].paragraphs[1:]


def test_one_story_on_topic_shows_it_in_neither_headline_nor_address() -> None:
    said = [s.headline + s.slug for slug in SLUGS for s in stories(slug) if s.on_topic]
    words = re.compile(
        r"(?i)asn|netral|pns|pppk|guru|pegawai|camat|lurah|sekda|kabid|kadis|pejabat|calon|kepala"
        r"|pelat|penjabat"
    )
    assert sum(not words.search(text) for text in said) >= 2


@pytest.mark.parametrize("night", range(1, NIGHTS + 1))
def test_every_live_story_shows_its_true_last_version(room: Newsroom, night: int) -> None:
    lost = [story.url for story in room.truth(night) if not _is_shown(story, night)]
    assert lost == []


def _is_shown(story: TrueStory, night: int) -> bool:
    if story.outlet not in SLUGS or story.status != "live":
        return True
    parts = urlsplit(story.url)
    page = tree(ask(parts.netloc, f"{parts.path}?page=all", night=night))
    body = " ".join(page.cssselect("div.txt-article")[0].text_content().split())
    version = story.versions[-1]
    credits = page.cssselect("#penulis") or page.cssselect("div.txt-article p:last-child")
    return (
        page.cssselect("#arttitle")[0].text_content() == version.headline
        and all(text in body for text in (*version.paragraphs, version.dateline))
        and version.byline in credits[0].text_content()
    )


def test_the_national_sites_ids_are_in_its_addresses_and_the_editions_have_none(
    room: Newsroom,
) -> None:
    for story in (s for s in room.truth() if s.outlet in SLUGS):
        number = re.search(r"/(\d{7})/", story.url)
        assert story.platform_id == (f"tribun:{number[1]}" if number else "")
        assert bool(number) == (story.outlet == "tribunnews" and "/2026/" not in story.url)


@pytest.mark.parametrize(
    ("slug", "counts"),
    [
        ("bawaslu-mempawah-periksa-kabid-yang", (1, 2, 2, 2)),
        ("tiga-guru-pns-di-sungai-lantang", (1, 2, 2, 2)),
        ("sekda-landak", (1, 2, 2, 2)),
        ("kepala-desa-dan-camat-difoto", (1, 2, 2, 2)),
        ("jejak-perkara-sekda", (1, 1, 2, 2)),
        ("kadis-di-gowa", (1, 2, 2, 2)),
        ("menpan-minta-kepala-daerah", (1, 1, 1, 1)),
        ("pegawai-honorer-dan-pns", (1, 1, 1, 1)),
        (MOVED, (1, 1, 1, 1)),
    ],
)
def test_versions_grow_only_by_real_edits(
    room: Newsroom, slug: str, counts: tuple[int, ...]
) -> None:
    for night, count in enumerate(counts, 1):
        story = next(s for s in room.truth(night) if slug in s.urls[0])
        assert len(story.versions) == count


# the index


@hosts
def test_the_index_of_a_day_lists_the_stories_of_that_day_in_the_sites_zone(host: str) -> None:
    days = [TODAY - timedelta(days=back) for back in range(30)]
    found = [
        link
        for day in days
        for number in range(1, 11)
        for link in listed(ask(host, f"/index-news?date={day}&page={number}"))
    ]
    live = {f"https://{host}{post.path}" for post in shown(host).live}
    assert len(found) == len(set(found))
    hidden = live - set(found)
    assert len(hidden) == (8 if host == PONTIANAK else 0)
    assert set(found) <= live


def test_a_story_past_midnight_in_makassar_is_of_that_day_there() -> None:
    path = "/2026/09/09/asn-pemprov-diminta-tolak-undangan-jalan-santai-calon"
    page = ask(MAKASSAR, "/index-news?date=2026-09-09")
    assert f"https://{MAKASSAR}{path}" in listed(page)
    times = [one.text_content() for one in tree(page).cssselect("ul.lsi time.grey")]
    assert "Rabu, 9 September 2026 00:35 WITA" in times


def test_month_and_day_may_be_unpadded() -> None:
    padded = listed(ask(PONTIANAK, "/index-news?date=2026-09-05"))
    assert padded == listed(ask(PONTIANAK, "/index-news?date=2026-9-5"))
    assert padded


@pytest.mark.parametrize("day", ["2026-02-31", "kemarin", "2031-01-01", "2026-13-45", "9"])
def test_a_day_that_is_none_lists_nothing(day: str) -> None:
    assert listed(ask(WWW, f"/index-news?date={day}")) == []


@pytest.mark.parametrize("number", [11, 12, 99, 100_000])
def test_page_eleven_onward_repeats_page_ten(number: int) -> None:
    tenth = listed(ask(PONTIANAK, f"/index-news?date={BUSY_DAY}&page=10"))
    assert listed(ask(PONTIANAK, f"/index-news?date={BUSY_DAY}&page={number}")) == tenth
    assert len(tenth) == 4


@pytest.mark.parametrize("slug", EARLY)
def test_what_the_busy_days_index_hides_is_in_the_sitemaps(slug: str) -> None:
    pages = [
        listed(ask(PONTIANAK, f"/index-news?date={BUSY_DAY}&page={number}"))
        for number in range(1, 21)
    ]
    assert not any(slug in link for page in pages for link in page)
    assert any(slug in url for url in located(ask(PONTIANAK, "/sitemap-news.xml")))
    assert any(slug in url for url in located(ask(PONTIANAK, "/politik/sitemap-news.xml")))


def test_the_index_of_a_section_lists_its_stories() -> None:
    links = listed(ask(PONTIANAK, "/index-news/politik"))
    assert links == listed(ask(PONTIANAK, "/index-news/politik?page=1"))
    assert any(EARLY[0] in link for link in links)
    assert ask(PONTIANAK, "/index-news/tidak-ada").status == 404


def test_a_sections_hub_is_not_turned_by_page() -> None:
    assert listed(ask(WWW, "/nasional")) == listed(ask(WWW, "/nasional?page=2"))


# the other seeds


@hosts
def test_the_sitemap_index_leads_to_every_story_with_dates_in_wib(host: str) -> None:
    children = located(ask(host, "/sitemap.xml"))
    places = [urlsplit(child).path for child in children]
    found = {url for place in places for url in located(ask(host, place))}
    assert found == {f"https://{host}{post.path}" for post in shown(host).live}
    body = ask(host, "/sitemap-news.xml").body.decode()
    dates = re.findall(r"<news:publication_date>(.*?)</news", body)
    assert {text[-6:] for text in dates} == {"+07:00"}
    moments = {post.published_at for post in shown(host).live}
    assert {datetime.fromisoformat(text) for text in dates} == moments


@hosts
def test_every_link_of_the_feed_is_the_front_page(host: str) -> None:
    feed = etree.fromstring(ask(host, "/rss").body)
    assert len(feed.findall("channel/item")) >= 10
    assert {link.text for link in feed.iter("link")} == {f"https://{host}/"}


@hosts
@pytest.mark.parametrize("path", ["/tag/netralitas-asn", "/topic/pilkada", "/search?q=asn"])
def test_what_robots_forbid_answers_with_stories(host: str, path: str) -> None:
    assert listed(ask(host, path))
    rules = ask(host, "/robots.txt").body.decode().split("\n")
    start = f"/{path.split('/')[1].partition('?')[0]}"
    assert f"Disallow: {start}/" in rules or f"Disallow: {start}" in rules
    assert rules[0] == "User-agent: *"


@pytest.mark.parametrize(
    "path", ["/sitemap.xml", "/sitemap-news.xml", "/nasional/sitemap-news.xml"]
)
def test_sitemaps_can_be_closed(path: str) -> None:
    config = NewsroomConfig(today=TODAY, sitemaps=False)
    assert tribun_answer(shown(WWW), Asked(host=WWW, path=path), config).status == 404


# the edge and the addresses


@pytest.mark.parametrize("agent", ["Googlebot/2.1", "x (Robot)", "BOT", "mybot"])
@pytest.mark.parametrize("path", ["/", "/robots.txt", "/sitemap.xml", SPLIT])
def test_the_edge_refuses_whoever_calls_himself_a_bot(agent: str, path: str) -> None:
    assert ask(PONTIANAK, path, agent=agent).status == 403


def test_our_own_name_is_let_in() -> None:
    assert ask(PONTIANAK, "/", agent=user_agent("https://example.org/tentang")).status == 200


@pytest.mark.parametrize(
    ("host", "path", "target"),
    [
        ("tribunnews.com", f"{TREBLE}?page=2", f"https://{WWW}{TREBLE}?page=2"),
        (f"www.{PONTIANAK}", SPLIT, f"https://{PONTIANAK}{SPLIT}"),
        (WWW, "/regional/7701207/judul-lain", f"https://{WWW}{TREBLE}"),
        (WWW, "/nasional/7701207/", f"https://{WWW}{TREBLE}"),
        (
            WWW,
            "/regional/2026/09/06/jejak-perkara-sekda-yang-tiga-kali-dilaporkan",
            f"https://{WWW}{TREBLE}",
        ),
        (WWW, f"/amp{TREBLE}", f"https://m.tribunnews.com/amp{TREBLE}"),
    ],
)
def test_other_addresses_of_a_story_lead_to_it(host: str, path: str, target: str) -> None:
    reply = ask(host, path)
    assert (reply.status, location(reply)) == (301, target)


def test_a_moved_story_keeps_its_id_and_its_old_address_leads_on(room: Newsroom) -> None:
    story = next(s for s in room.truth(2) if MOVED in s.urls[0])
    reply = ask(WWW, urlsplit(story.urls[0]).path, night=2)
    assert location(reply) == story.url
    assert story.url != story.urls[0]
    assert story.platform_id.partition(":")[2] in story.url


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("m.tribunnews.com", f"/amp{TREBLE}"),
        ("m.tribunnews.com", TREBLE),
        ("m.tribunnews.com", f"/amp{OLD}"),
        (PONTIANAK, f"/amp{SPLIT}"),
        (PONTIANAK, f"{SPLIT}?page=2"),
        (PONTIANAK, f"{SPLIT}?page=all"),
        (PONTIANAK, f"{SPLIT}/"),
        (WWW, f"{OLD}?page=2"),
    ],
)
def test_twins_and_parts_name_page_one_as_canonical(host: str, path: str) -> None:
    canonical = tree(ask(host, path)).cssselect("link[rel=canonical]")[0].get("href")
    home = host.replace("m.tribunnews", "www.tribunnews")
    assert canonical == f"https://{home}{path.partition('?')[0].rstrip('/').removeprefix('/amp')}"


def test_the_mobile_host_and_the_bare_one_are_named_for_connect_to(room: Newsroom) -> None:
    wanted = {f"https://{host}" for host in (WWW, "tribunnews.com", "m.tribunnews.com", PONTIANAK)}
    assert wanted <= set(room.connect_to)


@pytest.mark.parametrize(
    ("host", "slug", "status"),
    [
        (WWW, "hakim-adhoc-dan-pegawai-pengadilan", 404),
        (PONTIANAK, "camat-di-ketapang-dilaporkan", 404),
        (MAKASSAR, "lurah-di-parepare", 301),
    ],
)
def test_trashed_stories_answer_as_their_site_does(host: str, slug: str, status: int) -> None:
    path = next(post.path for post in shown(host).live if slug in post.path)
    reply = ask(host, path, night=3)
    assert reply.status == status
    assert status == 404 or location(reply) == f"https://{host}/"
    assert ask(host, path, night=2).status == 200
    assert ask(host, path, night=4).status == (200 if host == PONTIANAK else status)


# story pages


@pytest.mark.parametrize(
    ("host", "path", "expressions"),
    [
        (PONTIANAK, SPLIT, ["h1#arttitle", "div.side-article.mb5", "time.grey", "#penulis"]),
        (PONTIANAK, SPLIT, ["#editor", "h5.tagcloud3 a", "div.paging span.total-page"]),
        (PONTIANAK, SPLIT, ["div.paging a[rel='page-2']", "p.baca", "div.ads-placeholder"]),
        (PONTIANAK, SPLIT, ["div[id^=div-Inside-]", "time.timeago", "figure figcaption"]),
        (WWW, OLD, ["a.bgblue", "div.paging #pagecurrent", "p.baca", "time.grey"]),
    ],
)
def test_pages_have_the_elements_known_of_the_network(
    host: str, path: str, expressions: list[str]
) -> None:
    page = tree(ask(host, path))
    assert [one for one in expressions if not page.cssselect(one)] == []


def test_some_pages_open_with_a_summary_a_kicker_or_the_reporter() -> None:
    pages = [tree(ask(PONTIANAK, post.path)) for post in shown(PONTIANAK).base]
    for expression in ("blockquote.summary-article", "h4.red", "h2 a[href*='/topic/']"):
        assert 0 < sum(bool(page.cssselect(expression)) for page in pages) < len(pages)
    said = [page.text_content() for page in pages]
    assert 0 < sum("Laporan Wartawan Tribun Pontianak, " in text for text in said) < len(said)
    assert any("Penulis: Agus Pujianto | Editor: Sari Puspita" in text for text in said)


@pytest.mark.parametrize(
    ("host", "path", "zone"), [(PONTIANAK, SPLIT, "09:15 WIB"), (WWW, TREBLE, "19:30 WIB")]
)
def test_the_printed_date_is_of_the_sites_zone(host: str, path: str, zone: str) -> None:
    printed = tree(ask(host, path)).cssselect("time.grey")[0].text_content()
    assert re.fullmatch(rf"\w+, \d+ September 2026 {zone}", printed)


def test_makassar_prints_wita_and_declares_wib() -> None:
    post = next(post for post in shown(MAKASSAR).live if "kadis-di-gowa" in post.path)
    reply = ask(MAKASSAR, post.path)
    assert tree(reply).cssselect("time.grey")[0].text_content().endswith("14:50 WITA")
    assert '"datePublished": "2026-09-07T13:50:00+07:00"' in reply.body.decode()


def test_parts_join_to_the_story_and_behind_the_last_it_is_shown_again() -> None:
    texts = [_body(ask(WWW, f"{TREBLE}?page={number}")) for number in (1, 2, 3, 4, 50)]
    whole = _body(ask(WWW, f"{TREBLE}?page=all"))
    assert texts[2] == texts[3] == texts[4]
    post = next(post for post in shown(WWW).live if post.path == TREBLE)
    for part, paragraphs in enumerate(post.pages):
        assert all(text in texts[part] and text in whole for text in paragraphs)
    assert _body(ask(WWW, f"{TREBLE}?page=abc")) == texts[0]


def _body(reply: Reply) -> str:
    return " ".join(tree(reply).cssselect("div.txt-article")[0].text_content().split())


def test_counters_and_ages_change_at_each_fetch() -> None:
    first, second = (ask(PONTIANAK, SPLIT, views=views) for views in (1, 2))
    assert first.body != second.body
    assert _body(first) == _body(second)
    ages = [tree(one).cssselect("time.timeago")[0].text_content() for one in (first, second)]
    assert ages[0] != ages[1]


@hosts
def test_story_pages_are_as_large_as_real_ones(host: str) -> None:
    size = len(ask(host, shown(host).live[0].path).body)
    assert 30_000 < size < 130_000
