"""When a story was published and changed: what the page prints and what it declares. Pure.

The order of trust, where these contradict each other (docs/dates.md has the reasons):

1. the first declared moment with a time of day (JSON-LD, then meta, then WordPress's and Blogger's
   marks), unless the address and a printed date agree on another day, or unless it is the moment
   of the fetch and the address names another day;
2. instead of it the printed one, when both show the same clock and only the zones differ;
3. the printed time of day, when only a day is declared, or nothing;
4. the declared day; 5. the day in the address; 6. htmldate's, where the page prints no other.

Printed is what the outlet's rules name, else what stands between heading and text, and that only
within a day of what is declared. Words and marks of a change (`Diperbarui:`) make it the other.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crawler.date_forms import ZONES
from crawler.dates import PrintedDate, read_date, read_dates_in
from crawler.lines import is_widget
from crawler.metadata import Metadata
from crawler.tree import Element, folded

__all__ = ["Dates", "address_day", "day_of", "is_sentence", "read_dates"]

_LONG = 160  # characters; what is longer is the story, or a list
_A_DAY = timedelta(days=1)
_SENTENCE_END = re.compile(r"[a-z)”\"’'][.!?…][”\"’')]*$|[.!?][”\"’']+$")
_LOWERCASE = re.compile(
    r"\b(?!(?:pada|pukul|jam|oleh|terbit|diterbitkan|tayang|dibaca|kali|menit|wib|wita|wit"
    r"|diperbarui|terakhir|tanggal|dan|lalu)\b)[a-z]{2,}\b"
)
_TELLING = 3  # words in lower case that no line of dates has
_PRINTED_ZONE = re.compile(r"\b(?:wib|wita|wit|waktu indonesia)\b|[+-]\d\d:?\d\d$", re.IGNORECASE)
_JUST_NOW = timedelta(minutes=10)
_CHANGED = re.compile(r"(?:^|[\s_-])(?:updated|modified|date-?modified)(?:$|[\s_-])", re.IGNORECASE)
_PUBLISHED = re.compile(r"(?:^|[\s_-])(?:published|date-?published)(?:$|[\s_-])", re.IGNORECASE)
_DAY_IN_PATH = re.compile(
    r"/(?P<year>(?:19|20)\d\d)(?P<mark>[/-]?)(?P<month>\d\d)(?P=mark)(?P<day>\d\d)(?=[/-]|$)"
)


@dataclass(frozen=True)
class Dates:
    """The moments in UTC, and the date as printed with the zone it was read in."""

    published_at: datetime | None
    modified_at: datetime | None
    text: str
    """Empty when only metadata hold a date; `2 jam lalu` is kept, and compared with none."""
    zone: str


def read_dates(
    metadata: Metadata,
    around: list[Element],
    *,
    ruled: list[Element],
    url: str,
    zone: str,
    fetched_at: datetime,
) -> Dates:
    """The dates of a story from its metadata and the elements that print one.

    `ruled` are the elements that the outlet's rules name: what they print is believed as it is.
    """
    seen = [*_printed(around, zone=zone, fetched_at=fetched_at)]
    named = [*_printed(ruled, zone=zone, fetched_at=fetched_at)]
    published = _declared(metadata.published or _marked(around), zone, fetched_at)
    if published and _is_disproved(published, seen, url=url, fetched_at=fetched_at):
        published = None
    modified = _declared(metadata.modified, zone, fetched_at)
    printed = _first(named) or _first(_near(seen, published=published, modified=modified))
    modified = modified or _first([*named, *seen], changed=True)
    at = _chosen(published, printed)
    # a change before the publication is a template's mistake
    is_later = modified is not None and (at is None or modified.at >= at)
    return Dates(
        published_at=at,
        modified_at=modified.at if modified and is_later else None,
        text=printed.text if printed else "",
        zone=printed.zone if printed else "",
    )


def _first(dates: Iterable[PrintedDate], *, changed: bool = False) -> PrintedDate | None:
    return next((found for found in dates if found.changed == changed), None)


def _near(
    dates: list[PrintedDate], *, published: PrintedDate | None, modified: PrintedDate | None
) -> list[PrintedDate]:
    """A date far from what the metadata say is the visitor's today, or of another story."""
    if published:
        return [found for found in dates if abs(found.at - published.at) <= _A_DAY]
    if modified:
        return [found for found in dates if found.at <= modified.at + _A_DAY]
    return dates


def _printed(elements: list[Element], *, zone: str, fetched_at: datetime) -> Iterator[PrintedDate]:
    """Every date that `elements` print in a line of its own, in page order."""
    for element in elements:
        if len(element) > 12 or is_widget(element) or element.tag in ("h2", "h3", "h4", "ul"):
            continue
        text = folded(" ".join(element.itertext()))
        if not text or len(text) > _LONG or is_sentence(text):
            continue
        names = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
        is_change = bool(_CHANGED.search(names)) and not _PUBLISHED.search(names)
        stamp = _stamp(element, zone=zone, fetched_at=fetched_at)
        for found in read_dates_in(text, zone=zone, fetched_at=fetched_at):
            exact = _exact(found, stamp)
            yield exact.as_change() if is_change else exact


def is_sentence(text: str) -> bool:
    """Whether `text` is a sentence of a story that names a day, not the line that dates it."""
    return bool(_SENTENCE_END.search(text)) and len(_LOWERCASE.findall(text)) >= _TELLING


def _stamp(element: Element, *, zone: str, fetched_at: datetime) -> PrintedDate | None:
    """The moment that `<time datetime>` declares beside what it prints; midnight is a bare day."""
    value = element.get("datetime") if element.tag == "time" else None
    found = read_date(value, zone=zone, fetched_at=fetched_at) if value else None
    if found is None or found.wall is None or abs(fetched_at - found.at) <= _JUST_NOW:
        return None
    return found if found.wall.time() != time() else None


def _exact(printed: PrintedDate, stamp: PrintedDate | None) -> PrintedDate:
    """The printed date, with the clock or the zone that only its element's `datetime` says."""
    if stamp is None or stamp.wall is None or printed.relative:
        return printed
    is_same_day = abs(day_of(stamp) - day_of(printed)) <= _A_DAY
    if not printed.clock:
        zone = printed.zone if stamp.zone == "UTC" else stamp.zone
        return replace(printed, at=stamp.at, zone=zone, clock=True) if is_same_day else printed
    if _PRINTED_ZONE.search(printed.text):
        return printed
    local = _zone_of(printed, stamp.at)
    return replace(printed, at=stamp.at, zone=local) if local else printed


def _zone_of(printed: PrintedDate, at: datetime) -> str:
    """In which of Indonesia's zones `at` shows the printed clock, or ''."""
    clock = printed.wall.replace(tzinfo=None, second=0) if printed.wall else None
    shown = {zone: at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0) for zone in ZONES}
    return next((zone for zone, wall in shown.items() if wall == clock), "")


def _marked(around: list[Element]) -> list[str]:
    """The moment behind a printed date, as WordPress (hAtom's `published`), microdata and HTML's
    old `pubdate` mark it up."""
    return [
        element.get("datetime") or element.get("content") or ""
        for element in around
        if (element.tag == "time" and "published" in (element.get("class") or "").split())
        or element.get("itemprop") == "datePublished"
        or element.get("pubdate") is not None
    ]


def _declared(values: Sequence[str], zone: str, fetched_at: datetime) -> PrintedDate | None:
    """The first declared moment with a time of day, else the first day."""
    read = (read_date(value, zone=zone, fetched_at=fetched_at) for value in values)
    found = [date for date in read if date and not date.relative]
    return next((date for date in found if date.clock), found[0] if found else None)


def _is_disproved(
    declared: PrintedDate, seen: list[PrintedDate], *, url: str, fetched_at: datetime
) -> bool:
    """Templates declare the day they were made, or the moment of the visit: the address knows."""
    day = address_day(url)
    if day is None or abs(day_of(declared) - day) <= _A_DAY:
        return False
    is_now = abs(fetched_at - declared.at) <= _JUST_NOW
    return is_now or any(day_of(found) == day for found in seen)


def day_of(found: PrintedDate) -> date:
    """The day of a date in the zone it was read in."""
    return found.at.astimezone(ZoneInfo(found.zone)).date()


def _chosen(declared: PrintedDate | None, printed: PrintedDate | None) -> datetime | None:
    if declared is None or printed is None:
        only = declared or printed
        return only.at if only else None
    if printed.relative:
        return declared.at
    if not declared.clock:
        return printed.at if printed.clock else declared.at
    # detik prints 20:59 WIB and declares 20:59 "Z": the same clock, so the printed zone is right
    is_mislabelled = printed.clock and _clock(printed) == _clock(declared)
    return printed.at if is_mislabelled and printed.zone != declared.zone else declared.at


def _clock(found: PrintedDate) -> tuple[int, int] | None:
    return (found.wall.hour, found.wall.minute) if found.wall else None


def address_day(url: str) -> date | None:
    """The day that an address names: `/2024/09/26/`, `/2024-09-26-`, `/20240926/`, or None."""
    match = _DAY_IN_PATH.search(url.partition("?")[0])
    if not match:
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
