"""Which earlier snapshots hold a story: they are files of their own, and whoever has them acts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, select

from archive.columns import STORIES
from archive.errors import DamagedRecord
from archive.manifest import read_manifest
from archive.row_files import data_file, read_rows
from archive.schema import snapshot, version

__all__ = ["HeldBy", "holders"]


@dataclass(frozen=True, kw_only=True)
class HeldBy:
    """An earlier snapshot in which a story that was taken down still is."""

    place: str
    as_of: datetime
    is_there: bool
    """Whether a snapshot is in that place now; else it was moved, or deleted."""


def holders(connection: Connection, row: Row[Any]) -> Iterator[HeldBy]:
    """The snapshots made before a takedown, of a moment when the story was known.

    One that adds to another, and can be read, only where it holds the story itself.
    """
    first = select(func.min(version.c.recorded_at)).where(version.c.story_id == row.story_id)
    rows = connection.execute(
        select(snapshot.c.place, snapshot.c.as_of)
        .where(snapshot.c.as_of >= first.scalar_subquery())
        .where(snapshot.c.recorded_at <= row.recorded_at)
        .order_by(snapshot.c.snapshot_id)
    )
    for found in rows:
        for place in map(Path, found.place.split("\n")):
            if not _is_without(place, row.story_id):
                yield HeldBy(place=str(place), as_of=found.as_of, is_there=place.is_dir())


def _is_without(place: Path, story_id: str) -> bool:
    """Whether a snapshot is an increment that says nothing of a story."""
    try:
        manifest = read_manifest(place)
        if manifest.since is None:
            return False
        stories = place / data_file("stories", format=manifest.format)
        return all(row.get("story_id") != story_id for row in read_rows(stories, columns=STORIES))
    except (DamagedRecord, OSError):
        return False
