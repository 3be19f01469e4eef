"""Dates that count back from the moment of the visit: `2 jam lalu`, `kemarin 20.11`. Pure."""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["counted_back"]

_UNITS = {
    "detik": timedelta(seconds=1),
    "second": timedelta(seconds=1),
    "menit": timedelta(minutes=1),
    "minute": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "jam": timedelta(hours=1),
    "hour": timedelta(hours=1),
    "hari": timedelta(days=1),
    "day": timedelta(days=1),
}
"""Of `seminggu lalu` and the like the day is not known: they are no date."""
_WHOLE_DAY = timedelta(days=1)
_NUMBERS = {
    "se": 1, "a": 1, "an": 1, "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6,
    "tujuh": 7, "delapan": 8, "sembilan": 9, "sepuluh": 10,
}  # fmt: skip
_AGO = re.compile(
    r"\b(?:(?P<se>se)|(?P<number>\d{1,3}|" + "|".join(sorted(_NUMBERS)) + r")\s+)"
    r"(?P<unit>" + "|".join(sorted(_UNITS, key=len, reverse=True)) + r")s?"
    r"\s+(?:yang\s+)?(?:lalu|ago)\b",
    re.IGNORECASE,
)
_DAYS = {"hari ini": 0, "today": 0, "kemarin": 1, "yesterday": 1}
_DAY = re.compile(
    r"\b(?P<day>" + "|".join(_DAYS) + r")\b[\s,|·•–—-]{1,4}(?:(?:pukul|jam|pkl|at)\.?\s*)?"
    r"(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?!\d)(?:\s*(?:wib|wita|wit)\b)?",
    re.IGNORECASE,
)
_NOW = re.compile(r"\b(?:baru saja|barusan|just now)\s*$", re.IGNORECASE)


def counted_back(
    text: str, *, zone: str, fetched_at: datetime
) -> Iterator[tuple[datetime, re.Match[str]]]:
    """Each moment (in `zone`) that `text` counts back from `fetched_at`, with the words that do.

    Days are counted whole: `3 hari lalu` is midnight of that day.
    """
    local = fetched_at.astimezone(ZoneInfo(zone))
    for match in _AGO.finditer(text):
        number = match["number"] or match["se"]
        count = _NUMBERS.get(number.lower()) or int(number)
        unit = _UNITS[match["unit"].lower()]
        at = local - count * unit
        yield (at if unit < _WHOLE_DAY else datetime.combine(at, time(), at.tzinfo)), match
    for match in _DAY.finditer(text):
        day = local.date() - timedelta(days=_DAYS[match["day"].lower()])
        clock = time(int(match["hour"]), int(match["minute"]))
        yield datetime.combine(day, clock, tzinfo=local.tzinfo), match
    for match in _NOW.finditer(text):
        yield local, match
