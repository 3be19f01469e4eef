"""Where on a page a story's running text stands, by the classes that newsrooms give it. Pure."""

from collections.abc import Iterator, Sequence

from lxml import etree

from crawler.lines import Line, read_lines
from crawler.rules import Rules
from crawler.tree import Element, select

__all__ = ["SHORTEST", "contained", "lines_of", "places", "size_of"]

SHORTEST = 120
"""Characters: a news item of two sentences, when the page says that it is a story."""

# where WordPress themes, Blogger, schema.org and the larger networks put the running text
_CONTAINERS = (
    "[itemprop~=articleBody]",
    ".entry-content",
    ".td-post-content",
    ".post-content",
    ".content-inner",
    ".single-content",
    ".article-content",
    ".post-body",
    ".read__content",  # Kompas and the Promedia network
    ".itp_bodycontent",  # detik
)


_CLASSES = etree.XPath("//@class", smart_strings=False)


def contained(tree: Element, rules: Rules) -> tuple[Element | None, list[Line]]:
    """The container of the story's text and its lines; None and no lines where none is known."""
    for selector in places(tree, rules):
        container, lines = _best(
            [(one, lines_of(one, rules)) for one in select(tree, selector)[:20]]
        )
        if container is not None and size_of(lines) >= (1 if selector == rules.body else SHORTEST):
            return container, lines
    return None, []


def places(tree: Element, rules: Rules) -> Iterator[str]:
    """The selectors of where a text may stand: the outlet's own (or ''), then what is common.

    Of these only what the page's classes can meet: each selector costs a look at every element.
    """
    yield rules.body
    names = frozenset(" ".join(_CLASSES(tree)).split())
    yield from (one for one in _CONTAINERS if one[0] != "." or one[1:] in names)


def size_of(lines: Sequence[Line]) -> int:
    """The characters of all lines."""
    return sum(len(line.text) for line in lines)


def lines_of(container: Element, rules: Rules) -> list[Line]:
    """The lines of what holds a story's text, without widgets and the outlet's `drop`."""
    # Not trafilatura: on the containers of our seven saved pages it takes 22 times as long, finds
    # no line more, lets "ADVERTISEMENT" and "Halaman : 1 2" through, and decides on one paragraph
    # by thresholds over the others, so that an edit of one could change two.
    drop = {element for selector in rules.drop for element in select(container, selector)}
    return read_lines(container, drop=drop)


def _best(
    candidates: list[tuple[Element, list[Line]]],
) -> tuple[Element | None, list[Line]]:
    """The one container that is clearly the story; a list of excerpts has none."""
    ranked = sorted(candidates, key=lambda candidate: -size_of(candidate[1]))
    if not ranked or not ranked[0][1]:
        return None, []
    best = ranked[0]
    for other, lines in ranked[1:]:
        is_inside = best[0] in other.iterancestors() or other in best[0].iterancestors()
        if not is_inside and size_of(lines) * 3 > size_of(best[1]):
            return None, []
    return best
