"""Saved pages joined to stories: the parts of one that is split over several pages. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from archive.urls import canonical_url, same_outlet
from crawler import paging
from crawler.saved_pages import SavedPage

__all__ = ["SavedStory", "joined", "with_parts_of"]


@dataclass(frozen=True, kw_only=True)
class SavedStory:
    """The saved pages of one story in the order of its parts, and the parts nobody saved."""

    pages: tuple[SavedPage, ...]
    missing: tuple[str, ...] = ()
    """Their addresses, as the saved parts print them."""
    parts: int = 1
    """How many parts the story has."""


def joined(pages: Iterable[tuple[SavedPage, str]]) -> list[SavedStory]:
    """Each story of the saved pages (with their characters), in the order of its first page.

    Pages belong together only where their own paging says so. Of a part that was saved twice, a
    story takes what was fetched nearest to its first page; the other begins a story of its own.
    """
    groups: dict[str, list[SavedPage]] = defaultdict(list)
    parts: dict[str, Sequence[str]] = {}
    for page, html in pages:
        start = paging.story_start(html, page.url)
        further = paging.part_urls(html, page.url) or paging.part_urls(html, start)
        found = (start, *further)
        is_whole = paging.plain_url(start) != start
        key = start if is_whole else canonical_url(start)
        groups[key].append(page)
        parts[key] = max(parts.get(key, ()), found, key=len)
    return [story for key, group in groups.items() for story in _stories(group, parts[key])]


def with_parts_of(story: SavedStory, html: str, *, canonical: str) -> SavedStory:
    """The story with the parts that its only page names by the address it gives itself.

    Whoever saved it may have named a short address, of which the page says nothing.
    """
    start = story.pages[0].url
    is_other = canonical_url(canonical) != canonical_url(start) and same_outlet(canonical, start)
    missing = paging.part_urls(html, canonical) if story.parts == 1 and is_other else ()
    return replace(story, missing=missing, parts=1 + len(missing)) if missing else story


def _stories(group: Sequence[SavedPage], parts: Sequence[str]) -> Iterator[SavedStory]:
    if len(parts) == 1:
        yield from (SavedStory(pages=(page,)) for page in group)
        return
    places = {canonical_url(url): place for place, url in enumerate(parts)}
    at: dict[int, list[SavedPage]] = defaultdict(list)
    for page in group:
        # what was asked for as the whole story, and shows its first part only, has no place
        at[places.get(canonical_url(page.url), 0)].append(page)
    missing = tuple(url for place, url in enumerate(parts) if place not in at)
    waiting = [page for place in sorted(at) for page in at[place]]
    while waiting:
        first = waiting[0]
        taken = [_nearest(at[place], first) for place in sorted(at)]
        yield SavedStory(pages=tuple(taken), missing=missing, parts=len(parts))
        waiting = [page for page in waiting if page not in taken]


def _nearest(copies: Sequence[SavedPage], to: SavedPage) -> SavedPage:
    if to in copies:
        return to
    return min(copies, key=lambda page: abs(page.fetched_at - to.fetched_at))
