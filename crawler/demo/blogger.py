"""A site on Blogger, and which answer it gives to a request. Pure.

Behaviour after Blogger's own documents (Data API 2.0, "Using" and "Reference") and its sites: feeds
under /feeds, a sitemap in pages, /search forbidden to robots, `?m=1` twins, no trailing slashes.
"""

import re
from dataclasses import replace
from datetime import datetime
from html import escape
from urllib.parse import quote
from zoneinfo import ZoneInfo

from archive.types import Outlet
from crawler.demo.blogger_feeds import feed
from crawler.demo.blogger_pages import list_page, missing_page, standing_page, story_page
from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.nights import Post
from crawler.demo.reply import Asked, Reply, html_reply
from crawler.demo.sites import Site

__all__ = ["JAWAPES", "blogger"]

JAWAPES = Site(
    outlet=Outlet(
        slug="jurnaljawapes",
        name="Jurnal Jawapes",
        url="https://jurnaljawapes.com",
        region="Jawa Timur",
        zone="Asia/Jakarta",
        platform="blogger",
    ),
    first_id=5210840617399020100,
    permalink="/{date:%Y/%m}/{slug}.html",
    theme="jurnaljawapes",
    # no ETag: the page that counts its readers has another one at every visit
    validators=("last-modified",),
    id_prefix="blogger",
)

_FRONT = 7
_PER_SITEMAP = 150
_XML = (("Content-Type", "application/xml; charset=UTF-8"),)
_TEXT = (("Content-Type", "text/plain; charset=UTF-8"),)


def blogger(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply:
    """The reply of one site on one night."""
    if asked.host.lower().startswith("www."):
        query = f"?{asked.query}" if asked.query else ""
        return _moved(f"{edition.site.outlet.url}{quote(asked.path)}{query}")
    if asked.path == "/robots.txt":
        return _robots(edition, config)
    reply = feed(edition, asked, config) if config.feeds else None
    if reply is None and config.sitemaps:
        reply = _sitemap(edition, asked)
    reply = reply or _listing(edition, asked) or _page(edition, asked)
    return reply or html_reply(missing_page(edition), 404)


def _moved(location: str) -> Reply:
    headers = (("Content-Type", "text/html; charset=UTF-8"), ("Location", location))
    return Reply(status=301, headers=headers)


def _robots(edition: Edition, config: NewsroomConfig) -> Reply:
    lines = ["User-agent: Mediapartners-Google", "Disallow: ", ""]
    lines += ["User-agent: *", "Disallow: /search", "Disallow: /share-widget", "Allow: /"]
    if config.crawl_delay is not None:
        lines.append(f"Crawl-delay: {config.crawl_delay:g}")
    if config.sitemaps:
        lines += ["", f"Sitemap: {edition.site.outlet.url}/sitemap.xml"]
    return Reply(body=("\n".join(lines) + "\n").encode(), headers=_TEXT)


# -- sitemap ---------------------------------------------------------------------------------


def _sitemap(edition: Edition, asked: Asked) -> Reply | None:
    if asked.path != "/sitemap.xml":
        return None
    page = asked.value("page")
    chunks = range(0, len(edition.live), _PER_SITEMAP)
    if not page:
        url = f"{edition.site.outlet.url}/sitemap.xml?page="
        rows = [f"<sitemap><loc>{url}{n}</loc></sitemap>" for n in range(1, len(chunks) + 1)]
        return _document("sitemapindex", rows)
    if not re.fullmatch(r"\d{1,4}", page) or not 1 <= int(page) <= len(chunks):
        return None
    start = chunks[int(page) - 1]
    posts = edition.live[start : start + _PER_SITEMAP]
    return _document("urlset", [_location(edition, post) for post in posts])


def _location(edition: Edition, post: Post) -> str:
    changed = f"{post.modified_at:%Y-%m-%dT%H:%M:%SZ}"
    link = f"{edition.site.outlet.url}{escape(post.path)}"
    return f"<url><loc>{link}</loc><lastmod>{changed}</lastmod></url>"


def _document(root: str, rows: list[str]) -> Reply:
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><{root} '
        f'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(rows)}</{root}>'
    )
    return Reply(body=body.encode(), headers=_XML)


# -- pages -----------------------------------------------------------------------------------


def _listing(edition: Edition, asked: Asked) -> Reply | None:
    """The front page, an archive of a month or year, a label or a search."""
    found = _listed(edition, asked)
    if found is None:
        return None
    title, posts = found
    return html_reply(list_page(edition, posts, title=title, older=_older(edition, asked, posts)))


def _listed(edition: Edition, asked: Asked) -> tuple[str, tuple[Post, ...]] | None:
    if asked.path == "/":
        return "", edition.live[:_FRONT]
    if asked.path == "/search":
        return "Hasil penelusuran", _searched(edition, asked)[:_FRONT]
    if match := re.fullmatch(r"/search/label/(.+)", asked.path):
        posts = tuple(post for post in edition.live if match[1] in (post.section, *post.tags))
        return f"Label: {match[1]}", posts[:_FRONT]
    if match := re.fullmatch(r"/((?:19|20)\d\d)/(?:(0[1-9]|1[0-2])/)?", asked.path):
        posts = tuple(post for post in edition.live if post.path.startswith(asked.path))
        return (f"Arsip {match[2] or ''} {match[1]}", posts) if posts else None
    return None


def _searched(edition: Edition, asked: Asked) -> tuple[Post, ...]:
    """The posts older than `updated-max`, or that hold every word of `q`."""
    until, words = asked.value("updated-max"), asked.value("q").lower().split()
    zone = ZoneInfo(edition.site.outlet.zone)
    try:
        moment = datetime.fromisoformat(until.replace(" ", "+")) if until else None
    except ValueError:
        return ()
    return tuple(
        post
        for post in edition.live
        if (moment is None or post.published_at < moment.replace(tzinfo=moment.tzinfo or zone))
        and all(word in " ".join((post.headline, *post.paragraphs)).lower() for word in words)
    )


def _older(edition: Edition, asked: Asked, posts: tuple[Post, ...]) -> str:
    """Where "Postingan Lama" leads: below /search, which robots.txt forbids."""
    if not posts or posts[-1] is edition.live[-1] or asked.path not in ("/", "/search"):
        return ""
    local = posts[-1].published_at.astimezone(ZoneInfo(edition.site.outlet.zone))
    moment = local.isoformat().replace("+", "%2B")
    return f"{edition.site.outlet.url}/search?updated-max={moment}&max-results={_FRONT}"


def _page(edition: Edition, asked: Asked) -> Reply | None:
    if asked.path == "/p/redaksi.html":
        return html_reply(standing_page(edition))
    post = edition.by_path.get(asked.path)
    if post is None or post.removed:
        return None
    html = story_page(edition, post, views=asked.views, is_mobile=asked.value("m") == "1")
    return replace(html_reply(html), modified_at=post.changed_at)
