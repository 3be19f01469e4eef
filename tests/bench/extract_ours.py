"""Kliping's reader as one more tool beside the others; see extract_child.py for what is spoken.

Modes: `generic` (an outlet never met, no rules), `thorough` (the same, best quality), `known`
(the outlet and its rules), `bytes` and `step` (is the page turned away before a reader sees it?).
"""

import json
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urlsplit

from extract_child import Found, bytes_of, serve
from extract_pages import SAVED

from archive.config import Settings
from archive.errors import CrawlError
from archive.types import Article, Outlet, Page
from archive.urls import same_outlet
from crawler.extract import extract
from crawler.outlets import known_spiders
from crawler.pipeline import Fetched, Pipeline
from crawler.rules import Rules
from crawler.topic import Topic

_FETCHED_AT = datetime(2026, 11, 1, tzinfo=UTC)
_LIMIT = 20_000_000
_HTML = ((b"Content-Type", b"text/html"),)


def _pages(asked: Found) -> list[Page]:
    moment = asked.get("fetched_at")
    fetched_at = datetime.fromisoformat(moment) if moment else _FETCHED_AT
    return [
        Page(url=url, status=200, body=bytes_of(file), fetched_at=fetched_at, headers=_HTML)
        for file, url in asked["pages"]
    ]


def _unknown(url: str) -> tuple[Outlet, Rules]:
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return Outlet(slug=host, name=host, url=f"{parts.scheme}://{parts.netloc}"), Rules()


@cache
def _outlets() -> list[tuple[Outlet, Rules]]:
    built_in = [(spider.outlet, spider.rules) for spider in known_spiders(Settings()).values()]
    facts = (file.read_text(encoding="utf-8") for file in sorted(SAVED.glob("*/outlet.json")))
    return built_in + [(Outlet(**json.loads(fact)), Rules()) for fact in facts]


def _known(url: str, slug: str = "") -> tuple[Outlet, Rules]:
    """The outlet of this name, else the one whose address it is, else one never met."""
    for outlet, rules in _outlets():
        if outlet.slug == slug if slug else same_outlet(url, outlet.url):
            return outlet, rules
    return _unknown(url)


def _outlet(asked: Found, mode: str) -> tuple[Outlet, Rules]:
    url = asked["pages"][0][1]
    return _known(url, asked.get("outlet", "")) if mode == "known" else _unknown(url)


def _told(article: Article, cpu: float) -> Found:
    return {
        "title": article.headline,
        "text": article.text,
        "authors": re.split(r"\s*[,;]\s*", article.byline),
        "published": article.published_at.isoformat() if article.published_at else "",
        "cpu": cpu,
    }


def reader(mode: str) -> Callable[[Found], Found]:
    """What reads a story in this mode."""
    is_thorough = mode == "thorough"

    def story(asked: Found) -> Found:
        pages = _pages(asked)
        outlet, rules = _outlet(asked, mode)
        started = time.process_time()
        try:
            article = extract(pages, rules=rules, outlet=outlet, thorough=is_thorough).article
        except CrawlError as error:
            cpu = time.process_time() - started
            return {"error": f"{type(error).__name__}: {error}", "cpu": cpu}
        cpu = time.process_time() - started
        return _told(article, cpu) | {"has_rules": bool(rules.body)}

    return story


def sieve(mode: str) -> Callable[[Found], Found]:
    """What turns pages away before a reader sees them, from their bytes on.

    `bytes` asks the byte filter alone, decoding included; `step` is all that the crawl does before
    it gives a page up: its words, and is it a challenge, a notice, a page that leads on, a story.
    """
    topic, config = Topic.load(), Settings().crawl

    def story(asked: Found) -> Found:
        pages = _pages(asked)
        outlet, rules = _outlet(asked, "known")
        crawl = Pipeline(
            outlet=outlet, rules_at=lambda _: rules, topic=topic, topic_file=None,
            readers=None, logbook=None,  # it has nothing read and writes nothing here
            page_limit=_LIMIT, confirm_after=config.confirm_after,
        )  # fmt: skip
        fetched = Fetched(url=pages[0].url, pages=pages, parts=pages)
        started = time.process_time()
        if mode == "step":
            is_away = crawl._is_off_topic(fetched)
        else:
            body = b"\n".join(crawl._body(page) for page in pages)
            is_away = not topic.may_hold(body)
        return {"turned_away": is_away, "cpu": time.process_time() - started}

    return story


if __name__ == "__main__":
    asked_for = sys.argv[1]
    is_sieve = asked_for in {"bytes", "step"}
    serve(sieve(asked_for) if is_sieve else reader(asked_for), forgive=False)
