"""What happened, as feeds that readers subscribe to: Atom (RFC 4287) and JSON Feed 1.1. Pure."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

from archive.export_rows import iso
from archive.news import Happening
from archive.sentences import rewritten

__all__ = ["ATOM", "JSON_FEED", "Entry", "atom", "atom_of", "json_feed"]

ATOM, JSON_FEED = "events.atom", "events.json"
_NAMESPACE = "http://www.w3.org/2005/Atom"
_TITLE = "Kliping"
_EPOCH = datetime.fromtimestamp(0, UTC)
_FEED_ID = uuid5(NAMESPACE_OID, "kliping/events").urn
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (section 2.2) has no place for."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of an Atom feed."""

    id: str
    title: str
    updated: datetime
    content: str
    link: str
    categories: tuple[str, ...] = ()


def atom(found: Sequence[Happening], *, updated: datetime) -> bytes:
    """An Atom feed of events, newest first; `updated` is the moment of the newest."""
    entries = [
        Entry(
            id=_id(one),
            title=_title(one),
            updated=one.occurred_at,
            content=_content(one),
            link=one.url,
            categories=(one.kind, one.outlet),
        )
        for one in found
    ]
    return atom_of(entries, feed_id=_FEED_ID, title=_TITLE, updated=updated)


def atom_of(
    entries: Sequence[Entry], *, feed_id: str, title: str, updated: datetime | None = None
) -> bytes:
    """An Atom feed; without a moment it was updated when its newest entry was."""
    moment = updated or max((one.updated for one in entries), default=_EPOCH)
    feed = Element("feed", xmlns=_NAMESPACE)
    for name, text in (("id", feed_id), ("title", title), ("updated", iso(moment))):
        SubElement(feed, name).text = _UNPRINTABLE.sub("\ufffd", text)
    SubElement(SubElement(feed, "author"), "name").text = _TITLE
    for one in entries:
        _put(feed, one)
    head = b'<?xml version="1.0" encoding="utf-8"?>\n'
    data: bytes = tostring(feed, encoding="utf-8")
    return head + data + b"\n"


def _put(feed: Element, one: Entry) -> None:
    entry = SubElement(feed, "entry")
    said = (("id", one.id), ("title", one.title), ("updated", iso(one.updated)),
            ("content", one.content))  # fmt: skip
    for name, text in said:
        SubElement(entry, name).text = _UNPRINTABLE.sub("\ufffd", text)
    SubElement(entry, "link", rel="alternate", href=_UNPRINTABLE.sub("\ufffd", one.link))
    for term in one.categories:
        SubElement(entry, "category", term=term)


def json_feed(found: Sequence[Happening]) -> bytes:
    """A JSON Feed of events, newest first; what only Kliping knows is under `_kliping`."""
    items = [_item(one) for one in found]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": _TITLE, "items": items}
    return (json.dumps(feed, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _item(one: Happening) -> dict[str, Any]:
    return {
        "id": _id(one),
        "url": one.url,
        "title": _title(one),
        "content_text": _content(one),
        "date_published": iso(one.occurred_at),
        "tags": [one.kind, one.outlet],
        "_kliping": {
            "event_id": one.event_id,
            "hash": one.hash,
            "kind": one.kind,
            "outlet": one.outlet,
            "story_id": one.story_id,
            "changed": list(one.changed),
        },
    }


def _id(one: Happening) -> str:
    """The same for the same event of the same archive, whoever writes the feed."""
    return uuid5(NAMESPACE_OID, f"kliping/event/{one.hash}").urn


def _title(one: Happening) -> str:
    return f"[{one.kind}] {one.article.headline}"


def _content(one: Happening) -> str:
    """Which outlet, and of an edit what it changed."""
    lines = [one.outlet_name]
    if one.before:
        for name in one.changed:
            if name == "text":
                continue
            lines += [
                f"- {name}: {getattr(one.before, name)}",
                f"+ {name}: {getattr(one.article, name)}",
            ]
        for pair in rewritten(one.before.text, one.article.text):
            lines += [f"- {pair.before}"] * bool(pair.before) + [f"+ {pair.after}"] * bool(
                pair.after
            )
    return "\n".join(lines)
