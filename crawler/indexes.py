"""Index pages (front page, category, tag): the links that may be stories. Pure.

Permissive: what is linked and could be a story is a candidate, the page behind it decides.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from archive.errors import Unreadable
from archive.urls import LONGEST_URL, absolute_url, canonical_url
from crawler.discover import Candidate, Found, SeedUnreadable, found, plain_title, story_link
from crawler.tree import Element, parsed

__all__ = ["Index", "read_index"]

_ARCHIVES = frozenset(
    {"tag", "tags", "category", "kategori", "topik", "topic", "author", "penulis", "label"}
    | {"search", "cari", "indeks", "index", "feed", "comments", "rss", "wp-json", "wp-admin"}
    | {"wp-content", "wp-includes", "wp-login.php", "xmlrpc.php", "cdn-cgi", "trackback", "embed"}
)
# the pages that every Indonesian newsroom must print (Pedoman Pemberitaan Media Siber), and login
_STANDING = frozenset(
    {"redaksi", "tentang-kami", "tentang", "about", "about-us", "kontak", "contact", "contact-us"}
    | {"hubungi-kami", "pedoman-media-siber", "pedoman-pemberitaan-media-siber", "disclaimer"}
    | {"kode-etik", "kode-etik-jurnalistik", "privacy-policy", "kebijakan-privasi", "login"}
    | {"info-iklan", "iklan", "karir", "sitemap", "syarat-dan-ketentuan", "terms-of-service"}
)
_LISTING_KEYS = frozenset(
    {"s", "cat", "tag", "author", "paged", "feed", "attachment_id"}
    # calendars, which go on for ever into past and future
    | {"month", "monthnum", "bulan", "year", "tahun", "kalender", "calendar", "orderby"}
)
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|css|js|pdf|docx?|xlsx?|pptx?|zip|rar|mp[34]|webm|apk|xml"
    r"|json|txt)$",
    re.IGNORECASE,
)
_DATE_ARCHIVE = re.compile(r"/(?:19|20)\d\d(?:/\d\d?){0,2}")
_LISTING_PAGE = re.compile(r"(?:^|/)page/\d+$")
_NEXT_CLASS = re.compile(r"(?:^|\s)(?:next|nextpostslink|blog-pager-older-link)(?:\s|$)")


@dataclass(frozen=True)
class Index(Found):
    """The links of an index page that may be stories, and the address of its next page or ''."""

    next_url: str = ""


@dataclass(frozen=True)
class _Link:
    url: str
    text: str
    is_next: bool


def read_index(html: str, *, url: str, outlet_url: str) -> Index:
    """What the index page at `url` links to, in its order. Raises SeedUnreadable."""
    try:
        tree = parsed(html)
    except Unreadable as error:
        raise SeedUnreadable(str(error)) from None
    links = list(_links(tree, base=_base(tree, url), outlet_url=outlet_url))
    named = (Candidate(link.url, title=link.text) for link in _stories(links))
    stories = found([*named, *_too_long(tree)])
    here = canonical_url(url)
    following = (link.url for link in links if link.is_next and canonical_url(link.url) != here)
    return Index(stories.candidates, stories.dropped, next(following, ""))


def _base(tree: Element, url: str) -> str:
    declared = next((base.get("href", "") for base in tree.iter("base")), "")
    try:
        return absolute_url(declared, base=url)
    except ValueError:
        return url


def _links(tree: Element, *, base: str, outlet_url: str) -> Iterator[_Link]:
    for element in tree.iter("a", "link"):
        is_next = _is_next(element)
        if element.tag == "link" and not is_next:
            continue
        target = story_link(element.get("href", ""), base=base, outlet_url=outlet_url)
        if target:
            yield _Link(target, plain_title("".join(element.itertext())), is_next)


def _too_long(tree: Element) -> Iterator[str]:
    targets = (element.get("href", "") for element in tree.iter("a"))
    return (target for target in targets if len(target) > LONGEST_URL)


def _is_next(element: Element) -> bool:
    rel = element.get("rel", "").lower().split()
    return "next" in rel or _NEXT_CLASS.search(element.get("class", "")) is not None


def _stories(links: list[_Link]) -> Iterator[_Link]:
    """One link per story, with its longest text: pictures link too, and say nothing."""
    longest: dict[str, _Link] = {}
    for link in links:
        if link.is_next or not _may_be_story(link.url):
            continue
        address = canonical_url(link.url)
        known = longest.get(address)
        if known is None or len(link.text) > len(known.text):
            longest[address] = link
    yield from longest.values()


def _may_be_story(url: str) -> bool:
    parts = urlsplit(url)
    if any(key in _LISTING_KEYS for key, _ in parse_qsl(parts.query, keep_blank_values=True)):
        return False
    path = parts.path.rstrip("/").lower()
    if _FILE.search(path) or _DATE_ARCHIVE.fullmatch(path) or _LISTING_PAGE.search(path):
        return False
    if path.endswith(".html"):
        return True  # infopublik.id: /kategori/nusantara/123/index.html is a story
    return not _is_archive(path.strip("/").split("/"))


def _is_archive(segments: list[str]) -> bool:
    if len(segments) == 1 and segments[0] in _STANDING:
        return True
    return any(segment in _ARCHIVES for segment in segments)
