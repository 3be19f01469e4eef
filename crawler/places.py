"""Names of places in Indonesia that stories are filed from, and words that only places have. Pure.

Regencies and cities as Kemendagri lists them, the towns that they are governed from, provinces, and
what newsrooms make of these names. Not complete, and need not be: it tells a known place from a
person's name where nothing else does.
"""

import re
from collections.abc import Iterator

__all__ = ["is_known_place", "looks_like_place", "places_by_line"]

_PLACES = """
Aceh, Nanggroe Aceh Darussalam, Banda Aceh, Sabang, Langsa, Lhokseumawe, Subulussalam, Aceh Besar,
Aceh Jaya, Aceh Singkil, Aceh Tamiang, Bener Meriah, Bireuen, Gayo Lues, Gayo, Nagan Raya, Pidie,
Pidie Jaya, Simeulue, Meulaboh, Takengon, Sigli, Blangpidie, Tapaktuan, Kutacane, Jantho,
Sumatera Utara, Sumut, Medan, Binjai, Tebing Tinggi, Pematangsiantar, Siantar, Tanjungbalai,
Sibolga, Padangsidimpuan, Gunungsitoli, Asahan, Batu Bara, Batubara, Dairi, Deli Serdang,
Humbang Hasundutan, Karo, Labuhanbatu, Langkat, Mandailing Natal, Madina, Nias, Padang Lawas,
Pakpak Bharat, Samosir, Serdang Bedagai, Sergai, Simalungun, Tapanuli, Toba, Kabanjahe, Balige,
Kisaran, Rantauprapat, Stabat, Panyabungan, Lubuk Pakam, Tarutung,
Sumatera Barat, Sumbar, Padang, Bukittinggi, Payakumbuh, Pariaman, Padang Panjang, Sawahlunto,
Solok, Agam, Dharmasraya, Limapuluh Kota, Lima Puluh Kota, Mentawai, Kepulauan Mentawai,
Padang Pariaman, Pasaman, Pesisir Selatan, Pessel, Sijunjung, Tanah Datar, Painan, Batusangkar,
Riau, Pekanbaru, Dumai, Bengkalis, Indragiri Hilir, Indragiri Hulu, Inhil, Inhu, Kampar,
Kepulauan Meranti, Meranti, Kuantan Singingi, Kuansing, Pelalawan, Rokan Hilir, Rokan Hulu, Rohil,
Rohul, Siak, Bangkinang, Tembilahan, Rengat, Teluk Kuantan, Pasir Pengaraian, Selatpanjang,
Kepulauan Riau, Kepri, Batam, Tanjungpinang, Tanjung Pinang, Bintan, Karimun, Lingga, Natuna,
Kepulauan Anambas, Anambas,
Jambi, Sungai Penuh, Sungaipenuh, Batanghari, Batang Hari, Bungo, Kerinci, Merangin, Muaro Jambi,
Sarolangun, Tanjung Jabung Barat, Tanjung Jabung Timur, Tanjab Barat, Tanjab Timur, Tanjabbar,
Tanjabtim, Tebo, Kuala Tungkal, Muara Bulian, Muara Bungo, Muara Tebo, Muara Sabak, Bangko, Tungkal,
Sumatera Selatan, Sumsel, Palembang, Prabumulih, Lubuklinggau, Lubuk Linggau, Pagar Alam, Pagaralam,
Banyuasin, Empat Lawang, Lahat, Muara Enim, Musi Banyuasin, Muba, Musi Rawas, Mura, Muratara,
Ogan Ilir, Ogan Komering Ilir, Ogan Komering Ulu, OKI, OKU, PALI, Penukal Abab Lematang Ilir,
Sekayu, Kayuagung, Baturaja, Martapura,
Bengkulu, Rejang Lebong, Curup, Kaur, Kepahiang, Lebong, Mukomuko, Seluma, Manna, Arga Makmur,
Lampung, Bandar Lampung, Bandarlampung, Metro, Mesuji, Pesawaran, Pesisir Barat, Pringsewu,
Tanggamus, Tulang Bawang, Way Kanan, Kotabumi, Kalianda, Liwa, Krui, Gunung Sugih,
Bangka Belitung, Kepulauan Bangka Belitung, Babel, Pangkalpinang, Pangkal Pinang, Bangka, Belitung,
Sungailiat, Muntok, Toboali, Koba, Tanjungpandan, Manggar,
Jakarta, DKI Jakarta, DKJ, Daerah Khusus Ibukota Jakarta, Jakarta Pusat, Jakpus, Jaksel, Jaktim,
Jakbar, Jakut, Kepulauan Seribu, Jabodetabek,
Jawa Barat, Jabar, Bandung, Bekasi, Bogor, Depok, Cimahi, Cirebon, Sukabumi, Tasikmalaya, Banjar,
Ciamis, Cianjur, Garut, Indramayu, Karawang, Kuningan, Majalengka, Pangandaran, Purwakarta, Subang,
Sumedang, Soreang, Cikarang, Cibinong, Ngamprah, Priangan,
Jawa Tengah, Jateng, Semarang, Surakarta, Solo, Magelang, Pekalongan, Salatiga, Tegal, Banjarnegara,
Banyumas, Batang, Blora, Boyolali, Brebes, Cilacap, Demak, Grobogan, Jepara, Karanganyar, Kebumen,
Kendal, Klaten, Kudus, Pati, Pemalang, Purbalingga, Purworejo, Rembang, Sragen, Sukoharjo,
Temanggung, Wonogiri, Wonosobo, Purwokerto, Purwodadi, Ungaran, Slawi, Kajen, Mungkid, Pantura,
Daerah Istimewa Yogyakarta, DI Yogyakarta, DIY, Yogyakarta, Jogja, Yogya, Jogjakarta, Bantul,
Gunungkidul, Gunung Kidul, Kulon Progo, Kulonprogo, Sleman, Wates, Wonosari,
Jawa Timur, Jatim, Surabaya, Malang, Batu, Blitar, Kediri, Madiun, Mojokerto, Pasuruan, Probolinggo,
Bangkalan, Banyuwangi, Bojonegoro, Bondowoso, Gresik, Jember, Jombang, Lamongan, Lumajang, Magetan,
Nganjuk, Ngawi, Pacitan, Pamekasan, Ponorogo, Sampang, Sidoarjo, Situbondo, Sumenep, Trenggalek,
Tuban, Tulungagung, Madura, Kepanjen, Bangil, Kraksaan, Caruban, Mataraman,
Banten, Serang, Tangerang, Tangerang Selatan, Tangsel, Cilegon, Lebak, Pandeglang, Rangkasbitung,
Tigaraksa,
Bali, Denpasar, Badung, Bangli, Buleleng, Gianyar, Jembrana, Karangasem, Klungkung, Tabanan,
Singaraja, Amlapura, Semarapura, Mangupura, Negara, Kuta,
Nusa Tenggara Barat, NTB, Mataram, Bima, Dompu, Lombok, Sumbawa, Loteng, Lotim, Lobar, KLU, KSB,
Praya, Selong, Gerung, Taliwang, Raba,
Nusa Tenggara Timur, NTT, Kupang, Alor, Belu, Ende, Flores, Larantuka, Lembata, Malaka, Manggarai,
Nagekeo, Ngada, Rote Ndao, Sabu Raijua, Sikka, Maumere, Sumba, Timor Tengah Selatan, TTS, TTU,
Timor Tengah Utara, Atambua, Bajawa, Borong, Kalabahi, Kefamenanu, Labuan Bajo, Lewoleba, Mbay,
Ruteng, Soe, Waingapu, Waikabubak, Tambolaka, Waibakul, Betun, Seba, Ba'a,
Kalimantan Barat, Kalbar, Pontianak, Singkawang, Bengkayang, Kapuas Hulu, Kayong Utara, Ketapang,
Kubu Raya, Landak, Melawi, Mempawah, Sambas, Sanggau, Sekadau, Sintang, Putussibau, Ngabang,
Nanga Pinoh, Sukadana, Sungai Raya, Borneo, Kalimantan,
Kalimantan Tengah, Kalteng, Palangka Raya, Palangkaraya, Barito, Barito Selatan, Barito Timur,
Barito Utara, Barsel, Bartim, Barut, Gunung Mas, Gumas, Kapuas, Katingan, Kotawaringin,
Kotawaringin Barat, Kotawaringin Timur, Kobar, Kotim, Lamandau, Murung Raya, Pulang Pisau, Pulpis,
Seruyan, Sukamara, Sampit, Pangkalan Bun, Pangkalanbun, Muara Teweh, Puruk Cahu, Buntok,
Tamiang Layang, Kuala Kapuas, Kuala Kurun, Kuala Pembuang, Kasongan, Nanga Bulik,
Kalimantan Selatan, Kalsel, Banjarmasin, Banjarbaru, Balangan, Barito Kuala, Batola, HSS, HST, HSU,
Hulu Sungai Selatan, Hulu Sungai Tengah, Hulu Sungai Utara, Kotabaru, Tabalong, Tanah Bumbu, Tanbu,
Tanah Laut, Tala, Tapin, Amuntai, Barabai, Kandangan, Marabahan, Paringin, Pelaihari, Rantau,
Tanjung, Batulicin,
Kalimantan Timur, Kaltim, Samarinda, Balikpapan, Bontang, Berau, Kutai, Kutai Kartanegara, Kukar,
Kutim, Kubar, Mahakam Ulu, Mahulu, Paser, Penajam Paser Utara, Penajam, PPU, Sangatta, Tenggarong,
Sendawar, Tanjung Redeb, Tana Paser, Tanah Grogot, Ujoh Bilang, Nusantara, IKN, Sepaku,
Kalimantan Utara, Kaltara, Tarakan, Bulungan, Malinau, Nunukan, Tana Tidung, Tanjung Selor,
Tideng Pale,
Sulawesi Utara, Sulut, Manado, Bitung, Tomohon, Kotamobagu, Bolaang Mongondow, Bolmong, Bolsel,
Boltim, Bolmut, Minahasa, Minut, Minsel, Mitra, Sangihe, Kepulauan Sangihe, Sitaro,
Kepulauan Talaud, Talaud, Tondano, Amurang, Airmadidi, Ratahan, Tahuna, Melonguane, Lolak,
Sulawesi Tengah, Sulteng, Palu, Banggai, Banggai Laut, Banggai Kepulauan, Buol, Donggala, Morowali,
Parigi Moutong, Parimo, Poso, Sigi, Tojo Una-Una, Tolitoli, Luwuk, Bungku, Ampana, Kolonodale,
Sulawesi Selatan, Sulsel, Makassar, Parepare, Pare-Pare, Palopo, Bantaeng, Barru, Bone, Bulukumba,
Enrekang, Gowa, Jeneponto, Kepulauan Selayar, Selayar, Luwu, Lutim, Lutra, Maros, Pangkep,
Pangkajene, Pinrang, Sidenreng Rappang, Sidrap, Sinjai, Soppeng, Takalar, Tana Toraja, Toraja,
Toraja Utara, Wajo, Sengkang, Watampone, Sungguminasa, Masamba, Malili, Belopa, Makale, Rantepao,
Watansoppeng, Benteng,
Sulawesi Tenggara, Sultra, Kendari, Baubau, Bau-Bau, Bombana, Buton, Busel, Buteng, Butur, Kolaka,
Koltim, Kolut, Konawe, Konsel, Konut, Konkep, Konawe Kepulauan, Muna, Mubar, Wakatobi, Wangi-Wangi,
Unaaha, Andoolo, Wanggudu, Lasusua, Raha, Rumbia, Pasarwajo, Tirawuta, Langara, Buranga, Laworo,
Gorontalo, Boalemo, Bone Bolango, Bonebol, Gorut, Pohuwato, Limboto, Suwawa, Tilamuta, Marisa,
Sulawesi Barat, Sulbar, Majene, Mamasa, Mamuju, Mateng, Pasangkayu, Polewali Mandar, Polman,
Polewali, Sulawesi,
Maluku, Ambon, Tual, Buru, Kepulauan Aru, Aru, Kepulauan Tanimbar, Maluku Barat Daya, MBD, Malra,
Malteng, Seram, Seram Bagian Barat, SBB, SBT, Seram Bagian Timur, Masohi, Namlea, Saumlaki, Dobo,
Langgur, Piru, Bula, Tiakur, Namrole,
Maluku Utara, Malut, Ternate, Tidore, Tidore Kepulauan, Halmahera, Halbar, Halsel, Haltim, Halteng,
Halut, Kepulauan Sula, Sula, Sanana, Pulau Morotai, Morotai, Pulau Taliabu, Taliabu, Sofifi,
Tobelo, Jailolo, Labuha, Maba, Weda, Daruba, Bobong,
Papua, Jayapura, Biak, Biak Numfor, Keerom, Kepulauan Yapen, Yapen, Mamberamo, Mamberamo Raya,
Sarmi, Supiori, Waropen, Sentani, Serui, Arso,
Papua Barat, Manokwari, Manokwari Selatan, Mansel, Fakfak, Kaimana, Pegunungan Arfak,
Teluk Bintuni, Teluk Wondama, Bintuni, Wasior, Ransiki,
Papua Barat Daya, Sorong, Raja Ampat, Tambrauw, Maybrat, Waisai, Aimas, Teminabuan,
Papua Selatan, Merauke, Asmat, Boven Digoel, Mappi, Agats, Kepi, Tanah Merah,
Papua Tengah, Nabire, Deiyai, Dogiyai, Intan Jaya, Mimika, Timika, Paniai, Puncak, Puncak Jaya,
Enarotali, Mulia, Sugapa,
Papua Pegunungan, Wamena, Jayawijaya, Lanny Jaya, Nduga, Pegunungan Bintang, Tolikara, Yahukimo,
Yalimo, Dekai, Oksibil, Karubaga, Elelim
"""
_KNOWN = frozenset(" ".join(name.split()).casefold() for name in _PLACES.split(","))
_SIDE = r"(?:utara|selatan|timur|barat|tengah|tenggara|barat daya|timur laut|barat laut)"
_OF_GOVERNMENT = re.compile(
    r"^(?:kota|kab(?:upaten|\.)|kec(?:amatan|\.)|kel(?:urahan|\.)|desa|provinsi|prov\.|pulau)\s+",
    re.IGNORECASE,
)
_FIRST_WORDS = """
muara muaro sungai sei tanjung teluk bukit ujung batu pangkalan kuala lubuk gunung bandar pulau
nanga tanah tana pasir rantau labuhan labuan kepulauan way ulu simpang parit padang pematang hulu
long tebing air kampung selat danau rawa karang
"""
_FIRST = frozenset(_FIRST_WORDS.split())
_LAST = re.compile(rf".+\s(?:{_SIDE}|raya|besar|hulu|hilir|ulu|ilir|kepulauan)", re.IGNORECASE)


def is_known_place(name: str) -> bool:
    """`name` is a place's, also with `Kota` before it or `Utara` behind it; its case is ignored."""
    bare = _OF_GOVERNMENT.sub("", name.strip(), count=1).casefold()
    return bare in _KNOWN or re.sub(rf"\s{_SIDE}$", "", bare) in _KNOWN


def looks_like_place(name: str) -> bool:
    """`name` is known, or made as names of places are: `Muara Asri`, `Kabupaten X`, `X Utara`."""
    if is_known_place(name) or _OF_GOVERNMENT.match(name):
        return True
    first, _, rest = name.casefold().partition(" ")
    return bool(rest) and (first in _FIRST or bool(_LAST.fullmatch(name)))


def places_by_line() -> Iterator[tuple[str, ...]]:
    """The names line by line, as they are grouped: a province's name begins its first line."""
    for line in _PLACES.strip().split("\n"):
        yield tuple(name.strip() for name in line.split(",") if name.strip())
