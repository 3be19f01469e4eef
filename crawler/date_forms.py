"""The forms in which Indonesian newsrooms print a date, and the names of months and zones. Pure."""

import re

__all__ = ["FORMS", "MONTH_NUMBER", "OFFSET_ZONES", "ZONES", "ZONE_NAMES"]

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
MONTH_NUMBER = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
"""January is 1; in Indonesian and English, in full and as newsrooms shorten them."""
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
"""Indonesia's zones (Keppres 41/1987), from west to east: UTC+7, +8, +9."""
ZONE_NAMES = {
    "wib": ZONES[0],
    "wita": ZONES[1],
    "wit": ZONES[2],
    "z": "UTC",
    "waktu indonesia barat": ZONES[0],
    "waktu indonesia tengah": ZONES[1],
    "waktu indonesia timur": ZONES[2],
}
OFFSET_ZONES = {0: "UTC", 7: ZONES[0], 8: ZONES[1], 9: ZONES[2]}

_DAY = (
    r"(?:\b(?:senin|selasa|rabu|kamis|jum['’‘`´]?at|sabtu|minggu|ahad"
    r"|mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)\b\s*[,.(]?\s*)?"
)
_NAME = "(?P<month>" + "|".join(sorted(MONTH_NUMBER, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d(?!\d)|['’]?\d\d(?=\s*(?:$|[,|)\-–—]|\d\d?[:.]\d\d(?!\d))))"
_ZONE = (
    r"(?P<zone>wita|wib|wit|waktu indonesia (?:barat|tengah|timur)|z|utc|gmt)?\b"
    r"\s*(?P<offset>[+-]\d\d?(?::?\d\d)?(?!\d))?"
)
_CLOCK = (
    r"(?P<hour>[01]?\d|2[0-3]|24(?=[:.]00))[:.](?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d))?"
    r"(?![\d.,:]?\d)"
    r"(?:\s*(?P<half>[ap]\.?m\b\.?))?(?:\s*\(?" + _ZONE + r"\)?)?"
)
_GAP = r"[\s,|/@•·()–—-]{1,8}(?:(?:pukul|jam|pkl|at)\.?\s*:?\s*)?"
_AFTER = r"(?:" + _GAP + _CLOCK + ")?"
FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # Kamis, 26 September 2024 - 12:31 WIB
        rf"{_DAY}(?<!\d)(?P<day>\d\d?)[\s.-]{{1,3}}{_NAME}[\s.,-]{{1,3}}{_YEAR}{_AFTER}",
        # Sabtu, Maret 30, 2024
        rf"{_DAY}\b{_NAME}\s{{1,3}}(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s{{1,3}}{_YEAR}{_AFTER}",
        # 13:55 November 6, 2024
        rf"(?<![\d.:]){_CLOCK}{_GAP}{_DAY}\b{_NAME}\s{{1,3}}(?P<day>\d\d?),?\s{{1,3}}{_YEAR}",
        # 12.31 WIB, Kamis 26 September 2024
        rf"(?<![\d.:]){_CLOCK}{_GAP}{_DAY}(?P<day>\d\d?)[\s.-]{{1,3}}{_NAME}[\s.,-]{{1,3}}{_YEAR}"
        rf"(?!{_GAP}\d\d?[:.]\d\d(?!\d))",
        # 24/07/2026, 12:40 WIB: always day before month
        rf"{_DAY}(?<![\d/.-])(?P<day>\d\d?)(?P<mark>[/.-])(?P<month>\d\d?)(?P=mark)"
        rf"(?P<year>(?:19|20)\d\d|\d\d)(?![\d/]){_AFTER}",
        # 2024-09-26T12:31:00+07:00, and detik's 2023-11-02T20-59-53Z
        r"(?<![\d/-])(?P<year>(?:19|20)\d\d)(?P<mark>[/-])(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)"
        r"(?!\d)(?:(?:\s{1,3}|T)(?P<hour>[01]?\d|2[0-3])[:.-](?P<minute>[0-5]\d)"
        rf"(?:[:.-](?P<second>[0-5]\d)(?:[.,]\d{{1,9}})?)?(?!\d)\s*(?:{_ZONE}))?",
        # 20240926T123100Z: ISO 8601's basic format
        r"(?<!\w)(?P<year>(?:19|20)\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)T(?P<hour>[01]\d|2[0-3])"
        rf"(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?{_ZONE}",
    )
)
"""Patterns with the groups day, month, year and, where they print a clock, hour, minute, second,
half (am, pm), zone and offset."""
