"""What a seed (feed, sitemap, API or index page) says there is to read. Pure: bytes in, values out.

`wordpress_rest.py`, `feeds.py`, `sitemaps.py` and `indexes.py` read one kind of seed each.
Discovery never decides by title or slug: what is not shown in full is fetched and read.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from archive.errors import CrawlError
from archive.urls import LONGEST_URL, absolute_url, canonical_url, is_front_page, same_outlet

__all__ = [
    "SEED_LIMIT",
    "Candidate",
    "Found",
    "SeedUnreadable",
    "found",
    "plain_title",
    "seed_date",
    "story_link",
]

SEED_LIMIT = 20_971_520
"""Bytes of the largest seed that is read, also after gunzip.

The sitemap protocol allows 50 MiB; its 50,000 addresses take a tenth, and a crawl has 300 MB.
"""

_ZONES = {"WIB": "+0700", "WITA": "+0800", "WIT": "+0900"}
_ZONE = re.compile(r"\b(WIB|WITA|WIT)\s*$")
# the last part has a hyphen between letters, so it is neither `amp` nor `index.html`
_PLAIN = re.compile(r"https://[a-z0-9.-]+(?:/[a-z0-9_-]+){0,9}?/[a-z0-9]+(?:-[a-z0-9]+)+/?")
_TAG = re.compile(r"<[^<>]*>")
_LONGEST_TITLE = 1_000
_FIRST_PAGE = datetime(1991, 8, 6, tzinfo=UTC)


class SeedUnreadable(CrawlError):
    """The seed is not what it should be (HTML, an error, junk): use the next kind of seed."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address found in a seed, with what the seed said of it."""

    url: str
    """As the seed gives it, absolute: the address to fetch. `address` tells whether it is known."""
    title: str = ""
    published_at: datetime | None = None
    modified_at: datetime | None = None
    signal: str = ""
    """The seed's literal statement of the last change: `modified_gmt`, `updated`, `lastmod`."""
    content: str = ""
    """HTML, only when the seed shows the story in full."""
    platform_id: str = ""

    @property
    def address(self) -> str:
        """The canonical URL, by which candidates are compared with what is known."""
        return canonical_url(self.url)

    def is_since(self, since: datetime) -> bool:
        """The seed dates it at or after `since`, or not at all."""
        dates = [date for date in (self.published_at, self.modified_at) if date]
        return not dates or max(dates) >= since


@dataclass(frozen=True)
class Found:
    """What one seed held: candidates in its order, and how many entries were of no use."""

    candidates: tuple[Candidate, ...] = ()
    dropped: tuple[str, ...] = ()
    """The links of entries that are of no use: foreign, too long, the front page, '' for none."""


def found(candidates: Iterable[Candidate | str]) -> Found:
    """Candidates with each story once (the first mention wins); a link alone was of no use."""
    stories: dict[str, Candidate] = {}
    dropped: list[str] = []
    for candidate in candidates:
        if isinstance(candidate, str):
            dropped.append(candidate[: LONGEST_URL + 1])
        else:
            stories.setdefault(candidate.address, candidate)
    return Found(tuple(stories.values()), tuple(dropped))


def story_link(link: str, *, base: str, outlet_url: str) -> str:
    """The absolute address of a link that may lead to a story of the outlet, or ''."""
    if _is_plain(link) and link.startswith(f"{outlet_url.rstrip('/')}/"):
        return link
    try:
        url = absolute_url(link, base=base) if link.strip() else ""
        return url if canonical_url(url) and _is_inside(url, outlet_url) else ""
    except ValueError:
        return ""


def seed_date(text: str) -> datetime | None:
    """The moment a seed states (ISO 8601, RFC 3339, RFC 5322), UTC, or None when it is no date.

    Without a zone it is UTC, as WordPress's `*_gmt` are; a day alone is its first moment. What is
    older than the web (1970-01-01: an unset field) is no date.
    """
    stated = _ZONE.sub(lambda match: _ZONES[match[1]], text.strip()[:100])
    moment = _iso_date(stated) or _rfc_date(stated)
    if moment is None:
        return None
    try:
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:  # 0001-01-01T00:00+07:00
        return None
    return moment if moment >= _FIRST_PAGE else None


def plain_title(title: str) -> str:
    """A title without markup and entities, in one line."""
    text = html.unescape(_TAG.sub("", title[: 4 * _LONGEST_TITLE]))
    return " ".join(text.split())[:_LONGEST_TITLE]


def _is_plain(link: str) -> bool:
    """Whether an address is in its normal form, and no front page: of 50,000 nearly all are."""
    return len(link) <= LONGEST_URL and _PLAIN.fullmatch(link) is not None


def _is_inside(url: str, outlet_url: str) -> bool:
    return same_outlet(url, outlet_url) and not is_front_page(url)


def _iso_date(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _rfc_date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):  # its parser trusts its input
        return None
