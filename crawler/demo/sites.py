"""The outlets that the newsroom stands in for, and what each one's WordPress does its own way."""

from dataclasses import dataclass

from archive.types import Outlet

__all__ = ["RUSAK", "SITES", "Site", "site_of"]


@dataclass(frozen=True, kw_only=True)
class Site:
    """One WordPress site: its outlet, and the habits of its theme and plugins."""

    outlet: Outlet
    first_id: int
    permalink: str
    """Path of a story; fields section, slug and the local date (`{date:%Y/%m/%d}`)."""
    theme: str
    """Name of the template that prints its stories."""
    sitemap: str
    """Path of the sitemap index; the name tells the plugin that made it."""
    validators: tuple[str, ...]
    """Headers that its story pages carry: etag, last-modified."""
    removed_status: int
    """What a trashed story answers; 301 leads to the front page."""
    closed_rest_status: int
    full_feed: bool = True
    """Whether the feed carries content:encoded or only excerpts."""
    amp: bool = False

    @property
    def host(self) -> str:
        """The host name that readers know."""
        return self.outlet.url.removeprefix("https://")


SITES = (
    Site(
        outlet=Outlet(
            slug="kantamedia",
            name="Kantamedia",
            url="https://kantamedia.com",
            region="Kalimantan Tengah",
            zone="Asia/Jakarta",
            platform="wordpress",
        ),
        first_id=41200,
        permalink="/{section}/{slug}/",
        theme="kantamedia",
        sitemap="/wp-sitemap.xml",
        validators=("etag", "last-modified"),
        removed_status=410,
        closed_rest_status=401,
        amp=True,
    ),
    Site(
        outlet=Outlet(
            slug="lintastungkal",
            name="Lintas Tungkal",
            url="https://lintastungkal.com",
            region="Jambi",
            zone="Asia/Jakarta",
            platform="wordpress",
        ),
        first_id=18300,
        permalink="/{slug}/",
        theme="lintastungkal",
        sitemap="/sitemap_index.xml",
        validators=(),
        removed_status=404,
        closed_rest_status=200,
    ),
    Site(
        outlet=Outlet(
            slug="kolomrakyat",
            name="Kolom Rakyat",
            url="https://kolomrakyat.com",
            region="Sulawesi Tenggara",
            zone="Asia/Makassar",
            platform="wordpress",
        ),
        first_id=7600,
        permalink="/{date:%Y/%m/%d}/{slug}/",
        theme="kolomrakyat",
        sitemap="/sitemap_index.xml",
        validators=("last-modified",),
        removed_status=301,
        closed_rest_status=404,
        full_feed=False,
    ),
)

RUSAK = Site(
    outlet=Outlet(
        slug="rusak",
        name="Harian Rusak",
        url="https://rusak.example",
        zone="Asia/Jakarta",
        platform="wordpress",
    ),
    first_id=300,
    permalink="/{slug}/",
    theme="kolomrakyat",
    sitemap="/sitemap_index.xml",
    validators=(),
    removed_status=404,
    closed_rest_status=404,
)


def site_of(host: str) -> Site | None:
    """The site that answers for a Host header, with or without `www.` and port."""
    name = host.partition(":")[0].lower().removeprefix("www.")
    return next((site for site in (*SITES, RUSAK) if site.host == name), None)
