"""A busy day: generated stories off the topic, more in one day than a site's index shows."""

import random

from crawler.demo.grown import written
from crawler.demo.sites import Site
from crawler.demo.stories import Story

__all__ = ["BUSY", "filler_stories"]

BUSY = {"tribun-pontianak": (3, 46)}
"""Per outlet: how many days ago its busy day was, and how many stories that day got."""
_THEMES = ("olahraga", "cuaca", "ekonomi")
_SECTIONS = ("sport", "kalbar", "bisnis")


def filler_stories(site: Site) -> tuple[Story, ...]:
    """The generated stories of a site's busy day, from half past six to evening; or none."""
    days, count = BUSY.get(site.newsroom, (0, 0))
    return tuple(_filler(site, number, days=days, count=count) for number in range(count))


def _filler(site: Site, number: int, *, days: int, count: int) -> Story:
    chance = random.Random(f"{site.outlet.slug}/ramai/{number}")
    turn = number % len(_THEMES)
    headline, text = written(_THEMES[turn], chance)
    minute = 390 + number * 840 // count
    return Story(
        slug=f"kabar-ramai-{number:03d}",
        headline=headline,
        text=text,
        on_topic=False,
        days=days,
        time=f"{minute // 60:02d}:{minute % 60:02d}",
        section=_SECTIONS[turn],
        dateline="TRIBUNPONTIANAK.CO.ID, PONTIANAK",
        tags=(_THEMES[turn],),
        byline="Yusran Halim" if number % 2 else "Ratih Kumala Sari",
        editor="Dewi Lintang",
    )
