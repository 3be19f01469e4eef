"""What the texts of one outlet's stories hold again and again: their lines, and what holds them.

Pure; the pages are read as a crawl would read them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from archive.errors import CrawlError
from archive.types import Outlet, Page
from crawler.bodies import characters, decoded
from crawler.container import contained, lines_of
from crawler.extract import extract
from crawler.lines import is_widget, read_lines
from crawler.rules import Rules, is_noise
from crawler.tree import Element, folded, parsed

__all__ = ["LINK", "LONGEST", "Block", "Seen", "StoryLines", "stories_seen"]

LONGEST = 200  # characters of a line that may be a widget
LINK = "\ufdd2"
"""Stands in a shape for the words of a link; a noncharacter, which no text holds."""

_END = "\ufdd3"
_LINKED = re.compile(f"{LINK}[^{_END}]*{_END}")
_NAME = re.compile(r"[A-Za-z_][\w-]{2,60}")
_LARGEST_BLOCK = 500  # characters
_LIMIT = 20_000_000
_MOST = 500  # stories: more would say the same


@dataclass(frozen=True)
class Seen:
    """A line of a text; `shape` has `0` for each number and LINK for each link."""

    text: str
    shape: str

    @property
    def own(self) -> str:
        """What stands in it beside its links."""
        return folded(self.shape.replace(LINK, " "))


@dataclass(frozen=True)
class Block:
    """An element in the text that has a class or an id: the selectors it answers to."""

    selectors: tuple[str, ...]
    lines: tuple[Seen, ...]
    """The lines it adds to the text."""
    is_short: bool
    """It holds nothing but such lines, and few."""


@dataclass(frozen=True)
class StoryLines:
    """The lines that a story's text has now, and the elements that they stand in."""

    url: str
    lines: tuple[Seen, ...]
    blocks: tuple[Block, ...]


def stories_seen(
    stories: Iterable[Sequence[Page]], *, outlet: Outlet, rules: Rules
) -> Iterator[StoryLines]:
    """Each of up to 500 stories that can be read, without those that repeat an earlier one."""
    told: list[set[str]] = []
    for pages in stories:
        try:
            text = extract(pages, rules=rules, outlet=outlet).article.text
            seen = _seen(pages[0], set(text.split("\n\n")), rules)
        except CrawlError:
            continue
        lines = {line.text for line in seen.lines}
        # a press release sent to three editions is no widget
        if all(len(lines & other) <= len(lines) * 0.6 for other in told):
            told.append(lines)
            yield seen
        if len(told) == _MOST:
            return


def _seen(page: Page, told: set[str], rules: Rules) -> StoryLines:
    tree = parsed(characters(page, decoded(page, _LIMIT)))
    container, _ = contained(tree, rules)
    if container is None:
        plain = tuple(_line(text) for text in sorted(told))
        return StoryLines(page.url, plain, ())
    _mark_links(container)
    lines = (_line(line.text) for line in lines_of(container, rules))
    return StoryLines(
        page.url,
        tuple(line for line in lines if line.text in told),
        tuple(_blocks(container, told, rules)),
    )


def _mark_links(container: Element) -> None:
    for link in container.iter("a"):
        link.text = f"{LINK}{link.text or ''}"
        if len(link):
            link[-1].tail = f"{link[-1].tail or ''}{_END}"
        else:
            link.text += _END


def _line(marked: str) -> Seen:
    shape = _LINKED.sub(LINK, marked)
    shape = re.sub(r"\d[\d.,]*", "0", folded(shape))
    return Seen(folded(marked.replace(LINK, "").replace(_END, "")), shape)


def _blocks(container: Element, told: set[str], rules: Rules) -> Iterator[Block]:
    for element in container.iterdescendants():
        selectors = _selectors(element)
        if not selectors or is_widget(element) or any(map(is_widget, _above(element, container))):
            continue
        size = sum(map(len, element.itertext()))
        lines = [] if size > _LARGEST_BLOCK else [_line(one.text) for one in read_lines(element)]
        added = tuple(line for line in lines if line.text in told)
        rest = [line.text for line in lines if line.text not in told]
        is_short = size <= _LARGEST_BLOCK and all(is_noise(text, rules=rules) for text in rest)
        if added or not is_short:
            yield Block(selectors, added, is_short)


def _above(element: Element, container: Element) -> Iterator[Element]:
    for ancestor in element.iterancestors():
        if ancestor is container:
            return
        yield ancestor


def _selectors(element: Element) -> tuple[str, ...]:
    tag, names = element.tag, (element.get("class") or "").split()
    found = [f"{tag}.{name}" for name in names if _NAME.fullmatch(name)]
    identity = element.get("id") or ""
    if _NAME.fullmatch(identity) and not any(map(str.isdigit, identity)):
        found.append(f"{tag}#{identity}")
    elif cut := re.match(r"[A-Za-z_][A-Za-z_-]{2,60}(?=\d)", identity):
        found.append(f"{tag}[id^={cut[0]}]")
    return tuple(found)
