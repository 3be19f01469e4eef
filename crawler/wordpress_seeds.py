"""Where a WordPress outlet lists its stories when REST is closed. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from archive.urls import absolute_url, canonical_url

__all__ = [
    "WordPressSeeds",
    "feed_url",
    "index_url",
    "month_archives",
    "seed_urls",
    "story_address",
]

# Yoast and Rank Math, then core (since 5.5), then what other plugins and hosts write
_SITEMAPS = ("/sitemap_index.xml", "/wp-sitemap.xml", "/sitemap.xml")


@dataclass(frozen=True)
class WordPressSeeds:
    """First addresses of each kind of seed, in the order in which they are tried."""

    feeds: tuple[str, ...]
    """The main feed, then those of tags and categories; each has further pages."""
    sitemaps: tuple[str, ...]
    """The same list by several plugins: the first that answers is enough."""
    indexes: tuple[str, ...]
    """The front page, then the pages of tags and categories; each has further pages."""


def seed_urls(base: str, *, archives: Iterable[str] = ()) -> WordPressSeeds:
    """The seeds of the outlet at `base`; `archives` are paths such as `tag/netralitas-asn`."""
    under = ("", *archives)
    return WordPressSeeds(
        feeds=tuple(feed_url(base, archive=archive) for archive in under),
        sitemaps=tuple(_below(base, path) for path in _SITEMAPS),
        indexes=tuple(index_url(base, archive=archive) for archive in under),
    )


def feed_url(base: str, *, archive: str = "", page: int = 1) -> str:
    """The address of page `page` of the outlet's feed, or of the feed of a tag or category."""
    paged = f"?paged={page}" if page > 1 else ""
    return _below(base, f"{_path(archive)}/feed/{paged}")


def index_url(base: str, *, archive: str = "", page: int = 1) -> str:
    """The address of page `page` of the front page, or of the page of a tag or category."""
    paged = f"page/{page}/" if page > 1 else ""
    return _below(base, f"{_path(archive)}/{paged}")


def month_archives(since: datetime, until: datetime, *, zone: str) -> tuple[str, ...]:
    """The paths of the archives of the months from `since` up to `until`, newest first.

    A path is like `2026/03`. WordPress files a story under the month that it has in the outlet's
    `zone`, an IANA name.
    """
    local = ZoneInfo(zone)
    first = since.astimezone(local).replace(day=1)
    day = (until - timedelta(microseconds=1)).astimezone(local).replace(day=1)
    found = []
    while (day.year, day.month) >= (first.year, first.month):
        found.append(f"{day:%Y/%m}")
        day = (day - timedelta(days=1)).replace(day=1)
    return tuple(found)


def story_address(canonical: str, *, base: str) -> str:
    """Where to ask for a story of which only the canonical URL is known.

    That has neither the `www.` without which some outlets do not answer, nor the slash that ends
    most permalinks; where a permalink has none, WordPress redirects.
    """
    found, home = urlsplit(canonical), urlsplit(base)
    if found.netloc == urlsplit(canonical_url(base)).netloc:
        found = found._replace(scheme=home.scheme, netloc=home.netloc)
    last = found.path.rpartition("/")[2]
    if last and "." not in last:
        found = found._replace(path=f"{found.path}/")
    return urlunsplit(found)


def _path(archive: str) -> str:
    path = archive.strip("/")
    return f"/{path}" if path else ""


def _below(base: str, path: str) -> str:
    return absolute_url(f"{base.rstrip('/')}{path}", base=base)
