"""The front door of rusak.example: its feed, its sitemap, and the way in to every bad endpoint."""

from dataclasses import replace
from email.utils import format_datetime

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.feeds import feed
from crawler.demo.hostile import FIXED, bad_links, hostile
from crawler.demo.reply import Asked, Reply
from crawler.demo.site import answer

__all__ = ["rusak_answer"]


def rusak_answer(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply:
    """The reply of rusak.example: hostile where it can be, otherwise a site with REST closed."""
    reply = hostile(asked)
    if reply:
        return reply
    if asked.path == "/feed/" and config.feeds and asked.value("paged") in ("", "1"):
        return _feed(edition, asked)
    if asked.path == "/category/berita/feed/":
        return FIXED["feed-html"]
    if asked.path == edition.site.sitemap:
        return FIXED["sitemap"]
    return answer(edition, asked, replace(config, rest=False))


def _feed(edition: Edition, asked: Asked) -> Reply:
    """The good stories spread among the bad links, in a feed that is not well-formed."""
    good = feed(edition, asked)
    if good is None:
        return Reply(status=500)
    head, *items = good.body.decode().split("\t<item>")
    items = [f"\t<item>{item.partition('</channel>')[0]}" for item in items]
    date = format_datetime(edition.live[0].published_at)
    bad = [_item(link, date) for link in bad_links(asked)]
    step = len(bad) // len(items) + 1
    rows = [row for n, item in enumerate(items) for row in (*bad[n * step : (n + 1) * step], item)]
    body = f"{head}{''.join(rows)}</channel>\n</rss>\n"
    return Reply(body=body.encode(), headers=good.headers)


def _item(link: str, date: str) -> str:
    # the bare & and &nbsp; that real feeds carry: not well-formed XML
    address = f"{link}?utm_source=rss&utm_medium=feed" if "/redirect/" in link else link
    return (
        f"\t<item>\n\t\t<title>Kabar & Peristiwa&nbsp;Kota</title>\n\t\t<link>{address}</link>\n"
        f"\t\t<pubDate>{date}</pubDate>\n\t</item>\n"
    )
