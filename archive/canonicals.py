"""Whether the canonical that a page declares is its own, or that of another story. Pure."""

import re
import unicodedata
from itertools import islice
from urllib.parse import unquote, urlsplit

from archive.text import normalise
from archive.types import Article

__all__ = ["is_believable", "is_twin"]

_WORDS = re.compile(r"[a-z0-9]+")
_ENDING = re.compile(r"\.(?:html?|php|aspx?)$")
_NUMBER = re.compile(r"\d{4,}")
_FEW = 2
_SHINGLE = 4
_MOST_WORDS = 5_000


def is_believable(declared: str, *, found_at: str, headline: str) -> bool:
    """False when the page's own address tells its headline, and the declared one tells another.

    Only such evidence counts: a number proves nothing, nor does an address that ends as the page's
    own (a story in two sections) or holds the same number.

    >>> is_believable("https://a.id/guru-diperiksa", found_at="https://a.id/camat-ditegur-bupati",
    ...               headline="Camat Ditegur Bupati")
    False
    """
    try:
        own, other = urlsplit(found_at), urlsplit(declared)
    except ValueError:
        return False
    if not declared or _slug(own.path) == _slug(other.path):
        return True
    if set(_NUMBER.findall(own.path)) & set(_NUMBER.findall(other.path)):
        return True
    told, said = set(_words(headline)), _words(_slug(other.path))
    if not said or all(word.isdigit() for word in said):
        return True
    return _share(_words(_slug(own.path)), told) < 0.5 or _share(said, told) >= 0.5


def is_twin(held: Article, shown: Article) -> bool:
    """Whether two readings are of one work: the same headline, or text that is largely the same."""
    if normalise(held.headline).casefold() == normalise(shown.headline).casefold():
        return True
    one, other = _shingles(held.text), _shingles(shown.text)
    return 3 * len(one & other) >= min(len(one), len(other))


def _slug(path: str) -> str:
    return _ENDING.sub("", unquote(path).rstrip("/").rpartition("/")[2].lower())


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _WORDS.findall(plain.lower())


def _share(words: list[str], told: set[str]) -> float:
    """How much of an address the headline tells; of one that says little, nothing."""
    known = sum(word in told for word in words)
    return known / len(words) if known >= _FEW else 0.0


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = _words(text)[:_MOST_WORDS]
    return set(zip(*(islice(words, start, None) for start in range(_SHINGLE)), strict=False))
