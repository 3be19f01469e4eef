"""One parse per page, after a look at what would make it costly. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, TypeAlias

from lxml import etree, html
from lxml.cssselect import CSSSelector

from archive.errors import Unreadable

__all__ = ["MOST_TAGS", "Element", "folded", "looked_at", "parsed", "select", "text_of"]

Element: TypeAlias = Any
"""An lxml element; lxml ships no types."""

MOST_TAGS = 400_000
"""A page of 5 MB that is one list of links has 270,000; 1M `<br>` take 7 s to read."""

_TAGS_PER_ATTRIBUTE = 40  # of one tag, where libxml2 takes time that grows with their square
_TOO_DEEP = etree.ErrorTypes.ERR_RESOURCE_LIMIT
_LONG_TAG = 20_000
# one class for every element: lxml.html's own parser asks Python for the class of each
_CLASSES = etree.ElementDefaultClassLookup(element=html.HtmlElement)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_TAG = re.compile(rf"(?:[^>\"']++|{_QUOTED.pattern}|[\"'])*+")


def parsed(characters: str, *, tags: int = MOST_TAGS) -> Element:
    """The tree of a page, without comments and processing instructions.

    Raises Unreadable before parsing more than `tags` tags, or a fortieth of that many attributes
    on one tag (100k of them take libxml2 half a minute); for what is nested over 2,048 deep, where
    libxml2 stops and the rest of the story would be missing; and where there is no element at all.
    """
    _refuse_costly(characters, tags)
    # our own characters go in as UTF-8 bytes: a lying meta charset is then not consulted, and an
    # XML declaration does not make lxml refuse the str
    parser = etree.HTMLParser(
        huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    parser.set_element_class_lookup(_CLASSES)
    try:
        tree = html.document_fromstring(characters.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        raise Unreadable("no element in the page") from None
    last = parser.error_log.last_error
    if last is not None and last.type == _TOO_DEEP:
        raise Unreadable(f"nested too deep to be read ({last.message.partition(',')[0]})")
    return tree


@lru_cache(maxsize=2)
def looked_at(characters: str) -> Element:
    """The tree of a page for all who only look at it one after the other: never to be changed.

    Raises Unreadable as `parsed` does.
    """
    return parsed(characters)


def _refuse_costly(characters: str, most: int) -> None:
    tags = characters.count("<")
    if tags > most:
        raise Unreadable(f"{tags} tags, over the limit of {most}; raise crawl.tag_limit")
    if len(characters) <= _LONG_TAG:
        return
    for piece in _long_pieces(characters):
        if _attributes(piece) * _TAGS_PER_ATTRIBUTE > most:
            raise Unreadable(
                f"over {most // _TAGS_PER_ATTRIBUTE} attributes on one tag; raise crawl.tag_limit"
            )


def _long_pieces(characters: str) -> Iterator[str]:
    """What stands between two `<` that are further apart than most; the others are jumped over."""
    start = characters.find("<")
    while start >= 0:
        last = characters.rfind("<", start + 1, start + _LONG_TAG)
        if last < 0:
            last = characters.find("<", start + 1)
            yield characters[start + 1 : last if last >= 0 else None]
        start = last


def _attributes(piece: str) -> int:
    if not piece[:1].isalpha():
        return 0
    tag = _TAG.match(piece)  # long scripts are text after the tag, not attributes of it
    return len(_QUOTED.sub("", tag[0]).split()) if tag else 0


@lru_cache(maxsize=512)
def _compiled(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")


def select(element: Element, selector: str) -> list[Element]:
    """The elements under `element` that the CSS `selector` names, in document order."""
    return list(_compiled(selector)(element)) if selector else []


def folded(text: str) -> str:
    """`text` with white space folded; quotes and dashes as they are."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(text.replace("\u200b", "").replace("\ufeff", "").replace("\u00ad", "").split())


def text_of(element: Element) -> str:
    """All text under `element`, white space folded."""
    return folded("".join(element.itertext()))
