"""One site on one night: what it shows, where, and what it names beside it."""

from dataclasses import dataclass
from functools import cached_property

from crawler.demo.config import NewsroomConfig
from crawler.demo.filler import filler_stories
from crawler.demo.grown import grown_stories
from crawler.demo.nights import NIGHTS, Moments, Post, evenings, post_of, state
from crawler.demo.sites import Site
from crawler.demo.stories import Story, changes, stories
from crawler.demo.truth import TrueStory, true_story

__all__ = ["Edition", "edition", "truth"]


@dataclass(frozen=True, eq=False)
class Edition:
    """One site on one night."""

    site: Site
    night: int
    posts: tuple[Post, ...]
    """Newest first, the removed ones too."""
    base: tuple[Post, ...]
    """The posts of night 1 that related-story lists draw from, so that lists stay as they are."""

    @cached_property
    def live(self) -> tuple[Post, ...]:
        """The published posts, newest first."""
        return tuple(post for post in self.posts if not post.removed)

    @cached_property
    def by_path(self) -> dict[str, Post]:
        """Posts by their present permalink."""
        return {post.path: post for post in self.posts}

    @cached_property
    def by_old_path(self) -> dict[str, Post]:
        """Posts by the permalinks that they had before."""
        return {path: post for post in self.posts for path in post.paths[:-1]}

    @cached_property
    def by_id(self) -> dict[int, Post]:
        """Published posts by id."""
        return {post.id: post for post in self.live}

    def related(self, post: Post, count: int) -> tuple[Post, ...]:
        """Other stories named beside `post`; every second page names those on the topic."""
        on_topic = post.id % 2 == 0
        others = [other for other in self.base if other.id != post.id]
        picked = [other for other in others if other.on_topic == on_topic] or others
        turn = (post.id + 3 * post.sidebar) % len(picked) if picked else 0
        return tuple((picked[turn:] + picked[:turn])[:count])


def edition(site: Site, config: NewsroomConfig, night: int, *, moments: Moments) -> Edition:
    """The site as it is on a night; after the last one nothing changes any more."""
    written = _written(site, config)
    posts = [
        _on_night(site, story, first, night=night, moments=moments)
        for story, first in written
        if story.night <= night
    ]
    posts.sort(key=lambda post: (post.published_at, post.id), reverse=True)
    by_hand = written[: len(stories(site.newsroom))]
    base = tuple(first for story, first in by_hand if story.night == 1)
    return Edition(site, night, tuple(posts), base)


def truth(site: Site, config: NewsroomConfig, night: int) -> tuple[TrueStory, ...]:
    """Every story that the site has shown until a night, with its versions and status."""
    moments, found = evenings(config.today), []
    for story, first in _written(site, config):
        nights = range(story.night, max(story.night, min(night, NIGHTS)) + 1)
        states = [_on_night(site, story, first, night=n, moments=moments) for n in nights]
        if story.night <= night:
            found.append(true_story(site, states, first_night=story.night))
    return tuple(found)


def _written(site: Site, config: NewsroomConfig) -> list[tuple[Story, Post]]:
    """Every story with its first state."""
    every = stories(site.newsroom) + grown_stories(site, config.grown) + filler_stories(site)
    return [
        (story, post_of(story, number=number, site=site, today=config.today))
        for number, story in enumerate(every)
    ]


def _on_night(site: Site, story: Story, first: Post, *, night: int, moments: Moments) -> Post:
    name = f"{site.newsroom}/{story.slug}"
    due = [c for c in changes(site.newsroom) if c.story == name and c.night <= night]
    return state(first, tuple(due), site=site, moments=moments)
