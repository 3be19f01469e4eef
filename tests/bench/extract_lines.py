"""Widgets that leaked into a text and sentences lost from it, beside what an editor would keep."""

import hashlib
import re
from dataclasses import dataclass

from extract_pages import Item

__all__ = ["Lines", "compared"]

_SENTENCE = re.compile(r"(?<=[.!?”\"])\s+(?=[“\"A-Z0-9])")
_BULLET = re.compile(r"^(?:[-•*]|\d+\.)\s+")


@dataclass(frozen=True)
class Lines:
    """The lines of a text that are not the story's, and the story's sentences that it lacks."""

    leaked: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def compared(item: Item, text: str) -> Lines:
    """What leaked and what was lost, by the story's text or by the digests of its lines.

    How a tool breaks its lines and marks its lists does not count, nor does the headline.
    """
    lines = [line for line in map(_plain, text.splitlines()) if line]
    if item.digests:
        return _by_digests(item, [" ".join(line.split()) for line in text.splitlines()])
    story, found = _letters(item.text or ""), _letters(text)
    known = story + _letters(item.headline or "")
    return Lines(
        tuple(line for line in lines if _letters(line) not in known),
        tuple(one for one in _sentences(item.text or "") if _letters(one) not in found),
    )


def _by_digests(item: Item, lines: list[str]) -> Lines:
    found = {_known_digest(item, line): line for line in lines if line}
    leaked = tuple(line for digest, line in found.items() if digest not in item.digests)
    return Lines(leaked, tuple(digest for digest in item.digests if digest not in found))


def _known_digest(item: Item, line: str) -> str:
    """Of the line as it is when the story has it, else without the mark that a list puts there."""
    whole = _digest(line)
    return whole if whole in item.digests else _digest(_plain(line))


def _sentences(text: str) -> list[str]:
    return [one for line in text.splitlines() for one in _SENTENCE.split(line) if one]


def _plain(line: str) -> str:
    return " ".join(_BULLET.sub("", line.strip()).split())


def _letters(text: str) -> str:
    """What is compared: letters and digits, so that spacing around links does not count."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()[:16]
