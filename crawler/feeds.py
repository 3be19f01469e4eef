"""RSS 2.0, RSS 1.0 and Atom, as outlets really publish them. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from archive.urls import same_outlet
from crawler.discover import Candidate, Found, found, plain_title, seed_date, story_link
from crawler.seed_xml import Element, children, local_name, text_of, xml_root

__all__ = ["blogger_id", "read_feed", "truly_named"]

_ROOTS = frozenset({"rss", "rdf", "feed"})
_ENTRIES = frozenset({"item", "entry"})
# Yahoo's media RSS has titles, links and contents of pictures
_MEDIA = ("{http://search.yahoo.com/mrss/", "media:")
_PUBLISHED = ("pubdate", "published", "issued", "date")
_MODIFIED = ("updated", "modified")
_WORDPRESS_ID = re.compile(r"https?://[^?#]+/?\?(?:\w+=\w+&)?p=(\d{1,18})")
_BLOGGER_ID = re.compile(r"tag:blogger\.com,[\d-]+:blog-\d+\.post-(\d{1,25})")


@dataclass(frozen=True)
class _Place:
    """Where a feed was found and whose it is."""

    url: str
    outlet_url: str


def read_feed(body: bytes, *, url: str, outlet_url: str) -> Found:
    """The stories a feed lists, in its order. Raises SeedUnreadable.

    Entries that lead elsewhere (advertisements, the front page, nowhere) are dropped and counted.
    `content` stays empty: a WordPress feed shows only the first page of a story split with
    nextpage, and nothing in it says so.
    """
    root = xml_root(body, names=_ROOTS)
    place = _Place(url, outlet_url)
    return found(truly_named([_candidate(entry, place) for entry in _entries(root)]))


def _entries(root: Element) -> Iterator[Element]:
    for element in root.iter():
        if isinstance(element.tag, str) and local_name(element) in _ENTRIES:
            yield element


def _candidate(entry: Element, place: _Place) -> Candidate | str:
    """What an entry says of its story; its link alone when that leads elsewhere."""
    fields = _fields(entry)
    links = list(_links(fields))
    usable = (story_link(link, base=place.url, outlet_url=place.outlet_url) for link in links)
    url = next(filter(None, usable), "")
    if not url:
        return next(filter(None, links), "")
    modified = _first(fields, _MODIFIED)
    return Candidate(
        url,
        title=plain_title(_first(fields, ("title",))),
        published_at=_date(_first(fields, _PUBLISHED)),
        modified_at=_date(modified),
        signal=modified if _date(modified) else "",
        platform_id=_platform_id(fields, place),
    )


def truly_named(entries: Sequence[Candidate | str]) -> Iterator[Candidate | str]:
    """The entries; an id that several addresses share is none of theirs."""
    named = defaultdict(set)
    for entry in entries:
        if isinstance(entry, Candidate):
            named[entry.platform_id].add(entry.address)
    for entry in entries:
        if isinstance(entry, Candidate) and len(named[entry.platform_id]) > 1:
            yield replace(entry, platform_id="")
        else:
            yield entry


def _fields(entry: Element) -> dict[str, list[Element]]:
    fields: dict[str, list[Element]] = {}
    for name, child in children(entry):
        if not child.tag.startswith(_MEDIA):
            fields.setdefault(name, []).append(child)
    return fields


def _links(fields: dict[str, list[Element]]) -> Iterator[str]:
    """Addresses of the story, likeliest first."""
    yield from map(text_of, fields.get("origlink", ()))  # FeedBurner's own link leads elsewhere
    for link in fields.get("link", ()):
        if link.get("rel", "alternate") == "alternate":
            yield link.get("href") or text_of(link)
    for guid in fields.get("guid", ()):
        if guid.get("isPermaLink", "true") != "false" and text_of(guid).startswith("http"):
            yield text_of(guid)


def _first(fields: dict[str, list[Element]], names: tuple[str, ...]) -> str:
    texts = (text_of(element) for name in names for element in fields.get(name, ()))
    return next(filter(None, texts), "")


def _date(text: str) -> datetime | None:
    return seed_date(text) if text else None


def blogger_id(identity: str) -> str:
    """The platform id in a post's `tag:` address (RFC 4151) as Blogger makes it, or ''."""
    match = _BLOGGER_ID.fullmatch(identity)
    return f"blogger:{match[1]}" if match else ""


def _platform_id(fields: dict[str, list[Element]], place: _Place) -> str:
    """The CMS's own id, from `<post-id>` or a guid that holds it.

    A guid keeps the address of the site the post was written on: after an import the number in it
    belongs to another post here, so a guid of another host says nothing.
    """
    if (number := _first(fields, ("post-id",))).isdecimal():
        return f"wp:{int(number[:18])}"
    identity = _first(fields, ("guid", "id"))
    if number := blogger_id(identity):
        return number
    match = _WORDPRESS_ID.fullmatch(identity)
    return f"wp:{match[1]}" if match and same_outlet(identity, place.outlet_url) else ""
