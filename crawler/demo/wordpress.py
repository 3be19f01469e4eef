"""wp-json: the posts of a site as WordPress's REST API lists them.

Behaviour read in WP_REST_Posts_Controller: `after` and friends are exclusive, a date without zone
is the site's local time, and a page past the end is an error.
"""

import json
import math
import re
from datetime import datetime
from operator import attrgetter, gt, lt
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from crawler.demo.bodies import content, excerpt
from crawler.demo.editions import Edition
from crawler.demo.nights import Post
from crawler.demo.printed import texturized
from crawler.demo.reply import Asked, Reply

__all__ = ["rest", "rest_error", "term_id"]

_DATE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)?", re.I)
_WINDOWS = (
    ("after", "published_at", gt),
    ("before", "published_at", lt),
    ("modified_after", "modified_at", gt),
    ("modified_before", "modified_at", lt),
)
_ORDERS = {"date": "published_at", "modified": "modified_at", "id": "id", "title": "headline"}


class _Invalid(ValueError):
    """A query field that WordPress refuses; its argument is the field's name."""


def rest(edition: Edition, asked: Asked, route: str) -> Reply:
    """The answer to a route below /wp-json, e.g. `/wp/v2/posts`."""
    try:
        return _answer(edition, asked, route)
    except _Invalid as error:
        return rest_error(400, "rest_invalid_param", f"Parameter tidak valid: {error}")


def rest_error(status: int, code: str, message: str) -> Reply:
    """An error as WordPress's REST API words it."""
    return _json({"code": code, "message": message, "data": {"status": status}}, status)


def term_id(slug: str) -> int:
    """The id of a category or tag."""
    return 10 + crc32(slug.encode()) % 90000


def _answer(edition: Edition, asked: Asked, route: str) -> Reply:
    if route.rstrip("/") == "":
        return _json({"name": edition.site.outlet.name, "namespaces": ["wp/v2"], "routes": {}})
    if route.rstrip("/") == "/wp/v2/posts":
        return _posts(edition, asked)
    single = re.fullmatch(r"/wp/v2/posts/(\d+)/?", route)
    if single:
        return _single(edition, asked, int(single[1]))
    terms = re.fullmatch(r"/wp/v2/(categories|tags)/?", route)
    if terms:
        return _terms(edition, asked, terms[1])
    return rest_error(404, "rest_no_route", "Tidak ada rute yang cocok dengan URL dan metodenya.")


def _posts(edition: Edition, asked: Asked) -> Reply:
    per_page, page = _number(asked, "per_page", most=100), _number(asked, "page", most=10**9)
    found = _ordered(_filtered(edition, asked), asked)
    pages = math.ceil(len(found) / per_page)
    if page > pages and found:
        message = "Nomor halaman yang diminta lebih besar dari jumlah halaman yang tersedia."
        return rest_error(400, "rest_post_invalid_page_number", message)
    shown = found[(page - 1) * per_page : page * per_page]
    rows = [_fields(_post(edition, post), asked) for post in shown]
    return _json(rows, totals=(len(found), pages))


def _single(edition: Edition, asked: Asked, number: int) -> Reply:
    post = edition.by_id.get(number)
    if post is None:
        return rest_error(404, "rest_post_invalid_id", "ID pos tidak valid.")
    return _json(_fields(_post(edition, post), asked))


def _terms(edition: Edition, asked: Asked, kind: str) -> Reply:
    slugs = sorted({slug for post in edition.live for slug in _term_slugs(post, kind)})
    wanted, words = asked.values("slug"), asked.value("search").lower().split()
    slugs = [slug for slug in slugs if not wanted or slug in wanted]
    slugs = [slug for slug in slugs if all(word in slug for word in words)]
    rows = [{"id": term_id(slug), "slug": slug, "name": slug.replace("-", " ")} for slug in slugs]
    return _json(rows, totals=(len(rows), 1))


def _term_slugs(post: Post, kind: str) -> tuple[str, ...]:
    return tuple(post.section.split("/")) if kind == "categories" else post.tags


def _filtered(edition: Edition, asked: Asked) -> list[Post]:
    posts = list(edition.live)
    for name, attribute, compare in _WINDOWS:
        if asked.value(name):
            edge = _moment(edition, asked, name)
            posts = [post for post in posts if compare(getattr(post, attribute), edge)]
    if asked.values("include"):
        posts = [post for post in posts if str(post.id) in asked.values("include")]
    posts = [post for post in posts if str(post.id) not in asked.values("exclude")]
    if asked.values("slug"):
        posts = [post for post in posts if post.slug in asked.values("slug")]
    for kind in ("categories", "tags"):
        wanted = set(asked.values(kind))
        if wanted:
            posts = [post for post in posts if wanted & _term_ids(post, kind)]
    words = asked.value("search").lower().split()
    return [post for post in posts if all(word in _searched(post) for word in words)]


def _term_ids(post: Post, kind: str) -> set[str]:
    return {str(term_id(slug)) for slug in _term_slugs(post, kind)}


def _searched(post: Post) -> str:
    return " ".join((post.headline, *post.paragraphs)).lower()


def _ordered(posts: list[Post], asked: Asked) -> list[Post]:
    key = asked.value("orderby") or "date"
    if key in ("include", "relevance"):
        wanted = asked.values("include")
        return sorted(posts, key=lambda post: wanted.index(str(post.id)) if wanted else 0)
    if key not in _ORDERS:
        raise _Invalid("orderby")
    return sorted(posts, key=attrgetter(_ORDERS[key], "id"), reverse=asked.value("order") != "asc")


def _number(asked: Asked, name: str, *, most: int) -> int:
    text = asked.value(name) or {"per_page": "10"}.get(name, "1")
    if not re.fullmatch(r"\d{1,9}", text) or not 1 <= int(text) <= most:
        raise _Invalid(name)
    return int(text)


def _moment(edition: Edition, asked: Asked, name: str) -> datetime:
    text = asked.value(name)
    # an unencoded + arrives as a space, and WordPress refuses it too
    if not _DATE.fullmatch(text):
        raise _Invalid(name)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _Invalid(name) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(edition.site.outlet.zone))


def _post(edition: Edition, post: Post) -> dict[str, Any]:
    url, zone = edition.site.outlet.url, ZoneInfo(edition.site.outlet.zone)
    return {
        "id": post.id,
        "date": _stamp(post.published_at.astimezone(zone)),
        "date_gmt": _stamp(post.published_at),
        "guid": {"rendered": f"{url}/?p={post.id}"},
        "modified": _stamp(post.modified_at.astimezone(zone)),
        "modified_gmt": _stamp(post.modified_at),
        "slug": post.slug,
        "status": "publish",
        "type": "post",
        "link": f"{url}{post.path}",
        "title": {"rendered": texturized(post.headline)},
        "content": {"rendered": content(edition, post), "protected": False},
        "excerpt": {"rendered": f"<p>{excerpt(post)}</p>\n", "protected": False},
        "author": 2,
        "featured_media": post.id + 1,
        "categories": [term_id(slug) for slug in post.section.split("/")],
        "tags": [term_id(slug) for slug in post.tags],
    }


def _stamp(moment: datetime) -> str:
    # WordPress prints its dates without a zone, the _gmt ones too
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def _fields(row: dict[str, Any], asked: Asked) -> dict[str, Any]:
    wanted = [name.strip() for name in asked.values("_fields") if name.strip()]
    if not wanted:
        return row
    kept: dict[str, Any] = {}
    for name in wanted:
        top, _, below = name.partition(".")
        if top not in row:
            continue
        if not below:
            kept[top] = row[top]
        elif isinstance(row[top], dict) and below in row[top]:
            kept.setdefault(top, {})[below] = row[top][below]
    return kept


def _json(value: Any, status: int = 200, *, totals: tuple[int, int] | None = None) -> Reply:
    headers = [("Content-Type", "application/json; charset=UTF-8"), ("X-Robots-Tag", "noindex")]
    if totals:
        headers += [("X-WP-Total", str(totals[0])), ("X-WP-TotalPages", str(totals[1]))]
    return Reply(status=status, body=json.dumps(value).encode(), headers=tuple(headers))
