"""From where a story was filed: the place before the dash that its text begins with. Pure."""

import re
from collections.abc import Iterator

from crawler.names import Names
from crawler.places import is_known_place, looks_like_place

__all__ = ["dateline_of"]

_LEAD = re.compile(
    r"(?P<head>\S.{1,90}?)(?:\s+[-–—]{1,2}\s*|\s*[–—]\s*|(?<=[\w)])-{1,2}\s+|(?<=\.com)-|(?<=\.id)-)"
    r"(?=[\"“'‘(\[]*\w)"
)
_BETWEEN = re.compile(r"[,:|•·()\[\]]+|(?<!\d)/|/(?!\d)")
_DOMAIN = re.compile(
    r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:com|id|net|news|co|info|org|tv|my|online)", re.IGNORECASE
)
_MASTHEAD = re.compile(
    # those that print no domain, and how a newspaper or station calls itself
    r"(?:(?:lkbn |perum )?antara(?:news)?(?: [\w ]{2,30})?|beritasatu|rmol\w*|jpnn|jpg"
    r"|cnn indonesia|cnbc indonesia|viva|okezone|kompas|republika|liputan6|tempo|suara|merdeka"
    r"|sindonews|gatra|inews|idn times|tvone(?:news)?|detik\w*|tribun[\w-]*(?: \w+)?"
    r"|info ?publik|mc [\w ]{2,30}"
    r"|(?!(?:breaking|hot|top|update|headline|video|fake) )"
    r"(?:\w+ ){0,3}(?:pos|post|ekspres|express|news|media|online|tv|radio|fm)"
    r"|(?:harian|koran|radar|kabar|warta|berita|suara|media|lensa|jurnal|info|humas) \w+(?: \w+)?)",
    re.IGNORECASE,
)
_PLACE = re.compile(r"[A-Z][\w.'’]*(?:[\s-]+[A-Z][\w.'’]*){0,4}")
_WEEKDAY = r"(?:senin|selasa|rabu|kamis|jum['’]?at|sabtu|minggu|ahad)"
_MONTH = (
    r"(?:jan(?:uari)?|[fp]eb(?:ruari)?|mar(?:et)?|apr(?:il)?|mei|juni?|juli?|ag(?:us)?t?(?:ustus)?|ags"
    r"|sept?(?:ember)?|okt(?:ober)?|no[vp](?:ember)?|des(?:ember)?)\.?"
)
_DATE = re.compile(
    rf"{_WEEKDAY}(?: \d.{{0,20}})?|\d{{1,2}} {_MONTH}(?: (?:\d{{4}}|[’']\d\d))?"
    r"|\d{1,4}[-./]\d{1,2}(?:[-./]\d{2,4})?",
    re.IGNORECASE,
)
# offices, institutions, subjects, openings of sentences and kickers
_OTHER_WORDS = """
asn pns pppk p3k cpns kpu kpud kpk dpr dpd dprd mpr mk ma ptun dkpp tni ad al au polri polda
polres polresta polsek kejari kejati kasn bkn bkd bkpsdm bpk bawaslu panwaslu panwascam panwas ppk
pps kpps korpri kemendagri kemenpan kemenag pemkab pemkot pemprov pemda pemerintah presiden
menteri mendagri menpan gubernur wagub cagub bupati wabup cabup wali walikota wawali camat lurah
kades kadis kabid kabag kasi kasubag sekda sekdis sekretaris kepala ketua wakil anggota komisioner
komisi staf ajudan plt pj pjs plh plk dr drs ir prof h hj pilkada pilkades pemilu pemilukada
pilgub pilbup pilwali pilwalkot pileg pilpres netralitas netral apa siapa mengapa kenapa bagaimana
kapan berapa pegawai guru dosen dinas badan kantor partai koalisi calon paslon pasangan tim
aparatur aparat sipil negara undang uu pp perda pasal breaking news update video foto opini viral
ironis miris heboh geger gempar terungkap terkini resmi sah hoaks cek klarifikasi live streaming
trending populer survei editorial advertorial adv pariwara eksklusif infografis kronologi fakta
daftar profil tajuk catatan ia dia mereka kami kita saya anda pada di ke dari dalam untuk menurut
sebanyak seorang sejumlah meski selain namun tetapi usai jelang setelah sebelum hari baca juga
halaman bagian oleh editor penulis reporter pewarta redaksi laporan keterangan sumber kompleks pt
cv ormas lsm pwi aji universitas rsud sekolah sd smp sma smk puskesmas
"""
_NO_PLACES = frozenset(_OTHER_WORDS.split())
_CAPITALS = """
DKI DIY DI DKJ NTB NTT IKN OKI OKU PALI HSS HST HSU KLU KSB PPU TTS TTU MBD SBB SBT
"""
_KEPT_UPPER = frozenset(_CAPITALS.split())
_UNIT = r"(?:Kota|Kabupaten|Kecamatan|Kelurahan|Desa|Pulau|Polres|Bawaslu|KPU|Bupati|Camat|Pemkab)"
_MOST_PLACES = 2


def dateline_of(paragraph: str, names: Names) -> tuple[str, str]:
    """The place a story was filed from, and the words that say so; both empty without one.

    `KOLOMRAKYAT.COM: KENDARI – Bawaslu …` gives `Kendari` and `KOLOMRAKYAT.COM: KENDARI – `.
    A masthead alone (`KOMPAS.com - `) are such words, too, but no place.
    """
    match = _LEAD.match(paragraph)
    if not match:
        return "", ""
    places = _places(match["head"], paragraph[match.end() :], names)
    if places is None:
        return "", ""
    if not places:  # KANTAMEDIA.COM – PALANGKA RAYA – Bupati …
        further, words = dateline_of(paragraph[match.end() :], names)
        return (further, match[0] + words) if further else ("", match[0])
    return ", ".join(_cased(place) for place in places), match[0]


def _places(head: str, rest: str, names: Names) -> list[str] | None:
    """The places in `head` beside mastheads and dates; None when it is no dateline."""
    parts = [part.strip(" -–—.") for part in _BETWEEN.split(head)]
    parts = [part for part in parts if part and not _DATE.fullmatch(part)]
    places = [part for part in parts if not _is_masthead(part, names)]
    is_signed = len(places) < len(parts)
    if not is_signed and len(places) == _MOST_PLACES and _is_beside(*places):
        places, is_signed = places[:1], True  # Medan (Lentera) - Bupati
    if not parts or len(places) > _MOST_PLACES or not all(map(_may_be_place, places)):
        return None
    if is_signed or all(_stands_alone(place, rest) for place in places):
        return places
    return None


def _is_beside(place: str, other: str) -> bool:
    """`other` is a masthead that nobody knows: it is no place, and stands behind one that is."""
    return is_known_place(place) and _may_be_place(other) and not looks_like_place(other)


def _is_masthead(part: str, names: Names) -> bool:
    if _DOMAIN.fullmatch(part) or names.is_outlet(part):
        return True
    return bool(_MASTHEAD.fullmatch(part)) and not is_known_place(part)


def _may_be_place(part: str) -> bool:
    if is_known_place(part):
        return part[:1].isupper()
    if not _PLACE.fullmatch(part) or any(map(str.isdigit, part)):
        return False
    return not any(word.casefold().strip(".") in _NO_PLACES for word in part.split())


def _stands_alone(place: str, rest: str) -> bool:
    """Without a masthead beside it, a name must be a place's, and what follows must begin anew."""
    begins = next((sign for sign in rest if sign.isalnum()), "")
    if is_known_place(place):
        return place.isupper() or not begins.islower()
    if _is_inserted(rest):
        return False
    if place.isupper():
        return len(place) > 3 and len(place.split()) <= 3
    # "Ironis – Seorang camat …": any sentence begins with a capital
    named_again = re.search(rf"\b(?:di|dari|ke|{_UNIT}) {re.escape(place)}\b", rest)
    return not begins.islower() and (looks_like_place(place) or bool(named_again))


def _is_inserted(rest: str) -> bool:
    """`Barimba – Bupati dua periode – hadir`: two dashes set a remark apart."""
    return bool(re.match(r"[^.!?\"“”]{3,80}?\s[-–—]\s?[a-z]", rest))


def _cased(place: str) -> str:
    return " ".join(_words(place)) if place.isupper() else place


def _words(place: str) -> Iterator[str]:
    for word in place.split():
        if word in _KEPT_UPPER or re.fullmatch(r"(?:[A-Z]\.)+", word):
            yield word
        else:
            yield "-".join(part.capitalize() for part in word.split("-"))
