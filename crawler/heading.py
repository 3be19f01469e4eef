"""What stands printed around a story's text, and who wrote and edited it. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml import etree

from crawler.credits import Credits, credits_in
from crawler.lines import is_widget
from crawler.names import EDITOR, Names
from crawler.tree import Element, folded, text_of

__all__ = ["Printed", "beside", "is_same_title", "labelled_credits", "printed_credits"]

_STEPS = 120
_LONG = 160  # characters; what is longer is the story, or a list
_SENTENCE = 60  # characters; shorter ones may be credits
_FINITE = re.compile(r"(?:\b[a-z]{2,}\b[^a-zA-Z]+){4}.*[.!?…][”\"’')]*$", re.DOTALL)
_BYLINE = re.compile(r"(?:^|[\s_-])(?:author|penulis|nama-penulis|byline|reporter|writer)", re.I)
_EDITOR = re.compile(
    r"(?:^|[\s_-])(?:editor|redaktur|penyunting)(?![\w-]*(?:pick|choice|ial))", re.I
)
_NO_CREDIT = re.compile(r"avatar|img|image|photo|share|social|follow|-bio|description", re.I)
_EDITOR_BEHIND = re.compile(rf"(?P<name>.{{3,60}}?)\s+[(-]?\s*{EDITOR}[)]?", re.IGNORECASE)
_BEHIND = 8  # elements after a text in which its writer may be named
_MONTH = r"(?:jan|[fp]eb|mar|apr|mei|may|jun|jul|ag|aug|sep|okt|oct|nov|nop|des|dec)[a-z]{0,6}"
_DATE = re.compile(
    r"\b(?:senin|selasa|rabu|kamis|jum.?at|sabtu|minggu)\b"
    rf"|(?:(?:\b(?:on|pada|tanggal)\s+)?\b{_MONTH}\.?\s+)?\d",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\d(?:\s*(?:wib|wita|wit)\b)?", re.IGNORECASE)
_IN_CREDITS = ("author", "editor", "penulis", "redaktur", "credit")


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
    sentences = 0
    for element in _after(heading):
        sentences += _is_sentence(element)
        # one may be the deck, two are the text
        if element is stop or len(found) == _STEPS or sentences == 2 or _is_text(element):
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


def _is_sentence(element: Element) -> bool:
    if element.tag != "p":
        return False
    text = text_of(element)
    return _SENTENCE < len(text) <= _LONG and bool(_FINITE.search(text))


@dataclass(frozen=True)
class Printed:
    """Whom a page prints beside its text; each empty where it names nobody."""

    byline: str = ""
    editor: str = ""
    desk: str = ""
    """`Redaksi`, where a name could stand."""


def printed_credits(elements: Iterable[Element], names: Names) -> Printed:
    """The people printed as author and as editor by `elements`, the first of each."""
    said = [credit for element in elements for credit in _credits(element)]
    editor = next(filter(None, (names.people(credit.editor) for credit, _ in said)), "")
    people = [(names.people(credit.byline), is_labelled) for credit, is_labelled in said]
    # an editor may stand where authors do, in a link to all his stories
    byline = next((who for who, is_sure in people if who and (is_sure or who != editor)), "")
    desk = next(filter(None, (names.desk(credit.byline) for credit, _ in said)), "")
    return Printed(byline, editor, "" if byline else desk)


def labelled_credits(tree: Element, text: Element | None, names: Names) -> Printed:
    """The same from behind the text, and from wherever else a page sets credits with their roles.

    Only what all such places agree on: a page may show credits of other stories, too.
    """
    near = [*_behind(text), *islice(_in_credits(tree), _STEPS)]
    found = [credit for one in near for credit, is_sure in _credits(one) if is_sure]
    bylines = {people for credit in found if (people := names.people(credit.byline))}
    editors = {people for credit in found if (people := names.people(credit.editor))}
    return Printed(_only(bylines), _only(editors))


def _in_credits(tree: Element) -> Iterator[Element]:
    """The elements of a page whose class or id speaks of writers."""
    for element in tree.iter(etree.Element):
        names = f"{element.get('class', '')} {element.get('id', '')}"
        if len(names) > 1 and _names_credits(names):
            yield element


@lru_cache(maxsize=4096)
def _names_credits(names: str) -> bool:
    return any(word in names for word in _IN_CREDITS)


def _only(found: set[str]) -> str:
    return next(iter(found)) if len(found) == 1 else ""


def _credits(element: Element) -> Iterator[tuple[Credits, bool]]:
    """Whom an element names, and whether in so many words."""
    pieces = _pieces(element)
    labelled = [credit for piece in pieces if (credit := credits_in(piece))]
    if labelled:
        yield from ((credit, True) for credit in labelled)
        return
    marks = " ".join(filter(None, map(element.get, ("class", "rel", "id", "itemprop"))))
    is_author, is_editor = bool(_BYLINE.search(marks)), bool(_EDITOR.search(marks))
    if not pieces or not pieces[0] or not (is_author or is_editor) or _NO_CREDIT.search(marks):
        return
    if behind := _EDITOR_BEHIND.fullmatch(pieces[0]):  # <h6>Rina Ayu</h6><h6>Editor</h6>
        yield Credits(editor=behind["name"]), True
        return
    links = [found[0] for link in element.iter("a") if (found := _pieces(link)) and found[0]]
    signed = links[0] if links else pieces[0]
    yield (Credits(editor=signed) if is_editor else Credits(byline=signed)), False


def _behind(text: Element | None) -> list[Element]:
    """The few elements that follow a text, at its level and above it up to its article."""
    found: list[Element] = []
    while text is not None and text.tag not in ("article", "body", "main"):
        found += islice(text.itersiblings("p", "div", "span", "strong", "em", "address"), _BEHIND)
        text = text.getparent()
    return found


def _pieces(element: Element) -> list[str]:
    """The text of a short element before the date in it and behind it; a space between elements."""
    said = ""
    for piece in element.itertext():
        said += f"{piece} "
        if len(said) > 4 * _LONG:
            return []
    said = folded(said)
    if len(said) > _LONG:
        return []
    before, *dated = _DATE.split(said, maxsplit=1)
    behind = [_CLOCK.split(said)[-1]] if dated else []  # … 15:19 WIB - Redaktur: Rina Ayu
    return [piece.strip(" |,·•-–—") for piece in (before, *behind)]


def is_same_title(one: str, other: str) -> bool:
    """Equal but for signs, or one is the other cut short (JSON-LD asks for 110 characters)."""
    one, other = _key(one), _key(other)
    short = min(len(one), len(other))
    return one == other or (short >= 20 and (one.startswith(other) or other.startswith(one)))


@lru_cache(maxsize=64)  # each heading is compared with the same headline
def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
