"""The bad nights of ordinary outlets in hostile mode.

What an outlet shows on one night only is never hidden by its weather: a perfect crawler still finds
every version.
"""

import re
from dataclasses import replace
from zlib import crc32

from crawler.demo.chrome import page
from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.listings import missing_page
from crawler.demo.reply import Asked, Reply, html_reply

__all__ = ["weather"]

_HTML = (("Content-Type", "text/html; charset=UTF-8"),)
_LISTINGS = re.compile(r"/(?:feed|feeds|index-news|wp-json)(?:/|$)")


def weather(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """An answer that an ordinary outlet gives on a bad night instead of its own, or None."""
    del config
    bad = (edition.site.outlet.slug, edition.night)
    if asked.path == "/robots.txt":
        return None
    if bad == ("kantamedia", 2):  # a broken permalink table: for one night nothing is there
        return html_reply(missing_page(edition.site), 404)
    if bad == ("kolomrakyat", 2):
        return _maintenance(edition)
    if asked.views == 1:
        return _busy(asked) or _cut(asked)
    return None


def _maintenance(edition: Edition) -> Reply:
    main = (
        '<section class="pemeliharaan"><h1>Situs Sedang Dalam Perbaikan</h1><p>Kami sedang '
        "melakukan pemeliharaan berkala. Silakan kembali beberapa saat lagi.</p></section>"
    )
    title = f"Situs sedang dalam perbaikan - {edition.site.outlet.name}"
    return html_reply(page(edition.site, title=title, main=main, kind="maintenance"))


def _busy(asked: Asked) -> Reply | None:
    """Two listings in three are busy the first time: come back in a second."""
    if not _LISTINGS.search(asked.path) or crc32(asked.path.encode()) % 3 == 0:
        return None
    headers = (*_HTML, ("Retry-After", "1"))
    return Reply(status=503, body=b"<h1>503 Service Unavailable</h1>", headers=headers)


def _cut(asked: Asked) -> Reply | None:
    """Every fifth story's connection breaks the first time."""
    if asked.path.count("-") < 3 or crc32(asked.path.encode()) % 5:
        return None
    return replace(html_reply("<html><head><title>" + "terputus " * 20), length=40_000, raw=True)
