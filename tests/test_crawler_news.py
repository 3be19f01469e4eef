"""Sites on a CMS of their own: what they list, in the forms that the known ones have."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from loopback import Loopback, Route, reply, serve
from playing import Place
from reading import outlet_and_rules, reading_of
from saved import PAGES, known_of, pages_of

from archive import versions
from archive.config import Settings
from archive.stories import stories
from archive.types import Article
from crawler.outlets import known_spiders
from crawler.platforms.news import NewsSpider

pytestmark = pytest.mark.timeout(180)

KNOWN = known_spiders(Settings())
ANTARA, DETIK, RMOL = "antara-kalteng", "detik-jateng", "rmoljatim"
_HTML = {"Content-Type": "text/html; charset=UTF-8"}
_TEXT = (
    "Bawaslu memeriksa camat nomor {n} karena diduga melanggar netralitas ASN dalam pilkada.",
    "Camat itu hadir di kampanye pasangan calon dan mengajak warga mendukung calon bupati.",
    "Penjabat bupati mengingatkan aparatur sipil negara agar tidak berpihak sampai pemungutan "
    "suara selesai.",
)


def _paragraphs(number: int) -> str:
    return "".join(f"<p>{line.format(n=number)}</p>" for line in _TEXT)


def _page(title: str, body: str) -> Route:
    head = f'<title>{title}</title><meta property="og:type" content="article">'
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    return reply(body=html.encode(), headers=_HTML)


def _links(*paths: str) -> Route:
    links = "".join(f'<h3><a href="{path}">Camat diperiksa Bawaslu</a></h3>' for path in paths)
    return _page("Terkini", f"<main>{links}</main>")


def _antara(number: int) -> Route:
    title = f"Camat nomor {number} diperiksa Bawaslu"
    return _page(
        title,
        f"<h1>{title}</h1><span>Kamis, 26 September 2024 12:31 WIB</span>"
        f'<div class="post-content clearfix">{_paragraphs(number)}'
        "<p>Baca juga: Bawaslu lantik panwascam</p>"
        "<p>Pewarta : Rahmat Hidayat<br>Editor : Siti Aminah</p>"
        "<p>COPYRIGHT © ANTARA 2024</p></div>",
    )


def _detik(number: int) -> Route:
    title = f"Camat Nomor {number} Diperiksa Bawaslu"
    return _page(
        title,
        f'<h1 class="detail__title">{title}</h1><div class="detail__author">Rahmat Hidayat</div>'
        '<div class="detail__date">Kamis, 26 Sep 2024 12:31 WIB</div>'
        f'<div class="detail__body-text itp_bodycontent">{_paragraphs(number)}'
        '<table class="linksisip"><tr><td>Baca juga: Panwascam dilantik</td></tr></table>'
        "<p>SCROLL TO CONTINUE WITH CONTENT</p></div>",
    )


def _rmol(number: int) -> Route:
    title = f"Camat Nomor {number} Diperiksa Bawaslu"
    return _page(
        title,
        f'<div class="single_post_heading"><h1>{title}</h1></div>'
        "<p>LAPORAN: RAHMAT HIDAYAT</p><p>KAMIS, 26 SEPTEMBER 2024 | 12:31 WIB</p>"
        f'<div id="fontResizableText">{_paragraphs(number)}</div>',
    )


def _feed(*urls: str) -> Route:
    items = "".join(
        f"<item><link>{url}</link><pubDate>{format_datetime(datetime.now(UTC))}</pubDate></item>"
        for url in urls
    )
    body = f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()
    return reply(body=body, headers={"Content-Type": "application/rss+xml"})


def _today() -> date:
    return datetime.now(ZoneInfo("Asia/Jakarta")).date()


def _routes() -> dict[str, Route]:
    antara, detik, rmol = "kalteng.antaranews.com", "www.detik.com", "rmoljatim.id"
    feed = [f"https://{antara}/berita/700001/camat", f"https://{antara}/foto/12/panen"]
    routes = {
        f"{antara}/rss/terkini.xml": _feed(*feed),
        f"{antara}/terkini/1": _links("/berita/700001/camat", "/berita/700002/camat", "/tag/asn"),
        f"{antara}/terkini/2": _links("/berita/700003/camat"),
        f"{antara}/foto/12/panen": _page("Panen", "<p>Foto panen raya.</p>"),
        f"{rmol}/": _links("/politik/read/2024/09/26/7001/camat", "/redaksi"),
        f"{rmol}/politik/read/2024/09/26/7001/camat": _rmol(1),
    }
    routes |= {f"{antara}/berita/70000{n}/camat": _antara(n) for n in (1, 2, 3)}
    for number, day in enumerate((_today(), _today() - timedelta(days=1)), 1):
        path = f"/jateng/berita/d-710000{number}/camat"
        routes[f"{detik}/jateng/indeks?page=1&date={day:%m/%d/%Y}"] = _links(path, "/jatim/berita")
        routes[f"{detik}{path}"] = _detik(number)
    return routes


@dataclass(frozen=True)
class Played:
    """Three built-in outlets after a night."""

    place: Place
    server: Loopback
    reasons: dict[str, str]

    def held(self, slug: str) -> dict[str, Article]:
        """Path of each story -> how it was read."""
        found = [story for story in stories(self.place.engine) if story.outlet == slug]
        return {
            story.url.partition("/berita/")[2] or story.url: versions.versions(
                self.place.engine, story.story_id
            )[-1].article
            for story in found
        }

    def asked(self, host: str) -> list[str]:
        """The targets that were asked for at a host, in order."""
        return [hit.target for hit in self.server.hits if hit.host == host]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    slugs = (ANTARA, DETIK, RMOL)
    with serve(_routes()) as server:
        fronts = {KNOWN[slug].outlet.url.removesuffix("/jateng") for slug in slugs}
        place = Place.make(
            tmp_path_factory.mktemp("sistem"), dict.fromkeys(fronts, server.url), images=False
        )
        report = place.night(*slugs)
        yield Played(place, server, {end.outlet: end.reason for end in report.ends})


def test_every_crawl_finishes(played: Played) -> None:
    assert played.reasons == dict.fromkeys((ANTARA, DETIK, RMOL), "finished")


def test_what_feed_and_list_name_is_held(played: Played) -> None:
    assert sorted(played.held(ANTARA)) == [f"70000{n}/camat" for n in (1, 2, 3)]
    assert len(played.held(RMOL)) == 1


def test_index_of_each_day_is_read(played: Played) -> None:
    assert sorted(played.held(DETIK)) == ["d-7100001/camat", "d-7100002/camat"]


def test_address_of_another_form_is_not_asked_for(played: Played) -> None:
    assert not [path for path in played.asked("kalteng.antaranews.com") if "/foto/" in path]


@pytest.mark.parametrize("slug", [ANTARA, DETIK, RMOL])
def test_story_is_read_by_its_template(played: Played, slug: str) -> None:
    for article in played.held(slug).values():
        lines = article.text.split("\n\n")
        assert article.headline.casefold().startswith("camat nomor")
        assert (len(lines), article.byline.casefold()) == (3, "rahmat hidayat")
        assert article.published_at == datetime(2024, 9, 26, 5, 31, tzinfo=UTC)


# -- the tables ------------------------------------------------------------------------------------

NEWS = {slug: spider for slug, spider in KNOWN.items() if issubclass(spider, NewsSpider)}


@pytest.mark.parametrize("slug", NEWS)
def test_row_is_one(slug: str) -> None:
    spider = NEWS[slug]
    assert issubclass(spider, NewsSpider)
    assert re.compile(spider.stories).groups == 0
    for pattern in spider.lists:
        assert "{" not in pattern.format(page=2, day=date(2024, 9, 26))
    assert ZoneInfo(spider.outlet.zone)
    assert spider.outlet.url.startswith("https://")


def test_no_outlet_claims_more_than_is_known() -> None:
    assert {spider.status for spider in KNOWN.values()} == {"confirmed", "inferred"}


@pytest.mark.parametrize(
    ("page", "slug"),
    [
        ("unknown-antara", ANTARA),
        ("unknown-detik", DETIK),
        ("unknown-kompas", "kompas-regional"),
        ("unknown-newspaper", "prokalteng"),
    ],
)
def test_saved_page_of_the_template_is_read_by_the_outlets_rules(page: str, slug: str) -> None:
    [saved] = sorted((PAGES / page).glob("*[a-z].html"))[:1]
    known = known_of(saved)
    assert known is not None
    outlet, _ = outlet_and_rules(page)
    article = reading_of(*pages_of(saved), outlet=outlet, rules=KNOWN[slug].rules).article
    assert article.text.split("\n\n") == known["text"]
    assert article.headline == known["headline"]
