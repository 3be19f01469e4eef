"""A story that photos tell: their captions are its text. Pure.

Where texts stand, one photo tells a story; several are a gallery, and none of them is a story, but
on a page that declares itself to be one.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from crawler.container import SHORTEST, places, size_of
from crawler.heading import is_same_title
from crawler.lines import Line, read_lines
from crawler.rules import Rules
from crawler.tree import Element, folded, select, text_of

__all__ = ["SHORTEST_CAPTION", "caption_of", "captions", "photo_place", "told_by_photos"]

SHORTEST_CAPTION = 40
"""Characters: `Kantor Bawaslu Barimba` says what is seen, and tells nothing."""

_NAMES = re.compile(r"(?:^|\s)(?:wp-caption-text|tr-caption|wp-element-caption)(?=\s|$)")
# what other templates call them
_CALLED = re.compile(
    r"(?:^|[\s_-])(?:(?:img|photo|foto|image|media|gallery)?[_-]?caption|ket(?:erangan)?[_-]?foto)"
    r"(?:[_-]?text)?(?=\s|$)",
    re.IGNORECASE,
)
_MOST_PHOTOS = 60
_ELSEWHERE = frozenset(["a", "aside", "nav", "footer"])
_PHOTO = r"(?:foto|photo|dok\.?|dokumentasi|ist|istimewa|antara(?: foto)?)"
_LABEL = re.compile(
    r"[(\[]?\s*(?:ket(?:erangan)?\.?\s*)?(?:foto|gambar|caption|teks foto)\s*:\s*(?P<said>.+)",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    rf"\s*(?:[(\[]\s*{_PHOTO}\b[^()\[\]]{{0,80}}[)\]]|(?<=[.)\s/]){_PHOTO}\s*[:/]\s*[^.]{{1,60}})\.?",
    re.IGNORECASE,
)


def photo_place(tree: Element, rules: Rules) -> Element | None:
    """The one place where a story's text would stand, when a caption stands there instead."""
    for selector in places(tree, rules):
        found = select(tree, selector)[:2]
        if len(found) == 1 and caption_of(found[0], tree, rules):
            return found[0]
        if found and selector == rules.body:
            return None
    return None


def caption_of(container: Element, tree: Element, rules: Rules) -> str:
    """The one caption in `container`, else the one that `rules` name, without credit; or ''."""
    for elements in (_captions(container), select(tree, rules.caption)):
        texts = dict.fromkeys(filter(None, map(_told, elements)))
        if texts:
            text = next(iter(texts))
            return text if len(texts) == 1 and len(text) >= SHORTEST_CAPTION else ""
    return ""


def captions(tree: Element, rules: Rules) -> list[str]:
    """All text under photos: every word that a photo story can hold, and more."""
    return [text_of(one) for one in (*_captions(tree), *select(tree, rules.caption))]


def told_by_photos(tree: Element, titles: Collection[str], found: Sequence[Line]) -> list[str]:
    """The captions of the photos that stand with the page's heading; none beside other prose.

    None either where a text has a place of its own. `found`: what was taken for the text.
    """
    if any(select(tree, place) for place in places(tree, Rules())):
        return []
    region, photos = _with_heading(tree, titles)
    if region is None:
        return []
    told = list(
        dict.fromkeys(text for one in photos if len(text := _told(one)) >= SHORTEST_CAPTION)
    )
    told = [text for text in told if not any(is_same_title(text, title) for title in titles)]
    shown = {text_of(one) for one in photos}
    beside = (_prose(lines, shown) for lines in (found, read_lines(region)))
    return [] if any(size_of(lines) >= SHORTEST for lines in beside) else told


def _with_heading(tree: Element, titles: Collection[str]) -> tuple[Element | None, list[Element]]:
    """The smallest part of a page that holds its heading and captions, and these."""
    headings = [
        one
        for one in tree.iter("h1")
        if any(is_same_title(text_of(one), title) for title in titles)
    ]
    photos = list(_photos(tree)) if len(headings) == 1 else []
    for region in headings[0].iterancestors() if photos else ():
        own = [one for one in photos if region in one.iterancestors()]
        if own:
            return region, own
    return None, []


def _photos(tree: Element) -> Iterator[Element]:
    """The captions beside photos that lead to no other story, and stand in no sidebar."""
    called = (
        one
        for one in tree.iter("figcaption", "p", "div", "span", "dd", "small", "em")
        if one.tag == "figcaption" or _CALLED.search(one.get("class") or "")
    )
    for count, one in enumerate(called):
        if count == _MOST_PHOTOS:
            return
        if not _leads_elsewhere(one) and _is_beside_photo(one):
            yield one


def _leads_elsewhere(caption: Element) -> bool:
    """It is linked, beside a link, or of another story's teaser."""
    around = list(islice(caption.iterancestors(), 2))
    if any(text_of(link) for figure in around[:1] for link in figure.iter("a")):
        return True
    if any(one.tag in _ELSEWHERE for one in caption.iterancestors()):
        return True
    headings = [one for teaser in around[1:] for one in teaser.iter("h1", "h2", "h3", "h4")]
    is_linked = any(next(one.iter("a"), None) is not None for one in headings)
    return is_linked and all(one.tag != "h1" for one in headings)


def _is_beside_photo(caption: Element) -> bool:
    """A photo stands before it, and no other caption is inside."""
    if any(_CALLED.search(one.get("class") or "") for one in caption.iterdescendants()):
        return False
    around = list(islice(caption.iterancestors(), 2))
    return any(next(one.iter("img", "picture", "amp-img"), None) is not None for one in around)


def _prose(lines: Sequence[Line], shown: Collection[str]) -> list[Line]:
    return [
        line
        for line in lines
        if line.text not in shown and not line.is_link and line.text.endswith((".", "!", "?", "”"))
    ]


def _captions(element: Element) -> list[Element]:
    return [
        one
        for one in element.iter("figcaption", "p", "td", "div", "span", "dd")
        if one.tag == "figcaption" or _NAMES.search(one.get("class") or "")
    ]


def _told(element: Element) -> str:
    """What a caption tells: no `[Foto : …]` around it, no `(Foto: Humas)` behind it."""
    text = text_of(element)
    if label := _LABEL.fullmatch(text):
        text = re.sub(r"\s*[)\]]\.?$", "", label["said"]) if text[:1] in "[(" else label["said"]
    while (credit := _CREDIT.search(text)) and credit.end() == len(text):
        text = text[: credit.start()].rstrip(" /")
    return folded(text)
