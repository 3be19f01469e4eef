"""What the spider gets for each answer of an outlet: every exchange, as it was sent."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import brotli
import pytest
from crawlprobe import Ask, Told, probe
from hypothesis import given
from hypothesis import strategies as st
from loopback import Loopback, in_turn, raw, redirect, reply, serve

from archive.types import Outlet, Page
from crawler.capture import with_page

LIMIT = 200_000
STORY = b"<html><body><p>Bawaslu mengingatkan ASN agar netral.</p></body></html>" * 20
PACKED = gzip.compress(STORY)
BOMB = gzip.compress(bytes(20 * LIMIT))
ETAG = '"abc"'

# every answer that a route below gives, with the headers it is asked with
ASKED = {
    "gzip": {},
    "brotli": {},
    "bomb": {},
    "announced": {},
    "endless": {},
    "cut": {},
    "cut-once": {},
    "cut-chunked": {},
    "short-length": {},
    "closed": {},
    "empty": {},
    "unchanged": {"If-None-Match": ETAG},
    "moved": {"If-None-Match": ETAG, "If-Modified-Since": "Wed, 21 Oct 2015 07:28:00 GMT"},
    "loop": {},
    "itself": {},
    "broken": {},
    "broken-once": {},
    "forbidden": {},
    "gone": {},
    "nothing": {},
    "strange": {},
    "again": {},
}


def unchanged(handler):
    is_same = handler.headers.get("If-None-Match") == ETAG
    reply(304 if is_same else 200, b"" if is_same else STORY, {"ETag": ETAG})(handler)


def endless(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    for _ in range(3 * LIMIT // 1000):
        handler.wfile.write(b"x" * 1000)
    handler.close_connection = True


CUT = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + STORY[:500])
ROUTES = {
    "/gzip": reply(body=PACKED, headers={"Content-Encoding": "gzip"}),
    "/brotli": reply(body=brotli.compress(STORY), headers={"Content-Encoding": "br"}),
    "/bomb": reply(body=BOMB, headers={"Content-Encoding": "gzip"}),
    "/announced": reply(body=b"x" * (LIMIT + 1)),
    "/endless": endless,
    "/cut": CUT,
    "/cut-once": in_turn(CUT, reply(body=STORY)),
    "/cut-chunked": raw(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalo \r\n9\r\ndu"
    ),
    "/short-length": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + STORY),
    "/closed": raw(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + STORY),
    "/empty": reply(),
    "/unchanged": unchanged,
    "/moved": redirect("/moved/on", 301),
    "/moved/on": redirect("/moved/there", 308),
    "/moved/there": unchanged,
    "/loop": redirect("/loop/back"),
    "/loop/back": redirect("/loop"),
    "/itself": in_turn(redirect("/itself"), reply(body=STORY)),
    "/broken": reply(500, b"rusak"),
    "/broken-once": in_turn(reply(502, b"rusak"), reply(body=STORY)),
    "/forbidden": reply(403, b"tidak boleh"),
    "/gone": reply(410, b"sudah dihapus"),
    "/nothing": raw(b""),
    "/strange": raw(
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nno colon here\r\n"
        b"X-Redaksi: Kalimantan \xc3\xa9\r\nContent-Length: 4\r\n\r\nhalo"
    ),
    "/again": reply(body=STORY, headers={"Set-Cookie": "sesi=1"}),
}


@pytest.fixture(scope="module")
def outlet() -> Iterator[Loopback]:
    with serve(ROUTES) as server:
        yield server


@pytest.fixture(scope="module")
def told(outlet: Loopback) -> Told:
    headers = {f"{outlet.url}/{name}": value for name, value in ASKED.items()}
    return probe(
        Ask(
            urls=list(headers),
            headers=headers,
            outlet=Outlet(slug="uji", name="Uji", url=outlet.url, network="jaringan"),
            crawl={"page_limit": LIMIT, "contact": "https://example.org/kliping", "timeout": "5s"},
        )
    )


@pytest.fixture
def saw(told: Told, outlet: Loopback, request: pytest.FixtureRequest):
    return told.saw[f"{outlet.url}/{request.param}"]


def of(name: str):
    return pytest.mark.parametrize("saw", [name], indirect=True)


def test_every_address_came_back(told: Told, outlet: Loopback) -> None:
    assert set(told.saw) == {f"{outlet.url}/{name}" for name in ASKED}


@of("gzip")
def test_gzip_stays_compressed(saw) -> None:
    assert saw.last.body == PACKED
    assert saw.last.header("Content-Encoding") == "gzip"
    assert saw.last.header("Content-Length") == str(len(saw.last.body))


@of("brotli")
def test_brotli_sent_unasked_stays_as_it_came(saw) -> None:
    assert saw.last.body == brotli.compress(STORY)


@of("bomb")
def test_gzip_bomb_is_not_unpacked(saw) -> None:
    assert (saw.last.body, saw.last.truncated) == (BOMB, "")


@of("announced")
def test_body_announced_over_the_limit_is_not_fetched(saw) -> None:
    assert (saw.last.status, saw.last.body, saw.last.truncated) == (200, b"", "length")


@of("endless")
def test_body_that_grows_over_the_limit_is_cut_there(saw) -> None:
    assert (saw.last.body, saw.last.truncated) == (b"x" * LIMIT, "length")


@pytest.mark.parametrize("name", ["announced", "endless", "forbidden", "gone", "again"])
def test_asked_for_once(outlet: Loopback, told: Told, name: str) -> None:
    assert len(outlet.asked(f"/{name}")) == 1


@of("cut")
def test_cut_body_is_kept_and_marked(saw) -> None:
    assert [(page.body, page.truncated) for page in saw.pages] == [(STORY[:500], "disconnect")]


@of("cut-chunked")
def test_cut_chunks_are_kept_and_marked(saw) -> None:
    assert (saw.last.body, saw.last.truncated) == (b"halo du", "disconnect")


@of("cut-once")
def test_cut_body_is_asked_for_once_more(saw) -> None:
    assert [(page.body, page.truncated) for page in saw.pages] == [(STORY, "")]


@of("short-length")
def test_body_ends_where_content_length_says(saw) -> None:
    assert saw.last.body == STORY[:5]


@of("closed")
def test_body_without_length_is_not_called_cut(saw) -> None:
    assert (saw.last.body, saw.last.truncated) == (STORY, "")


@of("empty")
def test_empty_body_is_an_answer(saw) -> None:
    assert (saw.last.status, saw.last.body, saw.error) == (200, b"", "")


@of("unchanged")
def test_not_modified_has_no_invented_length(saw) -> None:
    assert (saw.last.status, saw.last.body, saw.last.header("Content-Length")) == (304, b"", "")
    assert saw.last.header("ETag") == ETAG


@of("moved")
def test_redirects_are_kept_in_order(saw, outlet: Loopback) -> None:
    assert [(page.url.removeprefix(outlet.url), page.status) for page in saw.pages] == [
        ("/moved", 301),
        ("/moved/on", 308),
        ("/moved/there", 200),
    ]


@of("moved")
def test_conditions_do_not_follow_a_redirect(saw, outlet: Loopback) -> None:
    assert saw.last.body == STORY
    assert "if-modified-since" in outlet.asked("/moved")[0].headers
    assert "if-modified-since" not in outlet.asked("/moved/there")[0].headers


@of("loop")
def test_redirect_loop_ends(saw) -> None:
    assert (saw.error, saw.kind) == ("TooManyRedirects", "redirect-loop")
    assert [page.status for page in saw.pages] == [302] * 11


@of("itself")
def test_redirect_to_itself_is_followed(saw) -> None:
    assert [page.status for page in saw.pages] == [302, 200]


@of("broken")
def test_server_error_is_tried_three_times_and_kept_once(saw, outlet: Loopback) -> None:
    assert [(page.status, page.body) for page in saw.pages] == [(500, b"rusak")]
    assert len(outlet.asked("/broken")) == 3


@of("broken-once")
def test_good_retry_takes_the_place_of_the_failure(saw) -> None:
    assert [page.status for page in saw.pages] == [200]


@of("nothing")
def test_connection_closed_without_an_answer_is_an_error(saw, outlet: Loopback) -> None:
    assert (saw.error, saw.pages) == ("DownloadFailedError", ())
    assert len(outlet.asked("/nothing")) == 3


@of("strange")
def test_headers_are_kept_as_byte_pairs(saw) -> None:
    assert (b"Set-Cookie", b"a=1") in saw.last.headers
    assert (b"Set-Cookie", b"b=2") in saw.last.headers
    assert (b"X-Redaksi", b"Kalimantan \xc3\xa9") in saw.last.headers


@of("again")
def test_request_is_kept_as_it_was_sent(saw, outlet: Loopback) -> None:
    sent = {name.decode().lower(): value.decode() for name, value in saw.last.request_headers}
    on_the_wire = outlet.asked("/again")[0].headers
    assert sent == on_the_wire


def test_we_say_who_we_are_and_ask_for_gzip_only(outlet: Loopback, told: Told) -> None:
    headers = outlet.asked("/again")[0].headers
    assert headers["user-agent"].startswith(
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Kliping/"
    )
    assert headers["user-agent"].endswith(" (+https://example.org/kliping)")
    assert headers["accept-encoding"] == "gzip"


def test_no_cookie_and_no_referrer_is_sent(outlet: Loopback, told: Told) -> None:
    assert not [hit for hit in outlet.hits if {"cookie", "referer"} & set(hit.headers)]


@of("gzip")
def test_page_names_the_server_and_the_time(saw) -> None:
    assert (saw.last.ip_address, saw.last.tls) == ("127.0.0.1", "")
    assert saw.last.fetched_at.tzinfo == UTC


def test_recorder_gets_every_exchange(told: Told, outlet: Loopback) -> None:
    answered = [hit for hit in outlet.hits if hit.target != "/nothing"]
    assert [page.url for page in told.recorded] == [outlet.url + hit.target for hit in answered]
    assert told.recorded[0].url.endswith("/robots.txt")


def page(url: str, status: int = 200, truncated: str = "") -> Page:
    moment = datetime(2024, 9, 1, tzinfo=UTC)
    return Page(url=url, status=status, body=b"", fetched_at=moment, truncated=truncated)


@given(st.lists(st.builds(page, st.sampled_from("ab"), st.sampled_from([200, 301, 503]))))
def test_chain_never_holds_a_failure_beside_its_retry(pages: list[Page]) -> None:
    chain: tuple[Page, ...] = ()
    for each in pages:
        chain = with_page(chain, each)
    beside = [one for one, two in pairwise(chain) if one.status == 503 and one.url == two.url]
    assert beside == []
    assert [each for each in chain if each.status != 503] == [p for p in pages if p.status != 503]


def test_chains_share_nothing() -> None:
    first = with_page((), page("a", 301))
    assert with_page(first, page("b")) != with_page(first, page("c"))
    assert len(first) == 1
