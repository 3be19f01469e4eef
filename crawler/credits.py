"""Who wrote and who edited a story, and from where it was filed, as the page prints it. Pure."""

import re
from dataclasses import dataclass
from functools import cached_property

from archive.types import Outlet

__all__ = ["Credits", "Names", "credits_in", "dateline_of", "without_signature"]

_AUTHOR = (
    r"penulis|reporter|pewarta|wartawan|jurnalis|kontributor|peliput|koresponden|laporan"
    r"|ditulis oleh|oleh|written by|by"
)
_EDITOR = r"editor|redaktur(?: pelaksana)?|penyunting|edited by"
_ROLE = rf"(?:{_AUTHOR}|{_EDITOR})"
_LABEL = re.compile(
    rf"(?:^|(?<=[\s(|,;/·•-]))(?P<label>{_ROLE}(?:\s*[&/]\s*{_ROLE})?)\s*:\s*", re.IGNORECASE
)
_ROLE_BESIDE = re.compile(rf"^{_ROLE}\s+(?=[A-Z])|\s+{_ROLE}$", re.IGNORECASE)
_CORRESPONDENT = re.compile(
    r"laporan (?:langsung )?(?:wartawan|reporter|jurnalis|kontributor|koresponden)\s+"
    r"(?:[\w.-]+\s*[,:|–-]\s*)?(?P<name>[^\d:;!?]{3,60}?)\s*[.]?",
    re.IGNORECASE,
)
_HAS_AUTHOR = re.compile(rf"\b(?:{_AUTHOR})\b", re.IGNORECASE)
_HAS_EDITOR = re.compile(rf"\b(?:{_EDITOR})\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:[,;|/&•·]|\s[-–—]\s|\bdan\b|\band\b)\s*")
_ROLE_ONLY = re.compile(
    r"(?:the |tim |team )?(?:super ?)?(?:admin\w*|administrator|editor|editorial|redaktur|webmaster"
    r"|developer|author|penulis|reporter|wartawan|kontributor|jurnalis|root|user|wp|operator|tim"
    r"|team|newsroom|news|web|anonymous|guest|desk|unknown|null|none|n/a|liputan)(?:[\s_-]*\d+)?",
    re.IGNORECASE,
)
_DESK = re.compile(r"(?:tim |dewan )?redaksi\b.{0,30}", re.IGNORECASE)
_NO_NAME = re.compile(
    # "Laporan Wartawan Tribun Jateng, …" at another edition: nobody is called Tribun
    r"https?:|www\.|@|\.(?:com|co|id|net|news|org)\b|\bdeveloper\b|cyber media|^tribun",
    re.IGNORECASE,
)

# makassar.tribunnews.com files from Makassar; media-uji.co.id is called Media Uji
_SUBDOMAIN = re.compile(
    r"(?:[^.]+\.)+(?!(?:ac|co|desa|go|my|net|or|sch|web)\.id$|(?:blogspot|wordpress)\.com$)"
    r"[^.]+\.[^.]+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Names:
    """The names that an outlet signs with itself; none of them is a person."""

    outlet: Outlet
    site_names: tuple[str, ...] = ()

    def is_outlet(self, name: str) -> bool:
        """`name` is the masthead, its host or its slug, however spaced."""
        return _squeezed(name) in self._own

    @cached_property
    def _own(self) -> set[str]:
        host = self.outlet.url.partition("://")[2].partition("/")[0].removeprefix("www.")
        first = "" if _SUBDOMAIN.fullmatch(host) else host.partition(".")[0]
        names = (self.outlet.name, self.outlet.slug, host, first, *self.site_names)
        return {_squeezed(name) for name in names if name} | {_squeezed(f"{host}.com")}

    def without_masthead(self, title: str) -> str:
        """`title` without ` - Kantamedia` or ` | Politik - Kantamedia.com` behind it."""
        while cut := re.match(r"(.{4,})\s+[-–—|»]\s+(.{2,60})$", title):
            if not self._ends_in_outlet(cut[2]):
                break
            title = cut[1].strip()
        return title

    def _ends_in_outlet(self, tail: str) -> bool:
        words = tail.split()
        return len(words) <= 5 and any(
            self.is_outlet(" ".join(words[start:])) for start in range(len(words))
        )

    def people(self, text: str) -> str:
        """The people named in `text`, in order, joined by commas; accounts and roles left out."""
        text = _ROLE_BESIDE.sub("", _LABEL.sub("", text.strip()))
        if "://" in text:
            return ""
        parts = [part.strip(" .()*–—-") for part in _BETWEEN.split(text[:200])]
        return ", ".join(part for part in dict.fromkeys(parts) if self._is_person(part))

    def desk(self, text: str) -> str:
        """`Redaksi` or the like, when that is what a story is signed with."""
        text = _LABEL.sub("", text.strip()).strip(" .()*–—-")
        return text if _DESK.fullmatch(text) else ""

    def _is_person(self, name: str) -> bool:
        return (
            2 <= len(name) <= 60
            and any(letter.isalpha() for letter in name)
            and not _ROLE_ONLY.fullmatch(name)
            and not _DESK.fullmatch(name)
            and not _NO_NAME.search(name)
            and not self.is_outlet(name)
            and not self._is_account(name)
        )

    def _is_account(self, name: str) -> bool:
        """`Admin Kantamedia`: a role at the outlet."""
        role, _, rest = name.partition(" ")
        return bool(_ROLE_ONLY.fullmatch(role)) and self.is_outlet(rest)


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.removesuffix(".com")).casefold()


@dataclass(frozen=True)
class Credits:
    """What a line of credits says; both empty for a line that is none."""

    byline: str = ""
    editor: str = ""


def credits_in(line: str) -> Credits | None:
    """The credits that the whole of `line` consists of, or None when it is part of the story.

    >>> credits_in("Reporter : Sitti Aminah Editor : Hasrul")
    Credits(byline='Sitti Aminah', editor='Hasrul')
    """
    correspondent = _CORRESPONDENT.fullmatch(line.strip("() "))
    if correspondent and correspondent["name"][:1].isupper():
        return Credits(byline=correspondent["name"].strip())
    labels = list(_LABEL.finditer(line)) if len(line) <= 160 else []
    if not labels or line[: labels[0].start()].strip(" ()*-–—"):
        return None
    ends = [label.start() for label in labels[1:]] + [len(line)]
    found: dict[str, str] = {}
    for label, end in zip(labels, ends, strict=True):
        name = line[label.end() : end].strip(" |,;/·•-–—()*.")
        if len(name.split()) > 6 or len(name) > 60 or _is_sentence(name, line[:end]):
            return None  # a sentence that begins like a credit
        for role, pattern in (("byline", _HAS_AUTHOR), ("editor", _HAS_EDITOR)):
            if name and pattern.search(label["label"]):
                found.setdefault(role, name)
    return Credits(**found)


def _is_sentence(name: str, line: str) -> bool:
    """`Laporan: tiga camat terbukti melanggar.`; `penulis: rina ayu lestari` names a person."""
    small = sum(word[0].islower() for word in name.split())
    return small >= (3 if line.rstrip().endswith((".", "!", "?")) else 4)


_SIGNATURE = re.compile(r"(?:^|(?<=[.!?”\"'’…*)]))\s*[(\[](?P<name>[^()\[\]]{1,40})[)\]][\s.*]*$")
_INITIALS = re.compile(r"(?:[A-Z][\w.'’-]*(?:\s+[A-Z][\w.'’-]*){0,3}|[a-z]{1,5}|[A-Za-z]-\d{1,2})")
_MARK = re.compile(r"\*+|red|rls|adv|[A-Za-z]-\d{1,2}", re.IGNORECASE)


def without_signature(lines: list[str], names: Names) -> tuple[list[str], str]:
    """The lines without the `(Fay)` that closes a story, and who it names.

    Only behind a finished sentence or on a line of its own: `… Komisi Pemilihan Umum (KPU)` stays.
    Editors' marks such as `(*)`, `(red)` and `(E-2)` go and name nobody.
    """
    match = _SIGNATURE.search(lines[-1]) if lines else None
    if not match:
        return lines, ""
    parts = [part.strip() for part in re.split(r"[/|]", match["name"])]
    parts = [part for part in parts if not _NO_NAME.search(part) and not names.is_outlet(part)]
    if not all(_INITIALS.fullmatch(part) or _MARK.fullmatch(part) for part in parts):
        return lines, ""
    rest = lines[-1][: match.start()].strip()
    signed = "/".join(part for part in parts if not _MARK.fullmatch(part))
    return lines[:-1] + ([rest] if rest else []), signed


_LEAD = re.compile(
    r"(?P<head>\S.{1,80}?)(?:\s+[-–—]{1,2}\s*|\s*[–—]\s*|(?<=\w)-\s+|(?<=\.com)-|(?<=\.id)-)"
    r"(?=[\"“'‘(]?[A-Z0-9])"
)
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.(?:com|id|net|news|co|info|org|tv)", re.IGNORECASE)
_AGENCIES = frozenset({"antara", "beritasatu", "lkbn antara"})
_PLACE = re.compile(r"[A-Z][\w.'’]*(?:[\s-]+[A-Z][\w.'’]*){0,3}")
_KEPT_UPPER = frozenset({"DKI", "DIY", "NTB", "NTT", "IKN"})


def dateline_of(paragraph: str, names: Names) -> tuple[str, str]:
    """The place a story was filed from, and the words that say so; both empty without one.

    `KOLOMRAKYAT.COM: KENDARI – Bawaslu …` gives `Kendari` and `KOLOMRAKYAT.COM: KENDARI – `.
    """
    match = _LEAD.match(paragraph)
    if not match:
        return "", ""
    parts = [part.strip() for part in re.split(r"[,:|/()]+", match["head"]) if part.strip()]
    places = [part for part in parts if not _is_masthead(part, names)]
    signed = len(places) < len(parts)
    if len(places) > 2 or not all(_PLACE.fullmatch(part) for part in places):
        return "", ""
    if not signed and (len(parts) > 1 or not _stands_alone(match["head"])):
        return "", ""
    return ", ".join(_cased(part) for part in places), match[0]


def _is_masthead(part: str, names: Names) -> bool:
    is_agency = part.casefold() in _AGENCIES
    return is_agency or bool(_DOMAIN.fullmatch(part)) or names.is_outlet(part)


def _stands_alone(head: str) -> bool:
    """Without a masthead beside it, only a short name of a place is taken for one."""
    return len(head.split()) <= 3 and not any(sign.isdigit() for sign in head) and len(head) > 3


def _cased(place: str) -> str:
    if not place.isupper():
        return place
    return " ".join(
        word if word in _KEPT_UPPER else "-".join(part.capitalize() for part in word.split("-"))
        for word in place.split()
    )
