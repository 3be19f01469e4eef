"""The outlets that the newsroom stands in for, and what each one's CMS does its own way."""

from dataclasses import dataclass

from archive.types import Outlet

__all__ = ["RUSAK", "SITES", "Site"]


@dataclass(frozen=True, kw_only=True)
class Site:
    """One site: its outlet, and the habits of its theme and plugins."""

    outlet: Outlet
    first_id: int
    permalink: str
    """Path of a story; fields section, slug, id and the local date (`{date:%Y/%m/%d}`)."""
    theme: str
    """Name of the template that prints its stories."""
    sitemap: str = "/sitemap.xml"
    """Path of the sitemap index; on WordPress the name tells the plugin that made it."""
    validators: tuple[str, ...] = ()
    """Headers that its story pages carry: etag, last-modified."""
    removed_status: int = 404
    """What a trashed story answers; 301 leads to the front page."""
    closed_rest_status: int = 404
    id_prefix: str = "wp"
    """What stands before the colon of its platform ids; empty: its stories show no id."""
    old_permalink: str = ""
    """Path of stories from before its last redesign, when it was another."""
    mobile: str = ""
    """The host of its mobile twin, when it has one."""
    written_as: str = ""
    """The slug of the outlet whose invented stories it prints; empty: its own."""
    full_feed: bool = True
    """Whether the feed carries content:encoded or only excerpts."""
    amp: bool = False

    @property
    def host(self) -> str:
        """The host name that readers know."""
        return self.outlet.url.removeprefix("https://")

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every host that answers for it, without its www."""
        return (self.host.removeprefix("www."), *([self.mobile] if self.mobile else []))

    @property
    def newsroom(self) -> str:
        """Under which name its stories and changes are written down."""
        return self.written_as or self.outlet.slug


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
