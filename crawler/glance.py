"""All the words that reading a page could find, at a fraction of its cost. Pure."""

from archive.errors import Unreadable
from crawler.container import contained, lines_of
from crawler.metadata import headlines
from crawler.rules import Rules
from crawler.tree import Element, parsed, select, text_of

__all__ = ["glance", "glance_at_content"]

_LARGEST = 1_000_000  # characters
_WHOLE = 400  # characters; news of two sentences is shorter, and worth the request
_MOST_TAGS = 12_000  # Kompas's longest pages; some pages of more take seconds, a reader's to spend


def glance(html: str, rules: Rules) -> str | None:
    """Every word that the story's headline and text can hold, and some that they do not.

    None when only a reader can tell: the page is too large, or its text stands in no container
    that we know. Menus and lists of other stories, which name every subject, are left out.
    """
    tree = _tree(html)
    try:
        return None if tree is None else _words(tree, rules)
    except RecursionError:  # JSON-LD nests as deep as its author likes
        return None


def glance_at_content(title: str, content: str, rules: Rules) -> str | None:
    """The same of a story of which a seed shows its title and the HTML of its whole text.

    None also for a text so short that it may not be whole: page builders keep theirs elsewhere.
    """
    tree = _tree(content)
    lines = [] if tree is None else lines_of(tree, rules)
    if sum(len(line.text) for line in lines) < _WHOLE:
        return None
    return "\n".join([title, *(line.text for line in lines)])


def _tree(html: str) -> Element | None:
    if len(html) > _LARGEST or html.count("<") > _MOST_TAGS:
        return None
    try:
        return parsed(html)
    except Unreadable:
        return None


def _words(tree: Element, rules: Rules) -> str | None:
    container, lines = contained(tree, rules)
    if container is None:
        return None
    return "\n".join(
        [
            *headlines(tree),
            *map(text_of, select(tree, rules.headline)),
            *(line.text for line in lines),
        ]
    )
