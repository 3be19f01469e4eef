"""How the outlets print: Indonesian dates, and WordPress's typography."""

import html
from datetime import datetime

__all__ = ["in_text", "long_date", "month_name", "texturized", "weekday_name"]

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
_ENTITIES = str.maketrans({sign: f"&#{ord(sign)};" for sign in "“”‘’–—…"})


def weekday_name(moment: datetime) -> str:
    """`Kamis`."""
    return _DAYS[moment.weekday()]


def month_name(moment: datetime) -> str:
    """`September`."""
    return _MONTHS[moment.month - 1]


def long_date(moment: datetime) -> str:
    """`Kamis, 26 September 2024`."""
    return f"{weekday_name(moment)}, {moment.day} {month_name(moment)} {moment.year}"


def in_text(moment: datetime) -> str:
    """`Kamis (26/9/2024)`, the way reporters date an event."""
    return f"{weekday_name(moment)} ({moment.day}/{moment.month}/{moment.year})"


def texturized(text: str) -> str:
    """HTML of plain text with typographic signs as numeric entities, as WordPress writes them."""
    return html.escape(text, quote=False).translate(_ENTITIES)
