"""Trap sites whose sitemaps are wrong; they have no feeds."""

import gzip
from datetime import timedelta
from functools import cache

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.reply import Asked, Reply
from crawler.demo.traps.seeds_parts import (
    filler,
    is_feed,
    is_sitemap,
    nothing,
    robots_reply,
    sitemap_index,
    urlset,
    xml_reply,
)
from crawler.demo.traps.trap import Trap, trap

__all__ = ["LABELS", "TRAPS"]

_ADDRESSES = 50_000
_SITEMAPS = 5_000
_LIARS = 1_200
_QUICK = robots_reply("User-agent: *", "Disallow: /private/")
"""Without a Crawl-delay: hundreds of pages are asked for."""


def _labelled(name: str, edition: Edition) -> Reply:
    """One story and one page off the topic, in one of the wrappings that servers make of `.gz`."""
    number = list(LABELS).index(name)
    url, posts = edition.site.outlet.url, edition.live
    day = posts[0].published_at.isoformat()
    post = posts[number % len(posts)]
    plain = urlset([(f"{url}{post.path}", day), (f"{url}/cuaca-{number}/", day)])
    kind, coding, layers = LABELS[name]
    body = plain
    for _ in range(layers):
        body = gzip.compress(body, mtime=0)
    headers = (("Content-Type", kind), *((("Content-Encoding", coding),) if coding else ()))
    return Reply(body=body, headers=headers, raw=True)


LABELS = {
    "gzip": ("application/gzip", "", 1),
    "x-gzip": ("application/x-gzip", "", 1),
    "coded": ("application/xml", "gzip", 1),
    "coded-twice": ("application/x-gzip", "gzip", 2),
    "plain": ("application/gzip", "", 0),
    "plain-called-coded": ("application/xml", "gzip", 0),
    "twice": ("application/gzip", "", 2),
    "html": ("text/html; charset=UTF-8", "", 1),
}
"""Name of a sitemap -> its content type, its content coding, and how often it is gzipped."""


def _labels(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """An index sent as HTML, of sitemaps gzipped in every way."""
    del config
    url = edition.site.outlet.url
    if is_feed(asked):
        return nothing(edition)
    if asked.path == edition.site.sitemap:
        index = sitemap_index(f"{url}/peta-{name}.xml.gz" for name in LABELS)
        return xml_reply(b"\n" + index, kind="text/html")
    name = asked.path.removeprefix("/peta-").removesuffix(".xml.gz")
    if name in LABELS:
        return _labelled(name, edition)
    return _weather(edition, asked)


def _weather(edition: Edition, asked: Asked) -> Reply | None:
    """A page off the topic where one is listed."""
    name, _, number = asked.path.strip("/").partition("-")
    return filler(edition, int(number)) if name == "cuaca" and number.isdecimal() else None


@cache
def _life(url: str, *, day: str = "", count: int = _ADDRESSES) -> tuple[tuple[str, str], ...]:
    return tuple((f"{url}/cuaca-{number}/", day) for number in range(count))


def _listed(edition: Edition, asked: Asked) -> Reply | None:
    """Where no sitemap is asked for: the rest of a site without feeds."""
    if asked.path == "/robots.txt":
        return _QUICK
    if is_feed(asked) or is_sitemap(asked):
        return nothing(edition)
    return _weather(edition, asked)


def _large(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """Fifty thousand addresses, all dated: only three were changed lately."""
    del config
    if asked.path != edition.site.sitemap:
        return _listed(edition, asked)
    url = edition.site.outlet.url
    rows = list(_life(url, day="2021-03-04T05:06:07+00:00"))
    for place, post in zip((0, _ADDRESSES // 2, _ADDRESSES - 1), edition.live, strict=True):
        rows[place] = (f"{url}{post.path}", post.modified_at.isoformat())
    return xml_reply(urlset(rows))


def _undated(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """Fifty thousand addresses without a date; the newest story joins them on the second night."""
    del config
    if asked.path != edition.site.sitemap:
        return _listed(edition, asked)
    url = edition.site.outlet.url
    newest, *others = [(f"{url}{post.path}", "") for post in edition.live]
    rows = [others[0], *_life(url), others[1]] + ([newest] if edition.night > 1 else [])
    return xml_reply(urlset(rows))


def _nested(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """Three levels of indexes that list themselves and each other, and one of 5,000 sitemaps."""
    del config
    url, posts = edition.site.outlet.url, edition.live
    found = _indexes(url).get(asked.path)
    if found:
        return xml_reply(found)
    stories = {
        # a namespace of nobody; a news sitemap without news; the last of five thousand
        "/lapis-3.xml": urlset([(f"{url}{posts[0].path}", "")], schema="http://peta.example/0.9"),
        "/berita-peta.xml": urlset([(f"{url}{posts[1].path}", "")]),
        f"/ribuan-{_SITEMAPS - 1}.xml": urlset([(f"{url}{posts[2].path}", "")]),
    }
    if asked.path in stories:
        return xml_reply(stories[asked.path])
    if asked.path.startswith("/ribuan-"):
        number = int(asked.path.removeprefix("/ribuan-").removesuffix(".xml"))
        return xml_reply(urlset([(f"{url}/arsip-{number}/", "2020-01-01T00:00:00+00:00")]))
    return _listed(edition, asked)


@cache
def _indexes(url: str) -> dict[str, bytes]:
    """Path -> index."""
    above, below = f"{url}/sitemap_index.xml", f"{url}/lapis-2.xml"
    return {
        "/sitemap_index.xml": sitemap_index([above, below, f"{url}/berita-peta.xml"]),
        "/lapis-2.xml": sitemap_index([above, f"{url}/lapis-3.xml", f"{url}/ribuan.xml", below]),
        "/ribuan.xml": sitemap_index(f"{url}/ribuan-{n}.xml" for n in range(_SITEMAPS)),
    }


def _lying(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """Everything was changed in 1970; a year from now; today, night after night; long ago."""
    del config
    if asked.path != edition.site.sitemap:
        return _listed(edition, asked)
    url = edition.site.outlet.url
    days = ("1970-01-01T00:00:00+00:00", (asked.now + timedelta(days=365)).isoformat(),
            asked.now.isoformat(), "2019-05-01T00:00:00+00:00")  # fmt: skip
    day = days[min(edition.night, 4) - 1]
    stories = [(f"{url}{post.path}", day) for post in edition.live[4 - edition.night :]]
    rows = [*_life(url, day=day, count=_LIARS), *stories]
    return xml_reply(urlset(rows))


TRAPS: tuple[Trap, ...] = (
    trap("peta-berlabel", _labels),
    trap("peta-besar", _large),
    trap("peta-tanpa-tanggal", _undated, status_kinds=("seed",)),
    trap("peta-berlapis", _nested, status_kinds=("seed",)),
    trap("peta-bohong", _lying, status_kinds=("seed",)),
)
