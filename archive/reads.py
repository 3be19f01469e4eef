"""What an archive answers: stories, versions, search and exports, now or as known at a moment."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from archive import database
from archive.clusters import copies
from archive.config import ArchiveConfig, Settings
from archive.errors import ConfigError, NotFound
from archive.events import Event
from archive.events import events as newest_events
from archive.images import images
from archive.labels import labels
from archive.manifest import Manifest
from archive.rereading import stored_page
from archive.search import Hit, Search
from archive.search import search as search_stories
from archive.stories import find_story
from archive.stories import stories as walk_stories
from archive.text import Change, changed_fields, diff
from archive.types import Capture, Cluster, Label, LeadImage, Page, Story, Version
from archive.versions import versions

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["Reads", "config_of"]


def config_of(place: str | Path | ArchiveConfig) -> ArchiveConfig:
    """The settings of the archive at a place: its folder, or a settings file (kliping.toml).

    Raises ConfigError when there is neither.
    """
    if isinstance(place, ArchiveConfig):
        return place
    path = Path(place)
    if path.is_dir():
        return ArchiveConfig(directory=path)
    if path.is_file():
        return Settings.load(path).archive
    raise ConfigError(f"{path}: neither an archive's folder nor a settings file")


class Reads:
    """The questions an archive answers. None of them writes.

    `key` is a story's id, the start of it, or any address it ever had. With `as_of` (an aware
    datetime) each answer is as it would have been then. Methods raise NotFound for what the archive
    does not know, ArchiveError when its database fails.
    """

    engine: Engine
    warc_directory: Path

    def stories(
        self, *, outlet: str = "", status: str = "", as_of: datetime | None = None
    ) -> Iterator[Story]:
        """Every story in order of outlet and id; only `live` or `gone` ones if asked."""
        return walk_stories(self.engine, outlet=outlet, status=status, as_of=as_of)

    def story(self, key: str, *, as_of: datetime | None = None) -> Story:
        """The story that `key` means."""
        return find_story(self.engine, key, as_of=as_of)

    def versions(self, key: str, *, as_of: datetime | None = None) -> list[Version]:
        """The versions of a story in order of first sight, each as it is read now (or then)."""
        return versions(self.engine, self._id(key, as_of), as_of=as_of)

    def diff(
        self, key: str, before: int, after: int, *, as_of: datetime | None = None
    ) -> Mapping[str, list[Change]]:
        """The changes between two versions, by compared field; fields that are equal are not in."""
        known = {one.number: one.article for one in self.versions(key, as_of=as_of)}
        for number in (before, after):
            if number not in known:
                raise NotFound(f"{key}: no version {number}; there are {sorted(known)}")
        old, new = known[before], known[after]
        return {
            name: diff(getattr(old, name), getattr(new, name)) for name in changed_fields(old, new)
        }

    def search(self, query: str, within: Search | None = None, **narrowed: Any) -> list[Hit]:
        """The stories that a query asks for; `narrowed` are fields of `Search` (`outlet=…`).

        Raises BadQuery for a query that cannot be read.
        """
        return search_stories(self.engine, query, replace(within or Search(), **narrowed))

    def events(self, **narrowed: Any) -> list[Event]:
        """The newest events; narrowed by outlet, kind, since, as_of and limit (50)."""
        return newest_events(self.engine, **narrowed)

    def labels(self, key: str, *, as_of: datetime | None = None) -> list[Label]:
        """What persons decided of a story, oldest first; the last one of a field holds."""
        return labels(self.engine, self._id(key, as_of), as_of=as_of)

    def copies(self, key: str, *, as_of: datetime | None = None) -> Cluster | None:
        """The stories that carry the same text, first publication first; None without a copy."""
        return copies(self.engine, self._id(key, as_of), as_of=as_of)

    def lead_images(self, key: str, *, as_of: datetime | None = None) -> list[LeadImage]:
        """The images a story led with."""
        return images(self.engine, self._id(key, as_of), as_of=as_of)

    def page(self, capture: Capture) -> Page:
        """The captured answer, byte for byte as it was sent, content codings included.

        A revisit brings the body of the capture it stands on. Raises DamagedRecord.
        """
        with database.reading(self.engine) as connection:
            return stored_page(connection, self.warc_directory, capture_id=capture.capture_id)

    def export(self, dest: str | Path, **options: Any) -> Manifest:
        """Write a snapshot to the folder `dest`; options as of `kliping export` (`as_of=…`)."""
        from archive.snapshots import export  # noqa: PLC0415 - a crawl writes none

        return export(self.engine, self.warc_directory, Path(dest), **options)

    def to_dataframe(self, *, as_of: datetime | None = None) -> "DataFrame":
        """The rows of the export as a pandas DataFrame: one per version, moments in UTC.

        Needs the extra `dataframe`. Raises ConfigError without it.
        """
        from archive.dataframes import dataframe  # noqa: PLC0415 - it is made from an export

        return dataframe(self.engine, self.warc_directory, as_of=as_of)

    def _id(self, key: str, as_of: datetime | None) -> str:
        return self.story(key, as_of=as_of).story_id
