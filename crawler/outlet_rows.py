"""Outlets of one kind as rows of a table: a further one is one more row."""

from collections.abc import Iterator
from typing import Any

from archive.types import Outlet
from crawler.spider import OutletSpider

__all__ = ["spiders_of"]

_ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}


def spiders_of(
    parent: type[OutletSpider], rows: str, *, module: str, platform: str, **own: Any
) -> dict[str, type[OutletSpider]]:
    """A spider class for each row, by its name, for the namespace of `module`.

    A row is slug, address, WIB, WITA or WIT, region and masthead, with `|` between them; a `-` is
    nothing. `own` are attributes of every class; `network` is that of every outlet, too.
    """
    found = {}
    for slug, address, zone, region, name in _cells(rows):
        outlet = Outlet(
            slug=slug,
            name=name,
            url=f"https://{address}",
            region=region.strip("-"),
            zone=_ZONES[zone],
            network=own.get("network", parent.network),
            platform=platform,
        )
        title = "".join(part.title() for part in slug.split("-"))
        # `scrapy list` looks only at classes that say they are of the module they are found in
        values = own | {"outlet": outlet, "__module__": module}
        found[title] = type(title, (parent,), values)
    return found


def _cells(rows: str) -> Iterator[list[str]]:
    for row in rows.strip().splitlines():
        yield [cell.strip() for cell in row.split("|")]
