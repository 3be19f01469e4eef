"""The Tribun sites that the newsroom stands in for: the national one and two regional editions."""

from archive.types import Outlet
from crawler.demo.sites import Site

__all__ = ["TRIBUN"]

TRIBUN = (
    Site(
        outlet=Outlet(
            slug="tribunnews",
            name="Tribunnews",
            url="https://www.tribunnews.com",
            region="Indonesia",
            zone="Asia/Jakarta",
            network="tribunnews",
            platform="tribun",
        ),
        first_id=7701200,
        permalink="/{section}/{id}/{slug}",
        old_permalink="/{section}/{date:%Y/%m/%d}/{slug}",
        mobile="m.tribunnews.com",
        theme="tribun",
        id_prefix="tribun",
        amp=True,
    ),
    Site(
        outlet=Outlet(
            slug="tribun-pontianak",
            name="Tribun Pontianak",
            url="https://pontianak.tribunnews.com",
            region="Kalimantan Barat",
            zone="Asia/Jakarta",
            network="tribunnews",
            platform="tribun",
        ),
        first_id=1160300,
        permalink="/{date:%Y/%m/%d}/{slug}",
        old_permalink="/{date:%Y/%m/%d}/{slug}",
        theme="tribun",
        id_prefix="",
        amp=True,
    ),
    Site(
        outlet=Outlet(
            slug="tribun-makassar",
            name="Tribun Timur",
            url="https://makassar.tribunnews.com",
            region="Sulawesi Selatan",
            zone="Asia/Makassar",
            network="tribunnews",
            platform="tribun",
        ),
        first_id=1530400,
        permalink="/{date:%Y/%m/%d}/{slug}",
        old_permalink="/{date:%Y/%m/%d}/{slug}",
        theme="tribun",
        id_prefix="",
        removed_status=301,
        amp=True,
    ),
)
"""The national site's stories have an id in their address, those from before 2026 a date."""
