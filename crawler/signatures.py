"""The name or initials in brackets with which a story ends. Pure."""

import re

from crawler.credits import credits_in
from crawler.names import Names

__all__ = ["without_signature"]

_SIGNATURE = re.compile(
    r"(?:^|(?<=[.!?”\"'’…*)]))\s*(?:[(\[](?P<name>[^()\[\]]{1,60})[)\]])[\s.*]*$"
)
_WORD = r"[A-Z][\w.'’-]*"
_INITIALS = re.compile(rf"(?:{_WORD}(?:\s+{_WORD}){{0,3}}|[a-z]{{1,6}}|[A-Za-z]-\d{{1,2}})")
_MARK = re.compile(
    # of editors and agencies: they name nobody
    r"\*+|red|redaksi|rls|rilis|adv|advertorial|hms|humas|net|int|ist|bs|ant|antara|jpg|jpnn|rmol"
    r"|habis|tamat|selesai|sic|[A-Za-z]-\d{1,2}|\d+",
    re.IGNORECASE,
)


def without_signature(lines: list[str], names: Names) -> tuple[list[str], str]:
    """The lines without the `(Fay)` that closes a story, and who it names.

    Only behind a finished sentence or on a line of its own: `… Komisi Pemilihan Umum (KPU)` stays.
    Editors' marks such as `(*)`, `(red)` and `(E-2)` go and name nobody.
    """
    match = _SIGNATURE.search(lines[-1]) if lines else None
    if not match:
        return lines, ""
    signed = _signed(match["name"], names)
    if signed is None:
        return lines, ""
    rest = lines[-1][: match.start()].strip()
    return lines[:-1] + ([rest] if rest else []), signed


def _signed(said: str, names: Names) -> str | None:
    """Whom the words in brackets name, '' for nobody; None when they are part of the story."""
    if credited := credits_in(said):
        return names.people(credited.byline)
    parts = [part.strip() for part in re.split(r"[/|,;&]", said)]
    parts = [part for part in parts if part and not names.is_nobody(part)]
    if not all(_INITIALS.fullmatch(part) or _MARK.fullmatch(part) for part in parts):
        return None
    people = [part for part in parts if not _MARK.fullmatch(part)]
    # (Rina Ayu, Budi Santoso) signs; (Senin, Selasa) does not
    if re.search("[,;]", said) and not all(" " in one or one.islower() for one in people):
        return None
    return "/".join(people)
