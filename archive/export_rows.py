"""Stories, versions and images as rows of an export. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from archive.columns import IMAGES, LOCAL, STORIES
from archive.types import Capture, LeadImage, Story, TopicDecision, Version

__all__ = [
    "Place",
    "PlaceOf",
    "Row",
    "cited",
    "image_row",
    "iso",
    "local_times",
    "night_of",
    "own_place",
    "story_row",
]

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a capture's member stands."""

    warc_file: str
    offset: int
    length: int


PlaceOf = Callable[[Capture], Place | None]


def cited(version: Version) -> list[Capture]:
    """The captures that a version stands on: the first one of each part, in order of the parts."""
    first: dict[int, Capture] = {}
    for capture in version.captures:
        first.setdefault(capture.part, capture)
    return [first[part] for part in sorted(first)]


def own_place(capture: Capture) -> Place:
    """Where a capture stands in the archive's own files."""
    return Place(capture.warc_file, capture.warc_offset, capture.warc_length)


def story_row(version: Version, *, story: Story, place_of: PlaceOf = own_place) -> dict[str, Any]:
    """The row of one version; a capture that has no place here lies in an earlier snapshot."""
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
    values |= _topic(version.topic) | _of_capture(cited(version)[0], place_of=place_of)
    return {column.name: values[column.name] for column in STORIES}


def _topic(decision: TopicDecision | None) -> dict[str, Any]:
    if decision is None:
        return {"topic": "", "topic_score": None, "topic_evidence": []}
    return {
        "topic": "yes" if decision.on_topic else "no",
        "topic_score": decision.score,
        "topic_evidence": [asdict(span) for span in decision.evidence],
    }


def image_row(image: LeadImage, *, outlet: str, place_of: PlaceOf = own_place) -> dict[str, Any]:
    """The row of a lead image that was kept; `place_of` as for `story_row`."""
    if image.capture is None:
        raise ValueError("an image that was not kept has no row")
    values = vars(image) | {"outlet": outlet, "image_url": image.url}
    values |= _of_capture(image.capture, place_of=place_of)
    return {column.name: values[column.name] for column in IMAGES}


def _of_capture(capture: Capture, *, place_of: PlaceOf) -> dict[str, Any]:
    place = place_of(capture)
    return {
        "url": capture.url,
        "captured_at": capture.fetched_at,
        "payload_digest": capture.payload_digest,
        "warc_file": capture.warc_file,
        "warc_offset": place.offset if place else None,
        "warc_length": place.length if place else None,
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
