"""What changed between two texts, told in whole sentences: for people who were not there. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from archive.text import normalise

__all__ = ["Rewritten", "rewritten"]

_ENDS = re.compile(r"(?<=[.!?\"]) (?=[\"'(]?[A-Z0-9])")
"""Of sentences, before a capital: that `Drs. Budi` is cut in two tells no less."""
_MOST = 2_000
"""Sentences that are matched one by one; difflib's time grows with their pairs."""


@dataclass(frozen=True)
class Rewritten:
    """A sentence that went, and the one that stands in its place; either may be empty."""

    before: str
    after: str


def rewritten(before: str, after: str) -> list[Rewritten]:
    """The sentences in which two texts differ, as they are compared (see `normalise`), in order.

    Of texts with more than 2,000 sentences only the first that differ.
    """
    old, new = _sentences(before), _sentences(after)
    start = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
    start = min(len(old), len(new)) if start is None else start
    return list(_pairs(old[start : start + _MOST], new[start : start + _MOST]))


def _sentences(text: str) -> list[str]:
    paragraphs = filter(None, map(normalise, text.split("\n")))
    return [sentence for one in paragraphs for sentence in _ENDS.split(one)]


def _pairs(old: list[str], new: list[str]) -> Iterator[Rewritten]:
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            for one, other in zip_longest(old[i1:i2], new[j1:j2], fillvalue=""):
                yield Rewritten(one, other)
