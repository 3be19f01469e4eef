"""A trap site that lists every story under a dozen spellings of its address, the worst first."""

from collections.abc import Callable
from datetime import UTC
from email.utils import format_datetime
from html import escape

from crawler.demo.chrome import page
from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.listings import missing_page
from crawler.demo.reply import Asked, Reply, html_reply
from crawler.demo.traps.pages_parts import number_of, written_as
from crawler.demo.traps.trap import Trap, trap

__all__ = ["ALIASES", "TRAPS"]

ALIASES: dict[str, Callable[[str], str]] = {
    "shared to WhatsApp": lambda url: f"{url}whatsapp:/send?text=Baca%20berita%20ini%20{url}",
    "AMP": lambda url: f"{url}amp/",
    "AMP by query": lambda url: f"{url}?amp=1",
    "mobile": lambda url: f"{url}?m=1",
    "port": lambda url: url.replace(".example/", ".example:443/"),
    "nbsp": lambda url: f"{url}\u00a0",
    "nbsp, encoded": lambda url: f"{url}%C2%A0",
    "paging tail": lambda url: f"{url}15",
    "paging tail and slash": lambda url: f"{url}2/",
    "http": lambda url: url.replace("https:", "http:"),
    "upper case host": lambda url: url.replace("alamat.example", "WWW.Alamat.EXAMPLE"),
    "double slashes": lambda url: url.replace(".example/", ".example//") + "/",
    "two protocols": lambda url: f"http://{url}",
    "tracked": lambda url: f"{url}?utm_source=wa&utm_medium=share&fbclid=IwAR0x",
    "fragment": lambda url: f"{url}#respond",
    "plain": lambda url: url,
}
"""Spellings of one address; readers who follow the first few land nowhere."""


def _spelt(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """The feed lists all spellings on nights 1 and 2, the sitemap on night 3, links on night 4."""
    del config
    is_feed, is_map = asked.path.endswith("/feed/"), asked.path.endswith(".xml")
    if asked.path == "/feed/" and edition.night <= 2 and not asked.value("paged"):
        return _feed(edition)
    if asked.path == edition.site.sitemap and edition.night == 3:
        return _sitemap(edition)
    if asked.path == "/" and edition.night == 4 and not asked.query:
        return _front(edition)
    if is_feed or is_map:
        return html_reply(missing_page(edition.site), 404)
    return None


def _rows(edition: Edition) -> list[tuple[str, str]]:
    """Every spelling of every story, another one first for each, and its date."""
    rows = []
    for post in edition.live:
        turn = number_of(edition, post) * 3 + edition.night
        aliases = list(ALIASES.values())
        url, date = f"{edition.site.outlet.url}{post.path}", post.published_at.astimezone(UTC)
        named = aliases[turn % len(aliases) :] + aliases[: turn % len(aliases)]
        rows += [(escape(alias(url)), format_datetime(date)) for alias in named]
    return rows


def _feed(edition: Edition) -> Reply:
    items = "".join(
        f"<item><link>{url}</link><pubDate>{date}</pubDate></item>" for url, date in _rows(edition)
    )
    body = f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'
    return Reply(body=body.encode(), headers=(("Content-Type", "application/rss+xml"),))


def _sitemap(edition: Edition) -> Reply:
    rows = "".join(f"<url><loc>{url}</loc></url>" for url, _ in _rows(edition))
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    body = f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="{space}">{rows}</urlset>'
    return Reply(body=body.encode(), headers=(("Content-Type", "application/xml"),))


def _front(edition: Edition) -> Reply:
    rows = "".join(f'<li><a href="{url}">Baca berita</a></li>' for url, _ in _rows(edition))
    return html_reply(page(edition.site, title="Beranda", main=f"<ul>{rows}</ul>", kind="home"))


TRAPS: tuple[Trap, ...] = (written_as(trap("alamat", _spelt), "tipuan"),)
