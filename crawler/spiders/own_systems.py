"""Sites each on a CMS of its own, in one row or two: form of address, template, how they list."""

from crawler.outlet_rows import spiders_of
from crawler.platforms.news import NewsSpider
from crawler.rules import Rules

__all__: list[str] = []

_KOMPAS = spiders_of(
    NewsSpider,
    "kompas-regional | regional.kompas.com | WIB | - | Kompas.com Regional",
    module=__name__,
    platform="news",
    status="confirmed",
    stories=r"/read/\d{4}/\d\d/\d\d/\d+/[^/]+",
    rules=Rules(
        body="div.read__content",
        headline="h1.read__title",
        published="div.read__time",
        drop=("a.inner-link-baca-juga",),
    ),
)

_RMOL = spiders_of(
    NewsSpider,
    """
    rmol      | rmol.id      | WIB | -          | RMOL
    rmoljatim | rmoljatim.id | WIB | Jawa Timur | RMOL Jatim
    """,
    module=__name__,
    platform="news",
    network="rmol",
    status="confirmed",
    stories=r"(?:/[a-z-]+)*/read/\d{4}/\d\d/\d\d/\d+/[^/]+",
    rules=Rules(body="#fontResizableText", headline=".single_post_heading h1"),
)

_JPNN = spiders_of(
    NewsSpider,
    "jpnn | www.jpnn.com | WIB | - | JPNN",
    module=__name__,
    platform="news",
    status="confirmed",
    feeds=("/index.php?mib=rss",),
    stories=r"/news/[^/]+",
    rules=Rules(
        body="div[itemprop=articleBody]",  # div.page-content holds date, signature and tags too
        headline="h1.judul",
        drop=("div.baca-juga", "div.pagination"),
    ),
)

_OKEZONE = spiders_of(
    NewsSpider,
    "okezone | news.okezone.com | WIB | - | Okezone",
    module=__name__,
    platform="news",
    status="confirmed",
    feeds=(),
    lists=("/indeks/{day:%Y/%m/%d}/",),
    stories=r"/read/\d{4}/\d\d/\d\d/\d+/\d+/[^/]+",
    rules=Rules(body=".c-detail.read"),
)

_INEWS = spiders_of(
    NewsSpider,
    """
    inews-ambon       | ambon.inews.id       | WIT | Maluku     | iNews Ambon
    inews-bandungraya | bandungraya.inews.id | WIB | Jawa Barat | iNews Bandung Raya
    """,
    module=__name__,
    platform="news",
    network="inews",
    stories=r"/(?:berita|read)/[^/]+(?:/[^/]+)?",
    rules=Rules(published=".createdAt"),
)

_PROKAL = spiders_of(
    NewsSpider,
    """
    prokal-sampit     | sampit.prokal.co     | WIB  | Kalimantan Tengah | Prokal Sampit
    prokal-balikpapan | balikpapan.prokal.co | WITA | Kalimantan Timur  | Prokal Balikpapan
    """,
    module=__name__,
    platform="news",
    network="prokal",
    stories=r"/read/news/\d+-[^/]+\.html",
)

_INFOPUBLIK = spiders_of(
    NewsSpider,
    "infopublik | infopublik.id | WIB | - | InfoPublik",
    module=__name__,
    platform="news",
    status="confirmed",
    feeds=(),
    lists=("/kategori/nusantara",),
    stories=r"/kategori/[a-z-]+/\d+/[^/]+\.html",
)

_BALITRIBUNE = spiders_of(
    NewsSpider,
    "balitribune | balitribune.co.id | WITA | Bali | Bali Tribune",
    module=__name__,
    platform="news",
    stories=r"/content/[^/]+",
)

for _found in (_KOMPAS, _RMOL, _JPNN, _OKEZONE, _INEWS, _PROKAL, _INFOPUBLIK, _BALITRIBUNE):
    globals().update(_found)
