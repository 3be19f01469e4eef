"""Which bytes are to be read next, so that each is read again within thirty days. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

__all__ = ["NIGHTS", "Extent", "Span", "extents", "nightly", "share"]

NIGHTS = 30
"""A share of one thirtieth each night reads every byte within thirty nights, as what was read or
written longest ago comes first. (APTrust reads each file every 90 days.)"""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Span:
    """Bytes of a file that were read, from `start` up to but not including `end`."""

    file: str
    start: int
    end: int
    outcome: str = "intact"
    """`intact`, `damaged`, `missing`."""
    findings: int = 0
    detail: str = ""
    """The first finding."""
    checked_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Extent:
    """Bytes of a file that were last read at the same time; None: not since they were written."""

    file: str
    start: int
    end: int
    read_at: datetime | None
    written_at: datetime | None = None
    is_part: bool = False
    """More of the file follows: what stands behind the end is another's business."""

    @property
    def due(self) -> datetime:
        """What was read or written longest ago comes first."""
        return self.read_at or self.written_at or _NEVER


def extents(
    file: str, *, size: int, spans: Iterable[Span], written_at: datetime | None = None
) -> list[Extent]:
    """The bytes of a file by when they were last read, in their order."""
    found = [Extent(file=file, start=0, end=size, read_at=None, written_at=written_at)]
    for span in sorted(spans, key=lambda one: one.checked_at or _NEVER):
        found = [piece for one in found for piece in _painted(one, span)]
    return found


def _painted(extent: Extent, span: Span) -> Iterator[Extent]:
    """An extent in up to three: before, within and behind what was read."""
    first, last = max(extent.start, span.start), min(extent.end, span.end)
    if first >= last:
        yield extent
        return
    pieces = ((extent.start, first, extent.read_at), (first, last, span.checked_at),
              (last, extent.end, extent.read_at))  # fmt: skip
    for start, end, read_at in pieces:
        if start < end:
            is_part = extent.is_part or end < extent.end
            yield replace(extent, start=start, end=end, read_at=read_at, is_part=is_part)


def share(found: Iterable[Extent], *, budget: int | None) -> list[Extent]:
    """What to read now, what was read longest ago first; of the last one only what is needed.

    Without a budget it is everything, in the same order.
    """
    chosen: list[Extent] = []
    left = budget
    for extent in sorted(found, key=lambda one: (one.due, one.file, one.start)):
        if left is None:
            chosen.append(extent)
            continue
        if left <= 0:
            break
        end = min(extent.end, extent.start + left)
        left -= end - extent.start
        chosen.append(replace(extent, end=end, is_part=extent.is_part or end < extent.end))
    return chosen


def nightly(total: int) -> int:
    """The bytes to read in one night, so that thirty nights read them all."""
    return -(-total // NIGHTS)
