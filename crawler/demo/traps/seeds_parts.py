"""What trap seeds are made of: feeds, sitemaps, lists of links, and stories off the topic."""

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from html import escape

from crawler.demo.chrome import page
from crawler.demo.editions import Edition
from crawler.demo.listings import missing_page
from crawler.demo.reply import Asked, Reply, html_reply

__all__ = [
    "LONG",
    "entry",
    "feed_reply",
    "filler",
    "is_feed",
    "is_sitemap",
    "link_page",
    "nothing",
    "robots_reply",
    "rss",
    "sitemap_index",
    "urlset",
    "xml_reply",
]

LONG = 200_000
"""Characters of an address that nobody can mean."""

_SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
_WEATHER = (
    "Prakiraan cuaca menyebut langit kota cerah berawan hingga petang, dan hujan ringan baru turun "
    "malam hari di kawasan pesisir. Warga diminta membawa payung bila pulang larut. Nelayan dapat "
    "melaut seperti biasa karena gelombang rendah."
)


def nothing(edition: Edition) -> Reply:
    """The site's page for what is not there."""
    return html_reply(missing_page(edition.site), 404)


def is_feed(asked: Asked) -> bool:
    """Whether a feed of any kind is asked for."""
    return asked.path.rstrip("/").endswith("/feed")


def is_sitemap(asked: Asked) -> bool:
    """Whether a sitemap is asked for where plugins put it."""
    return "sitemap" in asked.path


def filler(edition: Edition, number: int) -> Reply:
    """A short story off the topic, without what surrounds it elsewhere: thousands are asked for."""
    title = f"Cuaca Kota Hari Ini, Catatan {number}"
    return html_reply(
        f"<!doctype html><html><head><title>{title} - {edition.site.outlet.name}</title></head>"
        f'<body><article class="post"><h1 class="entry-title">{title}</h1>'
        f'<div class="entry-content"><p>{_WEATHER}</p></div></article></body></html>'
    )


def link_page(edition: Edition, links: Iterable[str], *, title: str = "Berita Terbaru") -> Reply:
    """A page that only links."""
    rows = "".join(f'<li><a href="{escape(link)}">Baca</a></li>\n' for link in links)
    main = f'<h1 class="page-title">{title}</h1><ul>{rows}</ul>'
    return html_reply(page(edition.site, title=title, main=main))


def entry(link: str, *, date: datetime | str = "", guid: str = "", more: str = "") -> str:
    """One item of a feed; `link` is written as it is."""
    told = date if isinstance(date, str) else format_datetime(date)
    stated = f"<pubDate>{told}</pubDate>" if told else ""
    identity = f'<guid isPermaLink="false">{escape(guid)}</guid>' if guid else ""
    return f"<item><title>Kabar</title><link>{link}</link>{stated}{identity}{more}</item>\n"


def rss(entries: Iterable[str]) -> bytes:
    """A whole feed."""
    head = (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel>\n'
        "<title>Kabar</title>\n"
    )
    return f"{head}{''.join(entries)}</channel></rss>\n".encode()


def feed_reply(entries: Iterable[str]) -> Reply:
    """A feed as it should be sent."""
    return xml_reply(rss(entries), kind="application/rss+xml; charset=UTF-8")


def urlset(rows: Iterable[tuple[str, str]], *, schema: str = _SCHEMA, lists: bool = False) -> bytes:
    """A sitemap of addresses with their lastmod ('': none); `lists`: an index of sitemaps."""
    root, name = ("sitemapindex", "sitemap") if lists else ("urlset", "url")
    body = "".join(
        f"<{name}><loc>{link}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</{name}>\n"
        for link, day in rows
    )
    return f'<?xml version="1.0"?>\n<{root} xmlns="{schema}">\n{body}</{root}>\n'.encode()


def sitemap_index(links: Iterable[str]) -> bytes:
    """A sitemap index without dates."""
    return urlset(((link, "") for link in links), lists=True)


def xml_reply(body: bytes, *, kind: str = "application/xml; charset=UTF-8") -> Reply:
    """XML under the content type `kind`."""
    return Reply(body=body, headers=(("Content-Type", kind),))


def robots_reply(*lines: str) -> Reply:
    """A robots.txt of these lines."""
    body = "\n".join(lines) + "\n"
    return Reply(body=body.encode(), headers=(("Content-Type", "text/plain; charset=utf-8"),))
