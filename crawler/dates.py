"""Dates as Indonesian newsrooms print them, and as their metadata declare them. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

__all__ = ["PrintedDate", "metadata_date", "read_date"]

_MONTHS = (
    "januari january jan",
    "februari pebruari february peb feb",
    "maret march mar mrt",
    "april apr",
    "mei may",
    "juni june jun",
    "juli july jul",
    "agustus august agust agt agu ags aug",
    "september sept sep",
    "oktober october okt oct",
    "november nopember nov nop",
    "desember december des dec",
)
_MONTH_NUMBER = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_ZONES = {"wib": "Asia/Jakarta", "wita": "Asia/Makassar", "wit": "Asia/Jayapura", "z": "UTC"}
_OFFSET_ZONES = {7: "Asia/Jakarta", 8: "Asia/Makassar", 9: "Asia/Jayapura", 0: "UTC"}
_UNITS = {
    "detik": timedelta(seconds=1),
    "menit": timedelta(minutes=1),
    "jam": timedelta(hours=1),
    "hari": timedelta(days=1),
    "minggu": timedelta(weeks=1),
    "pekan": timedelta(weeks=1),
    "bulan": timedelta(days=30),
    "tahun": timedelta(days=365),
}
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)  # before the first Indonesian news site
_SLACK = timedelta(days=1)
_LONGEST = 5_000  # characters looked at; a printed date stands in a line, not in a book

_DAY = (
    r"(?:\b(?:senin|selasa|rabu|kamis|jum['’‘`´]?at|sabtu|minggu|ahad"
    r"|mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)\b\s*[,.(]?\s*)?"
)
_NAME = "(?P<month>" + "|".join(sorted(_MONTH_NUMBER, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d(?!\d)|['’]?\d\d(?=\s*(?:$|[,|)\-–—]|\d\d?[:.]\d\d(?!\d))))"
_ZONE = r"(?P<zone>wita|wib|wit|z|utc|gmt)?\b\s*(?P<offset>[+-]\d\d?(?::?\d\d)?(?!\d))?"
_CLOCK = (
    r"(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d))?(?![\d.,:]?\d)"
    r"(?:\s*(?P<half>[ap]\.?m\b\.?))?(?:\s*\(?" + _ZONE + r")?"
)
_GAP = r"[\s,|/@•·()–—-]{1,8}(?:(?:pukul|jam|pkl|at)\.?\s*:?\s*)?"
_AFTER = r"(?:" + _GAP + _CLOCK + ")?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # Kamis, 26 September 2024 - 12:31 WIB
        rf"{_DAY}(?<!\d)(?P<day>\d\d?)[\s.-]{{1,3}}{_NAME}[\s.,-]{{1,3}}{_YEAR}{_AFTER}",
        # Sabtu, Maret 30, 2024
        rf"{_DAY}\b{_NAME}\s{{1,3}}(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s{{1,3}}{_YEAR}{_AFTER}",
        # 13:55 November 6, 2024
        rf"(?<![\d.:]){_CLOCK}{_GAP}{_DAY}\b{_NAME}\s{{1,3}}(?P<day>\d\d?),?\s{{1,3}}{_YEAR}",
        # 24/07/2026, 12:40 WIB: always day before month
        rf"{_DAY}(?<![\d/.-])(?P<day>\d\d?)(?P<mark>[/.-])(?P<month>\d\d?)(?P=mark)"
        rf"(?P<year>(?:19|20)\d\d|\d\d)(?![\d/]){_AFTER}",
        # 2024-09-26T12:31:00+07:00, and detik's 2023-11-02T20-59-53Z
        r"(?<![\d/-])(?P<year>(?:19|20)\d\d)(?P<mark>[/-])(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)"
        r"(?!\d)(?:(?:\s{1,3}|T)(?P<hour>[01]?\d|2[0-3])[:.-](?P<minute>[0-5]\d)"
        rf"(?:[:.-](?P<second>[0-5]\d)(?:[.,]\d{{1,9}})?)?(?!\d)\s*(?:{_ZONE}))?",
    )
)
_RELATIVE = re.compile(
    r"\b(?P<number>se|\d{1,3}\s+)(?P<unit>detik|menit|jam|hari|minggu|pekan|bulan|tahun)"
    r"\s+(?:yang\s+)?lalu\b",
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


def read_date(text: str, *, zone: str, fetched_at: datetime) -> PrintedDate | None:
    """The first date that `text` prints, or None.

    Day before month; without a printed WIB, WITA, WIT or offset the date is read in `zone`.
    Dates more than a day after `fetched_at`, or before 1995, are not believed.

    >>> read_date("Jum'at, 11 Okt 2024 | 09.30 WITA", zone="Asia/Jakarta",
    ...           fetched_at=datetime(2025, 1, 1, tzinfo=UTC)).at.isoformat()
    '2024-10-11T01:30:00+00:00'
    """
    found = (
        printed
        for match in _matches(text[:_LONGEST])
        if (printed := _absolute(match, zone, fetched_at)) and _is_plausible(printed, fetched_at)
    )
    return next(found, None) or _relative(text[:_LONGEST], zone, fetched_at)


def metadata_date(value: str, *, zone: str, fetched_at: datetime) -> datetime | None:
    """The moment that a metadata field declares (ISO 8601, RFC 5322 or printed), UTC, or None."""
    printed = read_date(value, zone=zone, fetched_at=fetched_at)
    return printed.at if printed and not printed.relative else None


def _matches(text: str) -> Iterator[re.Match[str]]:
    """Every form's matches, by where they start; the longer first where two start together."""
    found = [match for form in _FORMS for match in form.finditer(text)]
    return iter(sorted(found, key=lambda match: (match.start(), -match.end())))


def _absolute(match: re.Match[str], zone: str, fetched_at: datetime) -> PrintedDate | None:
    parts = match.groupdict()
    has_clock = parts["hour"] is not None
    clock_zone, name = _zone(parts) if has_clock else (None, "")
    name = name or zone
    try:
        local = datetime(
            _year(parts["year"], fetched_at),
            _MONTH_NUMBER.get(parts["month"].lower()) or int(parts["month"]),
            int(parts["day"]),
            *_clock(parts),
            tzinfo=clock_zone or ZoneInfo(name),
        )
        at = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None  # 31 Februari, 26/13/2024
    return PrintedDate(at, name, _folded(match), clock=has_clock)


def _year(digits: str, fetched_at: datetime) -> int:
    year = int(digits.lstrip("'’"))
    if year >= 100:
        return year
    return 2000 + year if 2000 + year <= fetched_at.year + 1 else 1900 + year


def _clock(parts: dict[str, str | None]) -> tuple[int, int, int]:
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
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
        return moved, _OFFSET_ZONES.get(sign * hours, "") if not minutes else ""
    word = (parts["zone"] or "").lower()
    name = _ZONES.get(word, "UTC" if word else "")
    return (ZoneInfo(name) if name else None), name


def _relative(text: str, zone: str, fetched_at: datetime) -> PrintedDate | None:
    match = _RELATIVE.search(text)
    if not match:
        return None
    number = 1 if match["number"].lower() == "se" else int(match["number"])
    at = (fetched_at - number * _UNITS[match["unit"].lower()]).astimezone(UTC)
    printed = PrintedDate(at, zone, _folded(match), relative=True, clock=True)
    return printed if _is_plausible(printed, fetched_at) else None


def _is_plausible(printed: PrintedDate, fetched_at: datetime) -> bool:
    return _EARLIEST <= printed.at <= fetched_at + _SLACK


def _folded(match: re.Match[str]) -> str:
    text = " ".join(match[0].split())
    text = text.rstrip(" ,(-–—|")
    return text + ")" if text.count("(") > text.count(")") else text
