"""Four nights of the sample newsroom, end to end: what is found, what is asked, what is kept."""

import datetime
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playing import Place
from scorer import score

from archive import schema
from archive.audit import audit
from archive.stories import stories
from archive.versions import versions
from crawler.demo import NIGHTS, Newsroom, NewsroomConfig, Request, TrueStory
from crawler.topic import Topic

pytestmark = [
    pytest.mark.timeout(600),  # the fixture plays twelve crawls and more
]

OUTLETS = ("kantamedia", "kolomrakyat", "lintastungkal")
HOSTS = tuple(f"{slug}.com" for slug in OUTLETS)
DELAY = 0.1
"""Seconds of Crawl-delay that every robots.txt asks for."""


@dataclass(frozen=True)
class Night:
    """One night: how far the archive then was from the truth, and what was asked for."""

    reasons: Sequence[str]
    faults: Sequence[str]
    requests: Sequence[Request]
    most_at_once: dict[str, int]

    def at(self, host: str) -> list[Request]:
        """What one outlet was asked for, in order."""
        return [request for request in self.requests if request.host == host]


@dataclass(frozen=True)
class Played:
    """Four nights, and with REST open a fifth on which nothing is new."""

    place: Place
    nights: Sequence[Night]
    truth: Sequence[TrueStory]

    @property
    def on_topic(self) -> list[TrueStory]:
        """The stories that must be held."""
        return [story for story in self.truth if story.on_topic]


MODES = {
    "REST open": ({"rest": True}, "due"),
    "REST closed": ({"rest": False}, "all"),
    "REST and feeds closed": ({"rest": False, "feeds": False}, "all"),
}
_SLOW = {"REST and feeds closed"}


def _modes(*names: str) -> list[object]:
    slow = {mode: [pytest.mark.slow] if mode in _SLOW else [] for mode in names}
    return [pytest.param(mode, id=mode, marks=slow[mode]) for mode in names]


rest_open = pytest.mark.parametrize("played", _modes("REST open"), indirect=True)
rest_closed = pytest.mark.parametrize(
    "played", _modes("REST closed", "REST and feeds closed"), indirect=True
)


@pytest.fixture(scope="module", params=_modes(*MODES))
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Played:
    seeds, revisit = MODES[request.param]
    today = datetime.datetime.now(datetime.UTC).date()
    with Newsroom(NewsroomConfig(today=today, crawl_delay=DELAY, **seeds)) as room:
        place = Place.make(tmp_path_factory.mktemp("malam"), room.connect_to, parallel=3)
        numbers = [*range(1, NIGHTS + 1), *([NIGHTS] if seeds["rest"] else [])]
        nights = [_night(place, room, number, revisit) for number in numbers]
        truth = [story for story in room.truth() if story.outlet in OUTLETS]
    return Played(place, nights, truth)


def _night(place: Place, room: Newsroom, number: int, revisit: str) -> Night:
    room.night = number
    room.reset_log()
    report = place.night(*OUTLETS, revisit=revisit)
    return Night(
        reasons=[end.reason for end in report.ends],
        faults=score(place.engine, room.truth(), outlets=OUTLETS).faults(),
        requests=room.requests,
        most_at_once={host: room.log.most_at_once(host) for host in HOSTS},
    )


# -- what is held ---------------------------------------------------------------------------


def test_every_crawl_finishes(played: Played) -> None:
    assert {reason for night in played.nights for reason in night.reasons} == {"finished"}


def test_archive_is_as_the_newsroom_says(played: Played) -> None:
    """Recall, precision, texts, fields, versions, identity and status, after each night.

    A story that answers 404, or leads to the front page, is called gone by the second crawl that
    finds it so: until then it is the one thing that may be behind.
    """
    front = "https://lintastungkal.com/guru-pppk-diklarifikasi-usai-hadir-di-kampanye-terbuka/"
    (moved_home,) = [
        story.url for story in played.truth if "/staf-kelurahan-diperiksa" in story.url
    ]
    behind = [f"wrong_status: {url}: live, is gone" for url in (front, moved_home)]
    faults = [sorted(night.faults) for night in played.nights]
    assert faults[:3] == [[], [], sorted(behind)]
    assert [line for night in faults[3:] for line in night] == []


def test_events_are_only_the_expected_ones(played: Played) -> None:
    kinds = (row["kind"] for row in played.place.rows(schema.event))
    events = Counter(kind for kind in kinds if kind not in {"crawl", "copy"})
    edits = sum(len(story.versions) - 1 for story in played.on_topic)
    gone = sum(story.status == "gone" for story in played.on_topic)
    assert events == {"new": len(played.on_topic), "edited": edits, "gone": gone}


def test_split_story_is_one_text_of_three_parts(played: Played) -> None:
    story, version = _held(played, "/catatan-sepekan-dari-kota-bersama")
    assert [urlsplit(capture.url).path for capture in version.captures[:3]] == [
        "/catatan-sepekan-dari-kota-bersama/",
        "/catatan-sepekan-dari-kota-bersama/2/",
        "/catatan-sepekan-dari-kota-bersama/3/",
    ]
    assert [capture.part for capture in version.captures[:3]] == [1, 2, 3]
    assert "Pasar ikan" in version.article.text
    assert version.article.text.count("Sampai jumpa di catatan berikutnya") == 1
    assert story.status == "live"


def test_press_release_is_a_story_at_each_outlet(played: Played) -> None:
    told = Counter(story.versions[0].paragraphs for story in played.on_topic)
    (release,) = [paragraphs for paragraphs, count in told.items() if count == 3]
    held = [_held(played, urlsplit(story.url).path.rstrip("/"))[0]
            for story in played.on_topic if story.versions[0].paragraphs == release]  # fmt: skip
    assert sorted(story.outlet for story in held) == sorted(OUTLETS)
    assert len({story.story_id for story in held}) == 3


def test_moved_story_is_known_by_both_addresses(played: Played) -> None:
    (true,) = [story for story in played.on_topic if len(story.urls) == 2]
    rows = played.place.rows(schema.story_url)
    known = {row["address"]: row["story_id"] for row in rows}
    assert len({known[url.rstrip("/")] for url in true.urls}) == 1


def test_archive_is_sound(played: Played) -> None:
    warcs: Path = played.place.settings.archive.directory / "warc"
    assert audit(played.place.engine, warcs).findings == ()


def _held(played: Played, path: str):  # type: ignore[no-untyped-def]
    (story,) = [story for story in stories(played.place.engine) if story.url.endswith(path)]
    return story, versions(played.place.engine, story.story_id)[0]


# -- how it was asked for -------------------------------------------------------------------


def _every_outlet_and_night(played: Played) -> Iterator[tuple[Night, str]]:
    return ((night, host) for night in played.nights for host in HOSTS)


def test_one_request_at_a_time(played: Played) -> None:
    assert {n.most_at_once[host] for n, host in _every_outlet_and_night(played)} == {1}


def test_robots_txt_is_asked_first_and_once(played: Played) -> None:
    for night, host in _every_outlet_and_night(played):
        paths = [request.path for request in night.at(host)]
        assert (paths[0], paths.count("/robots.txt")) == ("/robots.txt", 1)


def test_nothing_forbidden_is_asked_for(played: Played) -> None:
    asked = [request.path for night in played.nights for request in night.requests]
    assert [path for path in asked if path.startswith("/private/")] == []


def test_crawl_delay_is_kept(played: Played) -> None:
    for night, host in _every_outlet_and_night(played):
        # the whole time, as single gaps are measured at the server and jitter
        started = [request.started for request in night.at(host)][1:]
        assert started[-1] - started[0] >= 0.9 * DELAY * (len(started) - 1)


def test_user_agent_names_kliping_and_a_contact(played: Played) -> None:
    agents = {request.user_agent for night in played.nights for request in night.requests}
    (agent,) = agents
    assert re.fullmatch(r"Mozilla/5\.0 \(.*\) Kliping/[\d.]+ \(\+https://example\.org\)", agent)


def test_only_gzip_is_asked_for(played: Played) -> None:
    assert {r.accept_encoding for n in played.nights for r in n.requests} == {"gzip"}


@rest_closed
@pytest.mark.parametrize(
    ("host", "validator"),
    [("kantamedia.com", "if_none_match"), ("kolomrakyat.com", "if_modified_since")],
)
def test_known_story_is_asked_for_conditionally(played: Played, host: str, validator: str) -> None:
    paths = _paths_of_the_first_night(played, host)
    first, *later = [_asked(night, host, paths) for night in played.nights]
    assert {getattr(request, validator) for request in first} == {""}
    assert [r.path for night in later for r in night if not getattr(r, validator)] == []
    assert Counter(r.status for r in later[-1])[304] >= len(paths) - 1  # one is gone


@rest_closed
def test_unchanged_answer_is_no_second_request(played: Played) -> None:
    paths = _paths_of_the_first_night(played, "kantamedia.com")
    for night in played.nights:
        asked = Counter(request.path for request in _asked(night, "kantamedia.com", paths))
        assert set(asked.values()) == {1}


def _paths_of_the_first_night(played: Played, host: str) -> set[str]:
    return {
        urlsplit(story.urls[0]).path
        for story in played.on_topic
        if host in story.url and story.first_night == 1 and len(story.urls) == 1
    }


def _asked(night: Night, host: str, paths: set[str]) -> list[Request]:
    return [request for request in night.at(host) if request.path in paths]


@rest_open
def test_night_without_news_costs_few_requests(played: Played) -> None:
    known = Counter(row["outlet"] for row in played.place.rows(schema.story))
    costs = {slug: len(played.nights[-1].at(f"{slug}.com")) for slug in OUTLETS}
    assert [slug for slug in OUTLETS if costs[slug] > 6 + 0.02 * known[slug]] == []


@rest_open
def test_post_without_a_word_of_the_topic_costs_no_request(played: Played) -> None:
    topic = Topic.load()
    # kantamedia's API shows "Baca juga" boxes inside the content, with headlines on topic
    others = {
        urlsplit(story.url).path
        for story in played.truth
        if story.outlet != "kantamedia"
        and not any(topic.may_match(f"{v.headline}\n{v.text}") for v in story.versions)
    }
    asked = {request.path for night in played.nights for request in night.requests}
    assert len(others) >= 5
    assert others & asked == set()
