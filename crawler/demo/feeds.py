"""RSS 2.0 as WordPress writes it: ten items a page, newest first."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from zoneinfo import ZoneInfo

from crawler.demo.bodies import content, excerpt
from crawler.demo.editions import Edition
from crawler.demo.nights import Post
from crawler.demo.printed import texturized
from crawler.demo.reply import Asked, Reply

__all__ = ["feed", "posts_under"]

_PER_PAGE = 10
_MONTH = re.compile(r"\d{4}/\d\d")
_HEAD = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
	xmlns:content="http://purl.org/rss/1.0/modules/content/"
	xmlns:wfw="http://wellformedweb.org/CommentAPI/"
	xmlns:dc="http://purl.org/dc/elements/1.1/"
	xmlns:atom="http://www.w3.org/2005/Atom"
	xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
	xmlns:slash="http://purl.org/rss/1.0/modules/slash/"
	>
<channel>
"""


def feed(edition: Edition, asked: Asked) -> Reply | None:
    """The feed at a path that ends in /feed/; None when the path is none or holds nothing."""
    match = re.fullmatch(r"/(.*?)/?feed/?", asked.path)
    posts = posts_under(edition, match[1]) if match else None
    if posts is None:
        return None
    text = asked.value("paged") or "1"
    page = int(text) if re.fullmatch(r"\d{1,6}", text) else 0
    shown = posts[(page - 1) * _PER_PAGE : page * _PER_PAGE] if page > 0 else ()
    if not shown and (posts or page != 1):
        return None  # past the end WordPress answers 404; only the feed of an empty month is empty
    # WordPress gives feeds an ETag; a site that strips it from pages strips it here too
    has_etag = bool(edition.site.validators)
    headers = (("Content-Type", "application/rss+xml; charset=UTF-8"),)
    return Reply(body=_channel(edition, asked, shown).encode(), headers=headers, etag=has_etag)


def posts_under(edition: Edition, place: str) -> tuple[Post, ...] | None:
    """The published posts of `category/<section>`, `tag/<tag>` or `2026/09`, all for ''; or None.

    A section or tag without posts is none.
    """
    if place == "":
        return edition.live
    if _MONTH.fullmatch(place):
        zone = ZoneInfo(edition.site.outlet.zone)
        return tuple(p for p in edition.live if f"{p.published_at.astimezone(zone):%Y/%m}" == place)
    kind, _, name = place.partition("/")
    if kind == "category":
        found = tuple(p for p in edition.live if f"/{name}/" in f"/{p.section}/")
    elif kind == "tag":
        found = tuple(p for p in edition.live if name in p.tags)
    else:
        return None
    return found or None


def _channel(edition: Edition, asked: Asked, posts: tuple[Post, ...]) -> str:
    outlet = edition.site.outlet
    built = _rfc822(max(post.modified_at for post in posts or edition.live))
    items = "\n".join(_item(edition, post) for post in posts)
    return (
        f"{_HEAD}\t<title>{escape(outlet.name)}</title>\n"
        f'\t<atom:link href="{outlet.url}{escape(asked.path)}" rel="self" '
        'type="application/rss+xml" />\n'
        f"\t<link>{outlet.url}</link>\n"
        f"\t<description>Berita {escape(outlet.region)}</description>\n"
        f"\t<lastBuildDate>{built}</lastBuildDate>\n\t<language>id</language>\n"
        "\t<sy:updatePeriod>\n\thourly\t</sy:updatePeriod>\n"
        "\t<sy:updateFrequency>\n\t1\t</sy:updateFrequency>\n"
        "\t<generator>https://wordpress.org/?v=6.6.2</generator>\n"
        f"{items}\n</channel>\n</rss>\n"
    )


def _item(edition: Edition, post: Post) -> str:
    url = edition.site.outlet.url
    terms = "".join(
        f"\t\t<category><![CDATA[{slug.replace('-', ' ')}]]></category>\n"
        for slug in (*post.section.split("/"), *post.tags)
    )
    full = ""
    if edition.site.full_feed:
        # a feed holds only the first page of a nextpage story
        full = (
            f"\t\t<content:encoded><![CDATA[{content(edition, post, part=1)}]]></content:encoded>\n"
        )
    return (
        f"\t<item>\n\t\t<title>{texturized(post.headline)}</title>\n"
        f"\t\t<link>{url}{post.path}</link>\n"
        f"\t\t<comments>{url}{post.path}#respond</comments>\n"
        f"\t\t<dc:creator><![CDATA[{post.byline or 'Redaksi'}]]></dc:creator>\n"
        f"\t\t<pubDate>{_rfc822(post.published_at)}</pubDate>\n{terms}"
        f'\t\t<guid isPermaLink="false">{url}/?p={post.id}</guid>\n'
        f"\t\t<description><![CDATA[<p>{excerpt(post)}</p>]]></description>\n{full}"
        "\t\t<slash:comments>0</slash:comments>\n\t</item>"
    )


def _rfc822(moment: datetime) -> str:
    # WordPress prints feed dates in UTC whatever the site's zone
    return format_datetime(moment.astimezone(UTC))
