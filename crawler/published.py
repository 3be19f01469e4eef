"""When a story was published and changed: what the page prints and what it declares. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.dates import PrintedDate, metadata_date, read_date
from crawler.heading import printed_date
from crawler.metadata import Metadata
from crawler.tree import Element

__all__ = ["Dates", "guessed_date", "read_dates"]


@dataclass(frozen=True)
class Dates:
    """The moments in UTC, and the date as printed with the zone it was read in."""

    published_at: datetime | None
    modified_at: datetime | None
    text: str
    """Empty when only metadata hold a date, or the page counts hours back."""
    zone: str


def read_dates(
    metadata: Metadata,
    around: list[Element],
    *,
    ruled: list[Element],
    zone: str,
    fetched_at: datetime,
) -> Dates:
    """The dates of a story from its metadata and the elements that print one.

    `ruled` are the elements that the outlet's rules name: what they print is believed as it is.
    """
    published = _declared(metadata.published or _marked(around), zone, fetched_at)
    modified = _declared(metadata.modified, zone, fetched_at)
    near = tuple(date.at for date in (published, modified) if date)
    printed = printed_date(ruled, zone=zone, fetched_at=fetched_at) or printed_date(
        around, zone=zone, fetched_at=fetched_at, near=near
    )
    at = _chosen(published, printed)
    # a change before the publication is a template's mistake
    is_later = modified is not None and (at is None or modified.at >= at)
    return Dates(
        published_at=at,
        modified_at=modified.at if modified and is_later else None,
        text=printed.text if printed and not printed.relative else "",
        zone=printed.zone if printed else "",
    )


def _marked(around: list[Element]) -> list[str]:
    """The moment behind a printed date, as WordPress marks it up (hAtom's `published`)."""
    return [
        element.get("datetime") or ""
        for element in around
        if element.tag == "time" and "published" in (element.get("class") or "").split()
    ]


def _declared(values: Sequence[str], zone: str, fetched_at: datetime) -> PrintedDate | None:
    """The first declared moment with a time of day, else the first day."""
    read = (read_date(value, zone=zone, fetched_at=fetched_at) for value in values)
    found = [date for date in read if date and not date.relative]
    return next((date for date in found if date.clock), found[0] if found else None)


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


def _clock(date: PrintedDate) -> tuple[int, int]:
    found = re.search(r"(\d\d?)[:.-](\d\d)(?:[:.-]\d\d)?(?!.*\d[:.]\d\d\s)", date.text[10:])
    return (int(found[1]), int(found[2])) if found else (0, 0)


def guessed_date(tree: Element, url: str, *, zone: str, fetched_at: datetime) -> datetime | None:
    """htmldate's day, when nothing else names one; it invents 1 January when it is unsure."""
    from htmldate import find_date  # noqa: PLC0415 - as slow as trafilatura, and rarely asked

    day = find_date(
        tree,
        extensive_search=False,
        original_date=True,
        url=url,
        max_date=fetched_at.date().isoformat(),  # replayed years later, the same answer
    )
    if not day or day.endswith("-01-01"):
        return None
    return metadata_date(day, zone=zone, fetched_at=fetched_at)
