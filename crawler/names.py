"""Which names are people's: not the outlet's own, a role's, an account's or a developer's. Pure."""

import re
from dataclasses import dataclass
from functools import cached_property

from archive.types import Outlet

__all__ = ["AUTHOR", "EDITOR", "LABEL", "ROLE", "Names"]

AUTHOR = (
    r"(?:penulis|reporter|pewarta|wartawan|jurnalis|kontributor|peliput|koresponden|laporan"
    r"|(?:di)?(?:tulis|posting|terbitkan|publikasikan|laporkan) oleh|oleh|written by|posted by|by)"
)
EDITOR = r"(?:(?:copy )?editor|redaktur(?: pelaksana)?|penyunting|edited by)"
ROLE = rf"(?:{AUTHOR}|{EDITOR})(?: (?:berita|artikel|naskah|bahasa))?"
LABEL = re.compile(
    rf"(?:^|(?<=[\s(|,;/·•-]))(?P<label>{ROLE}(?:\s*(?:[&/+,]|dan|and)\s*{ROLE})*)\s*[:：]\s*",
    re.IGNORECASE,
)
_ROLE_BESIDE = re.compile(rf"^{ROLE}\s+(?=[A-Z])|\s+[(]?{ROLE}[)]?$", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:[,;|/&•·]|\s[-–—]\s|\b(?:dan|DAN|and|serta)\b)\s*")
# S.Sos, M.Si., SH, S.I.Kom, M.Pd, Ph.D: behind a comma they are no second person
_DEGREE = re.compile(
    r"(?:(?:[SMBA]|Sp|Dr|Ap)\.?\s?(?:[A-Z][a-z]{0,4}\.?\s?){1,3}|Ph\.?\s?D|Lc|Psi|CPLA|QIA|C[A-Z]{2,3})\.?"
)
_ROLE_NAME = (
    r"(?:super ?)?(?:admin\w*|administrator|editor|editorial|redaktur|webmaster|publisher|uploader"
    r"|developer|author|penulis|reporter|wartawan|kontributor|jurnalis|root|user\w*|wp|operator|tim"
    r"|team|newsroom|news|web|website|anonymous|anonim|guest|desk|unknown|null|none|undefined|n/a"
    r"|liputan|media|staff|staf|default|test|demo"
    r"|(?:ditulis |diposting |dipublikasikan )?oleh|(?:written |posted |published )?by)"
)
_ROLE_ONLY = re.compile(rf"(?:the )?{_ROLE_NAME}(?:[\s_-]*{_ROLE_NAME})?(?:[\s_-]*\d+)?", re.I)
_DESK = re.compile(
    r"(?:tim |dewan |meja )?redaksi(?:(?!@)[\W_\d][^@]{0,30})?"
    r"|tim (?:liputan|redaktur|peliput|jurnalis)\b.{0,30}",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    # "Laporan Wartawan Tribun Jateng, …" at another edition: nobody is called Tribun
    r"https?:|www\.|@|\.(?:com|co|id|net|news|org)\b|cyber media|^tribun|^detik"
    r"|\b(?:developer|powered by|tema|themes?|template|network)\b|\bweb ?(?:design|desain|dev)"
    r"|^(?:pt|cv)\.? "
    r"|^(?:rmol|jpnn|antara|kompas|okezone)$|\d{3}|[<>{}=\"]|[a-z]\d$",
    re.IGNORECASE,
)
_SITE = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:com|co\.id|id|net|news|co|org)", re.I)
_ENDING = re.compile(r"\.(?:com|(?:co|or)\.id|id|co|net|news|org)$", re.IGNORECASE)
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
        labels = host.split(".")
        # Kompas.com of regional.kompas.com
        first = labels[-2] if _SUBDOMAIN.fullmatch(host) else labels[0]
        initials = "".join(word[0] for word in self.outlet.name.split())
        names = (
            *(self.outlet.name, self.outlet.slug, host, first, *self.site_names),
            initials if len(initials) >= 3 else "",  # SKH of Suara Konawe Hilir
        )
        return {_squeezed(name) for name in names if name} | {_squeezed(f"{host}.com")}

    def without_masthead(self, title: str) -> str:
        """`title` without ` - Kantamedia` or ` | Politik Kantamedia.com` behind it."""
        while cut := re.match(r"(.{4,})\s+[-–—|»]\s+(.{2,60})$", title):
            if not self._ends_in_outlet(cut[2]):
                break
            title = cut[1].strip()
        return title

    def _ends_in_outlet(self, tail: str) -> bool:
        words = tail.split()
        if len(words) > 5:
            return False
        begins = bool(_SITE.fullmatch(words[0])) and self.is_outlet(words[0])
        return begins or any(self.is_outlet(" ".join(words[at:])) for at in range(len(words)))

    def people(self, text: str) -> str:
        """The people named in `text`, in order, joined by commas; accounts and roles left out.

        Degrees stay with their name: `Rina Ayu, S.Sos, M.Si`.
        """
        text = _ROLE_BESIDE.sub("", LABEL.sub("", text.strip()))
        if "://" in text:
            return ""
        found: list[str] = []
        for part in _BETWEEN.split(text[:200]):
            bare = self._without_site(part.strip(" ()*–—-:").removesuffix("."))
            if found and _DEGREE.fullmatch(bare):
                found[-1] += f", {bare}"
            elif self._is_person(bare):
                found.append(bare)
        return ", ".join(dict.fromkeys(found))

    def desk(self, text: str) -> str:
        """`Redaksi` or the like, when that is what a story is signed with."""
        text = LABEL.sub("", text.strip()).strip(" .()*–—-")
        return text if _DESK.fullmatch(text) else ""

    def is_nobody(self, name: str) -> bool:
        """`name` is the outlet's or no name at all: an address, a number, another outlet."""
        return self.is_outlet(name) or bool(_NO_NAME.search(name))

    def _without_site(self, name: str) -> str:
        """`Rina Ayu` of `Kantamedia.com Rina Ayu`."""
        first, _, rest = name.partition(" ")
        is_site = bool(_SITE.fullmatch(first)) or (self.is_outlet(first) and len(rest) > 3)
        return rest.strip() if rest and is_site else name

    def _is_person(self, name: str) -> bool:
        return (
            2 <= len(name) <= 60
            and any(letter.isalpha() for letter in name)
            and not _ROLE_ONLY.fullmatch(name)
            and not _DESK.fullmatch(name)
            and not self.is_nobody(name)
            and not self._is_account(name)
        )

    def _is_account(self, name: str) -> bool:
        """`Admin Kantamedia`, `Tim Liputan Kantamedia`, `kantamedia1`: a role at the outlet."""
        if self.is_outlet(name.rstrip("0123456789 _-")):
            return True
        words = name.split()
        heads = (at for at in range(1, len(words)) if _ROLE_ONLY.fullmatch(" ".join(words[:at])))
        return any(self.is_outlet(" ".join(words[at:])) for at in heads)


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]+", "", _ENDING.sub("", name)).casefold()
