"""Papers on the CMS of Promedia: one template, stories numbered (`/jawa-barat/pr-018123456/judul`).

That a paper belongs to the network is told by the form of its addresses alone.
"""

from crawler.outlet_rows import spiders_of
from crawler.platforms.news import NewsSpider
from crawler.rules import Rules

__all__ = ["PAPERS"]

PAPERS = """
pikiran-rakyat | www.pikiran-rakyat.com | WIB | Jawa Barat        | Pikiran Rakyat
jawapos        | www.jawapos.com        | WIB | Jawa Timur        | Jawa Pos
suaramerdeka   | www.suaramerdeka.com   | WIB | Jawa Tengah       | Suara Merdeka
kaltenglima    | www.kaltenglima.com    | WIB | Kalimantan Tengah | Kalteng Lima
ayobandung     | www.ayobandung.com     | WIB | Jawa Barat        | Ayo Bandung
"""

globals().update(
    spiders_of(
        NewsSpider,
        PAPERS,
        module=__name__,
        platform="news",
        maps=("/sitemap-news.xml",),
        feeds=(),
        lists=("/indeks-berita?page={page}",),
        stories=r"/[a-z0-9-]+/(?:pr-)?\d{6,}/[^/]+",
        rules=Rules(
            body=".read__content",
            headline="h1.read__title",
            byline=".read__info__author",
            published=".read__info__date",
        ),
    )
)
