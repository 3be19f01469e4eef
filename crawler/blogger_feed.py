"""Blogger's post feeds: the addresses of lists of posts, and what they answer. Pure.

Fields after the Blogger Data API 2.0 reference: `updated-min` counts only with `orderby=updated`,
lower bounds are inclusive and upper ones are not, `start-index` counts from 1.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit, urlunsplit

from archive.urls import absolute_url
from crawler.discover import (
    SEED_LIMIT,
    Candidate,
    Found,
    SeedUnreadable,
    found,
    plain_title,
    seed_date,
    story_link,
)
from crawler.feeds import blogger_id, read_feed, truly_named
from crawler.seed_xml import is_cut

__all__ = [
    "PAGE_SIZE",
    "FeedKind",
    "FeedPage",
    "PostList",
    "feed_url",
    "is_story_address",
    "plain_address",
    "read_page",
]

PAGE_SIZE = 150
"""Entries that Blogger gives at most, whatever `max-results` asks for."""

FeedKind = Literal["json", "atom", "alias"]
"""How a feed is asked for: as JSON, as Atom, or at the /atom.xml that themes link to."""

_STORY = re.compile(r"/(?:19|20)\d\d/(?:0[1-9]|1[0-2])/[^/]+\.html")
_TOTAL = re.compile(rb"<(?:\w+:)?totalResults[^>]*>\s*(\d{1,9})\s*<")
# the link that a feed "until jump break" sets behind what it shows of a post
_JUMP = re.compile(r"href\s*=\s*[\"'][^\"'#]*#more[\"']", re.IGNORECASE)
_MOST_STARTS = 5
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, kw_only=True)
class PostList:
    """Which posts a feed lists: by publication newest first, or by update when that is bounded."""

    published_since: datetime | None = None
    published_until: datetime | None = None
    """Only what was published before this moment."""
    updated_since: datetime | None = None
    words: str = ""
    """What Blogger's search finds."""
    is_summary: bool = False
    """Without content: a tenth of the bytes."""


@dataclass(frozen=True)
class FeedPage(Found):
    """One page of a list: its stories, and what tells whether there are more."""

    names: tuple[str, ...] = ()
    """The id (or link) of every entry, also of those that are no story here."""
    total: int | None = None
    """How many posts the feed says that the whole list has."""


def feed_url(
    base: str,
    listed: PostList,
    *,
    start: int = 1,
    kind: FeedKind = "json",
) -> str:
    """The address of the page of a list that begins with entry `start`, counted from 1.

    `redirect=false` keeps away from FeedBurner, whose copy is late and short.
    """
    query: dict[str, str | int] = {"alt": "json"} if kind == "json" else {}
    query |= {"redirect": "false", "max-results": PAGE_SIZE, "start-index": start}
    query["orderby"] = "updated" if listed.updated_since else "published"
    bounds = {
        "published-min": listed.published_since,
        "published-max": listed.published_until,
        "updated-min": listed.updated_since,
    }
    query |= {name: _written(moment) for name, moment in bounds.items() if moment}
    if listed.words:
        query["q"] = listed.words
    path = f"/feeds/posts/{'summary' if listed.is_summary else 'default'}"
    path = "/atom.xml" if kind == "alias" else path
    return absolute_url(f"{base.rstrip('/')}{path}?{urlencode(query, safe=':')}", base=base)


def read_page(body: bytes, *, url: str, outlet_url: str) -> FeedPage:
    """One page of a list, JSON or Atom. Raises SeedUnreadable.

    `content` is left out where the entry shows its post only up to the jump break.
    """
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _read_atom(body, url=url, outlet_url=outlet_url)
    feed = _feed(body)
    entries = [entry for entry in _list(feed.get("entry")) if isinstance(entry, dict)]
    read = [_candidate(entry, outlet_url) for entry in entries]
    stories = found(truly_named(read))
    names = tuple(_text(entry, "id") or _link(entry) for entry in entries)
    return FeedPage(stories.candidates, stories.dropped, names, _total(feed))


def is_story_address(url: str) -> bool:
    """Whether an address is that of a post: `/2024/10/slug.html`; "pages" are below /p/."""
    return _STORY.fullmatch(urlsplit(url).path) is not None


def plain_address(url: str) -> str:
    """The address of a post without query and fragment: not its `?m=1` twin, nor `#more`."""
    return urlunsplit(urlsplit(url)._replace(query="", fragment=""))


# -- Atom ------------------------------------------------------------------------------------


def _read_atom(body: bytes, *, url: str, outlet_url: str) -> FeedPage:
    stories = read_feed(body, url=url, outlet_url=outlet_url)
    if is_cut(body):
        raise SeedUnreadable("the feed is cut")
    total = _TOTAL.search(body)
    names = (c.platform_id or c.address for c in stories.candidates)
    return FeedPage(
        stories.candidates,
        stories.dropped,
        (*names, *stories.dropped),
        int(total[1]) if total else None,
    )


# -- JSON ------------------------------------------------------------------------------------


def _feed(body: bytes) -> dict[str, Any]:
    """The feed in a JSON answer; behind a BOM, and in the call of `alt=json-in-script` too."""
    if len(body) > SEED_LIMIT:
        raise SeedUnreadable(f"{len(body)} bytes, over the limit of {SEED_LIMIT} for a seed")
    for answer in _values(body.decode("utf-8-sig", "replace")):
        feed = answer.get("feed")
        if isinstance(feed, dict):
            return feed
    raise SeedUnreadable("no feed in the answer")


def _values(characters: str) -> Iterator[dict[str, Any]]:
    """The objects that begin at the first braces of a text."""
    start = -1
    for _ in range(_MOST_STARTS):
        start = characters.find("{", start + 1)
        if start < 0:
            return
        try:
            value = _DECODER.raw_decode(characters, start)[0]
        except (ValueError, RecursionError):  # ValueError also for numbers of 4,300 digits
            continue
        if isinstance(value, dict):
            yield value


def _candidate(entry: dict[str, Any], outlet_url: str) -> Candidate | str:
    """What an entry says of its story; its link alone when that leads elsewhere."""
    link = _link(entry)
    url = story_link(link, base=outlet_url, outlet_url=outlet_url)
    if not url:
        return link
    updated = _text(entry, "updated")
    content = _text(entry, "content")
    return Candidate(
        url,
        title=plain_title(_text(entry, "title")),
        published_at=seed_date(_text(entry, "published")),
        modified_at=seed_date(updated),
        signal=updated if seed_date(updated) else "",
        content="" if _JUMP.search(content) else content,
        platform_id=blogger_id(_text(entry, "id")),
    )


def _link(entry: dict[str, Any]) -> str:
    """Where an entry leads; FeedBurner keeps the post's own address beside its own."""
    own = _text(entry, "feedburner$origLink")
    links = (link for link in _list(entry.get("link")) if isinstance(link, dict))
    alternates = (link.get("href") for link in links if link.get("rel") == "alternate")
    found_links = (_whole(link) for link in (own, *alternates) if isinstance(link, str))
    return next(filter(None, found_links), "")


def _total(feed: dict[str, Any]) -> int | None:
    text = _text(feed, "openSearch$totalResults")
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def _text(holder: dict[str, Any], key: str) -> str:
    """The text of `{"key": {"$t": "text"}}`."""
    value = holder.get(key)
    text = value.get("$t") if isinstance(value, dict) else value
    if isinstance(text, int) and not isinstance(text, bool) and abs(text) < 10**9:
        return str(text)
    return _whole(text) if isinstance(text, str) else ""


def _whole(text: str) -> str:
    # JSON can escape half a character; nothing can store it
    return text.encode("utf-8", "replace").decode()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
