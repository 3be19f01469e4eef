"""The archive: stories, their versions, and the captured bytes behind them.

Opening and reading an archive needs neither Scrapy nor trafilatura:

    from archive import Archive
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.archive import Archive

__all__ = ["Archive"]


def __getattr__(name: str) -> Any:
    # not before it is asked for: most commands need little of what an archive needs
    if name == "Archive":
        from archive.archive import Archive  # noqa: PLC0415

        return Archive
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
