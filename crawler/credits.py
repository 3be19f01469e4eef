"""Who wrote and who edited a story, as a line of the page says it. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from crawler.names import AUTHOR, EDITOR, LABEL, ROLE
from crawler.places import looks_like_place

__all__ = ["Credits", "credits_in"]

_CORRESPONDENT = re.compile(
    r"(?:laporan (?:langsung )?(?:wartawan|reporter|jurnalis|kontributor|koresponden)"
    r"|(?:wartawan|reporter|jurnalis|kontributor) (?=[\w.-]+\.(?:com|id|net|co)\b))\s+"
    r"(?:[\w.-]+\s*[,:|–-]\s*)?(?P<name>[^\d:;!?]{3,60}?)\s*[.]?",
    re.IGNORECASE,
)
# "Oleh Andi Saputra", also "Oleh MC PROV KALIMANTAN BARAT": no sentence is all capitals
_UNLABELLED = re.compile(
    r"(?:oleh|ditulis oleh|dilaporkan oleh|by)\s+"
    r"(?-i:(?P<name>[A-Z][\w.'’-]*(?:,?\s+(?:[A-Z][\w.'’-]*|bin|binti|dan|&)){0,6}))",
    re.IGNORECASE,
)
_PERSON = (
    rf"(?-i:[A-Z][\w.'’-]*(?:,?\s+(?!(?i:{ROLE})\b)(?:[A-Z][\w.'’-]*|bin|binti|dan|&)){{0,5}})"
)
# "Laporan: Kontributor Poso, Yunus": where a correspondent sits is no name
_FILED_FROM = re.compile(
    r"(?:laporan\s*:?\s+(?:langsung )?)?"
    r"(?:wartawan|reporter|jurnalis|kontributor|koresponden|biro)\s+"
    rf"(?P<place>[^\d:;,|]{{3,40}}?)\s*[,:|–-]\s*(?P<name>{_PERSON})",
    re.IGNORECASE,
)
# "Penulis Rina Ayu | Editor: Budi Santika": one role without a colon, beside another
_NO_COLON = re.compile(
    rf"(?:^|[|/;,·•\s]\s*)(?P<role>{ROLE})\s+(?P<name>{_PERSON})"
    rf"(?=\s*(?:[|/;,·•\s]\s*{ROLE}\b|\.?$))",
    re.IGNORECASE,
)
_OTHER_LABEL = re.compile(
    r"(?:^|(?<=[\s|(,;/·•-]))(?:foto(?:grafer)?|sumber|tanggal|ilustrasi|uploader|publisher|video"
    r"|kamerawan|desain(?:er)?|infografis|copyright|©)\s*(?::|(?<=©|t))",
    re.IGNORECASE,
)
_HAS_AUTHOR = re.compile(rf"\b{AUTHOR}\b", re.IGNORECASE)
_HAS_EDITOR = re.compile(rf"\b{EDITOR}\b", re.IGNORECASE)
_WEAK = re.compile(r"(?:laporan|oleh|by)", re.IGNORECASE)
_LONGEST = 200  # characters of a line of credits
_MOST_WORDS = 14
_SAID = re.compile(r"[?!\"“”…]")
# "Laporan: Tiga Camat Terbukti Melanggar" is a subhead, "Oleh Karena Itu" an opening
_NOBODY = re.compile(
    r"\b(?:tiga|dua|empat|lima|asn|pns|camat|lurah|bupati|gubernur|bawaslu|kpu|netralitas|pilkada"
    r"|pemilu|pegawai|dugaan|karena|sebab|itu|ini|terbukti|kampanye|pelanggaran|warga|kepala"
    r"|masyarakat|polisi|calon)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Credits:
    """What a line of credits says; both empty for a line that is none."""

    byline: str = ""
    editor: str = ""


@lru_cache(maxsize=256)  # nested elements say the same, and are asked for author and editor
def credits_in(line: str) -> Credits | None:
    """The credits that the whole of `line` consists of, or None when it is part of the story.

    >>> credits_in("Reporter : Sitti Aminah Editor : Hasrul")
    Credits(byline='Sitti Aminah', editor='Hasrul')
    """
    bare = line.strip("() *[]–—-")
    if (filed := _FILED_FROM.fullmatch(bare)) and looks_like_place(filed["place"]):
        return Credits(byline=filed["name"]) if _is_name(filed["name"], weak=True) else None
    if named := _CORRESPONDENT.fullmatch(bare) or _UNLABELLED.fullmatch(bare):
        name = named["name"].strip()
        return Credits(byline=name) if _is_name(name, weak=True) else None
    line = _with_colons(line) if len(line) <= _LONGEST else ""
    labels = list(LABEL.finditer(line))
    if not labels or line[: labels[0].start()].strip(" ()[]*-–—"):
        return None
    found: dict[str, str] = {}
    for label, name in _labelled(line, labels):
        if not _is_name(name, weak=bool(_WEAK.fullmatch(label))) or _is_sentence(name, line):
            return None  # a sentence that begins like a credit
        for role, pattern in (("byline", _HAS_AUTHOR), ("editor", _HAS_EDITOR)):
            if name and pattern.search(label):
                found.setdefault(role, name)
    return Credits(**found)


def _with_colons(line: str) -> str:
    """`Penulis: A | Editor: B` of `Penulis A | Editor B`; any other line as it is."""
    bare = list(_NO_COLON.finditer(line))
    if not bare:
        return line
    is_pair = len(bare) + len(LABEL.findall(line)) > 1
    if not is_pair or any(_NOBODY.search(match["name"]) for match in bare):
        return line
    return _NO_COLON.sub(
        lambda match: match[0].replace(match["role"], f"{match['role']}:", 1), line
    )


def _labelled(line: str, labels: list[re.Match[str]]) -> Iterator[tuple[str, str]]:
    """Each role with what stands behind it, up to the next role or other label."""
    others = [match.start() for match in _OTHER_LABEL.finditer(line)]
    starts = [label.start() for label in labels[1:]] + [len(line)]
    for label, start in zip(labels, starts, strict=True):
        end = min([start, *(other for other in others if other >= label.end())])
        yield label["label"], line[label.end() : end].strip(" |,;/·•-–—()[]*").removesuffix(".")


def _is_name(name: str, *, weak: bool) -> bool:
    """Not what somebody asks, says or does; under a `weak` label it must look like a name."""
    if len(name.split()) > _MOST_WORDS or _SAID.search(name) or ". " in name.partition(",")[0][8:]:
        return False
    return not weak or (not _NOBODY.search(name) and len(name) <= 60 and not name[:1].islower())


def _is_sentence(name: str, line: str) -> bool:
    """`Laporan: tiga camat terbukti melanggar.`; `penulis: rina ayu lestari` names a person."""
    small = sum(word[0].islower() for word in name.split() if word not in ("dan", "bin", "binti"))
    ends = line.rstrip().endswith((".", "!", "?"))
    most = 3 if ends else 4
    return small >= most or (len(name) > 60 and small * 2 > len(name.split()) - 2)
