"""Stories of an outlet that a new page may be, at an address nobody has met yet."""

from sqlalchemy import Connection, or_, select

from archive.schema import reading, reading_text, story, version
from archive.text import storable
from archive.types import Article
from archive.versions import current_reading

__all__ = ["namesakes"]


def namesakes(connection: Connection, slug: str, article: Article) -> list[str]:
    """The ids of an outlet's stories that say the same text, or were published at its very moment.

    A desk that rewrites a headline moves the slug with it; where pages show no id, only the old
    address's redirect then says that both are one story: it must be asked first.
    """
    same_text = reading_text.c.text == storable(article.text)
    # never equal where none is known
    same_moment = reading.c.published_at == article.published_at
    query = (
        select(story.c.story_id)
        .join(version, version.c.story_id == story.c.story_id)
        .join(reading, reading.c.version_id == version.c.version_id)
        .join(reading_text, reading_text.c.reading_id == reading.c.reading_id)
        .where(story.c.outlet == slug, reading.c.reading_id == current_reading())
        .where(or_(same_text, same_moment))
        .order_by(story.c.story_id)
        .distinct()
    )
    return list(connection.scalars(query))
