"""What stands printed around a story's text, and who wrote it. Pure."""

import re
from collections.abc import Iterable, Iterator

from crawler.credits import Names
from crawler.lines import is_widget
from crawler.tree import Element, folded, text_of

__all__ = ["beside", "is_same_title", "printed_byline"]

_STEPS = 120
_LONG = 160  # characters; what is longer is the story, or a list
_BYLINE = re.compile(r"(?:^|[\s_-])(?:author|penulis|nama-penulis|byline|reporter|writer)", re.I)
_EDITOR = re.compile(r"editor|redaktur|avatar|img|image|share", re.I)
_DATE = re.compile(
    r"\b(?:senin|selasa|rabu|kamis|jum.?at|sabtu|minggu)\b|(?:[a-z]{3,9}\.?\s+)?\d", re.IGNORECASE
)


def beside(headings: Iterable[Element], headline: str, *, text: Element | None) -> list[Element]:
    """The elements between the printed headline and its text, then those of the entry's footer."""
    for heading in headings:
        if is_same_title(text_of(heading), headline):
            return [*_following(heading, stop=text), *_footer(text)]
    return []


def _footer(text: Element | None) -> list[Element]:
    """What WordPress's own themes print behind a text (twentyfifteen to twentytwentyone)."""
    article = None if text is None else next(text.iterancestors("article"), None)
    if article is None:
        return []
    footers = article.xpath("footer[contains(concat(' ', @class, ' '), ' entry-footer ')]")
    return [element for footer in footers for element in footer.iterdescendants()]


def _following(heading: Element, *, stop: Element | None) -> list[Element]:
    """The elements after `heading` in page order, up to `stop` or the first paragraph of text."""
    found: list[Element] = []
    for element in _after(heading):
        if element is stop or len(found) == _STEPS or _is_text(element):
            break
        found.append(element)
    return found


def _after(element: Element) -> Iterator[Element]:
    """Elements behind the end of `element`, without what is inside widgets."""
    inside = False
    while element is not None:
        following_one = element[0] if inside and len(element) and not is_widget(element) else None
        while following_one is None and element is not None:
            following_one = element.getnext()
            element = element.getparent()
        element, inside = following_one, True
        if element is not None and isinstance(element.tag, str):
            yield element


def _is_text(element: Element) -> bool:
    return element.tag == "p" and len(text_of(element)) > _LONG


def printed_byline(elements: list[Element], names: Names) -> tuple[str, str]:
    """The person printed as author, or '', and the desk (`Redaksi`) printed in their place."""
    desk = ""
    for text in _signatures(elements):
        if people := names.people(text):
            return people, ""
        desk = desk or names.desk(text)
    return "", desk


def _signatures(elements: list[Element]) -> Iterator[str]:
    """What stands where authors stand: the names they link, else all of it up to the date."""
    for element in elements:
        classes = f"{element.get('class') or ''} {element.get('rel') or ''}"
        if not _BYLINE.search(classes) or _EDITOR.search(classes):
            continue
        links = [text for link in element.iter("a") if (text := _spaced(link))]
        text = links[0] if links else _spaced(element)
        if len(text) <= _LONG:
            yield _DATE.split(text, maxsplit=1)[0]


def _spaced(element: Element) -> str:
    """The text, with a space where one element ends: `<span>By</span><a>Rina</a>`."""
    return folded(" ".join(element.itertext()))


def is_same_title(one: str, other: str) -> bool:
    """Equal but for signs, or one is the other cut short (JSON-LD asks for 110 characters)."""
    one, other = _key(one), _key(other)
    short = min(len(one), len(other))
    return one == other or (short >= 20 and (one.startswith(other) or other.startswith(one)))


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
