"""WordPress; Inline Related Posts sets "Baca juga" boxes between paragraphs, initials sign."""

from archive.types import Outlet
from crawler.platforms.wordpress import WordPressSpider
from crawler.rules import Rules

__all__ = ["OUTLET", "RULES"]

OUTLET = Outlet(
    slug="kantamedia",
    name="Kantamedia",
    url="https://kantamedia.com",
    region="Kalimantan Tengah",
    zone="Asia/Jakarta",
    platform="wordpress",
)
RULES = Rules(body="div.entry-content")


class Kantamedia(WordPressSpider):
    outlet = OUTLET
    rules = RULES
