"""The known stories that are due, named by Blogger's feed instead of asked for one by one."""

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from archive.types import Story
from crawler.blogger_feed import PostList
from crawler.blogger_naming import KnownPost, Naming
from crawler.discover import Candidate
from crawler.revisit import due, needs_unconditional

if TYPE_CHECKING:
    from crawler.platforms.blogger import BloggerSpider

__all__ = ["known_posts"]


async def known_posts(spider: "BloggerSpider") -> AsyncIterator[Candidate]:
    """The due stories that the summary feed still names; the pages of those that it does not are
    asked for. Raises SeedUnreadable.
    """
    naming = Naming(_due(spider))
    while until := naming.until():
        page = await spider.page(PostList(published_until=until, is_summary=True))
        waiting = {post.platform_id for post in naming.waiting}
        for candidate in page.candidates:
            if candidate.platform_id in waiting:
                yield candidate
        spider.looks.unnamed.update(post.story_id for post in naming.unnamed(page))


def _due(spider: "BloggerSpider") -> Iterator[KnownPost]:
    """The due stories of which no list told tonight, and whose last change the feed can prove."""
    now, rates = spider.options.clock(), spider.pipeline.rates
    if spider.options.revisit != "due" or not spider.memory.signals_trusted:
        return
    for story in due(spider.memory.stories.values(), now=now):
        if needs_unconditional(story, now=now, rates=rates) or not _is_provable(story):
            continue
        published_at = spider.logbook.archive.published_at(story.story_id)
        if published_at and not spider.looks.has_met(story.platform_id):
            yield KnownPost(
                story_id=story.story_id,
                platform_id=story.platform_id,
                published_at=published_at,
            )


def _is_provable(story: Story) -> bool:
    is_named = story.platform_id.startswith("blogger:")
    return is_named and bool(story.signal) and story.gone_at is None
