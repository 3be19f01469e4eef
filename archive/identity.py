"""Which story an address belongs to (DESIGN §3, §5)."""

import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select

from archive.schema import outlet, story_url
from archive.types import Answer, Page, Sighting
from archive.urls import canonical_url, is_front_page

__all__ = ["addresses", "file_address", "find", "new_story_id"]

_SHOWN = frozenset({Answer.ARTICLE, Answer.NOT_MODIFIED, Answer.UNREAD})


def new_story_id(slug: str, address: str) -> str:
    """The id of a story first met at `address`: 16 hex digits that never change afterwards."""
    return hashlib.sha256(f"{slug}\n{address}".encode()).hexdigest()[:16]


def file_address(sighting: Sighting, *, outlet_url: str) -> str:
    """The canonical URL under which the story is filed: where its first part was found."""
    found = sighting.parts[0] if sighting.parts else sighting.pages[-1].url
    return canonical_url(found, declared=sighting.canonical, outlet_url=outlet_url)


def addresses(sighting: Sighting, *, outlet_url: str) -> tuple[str, ...]:
    """Every address under which this sighting's story is known: its platform id comes first.

    An answer that does not show the story speaks for the address that was asked for, no other.
    """
    found = [canonical_url(sighting.url, outlet_url=outlet_url)]
    if sighting.answer in _SHOWN:
        found.insert(0, file_address(sighting, outlet_url=outlet_url))
        found += _each(sighting.pages, outlet_url=outlet_url)
    stories = [address for address in found if not is_front_page(address)]
    known = [sighting.platform_id] if sighting.platform_id else []
    return tuple(dict.fromkeys(known + stories))


def _each(pages: Sequence[Page], *, outlet_url: str) -> Iterable[str]:
    return (canonical_url(page.url, outlet_url=outlet_url) for page in pages)


def find(connection: Connection, slug: str, *, known_as: Sequence[str]) -> str | None:
    """The story that has one of these addresses; an earlier address in the list wins."""
    rows = connection.execute(
        select(story_url.c.address, story_url.c.story_id).where(
            story_url.c.outlet == slug, story_url.c.address.in_(known_as)
        )
    )
    stories: dict[str, str] = {row.address: row.story_id for row in rows}
    return next((stories[address] for address in known_as if address in stories), None)


def outlet_url(connection: Connection, slug: str) -> str:
    """The front page of an outlet that the archive knows."""
    found = connection.execute(select(outlet.c.url).where(outlet.c.slug == slug))
    return str(found.scalar_one())
