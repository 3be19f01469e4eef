"""In which order outlets are crawled, and which of them follow each other. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from archive.types import Outlet

__all__ = ["lanes", "longest_unvisited_first"]

_NEVER = datetime.min.replace(tzinfo=UTC)


def longest_unvisited_first(
    outlets: Iterable[Outlet], visits: Mapping[str, datetime]
) -> list[Outlet]:
    """The outlets by their last visit, those never visited first; else in the order given."""
    return sorted(outlets, key=lambda outlet: visits.get(outlet.slug, _NEVER))


def lanes(outlets: Iterable[Outlet]) -> list[list[Outlet]]:
    """The outlets that share politeness together, each lane where its first outlet stands."""
    found: dict[str, list[Outlet]] = {}
    for outlet in outlets:
        found.setdefault(outlet.lane, []).append(outlet)
    return list(found.values())
