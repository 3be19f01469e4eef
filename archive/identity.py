"""Which story an address belongs to (DESIGN §3, §5)."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import Connection, bindparam, select

from archive.canonicals import is_believable
from archive.schema import outlet, story_url
from archive.types import Answer, Sighting
from archive.urls import canonical_url, is_front_page, is_within

__all__ = ["Identity", "addresses", "identify", "new_story_id", "outlet_url"]

_SHOWN = frozenset({Answer.ARTICLE, Answer.NOT_MODIFIED, Answer.UNREAD})
# a statement that is made once is looked up, one that is made anew each time is read through first
_OUTLET_URL = select(outlet.c.url).where(outlet.c.slug == bindparam("slug"))
_STORIES_AT = select(story_url.c.address, story_url.c.story_id).where(
    story_url.c.outlet == bindparam("slug"),
    story_url.c.address.in_(bindparam("addresses", expanding=True)),
)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The story that a sighting is about."""

    story_id: str | None
    """None for a story not met before."""
    filed: str
    """The canonical URL under which a new story is filed."""
    addresses: tuple[str, ...] = ()
    """Every address, and perhaps a platform id, by which the story went in this sighting."""
    otherwise: "Identity | None" = None
    """Only the page's own canonical led here: whose it is when the work turns out to be another."""
    is_displaced: bool = False
    """The page of another story, or the front page, was shown in its place."""


@dataclass(frozen=True, kw_only=True)
class _Look:
    """The addresses of a sighting in their canonical form."""

    asked: str
    landed: str
    """Where the first part was found."""
    filed: str
    """That, or the canonical URL that the page declares."""
    platform_id: str
    others: tuple[str, ...]
    """Redirects on the way and further parts."""

    @property
    def is_redirected(self) -> bool:
        return self.landed != self.asked

    def known_as(self) -> tuple[str, ...]:
        return _names(self.platform_id, self.filed, self.asked, self.landed, *self.others)

    def asked_as(self) -> tuple[str, ...]:
        return _names(self.asked, self.platform_id)

    def found_as(self) -> tuple[str, ...]:
        """Its names without the canonical that the page declares."""
        return _names(self.platform_id, self.landed, self.asked, *self.others)


def _names(*names: str) -> tuple[str, ...]:
    """Each name once; the front page is no story's address."""
    return tuple(dict.fromkeys(name for name in names if name and not is_front_page(name)))


def addresses(sighting: Sighting, *, outlet_url: str) -> tuple[str, ...]:
    """Every address, and perhaps a platform id, by which a sighting's story may be known."""
    look = _look(sighting, outlet_url=outlet_url)
    return look.known_as() if sighting.answer in _SHOWN else look.asked_as()


def identify(connection: Connection, sighting: Sighting) -> Identity:
    """The story that `sighting` is about. Raises ValueError for an address that is none."""
    look = _look(sighting, outlet_url=outlet_url(connection, sighting.outlet))
    if sighting.answer not in _SHOWN:
        return _asked_for(connection, look, outlet=sighting.outlet)
    known = _stories_at(connection, sighting.outlet, addresses=look.known_as())
    owner = _Owner(connection, look, known=known)
    if is_front_page(look.landed) or owner.is_another():
        return Identity(
            story_id=known.get(look.asked),
            filed=look.asked,
            addresses=_names(look.asked),
            is_displaced=True,
        )
    own = Identity(story_id=owner.met_on_the_way(), filed=look.landed, addresses=look.found_as())
    if owner.is_miscalled():
        return own
    return Identity(
        story_id=owner.found(),
        filed=look.filed,
        addresses=look.known_as(),
        otherwise=own if owner.is_told_by_canonical() else None,
    )


def _asked_for(connection: Connection, look: _Look, *, outlet: str) -> Identity:
    """An answer that shows no story speaks for the address that was asked for, no other."""
    names = look.asked_as()
    known = _stories_at(connection, outlet, addresses=names)
    story_id = next((known[name] for name in names if name in known), None)
    return Identity(story_id=story_id, filed=look.asked, addresses=names)


class _Owner:
    """Whose page a sighting found, by the addresses that the archive knows."""

    def __init__(self, connection: Connection, look: _Look, *, known: Mapping[str, str]) -> None:
        self._connection = connection
        self._look = look
        self._asked = known.get(look.asked)
        self._landed = known.get(look.landed)
        self._filed = known.get(look.filed)
        self._by_id = known.get(look.platform_id)
        self._on_the_way = next((known[name] for name in look.others if name in known), None)

    def found(self) -> str | None:
        """The story shown. A declared canonical counts only where nothing else is known."""
        if self._look.is_redirected and self._landed:
            return self._landed
        return self._by_id or self._asked or self._landed or self._filed or self._on_the_way

    def is_another(self) -> bool:
        """A known story's address led to the page of another one."""
        if not self._asked or not self._look.is_redirected or self._landed == self._asked:
            return False
        if self._landed or (self._by_id and self._by_id != self._asked):
            return True
        if self._by_id:
            return False
        return (self._filed or self._asked) != self._asked or self._has_other_id(self._asked)

    def met_on_the_way(self) -> str | None:
        """The story of an address that redirected here, or of a further part."""
        return self._on_the_way

    def is_told_by_canonical(self) -> bool:
        """Nothing but the canonical that the page declares leads to a known story."""
        return bool(self._filed and not (self._by_id or self._asked or self._landed))

    def is_miscalled(self) -> bool:
        """An unknown page declares the canonical of a known story, and shows another id."""
        known = (self._by_id, self._asked, self._landed)
        return bool(self._filed and not any(known) and self._has_other_id(self._filed))

    def _has_other_id(self, story_id: str) -> bool:
        """Whether the story is known by a platform id, and the page shows one that is not its."""
        if not self._look.platform_id:
            return False
        kind = self._look.platform_id.partition(":")[0]
        held = self._connection.scalars(
            select(story_url.c.address).where(story_url.c.story_id == story_id)
        )
        ids = {address for address in held if address.partition(":")[0] == kind}
        return bool(ids) and self._look.platform_id not in ids


def new_story_id(slug: str, address: str) -> str:
    """The id of a story first met at `address`: 16 hex digits that never change afterwards."""
    return hashlib.sha256(f"{slug}\n{address}".encode()).hexdigest()[:16]


def _look(sighting: Sighting, *, outlet_url: str) -> _Look:
    landed = sighting.parts[0] if sighting.parts else sighting.pages[-1].url
    headline = sighting.article.headline if sighting.article else ""
    is_own = is_believable(sighting.canonical, found_at=landed, headline=headline)
    declared = sighting.canonical if is_own else ""
    return _Look(
        asked=canonical_url(sighting.url, outlet_url=outlet_url),
        landed=canonical_url(landed, outlet_url=outlet_url),
        filed=canonical_url(landed, declared=declared, outlet_url=outlet_url),
        platform_id=sighting.platform_id,
        others=tuple(_others(sighting, first_part=landed, homes=(landed, outlet_url))),
    )


def _others(sighting: Sighting, *, first_part: str, homes: Sequence[str]) -> Iterator[str]:
    """The redirects to the first part, and the other parts that were found where they were asked.

    A part that redirects says nothing about the address it leads to: that may be another story. A
    stranger's host on the way is no address of the story.
    """
    urls = [page.url for page in sighting.pages]
    start = urls.index(first_part) if first_part in urls else len(urls) - 1
    for url in urls[:start]:
        if any(is_within(url, home) for home in homes):
            yield canonical_url(url)
    for before, page in pairwise(sighting.pages[start:]):
        if not 300 <= before.status < 400 or before.status == 304:
            yield canonical_url(page.url)


def _stories_at(
    connection: Connection, slug: str, *, addresses: Sequence[str]
) -> Mapping[str, str]:
    rows = connection.execute(_STORIES_AT, {"slug": slug, "addresses": addresses})
    return {row.address: row.story_id for row in rows}


def outlet_url(connection: Connection, slug: str) -> str:
    """The front page of an outlet that the archive knows."""
    return str(connection.execute(_OUTLET_URL, {"slug": slug}).scalar_one())
