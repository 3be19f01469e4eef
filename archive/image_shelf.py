"""The lead images of an archive, as a crawl uses them."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.engine import Engine

from archive import database, images
from archive.open_crawl import OpenCrawl
from archive.types import Crawl, ImageSighting, LeadImage, Page

__all__ = ["ImageShelf"]


class ImageShelf:
    """What is kept of stories' lead images, and where another one is put.

    Writing methods raise ArchiveError when the archive fails, LeaseLost as Archive's do.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        at_work: Callable[[Crawl], OpenCrawl],
        decode: Callable[[Page], bytes] | None,
    ) -> None:
        self._engine = engine
        self._at_work = at_work
        self._decode = decode

    def wanted(self, slug: str) -> list[tuple[str, str]]:
        """Story and address of each image that an outlet's versions name and that may be had yet.

        Newest versions first; those that failed before are among them.
        """
        with database.reading(self._engine) as connection:
            return images.wanted(connection, slug)

    def of_story(self, story_id: str) -> list[LeadImage]:
        """Every image a story ever led with, in the order in which they were fetched."""
        with database.reading(self._engine) as connection:
            return images.of_story(connection, story_id)

    def holds(self, *, now: datetime) -> list[tuple[str, datetime]]:
        """Addresses of images whose host asked not to be visited before a moment yet to come."""
        with database.reading(self._engine) as connection:
            return images.holds(connection, now=now)

    def link(self, crawl: Crawl, story_id: str, *, url: str) -> bool:
        """Whether the outlet's image at `url` is kept already: then it is this story's, too."""
        at_work = self._at_work(crawl)
        with at_work.writing() as connection:
            return images.link(
                connection, crawl, story_id=story_id, url=url, recorded_at=at_work.clock()
            )

    def put(self, crawl: Crawl, seen: ImageSighting) -> None:
        """Keep one attempt to fetch an image: its exchanges, or why there is none."""
        at_work = self._at_work(crawl)
        if seen.outcome != "kept":
            with at_work.writing() as connection:
                images.note(connection, crawl, seen, recorded_at=at_work.clock())
            return
        with database.reading(self._engine) as connection:
            stored = images.exchanges(connection, seen.pages, decode=self._decode)
        at_work.keep_image(seen, stored)
