"""Trap sites whose feeds, sitemaps, index pages, links and robots.txt are wrong."""

from crawler.demo.traps import seeds_feeds, seeds_listings, seeds_robots, seeds_sitemaps
from crawler.demo.traps.trap import Trap

__all__ = ["TRAPS"]

TRAPS: tuple[Trap, ...] = (
    *seeds_feeds.TRAPS,
    *seeds_sitemaps.TRAPS,
    *seeds_listings.TRAPS,
    *seeds_robots.TRAPS,
)
