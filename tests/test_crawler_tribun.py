"""The Tribun sites of the newsroom, crawled: what is found, what is asked for, and what is not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from loopback import Route, redirect, reply, serve
from playing import Place
from scorer import score
from whole_newsroom import Nights

from archive import schema
from archive.stories import stories
from archive.versions import versions
from crawler.demo import NIGHTS, Newsroom, NewsroomConfig, Request, TrueStory

pytestmark = pytest.mark.timeout(600)  # the fixture plays twelve crawls

SLUGS = ("tribunnews", "tribun-pontianak", "tribun-makassar")
_FORBIDDEN = re.compile(r"(?:/amp)?/(?:tag|topic|search|rss)(?:[/?]|$)")
_EARLY = ("panwascam-catat-pegawai-kecamatan", "stiker-calon-di-mobil-pelat-merah")
"""What Tribun Pontianak published on its busy day before what its index shows of that day."""


@dataclass(frozen=True)
class Played:
    """Four nights: the faults of the archive after each, and what was asked for in it."""

    place: Place
    reasons: Sequence[str]
    faults: Sequence[Sequence[str]]
    requests: Sequence[Sequence[Request]]
    truth: Sequence[TrueStory]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    today = datetime.now(UTC).date()
    with Newsroom(NewsroomConfig(today=today)) as room:
        nights = Nights.make(tmp_path_factory.mktemp("tribun"), room, slugs=SLUGS)
        nights.revisit = "all"  # nothing tells of edits, and older stories are looked at rarely
        reasons, faults, requests = [], [], []
        for number in range(1, NIGHTS + 1):
            nights.turn(number)
            room.reset_log()
            reasons += [end.reason for end in nights.crawl()]
            faults.append(score(nights.place.engine, room.truth(), outlets=SLUGS).faults())
            requests.append(room.requests)
        truth = [story for story in room.truth() if story.outlet in SLUGS]
    return Played(nights.place, reasons, faults, requests, truth)


# -- what is held ---------------------------------------------------------------------------


def test_every_crawl_finishes(played: Played) -> None:
    assert set(played.reasons) == {"finished"}


def test_archive_is_as_the_newsroom_says(played: Played) -> None:
    """A story that is missing is called gone by the second crawl that finds it so."""
    assert [list(played.faults[night]) for night in (0, 1, 3)] == [[], [], []]
    assert {line.partition(":")[0] for line in played.faults[2]} <= {"wrong_status"}
    assert all(line.endswith("live, is gone") for line in played.faults[2])


def test_early_stories_of_a_busy_day_are_found_by_the_sitemap(played: Played) -> None:
    held = {story.url.rpartition("/")[2] for story in stories(played.place.engine)}
    hidden = [slug for slug in held if slug.startswith(_EARLY)]
    assert len(hidden) == len(_EARLY)


def test_split_stories_are_read_from_one_page(played: Played) -> None:
    rows = played.place.rows(schema.version_capture)
    captures = {row["capture_id"]: row for row in played.place.rows(schema.capture)}
    whole = [row for row in rows if "?page=all" in captures[row["capture_id"]]["url"]]
    assert whole
    assert {row["part"] for row in whole} == {1}
    part_of_2020 = [row for row in rows if "?page=2" in captures[row["capture_id"]]["url"]]
    assert {row["part"] for row in part_of_2020} == {2}


def test_stories_are_filed_under_their_plain_address(played: Played) -> None:
    urls = [story.url for story in stories(played.place.engine)]
    assert not [url for url in urls if "?" in url or "/amp/" in url]


# -- what is asked for ----------------------------------------------------------------------


def test_lists_for_readers_are_never_asked_for(played: Played) -> None:
    asked = [request.path for night in played.requests for request in night]
    assert [path for path in asked if _FORBIDDEN.match(path)] == []


def test_no_page_of_the_index_behind_the_tenth_is_asked_for(played: Played) -> None:
    asked = [request for night in played.requests for request in night]
    index = [r.path for r in asked if r.path.startswith("/index-news")]
    pages = [int(found[1]) for path in index if (found := re.search(r"page=(\d+)", path))]
    assert max(pages) == 10


def test_network_is_asked_for_one_thing_at_a_time(played: Played) -> None:
    for night in played.requests:
        ours = [r for r in night if r.host.endswith("tribunnews.com")]
        ordered = sorted(ours, key=lambda request: request.started)
        assert all(before.ended <= after.started for before, after in pairwise(ordered))


def test_edge_that_refuses_bots_answers_us(played: Played) -> None:
    night = played.requests[0]
    assert all("bot" not in request.user_agent.lower() for request in night)
    assert {request.status for request in night} == {200}


def test_name_that_the_edge_refuses_is_told_with_what_to_do(tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    with Newsroom(NewsroomConfig(today=today)) as room:
        contact = "https://example.org/kliping-bot"
        place = Place.make(tmp_path, room.connect_to, contact=contact)
        end = place.crawl("tribun-makassar")
    assert end["reason"] in {"unreachable", "challenged"}
    told = [row for row in place.problems() if row["kind"] == "contact"]
    assert [row["url"] for row in told] == ["https://makassar.tribunnews.com"]
    assert "crawl.contact" in told[0]["advice"]


# -- where a seed is closed -----------------------------------------------------------------


def test_day_that_may_hide_stories_is_named_in_status(tmp_path: Path) -> None:
    """Without sitemaps nothing shows what the index of a busy day hides, nor which sections are."""
    today = datetime.now(UTC).date()
    with Newsroom(NewsroomConfig(today=today, sitemaps=False)) as room:
        place = Place.make(tmp_path, room.connect_to, lookback="6d")
        assert place.crawl("tribun-pontianak")["reason"] == "finished"
        (told,) = [row for row in place.problems() if row["kind"] == "incomplete"]
        busy = re.fullmatch(r".*/index-news\?date=(\d{4}-\d\d-\d\d)", told["url"])
        assert busy
        assert busy[1] in told["detail"]
        held = {story.url.rpartition("/")[2] for story in stories(place.engine)}
        assert not [slug for slug in held if slug.startswith(_EARLY)]
        assert place.rows(schema.backfill) == []


# -- the past -------------------------------------------------------------------------------


def test_backfill_goes_back_by_the_index_of_each_day(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    since = now - timedelta(days=40)
    with Newsroom(NewsroomConfig(today=now.date(), sitemaps=False)) as room:
        place = Place.make(tmp_path, room.connect_to, lookback="2d")
        end = place.crawl("tribun-makassar", "--since", f"{since:%Y-%m-%d}")
        truth = [s for s in room.truth() if s.outlet == "tribun-makassar"]
        asked = [r.path for r in room.requests if r.path.startswith("/index-news")]
    assert end["reason"] == "finished"
    assert score(place.engine, truth, outlets=["tribun-makassar"]).faults() == []
    first_pages = [path for path in asked if "page=" not in path]
    assert len(first_pages) == len(set(first_pages))  # no day twice, though slices share one
    assert f"/index-news?date={since:%Y-%m-%d}" in first_pages


# -- one edition made by hand ---------------------------------------------------------------

FRONT = "https://uji.tribunnews.com"
_HTML = {"Content-Type": "text/html; charset=UTF-8"}
_FIRST = (
    "<p>TRIBUNUJI.COM - Bawaslu memeriksa camat karena diduga melanggar netralitas ASN.</p>"
    "<p>Camat itu hadir di kampanye pasangan calon bupati dan mengajak warga mendukungnya.</p>"
)
_SECOND = (
    "<p>Pemeriksaan berlangsung dua jam di kantor Bawaslu, hasilnya diumumkan pekan depan.</p>"
    "<p>Penjabat bupati mengingatkan pegawai agar tidak berpihak sampai hari pemungutan suara.</p>"
)


def _path(today: datetime) -> str:
    return f"/{today:%Y/%m/%d}/camat-diperiksa-bawaslu"


def page(body: str, *, path: str, paging: str = "") -> Route:
    title = "Camat Diperiksa Bawaslu karena Netralitas ASN"
    html = (
        f'<html><head><title>{title}</title><link rel="canonical" href="{FRONT}{path}">'
        f'<meta property="og:type" content="article"></head><body><h1 id="arttitle">{title}</h1>'
        f'<div class="side-article txt-article">{body}</div>'
        f'<div class="side-article mb5"><div class="paging">{paging}</div></div></body></html>'
    )
    return reply(body=html.encode(), headers=_HTML)


def numbered(path: str, *, whole: bool) -> str:
    rows = f'<a href="{FRONT}{path}" rel="page-1">1</a>'
    rows += f'<a href="{FRONT}{path}?page=2" rel="page-2">2</a>'
    return rows + (f'<a href="{FRONT}{path}?page=all" rel="page-all">Semua</a>' if whole else "")


@dataclass(frozen=True)
class Edition:
    """An edition with one story of two parts, which the test rewrites as it likes."""

    routes: dict[str, Route]
    place: Place
    path: str

    def show(self, *, whole: bool, second: str = _SECOND) -> None:
        """Offer the story page by page, and at once or not."""
        links = numbered(self.path, whole=whole)
        self.routes[self.path] = page(_FIRST, path=self.path, paging=links)
        self.routes[f"{self.path}?page=2"] = page(second, path=self.path, paging=links)
        self.routes[f"{self.path}?page=all"] = page(_FIRST + second, path=self.path)

    def versions(self) -> list[tuple[str, ...]]:
        """What changed in each version, after one more crawl."""
        end = self.place.crawl("tribun-uji", "--revisit", "all")
        assert end["reason"] == "finished", self.place.problems()
        (found,) = stories(self.place.engine)
        assert (found.url, found.status) == (f"{FRONT}{self.path}", "live")
        return [version.changed for version in versions(self.place.engine, found.story_id)]


@pytest.fixture
def edition(tmp_path: Path) -> Any:
    now = datetime.now(ZoneInfo("Asia/Jakarta"))
    path = _path(now)
    row = f'<li><h3><a href="{FRONT}{path}">Camat</a></h3><time class="grey">1 jam lalu</time></li>'
    index = reply(body=f'<ul class="lsi">{row}</ul>'.encode(), headers=_HTML)
    empty = reply(body=b'<html><body><ul class="lsi"></ul></body></html>', headers=_HTML)
    routes: dict[str, Route] = {}
    for back in range(-1, 6):
        day = now - timedelta(days=back)
        for number in ("", "&page=2"):
            shown = index if back == 0 else empty
            routes[f"/index-news?date={day:%Y-%m-%d}{number}"] = shown
    with serve(routes) as server:
        entry = {"slug": "tribun-uji", "url": FRONT, "platform": "tribun"}
        settings = {"lookback": "1d"}
        place = Place.make(tmp_path, {FRONT: server.url}, outlets=[entry], **settings)
        yield Edition(routes, place, path)


def test_switching_between_the_ways_to_show_a_split_story_is_never_an_edit(
    edition: Edition,
) -> None:
    edition.show(whole=True)
    assert edition.versions() == [()]
    edition.show(whole=False)
    assert edition.versions() == [()]
    edition.show(whole=False, second=_SECOND.replace("dua jam", "tiga jam"))
    assert edition.versions() == [(), ("text",)]
    edition.show(whole=True, second=_SECOND.replace("dua jam", "tiga jam"))
    assert edition.versions() == [(), ("text",)]


def test_site_that_gave_the_whole_page_up_is_read_part_by_part(edition: Edition) -> None:
    edition.show(whole=True)
    assert edition.versions() == [()]
    edition.routes[f"{edition.path}?page=all"] = edition.routes[edition.path]
    assert edition.versions() == [()]
    edition.routes[f"{edition.path}?page=all"] = reply(404, b"tiada")
    assert edition.versions() == [()]
    edition.routes[f"{edition.path}?page=all"] = redirect(f"{FRONT}{edition.path}")
    assert edition.versions() == [()]


def test_edit_on_the_second_part_is_one_version_either_way(edition: Edition) -> None:
    edition.show(whole=True)
    assert edition.versions() == [()]
    edition.show(whole=True, second=_SECOND.replace("dua jam", "tiga jam"))
    assert edition.versions() == [(), ("text",)]
    assert edition.versions() == [(), ("text",)]


def test_story_that_leads_to_a_tag_is_not_followed_there(edition: Edition) -> None:
    edition.show(whole=False)
    assert edition.versions() == [()]
    edition.routes[edition.path] = redirect(f"{FRONT}/tag/netralitas-asn")
    edition.routes["/tag/netralitas-asn"] = page(_FIRST, path=edition.path)
    assert edition.versions() == [()]
    (told,) = [row for row in edition.place.problems() if row["kind"] == "robots"]
    assert "/tag/netralitas-asn" in told["detail"]
