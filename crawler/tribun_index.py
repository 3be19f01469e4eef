"""Where a site of the Tribun Network lists its stories, and what those lists say. Pure.

Addresses and markup as the network shows them since 2020: `/index-news` by day, by section and by
both, 20 stories a page; page 11 and later repeat page 10.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from archive.errors import Unreadable
from archive.types import Outlet
from archive.urls import absolute_url
from crawler.dates import read_date
from crawler.discover import Candidate, Found, SeedUnreadable, found, plain_title, story_link
from crawler.tree import Element, parsed, select, text_of

__all__ = [
    "IndexPage",
    "index_url",
    "is_never_asked",
    "may_be_story",
    "news_sitemaps",
    "platform_id",
    "read_index_page",
    "section_of",
    "stretch",
]

# robots.txt of www forbids the first three; the links of /rss all lead to the front page
_NEVER = frozenset({"tag", "topic", "search", "rss"})
_NO_STORIES = frozenset(
    {"index-news", "indeks", "penulis", "editor", "member", "auth", "api", "ajax", "json"}
    | {"posts", "komentar", "redaksi", "about", "contact", "epaper"}
)
_ID = re.compile(r"/[^/]+/(\d{7,8})(?:/|$)")
_NEWS_SITEMAP = re.compile(r"(?:sitemap[-_]news|news[-_]sitemap)[^/]*$", re.IGNORECASE)
_OTHER_SITEMAP = re.compile(r"(?:image|foto|photo|video|tag|topic)[^/]*$", re.IGNORECASE)
_SECTION = re.compile(r"/index-news/([a-z0-9-]+)/?", re.IGNORECASE)
_SECTION_NAME = re.compile(r"[a-z0-9-]+")
_MANY = 20
_A_DAY = timedelta(days=1)


def index_url(base: str, *, day: date | None = None, section: str = "", page: int = 1) -> str:
    """The address of a page of the index: of a day, of a section, of both, or of the newest."""
    query = [f"date={day:%Y-%m-%d}"] if day else []
    query += [f"page={page}"] if page > 1 else []
    place = f"/index-news/{section}" if section else "/index-news"
    return f"{base.rstrip('/')}{place}{'?' if query else ''}{'&'.join(query)}"


def is_never_asked(url: str) -> bool:
    """The address is a list by tag or topic, a search or a feed: not asked for, linked or not."""
    segments = _segments(url)
    return bool(segments) and segments[0] in _NEVER


def may_be_story(url: str) -> bool:
    """The address may be that of a story: all but what is known for something else is.

    Stories are `/2026/07/24/slug` and `/nasional/2020/05/04/slug`, since 2026 also
    `/nasional/7858656/slug`; photos and videos have their own: there the page decides.
    """
    segments = _segments(url)
    return len(segments) > 1 and segments[0] not in _NEVER | _NO_STORIES


def platform_id(url: str) -> str:
    """`tribun:7858656` when the address holds the CMS's number, else ''."""
    match = _ID.match("/" + "/".join(_segments(url)))
    return f"tribun:{match[1]}" if match else ""


def news_sitemaps(children: Iterable[Candidate]) -> list[Candidate]:
    """Of what a sitemap index names, the lists of the newest stories; without any, all lists."""
    asked = [child for child in children if not is_never_asked(child.url)]
    news = [child for child in asked if _NEWS_SITEMAP.search(urlsplit(child.url).path)]
    return news or [c for c in asked if not _OTHER_SITEMAP.search(urlsplit(c.url).path)]


def section_of(sitemap_url: str) -> str:
    """The section whose stories a news sitemap lists; '' for that of the whole site."""
    segments = _segments(sitemap_url)
    return segments[0] if len(segments) > 1 else ""


def stretch(candidates: Iterable[Candidate]) -> datetime | None:
    """Since when a news sitemap lists everything, or None when its stories are not dated.

    Of many the two oldest do not count: a stray old story says nothing of the others.
    """
    dates = sorted(filter(None, (c.published_at or c.modified_at for c in candidates)))
    if not dates:
        return None
    return dates[2] if len(dates) > _MANY else dates[0]


@dataclass(frozen=True)
class IndexPage(Found):
    """A page of the index: its stories, and the sections of the site that it names."""

    sections: tuple[str, ...] = ()

    def shows(self, day: date, *, zone: str) -> bool:
        """Some story is of about that day, or none is dated: the site did not show other days.

        A day more or less says nothing: `1 hari lalu` is rounded, and other zones have other days.
        """
        dates = [c.published_at for c in self.candidates if c.published_at]
        return not dates or any(
            abs(at.astimezone(ZoneInfo(zone)).date() - day) <= _A_DAY for at in dates
        )


def read_index_page(html: str, *, url: str, outlet: Outlet, fetched_at: datetime) -> IndexPage:
    """The stories that a page of the index lists, in its order. Raises SeedUnreadable."""
    try:
        tree = parsed(html)
    except Unreadable as error:
        raise SeedUnreadable(str(error)) from None
    if not select(tree, "ul.lsi"):
        raise SeedUnreadable("no list of stories in it (ul.lsi)")
    rows = select(tree, "ul.lsi > li")
    read = found(_entry(row, url=url, outlet=outlet, fetched_at=fetched_at) for row in rows)
    dropped = tuple(link for link in read.dropped if link)  # a row of the list may be an ad
    return IndexPage(read.candidates, dropped, _sections(tree, url))


def _entry(row: Element, *, url: str, outlet: Outlet, fetched_at: datetime) -> Candidate | str:
    links = select(row, "h3 a[href]")
    if not links:
        return ""
    href = links[0].get("href")
    link = story_link(href, base=url, outlet_url=outlet.url)
    if not link or not may_be_story(link):
        return href if not link else ""
    printed = "".join(map(text_of, select(row, "time.grey")[:1]))
    at = read_date(printed, zone=outlet.zone, fetched_at=fetched_at)
    return Candidate(
        link,
        title=plain_title(links[0].get("title") or text_of(links[0])),
        published_at=at.at if at else None,
        platform_id=platform_id(link),
    )


def _sections(tree: Element, url: str) -> tuple[str, ...]:
    """The sections that the page's menu of the index offers."""
    named = [option.get("value") or "" for option in select(tree, "select#sectionpil option")]
    for link in select(tree, 'a[href*="/index-news/"]'):
        try:
            match = _SECTION.fullmatch(urlsplit(absolute_url(link.get("href"), base=url)).path)
        except ValueError:
            continue
        named.append(match[1] if match else "")
    names = (name.lower() for name in named if _SECTION_NAME.fullmatch(name.lower()))
    return tuple(dict.fromkeys(name for name in names if name not in {"all", *_NEVER}))


def _segments(url: str) -> list[str]:
    """The parts of the path, in lower case, without the mark of an AMP twin."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return []
    return [part for part in path.lower().split("/") if part not in ("", "amp")]
