"""What a crawler that misses nothing and invents nothing would hold."""

from dataclasses import dataclass
from datetime import datetime

from crawler.demo.nights import Post
from crawler.demo.sites import Site

__all__ = ["TrueStory", "TrueVersion", "true_story"]


@dataclass(frozen=True, kw_only=True)
class TrueVersion:
    """One state of a story in the words of its author."""

    headline: str
    paragraphs: tuple[str, ...]
    """Over all pages, without the dateline, initials, editor's line and widgets."""
    byline: str
    editor: str
    dateline: str
    published_at: datetime
    source: str = ""
    """The outlet that it was taken from, as printed at its end."""

    @property
    def text(self) -> str:
        """The paragraphs, separated by one blank line."""
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True, kw_only=True)
class TrueStory:
    """One story at one outlet, with every state that readers saw until a night."""

    outlet: str
    url: str
    """The canonical address now."""
    urls: tuple[str, ...]
    """Every canonical address so far, the first one first."""
    platform_id: str
    """`wp:123`; empty where pages show no id."""
    on_topic: bool
    status: str
    """`live` or `gone`."""
    first_night: int
    versions: tuple[TrueVersion, ...]


def true_story(site: Site, states: list[Post], *, first_night: int) -> TrueStory:
    """The truth about one story from its state on each night since it appeared."""
    versions: list[TrueVersion] = []
    for post in states:
        version = _version(post)
        if not post.removed and (not versions or versions[-1] != version):
            versions.append(version)
    last = states[-1]
    return TrueStory(
        outlet=site.outlet.slug,
        url=f"{site.outlet.url}{last.path}",
        urls=tuple(f"{site.outlet.url}{path}" for path in last.paths),
        platform_id=_platform_id(site, last),
        on_topic=last.on_topic,
        status="gone" if last.removed else "live",
        first_night=first_night,
        versions=tuple(versions),
    )


def _platform_id(site: Site, post: Post) -> str:
    """The id that its pages show: WordPress marks it up, at the others it is in the address."""
    is_shown = "{id}" not in site.permalink or f"/{post.id}/" in post.path
    return f"{site.id_prefix}:{post.id}" if site.id_prefix and is_shown else ""


def _version(post: Post) -> TrueVersion:
    return TrueVersion(
        headline=post.headline,
        paragraphs=post.paragraphs,
        byline=post.byline,
        editor=post.editor,
        dateline=post.dateline,
        published_at=post.published_at,
        source=post.source,
    )
