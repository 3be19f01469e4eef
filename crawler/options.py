"""What one crawl was asked to do, beyond the settings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from archive.config import Settings
from archive.exchanges import Recorder
from crawler.recording import Recording

__all__ = ["CrawlOptions"]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class CrawlOptions:
    """The wishes of whoever starts a crawl."""

    settings: Settings
    since: datetime | None = None
    """Look back to this moment instead of to the last visit."""
    revisit: str = "due"
    """Known stories to ask for again: `due`, `all` or `none`."""
    save: tuple[str, ...] = ()
    """Look at these addresses alone, and keep them whatever they show."""
    time_left: timedelta | None = None
    """What its network may still take in this run; None: as long as crawl.time_limit."""
    run_id: int | None = None
    unless_since: datetime | None = None
    """Do nothing when another crawl had its turn since this moment."""
    recorder: Recorder | None = None
    """Keeps every exchange."""
    recording: Recording | None = None
    """A recorded night that answers instead of the network, and whose time it is then."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """Tells what time it is, aware, UTC."""
        return self.recording.clock if self.recording else _now
