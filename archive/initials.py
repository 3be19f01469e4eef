"""Names of those who wrote and edited a story as initials: `Sari Wulandari` is `S. W.`. Pure.

Only names that stand in a field of their own are known to be names; docs/export.md says what that
leaves open.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["initials", "with_initials"]

_WORD = re.compile(r"[^\W\d_]+(?:['’`-][^\W\d_]+)*\.?")
_DESKS = (
    "admin", "and", "by", "dan", "desk", "editor", "humas", "kontributor", "liputan", "newsroom",
    "oleh", "pewarta", "penulis", "redaksi", "reporter", "tim", "wartawan",
)  # fmt: skip
"""Words that stand beside names, or in their place: what a desk is called is nobody's name."""
_FULL_NAME = re.compile(rf"{_WORD.pattern}(?:[ \t]+{_WORD.pattern})+")
_FIELDS = ("byline", "editor")
_MENTIONING = ("headline", "text")


def initials(names: str) -> str:
    """Every word of a name as its first letter; desks, signs and digits stay.

    >>> initials("Sari Wulandari, S.H. dan Tim Liputan 6")
    'S. W., S.H. dan Tim Liputan 6'
    """
    return _WORD.sub(_short, names)


def _short(word: re.Match[str]) -> str:
    return word[0] if _is_no_name(word[0]) else f"{word[0][0]}."


def _is_no_name(word: str) -> bool:
    return word.rstrip(".").casefold() in _DESKS


def with_initials(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a version with initials for byline and editor, also where the story names them.

    A name of one word is left alone in headline and text: it may be any word there.
    """
    full = {name for field in _FIELDS for name in _full_names(row[field])}
    written = {field: initials(row[field]) for field in _FIELDS}
    mentions = {field: _replaced(row[field], full) for field in _MENTIONING}
    evidence = [span | {"text": _replaced(span["text"], full)} for span in row["topic_evidence"]]
    return {**row, **written, **mentions, "topic_evidence": evidence}


def _full_names(names: str) -> list[str]:
    """The names of two words or more, without what stands beside them."""
    found = []
    for match in _FULL_NAME.finditer(names):
        words = [word for word in match[0].split() if not _is_no_name(word)]
        if len(words) > 1:
            found.append(" ".join(words))
    return found


def _replaced(text: str, names: Iterable[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        loose = r"\s+".join(map(re.escape, name.split()))
        text = re.sub(rf"(?<!\w){loose}(?!\w)", initials(name), text, flags=re.IGNORECASE)
    return text
