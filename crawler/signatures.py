"""The name or initials in brackets with which a story ends. Pure."""

import re

from crawler.credits import credits_in
from crawler.names import Names

__all__ = ["without_signature"]

_SIGNATURE = re.compile(
    r"(?:^|(?<=[.!?”\"'’…*)]))\s*(?:[(\[](?P<name>[^()\[\]]{1,60})[)\]])[\s.*]*$"
)
# "yunus/red": initials beside an editors' mark need no brackets
_DESKS = r"(?:red|redaksi|rls|rilis|adv|hms|humas)"
_SIGNER = r"(?:[a-z]{2,12}|(?-i:[A-Z][\w.'’-]*(?:\s+[A-Z][\w.'’-]*){1,3}))"
_BARE = re.compile(
    rf"(?:^|(?<=[.!?”\"'’…*)])\s)[\s*]*(?P<name>{_DESKS}/{_SIGNER}|{_SIGNER}/{_DESKS})[\s.*]*$",
    re.IGNORECASE,
)
_BESIDE_MARK = re.compile(r"[A-Za-z]{2,12}")
_WORD = r"[A-Z][\w.'’-]*"
_INITIALS = re.compile(rf"(?:{_WORD}(?:\s+{_WORD}){{0,3}}|[a-z]{{1,6}}|[A-Za-z]-\d{{1,2}})")
_NAMES_NOBODY = re.compile(
    # what stories abbreviate, and days: these brackets belong to the sentence before; "(asn)" may
    # be Asnawi
    r"\b(?:K?ASN|PNS|P3K|PPPK|CPNS|KPUD?|DKPP|BKN|BKD|BKPSDM|DPRD?|DPD|MK|MA|TNI|UU|RI|SKB|PSU|TPS"
    r"|KPPS|APBD|WIB|WITA|WIT|(?i:bawaslu|panwas\w+|gakkumdu|kemenpan\w*|polri|pilkada|pemilu|pilgub"
    r"|pilwali|pilbup|senin|selasa|rabu|kamis|jum.?at|sabtu|minggu))\b"
)
_MARK = re.compile(
    # of editors and agencies: they name nobody
    r"\*+|red|redaksi|rls|rilis|adv|advertorial|hms|humas|net|int|ist|bs|ant|antara|jpg|jpnn|rmol"
    r"|habis|tamat|selesai|sic|[A-Za-z]-\d{1,2}|\d+",
    re.IGNORECASE,
)


def without_signature(lines: list[str], names: Names) -> tuple[list[str], str]:
    """The lines without the `(Fay)` that closes a story, and who it names.

    Only behind a finished sentence or on a line of its own: `… Komisi Pemilihan Umum (KPU)` stays.
    Editors' marks such as `(*)`, `(red)` and `(E-2)` go and name nobody; beside one, brackets are
    not needed (`yunus/red`).
    """
    last = lines[-1] if lines else ""
    match = _SIGNATURE.search(last) or _BARE.search(last)
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
    if _NAMES_NOBODY.search(said):
        return None
    parts = [part.strip() for part in re.split(r"[/|,;&]", said)]
    parts = [part for part in parts if part and not names.is_nobody(part)]
    is_marked = "/" in said and any(_MARK.fullmatch(part) for part in parts)
    if not all(_signs(part, is_marked=is_marked) for part in parts):
        return None
    people = [part for part in parts if not _MARK.fullmatch(part)]
    # (Rina Ayu, Budi Santoso) signs; (Senin, Selasa) does not
    if re.search("[,;]", said) and not all(" " in one or one.islower() for one in people):
        return None
    return "/".join(people)


def _signs(part: str, *, is_marked: bool) -> bool:
    """Initials or a mark; beside a mark also a longer name in small letters (`suparman/red`)."""
    is_long = is_marked and bool(_BESIDE_MARK.fullmatch(part))
    return is_long or bool(_INITIALS.fullmatch(part) or _MARK.fullmatch(part))
