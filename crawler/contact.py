"""Who sent the crawler: an outlet on the open web must be able to ask."""

from urllib.parse import urlsplit

from archive.config import Settings
from archive.errors import ConfigError
from archive.types import Outlet
from crawler.guard import is_private, origin_of

__all__ = ["require_contact"]


def require_contact(settings: Settings, outlet: Outlet) -> None:
    """Return when a contact is set, or the outlet is one's own machine. Raises ConfigError."""
    target = settings.crawl.connect_to.get(outlet.url, outlet.url)
    if settings.crawl.contact or _is_own_machine(target):
        return
    raise ConfigError(
        f"crawl.contact is empty: before {outlet.slug} is visited, put a page or address into "
        "kliping.toml by which the outlet can reach you"
    )


def _is_own_machine(url: str) -> bool:
    """Whether an origin is written as a private or loopback address."""
    host = urlsplit(origin_of(url)).hostname or ""
    try:
        return is_private(host)
    except ValueError:  # a name, not an address
        return host == "localhost"
