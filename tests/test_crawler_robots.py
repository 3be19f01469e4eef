"""robots.txt: what it forbids, how fast it lets us go, and what happens when it cannot be had."""

import gzip
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from crawlprobe import Ask, Told, probe
from hypothesis import given
from hypothesis import strategies as st
from loopback import Loopback, in_turn, raw, redirect, reply, serve, slowly

from archive.types import Headers, Outlet, Page
from crawler.robots import Robots, read_robots

ORIGIN = "https://kantamedia.com:443"
LIMIT = 1_000_000


def read(body: bytes, *, status: int = 200, headers: Headers = ()) -> Robots:
    moment = datetime(2024, 9, 1, tzinfo=UTC)
    url = "https://kantamedia.com/robots.txt"
    page = Page(url=url, status=status, body=body, headers=headers, fetched_at=moment)
    return read_robots(ORIGIN, page, limit=LIMIT)


def allows(body: bytes, path: str) -> bool:
    return read(body).allows(f"https://kantamedia.com{path}")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 499, 304])
def test_no_robots_allows_everything(status: int) -> None:
    assert read(b"User-agent: *\nDisallow: /", status=status).allows("https://kantamedia.com/a")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 599, 100])
def test_unreachable_robots_forbids_everything(status: int) -> None:
    robots = read(b"User-agent: *\nAllow: /", status=status)
    assert not robots.allows("https://kantamedia.com/a")
    assert str(status) in robots.closed


RULES = b"""\xef\xbb\xbf# Kantamedia
User-agent: *
Disallow: /

User-agent: kliping
Disallow: /wp-admin/
Allow: /wp-admin/admin-ajax.php
Disallow: /*.pdf$
Crawl-delay: 7
Sitemap: https://kantamedia.com/sitemap_index.xml
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/a", True),
        ("/wp-admin/x", False),
        ("/wp-admin/admin-ajax.php", True),
        ("/a.pdf", False),
        ("/a.pdf?x", True),
    ],
)
def test_our_own_group_counts(path: str, allowed: bool) -> None:
    assert allows(RULES, path) is allowed


def test_sitemaps_delay_and_digest_are_told() -> None:
    robots = read(RULES)
    assert robots.sitemaps == ("https://kantamedia.com/sitemap_index.xml",)
    assert robots.delay == 7
    assert robots.digest == hashlib.sha256(RULES).hexdigest()


@pytest.mark.parametrize(
    ("line", "delay"),
    [
        ("Crawl-delay: 2.5", 2.5),
        ("Crawl-delay: besok", 0),
        ("Crawl-delay: -3", 0),
        ("Crawl-delay: nan", 0),
        ("Request-rate: 1/10s", 10),
        ("Request-rate: 2/1m", 30),
        ("Crawl-delay: 40\nRequest-rate: 2/1m", 40),
    ],
)
def test_crawl_delay_and_request_rate_give_seconds_per_request(line: str, delay: float) -> None:
    assert read(f"User-agent: *\n{line}".encode()).delay == delay


def test_html_in_its_place_forbids_nothing() -> None:
    html = (
        b"<!DOCTYPE html><html><head><title>Beranda</title></head><body>Disallow: /</body></html>"
    )
    assert allows(html, "/a")


def test_only_the_first_500_kib_count() -> None:
    body = b"User-agent: *\nDisallow: /a\n" + b"#" * 512_000 + b"\nDisallow: /b\n"
    assert (allows(body, "/a"), allows(body, "/b")) == (False, True)


def test_line_that_the_limit_cuts_forbids_nothing() -> None:
    start = b"User-agent: *\n"
    filling = b"#" * (512_000 - len(start) - len(b"\nDisallow: /pan")) + b"\n"
    assert allows(start + filling + b"Disallow: /panjang-sekali\n", "/panci")


def test_gzipped_robots_is_read() -> None:
    robots = read(gzip.compress(RULES), headers=((b"Content-Encoding", b"gzip"),))
    assert not robots.allows("https://kantamedia.com/wp-admin/x")


def test_of_robots_that_unpack_without_end_the_beginning_counts() -> None:
    bomb = gzip.compress(RULES + bytes(3 * LIMIT))
    robots = read(bomb, headers=((b"Content-Encoding", b"gzip"),))
    assert not robots.allows("https://kantamedia.com/wp-admin/x")
    assert robots.allows("https://kantamedia.com/a")


def test_damaged_robots_forbid_everything() -> None:
    damaged = gzip.compress(RULES)[:30] + b"rusak"
    robots = read(damaged, headers=((b"Content-Encoding", b"gzip"),))
    assert not robots.allows("https://kantamedia.com/a")


ODD = {
    "HTML": (b"\n<!DOCTYPE html><p>Beranda</p>", "a page came instead"),
    "long": (b"User-agent: *\n" + b"#" * 600_000, "only its first 512000 bytes count"),
}


@pytest.mark.parametrize(("body", "words"), ODD.values(), ids=ODD)
def test_odd_robots_are_named(body: bytes, words: str) -> None:
    (fault,) = read(body).faults
    assert words in fault


def test_good_robots_have_no_fault() -> None:
    assert read(RULES).faults == ()


@given(st.binary(max_size=300), st.text(max_size=30))
def test_any_bytes_are_read_without_an_error(body: bytes, path: str) -> None:
    assert read(body).allows(f"https://kantamedia.com/{path}") in {True, False}


# -- in a crawl: many origins, all answered by one server through connect_to ------------------

CHAIN = {f"/r{hop}": redirect(f"/r{hop + 1}") for hop in range(1, 5)}
FORBID = reply(body=b"User-agent: *\nDisallow: /story")
ROBOTS = {
    "absent": reply(404),
    "forbids": FORBID,
    "broken": reply(500),
    "busy": reply(429),
    "dead": raw(b""),
    "html": reply(body=b"<html>Disallow: /</html>"),
    "moved": redirect("/r1", 301),
    "circle": redirect("/robots.txt"),
    "inside": redirect("http://127.0.0.1:1/robots.txt"),
    "recovers": in_turn(reply(503), reply(404)),
}
FATES = {
    "absent": "",
    "forbids": "RobotsForbidden",
    "broken": "RobotsUnread",
    "busy": "RobotsUnread",
    "dead": "RobotsUnread",
    "html": "",
    "moved": "RobotsForbidden",
    "circle": "",
    "inside": "RefusedAddress",
    "recovers": "",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    routes = {f"{name}.example/robots.txt": route for name, route in ROBOTS.items()}
    with serve({**routes, **CHAIN, "/r5": FORBID, "/story": reply(body=b"halo")}) as running:
        yield running


@pytest.fixture(scope="module")
def told(server: Loopback) -> Told:
    return probe(
        Ask(
            urls=[f"https://{name}.example/{part}" for name in ROBOTS for part in ("story", "b")],
            outlet=Outlet(slug="uji", name="Uji", url="https://absent.example"),
            crawl={"connect_to": {f"https://{name}.example": server.url for name in ROBOTS}},
        )
    )


@pytest.mark.parametrize(("name", "error"), FATES.items(), ids=FATES)
def test_story_is_fetched_only_where_robots_allow(told: Told, name: str, error: str) -> None:
    saw = told.saw[f"https://{name}.example/story"]
    assert (saw.error, bool(saw.pages)) == (error, not error)


@pytest.mark.parametrize("name", ["broken", "busy", "dead"])
def test_unreachable_robots_closes_the_whole_origin(told: Told, name: str) -> None:
    assert told.saw[f"https://{name}.example/b"].error == "RobotsUnread"
    assert "robots.txt" in told.saw[f"https://{name}.example/b"].message


def test_robots_rules_are_per_origin_and_asked_for_once(server: Loopback, told: Told) -> None:
    asked = [hit.host for hit in server.asked("/robots.txt")]
    assert {name: asked.count(f"{name}.example") for name in ROBOTS} == {
        "absent": 1, "forbids": 1, "html": 1, "moved": 1, "inside": 1,
        "broken": 3, "dead": 3,  # two retries
        "busy": 2, "recovers": 2,  # one, after waiting
        "circle": 6,  # five redirects
    }  # fmt: skip


def test_robots_redirect_is_followed_under_the_first_origin(told: Told) -> None:
    assert told.robots["https://moved.example:443"][0] == 200


def test_robots_exchanges_are_recorded_under_the_outlets_address(told: Told) -> None:
    assert "https://forbids.example/robots.txt" in [page.url for page in told.recorded]


# -- manners ---------------------------------------------------------------------------------

SLOW = b"User-agent: *\nCrawl-delay: 0.25\nDisallow: /private/\nSitemap: https://x.example/s.xml"


@pytest.fixture(scope="module")
def pace() -> Iterator[tuple[Loopback, Told]]:
    story = slowly(reply(body=b"halo"), seconds=0.05)
    routes = {"/robots.txt": reply(body=SLOW), **{f"/{n}": story for n in range(4)}}
    with serve({**routes, "/0": redirect("/1"), "/private/a": reply()}) as running:
        urls = [f"{running.url}/{path}" for path in (0, 1, 2, 3, "private/a")]
        outlet = Outlet(slug="uji", name="Uji", url=running.url)
        yield running, probe(Ask(urls=urls, outlet=outlet, crawl={"delay": 0.05}))


def test_crawl_delay_lies_between_any_two_requests(pace: tuple[Loopback, Told]) -> None:
    times = [hit.began for hit in pace[0].hits]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(gaps) == 5
    # the server notices a request a little late when the machine is busy: one gap may look short
    assert min(gaps) >= 0.1
    assert sum(gaps) >= 0.24 * len(gaps)


def test_one_request_at_a_time(pace: tuple[Loopback, Told]) -> None:
    assert {hit.in_flight for hit in pace[0].hits} == {1}


def test_what_robots_forbid_is_not_asked_for(pace: tuple[Loopback, Told]) -> None:
    server, told = pace
    assert told.saw[f"{server.url}/private/a"].error == "RobotsForbidden"
    assert server.asked("/private/a") == []


def test_sitemaps_of_robots_reach_the_spider(pace: tuple[Loopback, Told]) -> None:
    (robots,) = pace[1].robots.values()
    assert robots[2] == ("https://x.example/s.xml",)


def test_long_crawl_delay_is_recorded_and_cut() -> None:
    routes = {
        "/robots.txt": reply(body=b"User-agent: *\nCrawl-delay: 900"),
        "/a": reply(body=b"halo"),
        "/b": reply(body=b"halo"),
    }
    with serve(routes) as server:
        told = probe(
            Ask(
                urls=[f"{server.url}/a", f"{server.url}/b"],
                outlet=Outlet(slug="uji", name="Uji", url=server.url),
                crawl={"max_crawl_delay": "0.2s"},
            )
        )
    assert [saw.error for saw in told.saw.values()] == ["", ""]
    assert [robots[3] for robots in told.robots.values()] == [900]
    # the server may note the first of the two late; without a delay it would be a few milliseconds
    assert server.hits[2].began - server.hits[1].began >= 0.1
