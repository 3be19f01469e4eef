"""robots.txt, and the sitemaps as WordPress core, Yoast and Rank Math make them."""

import gzip
import re
from datetime import datetime
from html import escape

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.nights import Post
from crawler.demo.reply import Asked, Reply, redirect

__all__ = ["robots", "sitemap"]

_SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XML = (("Content-Type", "application/xml; charset=UTF-8"), ("X-Robots-Tag", "noindex, follow"))
_GZIP = (("Content-Type", "application/x-gzip"),)
# per index path: the child's name for its number from 1, and how many addresses it holds
_CHILDREN = {
    "kantamedia": ("/wp-sitemap-posts-post-{}.xml", 2000),
    "lintastungkal": ("/post-sitemap{}.xml", 1000),
    "kolomrakyat": ("/post-sitemap{}.xml.gz", 200),
}


def robots(edition: Edition, config: NewsroomConfig) -> Reply:
    """robots.txt."""
    lines = ["User-agent: *", "Disallow: /wp-admin/", "Allow: /wp-admin/admin-ajax.php"]
    if edition.site.theme == "kolomrakyat":
        lines.append("Disallow: /private/")
    if config.crawl_delay is not None:
        lines.append(f"Crawl-delay: {config.crawl_delay:g}")
    if config.sitemaps:
        lines += ["", f"Sitemap: {edition.site.outlet.url}{edition.site.sitemap}"]
    body = "\n".join(lines) + "\n"
    return Reply(body=body.encode(), headers=(("Content-Type", "text/plain; charset=utf-8"),))


def sitemap(edition: Edition, asked: Asked) -> Reply | None:
    """The sitemap index or one of its children; None for any other path."""
    if asked.path == "/sitemap.xml":
        return redirect(edition.site.outlet.url + edition.site.sitemap)
    if asked.path == edition.site.sitemap:
        return Reply(body=_index(edition).encode(), headers=_XML)
    name, size = _CHILDREN[edition.site.theme]
    for number, posts in enumerate(_chunks(edition, size), 1):
        if asked.path == _child(name, number):
            return _child_reply(edition, posts, is_gzip=name.endswith(".gz"))
    if re.fullmatch(r"/(wp-sitemap-taxonomies-category-1|category-sitemap)\.xml", asked.path):
        return Reply(body=_categories(edition).encode(), headers=_XML)
    return None


def _child(name: str, number: int) -> str:
    # Yoast does not number its first one
    return name.format("" if number == 1 and name == "/post-sitemap{}.xml" else number)


def _chunks(edition: Edition, size: int) -> list[tuple[Post, ...]]:
    posts = edition.live[::-1]  # oldest first
    return [posts[start : start + size] for start in range(0, len(posts), size)]


def _index(edition: Edition) -> str:
    url = edition.site.outlet.url
    name, size = _CHILDREN[edition.site.theme]
    rows = [
        f"<sitemap><loc>{url}{_child(name, number)}</loc>"
        f"<lastmod>{_w3c(max(post.modified_at for post in posts))}</lastmod></sitemap>"
        for number, posts in enumerate(_chunks(edition, size), 1)
    ]
    core = edition.site.theme == "kantamedia"
    terms = "/wp-sitemap-taxonomies-category-1.xml" if core else "/category-sitemap.xml"
    rows.append(f"<sitemap><loc>{url}{terms}</loc></sitemap>")
    return _document("sitemapindex", rows)


def _child_reply(edition: Edition, posts: tuple[Post, ...], *, is_gzip: bool) -> Reply:
    rows = [
        f"<url><loc>{edition.site.outlet.url}{escape(post.path)}</loc>"
        f"<lastmod>{_w3c(post.modified_at)}</lastmod></url>"
        for post in posts
    ]
    body = _document("urlset", rows).encode()
    if is_gzip:
        # a stored .gz file: the bytes are gzip by type, not by Content-Encoding
        return Reply(body=gzip.compress(body, mtime=0), headers=_GZIP, raw=True)
    return Reply(body=body, headers=_XML)


def _categories(edition: Edition) -> str:
    slugs = sorted({post.section for post in edition.live})
    url = edition.site.outlet.url
    return _document("urlset", [f"<url><loc>{url}/category/{s}/</loc></url>" for s in slugs])


def _document(root: str, rows: list[str]) -> str:
    body = "\n".join(rows)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_SCHEMA}">\n{body}\n</{root}>\n'
    )


def _w3c(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
