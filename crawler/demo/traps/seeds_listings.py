"""Trap sites whose index pages, calendars and links never end."""

import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.pages import story_page
from crawler.demo.reply import Asked, Reply, html_reply
from crawler.demo.traps.seeds_parts import (
    LONG,
    entry,
    feed_reply,
    filler,
    is_feed,
    is_sitemap,
    link_page,
    nothing,
    robots_reply,
)
from crawler.demo.traps.trap import Trap, trap

__all__ = ["TRAPS"]

_SCHEMES = (
    "mailto:redaksi@harian.example",
    "javascript:void(0)",
    "data:text/html,<p>kabar</p>",
    "tel:+6281100000000",
    "whatsapp://send?text=kabar",
    "ftp://harian.example/kabar",
    "file:///etc/hostname",
    "blob:https://harian.example/1",
    "about:blank",
    "#komentar",
)
_PER_PAGE = 10
_FLOOD = 300
_QUICK = robots_reply("User-agent: *", "Disallow: /private/")


def _seedless(edition: Edition, asked: Asked) -> Reply | None:
    """No feeds, sitemaps, tags; no Crawl-delay."""
    if asked.path == "/robots.txt":
        return _QUICK
    is_archive = asked.path.startswith(("/tag/", "/category/"))
    return nothing(edition) if is_archive or is_feed(asked) or is_sitemap(asked) else None


def _calendar(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """Months for ever, queries that grow, a session id in every link; every page is the first."""
    del config
    years = asked.path.strip("/").split("/")
    if years[0].isdecimal():
        year, month = int(years[0]), int(years[1]) if len(years) > 1 else 1
        return link_page(edition, [f"/{year}/{month + 1:02d}/", f"/{year + 1}/{month:02d}/"])
    if asked.path == "/kalender/" or asked.value("month"):
        return link_page(edition, ["/?month=2031-01", "/kalender/?bulan=2031-02"], title="Kalender")
    shown = next((post for post in edition.live if post.path[:-1] == _plain_path(asked)), None)
    if shown:
        return html_reply(story_page(edition, shown))
    if asked.path != "/" and not asked.path.startswith("/page/"):
        return _seedless(edition, asked)
    session = hashlib.md5(f"{asked.path}{asked.views}".encode()).hexdigest()
    stories = [
        f"{post.path[:-1]};jsessionid={session.upper()}/?sid={session}" for post in edition.live
    ]
    grown = "&".join(["lihat=semua"] * (asked.views + 1))
    months = [f"/2026/{month:02d}/" for month in range(1, 13)]
    endless = [f"/?month=20{year}-01" for year in range(10, 60)]
    links = [f"/?{grown}", "/", f"/page/{edition.night + 1}/", f"/{'jauh-' * (LONG // 5)}/"]
    return link_page(edition, [*stories, *_SCHEMES, *links, *months, *endless])


def _plain_path(asked: Asked) -> str:
    return asked.path.partition(";")[0]


def _endless(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """Every page lists ten more stories and has a next one; ours are on the first three."""
    del config
    name, _, number = asked.path.strip("/").rpartition("-")
    if name == "cuaca" and number.isdecimal():
        return filler(edition, int(number))
    head, _, turn = asked.path.strip("/").partition("/")
    if asked.path != "/" and not (head == "page" and turn.isdecimal()):
        return _seedless(edition, asked)
    page = int(turn or 1)
    start = page * _PER_PAGE
    links = [f"/cuaca-{number}/" for number in range(start, start + _PER_PAGE)]
    links += [post.path for post in edition.live[page - 1 : page]]
    return link_page(edition, [*links, f"/page/{page + 1}/"])


def _flood(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """A day's flood off the topic, as large as `grown` says, above our stories; daily one more."""
    name, _, number = asked.path.strip("/").rpartition("-")
    if name == "cuaca" and number.isdecimal():
        return filler(edition, int(number))
    if asked.path != "/feed/" or asked.value("paged"):
        return _seedless(edition, asked)
    url, count = edition.site.outlet.url, config.grown or _FLOOD
    new = [f"{url}/cuaca-{count + night}/" for night in range(edition.night, 1, -1)]
    stories = (entry(f"{url}{post.path}", date=post.published_at) for post in edition.live)
    old = entry(f"{url}/arsip-lama/", date=asked.now - timedelta(days=400))
    return feed_reply(
        [*(entry(link, date=asked.now) for link in new), *_day(url, count), *stories, old]
    )


@cache
def _day(url: str, count: int) -> tuple[str, ...]:
    """The flood, newest first, ten seconds apart."""
    start = datetime.now(UTC) - timedelta(hours=1)
    return tuple(
        entry(f"{url}/cuaca-{number}/", date=start - timedelta(seconds=4 * (count - number)))
        for number in range(count, 0, -1)
    )


TRAPS: tuple[Trap, ...] = (
    trap("kalender-abadi", _calendar, status_kinds=("bad-address", "seed")),
    trap("halaman-tanpa-akhir", _endless, status_kinds=("seed",)),
    trap("banjir", _flood),
)
