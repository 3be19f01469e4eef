"""Text with some of its words marked, and changes word by word, as safe HTML. Pure."""

import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from archive.text import Change

__all__ = ["changes", "paragraphs", "with_marks", "with_words"]

_TAGS = {"removed": "del", "added": "ins"}
_MOST_WORDS = 200


def with_marks(text: str, marks: Sequence[tuple[int, int]]) -> Markup:
    """A text with `<mark>` around these places, which do not overlap."""
    parts, last = [], 0
    for start, end in marks:
        parts += [escape(text[last:start]), Markup("<mark>"), escape(text[start:end])]
        parts.append(Markup("</mark>"))
        last = end
    return Markup("").join([*parts, escape(text[last:])])


def with_words(text: str, words: Iterable[str]) -> Markup:
    """A text with every place marked that one of the words stands at, whatever their case."""
    wanted = sorted({word for word in words if word.strip()}, key=len, reverse=True)[:_MOST_WORDS]
    if not wanted:
        return escape(text)
    pattern = re.compile("|".join(map(re.escape, wanted)), re.IGNORECASE)
    return with_marks(text, [match.span() for match in pattern.finditer(text)])


def paragraphs(text: str, words: Iterable[str] = ()) -> list[Markup]:
    """The paragraphs of a text, words marked."""
    wanted = list(words)
    return [with_words(part, wanted) for part in text.split("\n\n") if part.strip()]


def changes(found: Sequence[Change], *, side: str = "") -> list[Markup]:
    """A diff as paragraphs; `side` leaves out what is only in the other text: before or after."""
    unwanted = {"before": "added", "after": "removed"}.get(side, "")
    parts: list[Markup] = []
    for one in found:
        if one.kind == unwanted:
            continue
        tag = _TAGS.get(one.kind)
        # a change may span paragraphs: each gets marks of its own
        pieces = [
            Markup(f"<{tag}>{escape(piece)}</{tag}>") if tag and piece else escape(piece)
            for piece in one.text.split("\n\n")
        ]
        if parts:
            parts[-1] += pieces.pop(0)
        parts += pieces
    return [part for part in parts if part.strip()]
