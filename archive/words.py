"""Words as a search compares them: without case, diacritics and signs; the same on any database.

Databases differ in what they take for a word (`bawaslu.go.id`, `08.30`, `Ma'ruf`), and each brings
its own version of Unicode. So the words are made here: letters and digits, everything else parts
them. What is no ASCII is spelt by its number, so that no database has an opinion on it. Pure.
"""

import unicodedata
from collections.abc import Iterator

from archive.text import storable

__all__ = ["CLIP", "MOST", "MOST_OF_HEADLINE", "folded", "placed", "words"]

CLIP = 50
"""Characters of a word that are compared; with MOST words they fit into one tsvector (1 MB)."""
MOST = 16_000
MOST_OF_HEADLINE = 300
"""Words that are searched: PostgreSQL knows places up to 16,383, headline and text together."""

_WORD = frozenset({"L", "N"})
_WITHOUT_WIDTH = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff\0")
_APOSTROPHES = frozenset("\u02bb\u02bc")
"""Letters to Unicode, and typed for the sign that parts `Ma'ruf`."""
_DROPPED = frozenset({"Mn", "Me"})


class _Folding(dict[int, str]):
    """What stands for a character: letters and digits, a space, or nothing; made when asked."""

    def __missing__(self, code: int) -> str:
        made = self[code] = _fold(chr(code))
        return made


def _fold(sign: str) -> str:
    # what `storable` drops and what has no width parts no words
    if sign in _WITHOUT_WIDTH or not storable(sign):
        return ""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign).casefold())
    return "".join(map(_spelt, plain))


def _spelt(sign: str) -> str:
    category = unicodedata.category(sign)
    if category in _DROPPED:
        return ""
    if sign in _APOSTROPHES or (category[0] not in _WORD and category != "Mc"):
        return " "
    return sign if sign.isascii() else f"_{ord(sign):x}_"


_FOLDING = _Folding()


def folded(text: str, most: int = MOST) -> list[str]:
    """The first words of a text, each folded and clipped."""
    return [word[:CLIP] for word in text.translate(_FOLDING).split()[:most]]


def words(text: str | None, most: int = MOST) -> str:
    """The folded words with one space between them: what is indexed."""
    return " ".join(folded(text or "", most))


def placed(text: str) -> Iterator[tuple[str, int, int]]:
    """Each folded word of a text with its place there: start and end."""
    word, start, end = "", 0, 0
    for place, sign in enumerate(text):
        piece = _FOLDING[ord(sign)]
        if word and not piece:
            end = place + 1
        for letter in piece:
            if letter != " ":
                start, end = (start if word else place), place + 1
                word += letter
            elif word:
                yield word[:CLIP], start, end
                word = ""
    if word:
        yield word[:CLIP], start, end
