"""Stories, versions and crawls as rows of an export, and rows as JSON Lines or CSV. Pure."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from archive.columns import IMAGES, LOCAL, STORIES, Column
from archive.types import Capture, LeadImage, Story, TopicDecision, Version

__all__ = [
    "Place",
    "Row",
    "cited",
    "image_row",
    "iso",
    "local_times",
    "night_of",
    "story_row",
    "write_csv",
    "write_jsonl",
]

Row = Mapping[str, Any]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# line ends for JavaScript, and for readers that split with str.splitlines
_LINE_ENDS = {ord(sign): f"\\u{ord(sign):04x}" for sign in "\x85\u2028\u2029"}


@dataclass(frozen=True)
class Place:
    """Where a capture's member stands."""

    warc_file: str
    offset: int
    length: int


def cited(version: Version) -> list[Capture]:
    """The captures that a version stands on: the first one of each part, in order of the parts."""
    first: dict[int, Capture] = {}
    for capture in version.captures:
        first.setdefault(capture.part, capture)
    return [first[part] for part in sorted(first)]


def story_row(version: Version, *, story: Story, places: Mapping[str, Place]) -> dict[str, Any]:
    """The row of one version; `places` says where records are, if not in the archive."""
    article = version.article
    values: dict[str, Any] = vars(article) | {
        "outlet": story.outlet,
        "story_id": story.story_id,
        "canonical_url": story.url,
        "version": version.number,
        "first_seen_at": version.first_seen_at,
        "last_seen_at": version.last_seen_at,
        "status": story.status,
        "gone_at": story.gone_at,
        "changed": version.changed,
        "content_hash": version.content_hash,
        "extractor": version.extractor,
        "label": "",
        "cluster_id": "",
    }
    values |= _topic(version.topic) | _of_capture(cited(version)[0], places=places)
    return {column.name: values[column.name] for column in STORIES}


def _topic(decision: TopicDecision | None) -> dict[str, Any]:
    if decision is None:
        return {"topic": "", "topic_score": None, "topic_evidence": []}
    return {
        "topic": "yes" if decision.on_topic else "no",
        "topic_score": decision.score,
        "topic_evidence": [asdict(span) for span in decision.evidence],
    }


def image_row(image: LeadImage, *, outlet: str, places: Mapping[str, Place]) -> dict[str, Any]:
    """The row of a lead image that was kept; `places` as for `story_row`."""
    if image.capture is None:
        raise ValueError("an image that was not kept has no row")
    values = vars(image) | {"outlet": outlet, "image_url": image.url}
    values |= _of_capture(image.capture, places=places)
    return {column.name: values[column.name] for column in IMAGES}


def _of_capture(capture: Capture, *, places: Mapping[str, Place]) -> dict[str, Any]:
    own = Place(capture.warc_file, capture.warc_offset, capture.warc_length)
    place = places.get(capture.warc_record_id, own)
    return {
        "url": capture.url,
        "captured_at": capture.fetched_at,
        "payload_digest": capture.payload_digest,
        "warc_file": place.warc_file,
        "warc_offset": place.offset,
        "warc_length": place.length,
        "warc_record_id": capture.warc_record_id,
    }


def local_times(version: Version, *, zone: str) -> dict[str, str]:
    """The columns LOCAL of one version of an outlet in `zone`."""
    published_zone = version.article.published_zone or zone
    values = (
        _local(version.article.published_at, published_zone),
        _local(version.first_seen_at, zone),
    )
    return {column.name: value for column, value in zip(LOCAL, values, strict=True)}


def night_of(moment: datetime, zone: str) -> str:
    """The day of a moment in the zone."""
    return _local(moment, zone)[:10]


def _local(moment: datetime | None, zone: str) -> str:
    """The moment on a clock of the zone, with its offset; in UTC when there is no such zone."""
    if moment is None:
        return ""
    try:
        moment = moment.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):  # unknown, no key at all, or a folder of zones
        moment = moment.astimezone(UTC)
    return moment.isoformat(sep=" ", timespec="seconds")


def iso(moment: datetime) -> str:
    """The moment in UTC as `2024-11-27T01:30:00Z`; parts of a second only where there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def write_jsonl(path: Path, rows: Iterable[Row]) -> int:
    """The number of rows written to a new file, one JSON object to a line."""
    count = 0
    with path.open("x", encoding="utf-8", newline="\n") as file:
        for row in rows:
            count += 1
            line = json.dumps(row, ensure_ascii=False, default=_plain, separators=(",", ":"))
            file.write(line.translate(_LINE_ENDS) + "\n")
    return count


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return iso(value)
    raise TypeError(f"{type(value).__name__} has no place in an export")


def write_csv(path: Path, rows: Iterable[Row], *, columns: Iterable[Column]) -> int:
    """The number of rows written to a new file under one line of names (RFC 4180).

    It is safe to open as a sheet, and begins with a byte order mark so that sheets read UTF-8.
    """
    names = [column.name for column in columns]
    count = 0
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(names)
        for row in rows:
            count += 1
            writer.writerow([_cell(row[name]) for name in names])
    return count


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, list | tuple):
        value = "; ".join(map(_item, value))
    if not isinstance(value, str):
        return str(value)
    # a sheet would run what looks like a formula (OWASP, CSV injection); NUL ends cells early
    text = value.replace("\0", "")
    return f"'{text}" if text.startswith(_FORMULA) else text


def _item(item: Any) -> str:
    return f"{item['rule']}: {item['text']}" if isinstance(item, dict) else str(item)
