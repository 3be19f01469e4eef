"""Pages of the demo newsroom that are not about the topic: what the byte filter turns away."""

import urllib.request
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import quote, urlsplit

from extract_pages import Item

from crawler.demo.config import NewsroomConfig
from crawler.demo.newsroom import Newsroom

__all__ = ["WARM", "off_topic_items", "warm_items"]

WARM = "warm"
"""The pages that are read before anything is measured."""

_GROWN = 60  # further invented stories of each site, so that its pages are not all alike
_OF_EACH = 25
_WARM = 3


def off_topic_items(folder: Path) -> list[Item]:
    """Invented stories of the newsroom's outlets that are off topic, saved into `folder`."""
    items = []
    with Newsroom(NewsroomConfig(today=date(2026, 9, 10), grown=_GROWN)) as newsroom:
        for site in newsroom.sites:
            slug = site.outlet.slug
            stories = [one for one in newsroom.truth() if one.outlet == slug and not one.on_topic]
            for number, story in enumerate(stories[: _OF_EACH + _WARM]):
                file = folder / f"{slug}-{number}.html"
                file.write_bytes(_fetched(newsroom.url, story.url))
                pages = ((str(file), story.url),)
                items.append(Item(name=f"demo/{file.stem}", pages=pages, outlet=slug))
    return items


def warm_items(items: list[Item]) -> list[Item]:
    """Take the last pages of each outlet out of `items`."""
    warm = []
    for outlet in {item.outlet: None for item in items}:
        warm += [item for item in items if item.outlet == outlet][-_WARM:]
    items[:] = [item for item in items if item not in warm]
    return warm + [_of_nobody(item) for item in warm]


def _of_nobody(item: Item) -> Item:
    """The same page at an outlet never met: our reader, too, loads more for these."""
    pages = tuple((file, "https://media-uji.example/berita/satu/") for file, _ in item.pages)
    return replace(item, outlet="", pages=pages)


def _fetched(origin: str, url: str) -> bytes:
    parts = urlsplit(url)
    asked = urllib.request.Request(origin + quote(parts.path), headers={"Host": parts.netloc})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked) as answer:
        return bytes(answer.read())
