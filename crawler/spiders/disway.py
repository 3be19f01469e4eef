"""Papers of the Disway network: one CMS, stories numbered (`/read/612345/judul`, parts `/10`)."""

from crawler.outlet_rows import spiders_of
from crawler.platforms.news import NewsSpider

__all__ = ["PAPERS"]

PAPERS = """
radarbanyumas        | radarbanyumas.disway.id         | WIB  | Jawa Tengah      | Radar Banyumas
radarkepahiang       | radarkepahiang.disway.id        | WIB  | Bengkulu         | Radar Kepahiang
nomorsatukaltim      | nomorsatukaltim.disway.id       | WITA | Kalimantan Timur | Nomor Satu Kaltim
linggaupos           | linggaupos.bacakoran.co         | WIB  | Sumatera Selatan | Linggau Pos
harianrakyatbengkulu | harianrakyatbengkulu.bacakoran.co | WIB | Bengkulu       | Rakyat Bengkulu
"""
"""Which of the two domains each has is inferred."""

globals().update(
    spiders_of(
        NewsSpider,
        PAPERS,
        module=__name__,
        platform="news",
        network="disway",
        stories=r"/read/\d+/[^/]+",
    )
)
