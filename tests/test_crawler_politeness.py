"""Retry-After, 429 and 503: waiting when told to, leaving when told to stay away."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from crawlprobe import Ask, Told, probe
from hypothesis import given
from hypothesis import strategies as st
from loopback import Handler, Loopback, in_turn, reply, serve

from archive.types import Outlet
from crawler.politeness import retry_after

NOW = datetime(2024, 9, 1, 12, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("0", timedelta()),
        ("120", timedelta(seconds=120)),
        (" 120 ", timedelta(seconds=120)),
        ("604800", WEEK),
        ("604801", WEEK),
        ("9" * 400, WEEK),
        ("Sun, 01 Sep 2024 12:05:00 GMT", timedelta(minutes=5)),
        ("Sunday, 01-Sep-24 12:05:00 GMT", timedelta(minutes=5)),
        ("Sun Sep  1 12:05:00 2024", timedelta(minutes=5)),
        ("Sun, 01 Sep 2024 19:05:00 +0700", timedelta(minutes=5)),
        ("Sun, 01 Sep 2024 11:00:00 GMT", timedelta()),
        ("Tue, 01 Oct 2030 12:00:00 GMT", WEEK),
    ],
)
def test_retry_after_is_read(value: str, wait: timedelta) -> None:
    assert retry_after(value, NOW) == wait


@pytest.mark.parametrize(
    "value", ["", "-5", "1.5", "besok", "5 menit", "٣", "Sun, 41 Sep 2024 12:05:00 GMT", "\x00"]
)
def test_junk_is_no_wait(value: str) -> None:
    assert retry_after(value, NOW) is None


@given(st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ [\d:]+ \w+"))
def test_any_text_gives_a_wait_within_a_week_or_none(value: str) -> None:
    wait = retry_after(value, NOW)
    assert wait is None or timedelta() <= wait <= WEEK


@given(st.integers(-(10**9), 10**9))
def test_any_date_gives_the_time_until_then(seconds: int) -> None:
    moment = NOW + timedelta(seconds=seconds)
    expected = min(max(moment - NOW, timedelta()), WEEK)
    assert retry_after(format_datetime(moment, usegmt=True), NOW) == expected


# -- in a crawl ----------------------------------------------------------------------------

STORY = reply(body=b"halo")


def busy_until_soon(handler: Handler) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=2)
    reply(503, headers={"Retry-After": format_datetime(moment, usegmt=True)})(handler)


@pytest.fixture(scope="module")
def outlet() -> Iterator[Loopback]:
    routes = {
        "/soon": in_turn(reply(429, headers={"Retry-After": "1"}), STORY),
        "/dated": in_turn(busy_until_soon, STORY),
        "/stubborn": reply(429, headers={"Retry-After": "0"}),
        "/mute": in_turn(reply(503), STORY),
        "/mute-always": reply(429, headers={"Retry-After": "entah"}),
        "/later": reply(503, headers={"Retry-After": "3600"}),
        "/after": STORY,
    }
    with serve(routes) as server:
        yield server


@pytest.fixture(scope="module")
def told(outlet: Loopback) -> Told:
    names = ["soon", "dated", "stubborn", "mute", "mute-always", "later", "after"]
    return probe(
        Ask(
            urls=[f"{outlet.url}/{name}" for name in names],
            outlet=Outlet(slug="uji", name="Uji", url=outlet.url),
            crawl={"delay": 0.05},
        )
    )


def pause(outlet: Loopback, target: str) -> float:
    first, second = outlet.asked(target)
    return second.began - first.began


@pytest.mark.parametrize("name", ["soon", "dated", "mute"])
def test_short_wait_is_waited_out_and_the_page_read(
    told: Told, outlet: Loopback, name: str
) -> None:
    assert [page.status for page in told.saw[f"{outlet.url}/{name}"].pages] == [200]


def test_seconds_are_waited(told: Told, outlet: Loopback) -> None:
    assert pause(outlet, "/soon") >= 1


def test_date_is_waited_for(told: Told, outlet: Loopback) -> None:
    assert pause(outlet, "/dated") >= 1  # the header has whole seconds


def test_without_a_time_five_delays_are_waited(told: Told, outlet: Loopback) -> None:
    assert pause(outlet, "/mute") >= 0.25


def test_nothing_else_is_asked_for_while_waiting(told: Told, outlet: Loopback) -> None:
    targets = [hit.target for hit in outlet.hits]
    assert targets[:7] == ["/robots.txt", "/soon", "/soon", "/dated", "/dated", "/stubborn",
                           "/stubborn"]  # fmt: skip


@pytest.mark.parametrize("name", ["stubborn", "mute-always"])
def test_second_refusal_is_the_answer(told: Told, outlet: Loopback, name: str) -> None:
    assert [page.status for page in told.saw[f"{outlet.url}/{name}"].pages] == [429]
    assert len(outlet.asked(f"/{name}")) == 2


def test_long_wait_is_told_to_the_spider(told: Told, outlet: Loopback) -> None:
    ((moment, reason),) = told.holds
    fetched_at = told.saw[f"{outlet.url}/later"].last.fetched_at
    assert timedelta(seconds=3590) < moment - fetched_at < timedelta(seconds=3610)
    assert "503" in reason


def test_long_wait_ends_the_crawl(told: Told, outlet: Loopback) -> None:
    assert told.saw[f"{outlet.url}/later"].last.status == 503
    assert told.saw[f"{outlet.url}/after"].error == "OnHold"
    assert (len(outlet.asked("/later")), outlet.asked("/after")) == (1, [])
