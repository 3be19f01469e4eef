"""Title, author and time of publication, beside what an editor read on the page."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from extract_pages import Item

__all__ = ["FIELDS", "READ_AS", "right"]

READ_AS = {"title": "title", "author": "authors", "day": "published", "minute": "published"}
"""Each field that is judged, and the key of a tool's answer that holds it."""
FIELDS = tuple(READ_AS)
_MINUTE = timedelta(minutes=1)
_BETWEEN = re.compile(r"\s*(?:[,;/]|\bdan\b)\s*")


def right(item: Item, found: dict[str, Any]) -> dict[str, bool]:
    """Which fields are right, of those whose truth is known."""
    verdicts: dict[str, bool] = {}
    if item.headline is not None:
        verdicts["title"] = _folded(found.get("title")) == _folded(item.headline)
    if item.byline is not None:
        verdicts["author"] = _people(found.get("authors")) == _people([item.byline])
    if item.published_at is not None:
        verdicts |= _times(item, _moment(found.get("published"), item.zone))
    return verdicts


def _times(item: Item, moment: datetime | None) -> dict[str, bool]:
    """The day where the outlet is, and the time to a minute; a bare day tells no time."""
    zone = ZoneInfo(item.zone)
    if moment is None or item.published_at is None:
        return {"day": False, "minute": False}
    truth = item.published_at.astimezone(zone)
    is_near = abs(moment - truth) <= _MINUTE
    return {"day": moment.astimezone(zone).date() == truth.date(), "minute": is_near}


def _moment(text: str | None, zone: str) -> datetime | None:
    """A time without zone is the outlet's: nothing else would be said on its page."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def _people(names: list[str] | None) -> set[str]:
    parts = (_folded(part) for name in names or [] for part in _BETWEEN.split(name or ""))
    return {part for part in parts if part}


def _folded(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()
