"""The words around what a search met, and where it stands there. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from archive.query import Term
from archive.words import placed

__all__ = ["Mark", "snippet"]

Mark = tuple[int, int]
_AROUND = 80
"""Characters of a snippet before and after the word that was found."""


def snippet(text: str, terms: Sequence[Term]) -> tuple[str, tuple[Mark, ...]]:
    """Whole words around the place where most terms are met first, and the places of all in it."""
    words = list(placed(text))
    met = [(mark, term) for term in terms for mark in _marks(words, [term])]
    # of those that begin at one place the longest first
    found = sorted({mark for mark, _ in met}, key=lambda mark: (mark[0], -mark[1]))
    first = _richest(sorted(met, key=itemgetter(0)))
    start = text.rfind(" ", 0, max(first - _AROUND, 0)) + 1
    end = text.find(" ", first + _AROUND)
    end = end if end >= 0 else len(text)
    inside = ((max(a, start), min(b, end)) for a, b in found if b > start and a < end)
    return text[start:end], tuple(_apart((a - start, b - start) for a, b in inside))


def _richest(met: Sequence[tuple[Mark, Term]]) -> int:
    """Where the first of the windows begins in which most different terms are met."""
    best, first, end = 0, 0, 0
    inside: Counter[Term] = Counter()
    for (at, _), term in met:
        while end < len(met) and met[end][0][1] <= at + _AROUND:
            inside[met[end][1]] += 1
            end += 1
        if len(inside) > best:
            best, first = len(inside), at
        inside[term] -= 1
        if not inside[term]:
            del inside[term]
    return first


def _marks(words: Sequence[tuple[str, int, int]], terms: Iterable[Term]) -> Iterator[Mark]:
    for term in terms:
        length = len(term.words)
        for at in range(len(words) - length + 1):
            run = words[at : at + length]
            if _meets(term, [word for word, _, _ in run]):
                yield run[0][1], run[-1][2]


def _meets(term: Term, run: Sequence[str]) -> bool:
    *before, last = term.words
    if list(run[:-1]) != before:
        return False
    return run[-1].startswith(last) if term.is_prefix else run[-1] == last


def _apart(marks: Iterable[Mark]) -> Iterator[Mark]:
    """Marks without overlaps, as one place may be met by several terms."""
    reached = 0
    for start, end in marks:
        if end > reached:
            yield max(start, reached), end
            reached = end
