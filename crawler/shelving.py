"""Where an outlet files a story: its section and its tags, as people read them. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator
from urllib.parse import urlsplit

from lxml import etree

from crawler.heading import is_same_title
from crawler.page_head import PageHead
from crawler.tree import Element, folded, text_of
from crawler.web_copies import original_address

__all__ = ["breadcrumbs", "cleaned_tags", "section_of", "tags_of"]

_MOST_TAGS = 50
_LABEL = re.compile(
    r"^(?:tags?|topik|topik terkait|label|labels|kata kunci|keywords?)\s*(?::\s*|$)", re.IGNORECASE
)
_NO_SECTION = re.compile(
    r"home(?:page)?|beranda|berita|berita (?:utama|terkini|terbaru)|news|headlines?|uncategorized"
    r"|tak berkategori|tanpa kategori|index|indeks|detail|artikel|article|post|utama|depan|»|>|/",
    re.IGNORECASE,
)
_CRUMBS = etree.XPath(
    "//*[contains(@class,'breadcrumb') or contains(@id,'breadcrumb')"
    " or contains(@itemtype,'BreadcrumbList')]"
)
_LONGEST = 60  # characters of a section's name


def section_of(
    declared: Iterable[str], crumbs: Iterable[tuple[str, str]], titles: Collection[str]
) -> str:
    """The first section that is `declared`, else the last of the breadcrumbs before the title.

    Never the front page or `Berita`: every story stands there.
    """
    own = (folded(one) for one in declared)
    steps = [
        name
        for name, address in crumbs
        if not _is_front(address) and not any(is_same_title(name, title) for title in titles)
    ]
    return next(filter(_is_section, (*own, *map(folded, reversed(steps)))), "")


def breadcrumbs(tree: Element) -> Iterator[tuple[str, str]]:
    """Name and address of each step of the breadcrumbs that a page prints."""
    for crumbs in _CRUMBS(tree)[:3]:
        for link in list(crumbs.iter("a"))[:20]:
            yield text_of(link), link.get("href") or ""


def cleaned_tags(said: Iterable[str]) -> tuple[str, ...]:
    """The tags in order, each once, without `Tag:`, `#` and the commas between them."""
    found: dict[str, str] = {}
    for piece in (piece for one in said for piece in re.split(r"[,;|]", one)):
        tag = _LABEL.sub("", folded(piece)).strip().lstrip("#").strip(" .\"'")
        if tag and len(tag) <= 2 * _LONGEST:
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:_MOST_TAGS]


def tags_of(head: PageHead, keywords: list[str]) -> tuple[str, ...]:
    """The tags of the first source that has any."""
    sources = (
        head.meta.get("article:tag", []),
        head.tag_links,
        keywords,
        head.all(("news_keywords", "parsely-tags", "content_tags", "keywords")),
    )
    return next(filter(None, map(cleaned_tags, sources)), ())


def _is_section(name: str) -> bool:
    return 1 < len(name) <= _LONGEST and not _NO_SECTION.fullmatch(name)


def _is_front(address: str) -> bool:
    try:
        return bool(address) and urlsplit(original_address(address)).path.strip("/") in (
            "",
            "index.php",
            "index.html",
        )
    except ValueError:
        return False
