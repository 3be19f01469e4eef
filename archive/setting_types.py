"""What the values of settings look like, and what is said of those that do not. Pure."""

import difflib
import re
from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field

__all__ = ["Duration", "Limit", "OneLine", "Quiet", "Reachable", "Zone", "duration", "zone"]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def duration(value: Any) -> Any:
    """A timedelta from `"90s"`, `"15m"`, `"6h"` or `"7d"`. Raises ValueError for other values."""
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])", value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{value!r} is no duration; write it like 90s, 15m, 6h or 7d")
    try:
        return timedelta(seconds=float(match[1]) * _UNITS[match[2]])
    except OverflowError:
        raise ValueError(f"{value!r} is longer than any crawl will be") from None


def zone(value: Any) -> Any:
    """The name of an IANA time zone. Raises ValueError that names the nearest known one."""
    if value in available_timezones():
        return value
    near = difflib.get_close_matches(str(value), available_timezones(), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"{value!r} is no IANA time zone{hint}")


def _tidy(value: Any) -> Any:
    """Text in one line: it goes into a header."""
    return " ".join(value.split()) if isinstance(value, str) else value


def _reachable(value: str) -> str:
    """A contact by which an outlet can answer. Raises ValueError for any other word."""
    if not value or re.search(r"https?://[^\s/]+\.\S+|[^\s@]+@[^\s@]+\.\S+", value):
        return value
    raise ValueError(f"{value!r} holds neither an https:// address nor an e-mail address")


def _quiet(value: str) -> str:
    """Two times of a day with a dash between them, or nothing."""
    if value and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError(f"{value!r} is no span of hours; write it like 22:00-06:00")
    return value


Duration = Annotated[timedelta, BeforeValidator(duration)]
Limit = Annotated[Duration, Field(gt=timedelta(0))]
Zone = Annotated[str, BeforeValidator(zone)]
OneLine = Annotated[str, BeforeValidator(_tidy)]
Reachable = Annotated[OneLine, AfterValidator(_reachable)]
Quiet = Annotated[str, AfterValidator(_quiet)]
