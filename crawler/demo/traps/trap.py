"""What a trap is: a site that prints good stories, and a twist that spoils its answers."""

from collections.abc import Callable
from dataclasses import dataclass

from archive.types import Outlet
from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.reply import Asked, Reply
from crawler.demo.sites import Site

__all__ = ["Trap", "Twist", "trap"]

Twist = Callable[[Edition, Asked, NewsroomConfig], Reply | None]
"""An answer instead of the site's own, by night (`edition.night`) and request; None: its own."""


@dataclass(frozen=True, kw_only=True)
class Trap:
    """One trap site. Its stories are those of Harian Rusak, readable unless the twist says not."""

    site: Site
    twist: Twist
    status_kinds: tuple[str, ...] = ()
    """Kinds of problem that `kliping status` must name for it."""
    unreadable: frozenset[str] = frozenset()
    """Slugs of stories that no answer ever shows in a readable form."""


def trap(slug: str, twist: Twist, *, first_id: int = 300, **told: object) -> Trap:
    """A WordPress site `https://<slug>.example` with REST closed unless the twist opens it."""
    outlet = Outlet(
        slug=slug,
        name=slug.replace("-", " ").title(),
        url=f"https://{slug}.example",
        zone="Asia/Jakarta",
        platform="wordpress",
    )
    site = Site(
        outlet=outlet,
        first_id=first_id,
        permalink="/{slug}/",
        theme="kolomrakyat",
        sitemap="/sitemap_index.xml",
        written_as="rusak",
    )
    return Trap(site=site, twist=twist, **told)  # type: ignore[arg-type]
