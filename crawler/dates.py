"""Dates as Indonesian newsrooms print them, and as their metadata declare them. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from crawler.date_forms import FORMS, MONTH_NUMBER, OFFSET_ZONES, ZONE_NAMES, ZONES
from crawler.relative_dates import counted_back

__all__ = ["PrintedDate", "metadata_date", "read_date", "read_dates_in"]

_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)  # before the first Indonesian news site
_SKEW = timedelta(minutes=10)  # how far a newsroom's clock may go ahead of ours
_LONGEST = 5_000  # characters looked at; a printed date stands in a line, not in a book
_CHANGED = re.compile(
    r"(?:di ?perba(?:ha)?rui|pembaruan|diupdate|update[ds]?|di ?ubah|perubahan|di ?sunting|diedit"
    r"|modified|revisi|suntingan)\b(?: (?:terakhir|on|at|pada|tanggal))*\s*[:\-–—|,(]?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class PrintedDate:
    """A date found in a text: the moment (UTC), the zone it was read in, the words it stood in."""

    at: datetime
    zone: str
    text: str
    relative: bool = False
    """`2 jam lalu`: counted back from the fetch."""
    clock: bool = False
    """The text gives a time of day; else `at` is midnight in `zone`."""
    changed: bool = False
    """The words before it say that the story was changed then (`Diperbarui: …`)."""
    wall: datetime | None = None
    """The same moment in the zone as printed; None for a day without a clock."""

    def as_change(self) -> "PrintedDate":
        """The same date, known to be of a change of the story."""
        return replace(self, changed=True)


def read_date(text: str, *, zone: str, fetched_at: datetime) -> PrintedDate | None:
    """The first date that `text` prints, or None.

    Day before month; without a printed WIB, WITA, WIT or offset the date is read in `zone`.
    No date is after `fetched_at`: see `read_dates_in`.

    >>> read_date("Jum'at, 11 Okt 2024 | 09.30 WITA", zone="Asia/Jakarta",
    ...           fetched_at=datetime(2025, 1, 1, tzinfo=UTC)).at.isoformat()
    '2024-10-11T01:30:00+00:00'
    """
    found = read_dates_in(text, zone=zone, fetched_at=fetched_at)
    return found[0] if found else None


def read_dates_in(text: str, *, zone: str, fetched_at: datetime) -> list[PrintedDate]:
    """The dates that `text` prints, in order; those it counts back from the fetch come last.

    Nothing is published after it was fetched. A clock up to ten minutes ahead counts as the
    moment of the fetch. A time in the future without a printed zone, or marked as UTC, is the
    same clock in the first Indonesian zone, from `zone` eastwards, where it is past: an outlet
    in Jayapura whose zone nobody set, detik's local time with a `Z`. All else in the future, and
    what is before 1995, is no date.
    """
    return list(_dates_in(text[:_LONGEST], zone, fetched_at))


@lru_cache(maxsize=64)  # nested elements print the same, and metadata declare it twice
def _dates_in(text: str, zone: str, fetched_at: datetime) -> tuple[PrintedDate, ...]:
    absolute = (_absolute(match, zone, fetched_at) for match in _matches(text))
    counted = (
        PrintedDate(at.astimezone(UTC), zone, _folded(match), relative=True,
                    clock=match.groupdict().get("unit", "").lower() not in ("hari", "day"),
                    changed=_says_changed(match))
        for at, match in counted_back(text, zone=zone, fetched_at=fetched_at)
    )  # fmt: skip
    return tuple(date for date in (*absolute, *counted) if date and date.at >= _EARLIEST)


def metadata_date(value: str, *, zone: str, fetched_at: datetime) -> datetime | None:
    """The moment that a metadata field declares (ISO 8601, RFC 5322 or printed), UTC, or None."""
    printed = read_date(value, zone=zone, fetched_at=fetched_at)
    return printed.at if printed and not printed.relative else None


def _matches(text: str) -> Iterator[re.Match[str]]:
    """Every form's matches, the longer of two that overlap, by where they start."""
    found = [match for form in FORMS for match in form.finditer(text)]
    end = 0
    for match in sorted(found, key=lambda match: (match.start(), -match.end())):
        if match.start() >= end:
            yield match
            end = match.end()


def _absolute(match: re.Match[str], zone: str, fetched_at: datetime) -> PrintedDate | None:
    parts = match.groupdict()
    has_clock = parts.get("hour") is not None
    clock_zone, name = _zone(parts) if has_clock else (None, "")
    hour, minute, second = _clock(parts)
    try:
        wall = datetime(
            _year(parts["year"], fetched_at),
            MONTH_NUMBER.get(parts["month"].lower()) or int(parts["month"]),
            int(parts["day"]),
            hour % 24,
            minute,
            second,
            tzinfo=clock_zone or ZoneInfo(name or zone),
        ) + timedelta(days=hour // 24)  # 24.00 ends the day
        at = wall.astimezone(UTC)
    except (ValueError, OverflowError):
        return None  # 31 Februari, 26/13/2024
    date = PrintedDate(
        at,
        name or zone,
        _folded(match),
        clock=has_clock,
        changed=_says_changed(match),
        wall=wall if has_clock else None,
    )
    may_move = clock_zone is None or name == "UTC"
    return _not_later(date, fetched_at, zones=_eastwards(zone) if may_move else ())


def _eastwards(zone: str) -> tuple[str, ...]:
    return (zone, *(other for other in ZONES if other != zone))


def _not_later(
    date: PrintedDate, fetched_at: datetime, *, zones: tuple[str, ...]
) -> PrintedDate | None:
    """The date as it stands when it is past, else in the first of `zones` where it is."""
    if date.at <= fetched_at:
        return date
    if date.at <= fetched_at + _SKEW:
        return replace(date, at=fetched_at)
    if date.wall is None:
        return None
    for zone in zones:
        at = date.wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        if at <= fetched_at:
            return replace(date, at=at, zone=zone)
    return None


def _year(digits: str, fetched_at: datetime) -> int:
    year = int(digits.lstrip("'’"))
    if year >= 100:
        return year
    return 2000 + year if 2000 + year <= fetched_at.year + 1 else 1900 + year


def _clock(parts: dict[str, str | None]) -> tuple[int, int, int]:
    hour, minute, second = (
        int(parts.get(name) or 0) for name in ("hour", "minute", "second")
    )  # fmt: skip
    half = (parts.get("half") or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return hour, minute, second


def _zone(parts: dict[str, str | None]) -> tuple[tzinfo | None, str]:
    """The printed zone, as tzinfo and IANA name; an offset no Indonesian zone has: no name."""
    if offset := parts["offset"]:
        digits = offset[1:].replace(":", "")
        hours, minutes = int(digits[:2]), int(digits[2:] or 0)
        if hours > 14 or minutes > 59:
            return None, ""
        sign = -1 if offset[0] == "-" else 1
        moved = timezone(sign * timedelta(hours=hours, minutes=minutes))
        return moved, OFFSET_ZONES.get(sign * hours, "") if not minutes else ""
    word = " ".join((parts["zone"] or "").lower().split())
    name = ZONE_NAMES.get(word, "UTC" if word else "")
    return (ZoneInfo(name) if name else None), name


def _says_changed(match: re.Match[str]) -> bool:
    """The words before a date say that it is of a change: `Diperbarui: `, `Last updated on `."""
    return bool(_CHANGED.search(match.string[max(0, match.start() - 60) : match.start()]))


def _folded(match: re.Match[str]) -> str:
    text = " ".join(match[0].split())
    text = text.rstrip(" ,(-–—|")
    if text.count(")") > text.count("("):
        text = text.rstrip(")")
    return text + ")" if text.count("(") > text.count(")") else text
