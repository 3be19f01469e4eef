"""Which answer a Tribun site gives to a request. Pure: an edition and a request in, a reply out.

Behaviour as three reports of live checks in 2026 describe it; see the outlets' modules.
"""

import re
from urllib.parse import quote
from zoneinfo import ZoneInfo

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.nights import Post
from crawler.demo.reply import Asked, Reply, html_reply
from crawler.demo.tribun_listings import missing, tribun_listing
from crawler.demo.tribun_pages import amp_page, story_page
from crawler.demo.tribun_seeds import tribun_robots, tribun_rss, tribun_sitemap

__all__ = ["tribun_answer"]

_FORBIDDEN = html_reply("<html><head><title>403 Forbidden</title></head><body></body></html>", 403)


def tribun_answer(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply:
    """The reply of one edition, or of the national site, on one night."""
    if "bot" in asked.headers.get("user-agent", "").lower():
        return _FORBIDDEN  # the edge in front of the whole network
    host = asked.host.partition(":")[0].lower()
    if host not in (edition.site.host, edition.site.mobile):
        return _moved(edition, asked.path, asked.query)
    if asked.path == "/robots.txt":
        return tribun_robots(edition, config)
    reply = tribun_sitemap(edition, asked) if config.sitemaps else None
    reply = reply or tribun_rss(edition, asked) or tribun_listing(edition, asked)
    return reply or _amp(edition, asked) or _story(edition, asked) or missing(edition)


def _moved(edition: Edition, path: str, query: str = "") -> Reply:
    location = f"{edition.site.outlet.url}{quote(path)}{f'?{query}' if query else ''}"
    html = (("Content-Type", "text/html; charset=UTF-8"), ("Location", location))
    return Reply(status=301, headers=html)


def _amp(edition: Edition, asked: Asked) -> Reply | None:
    """The AMP twin, at the national site on its mobile host only."""
    if not asked.path.startswith("/amp/"):
        return None
    path = asked.path.removeprefix("/amp").rstrip("/")
    host = edition.site.mobile
    if host and asked.host.partition(":")[0].lower() != host:
        target = f"https://{host}{quote(asked.path)}"
        return Reply(status=301, headers=(("Location", target),))
    post = edition.by_path.get(path) or edition.by_old_path.get(path)
    if post is None or post.removed:
        return None
    return html_reply(amp_page(edition, post))


def _story(edition: Edition, asked: Asked) -> Reply | None:
    path = asked.path.rstrip("/")
    post = edition.by_path.get(path)
    moved = post is None
    post = post or edition.by_old_path.get(path) or _by_number(edition, path)
    if post is None:
        return None
    if post.removed:
        return _moved(edition, "/") if edition.site.removed_status == 301 else missing(edition)
    if moved:
        return _moved(edition, post.path, asked.query)
    parts = _parts(post, asked.value("page"))
    return html_reply(story_page(edition, post, parts=parts, views=asked.views))


def _by_number(edition: Edition, path: str) -> Post | None:
    """A story of the national site by its id alone, or by its address as of before 2026."""
    if not edition.site.id_prefix:
        return None
    number = re.fullmatch(r"/[a-z-]+/(\d{7})(?:/[^/]*)?", path)
    if number:
        return edition.by_id.get(int(number[1]))
    zone = ZoneInfo(edition.site.outlet.zone)
    return next((p for p in edition.live if path == _dated(p, zone)), None)


def _dated(post: Post, zone: ZoneInfo) -> str:
    return f"/{post.section}/{post.published_at.astimezone(zone):%Y/%m/%d}/{post.slug}"


def _parts(post: Post, page: str) -> range:
    """The parts that `?page=` asks for; behind the last one it is the last one again."""
    count = len(post.pages)
    if page == "all":
        return range(1, count + 1)
    number = int(page) if re.fullmatch(r"\d{1,4}", page) else 1
    number = min(max(number, 1), count)
    return range(number, number + 1)
