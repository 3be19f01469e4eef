"""Detik's regional channels: one CMS, each a folder of www.detik.com.

A story has a number (`/jateng/berita/d-7500123/judul`); the index of a channel goes by day.
"""

from crawler.outlet_rows import spiders_of
from crawler.platforms.news import NewsSpider
from crawler.rules import Rules

__all__ = ["CHANNELS"]

CHANNELS = """
detik-bali       | www.detik.com/bali       | WITA | Bali               | detikBali
detik-jabar      | www.detik.com/jabar      | WIB  | Jawa Barat         | detikJabar
detik-jateng     | www.detik.com/jateng     | WIB  | Jawa Tengah        | detikJateng
detik-jatim      | www.detik.com/jatim      | WIB  | Jawa Timur         | detikJatim
detik-jogja      | www.detik.com/jogja      | WIB  | DI Yogyakarta      | detikJogja
detik-kalimantan | www.detik.com/kalimantan | WIB  | -                  | detikKalimantan
detik-sulsel     | www.detik.com/sulsel     | WITA | Sulawesi Selatan   | detikSulsel
detik-sumbagsel  | www.detik.com/sumbagsel  | WIB  | -                  | detikSumbagsel
detik-sumut      | www.detik.com/sumut      | WIB  | Sumatera Utara     | detikSumut
"""

globals().update(
    spiders_of(
        NewsSpider,
        CHANNELS,
        module=__name__,
        platform="news",
        network="detik",
        status="confirmed",
        maps=("/sitemap_news.xml",),
        feeds=(),
        lists=("/indeks?page={page}&date={day:%m/%d/%Y}",),
        stories=r"/[a-z]+/(?:[a-z-]+/)*d-\d+/[^/]+",
        rules=Rules(
            body="div.detail__body-text",
            headline="h1.detail__title",
            byline="div.detail__author",
            published="div.detail__date",
            drop=("table.linksisip",),
        ),
    )
)
