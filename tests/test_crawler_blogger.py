"""Nights over the newsroom's site on Blogger, and blogs whose feeds are not what they should be."""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from scorer import score
from small_blog import Blog, small_blog
from small_outlet import story_body
from whole_newsroom import Nights

from archive import schema
from archive.stories import stories
from crawler.demo import Newsroom, NewsroomConfig, Request, TrueStory

pytestmark = pytest.mark.timeout(600)

SLUG = "jurnaljawapes"
HOST = f"{SLUG}.com"
STORY = re.compile(r"/\d{4}/\d\d/[^/]+\.html")


@dataclass(frozen=True)
class Night:
    """One night: how far the archive then was from the truth, and what was asked for."""

    reasons: Sequence[str]
    faults: Sequence[str]
    requests: Sequence[Request]
    truth: Sequence[TrueStory]

    def pages(self) -> list[str]:
        """The paths of the stories that were asked for."""
        return [request.path for request in self.requests if STORY.match(request.path)]

    def feeds(self) -> list[str]:
        """The addresses of the feeds that were asked for."""
        return [request.path for request in self.requests if "/feeds/" in request.path]


@dataclass(frozen=True)
class Played:
    """Nights a day apart; the fifth brings nothing new."""

    nights: Nights
    each: Sequence[Night]


MODES = {
    "open": ({}, 5),
    "until jump break": ({"jump_break": True}, 1),
    "feeds closed": ({"feeds": False}, 3),
    "feeds and sitemap closed": ({"feeds": False, "sitemaps": False}, 5),
}
"""What is asked of the newsroom, and how many nights are played."""
_SLOW = {"feeds and sitemap closed"}


def _modes(*names: str) -> list[object]:
    slow = {mode: [pytest.mark.slow] if mode in _SLOW else [] for mode in names}
    return [pytest.param(mode, id=mode, marks=slow[mode]) for mode in names]


def modes(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("played", _modes(*names), indirect=True, scope="module")


@pytest.fixture(scope="module", params=_modes(*MODES))
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Played]:
    today = datetime.datetime.now(datetime.UTC).date()
    seeds, count = MODES[request.param]
    with Newsroom(NewsroomConfig(today=today, **seeds)) as room:
        nights = Nights.make(tmp_path_factory.mktemp("malam"), room, slugs=[SLUG])
        # where nothing tells of edits, older stories are not looked at on every night
        nights.revisit = "all" if request.param in _SLOW else "due"
        yield Played(nights, [_night(nights, number) for number in range(1, count + 1)])


def _night(nights: Nights, number: int) -> Night:
    room = nights.room
    nights.turn(number)
    room.reset_log()
    ends = nights.crawl()
    truth = [story for story in room.truth() if story.outlet == SLUG]
    return Night(
        reasons=[end.reason for end in ends],
        faults=score(nights.place.engine, truth, outlets=[SLUG]).faults(),
        requests=[request for request in room.requests if request.host == HOST],
        truth=truth,
    )


# -- what is held ---------------------------------------------------------------------------


def test_every_crawl_finishes(played: Played) -> None:
    assert {reason for night in played.each for reason in night.reasons} == {"finished"}


def test_archive_is_as_the_newsroom_says(played: Played) -> None:
    """After each night; only the second crawl that finds a story missing calls it gone."""
    behind = {
        2: ["guru-pns-mengaku-khilaf-ikut-konvoi"],
        3: ["kades-dan-sekdes-dilaporkan-kampanyekan"],
    }
    for number, night in enumerate(played.each, 1):
        late = [f"/{slug}.html: live, is gone" for slug in behind.get(number, [])]
        faults = [f for f in night.faults if not any(f.endswith(line) for line in late)]
        assert (faults, len(night.faults)) == ([], len(late))


def test_story_that_is_told_behind_the_jump_break_only_is_held(played: Played) -> None:
    held = [story.url for story in stories(played.nights.place.engine)]
    assert [url for url in held if "rapat-evaluasi-pasar-hewan" in url]


def test_every_story_goes_by_its_number(played: Played) -> None:
    ids = [story.platform_id.partition(":")[0] for story in stories(played.nights.place.engine)]
    assert set(ids) == {"blogger"}


# -- what is asked --------------------------------------------------------------------------


def test_nothing_forbidden_is_asked_for(played: Played) -> None:
    paths = [urlsplit(request.path).path for night in played.each for request in night.requests]
    assert [path for path in paths if path.startswith(("/search", "/p/", "/share"))] == []


def test_known_stories_are_asked_for_conditionally(played: Played) -> None:
    seen: set[str] = set()
    bare = []
    for night in played.each:
        on_topic = {urlsplit(story.url).path for story in night.truth if story.on_topic}
        asked = [request for request in night.requests if request.path in on_topic]
        bare += [r.path for r in asked if r.path in seen and not r.if_modified_since]
        seen |= {request.path for request in asked}
    assert bare == []


@modes("open", "until jump break")
def test_feeds_are_asked_for_without_feedburner(played: Played) -> None:
    feeds = [path for night in played.each for path in night.feeds()]
    assert {parse_qs(urlsplit(path).query)["redirect"][0] for path in feeds} == {"false"}


@modes("open")
def test_unchanged_stories_cost_a_tenth_of_a_request_at_most(played: Played) -> None:
    quiet = played.each[-1]
    live = [s.url for s in quiet.truth if s.on_topic and s.status == "live"]
    asked = [path for path in quiet.pages() if f"https://{HOST}{path}" in live]
    naming = [path for path in quiet.feeds() if "published-max" in path]
    assert naming
    checked = 1  # a night asks for one story that its seed calls unchanged, to check the seed
    assert (len(asked + naming) - checked) / len(live) <= 0.1


@modes("open")
def test_feed_spares_stories_off_topic_their_request(played: Played) -> None:
    asked = " ".join(played.each[0].pages())
    spared = ["panen-bawang", "banjir-rendam", "klub-voli", "jembatan-gantung", "kirab-budaya"]
    # one is asked for all the same, to see whether the feed shows as much as the page
    assert sum(slug in asked for slug in spared) <= 2


@modes("until jump break")
def test_feed_that_shows_less_than_the_pages_spares_no_story(played: Played) -> None:
    asked = {urlsplit(path).path for path in played.each[0].pages()}
    assert asked == {urlsplit(story.url).path for story in played.each[0].truth}


@modes("feeds closed")
def test_sitemap_is_read_where_the_feeds_are_closed(played: Played) -> None:
    asked = [request.path for request in played.each[0].requests]
    assert "/sitemap.xml?page=1" in asked
    told = [row["url"] for row in played.nights.place.problems() if row["kind"] == "seed"]
    assert any("/feeds/posts/default" in url for url in told)


@modes("open")
def test_twin_is_the_story_it_is_a_twin_of(played: Played) -> None:
    place, before = played.nights.place, list(stories(played.nights.place.engine))
    twin = f"{before[0].url}?m=1"
    done = place.kliping("save", twin)
    assert done.returncode == 0, done.stderr
    after = list(stories(place.engine))
    assert [story.story_id for story in after] == [story.story_id for story in before]
    assert [story.versions for story in after] == [story.versions for story in before]


# -- blogs as they are ----------------------------------------------------------------------


def test_blog_that_gives_fewer_entries_than_asked_for_loses_none(tmp_path: Path) -> None:
    with small_blog(tmp_path, Blog(count=17, most=5)) as room:
        assert room.place.crawl("kecil")["reason"] == "finished"
        assert len(room.place.rows(schema.story)) == 17


def test_feed_that_names_no_post_is_not_taken_for_a_quiet_night(tmp_path: Path) -> None:
    with small_blog(tmp_path, Blog(count=3, is_feed_empty=True)) as room:
        assert room.place.crawl("kecil")["reason"] == "finished"
        assert len(room.place.rows(schema.story)) == 3
        details = [row["detail"] for row in room.place.problems()]
    assert "a feed without posts" in details


@pytest.mark.slow
def test_night_that_puts_addresses_off_is_looked_back_to_by_the_next(tmp_path: Path) -> None:
    nothing = b"<html><body><p>Halaman ini kosong.</p></body></html>"
    blog = Blog(count=510, is_feed_empty=True, is_sitemap_dated=False)
    blog.pages = dict.fromkeys(range(blog.count), nothing)
    with small_blog(tmp_path, blog) as room:
        assert room.place.crawl("kecil")["reason"] == "finished"
        asked = [path for path in room.asked() if path.endswith(".html")]
        (outlet,) = room.place.rows(schema.outlet)
    assert (len(asked), outlet["visited_at"]) == (500, None)


def test_second_night_of_a_quiet_blog_asks_for_no_story(tmp_path: Path) -> None:
    with small_blog(tmp_path, Blog(count=3)) as room:
        room.place.crawl("kecil")
        room.server.hits.clear()
        room.place.crawl("kecil")
        assert [path for path in room.asked() if path.endswith(".html")] == []


FILLER = "<p>" + "Panen padi di lereng gunung berlangsung lancar tahun ini. " * 10 + "</p>"


@pytest.mark.parametrize("is_cut", [True, False], ids=["feed cut", "feed whole"])
def test_one_page_tells_whether_the_feed_shows_all(tmp_path: Path, is_cut: bool) -> None:
    """What the feed shows of every story has no word of the topic, and is long enough."""
    page = story_body(0).replace(b'<div class="entry-content">', b'<div class="entry-content">%s')
    whole = f'<html><body><div class="post-body">{FILLER}</div></body></html>'.encode()
    pages = {n: page % FILLER.encode() if is_cut else whole for n in range(6)}
    blog = Blog(count=6, contents=dict.fromkeys(range(6), FILLER), pages=pages)
    with small_blog(tmp_path, blog) as room:
        assert room.place.crawl("kecil")["reason"] == "finished"
        asked = [path for path in room.asked() if path.endswith(".html")]
        assert len(set(asked)) == (6 if is_cut else 1)
        assert len(room.place.rows(schema.story)) == (6 if is_cut else 0)


def test_backfill_lists_the_past_and_ends_where_the_blog_begins(tmp_path: Path) -> None:
    blog = Blog(count=4)
    with small_blog(tmp_path, blog) as room:
        room.place.crawl("kecil", "--since", "2026-01-01")
        feeds = [hit.target for hit in room.server.hits if "/feeds/" in hit.target]
        assert len(room.place.rows(schema.story)) == 4
    bounded = [target for target in feeds if "published-min" in target and "q=" not in target]
    assert 2 <= len(bounded) <= 4
    assert [target for target in feeds if "q=netralitas" in target]
