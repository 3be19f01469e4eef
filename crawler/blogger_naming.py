"""Which pages of Blogger's feed name the known stories that are due, with fewest requests. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crawler.blogger_feed import FeedPage

__all__ = ["KnownPost", "Naming"]

_MARGIN = timedelta(days=1)
"""How far a story's own date may be from the one that the feed sorts it by."""
_MOST_POOR = 2
"""Pages of the feed in a row that settle one story at most: its own page tells as much."""


@dataclass(frozen=True, kw_only=True)
class KnownPost:
    """A known story that is due, and when it was published."""

    story_id: str
    platform_id: str
    published_at: datetime


class Naming:
    """A walk back through the feed, over the stretches in which stories are due and no others."""

    def __init__(self, posts: Iterable[KnownPost]) -> None:
        self.waiting = list(posts)
        """The posts of which nothing is known yet."""
        self._top = self._reach = datetime.max.replace(tzinfo=UTC)
        self._poor = 0

    def until(self) -> datetime | None:
        """The page to ask for next lists what was published before this; None: ask for no more."""
        if not self.waiting or self._poor >= _MOST_POOR:
            return None
        newest = max(post.published_at for post in self.waiting) + _MARGIN
        if newest < self._reach:
            self._top = self._reach = newest  # nothing that is due lies between
        return self._reach

    def unnamed(self, page: FeedPage) -> Sequence[KnownPost]:
        """Take the page that was asked for; the posts that should be in it or before, and are not.

        Those that it names, and these, are settled.
        """
        dates = [one.published_at for one in page.candidates if one.published_at]
        is_last = not dates or (page.total is not None and len(page.names) >= page.total)
        self._reach = datetime.min.replace(tzinfo=UTC) if is_last else min(dates)
        ids = {one.platform_id for one in page.candidates}
        named = [post for post in self.waiting if post.platform_id in ids]
        missed = [post for post in self.waiting if post not in named and self._is_passed(post)]
        settled = {post.story_id for post in (*named, *missed)}
        self.waiting = [post for post in self.waiting if post.story_id not in settled]
        self._poor = 0 if len(settled) > 1 else self._poor + 1
        return missed

    def _is_passed(self, post: KnownPost) -> bool:
        """Whether the pages from the top down to here would show it, wherever in its margin."""
        latest, earliest = post.published_at + _MARGIN, post.published_at - _MARGIN
        return latest <= self._top and earliest > self._reach
