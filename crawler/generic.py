"""The lines of a story on a page whose template nobody has described, and a second opinion on them.

The only module that imports trafilatura.
"""

import re
from collections.abc import Collection, Sequence
from copy import copy
from functools import cache
from typing import TYPE_CHECKING

from lxml import etree

from archive.errors import Unreadable
from crawler.container import size_of
from crawler.date_forms import FORMS
from crawler.lines import Line, cut_before, prune
from crawler.tree import Element, folded

if TYPE_CHECKING:
    from trafilatura.settings import Extractor

__all__ = ["confirmed", "found", "guessed_author"]

_MOST_ELEMENTS = (
    30_000  # justext, inside trafilatura, is quadratic; Kompas's longest pages have 5,000
)
_SIDEBAR = re.compile(
    r"(?:^|\s)(?:(?:right|left|main)?-?side-?bar(?:-(?:right|left|main|primary|\d))*"
    r"|popular-?posts?\d*|featured-?posts?\d*|most-?(?:read|popular)|ter-?populer)(?=\s|$)",
    re.IGNORECASE,
)
_DATE_LINE, _BEFORE_DATE = 60, 20  # characters: of a line that dates a story, and before its date
_A_LIST = 3  # links: fewer are no list of other stories
_A_STORY = 5  # paragraphs
_SHORT = 600  # characters: below it, trafilatura may ask the other algorithms that it knows
_AGREED = 0.7  # of the characters of a container: less is no opinion on paragraphs
_MARKS = re.compile(r"^(?:- |\| ?)|(?: ?\|)+$")  # of list items and of table rows: not the page's
# whole sentences, and subheads
_TOLD = re.compile(r"[A-Z“\"].{60,}[.!?…”\"]|[A-Z][^.!?:|/]{14,69}[^\W\d_]", re.DOTALL)
_NOT_A_LETTER = re.compile(r"[\W_]+")


def found(tree: Element, headlines: Collection[str]) -> list[Line]:
    """The lines of the story that a whole page tells; none where no story is found.

    `headlines`: what the page declares its headline to be. Raises Unreadable for a page of more
    elements than can be read in time.
    """
    tags = sum(1 for _ in tree.iter("*"))
    if tags > _MOST_ELEMENTS:
        raise Unreadable(f"{tags} elements and no known container; give the outlet a body rule")
    own = copy(tree)
    etree.strip_elements(own, "script", "style", "svg", with_tail=False)
    # a sidebar set before the heading is not the story (mediaindonesia.com)
    cut_before(own, headlines)
    prune(own)
    _prune_sidebars(own)
    titles = {*headlines, *(folded(" ".join(one.itertext())) for one in own.iter("h1"))}
    lines = _read(own, fast=True)
    lines = lines if size_of(lines) >= _SHORT else _read(own, fast=False)
    return _without_head(lines, {_letters(title).lower() for title in titles})


def _without_head(lines: list[Line], titles: Collection[str]) -> list[Line]:
    """Without the heading and its date, which trafilatura may take in, and even set last."""
    begin, end = 0, len(lines)
    while end > 1 and _is_head(lines[end - 1].text, titles):
        end -= 1
    while begin < end - 1 and _is_head(lines[begin].text, titles):
        begin += 1
    return lines[begin:end]


def _is_head(line: str, titles: Collection[str]) -> bool:
    if _letters(line).lower() in titles:
        return True
    if len(line) > _DATE_LINE or line.endswith((".", "!", "?", "”", '"')):
        return False
    dates = (form.search(line) for form in FORMS)
    return any(date and date.start() < _BEFORE_DATE for date in dates)


def _prune_sidebars(tree: Element) -> None:
    """Take columns and boxes of other stories away: the longer one is, the more it is the page."""
    doomed = [one for one in tree.iter("aside", "div", "section", "ul") if _is_sidebar(one)]
    for one in doomed:
        if one.getparent() is not None:
            one.drop_tree()


def _is_sidebar(element: Element) -> bool:
    """Called so, with links to stories, and with neither the heading nor a run of paragraphs."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return (
        bool(_SIDEBAR.search(names))
        and next(element.iter("h1", "article", "main"), None) is None
        and sum(1 for _ in element.iter("a")) >= _A_LIST
        and sum(1 for _ in element.iter("p")) < _A_STORY
    )


def guessed_author(tree: Element) -> str:
    """What trafilatura takes for the author, or ''; it may be anybody whom the page names."""
    from trafilatura.metadata import extract_author  # noqa: PLC0415 - with trafilatura

    return extract_author(tree) or ""


def confirmed(lines: Sequence[Line], by: Sequence[Line]) -> list[Line]:
    """Those of a container's `lines` whose letters also stand in what was found without it.

    All of them where the two agree on too little: then the second reader saw another story.
    """
    letters = _letters("".join(line.text for line in by))
    kept = [line for line in lines if _is_sure(line) or _letters(line.text) in letters]
    return kept if size_of(kept) >= _AGREED * size_of(lines) else list(lines)


def _is_sure(line: Line) -> bool:
    """A whole sentence without a link: the second reader drops many a one between two widgets."""
    return not line.link_characters and bool(_TOLD.fullmatch(line.text))


def _letters(text: str) -> str:
    return _NOT_A_LETTER.sub("", text)


def _read(tree: Element, *, fast: bool) -> list[Line]:
    import trafilatura  # noqa: PLC0415 - 0.5 s: only workers that read a page pay for it

    document = trafilatura.bare_extraction(tree, options=_options(fast=fast))
    text = getattr(document, "text", None) or ""
    lines = (_MARKS.sub("", folded(line)) for line in text.split("\n"))
    return [Line(line) for line in lines if line]


@cache
def _options(*, fast: bool) -> "Extractor":
    from trafilatura.settings import Extractor  # noqa: PLC0415 - with trafilatura

    # precision: balanced mode reads again when the text is a small share of the page, so that
    # a longer sidebar would make another text of the same story
    return Extractor(output_format="python", fast=fast, precision=True, comments=False)
