"""WordPress of unknown theme: its standard classes are read, no rule has proved needed yet."""

from archive.types import Outlet
from crawler.platforms.wordpress import WordPressSpider
from crawler.rules import Rules

__all__ = ["OUTLET", "RULES"]

OUTLET = Outlet(
    slug="kolomrakyat",
    name="Kolom Rakyat",
    url="https://kolomrakyat.com",
    region="Sulawesi Tenggara",
    zone="Asia/Makassar",
    platform="wordpress",
)
RULES = Rules()


class KolomRakyat(WordPressSpider):
    outlet = OUTLET
    rules = RULES
