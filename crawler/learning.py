"""How soon an outlet changes its stories, learnt anew at the beginning of each of its crawls."""

from collections import Counter

from archive.archive import Archive
from archive.database import reading
from archive.look_history import kept_counts, looks_at
from archive.types import Crawl
from crawler.change_rates import ChangeRates, counted, learn

__all__ = ["rates_of"]


def rates_of(archive: Archive, crawl: Crawl) -> ChangeRates:
    """The rates of the crawl's outlet, by its own looks and by those of all outlets.

    Its looks are counted from the archive's facts, and the counts kept for the other outlets.
    Raises ArchiveError.
    """
    with reading(archive.engine) as connection:
        own = counted(looks_at(connection, crawl.outlet, now=crawl.started_at))
        others = kept_counts(connection, but=crawl.outlet)
    if own:
        archive.note_looks(crawl, own)
    return learn(own, own + Counter(others))
