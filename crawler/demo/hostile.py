"""Everything that can be wrong with an answer, at `/bad/<name>/<argument>/` of rusak.example."""

import gzip
import re
import zlib
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from functools import cache, partial

from crawler.demo.reply import Asked, Reply, html_reply, redirect

__all__ = ["BAD", "FIXED", "REDIRECTS", "bad_links", "hostile"]

_HOST = "https://rusak.example"
_HTML = (("Content-Type", "text/html; charset=UTF-8"),)
_LATIN_1 = (("Content-Type", "text/html; charset=iso-8859-1"),)
_XML = (("Content-Type", "application/xml"),)
_RSS = (("Content-Type", "application/rss+xml"),)
_PDF = (("Content-Type", "application/pdf"),)
_GZIPPED = (*_HTML, ("Content-Encoding", "gzip"))
_CLOUDFLARE = (*_HTML, ("cf-mitigated", "challenge"), ("Cache-Control", "private, no-store"))
_BLOCK = b"<p>" + b"isi halaman yang tidak pernah selesai " * 200 + b"</p>\n"
_WEATHER = (
    "<html><head><meta charset='utf-8'><title>Cuaca Kota</title></head><body><article>"
    "<h1>Cuaca Kota</h1><p>Prakirawan cuaca menyebut langit kota “cerah berawan” hingga petang – "
    "hujan ringan baru turun malam hari di kafé tepi dermaga.</p></article></body></html>"
)
_SOFT_404 = (
    "<html><head><title>Halaman tidak ditemukan - Harian Rusak</title></head><body>"
    "<h1>Halaman tidak ditemukan</h1><p>Maaf, coba cari.</p></body></html>"
)
_CHALLENGE = (
    '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title>'
    '<meta name="robots" content="noindex,nofollow"></head><body class="no-js"><div class="main-'
    'wrapper"><h1>rusak.example</h1><h2 id="challenge-running">Checking your browser before '
    "accessing the site.</h2><noscript>Enable JavaScript and cookies to continue</noscript>"
    '<form id="challenge-form" action="/?__cf_chl_f_tk=x" method="POST"></form></div>'
    '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></body></html>'
)
_BARE = (
    '\n<?xml version="1.0"?><rss version="2.0"><channel><item><title>Kabar & Cuaca&nbsp;Kota'
    f"</title><link>{_HOST}/bad/empty/?a=1&b=2</link></item></channel></rss>"
)
_SELF = (
    '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    f"<sitemap><loc>{_HOST}/bad/sitemap/</loc></sitemap>"
    f"<sitemap><loc>{_HOST}/sitemap_index.xml</loc></sitemap></sitemapindex>"
)

FIXED = {
    "empty": Reply(headers=_HTML),
    # UTF-8 in the bytes and in the meta element, another charset in the header
    "latin1-header": Reply(body=_WEATHER.encode(), headers=_LATIN_1),
    "windows-1252": Reply(body=_WEATHER.encode("cp1252"), headers=_HTML),
    # the connection ends before the declared length; more bytes than declared
    "cut": Reply(body=_BLOCK[:1000], headers=_HTML, length=50_000, raw=True),
    "short-length": Reply(body=_BLOCK[:5000], headers=_HTML, length=500, raw=True),
    "broken-gzip": Reply(body=gzip.compress(_BLOCK, mtime=0)[:-40], headers=_GZIPPED, raw=True),
    "error": html_reply("<h1>500 Internal Server Error</h1>", 500),
    "forbidden": html_reply("<h1>403 Forbidden</h1>", 403),
    "gone": html_reply("<h1>410 Gone</h1>", 410),
    "soft-404": html_reply(_SOFT_404),
    "nowhere": Reply(status=302, headers=_HTML),  # no Location
    "challenge": Reply(body=_CHALLENGE.encode(), headers=_CLOUDFLARE),
    "challenge-403": Reply(status=403, body=_CHALLENGE.encode(), headers=_CLOUDFLARE),
    "pdf": Reply(body=b"%PDF-1.4\n\xe2\xe3\xcf\xd3" + bytes(range(256)) * 8, headers=_PDF),
    "feed-html": html_reply("<html><title>Harian Rusak</title><body>Beranda</body></html>"),
    "feed-bare": Reply(body=_BARE.encode(), headers=_RSS),
    "sitemap": Reply(body=_SELF.encode(), headers=_XML),
}
"""Endpoints that always answer the same."""

BAD = (*FIXED, "unavailable", "unavailable-date", "too-many", "loop", "bomb", "large", "endless")
"""Every endpoint by name, but for `redirect`, whose argument is a name in REDIRECTS."""

REDIRECTS = {
    "loopback": "http://127.0.0.1:{port}/rahasia/",
    "private": "http://10.0.0.1/rahasia/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "ipv6": "http://[::1]:{port}/rahasia/",
    "decimal": "http://2130706433:{port}/rahasia/",
    "mapped": "http://[::ffff:127.0.0.1]:{port}/rahasia/",
    "localhost": "http://localhost:{port}/rahasia/",
    "file": "file:///etc/hostname",
}
"""Where `/bad/redirect/<name>/` leads; a leak to `{port}` is in the newsroom's log."""


def hostile(asked: Asked) -> Reply | None:
    """The answer of a hostile endpoint; None for any other path."""
    match = re.fullmatch(r"/bad/([a-z0-9-]+)/(?:([a-z0-9]+)/)?", asked.path)
    if match is None:
        return None
    name, argument = match[1], match[2] or ""
    number = int(argument) if argument.isdecimal() else 0
    if name in ("unavailable", "unavailable-date", "too-many"):
        return _later(asked, name, seconds=number or 1)
    if name == "bomb":
        # gzip of so many million zeros, whether the client accepts gzip or not
        return Reply(body=_zeros(number or 200), headers=_GZIPPED, raw=True)
    if name in ("large", "endless"):
        return _large(number or 25_000_000, is_declared=name == "large")
    return _away(asked, name, argument=argument) or FIXED.get(name)


def _away(asked: Asked, name: str, *, argument: str) -> Reply | None:
    if name == "loop":
        return redirect(f"{_HOST}/bad/loop/{'b' if argument == 'a' else 'a'}/", 302)
    if name == "redirect" and argument in REDIRECTS:
        return redirect(_target(asked, argument), 302)
    return None


def bad_links(asked: Asked) -> list[str]:
    """Addresses of every endpoint, and the private addresses themselves, as the feed lists them."""
    links = [f"{_HOST}/bad/{name}/" for name in BAD]
    links += [f"{_HOST}/bad/redirect/{name}/" for name in REDIRECTS]
    return links + [_target(asked, name) for name in REDIRECTS]


def _target(asked: Asked, name: str) -> str:
    return REDIRECTS[name].format(port=asked.private.rpartition(":")[2])


def _later(asked: Asked, name: str, *, seconds: int) -> Reply:
    # a date has whole seconds: round up, never ask for less than was meant
    date = asked.now.replace(microsecond=0) + timedelta(seconds=seconds + 1)
    value = format_datetime(date, usegmt=True) if name == "unavailable-date" else str(seconds)
    status = 429 if name == "too-many" else 503
    headers = (*_HTML, ("Retry-After", value))
    return Reply(status=status, body=b"<h1>Coba lagi nanti</h1>", headers=headers)


@cache
def _zeros(millions: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    million = bytes(1_000_000)
    return b"".join(packer.compress(million) for _ in range(millions)) + packer.flush()


def _large(size: int, *, is_declared: bool) -> Reply:
    length = size if is_declared else -1
    return Reply(headers=_HTML, chunks=partial(_flood, size), length=length)


def _flood(size: int) -> Iterator[bytes]:
    left = size
    while left > 0:
        yield _BLOCK[:left]
        left -= len(_BLOCK)
