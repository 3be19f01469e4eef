"""The provinces of Indonesia, their zones, and the words by which outlets name them. Pure.

Provinces and zones as Kemendagri's list of 2022 and Keputusan Presiden 41/1987 have them. The words
are what mastheads and hosts say; a region that is told by them is a guess.
"""

import re
from collections.abc import Iterable
from functools import cache

from crawler.places import places_by_line

__all__ = ["CLOCKS", "province_of", "province_of_datelines", "zone_of_province"]

CLOCKS = {7: "Asia/Jakarta", 8: "Asia/Makassar", 9: "Asia/Jayapura"}
"""Hours ahead of UTC -> IANA zone: WIB, WITA and WIT."""

_PROVINCES = """
Aceh | 7 | nanggroe, serambi, banda aceh, lhokseumawe, langsa, meulaboh
Sumatera Utara | 7 | sumut, medan, deli, tapanuli, siantar, nias, binjai, asahan
Sumatera Barat | 7 | sumbar, minang, padang, bukittinggi, payakumbuh, pariaman
Kepulauan Riau | 7 | kepri, batam, tanjungpinang, tanjung pinang, karimun, natuna
Riau | 7 | pekanbaru, dumai, siak, bengkalis, kampar, rokan
Jambi | 7 | tungkal, bungo, merangin, kerinci, sarolangun, muaro, kuala tungkal
Sumatera Selatan | 7 | sumsel, palembang, sriwijaya, lubuklinggau, prabumulih, muba
Bengkulu | 7 | rejang, mukomuko, curup
Lampung | 7 | bandar lampung, metro lampung, pringsewu, kotabumi
Kepulauan Bangka Belitung | 7 | babel, bangka, belitung, pangkalpinang, pangkal pinang
DKI Jakarta | 7 | jakarta, jaktim, jaksel, jakbar, jakut, betawi
Banten | 7 | tangerang, cilegon, pandeglang, lebak
Jawa Barat | 7 | jabar, bandung, bogor, bekasi, depok, cirebon, sunda, tasikmalaya, garut, sukabumi
Jawa Tengah | 7 | jateng, semarang, solo, surakarta, banyumas, tegal, kudus, muria, pekalongan
DI Yogyakarta | 7 | yogyakarta, jogja, yogya, sleman, bantul, gunungkidul
Jawa Timur | 7 | jatim, surabaya, malang, madura, jember, kediri, banyuwangi, madiun
Bali | 8 | denpasar, buleleng, badung, gianyar
Nusa Tenggara Barat | 8 | ntb, lombok, mataram, sumbawa, bima, dompu
Nusa Tenggara Timur | 8 | ntt, kupang, flores, sumba, maumere, timor
Kalimantan Barat | 7 | kalbar, pontianak, singkawang, sambas, ketapang, sintang
Kalimantan Tengah | 7 | kalteng, palangka raya, palangkaraya, sampit, kotawaringin, kapuas
Kalimantan Selatan | 8 | kalsel, banjarmasin, banjarbaru, banjar, barabai, tanah bumbu, kotabaru
Kalimantan Timur | 8 | kaltim, samarinda, balikpapan, bontang, kutai, berau, nusantara ikn
Kalimantan Utara | 8 | kaltara, tarakan, bulungan, nunukan, tanjung selor
Sulawesi Utara | 8 | sulut, manado, minahasa, bitung, tomohon, kotamobagu
Gorontalo | 8 | boalemo, pohuwato
Sulawesi Tengah | 8 | sulteng, palu, poso, donggala, morowali, luwuk, parigi
Sulawesi Barat | 8 | sulbar, mamuju, majene, polewali, mandar
Sulawesi Selatan | 8 | sulsel, makassar, gowa, maros, bone, toraja, parepare, luwu, palopo
Sulawesi Tenggara | 8 | sultra, kendari, baubau, konawe, kolaka, buton, muna, wakatobi
Maluku Utara | 9 | malut, ternate, tidore, halmahera
Maluku | 9 | ambon, seram, tual
Papua Barat Daya | 9 | sorong, raja ampat
Papua Barat | 9 | manokwari, fakfak, kaimana
Papua Selatan | 9 | merauke, boven digoel, asmat, mappi
Papua Tengah | 9 | nabire, timika, mimika, paniai
Papua Pegunungan | 9 | wamena, jayawijaya, yahukimo
Papua | 9 | jayapura, sentani, biak, cenderawasih
"""

_LINE_NAMES = {
    "Bangka Belitung": "Kepulauan Bangka Belitung",
    "Jakarta": "DKI Jakarta",
    "Daerah Istimewa Yogyakarta": "DI Yogyakarta",
}
"""Provinces that the list of places calls otherwise."""
_KIND = re.compile(r"^(?:kota|kabupaten|kab\.?|kecamatan|provinsi)\s+")
_AT_LEAST = 2  # datelines: one story may be from anywhere
_LONG_ENOUGH = 4  # letters of a word that is looked for inside a host: `ntt` is in many


def _table() -> dict[str, tuple[int, tuple[str, ...]]]:
    rows = (line.split(" | ") for line in _PROVINCES.strip().split("\n"))
    return {
        name: (int(hours), (name.lower(), *(word.strip() for word in words.split(","))))
        for name, hours, words in rows
    }


_TABLE = _table()


def province_of(*texts: str) -> str:
    """The province that texts (a masthead, a host, a motto) name, or ''; the first text wins."""
    for text in texts:
        if found := _named(text.lower()):
            return found
    return ""


def province_of_datelines(datelines: Iterable[str]) -> str:
    """The province that all datelines of known places lie in, at least two of them; else ''."""
    places = (_KIND.sub("", dateline.lower().strip()) for dateline in datelines)
    named = [home for place in places if (home := _homes().get(place, ""))]
    return named[0] if len(named) >= _AT_LEAST and len(set(named)) == 1 else ""


def zone_of_province(province: str) -> str:
    """The IANA zone of a province (WIB, WITA or WIT), or '' for an unknown one."""
    row = _TABLE.get(province)
    return CLOCKS[row[0]] if row else ""


@cache
def _homes() -> dict[str, str]:
    """The province of each known place, in lower case; of a name that two have, none."""
    homes: dict[str, str] = {}
    province = ""
    for line in places_by_line():
        name = _LINE_NAMES.get(line[0], line[0])
        province = name if name in _TABLE else province
        for place in line:
            lower = place.lower()
            homes[lower] = province if homes.get(lower, province) == province else ""
    return homes


def _named(text: str) -> str:
    """The province of the longest word that stands in a text, also glued to others in a host."""
    words = re.sub(r"[^a-z]+", " ", text)
    glued = words.replace(" ", "")
    found = [
        (len(word), name)
        for name, (_, known) in _TABLE.items()
        for word in known
        if re.search(rf"\b{re.escape(word)}\b", words)
        or (len(word) > _LONG_ENOUGH and word.replace(" ", "") in glued)
    ]
    return max(found, default=(0, ""))[1]
