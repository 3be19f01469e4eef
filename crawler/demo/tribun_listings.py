"""Pages of the Tribun sites that only list stories, and the page for nothing."""

import re
from datetime import date
from html import escape
from zoneinfo import ZoneInfo

from crawler.demo.editions import Edition
from crawler.demo.nights import Post
from crawler.demo.reply import Asked, Reply, html_reply
from crawler.demo.tribun_chrome import sections, tribun_page
from crawler.demo.tribun_pages import printed_time

__all__ = ["LAST_PAGE", "PER_PAGE", "missing", "tribun_listing"]

PER_PAGE = 4
"""Stories on one page of the index; the real sites show 20."""
LAST_PAGE = 10
"""Every page of the index behind this one shows it again."""
_FORBIDDEN = re.compile(r"/(?:tag|topic)/[^/]+/?|/search/?")


def tribun_listing(edition: Edition, asked: Asked) -> Reply | None:
    """The index by day or section, a section's hub, the front page, and what robots forbid."""
    path = asked.path.rstrip("/")
    if path == "/index-news":
        posts = _of_day(edition, asked.value("date"))
        return html_reply(_index(edition, asked, posts))
    if path.startswith("/index-news/"):
        section = path.removeprefix("/index-news/")
        posts = tuple(post for post in edition.live if post.section == section)
        return html_reply(_index(edition, asked, posts)) if posts else None
    if path == "" or path[1:] in sections(edition):
        return html_reply(_hub(edition, asked, path[1:]))
    if _FORBIDDEN.fullmatch(asked.path):
        # bait: it would be the shortest way to everything on the topic
        posts = tuple(post for post in edition.live if post.on_topic)
        return html_reply(_list(edition, asked, posts[:20], title="Netralitas ASN"))
    return None


def missing(edition: Edition) -> Reply:
    """What a reader sees where nothing is."""
    main = (
        '<div class="bsh mb20"><h1>Halaman tidak ditemukan</h1><p>Maaf, halaman yang Anda cari '
        "tidak tersedia atau sudah dipindahkan.</p></div>"
    )
    title = f"404 - Halaman tidak ditemukan - {escape(edition.site.outlet.name)}"
    return html_reply(tribun_page(edition, title=title, main=main), 404)


def _of_day(edition: Edition, day: str) -> tuple[Post, ...]:
    """The stories of a day in the edition's zone, newest first; without a day the newest ones."""
    if not day:
        return edition.live
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", day)
    try:
        wanted = date(*map(int, found.groups())) if found else None
    except ValueError:  # 31 February
        wanted = None
    zone = ZoneInfo(edition.site.outlet.zone)
    return tuple(
        post for post in edition.live if post.published_at.astimezone(zone).date() == wanted
    )


def _index(edition: Edition, asked: Asked, posts: tuple[Post, ...]) -> str:
    asked_for = asked.value("page")
    number = int(asked_for) if re.fullmatch(r"\d{1,6}", asked_for) else 1
    number = min(max(number, 1), LAST_PAGE)
    shown = posts[(number - 1) * PER_PAGE : number * PER_PAGE]
    return _list(edition, asked, shown, title="Indeks Berita", turning=_turning(asked, len(posts)))


def _hub(edition: Edition, asked: Asked, section: str) -> str:
    """The front page or a section; `?page=` does nothing here."""
    posts = tuple(post for post in edition.live if section in ("", post.section))
    title = section.replace("-", " ").title() or "Berita Terkini"
    return _list(edition, asked, posts[:8], title=title)


def _list(
    edition: Edition, asked: Asked, posts: tuple[Post, ...], *, title: str, turning: str = ""
) -> str:
    rows = "\n".join(_entry(edition, post) for post in posts)
    main = (
        f'<div class="bsh mb20"><h1 class="f24">{escape(title)}</h1>\n'
        f'<ul class="lsi">\n{rows}\n</ul>\n{turning}</div>'
    )
    name = escape(edition.site.outlet.name)
    page_title = f"{escape(title)} - {name}"
    return tribun_page(edition, title=page_title, main=main, views=asked.views)


def _entry(edition: Edition, post: Post) -> str:
    href = f"{edition.site.outlet.url}{post.path}"
    title = escape(post.headline)
    return (
        f'<li class="ptb15"><h3 class="f16 fbo"><a href="{href}" title="{title}">{title}</a></h3>'
        f'<time class="grey">{printed_time(edition, post.published_at)}</time></li>'
    )


def _turning(asked: Asked, count: int) -> str:
    last = min(max(1, -(-count // PER_PAGE)), LAST_PAGE)
    day = f"date={escape(asked.value('date'))}&amp;" if asked.value("date") else ""
    path = escape(asked.path)
    rows = "".join(
        f'<a href="{path}?{day}page={number}">{number}</a>' for number in range(1, last + 1)
    )
    return f'<div class="paging" id="paginga">{rows}</div>'
