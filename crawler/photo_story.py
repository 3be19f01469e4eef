"""A story that is one photo: the caption is its text. Pure.

A page with several captions is a gallery, and none of them is a story.
"""

import re

from crawler.container import places
from crawler.rules import Rules
from crawler.tree import Element, folded, select, text_of

__all__ = ["SHORTEST_CAPTION", "caption_of", "captions", "photo_place"]

SHORTEST_CAPTION = 40
"""Characters: `Kantor Bawaslu Barimba` says what is seen, and tells nothing."""

_NAMES = re.compile(r"(?:^|\s)(?:wp-caption-text|tr-caption|wp-element-caption)(?=\s|$)")
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
