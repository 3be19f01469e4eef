"""robots.txt, the news sitemaps and the broken /rss of the Tribun sites."""

from datetime import UTC
from email.utils import format_datetime
from html import escape

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.nights import Post
from crawler.demo.reply import Asked, Reply
from crawler.demo.tribun_chrome import sections
from crawler.demo.tribun_pages import in_wib

__all__ = ["tribun_robots", "tribun_rss", "tribun_sitemap"]

_MOST = 100
_SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_XML = (("Content-Type", "text/xml; charset=UTF-8"),)
_RSS = (("Content-Type", "application/rss+xml; charset=UTF-8"),)


def tribun_robots(edition: Edition, config: NewsroomConfig) -> Reply:
    """robots.txt, which forbids the three ways to a ready-made list."""
    lines = ["User-agent: *", "Disallow: /tag/", "Disallow: /topic/", "Disallow: /search"]
    if config.crawl_delay is not None:
        lines.append(f"Crawl-delay: {config.crawl_delay:g}")
    if config.sitemaps:
        lines += ["", f"Sitemap: {edition.site.outlet.url}/sitemap.xml"]
    body = "\n".join(lines) + "\n"
    return Reply(body=body.encode(), headers=(("Content-Type", "text/plain; charset=utf-8"),))


def tribun_sitemap(edition: Edition, asked: Asked) -> Reply | None:
    """The index at the root, the newest stories of all sections, and those of each section."""
    if asked.path == "/sitemap.xml":
        return Reply(body=_index(edition).encode(), headers=_XML)
    section = asked.path.removesuffix("/sitemap-news.xml").removeprefix("/")
    if not asked.path.endswith("/sitemap-news.xml") or section not in ("", *sections(edition)):
        return None
    posts = [post for post in edition.live if section in ("", post.section)]
    return Reply(body=_news(edition, posts[:_MOST]).encode(), headers=_XML)


def tribun_rss(edition: Edition, asked: Asked) -> Reply | None:
    """The feed: well-formed, and every link in it is the front page."""
    if asked.path.rstrip("/") != "/rss":
        return None
    outlet = edition.site.outlet
    items = "\n".join(
        f"<item><title>{escape(post.headline)}</title><link>{outlet.url}/</link>"
        f"<guid>{outlet.url}/</guid><pubDate>{_rfc822(post)}</pubDate></item>"
        for post in edition.live[:20]
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(outlet.name)}</title><link>{outlet.url}/</link>"
        f"<description>{escape(outlet.name)}</description>\n{items}\n</channel></rss>\n"
    )
    return Reply(body=body.encode(), headers=_RSS)


def _rfc822(post: Post) -> str:
    return format_datetime(post.published_at.astimezone(UTC))


def _index(edition: Edition) -> str:
    url = edition.site.outlet.url
    places = ["", *(f"/{name}" for name in sections(edition))]
    rows = "\n".join(
        f"<sitemap><loc>{url}{place}/sitemap-news.xml</loc></sitemap>" for place in places
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<sitemapindex xmlns="{_SCHEMA}">\n{rows}\n</sitemapindex>\n'


def _news(edition: Edition, posts: list[Post]) -> str:
    rows = "\n".join(_url(edition, post) for post in posts)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_SCHEMA}" '
        f'xmlns:news="{_NEWS}">\n{rows}\n</urlset>\n'
    )


def _url(edition: Edition, post: Post) -> str:
    name = escape(edition.site.outlet.name)
    return (
        f"<url><loc>{edition.site.outlet.url}{escape(post.path)}</loc><news:news>"
        f"<news:publication><news:name>{name}</news:name><news:language>id</news:language>"
        f"</news:publication><news:publication_date>{in_wib(post.published_at)}"
        f"</news:publication_date><news:title>{escape(post.headline)}</news:title>"
        f"<news:keywords>{escape(', '.join(post.tags))}</news:keywords></news:news></url>"
    )
