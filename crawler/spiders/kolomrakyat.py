"""WordPress of unknown theme: its standard classes are read, no rule has proved needed yet."""

from archive.types import Outlet
from crawler.platforms.wordpress import WordPressSpider

__all__ = ["KolomRakyat"]


class KolomRakyat(WordPressSpider):
    outlet = Outlet(
        slug="kolomrakyat",
        name="Kolom Rakyat",
        url="https://kolomrakyat.com",
        region="Sulawesi Tenggara",
        zone="Asia/Makassar",
        platform="wordpress",
    )
