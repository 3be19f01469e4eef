"""What counts as the same text, what its hash is, and what changed between two texts. Pure."""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, pairwise

from archive.types import Article

__all__ = [
    "COMPARED",
    "Change",
    "changed_fields",
    "content_hash",
    "diff",
    "normalise",
    "storable",
]

COMPARED = ("headline", "byline", "editor", "dateline", "published_text", "text")
"""The fields that make a version, in the order in which they are hashed."""

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        # characters without width come and go with the editor in which a story was written
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff"),
    }
)


_COUNTED_BACK = re.compile(
    r"\b(?:lalu|baru saja|barusan|hari ini|kemarin|ago|just now|today|yesterday)\b", re.IGNORECASE
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """`text` without what no database holds: NUL, and halves of surrogate pairs (JSON has both)."""
    if text.isascii() and "\0" not in text:  # told at once, and so are most texts
        return text
    return _UNSTORABLE.sub("", text)


def normalise(text: str) -> str:
    """`text` as it is compared: NFC, plain quotes and dashes, white space folded to one space."""
    plain = unicodedata.normalize("NFC", storable(text)).translate(_PLAIN)
    return " ".join(plain.split())


def _compared(article: Article) -> dict[str, str]:
    """The compared fields; a date that is counted back (`2 jam lalu`) is none (DESIGN §5)."""
    fields = {name: normalise(getattr(article, name)) for name in COMPARED}
    if _COUNTED_BACK.search(fields["published_text"]):
        fields["published_text"] = ""
    return fields


def content_hash(article: Article) -> str:
    """The sha256 hex digest of the compared fields (DESIGN §3); never of bytes."""
    fields = list(_compared(article).values())
    written = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode("utf-8")).hexdigest()


def changed_fields(before: Article, after: Article) -> tuple[str, ...]:
    """The names of the compared fields in which two articles differ, in `COMPARED` order.

    A printed date is compared only with another one: templates show and hide it.
    """
    old, new = _compared(before), _compared(after)
    changed = [name for name in COMPARED if old[name] != new[name]]
    if not (old["published_text"] and new["published_text"]):
        changed = [name for name in changed if name != "published_text"]
    return tuple(changed)


@dataclass(frozen=True)
class Change:
    """A stretch of two texts: `same`, `removed` from the first or `added` in the second."""

    kind: str
    text: str


_ENDS = (
    re.compile(r"\n\s*\n\s*"),  # of paragraphs
    re.compile(r"(?<=[.!?\"”])\s+"),  # of sentences
    re.compile(r"(?<=\s)(?=\S)|(?<=\S)(?=\s)"),  # of words and of the white space between them
)
"""Where a unit ends, each finer than the one before; none looks back over what it has passed."""

_PAIRS = 50_000
"""difflib's time grows with the pairs of equal units: over this many, they are not matched."""


def diff(before: str, after: str) -> list[Change]:
    """What changed, by word: `same` and `removed` join to `before`, `same` and `added` to `after`.

    Paragraphs are matched first, then the sentences of changed paragraphs, then the words of
    changed sentences, so that the time stays bounded on long texts.
    """
    return _tidied(_changes(before, after, level=0))


def _changes(before: str, after: str, *, level: int) -> Iterator[Change]:
    if level == len(_ENDS) or not before or not after:
        yield from (Change("removed", before), Change("added", after))
        return
    old, new = (_units(text, ends=_ENDS[level]) for text in (before, after))
    for kind, old_part, new_part in _matched(old, new):
        if kind == "equal":
            yield Change("same", old_part)
        else:
            yield from _changes(old_part, new_part, level=level + 1)


def _units(text: str, *, ends: re.Pattern[str]) -> list[str]:
    """The text in pieces that join to it again."""
    cuts = [0, *(match.end() for match in ends.finditer(text)), len(text)]
    return [text[start:end] for start, end in pairwise(cuts)]


def _matched(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The parts of two sequences, equal or not, each as text; a common beginning and end first."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    yield "equal", "".join(old[:start]), ""
    for kind, i1, i2, j1, j2 in _opcodes(middle_old, middle_new):
        yield kind, "".join(middle_old[i1:i2]), "".join(middle_new[j1:j2])
    yield "equal", "".join(old[len(old) - end :]), ""


def _common(old: Iterable[str], new: Iterable[str]) -> int:
    """How many units two sequences begin with alike."""
    count = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        count += 1
    return count


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    counts = Counter(new)
    if sum(counts[unit] for unit in old if not unit.isspace()) > _PAIRS:
        return [("replace", 0, len(old), 0, len(new))]
    # white space is junk: words that have only the space between them in common are not alike
    return SequenceMatcher(str.isspace, old, new, autojunk=False).get_opcodes()


def _tidied(changes: Iterable[Change]) -> list[Change]:
    """Neighbours of a kind joined, what was removed before what was added, nothing empty."""
    tidied: list[Change] = []
    for is_same, group in groupby(_without_islands(list(changes)), lambda c: c.kind == "same"):
        members = list(group)
        for kind in ("same",) if is_same else ("removed", "added"):
            text = "".join(change.text for change in members if change.kind == kind)
            if text:
                tidied.append(Change(kind, text))
    return tidied


def _without_islands(changes: Sequence[Change]) -> Iterator[Change]:
    """White space that is all that stayed the same between two changes belongs to both."""
    present = [change for change in changes if change.text]
    for index, change in enumerate(present):
        around = present[max(index - 1, 0) : index] + present[index + 1 : index + 2]
        is_island = change.kind == "same" and change.text.isspace() and len(around) == 2
        if is_island and all(neighbour.kind != "same" for neighbour in around):
            yield from (Change("removed", change.text), Change("added", change.text))
        else:
            yield change
