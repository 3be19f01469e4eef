"""Who reads and how: the language, the clock and the moment that a page is made for. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from archive.web.phrases import PHRASES

__all__ = ["LANGUAGES", "ZONES", "Reader"]

LANGUAGES = ("id", "en")
ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
"""The three clocks of Indonesia (Keppres 41/1987)."""

_MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en": "January February March April May June July August September October November December",
}
_DAYS = {
    "id": "Senin Selasa Rabu Kamis Jumat Sabtu Minggu",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Every word, date and link of a page is made with it."""

    language: str = "id"
    zone: str = "WIB"
    as_of: datetime | None = None
    path: str = "/"
    """The path of this page, without the language's prefix."""
    query: tuple[tuple[str, str], ...] = ()
    """What stands behind the path, without the moment."""

    def say(self, name: str, /, **values: object) -> str:
        """A phrase in the reader's language. Raises KeyError for one that there is not."""
        return PHRASES[name][LANGUAGES.index(self.language)].format(**values)

    def link(self, path: str, /, **query: object) -> str:
        """The address of a page for this reader: same language, same moment."""
        prefix = "" if self.language == "id" else f"/{self.language}"
        asked = {name: value for name, value in query.items() if value not in ("", None, False)}
        if self.as_of and "per" not in asked:
            asked["per"] = self.as_of.isoformat()
        return f"{prefix}{quote(path)}" + (f"?{urlencode(asked)}" if asked else "")

    def here(self, **query: object) -> str:
        """This page with something else behind its path."""
        return self.link(self.path, **(dict(self.query) | query))

    def elsewise(self, language: str) -> str:
        """This page in another language."""
        return replace(self, language=language).here()

    def now(self) -> str:
        """This page as of now, when it is of a moment."""
        return replace(self, as_of=None).here()

    # -- dates ------------------------------------------------------------------------------

    def local(self, moment: datetime) -> datetime:
        """A moment on the reader's clock."""
        return moment.astimezone(ZoneInfo(ZONES[self.zone]))

    def day(self, moment: datetime) -> str:
        """Selasa, 12 November 2024."""
        at = self.local(moment)
        names, months = _DAYS[self.language].split(), _MONTHS[self.language].split()
        return f"{names[at.weekday()]}, {at.day} {months[at.month - 1]} {at.year}"

    def short(self, moment: datetime) -> str:
        """12 Nov 2024, 14.05 WIB."""
        at = self.local(moment)
        month = _MONTHS[self.language].split()[at.month - 1][:3]
        return f"{at.day} {month} {at.year}, {self.clock(moment)}"

    def clock(self, moment: datetime) -> str:
        """14.05 WIB."""
        at = self.local(moment)
        return f"{at.hour:02}{'.' if self.language == 'id' else ':'}{at.minute:02} {self.zone}"

    def exactly(self, moment: datetime) -> str:
        """A moment to the second, in UTC, as records have it (ISO 8601)."""
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def share(self, part: float) -> str:
        """2,4 % in Indonesian, 2.4% in English."""
        told = f"{part * 100:.1f}"
        return f"{told.replace('.', ',')} %" if self.language == "id" else f"{told}%"

    def count(self, number: int) -> str:
        """1.234 in Indonesian, 1,234 in English."""
        told = f"{number:,}"
        return told.replace(",", ".") if self.language == "id" else told


def reader_of(
    *, language: str, zone: str, as_of: datetime | None, path: str, query: Mapping[str, Any]
) -> Reader:
    """The reader that a request tells of; an unknown zone is Jakarta's."""
    kept = tuple((name, str(value)) for name, value in query.items() if name not in {"per", "zona"})
    return Reader(
        language=language if language in LANGUAGES else "id",
        zone=zone if zone in ZONES else "WIB",
        as_of=as_of,
        path=path,
        query=kept,
    )
