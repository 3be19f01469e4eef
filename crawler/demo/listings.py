"""Pages that only list stories: front page, sections, tags, search; and the page for nothing."""

import math
import re
from html import escape
from zoneinfo import ZoneInfo

from crawler.demo.bodies import excerpt
from crawler.demo.chrome import page
from crawler.demo.editions import Edition
from crawler.demo.feeds import posts_under
from crawler.demo.nights import Post
from crawler.demo.printed import long_date, texturized
from crawler.demo.reply import Asked, Reply, html_reply, redirect
from crawler.demo.sites import Site

__all__ = ["listing", "missing_page"]

_PER_PAGE = 10
_PLACE = re.compile(r"/(?:((?:category|tag)/.+?|\d{4}/\d\d)/)?(?:page/(\d{1,6})/)?")


def listing(edition: Edition, asked: Asked) -> Reply | None:
    """The answer at the front page, a section, tag or month, each with `page/N/`; else None."""
    match = re.fullmatch(_PLACE, asked.path)
    if not match:
        return _with_slash(edition, asked)
    place = match[1] or ""
    posts = posts_under(edition, place)
    number = int(match[2] or 1)
    if posts is None:
        return None
    if asked.value("s"):
        posts = tuple(post for post in posts if _is_found(post, asked.value("s")))
    pages = max(1, math.ceil(len(posts) / _PER_PAGE))
    if _is_month(place) and not posts:
        return None  # WordPress knows no empty months
    if not 1 <= number <= pages:
        return None
    shown = posts[(number - 1) * _PER_PAGE : number * _PER_PAGE]
    return html_reply(_page(edition, shown, place=place, turn=(number, pages)))


def missing_page(site: Site) -> str:
    """What a reader sees where nothing is."""
    main = (
        '<section class="error-404 not-found"><h1 class="page-title">Halaman tidak ditemukan</h1>'
        "<p>Sepertinya tidak ada yang ditemukan di alamat ini. Coba cari?</p></section>"
    )
    name = escape(site.outlet.name)
    return page(site, title=f"Halaman tidak ditemukan - {name}", main=main, kind="error404")


def _with_slash(edition: Edition, asked: Asked) -> Reply | None:
    if not re.fullmatch(r"/(category|tag)/.+[^/]", asked.path):
        return None
    place = asked.path.strip("/")
    return redirect(f"{edition.site.outlet.url}/{place}/") if posts_under(edition, place) else None


def _is_found(post: Post, query: str) -> bool:
    text = " ".join((post.headline, *post.paragraphs)).lower()
    return all(word in text for word in query.lower().split())


def _page(edition: Edition, posts: tuple[Post, ...], *, place: str, turn: tuple[int, int]) -> str:
    site = edition.site
    name = place.rpartition("/")[2].replace("-", " ").title() or "Berita Terbaru"
    rows = "\n".join(_entry(edition, post) for post in posts)
    base = f"{site.outlet.url}/{place}/".replace("//", "/").replace(":/", "://")
    main = (
        f'<header class="page-header"><h1 class="page-title">{escape(name)}</h1></header>\n'
        f'{rows}\n<nav class="navigation pagination">{_turning(base, turn)}</nav>\n{_trap(site)}'
    )
    kind = "archive date" if _is_month(place) else "archive"  # as body_class() does
    return page(site, title=f"{escape(name)} - {escape(site.outlet.name)}", main=main, kind=kind)


def _is_month(place: str) -> bool:
    return place[:1].isdigit()


def _entry(edition: Edition, post: Post) -> str:
    url, zone = edition.site.outlet.url, ZoneInfo(edition.site.outlet.zone)
    local = post.published_at.astimezone(zone)
    return (
        f'<article id="post-{post.id}" class="post-{post.id} post type-post status-publish">'
        f'<h2 class="entry-title"><a href="{url}{post.path}" rel="bookmark">'
        f'{texturized(post.headline)}</a></h2><div class="entry-meta"><time class="entry-date" '
        f'datetime="{local.isoformat()}">{long_date(local)}</time></div>'
        f'<div class="entry-summary"><p>{excerpt(post)}</p></div></article>'
    )


def _turning(base: str, turn: tuple[int, int]) -> str:
    number, pages = turn
    near = [n for n in range(number - 2, number + 3) if 1 <= n <= pages and n != number]
    rows = [f'<a class="page-numbers" href="{base}page/{n}/">{n}</a>' for n in near]
    if number < pages:
        rows.append(f'<a class="next page-numbers" href="{base}page/{number + 1}/">Berikutnya</a>')
    return "\n".join(rows)


def _trap(site: Site) -> str:
    """A link that robots.txt forbids."""
    if site.theme != "kolomrakyat":
        return ""
    href = f"{site.outlet.url}/private/asn-tidak-netral/"
    return f'<div class="konsep"><a href="{href}">Konsep: ASN Tidak Netral Dilaporkan</a></div>'
