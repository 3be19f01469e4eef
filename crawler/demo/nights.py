"""What becomes of a story night by night. Pure: a story, changes and a date in, posts out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crawler.demo.printed import in_text
from crawler.demo.sites import Site
from crawler.demo.stories import Change, Story

__all__ = ["NIGHTS", "Moments", "Post", "evenings", "post_of", "state"]

NIGHTS = 4
"""The last night on which something changes."""

Moments = Mapping[int, datetime]
"""When the changes of each night were made, by night."""


@dataclass(frozen=True, kw_only=True)
class Post:
    """One story as the site's database holds it on one night."""

    id: int
    slug: str
    headline: str
    pages: tuple[tuple[str, ...], ...]
    """Paragraphs of each page, without the dateline."""
    byline: str
    editor: str
    dateline: str
    section: str
    tags: tuple[str, ...]
    caption: str
    image: str
    published_at: datetime
    modified_at: datetime
    changed_at: datetime
    """When the page's bytes last changed: also by a sidebar, which leaves `modified_at` alone."""
    on_topic: bool
    paths: tuple[str, ...]
    """Every permalink it had, the present one last."""
    source: str = ""
    old: bool = False
    sidebar: int = 0
    removed: bool = False

    @property
    def path(self) -> str:
        """The present permalink's path."""
        return self.paths[-1]

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The whole text over all pages."""
        return tuple(text for page in self.pages for text in page)


def evenings(today: date) -> dict[int, datetime]:
    """Moments for nights that nobody has played yet: 14:00 UTC on the day before each."""
    start = datetime.combine(today, time(14), tzinfo=UTC)
    return {night: start + timedelta(days=night - 2) for night in range(1, NIGHTS + 1)}


def state(post: Post, changes: tuple[Change, ...], *, site: Site, moments: Moments) -> Post:
    """The post after `changes`."""
    for change in changes:
        post = _changed(post, change, site=site, at=moments[change.night])
    return post


def post_of(story: Story, *, number: int, site: Site, today: date) -> Post:
    """A story's first state; `number` counts from 0 and gives the id."""
    published = _local(site, today, days=story.days, clock=story.time)
    modified = published
    if story.modified_days:
        modified = _local(site, today, days=story.modified_days, clock=story.time)
    number_of = site.first_id + number * 7
    home = replace(site, permalink=site.old_permalink) if story.old else site
    return Post(
        id=number_of,
        slug=story.slug,
        headline=story.headline,
        pages=_pages(story.text.replace("{hari}", in_text(published))),
        byline=story.byline,
        editor=story.editor,
        dateline=story.dateline,
        section=story.section,
        tags=story.tags,
        caption=story.caption,
        image=story.image,
        published_at=published.astimezone(UTC),
        modified_at=modified.astimezone(UTC),
        changed_at=published.astimezone(UTC),
        on_topic=story.on_topic,
        paths=(_path(home, story.section, slug=story.slug, id=number_of, published=published),),
        source=story.source,
        old=story.old,
    )


def _changed(post: Post, change: Change, *, site: Site, at: datetime) -> Post:
    if change.sidebar:
        return replace(post, sidebar=post.sidebar + 1, changed_at=at)
    post = replace(post, modified_at=at, changed_at=at)
    if change.removed is not None:
        post = replace(post, removed=change.removed)
    if change.slug:
        local = post.published_at.astimezone(ZoneInfo(site.outlet.zone))
        moved = _path(site, post.section, slug=change.slug, id=post.id, published=local)
        post = replace(post, slug=change.slug, paths=(*post.paths, moved))
    return replace(
        post,
        headline=change.headline or post.headline,
        byline=change.byline or post.byline,
        pages=_edited(post.pages, change),
    )


def _edited(pages: tuple[tuple[str, ...], ...], change: Change) -> tuple[tuple[str, ...], ...]:
    old, new = change.replace
    if old:
        pages = tuple(tuple(text.replace(old, new) for text in page) for page in pages)
    if change.append:
        pages = (*pages[:-1], (*pages[-1], change.append))
    return pages


def _pages(text: str) -> tuple[tuple[str, ...], ...]:
    pages = text.split("<!--nextpage-->")
    return tuple(
        tuple(" ".join(part.split()) for part in page.split("\n\n") if part.strip())
        for page in pages
    )


def _local(site: Site, today: date, *, days: int, clock: str) -> datetime:
    moment = time.fromisoformat(clock)
    day = today - timedelta(days=days)
    return datetime.combine(day, moment, tzinfo=ZoneInfo(site.outlet.zone))


def _path(site: Site, section: str, *, slug: str, id: int, published: datetime) -> str:
    return site.permalink.format(section=section, slug=slug, id=id, date=published)
