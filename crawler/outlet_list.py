"""The outlets that can be crawled: how sure we are of each, and when it was last read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from archive import database
from archive.config import Settings
from archive.console import print_table
from archive.errors import ArchiveMissing
from archive.health_shelf import last_good_nights
from crawler.outlets import known_spiders

__all__ = ["listed", "print_listed"]


def listed(settings: Settings) -> list[dict[str, Any]]:
    """Every outlet by slug: its fields, `status` (confirmed, inferred, own) and `last_good_at`.

    `last_good_at` is None for an outlet that this archive never read to the end of its seeds;
    `was_tried_live` is false for that one, and for one that is fetched from elsewhere (connect_to).
    """
    good = _good_nights(settings)
    elsewhere = {urlsplit(origin).netloc for origin in settings.crawl.connect_to}
    return [
        vars(spider.outlet)
        | {
            "status": spider.status,
            "last_good_at": good.get(slug),
            "was_tried_live": slug in good and urlsplit(spider.outlet.url).netloc not in elsewhere,
        }
        for slug, spider in known_spiders(settings).items()
    ]


def print_listed(found: Sequence[Mapping[str, Any]]) -> None:
    """Print the outlets as a table; one without a good night was never tried live."""
    columns = ("slug", "name", "url", "region", "zone", "platform")
    rows = [[*(one[name] for name in columns), _status(one), one["last_good_at"]] for one in found]
    print_table((*columns, "status", "last good night"), rows)


def _status(one: Mapping[str, Any]) -> str:
    return f"{one['status']}{'' if one['was_tried_live'] else ', never tried live'}"


def _good_nights(settings: Settings) -> Mapping[str, datetime]:
    """Nothing where there is no archive yet: the list is read before that, too."""
    engine = database.connect(settings.archive)
    try:
        database.require_current(engine)
        with database.reading(engine) as connection:
            return last_good_nights(connection)
    except ArchiveMissing:
        return {}
    finally:
        engine.dispose()
