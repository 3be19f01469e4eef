"""Backfills end to end: killed, cut short and gone on with; REST open and closed."""

import datetime
import json
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from loopback import Route, reply
from playing import Place
from scorer import score
from small_outlet import FRONT, feed, feed_body, page, small_outlet, story, story_path

from archive import schema
from archive.backfills import merged
from archive.status import status
from archive.types import Period
from crawler.demo import Newsroom, NewsroomConfig, Request

pytestmark = [
    pytest.mark.timeout(300),
]

_WEEKLY = """
from datetime import timedelta
from crawler.platforms.wordpress import WordPressSpider
WordPressSpider.slice_length = timedelta(days=7)
"""
_CRAWL = "from scheduler.cli import main; main()"
_DIES = """
import os, signal
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool
noted = 0
@event.listens_for(Engine, "before_cursor_execute")
def see(connection, cursor, statement, *rest):
    global noted
    noted += statement.startswith("INSERT INTO backfill ")
@event.listens_for(Pool, "checkin")
def die(*connection):
    if noted == 2:
        os.kill(os.getpid(), signal.SIGKILL)
"""
"""Killed when the second slice is safely noted."""

MODES = {
    "REST open": ("kantamedia", {}),
    "REST closed": ("kantamedia", {"rest": False}),
    "REST and sitemaps closed": ("lintastungkal", {"rest": False, "sitemaps": False}),
}


@dataclass(frozen=True)
class Played:
    """A backfill that was killed after its second slice, and gone on with."""

    place: Place
    room: Newsroom
    slug: str
    since: datetime.date
    killed: int
    """How the first crawl ended, as a return code."""
    after_kill: Sequence[Period]
    requests: Sequence[Sequence[Request]]
    """Of the first crawl, and of the second."""
    report: dict[str, Any]
    """The second crawl, as JSON."""


_SLOW = {"REST and sitemaps closed"}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(mode, id=mode, marks=[pytest.mark.slow] if mode in _SLOW else [])
        for mode in MODES
    ],
)
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Played]:
    slug, seeds = MODES[request.param]
    today = datetime.datetime.now(datetime.UTC).date()
    since = today - datetime.timedelta(days=33)
    with Newsroom(NewsroomConfig(today=today, grown=60, **seeds)) as room:
        place = Place.make(tmp_path_factory.mktemp("mundur"), room.connect_to, lookback="3d")
        killed = _run(place, slug, since, program=_WEEKLY + _DIES + _CRAWL)
        first, after_kill = room.requests, _done(place)
        room.reset_log()
        report = json.loads(_run(place, slug, since, program=_WEEKLY + _CRAWL).stdout)
        yield Played(
            place=place,
            room=room,
            slug=slug,
            since=since,
            killed=killed.returncode,
            after_kill=after_kill,
            requests=(first, room.requests),
            report=report["crawls"][0],
        )


def _run(
    place: Place, slug: str, since: datetime.date, *, program: str
) -> "subprocess.CompletedProcess[str]":
    with place.started("crawl", slug, "--json", "--since", since, program=program) as process:
        out, err = process.communicate(timeout=100)
    assert "Traceback" not in err, err
    return subprocess.CompletedProcess((), process.returncode, out, err)


def _done(place: Place) -> list[Period]:
    rows = place.rows(schema.backfill)
    return [Period(row["starts_at"], row["ends_at"]) for row in rows]


def _story_requests(played: Played) -> Counter[str]:
    paths = {urlsplit(url).path for one in played.room.truth() for url in one.urls}
    asked = [request.path for crawl in played.requests for request in crawl]
    return Counter(path for path in asked if path in paths)


def test_killed_backfill_was_in_the_middle(played: Played) -> None:
    assert played.killed == -signal.SIGKILL
    assert [period.days for period in played.after_kill] == [7, 7]


def test_backfill_finds_what_a_perfect_crawler_holds(played: Played) -> None:
    found = score(played.place.engine, played.room.truth(), outlets=[played.slug])
    assert found.found > 5
    assert found.missed + found.unwanted + found.split == []
    assert found.false_versions + found.missed_versions + found.wrong_status == []


def test_each_page_is_asked_for_once_in_all(played: Played) -> None:
    asked = _story_requests(played)
    assert len(asked) > 5
    assert {path: count for path, count in asked.items() if count > 1} == {}


def test_next_crawl_goes_on_with_the_slices_not_done(played: Played) -> None:
    periods = _done(played.place)
    assert len(set(periods)) == len(periods)
    assert all(older.until <= newer.since for newer, older in pairwise(periods))
    (whole,) = merged(periods)
    assert whole.days >= 28


def test_report_tells_how_far_back_it_went(played: Played) -> None:
    backfill = played.report["backfill"]
    (whole,) = merged(_done(played.place))
    assert backfill["left"] == 0
    assert backfill["done"] == backfill["slices"] == len(_done(played.place)) - 2
    assert backfill["complete_since"] == f"{whole.since:%Y-%m-%dT%H:%M:%SZ}"


def test_status_tells_since_when_the_outlet_is_complete(played: Played) -> None:
    (reach,) = status(played.place.engine).reaches
    (whole,) = merged(_done(played.place))
    assert (reach.outlet, reach.since) == (played.slug, whole.since)
    assert f"{played.slug}: complete since {whole.since:%Y-%m-%d}" in (
        played.place.kliping("status").stdout
    )


def test_visit_counts_as_complete_though_a_backfill_followed(played: Played) -> None:
    (outlet,) = played.place.rows(schema.outlet)
    last = played.place.rows(schema.crawl)[-1]
    assert outlet["visited_at"] == last["started_at"]


def test_share_of_the_backfill_is_told_apart(played: Played) -> None:
    counts = played.report["counts"]
    past = [request for request in played.requests[1] if request.path != "/robots.txt"]
    assert counts["requests"] == len(past)
    assert 0 < counts["backfill_requests"] < counts["requests"]
    assert counts["backfill_looked_at"] <= counts["looked_at"]


def test_nothing_of_the_past_is_asked_for_a_second_time(played: Played) -> None:
    played.room.reset_log()
    whole = merged(_done(played.place))[-1].since.date() + datetime.timedelta(days=1)
    end = played.place.crawl(played.slug, "--since", whole)
    assert (end["backfill"]["slices"], end["backfill"]["left"]) == (0, 0)
    assert "backfill_requests" not in end["counts"]


# -- REST -----------------------------------------------------------------------------------


@pytest.fixture
def room() -> Iterator[Newsroom]:
    today = datetime.datetime.now(datetime.UTC).date()
    with Newsroom(NewsroomConfig(today=today, grown=60)) as room:
        yield room


def _place(tmp_path: Path, room: Newsroom, **crawl: Any) -> Place:
    return Place.make(tmp_path / "arsip", room.connect_to, lookback="3d", **crawl)


def _days_ago(room: Newsroom, days: int) -> datetime.date:
    return room.config.today - datetime.timedelta(days=days)


def _lists(requests: Sequence[Request]) -> list[dict[str, str]]:
    """What REST was asked to list, in order."""
    asked = [urlsplit(request.path) for request in requests]
    return [
        {name: values[0] for name, values in parse_qs(one.query).items()}
        for one in asked
        if one.path == "/wp-json/wp/v2/posts"
    ]


def test_likeliest_stories_are_asked_for_first(tmp_path: Path, room: Newsroom) -> None:
    _place(tmp_path, room).crawl("kantamedia", "--since", _days_ago(room, 20))
    past = [query for query in _lists(room.requests) if "before" in query]
    assert [query.get("search") for query in past[:5]] == [
        "netralitas ASN", "netralitas PNS", "ASN tidak netral", "bawaslu ASN", None,
    ]  # fmt: skip


def test_search_finds_before_the_slices_do(tmp_path: Path, room: Newsroom) -> None:
    _place(tmp_path, room).crawl("kantamedia", "--since", _days_ago(room, 20))
    requests = [request.path for request in room.requests]
    first = next(n for n, path in enumerate(requests) if "search=" in path)
    slices = next(n for n, path in enumerate(requests) if "before=" in path and n > first
                  and "search=" not in path)  # fmt: skip
    assert any("wp-json" not in path for path in requests[first:slices])


def test_backfill_ends_where_the_outlet_begins(tmp_path: Path, room: Newsroom) -> None:
    place = _place(tmp_path, room)
    done = place.kliping("crawl", "kantamedia", "--since", _days_ago(room, 3000))
    assert done.returncode == 0
    assert f"complete since {_days_ago(room, 3000)}" in done.stdout
    past = [query for query in _lists(room.requests) if "before" in query and "search" not in query]
    assert len(past) <= 4  # of a hundred slices


def test_ordinary_window_is_not_narrowed(tmp_path: Path, room: Newsroom) -> None:
    place = _place(tmp_path, room)
    end = place.crawl("kantamedia", "--since", _days_ago(room, 1))
    assert end["backfill"] is None
    edge = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=3)
    assert _lists(room.requests)[0]["after"] == f"{edge:%Y-%m-%d}T00:00:00Z"


@pytest.mark.slow
def test_another_topic_makes_the_past_due_again(tmp_path: Path, room: Newsroom) -> None:
    place, since = _place(tmp_path, room), _days_ago(room, 20)
    place.crawl("kantamedia", "--since", since)
    topic = tmp_path / "topic.toml"
    built_in = Path(__file__).parents[1] / "crawler" / "topics" / "netralitas-asn.toml"
    topic.write_text(built_in.read_text("utf-8").replace("version = 2", "version = 3"), "utf-8")
    place.file.write_text(
        place.file.read_text("utf-8").replace("[crawl]\n", f'[crawl]\ntopic = "{topic}"\n'), "utf-8"
    )
    assert place.crawl("kantamedia", "--since", since)["backfill"]["slices"] == 1


@pytest.mark.slow
def test_several_outlets_go_back_each(tmp_path: Path, room: Newsroom) -> None:
    place = _place(tmp_path, room)
    slugs = ("kantamedia", "kolomrakyat")
    done = place.kliping("crawl", *slugs, "--json", "--since", _days_ago(room, 33))
    crawls = json.loads(done.stdout)["crawls"]
    assert [one["backfill"]["left"] for one in crawls] == [0, 0]
    found = score(place.engine, room.truth(), outlets=slugs)
    assert (found.missed, found.unwanted) == ([], [])


@pytest.mark.parametrize(
    ("since", "told"),
    [("2999-01-01", "is in the future"), ("1989-12-31", "before any outlet")],
    ids=["future", "before the web"],
)
def test_senseless_since_is_misuse(tmp_path: Path, room: Newsroom, since: str, told: str) -> None:
    done = _place(tmp_path, room).kliping("crawl", "kantamedia", "--since", since)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert told in done.stderr
    assert room.requests == []


# -- cut short ------------------------------------------------------------------------------


@pytest.mark.slow
def test_backfill_ends_with_the_time_limit_and_is_gone_on_with(tmp_path: Path) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    with Newsroom(NewsroomConfig(today=today, grown=60, rest=False, latency=0.2)) as room:
        place, ends = _place(tmp_path, room, time_limit="6s"), []
        while len(ends) < 20 and (not ends or ends[-1]["reason"] == "time-limit"):
            done = _run(place, "kantamedia", _days_ago(room, 33), program=_WEEKLY + _CRAWL)
            ends += json.loads(done.stdout)["crawls"]
        found = score(place.engine, room.truth(), outlets=["kantamedia"])
        paths = {urlsplit(url).path for one in room.truth() for url in one.urls}
        asked = Counter(request.path for request in room.requests if request.path in paths)
    assert (ends[0]["reason"], ends[-1]["reason"]) == ("time-limit", "finished")
    assert ends[-1]["backfill"]["left"] == 0
    assert (found.missed, found.unwanted) == ([], [])
    assert set(asked.values()) == {1}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_backfill_stopped_amid_a_slice_loses_nothing(
    tmp_path: Path, number: signal.Signals
) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    config = NewsroomConfig(today=today, grown=60, rest=False, latency=0.05)
    with Newsroom(config) as room:
        place, since = _place(tmp_path, room), _days_ago(room, 33)
        with place.started("crawl", "kantamedia", "--since", since, program=_CRAWL) as process:
            _wait_for(lambda: sum("warta" in request.path for request in room.requests) > 15)
            process.send_signal(number)
            process.communicate(timeout=60)
        assert _done(place) == []  # the slice of a month was not read to its end
        end = place.crawl("kantamedia", "--since", since)
        found = score(place.engine, room.truth(), outlets=["kantamedia"])
    assert (end["reason"], end["backfill"]["left"]) == ("finished", 0)
    assert (found.missed, found.unwanted, found.false_versions) == ([], [], [])


def _wait_for(is_so: Callable[[], bool]) -> None:
    for _ in range(1200):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to that")


# -- outlets that show little ---------------------------------------------------------------


def _month(*numbers: int, kind: str = "archive date") -> Route:
    """The page of a month that links to these stories."""
    links = "".join(f'<a href="{FRONT}{story_path(n)}">Camat {n} diperiksa</a>' for n in numbers)
    body = f'<html><body class="{kind}"><main>{links}</main></body></html>'
    return reply(body=body.encode(), headers={"Content-Type": "text/html"})


def _routes(**more: Route) -> dict[str, Route]:
    return {"/feed/": feed(1), **{story_path(n): story(n) for n in (1, 2, 3)}, **more}


def _months(*ago: int) -> list[str]:
    """The archive paths of earlier months; 0 is this one."""
    day = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))).replace(day=1)
    found = [f"/{day:%Y/%m}/"]
    for _ in range(max(ago)):
        day = (day - datetime.timedelta(days=1)).replace(day=1)
        found.append(f"/{day:%Y/%m}/")
    return [found[number] for number in ago]


def _since(days: int) -> str:
    return f"{datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days):%Y-%m-%d}"


def test_pages_of_months_are_read_where_nothing_else_reaches(tmp_path: Path) -> None:
    this, one, two = _months(0, 1, 2)
    routes = _routes(**{this: _month(1), one: _month(2), two: _month(3)})
    with small_outlet(tmp_path, routes, lookback="3d") as outlet:
        outlet.crawl("--since", two.strip("/").replace("/", "-") + "-20")
        assert outlet.stored() == [story_path(n) for n in (1, 2, 3)]


def test_month_without_stories_is_not_the_end(tmp_path: Path) -> None:
    this, three = _months(0, 3)
    routes = _routes(**{this: _month(1), three: _month(3)})
    with small_outlet(tmp_path, routes, lookback="3d") as outlet:
        since = three.strip("/").replace("/", "-") + "-20"
        assert outlet.place.crawl("kecil", "--since", since)["backfill"]["left"] == 0
        assert outlet.stored() == [story_path(n) for n in (1, 3)]


@pytest.mark.parametrize(
    "answer",
    [_month(1, kind="home"), reply(status=302, headers={"Location": f"{FRONT}/"})],
    ids=["another page", "led to the front page"],
)
def test_outlet_that_cannot_be_listed_is_a_problem_that_tells_why(
    tmp_path: Path, answer: Route
) -> None:
    routes = _routes(**dict.fromkeys(_months(0, 1, 2, 3), answer), **{"/": page("Depan", "")})
    with small_outlet(tmp_path, routes, lookback="3d") as outlet:
        end = outlet.place.crawl("kecil", "--since", _since(70))
        told = [row["detail"] for row in outlet.place.problems() if row["kind"] == "backfill"]
    assert (end["reason"], end["backfill"]["done"]) == ("finished", 0)
    assert "its REST API is closed; it has no sitemaps; " in told[0]
    assert "it has no pages of months; its feed has no further pages" in told[0]
    assert f"back to {_since(70)}" in told[0]


def test_visit_before_a_backfill_that_fails_is_complete_all_the_same(tmp_path: Path) -> None:
    with small_outlet(tmp_path, _routes(), lookback="3d") as outlet:
        outlet.crawl("--since", _since(70))
        (row,) = outlet.place.rows(schema.outlet)
        assert row["visited_at"] is not None
        assert status(outlet.place.engine).reaches == ()


def _feed(**days_ago: int) -> Route:
    """A feed of stories (`n1=20`: story 1 of twenty days ago)."""
    now = datetime.datetime.now(datetime.UTC)
    bodies = [
        feed_body(int(name[1:]), now=now - datetime.timedelta(days=days))
        for name, days in days_ago.items()
    ]
    # each body ends with an old story that is not wanted here
    items = b"".join(b"<item>" + body.split(b"<item>")[1] for body in bodies)
    body = b'<rss version="2.0"><channel>' + items + b"</channel></rss>"
    return reply(body=body, headers={"Content-Type": "application/rss+xml"})


def _sitemap(*numbers: int, days: int | None = None) -> Route:
    """A sitemap of these stories, all changed so many days ago, or without dates."""
    date = "" if days is None else f"<lastmod>{_since(days)}T01:00:00Z</lastmod>"
    rows = "".join(f"<url><loc>{FRONT}{story_path(n)}</loc>{date}</url>" for n in numbers)
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    return reply(body=body.encode(), headers={"Content-Type": "application/xml"})


def test_feed_is_paged_back_where_nothing_else_reaches(tmp_path: Path) -> None:
    pages = {"/feed/": _feed(n1=1), "/feed/?paged=2": _feed(n2=20), "/feed/?paged=3": _feed(n3=45)}
    with small_outlet(tmp_path, _routes(**pages), lookback="3d") as outlet:
        end = outlet.place.crawl("kecil", "--since", _since(100))
        assert outlet.stored() == [story_path(n) for n in (1, 2, 3)]
        # two of four: the third story is the first that the outlet has
        assert (end["backfill"]["done"], end["backfill"]["left"]) == (2, 0)


def test_sitemaps_without_dates_are_read_where_nothing_else_reaches(tmp_path: Path) -> None:
    routes = _routes(**{"/sitemap.xml": _sitemap(2, 3)})
    with small_outlet(tmp_path, routes, lookback="3d") as outlet:
        assert outlet.place.crawl("kecil", "--since", _since(70))["backfill"]["left"] == 0
        assert outlet.stored() == [story_path(n) for n in (1, 2, 3)]


def test_what_a_short_sitemap_names_is_found_but_does_not_count_as_all(tmp_path: Path) -> None:
    routes = _routes(**{"/sitemap.xml": _sitemap(2, 3, days=20)})
    with small_outlet(tmp_path, routes, lookback="3d") as outlet:
        end = outlet.place.crawl("kecil", "--since", _since(70))
        told = [row["detail"] for row in outlet.place.problems() if row["kind"] == "backfill"]
        assert outlet.stored() == [story_path(n) for n in (1, 2, 3)]
    assert end["backfill"]["done"] == 0
    assert f"its sitemaps begin on {_since(20)}" in told[0]


class _Rest(dict[str, Route]):
    """Routes of an outlet whose REST API lists nothing, and not at all what `broken` names."""

    broken = ""
    posts: Sequence[dict[str, object]] = ()

    def get(self, target: str, default: Route | None = None) -> Route | None:  # type: ignore[override]
        if not target.startswith("/wp-json"):
            return super().get(target, default)
        if self.broken and self.broken in target:
            return reply(404)
        headers = {"Content-Type": "application/json", "X-WP-TotalPages": "1"}
        return reply(body=json.dumps(self.posts).encode(), headers=headers)


def test_slice_that_cannot_be_listed_is_due_again_and_the_others_are_done(tmp_path: Path) -> None:
    routes = _Rest(_routes())
    routes.broken = f"before={_since(3)}T00:00:01Z&_fields"
    with small_outlet(tmp_path, routes, lookback="3d") as outlet:
        first = outlet.place.crawl("kecil", "--since", _since(93))["backfill"]
        (told,) = [row["detail"] for row in outlet.place.problems() if row["kind"] == "backfill"]
        routes.broken = ""
        second = outlet.place.crawl("kecil", "--since", _since(93))["backfill"]
    assert (first["done"], first["left"], first["complete_since"]) == (2, 1, None)
    assert told.startswith(f"{_since(33)} to {_since(3)} could not be listed")
    assert (second["done"], second["left"]) == (1, 0)
    assert second["complete_since"] == f"{_since(93)}T00:00:00Z"


def test_backfill_gives_up_after_two_slices_that_cannot_be_listed(tmp_path: Path) -> None:
    routes = _Rest(_routes())
    routes.broken = "before="
    with small_outlet(tmp_path, routes, lookback="3d") as outlet:
        end = outlet.place.crawl("kecil", "--since", _since(900))
        told = [row for row in outlet.place.problems() if row["kind"] == "backfill"]
    assert (end["reason"], end["backfill"]["left"], len(told)) == ("finished", 30, 2)


def test_api_that_lists_the_same_posts_for_every_slice_is_not_believed(tmp_path: Path) -> None:
    routes = _Rest(_routes())
    routes.posts = [
        {"id": 1, "link": f"{FRONT}{story_path(1)}", "date_gmt": f"{_since(1)}T05:00:00",
         "modified_gmt": f"{_since(1)}T05:00:00"}
    ]  # fmt: skip
    with small_outlet(tmp_path, routes, lookback="3d") as outlet:
        end = outlet.place.crawl("kecil", "--since", _since(40))
        told = [row["detail"] for row in outlet.place.problems() if row["kind"] == "backfill"]
    assert end["backfill"]["done"] == 0
    assert "does not heed the dates" in told[0]
