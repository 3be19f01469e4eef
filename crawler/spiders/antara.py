"""Antara, the national news agency: an edition for each province, all on one CMS.

A story has a number (`/berita/550123/judul`); the feed lists the newest ones, the list of new
stories goes back page by page. Printed times are mostly WIB and say so.
"""

from crawler.outlet_rows import spiders_of
from crawler.platforms.news import NewsSpider
from crawler.rules import Rules

__all__ = ["EDITIONS"]

EDITIONS = """
antara-aceh | aceh.antaranews.com | WIB | Aceh | Antara Aceh
antara-ambon | ambon.antaranews.com | WIT | Maluku | Antara Maluku
antara-babel | babel.antaranews.com | WIB | Kepulauan Bangka Belitung | Antara Babel
antara-bali | bali.antaranews.com | WITA | Bali | Antara Bali
antara-banten | banten.antaranews.com | WIB | Banten | Antara Banten
antara-bengkulu | bengkulu.antaranews.com | WIB | Bengkulu | Antara Bengkulu
antara-gorontalo | gorontalo.antaranews.com | WITA | Gorontalo | Antara Gorontalo
antara-jabar | jabar.antaranews.com | WIB | Jawa Barat | Antara Jabar
antara-jambi | jambi.antaranews.com | WIB | Jambi | Antara Jambi
antara-jateng | jateng.antaranews.com | WIB | Jawa Tengah | Antara Jateng
antara-jatim | jatim.antaranews.com | WIB | Jawa Timur | Antara Jatim
antara-jogja | jogja.antaranews.com | WIB | DI Yogyakarta | Antara Jogja
antara-kalbar | kalbar.antaranews.com | WIB | Kalimantan Barat | Antara Kalbar
antara-kalsel | kalsel.antaranews.com | WITA | Kalimantan Selatan | Antara Kalsel
antara-kalteng | kalteng.antaranews.com | WIB | Kalimantan Tengah | Antara Kalteng
antara-kaltim | kaltim.antaranews.com | WITA | Kalimantan Timur | Antara Kaltim
antara-kepri | kepri.antaranews.com | WIB | Kepulauan Riau | Antara Kepri
antara-kupang | kupang.antaranews.com | WITA | Nusa Tenggara Timur | Antara NTT
antara-lampung | lampung.antaranews.com | WIB | Lampung | Antara Lampung
antara-makassar | makassar.antaranews.com | WITA | Sulawesi Selatan | Antara Sulsel
antara-manado | manado.antaranews.com | WITA | Sulawesi Utara | Antara Sulut
antara-mandalika | mandalika.antaranews.com | WITA | Nusa Tenggara Barat | Antara Mandalika
antara-mataram | mataram.antaranews.com | WITA | Nusa Tenggara Barat | Antara NTB
antara-megapolitan | megapolitan.antaranews.com | WIB | Jawa Barat | Antara Megapolitan
antara-papua | papua.antaranews.com | WIT | Papua | Antara Papua
antara-papuabarat | papuabarat.antaranews.com | WIT | Papua Barat | Antara Papua Barat
antara-riau | riau.antaranews.com | WIB | Riau | Antara Riau
antara-sulteng | sulteng.antaranews.com | WITA | Sulawesi Tengah | Antara Sulteng
antara-sultra | sultra.antaranews.com | WITA | Sulawesi Tenggara | Antara Sultra
antara-sumbar | sumbar.antaranews.com | WIB | Sumatera Barat | Antara Sumbar
antara-sumsel | sumsel.antaranews.com | WIB | Sumatera Selatan | Antara Sumsel
antara-sumut | sumut.antaranews.com | WIB | Sumatera Utara | Antara Sumut
"""

globals().update(
    spiders_of(
        NewsSpider,
        EDITIONS,
        module=__name__,
        platform="news",
        network="antara",
        status="confirmed",
        feeds=("/rss/terkini.xml",),
        lists=("/terkini/{page}",),
        stories=r"/berita/\d+/[^/]+",
        rules=Rules(body="div.post-content", headline="h1"),
    )
)
