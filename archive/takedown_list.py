"""The list of takedowns that is kept outside the archive, for a restored backup that lacks some."""

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from archive.archive import Archive
from archive.config import ArchiveConfig
from archive.errors import ConfigError, NotFound
from archive.open_crawl import Clock
from archive.stories import find_id

__all__ = ["Decided", "read_list", "repeat"]


@dataclass(frozen=True, kw_only=True)
class Decided:
    """One takedown of the list."""

    story_id: str
    reason: str
    made_by: str


def read_list(path: Path) -> list[Decided]:
    """What `kliping takedown --json` printed. Raises ConfigError for anything else."""
    try:
        rows = json.loads(path.read_bytes())
        names = ("story_id", "reason", "made_by")
        return [Decided(**{name: str(row[name]) for name in names}) for row in rows]
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError) as error:
        what = "is no list of takedowns (`kliping takedown --json` prints one)"
        raise ConfigError(f"{path} {what}: {error}") from None


def repeat(config: ArchiveConfig, decided: Sequence[Decided], *, clock: Clock) -> int:
    """How many stories of an archive were taken down again; those that it never held are passed by.

    Raises what `Archive.take_down` raises.
    """
    count = 0
    with closing(Archive(config, clock=clock)) as archive:
        for one in decided:
            try:
                story_id = find_id(archive.engine, one.story_id)
            except NotFound:
                continue
            archive.take_down(story_id, reason=one.reason, made_by=one.made_by)
            count += 1
    return count
