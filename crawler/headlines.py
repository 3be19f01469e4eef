"""The headline of a story without what a site adds to its titles. Pure."""

import re
from collections.abc import Iterable, Sequence
from html import unescape

from crawler.heading import is_same_title
from crawler.names import Names
from crawler.tree import folded

__all__ = ["cleaned", "headline_of", "plain"]

_MARKUP = re.compile(r"</?(?:b|i|u|em|strong|span|small|br|font|sup|sub|mark)\b[^<>]{0,200}>", re.I)
_PART = re.compile(
    r"(?P<mark>\s*[-–—|:»(,]\s*)?(?<![\w])(?:(?:halaman|laman|hal\.?|page)\s*)"
    r"(?:(?P<all>all|semua)|\d{1,3})(?:\s*(?:of|dari|/)\s*\d{1,3})?\)?$",
    re.IGNORECASE,
)
# what lists of stories are called, and front pages
_NO_STORY = re.compile(
    r"(?:berita|artikel|kabar|news)(?: (?:terbaru|terkini|utama|populer|terpopuler|lainnya|hari ini"
    r"|daerah))*|beranda|home(?: ?page)?|front ?page|arsip|archives?|indeks(?: berita)?|index"
    r"|latest (?:news|posts)|(?:portal|situs|media) berita\b.{0,80}|hasil pencarian\b.{0,80}"
    r"|untitled|tanpa judul",
    re.IGNORECASE,
)
_A_SENTENCE = 4
"""Words: fewer are the name of a site or of a list."""
_PREFIX = re.compile(r"(?P<name>[\w.-]+(?:\s[\w.-]+){0,2})\s*(?::|\s[-–—|»])\s+(?P<title>\S.{7,})")


def plain(declared: str) -> str:
    """What a script or meta element says as people read it: entities undone, also when doubled."""
    for _ in range(2):
        if "&" not in declared:
            break
        declared = unescape(declared)
    return folded(_MARKUP.sub("", declared))


def cleaned(title: str, names: Names) -> str:
    """`title` without the masthead around it and the number of its page; '' where nothing is left.

    Nothing is a masthead alone, or what lists of stories are called (`Berita Terbaru`).

    `Judul - Halaman 2 | Kantamedia` and `KANTAMEDIA.COM: Judul` are both `Judul`; quotation marks,
    dashes and `BREAKING NEWS:` stay.
    """
    title = names.without_masthead(title)
    while (part := _PART.search(title)) and part.start() > 3 and _is_page(part):
        title = names.without_masthead(title[: part.start()].rstrip(" -–—|:»(,"))
    prefix = _PREFIX.fullmatch(title)
    if prefix and names.is_outlet(prefix["name"]):
        title = prefix["title"]
    return "" if names.is_outlet(title) or _NO_STORY.fullmatch(title) else title


def headline_of(
    printed: Sequence[str], declared: Iterable[str], names: Names, *, page_title: str = ""
) -> str:
    """The heading as printed where the metadata confirm it, else what the metadata say, else it.

    `page_title` is the <title> where nothing else declares one: templates forget it, and a whole
    sentence as a heading says more.
    """
    titles = [title for one in declared if (title := cleaned(one, names))]
    headings = [heading for one in printed if (heading := cleaned(one, names))]
    for heading in headings:
        if any(is_same_title(heading, title) for title in titles):
            return heading
    if page_title and headings and len(headings[0].split()) >= _A_SENTENCE:
        return headings[0]
    return next(iter([*titles, *headings]), "")


def _is_page(part: re.Match[str]) -> bool:
    """`Buku Saku Halaman 3` is a title; `… - Halaman 3` and Kompas's `… Halaman all` are not."""
    return bool(part["mark"] or part["all"] or " of " in part[0].lower())
