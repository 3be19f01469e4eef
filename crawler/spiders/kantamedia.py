"""WordPress; Inline Related Posts sets "Baca juga" boxes between paragraphs, initials sign."""

from archive.types import Outlet
from crawler.platforms.wordpress import WordPressSpider
from crawler.rules import Rules

__all__ = ["Kantamedia"]


class Kantamedia(WordPressSpider):
    outlet = Outlet(
        slug="kantamedia",
        name="Kantamedia",
        url="https://kantamedia.com",
        region="Kalimantan Tengah",
        zone="Asia/Jakarta",
        platform="wordpress",
    )
    rules = Rules(
        body="div.entry-content",
        caption="figure.gmr-thumbnail-single figcaption",
    )
