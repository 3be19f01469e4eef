"""What stands in the head of a page, and the few marks in its body that are metadata, too."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from crawler.tree import Element, folded, text_of

__all__ = ["PageHead", "page_head"]

_TAGS = ("meta", "link", "script", "h1", "article", "a", "title", "abbr")


@dataclass
class PageHead:
    """What one walk over the page gathers."""

    meta: dict[str, list[str]] = field(default_factory=dict)
    links: list[Element] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    """JSON-LD."""
    h1: list[Element] = field(default_factory=list)
    articles: list[Element] = field(default_factory=list)
    tag_links: list[str] = field(default_factory=list)
    title: str = ""
    stamps: list[str] = field(default_factory=list)
    """What hAtom's `<abbr class="published" title="…">` says, as Blogger's own themes print it."""
    body_classes: str = ""

    def all(self, names: Iterable[str]) -> list[str]:
        """The contents of the meta elements of these names, in the order of the names."""
        return [value for name in names for value in self.meta.get(name, ())]


def page_head(tree: Element) -> PageHead:
    """All of it, from one walk over the tree."""
    head = PageHead()
    body = tree.find("body")
    head.body_classes = (body.get("class") or "") if body is not None else ""
    for element in tree.iter(*_TAGS):
        _note(head, element)
    return head


def _note(head: PageHead, element: Element) -> None:
    tag = element.tag
    if tag == "a":
        rel = element.get("rel")
        if rel and "tag" in rel.split() and "category" not in rel:
            head.tag_links.append(text_of(element))
    elif tag == "meta":
        _note_meta(head, element)
    elif tag == "link":
        head.links.append(element)
    elif tag == "script":
        if "ld+json" in (element.get("type") or "").lower():
            head.scripts.append(element.text or "")
    elif tag == "abbr":
        if "published" in (element.get("class") or "").split() and element.get("title"):
            head.stamps.append(element.get("title"))
    elif tag == "title":
        head.title = head.title or text_of(element)
    else:
        (head.h1 if tag == "h1" else head.articles).append(element)


def _note_meta(head: PageHead, element: Element) -> None:
    name = element.get("property") or element.get("name") or element.get("itemprop") or ""
    content = folded(element.get("content") or "")
    if name and content:
        head.meta.setdefault(name.strip().lower(), []).append(content)
