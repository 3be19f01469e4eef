"""How well a text was read: 4-token shingles, as the article-extraction-benchmark counts them."""

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

__all__ = ["Interval", "Page", "Score", "gain", "page_score", "score"]

_WORD = re.compile(r"\w+")
_SAMPLES = 1000
_SHINGLE = 4

Page = tuple[float, float]
"""Precision and recall of one page."""


@dataclass(frozen=True)
class Interval:
    """A figure and where 95 % of its bootstrap samples lie."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Score:
    """Precision and recall averaged over pages, and F1 of these averages."""

    f1: Interval
    precision: float
    recall: float


def page_score(truth: str, found: str) -> Page:
    """Precision and recall of the shingles of `found`, counted as a multiset."""
    wanted, got = _shingles(truth), _shingles(found)
    both = sum((wanted & got).values())
    return _share(both, sum(got.values()), wanted), _share(both, sum(wanted.values()), got)


def _share(both: int, of: int, other: Counter[tuple[str, ...]]) -> float:
    """As the benchmark does: nothing found is perfect only where nothing was to be found."""
    if not of:
        return 0.0 if other else 1.0
    return both / of


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    starts = range(max(1, len(words) - _SHINGLE + 1)) if words else ()
    return Counter(tuple(words[start : start + _SHINGLE]) for start in starts)


def score(pages: Sequence[Page]) -> Score:
    """The score of a tool over all pages, its interval from samples over pages."""
    spread = [_f1([pages[number] for number in sample]) for sample in _samples(len(pages))]
    precision, recall = (fmean(page[side] for page in pages) for side in (0, 1))
    return Score(_interval(_f1(pages), spread), precision, recall)


def gain(pages: Sequence[Page], over: Sequence[Page]) -> Interval:
    """By how much F1 is above another tool's on the same pages; both sampled together."""
    spread = [
        _f1([pages[number] for number in sample]) - _f1([over[number] for number in sample])
        for sample in _samples(len(pages))
    ]
    return _interval(_f1(pages) - _f1(over), spread)


def _f1(pages: Sequence[Page]) -> float:
    precision = sum(page[0] for page in pages)
    recall = sum(page[1] for page in pages)
    if not precision + recall:
        return 0.0
    return 2 * precision * recall / (precision + recall) / len(pages)


def _samples(count: int) -> list[list[int]]:
    chance = random.Random(20241127)  # the same samples for every tool and every run
    return [chance.choices(range(count), k=count) for _ in range(_SAMPLES)]


def _interval(value: float, spread: list[float]) -> Interval:
    spread.sort()
    return Interval(value, spread[len(spread) // 40], spread[-len(spread) // 40 - 1])
