"""Which answer a site gives to a request. Pure: an edition and a request in, a reply out."""

import re
from dataclasses import replace
from urllib.parse import quote

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.feeds import feed
from crawler.demo.listings import listing, missing_page
from crawler.demo.nights import Post
from crawler.demo.pages import amp_page, story_page
from crawler.demo.photos import upload
from crawler.demo.reply import Asked, Reply, html_reply, redirect
from crawler.demo.sitemaps import robots, sitemap
from crawler.demo.wordpress import rest, rest_error

__all__ = ["answer"]


def answer(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply:
    """The reply of one site on one night."""
    if asked.host.lower().startswith("www."):
        return redirect(f"{edition.site.outlet.url}{quote(asked.path)}{_query(asked)}")
    if asked.path == "/robots.txt":
        return robots(edition, config)
    reply = upload(edition, asked) or _rest(edition, asked, config)
    if reply is None and config.feeds:
        reply = feed(edition, asked)
    if reply is None and config.sitemaps:
        reply = sitemap(edition, asked)
    reply = reply or _shortlink(edition, asked) or listing(edition, asked) or _story(edition, asked)
    return reply or _private(edition, asked) or html_reply(missing_page(edition.site), 404)


def _query(asked: Asked) -> str:
    return f"?{asked.query}" if asked.query else ""


def _rest(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    route = asked.path.removeprefix("/wp-json") if asked.path.startswith("/wp-json") else None
    if asked.path == "/" and asked.value("rest_route"):
        route = asked.value("rest_route")
    if route is None:
        return None
    if config.rest:
        return rest(edition, asked, route)
    return _closed_rest(edition)


def _closed_rest(edition: Edition) -> Reply:
    status = edition.site.closed_rest_status
    if status == 401:
        return rest_error(status, "rest_not_logged_in", "Anda tidak sedang masuk log.")
    if status == 200:
        # a security plugin that answers with the front page
        return listing(edition, Asked(host=edition.site.host, path="/")) or Reply(status=500)
    return html_reply(missing_page(edition.site), status)


def _shortlink(edition: Edition, asked: Asked) -> Reply | None:
    number = asked.value("p")
    if asked.path != "/" or not number:
        return None
    post = edition.by_id.get(int(number)) if re.fullmatch(r"\d{1,9}", number) else None
    if post is None:
        return html_reply(missing_page(edition.site), 404)
    return redirect(f"{edition.site.outlet.url}{post.path}")


def _story(edition: Edition, asked: Asked) -> Reply | None:
    path = asked.path if asked.path.endswith("/") else f"{asked.path}/"
    parent, _, last = path.rstrip("/").rpartition("/")
    is_below = bool(re.fullmatch(r"amp|\d{1,4}", last)) and f"{parent}/" in _known(edition)
    base = f"{parent}/" if is_below else path
    moved = edition.by_old_path.get(base)
    if moved and not moved.removed:
        return redirect(f"{edition.site.outlet.url}{moved.path}{f'{last}/' if is_below else ''}")
    post = edition.by_path.get(base) or moved
    if post is None:
        return None
    if post.removed:
        return _removed(edition)
    if path != asked.path and not is_below:
        return redirect(f"{edition.site.outlet.url}{path}{_query(asked)}")
    return _below(edition, post, asked, last) if is_below else _page(edition, post, asked)


def _known(edition: Edition) -> set[str]:
    return edition.by_path.keys() | edition.by_old_path.keys()


def _below(edition: Edition, post: Post, asked: Asked, last: str) -> Reply | None:
    """A part, or the AMP twin, of a story."""
    if last == "amp":
        return html_reply(amp_page(edition, post)) if edition.site.amp else None
    if int(last) > 1 and (len(post.pages) > 1 or edition.site.theme == "lintastungkal"):
        # beyond the last part this theme answers 200 with the last one
        return _page(edition, post, asked, part=min(int(last), len(post.pages)))
    return redirect(f"{edition.site.outlet.url}{post.path}")


def _page(edition: Edition, post: Post, asked: Asked, *, part: int = 1) -> Reply:
    reply = html_reply(story_page(edition, post, part=part, views=asked.views))
    url = edition.site.outlet.url
    short = f'<{url}/?p={post.id}>; rel=shortlink, <{url}/wp-json/>; rel="https://api.w.org/"'
    return replace(
        reply,
        headers=(*reply.headers, ("Link", short)),
        etag="etag" in edition.site.validators,
        modified_at=post.changed_at if "last-modified" in edition.site.validators else None,
    )


def _removed(edition: Edition) -> Reply:
    status = edition.site.removed_status
    if status == 301:
        return redirect(f"{edition.site.outlet.url}/")
    return html_reply(missing_page(edition.site), status)


def _private(edition: Edition, asked: Asked) -> Reply | None:
    """What lies behind the trap: a page that looks like one of ours. robots.txt forbids it."""
    if edition.site.theme != "kolomrakyat" or not asked.path.startswith("/private/"):
        return None
    post = next((post for post in edition.live if post.on_topic), None)
    return html_reply(story_page(edition, post)) if post else None
