"""Outlets on WordPress of which no page was read yet: the platform's standard classes are tried.

That they run on WordPress is told by strings of their pages; that REST or feeds are open is not
known. A site that is worth a rule of its own gets a module of its own.
"""

from crawler.outlet_rows import spiders_of
from crawler.platforms.wordpress import WordPressSpider
from crawler.rules import Rules

__all__ = ["CONFIRMED", "INFERRED"]

CONFIRMED = """
prokalteng | prokalteng.jawapos.com | WIB | Kalimantan Tengah | Prokalteng
"""
"""tagDiv Newspaper; its template was seen in code that reads it."""

INFERRED = """
beritasampit     | beritasampit.co.id       | WIB  | Kalimantan Tengah | Berita Sampit
kalbaronline     | kalbaronline.com         | WIB  | Kalimantan Barat  | KalbarOnline
jurnalis         | jurnalis.co.id           | WIB  | Kalimantan Barat  | Jurnalis.co.id
mediakendari     | mediakendari.com         | WITA | Sulawesi Tenggara | Mediakendari
sultrademo       | sultrademo.co            | WITA | Sulawesi Tenggara | Sultrademo
nasionaltv       | nasionaltv.com           | WIB  | Jambi             | Nasional TV
ebrita           | ebrita.com               | WIB  | Jambi             | Ebrita
tandaseru        | tandaseru.com            | WIT  | Maluku Utara      | Tandaseru
gencil           | gencil.news              | WIB  | Kalimantan Barat  | Gencil News
iknpos           | iknpos.id                | WITA | Kalimantan Timur  | IKN Pos
fajar            | fajar.co.id              | WITA | Sulawesi Selatan  | Fajar
rakyatsulsel     | rakyatsulsel.fajar.co.id | WITA | Sulawesi Selatan  | Rakyat Sulsel
bantennews       | bantennews.co.id         | WIB  | Banten            | BantenNews
beritajatim      | beritajatim.com          | WIB  | Jawa Timur        | Beritajatim
"""

_NEWSPAPER = Rules(body="div.tdb_single_content, div.td-post-content")

globals().update(
    spiders_of(
        WordPressSpider,
        CONFIRMED,
        module=__name__,
        platform="wordpress",
        status="confirmed",
        rules=_NEWSPAPER,
    )
    | spiders_of(WordPressSpider, INFERRED, module=__name__, platform="wordpress")
)
