"""Trap sites whose feeds are wrong; nothing else of theirs lists stories, unless it says so."""

import re
from datetime import timedelta
from functools import cache

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.reply import Asked, Reply, html_reply, redirect
from crawler.demo.traps.seeds_parts import (
    LONG,
    entry,
    feed_reply,
    is_feed,
    is_sitemap,
    nothing,
    robots_reply,
    rss,
    xml_reply,
)
from crawler.demo.traps.trap import Trap, trap

__all__ = ["TRAPS"]

_OLD = "Mon, 06 Jan 2020 08:00:00 +0000"
_BOM = b"\xef\xbb\xbf"
_KINDS = ("text/html; charset=UTF-8", "application/octet-stream", "", "image/png")
"""Content type of the feed, night by night; '': none at all."""
_ENTRIES = 10_000
_VARIANTS = 1_000


def _dirty(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """Links in every form, entries without dates, with one date and with future ones, one guid."""
    del config
    host = edition.site.host
    if asked.path == "/pindah/":
        return redirect(f"https://{host}/{'jauh-' * (LONG // 5)}/")
    if is_sitemap(asked) or asked.value("paged"):
        return nothing(edition)
    if asked.path != "/feed/":
        return nothing(edition) if is_feed(asked) else None
    paths = [post.path for post in edition.live]
    same = f"https://{host}/?p=1"
    ahead = asked.now + timedelta(days=400)
    burnt = f"<feedburner:origLink>https://{host}{paths[2]}</feedburner:origLink>"
    entries = [
        entry("https://iklan.example/klik?kampanye=1", guid=same),
        entry(paths[0], guid=same),
        entry(f"{host}{paths[1]}", date=ahead, guid=same),
        entry("https://feedproxy.example/~r/kabar/1", date=asked.now, guid=same, more=burnt),
        entry("//iklan.example/klik", date=_OLD, guid=same),
        entry("javascript:void(0)"),
        entry("mailto:redaksi@iklan.example"),
        entry(f"https://{host}/{'panjang-' * (LONG // 8)}/"),
        entry(f"https://{host}/pindah/", date=asked.now),
        entry(f"https://{host}/kabar-lama/", date=_OLD, guid=same),
    ]
    body = _BOM + b"\n\n " + rss(entries)
    kind = _KINDS[(edition.night - 1) % len(_KINDS)]
    return xml_reply(body, kind=kind) if kind else Reply(body=body)


def _huge(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """Ten thousand entries, the site's whole life; the stories are the first, middle and last."""
    del config
    if is_sitemap(asked) or asked.value("paged"):
        return nothing(edition)
    if asked.path != "/feed/":
        return nothing(edition) if is_feed(asked) else None
    entries = list(_life(edition.site.outlet.url))
    for place, post in zip((0, _ENTRIES // 2, _ENTRIES - 1), edition.live, strict=True):
        entries[place] = entry(f"{edition.site.outlet.url}{post.path}", date=post.published_at)
    return feed_reply(entries)


@cache
def _life(url: str) -> tuple[str, ...]:
    return tuple(entry(f"{url}/arsip-{n}/", date=_OLD) for n in range(_ENTRIES))


def _moody(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """Cut, HTML, without entries, of no bytes: night by night, always under the same ETag.

    Only its sitemap tells more, on the first night; on the third nothing lists anything.
    """
    del config
    if is_sitemap(asked):
        return None if edition.night == 1 else nothing(edition)
    if not is_feed(asked):
        is_bare = edition.night == 3 and re.match(r"/(?:$|tag/|category/)", asked.path)
        return html_reply("<p>Kabar pagi menyusul.</p>") if is_bare else None
    if asked.path != "/feed/" or asked.value("paged"):
        return nothing(edition)
    if asked.headers.get("if-none-match") == '"tetap"':
        return Reply(status=304, headers=(("ETag", '"tetap"'),))
    if edition.night == 1:
        return _tagged(_cut_feed(edition))
    return _MOODS[min(edition.night, 4)]


def _cut_feed(edition: Edition) -> bytes:
    """It breaks off in the second story, behind an old one that is pinned to the top."""
    url, posts = edition.site.outlet.url, edition.live
    sticky = entry(f"{url}/tentang-pilkada/", date=_OLD)
    whole = rss([sticky, *(entry(f"{url}{p.path}", date=p.published_at) for p in posts)])
    return whole[: whole.index(b"<item>", whole.index(posts[0].path.encode())) + 30]


def _tagged(body: bytes) -> Reply:
    headers = (("Content-Type", "application/rss+xml"), ("ETag", '"tetap"'))
    return Reply(body=body, headers=headers, raw=True)


_MOODS = {
    2: html_reply("<!doctype html><html><body><h1>Kabar</h1></body></html>"),
    3: _tagged(rss([])),
    4: _tagged(b""),
}


def _thousand(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """A feed of a thousand links that are one story, under every tracking mark and twin."""
    del config
    if asked.path == "/robots.txt":
        return robots_reply("User-agent: *", "Disallow:")
    if is_sitemap(asked) or asked.value("paged"):
        return nothing(edition)
    if asked.path != "/feed/":
        return nothing(edition) if is_feed(asked) else None
    first, *others = edition.live
    url, host = edition.site.outlet.url, edition.site.host
    starts = (url, f"http://{host}", f"https://www.{host}", f"{url}:443", f"http://m.{host}")
    ends = ("?utm_source=rss&amp;utm_campaign={n}", "?fbclid={n}", "?gclid={n}#komentar-{n}",
            "amp/?ref=rss&amp;utm_term={n}", "?m=1&amp;igsh={n}")  # fmt: skip
    links = (starts[n % 5] + first.path + ends[n // 5 % 5].format(n=n) for n in range(_VARIANTS))
    entries = [entry(link, date=first.published_at) for link in links]
    entries += [entry(f"{url}{post.path}", date=post.published_at) for post in others]
    return feed_reply([*entries, entry(f"{url}/kabar-lama/", date=_OLD)])


TRAPS: tuple[Trap, ...] = (
    trap("umpan-jorok", _dirty, status_kinds=("seed", "bad-address", "error")),
    trap("umpan-raksasa", _huge),
    trap("umpan-murung", _moody, status_kinds=("seed", "seeds")),
    trap("seribu-tautan", _thousand),
)
