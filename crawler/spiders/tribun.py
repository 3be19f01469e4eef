"""The Tribun Network: the national site and its editions, each on a subdomain of its own.

One template and one set of servers for all. www.tribunnews.com has a number in the address of a
story since 2026, the editions the date. Their servers refuse user agents with "bot" in them.
A new edition is one row.
"""

from archive.types import Outlet
from crawler.platforms.tribun import TribunSpider

__all__ = ["EDITIONS", "Tribunnews"]

_ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}

EDITIONS = """
aceh         WIB  Aceh                        Serambi Indonesia
ambon        WIT  Maluku                      Tribun Ambon
babel        WIB  Kepulauan Bangka Belitung   Tribun Babel
bali         WITA Bali                        Tribun Bali
bangka       WIB  Kepulauan Bangka Belitung   Bangka Pos
banjarmasin  WITA Kalimantan Selatan          Banjarmasin Post
banten       WIB  Banten                      Tribun Banten
banyumas     WIB  Jawa Tengah                 Tribun Banyumas
batam        WIB  Kepulauan Riau              Tribun Batam
bekasi       WIB  Jawa Barat                  Tribun Bekasi
belitung     WIB  Kepulauan Bangka Belitung   Pos Belitung
bengkulu     WIB  Bengkulu                    Tribun Bengkulu
bogor        WIB  Jawa Barat                  Tribun Bogor
cirebon      WIB  Jawa Barat                  Tribun Cirebon
depok        WIB  Jawa Barat                  Tribun Depok
flores       WITA Nusa Tenggara Timur         Tribun Flores
gayo         WIB  Aceh                        Tribun Gayo
gorontalo    WITA Gorontalo                   Tribun Gorontalo
jabar        WIB  Jawa Barat                  Tribun Jabar
jakarta      WIB  DKI Jakarta                 Tribun Jakarta
jambi        WIB  Jambi                       Tribun Jambi
jateng       WIB  Jawa Tengah                 Tribun Jateng
jatim        WIB  Jawa Timur                  Tribun Jatim
jatim-timur  WIB  Jawa Timur                  Tribun Jatim Timur
jogja        WIB  DI Yogyakarta               Tribun Jogja
kaltara      WITA Kalimantan Utara            Tribun Kaltara
kalteng      WIB  Kalimantan Tengah           Tribun Kalteng
kaltim       WITA Kalimantan Timur            Tribun Kaltim
kupang       WITA Nusa Tenggara Timur         Pos Kupang
lampung      WIB  Lampung                     Tribun Lampung
lombok       WITA Nusa Tenggara Barat         Tribun Lombok
madura       WIB  Jawa Timur                  Tribun Madura
makassar     WITA Sulawesi Selatan            Tribun Timur
manado       WITA Sulawesi Utara              Tribun Manado
mataram      WITA Nusa Tenggara Barat         Tribun Mataram
mataraman    WIB  Jawa Timur                  Tribun Mataraman
medan        WIB  Sumatera Utara              Tribun Medan
muria        WIB  Jawa Tengah                 Tribun Muria
nanggroe     WIB  Aceh                        Tribun Nanggroe
padang       WIB  Sumatera Barat              Tribun Padang
palembang    WIB  Sumatera Selatan            Sriwijaya Post
palu         WITA Sulawesi Tengah             Tribun Palu
pantura      WIB  -                           Tribun Pantura
papua        WIT  Papua                       Tribun Papua
papuabarat   WIT  Papua Barat                 Tribun Papua Barat
papuatengah  WIT  Papua Tengah                Tribun Papua Tengah
pekanbaru    WIB  Riau                        Tribun Pekanbaru
pontianak    WIB  Kalimantan Barat            Tribun Pontianak
priangan     WIB  Jawa Barat                  Tribun Priangan
prohaba      WIB  Aceh                        Prohaba
solo         WIB  Jawa Tengah                 Tribun Solo
sorong       WIT  Papua Barat Daya            Tribun Sorong
sulbar       WITA Sulawesi Barat              Tribun Sulbar
sultra       WITA Sulawesi Tenggara           Tribun Sultra
sumsel       WIB  Sumatera Selatan            Tribun Sumsel
surabaya     WIB  Jawa Timur                  Surya
suryamalang  WIB  Jawa Timur                  Surya Malang
tangerang    WIB  Banten                      Tribun Tangerang
ternate      WIT  Maluku Utara                Tribun Ternate
toraja       WITA Sulawesi Selatan            Tribun Toraja
wartakota    WIB  DKI Jakarta                 Warta Kota
"""
"""Subdomain, zone, province, masthead. Columns stand where the first row has them."""

_COLUMNS = (slice(0, 12), slice(13, 17), slice(18, 45), slice(46, None))


class Tribunnews(TribunSpider):
    status = "confirmed"
    outlet = Outlet(
        slug="tribunnews",
        name="Tribunnews",
        url="https://www.tribunnews.com",
        zone="Asia/Jakarta",
        network=TribunSpider.network,
        platform="tribun",
    )


def _edition(row: str) -> type[TribunSpider]:
    subdomain, zone, region, name = (row[column].strip() for column in _COLUMNS)
    outlet = Outlet(
        slug=f"tribun-{subdomain}",
        name=name,
        url=f"https://{subdomain}.tribunnews.com",
        region=region.strip("-"),
        zone=_ZONES[zone],
        network=TribunSpider.network,
        platform="tribun",
    )
    title = "".join(part.title() for part in outlet.slug.split("-"))
    # `scrapy list` looks only at classes that say they are of the module they are found in
    return type(title, (TribunSpider,), {"outlet": outlet, "__module__": __name__})


globals().update(
    {spider.__name__: spider for spider in map(_edition, EDITIONS.strip().split("\n"))}
)
