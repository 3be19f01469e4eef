"""What a seed says of a story's last change: a moment, and what it shows of the text. Pure."""

import hashlib
import re

from crawler.discover import seed_date

__all__ = [
    "is_same_moment",
    "is_unchanged",
    "moment_of",
    "shows_other_text",
    "shows_text",
    "with_words",
]

_WORDS = " text:"
_DAY_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")


def with_words(signal: str, words: str) -> str:
    """The signal, and a digest of the title and text that the seed shows; spacing says nothing."""
    if not signal:
        return ""
    digest = hashlib.sha256(" ".join(words.split()).encode("utf-8", "replace")).hexdigest()[:16]
    return f"{signal}{_WORDS}{digest}"


def moment_of(signal: str) -> str:
    """The literal statement of the last change, without the digest of the text."""
    return signal.partition(_WORDS)[0]


def shows_text(signal: str) -> bool:
    """Whether the seed showed the story's text, and not only its date."""
    return _WORDS in signal


def is_same_moment(before: str, now: str) -> bool:
    """Whether a seed states the last change as it did before; False when it states none."""
    return bool(now) and moment_of(before) == moment_of(now)


def is_unchanged(before: str, now: str, *, trusted: bool) -> bool:
    """Whether a seed proves that nothing changed since the signal the story was last read under.

    Two ways of writing one moment are equal. A day without a time proves nothing (the edit may
    come in the evening), and neither does the date of an outlet whose dates were caught lying; the
    text itself does, where the seed shows it.
    """
    told, shown = _parts(before), _parts(now)
    if _DAY_ONLY.fullmatch(shown[0]):
        return False
    moment = seed_date(shown[0])
    if moment is None or moment != seed_date(told[0]):
        return False
    if told[1] and shown[1]:
        return told[1] == shown[1]
    return trusted


def shows_other_text(before: str, now: str) -> bool:
    """Whether a seed shows another title or text than it did before; False when one is unknown."""
    told, shown = _parts(before)[1], _parts(now)[1]
    return bool(told and shown) and told != shown


def _parts(signal: str) -> tuple[str, str]:
    moment, _, digest = signal.partition(_WORDS)
    return moment.strip(), digest
