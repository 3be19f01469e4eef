"""Outlets on Blogger: that they are is told by the form of their addresses (/2024/10/….html)."""

from crawler.outlet_rows import spiders_of
from crawler.platforms.blogger import BloggerSpider
from crawler.rules import Rules

__all__ = ["SITES"]

SITES = """
suaranusantara | suaranusantara.co.id         | WIB  | Kalimantan Barat  | Suara Nusantara
borneotribun   | borneotribun.com             | WIB  | Kalimantan Barat  | Borneo Tribun
kabarkerinci   | kabarkerinci.com             | WIB  | Jambi             | Kabar Kerinci
suarakolaka    | wwwsuarakolaka.blogspot.com  | WITA | Sulawesi Tenggara | Suara Kolaka
prodeteksi     | prodeteksi.com               | WIB  | Sumatera Barat    | Prodeteksi
"""

globals().update(
    spiders_of(
        BloggerSpider,
        SITES,
        module=__name__,
        platform="blogger",
        rules=Rules(body=".post-body", headline="h1.post-title, h3.post-title"),
    )
)
