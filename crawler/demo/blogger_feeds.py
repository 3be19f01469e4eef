"""The feeds of a site on Blogger: JSON as the Google Data protocol writes it, and Atom. Pure.

What each query field does is as the Blogger Data API 2.0 says: `updated-min` and `updated-max`
count only with `orderby=updated`, lower bounds are inclusive, upper ones are not, and a page holds
150 entries at most, whatever `max-results` asks for.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from crawler.demo.blogger_pages import BLOG, before_jump, image, post_content, snippet
from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.nights import Post
from crawler.demo.reply import Asked, Reply

__all__ = ["feed"]

_LARGEST_PAGE = 150
_BURNER = "https://feeds.feedburner.com/jurnaljawapes"
_PATH = re.compile(r"/feeds/posts/(default|summary)(/-/.+)?")
_BOUNDS = ("published-min", "published-max", "updated-min", "updated-max")


class _Invalid(ValueError):
    """A query field that Blogger refuses; its argument is the field's name."""


def feed(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """The feed that was asked for; None when the path is none."""
    path = "/feeds/posts/default" if asked.path == "/atom.xml" else asked.path
    match = _PATH.fullmatch(path)
    if not match:
        return None
    if asked.value("redirect") != "false":
        # the owner sends readers to FeedBurner: Settings, "Post feed redirect URL"
        return Reply(status=302, headers=(("Location", _BURNER),))
    try:
        page = _Page(edition, asked, labels=(match[2] or "").split("/")[2:])
    except _Invalid as error:
        text = f"Invalid value for {error} parameter"
        headers = (("Content-Type", "text/plain; charset=UTF-8"),)
        return Reply(status=400, body=text.encode(), headers=headers)
    shown = _summary if match[1] == "summary" else _cut if config.jump_break else _whole
    return _json(page, shown) if asked.value("alt") == "json" else _atom(page, shown)


class _Page:
    """The posts of one page of a feed, and what the feed says of the list they are from."""

    def __init__(self, edition: Edition, asked: Asked, *, labels: list[str]) -> None:
        self.edition = edition
        self.path = asked.path
        self.start = _number(asked, "start-index", default=1, least=1)
        self.size = min(_number(asked, "max-results", default=25, least=0), _LARGEST_PAGE)
        found = _found(edition, asked, labels)
        self.total = len(found)
        self.posts = found[self.start - 1 : self.start - 1 + self.size]
        self.updated = max((post.modified_at for post in edition.live), default=None)

    @property
    def url(self) -> str:
        return self.edition.site.outlet.url


def _found(edition: Edition, asked: Asked, labels: list[str]) -> list[Post]:
    by_update = asked.value("orderby") == "updated"
    bounds = {name: _moment(asked, name) for name in _BOUNDS}
    if not by_update:
        bounds["updated-min"] = bounds["updated-max"] = None
    words = asked.value("q").lower().split()
    posts = [
        post
        for post in edition.live
        if _is_within(post.published_at, bounds["published-min"], bounds["published-max"])
        and _is_within(post.modified_at, bounds["updated-min"], bounds["updated-max"])
        and all(label in (post.section, *post.tags) for label in labels)
        and all(word in " ".join((post.headline, *post.paragraphs)).lower() for word in words)
    ]
    # published: the order in which the edition has them
    return sorted(posts, key=lambda post: post.modified_at, reverse=True) if by_update else posts


def _is_within(moment: datetime, least: datetime | None, end: datetime | None) -> bool:
    return (least is None or moment >= least) and (end is None or moment < end)


def _number(asked: Asked, name: str, *, default: int, least: int) -> int:
    text = asked.value(name)
    if not text:
        return default
    if not re.fullmatch(r"\d{1,9}", text) or int(text) < least:
        raise _Invalid(name)
    return int(text)


def _moment(asked: Asked, name: str) -> datetime | None:
    text = asked.value(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _Invalid(name) from None
    if moment.tzinfo is None:
        raise _Invalid(name)
    return moment


# -- an entry --------------------------------------------------------------------------------

Shown = Callable[[Edition, Post], tuple[str, str]]
"""The name and text of what an entry shows of its post."""


def _whole(edition: Edition, post: Post) -> tuple[str, str]:
    return "content", post_content(edition, post)


def _cut(edition: Edition, post: Post) -> tuple[str, str]:
    return "content", before_jump(post_content(edition, post))


def _summary(edition: Edition, post: Post) -> tuple[str, str]:
    del edition
    return "summary", snippet(post)


def _stamp(edition: Edition, moment: datetime, post: Post | None = None) -> str:
    """`2024-10-15T18:31:07.512+07:00`; the milliseconds are the post's own."""
    local = moment.astimezone(ZoneInfo(edition.site.outlet.zone))
    thousandths = post.id % 1000 if post and moment == post.modified_at else 0
    return f"{local:%Y-%m-%dT%H:%M:%S}.{thousandths:03d}{local:%z}"[:-2] + ":00"


def _links(page: _Page, post: Post) -> list[dict[str, str]]:
    story, atom = f"{page.url}{post.path}", "application/atom+xml"
    edit = f"https://www.blogger.com/feeds/{BLOG}/posts/default/{post.id}"
    comments = f"{page.url}/feeds/{post.id}/comments/default"
    return [
        {"rel": "replies", "type": atom, "href": comments, "title": "Posting Komentar"},
        {
            "rel": "replies",
            "type": "text/html",
            "href": f"{story}#comment-form",
            "title": "0 Komentar",
        },
        {"rel": "edit", "type": atom, "href": edit},
        {"rel": "self", "type": atom, "href": edit},
        {"rel": "alternate", "type": "text/html", "href": story, "title": post.headline},
    ]


# -- JSON ------------------------------------------------------------------------------------


def _json(page: _Page, shown: Shown) -> Reply:
    feed: dict[str, Any] = {
        "xmlns": "http://www.w3.org/2005/Atom",
        "xmlns$openSearch": "http://a9.com/-/spec/opensearchrss/1.0/",
        "xmlns$blogger": "http://schemas.google.com/blogger/2008",
        "xmlns$gd": "http://schemas.google.com/g/2005",
        "id": {"$t": f"tag:blogger.com,1999:blog-{BLOG}"},
        "title": {"type": "text", "$t": page.edition.site.outlet.name},
        "link": [{"rel": "alternate", "type": "text/html", "href": f"{page.url}/"}],
        "generator": {"version": "7.00", "uri": "http://www.blogger.com", "$t": "Blogger"},
        "openSearch$totalResults": {"$t": str(page.total)},
        "openSearch$startIndex": {"$t": str(page.start)},
        "openSearch$itemsPerPage": {"$t": str(page.size)},
    }
    if page.updated:
        feed["updated"] = {"$t": _stamp(page.edition, page.updated)}
    if page.posts:  # a feed without entries has no list of them
        feed["entry"] = [_json_entry(page, post, shown) for post in page.posts]
    answer = {"version": "1.0", "encoding": "UTF-8", "feed": feed}
    body = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&":  # as Google writes JSON
        body = body.replace(sign, f"\\u{ord(sign):04x}")
    return Reply(body=body.encode(), headers=(("Content-Type", "application/json; charset=UTF-8"),))


def _json_entry(page: _Page, post: Post, shown: Shown) -> dict[str, Any]:
    edition = page.edition
    name, text = shown(edition, post)
    return {
        "id": {"$t": f"tag:blogger.com,1999:blog-{BLOG}.post-{post.id}"},
        "published": {"$t": _stamp(edition, post.published_at)},
        "updated": {"$t": _stamp(edition, post.modified_at, post)},
        "category": [
            {"scheme": "http://www.blogger.com/atom/ns#", "term": label}
            for label in (post.section, *post.tags)
        ],
        "title": {"type": "text", "$t": post.headline},
        name: {"type": "html" if name == "content" else "text", "$t": text},
        "link": _links(page, post),
        "author": [{"name": {"$t": "JURNAL JAWAPES"}, "email": {"$t": "noreply@blogger.com"}}],
        "media$thumbnail": {"url": image(post, "s72-c"), "height": "72", "width": "72"},
        "thr$total": {"$t": "0"},
    }


# -- Atom ------------------------------------------------------------------------------------


def _atom(page: _Page, shown: Shown) -> Reply:
    updated = f"<updated>{_stamp(page.edition, page.updated)}</updated>" if page.updated else ""
    counts = "".join(
        f"<openSearch:{name}>{number}</openSearch:{name}>"
        for name, number in (
            ("totalResults", page.total),
            ("startIndex", page.start),
            ("itemsPerPage", page.size),
        )
    )
    body = (
        "<?xml version='1.0' encoding='UTF-8'?><?xml-stylesheet "
        'href="http://www.blogger.com/styles/atom.css" type="text/css"?>'
        "<feed xmlns='http://www.w3.org/2005/Atom' "
        "xmlns:openSearch='http://a9.com/-/spec/opensearchrss/1.0/' "
        "xmlns:thr='http://purl.org/syndication/thread/1.0'>"
        f"<id>tag:blogger.com,1999:blog-{BLOG}</id>{updated}"
        f"<title type='text'>{escape(page.edition.site.outlet.name)}</title>"
        f"<link rel='alternate' type='text/html' href='{page.url}/'/>"
        f"<generator version='7.00' uri='http://www.blogger.com'>Blogger</generator>{counts}"
        f"{''.join(_atom_entry(page, post, shown) for post in page.posts)}</feed>"
    )
    headers = (("Content-Type", "application/atom+xml; charset=UTF-8"),)
    return Reply(body=body.encode(), headers=headers)


def _atom_entry(page: _Page, post: Post, shown: Shown) -> str:
    edition = page.edition
    name, text = shown(edition, post)
    kind = "html" if name == "content" else "text"
    labels = "".join(
        f"<category scheme='http://www.blogger.com/atom/ns#' term='{escape(label)}'/>"
        for label in (post.section, *post.tags)
    )
    links = "".join(
        "<link " + " ".join(f"{key}='{escape(value)}'" for key, value in link.items()) + "/>"
        for link in _links(page, post)
    )
    return (
        f"<entry><id>tag:blogger.com,1999:blog-{BLOG}.post-{post.id}</id>"
        f"<published>{_stamp(edition, post.published_at)}</published>"
        f"<updated>{_stamp(edition, post.modified_at, post)}</updated>{labels}"
        f"<title type='text'>{escape(post.headline)}</title>"
        f"<{name} type='{kind}'>{escape(text)}</{name}>{links}"
        "<author><name>JURNAL JAWAPES</name><email>noreply@blogger.com</email></author>"
        "<thr:total>0</thr:total></entry>"
    )
