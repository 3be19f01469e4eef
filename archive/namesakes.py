"""Stories of an outlet that a new page may be, at an address nobody has met yet."""

from functools import cache

from sqlalchemy import Connection, Select, bindparam, or_, select

from archive.schema import reading, reading_text, story, version
from archive.text import normalise, storable
from archive.types import Article
from archive.versions import current_reading

__all__ = ["is_alike", "namesakes"]

_SHARED = 0.5
"""Of the words of two states of one story, this share at least stays when a desk rewrites it."""


def namesakes(connection: Connection, slug: str, article: Article) -> list[str]:
    """The ids of an outlet's stories that say the same, or much the same under the same date.

    A desk that rewrites a headline moves the slug with it; where pages show no id, only the old
    address's redirect then says that both are one story: it must be asked first.
    """
    asked = {"outlet": slug, "text": storable(article.text), "published_at": article.published_at}
    rows = connection.execute(_query(is_dated=article.published_at is not None), asked)
    found = [row.story_id for row in rows if is_alike(row.text, article.text)]
    return list(dict.fromkeys(found))


@cache  # asked for every new page: to build it takes longer than to run it
def _query(*, is_dated: bool) -> Select[tuple[str, str]]:
    said = reading_text.c.text == bindparam("text")
    if is_dated:
        said = or_(said, reading.c.published_at == bindparam("published_at"))
    return (
        select(story.c.story_id, reading_text.c.text)
        .join(version, version.c.story_id == story.c.story_id)
        .join(reading, reading.c.version_id == version.c.version_id)
        .join(reading_text, reading_text.c.reading_id == reading.c.reading_id)
        .where(story.c.outlet == bindparam("outlet"), reading.c.reading_id == current_reading())
        .where(said)
        .order_by(story.c.story_id)
    )


def is_alike(one: str, other: str) -> bool:
    """Whether two texts share half of their different words or more (Jaccard index)."""
    mine, theirs = (set(normalise(text).casefold().split()) for text in (one, other))
    return len(mine & theirs) >= _SHARED * len(mine | theirs)
