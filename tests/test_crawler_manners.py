"""The judge of manners sees every kind of breach: otherwise its zeros would prove nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from manners import Manners, Robots, manners, robots_of

from crawler.demo import Request

START = datetime(2026, 9, 10, 14, tzinfo=UTC)
HOST = "media-uji.example"
RULES = robots_of(
    200,
    b"User-agent: *\nDisallow: /tag/\nCrawl-delay: 2\n",
    url=f"https://{HOST}/robots.txt",
)


def asked(path: str, *, at: float, lasts: float = 0.1, **told: object) -> Request:
    values = {
        "host": HOST, "path": path, "method": "GET", "status": 200,
        "started": at, "ended": at + lasts,
        "started_at": START + timedelta(seconds=at),
        "ended_at": START + timedelta(seconds=at + lasts),
        "if_none_match": "", "if_modified_since": "", "user_agent": "Kliping",
        "accept_encoding": "gzip", "night": 1,
    }  # fmt: skip
    return Request(**values | told)


def judged(*requests: Request, robots: Robots = RULES, **told: object) -> Manners:
    return manners(requests, robots={(HOST, 1): robots}, **told)


def test_polite_crawl_has_no_breach():
    found = judged(asked("/robots.txt", at=0), asked("/satu/", at=0.2), asked("/dua/", at=2.4))
    assert found.breaches() == []


def test_forbidden_path_is_a_breach():
    assert judged(asked("/tag/asn/", at=0)).robots == [f"night 1: https://{HOST}/tag/asn/"]


def test_everything_is_forbidden_behind_a_broken_robots():
    broken = robots_of(503, b"", url=f"https://{HOST}/robots.txt")
    found = judged(asked("/robots.txt", at=0), asked("/satu/", at=9), robots=broken)
    assert len(found.robots) == 1


def test_missing_robots_allow_everything():
    missing = robots_of(404, b"Disallow: /", url=f"https://{HOST}/robots.txt")
    assert judged(asked("/tag/asn/", at=0), robots=missing).robots == []


def test_rules_behind_the_limit_bind_nobody():
    long = b"#" * 600_000 + b"\nUser-agent: *\nDisallow: /\n"
    found = judged(asked("/satu/", at=0), robots=robots_of(200, long, url=f"https://{HOST}/"))
    assert found.robots == []


def test_hasty_request_is_a_breach():
    found = judged(asked("/satu/", at=0), asked("/dua/", at=1.5))
    assert len(found.crawl_delay) == 1


def test_two_requests_at_once_are_a_breach():
    assert len(judged(asked("/satu/", at=0, lasts=5), asked("/dua/", at=4)).at_once) == 1


@pytest.mark.parametrize(
    "wanted", ["60", "Thu, 10 Sep 2026 14:01:00 GMT"], ids=["seconds", "a date"]
)
def test_early_return_is_a_breach(wanted: str):
    busy = asked("/satu/", at=0, status=503, retry_after=wanted)
    assert len(judged(busy, asked("/dua/", at=30)).retry_after) == 1
    assert judged(busy, asked("/dua/", at=61)).retry_after == []


def test_bait_is_a_breach():
    assert len(judged(asked("/rss", at=0), bait=["/rss"]).forbidden) == 1


def test_second_full_fetch_of_a_page_counts_against_us():
    page = f"https://{HOST}/satu"
    first = asked("/satu/", at=0, has_validators=True)
    requests = (first, asked("/satu/", at=9), asked("/dua/", at=19))
    assert judged(*requests, pages=[page]).conditional.ratio == 0


def test_conditional_request_counts_for_us():
    page = f"https://{HOST}/satu"
    first = asked("/satu/", at=0, has_validators=True)
    again = asked("/satu/", at=9, status=304, if_none_match='"x"')
    assert judged(first, again, pages=[page]).conditional.ratio == 1
