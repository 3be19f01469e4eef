"""The days of a span, on the calendar of a zone. Pure."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

__all__ = ["days"]


def days(since: datetime, until: datetime, *, zone: str) -> list[date]:
    """Every day in `zone` that has a moment of the span (`until` is outside), newest first."""
    if until <= since:
        return []
    first = since.astimezone(ZoneInfo(zone)).date()
    last = (until - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
    return [last - timedelta(days=back) for back in range((last - first).days + 1)]
