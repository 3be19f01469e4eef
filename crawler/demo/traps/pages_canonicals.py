"""Trap sites that say the wrong address of their stories, and one that has two of each."""

import re
from datetime import UTC
from email.utils import format_datetime

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.nights import Post
from crawler.demo.pages import story_page
from crawler.demo.reply import Asked, Reply, html_reply
from crawler.demo.traps.pages_parts import number_of, post_asked, written_as
from crawler.demo.traps.trap import Trap, trap

__all__ = ["CANONICALS", "TRAPS"]

_LINK = re.compile(r'<link rel="canonical" href="[^"]*" />')


CANONICALS: dict[str, tuple[str, ...]] = {
    "front page": ("https://{host}/",),
    "another story": ("https://{host}{other}",),
    "another host": ("https://asing.example/berita/1/",),
    "http": ("http://{host}{path}",),
    "AMP": ("https://{host}{path}amp/",),
    "relative to the root": ("{path}",),
    "relative": ("{slug}",),
    "empty": ("",),
    "two, one of another story": ("https://{host}{other}", "https://{host}{path}"),
    "tracked": ("https://{host}{path}?utm_source=wa&amp;fbclid=IwAR0",),
    "www": ("https://www.{host}{path}",),
    "a list": ("https://{host}/category/politik/",),
}
"""What a page names as canonical: `other` is the path of another story of the site."""


def _miscalled(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """Each story says another address of itself, and another one every night."""
    del config
    post = post_asked(edition, asked)
    if post is None:
        return None
    turn = number_of(edition, post) * 2 + edition.night * 3
    told = list(CANONICALS.values())[turn % len(CANONICALS)]
    fields = {
        "host": edition.site.host,
        "path": post.path,
        "slug": post.slug,
        "other": _other(edition, post).path,
    }
    links = "".join(f'<link rel="canonical" href="{one.format(**fields)}" />' for one in told)
    html = story_page(edition, post, views=asked.views)
    return html_reply(_LINK.sub(lambda _: links, html, count=1))


def _other(edition: Edition, post: Post) -> Post:
    posts = sorted(edition.live, key=lambda one: one.id)
    return posts[(posts.index(post) + 1) % len(posts)]


def _filed_twice(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """Every story stands in its section and under /arsip/, with the same canonical; both listed."""
    del config
    if asked.path == "/feed/" and not asked.value("paged"):
        return _feed(edition)
    slug = re.fullmatch(r"/arsip/([^/]+)/", asked.path)
    post = next((one for one in edition.live if slug and one.slug == slug[1]), None)
    return html_reply(story_page(edition, post, views=asked.views)) if post else None


def _feed(edition: Edition) -> Reply:
    url = edition.site.outlet.url
    rows = "".join(
        f"<item><title>{post.slug.replace('-', ' ')}</title><link>{url}{path}</link><pubDate>"
        f"{format_datetime(post.published_at.astimezone(UTC))}</pubDate></item>"
        for post in edition.live
        for path in (f"/arsip/{post.slug}/", post.path)
    )
    body = f'<?xml version="1.0"?><rss version="2.0"><channel>{rows}</channel></rss>'
    return Reply(body=body.encode(), headers=(("Content-Type", "application/rss+xml"),))


TRAPS: tuple[Trap, ...] = (
    written_as(trap("kanon", _miscalled), "tipuan"),
    written_as(trap("kategori", _filed_twice), "tipuan", permalink="/{section}/{slug}/"),
)
