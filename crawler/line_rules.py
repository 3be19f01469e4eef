"""Lines that belong to the page and not to the story: widgets, invitations, credits of photos.

Every rule is matched against a whole line, case ignored, also without the brackets, dashes and
arrows around it. It must say all that the widget says: a sentence that merely begins like one
stays. `.{0,300}` instead of `.*`, and no repeat inside a repeat: no line makes a rule slow.
"""

__all__ = ["LINE_RULES", "LINE_RULES_VERSION", "LINKED_RULES", "STORY_RULES"]

LINE_RULES_VERSION = 3
"""Raised with every change of LINE_RULES or LINKED_RULES: it is part of each extractor id."""

_SHARE_TO = (
    r"(?:facebook|fb|twitter|x|whatsapp|wa|telegram|line|threads|instagram|linkedin|pinterest"
    r"|e-?mail|media sosial)"
)
_SITE = rf"(?:{_SHARE_TO}|ig|tiktok|youtube|medsos)"
_CHANNEL = (
    r"(?:google ?(?:news|berita)"
    r"|(?:saluran|channel|kanal|grup|group) (?:whatsapp|wa|telegram|youtube|tiktok)"
    r"|(?:whatsapp|wa|telegram|youtube) (?:saluran|channel|grup|group))"
)
_LIST = r"(?:berita|artikel|tulisan|topik|baca(?:an)?)"
_THIS = r"(?:berita|artikel|tulisan|konten|postingan) ini"
_TITLE = r"(?-i:[\"“'‘]?[A-Z0-9]).{0,250}"
# a sentence that somebody says, or that tells what somebody said, is no invitation of the page
_NOBODY_SAYS = (
    r"(?!.{0,400}\b(?:kata|ujar|ucap|tutur|tegas|jelas|ungkap|imbuh|terang|papar|sebut|pungkas"
    r"|begitu|demikian|menurut)(?:nya)?\b)(?!.{0,400}\bpesan(?:nya\b| (?-i:[A-Z])))"
)
_HERE = r"(?:di )?(?:sini|(?:link|tautan) (?:ini|berikut)|halaman (?:berikutnya|selanjutnya))"
_NUMBER = r"\d[\d.,]*+ ?(?:k|rb|ribu|jt|juta)?"
_PHOTO = r"(?:foto|photo|ilustrasi|dok\.?|dokumentasi)"
_NO_NAME = r"(?:ist(?:imewa)?|(?:dok|humas|antara|net|int)\b\.?[^.,!?”]{0,40})"

_OTHER_STORIES = (
    rf"baca ?(?:juga|lagi|pula|selengkapnya|{_LIST} (?:\w+ )?(?:lainnya|terkait))"
    r"\s*(?:(?:[:»|>]| [–—-] ).*)?",
    rf"baca ?juga {_LIST}(?: lainnya| terkait| menarik| ini){{0,2}}\s*(?::.*)?",
    r"(?-i:BACA JUGA) .{3,250}(?<![.!?”\"])",
    # no sentence writes "Juga" so
    r"(?-i:Baca Juga,? [A-Z\"“]).{3,250}(?<![.!?”\"])",
    rf"baca\s*:\s*{_TITLE}",
    rf"(?:baca |lihat |simak )?(?:berita |artikel )?selengkapnya"
    rf"(?: (?:baca|klik|simak|lihat))?(?: {_HERE})?\.?",
    rf"baca (?:juga )?{_LIST} (?:\w+ )?lainnya (?:hanya )?di \S+(?: news| berita)?\.?",
    r"(?:jangan (?:lewatkan|ketinggalan)|read (?:also|more)|see also|also read)\s*[:»|]\s*"
    rf"{_TITLE}(?<![.!?])",
    rf"(?:klik|ketuk) {_HERE}(?: untuk .{{0,60}})?[.!]?",
    rf"{_LIST} (?:terkait|lainnya|terbaru|populer|terpopuler|pilihan|rekomendasi)(?: lainnya)?"
    rf"\s*(?::\s*(?:{_TITLE})?)?",
    r"(?:berita |artikel |topik )?(?:terkait|terkini|terpopuler|trending|viral hari ini)",
    r"rekomendasi (?:berita|artikel|(?:berita |artikel )?untuk ?(?:anda|mu|kamu))",
    r"pilihan (?:editor|redaksi)",
    r"(?:mungkin )?(?:anda|kamu) (?:mungkin |juga )*(?:menyukai|suka|tertarik)(?: ini)?",
    r"(?:related|recommended|popular|recent)(?: posts?| articles?| stories| news)?"
    r"|you (?:might|may) also like",
    rf"(?:berita|artikel) ini (?:telah|sudah|pernah) (?:lebih dulu )?tayang (?:sebelumnya )?di "
    rf"{_NOBODY_SAYS}(?:(?-i:[A-Z])|[\w-]+\.[a-z]).{{0,300}}",
    r"(?:simak|lihat|tonton|saksikan|dengarkan|cek|klik) (?:juga|pula)\s*(?::.*)?",
    rf"simak (?:berita|artikel) (?:\w+ )?lainnya\s*(?::\s*(?:{_TITLE})?)?",
)
_VIDEOS = (
    r"(?:simak|lihat|tonton|saksikan) (?:juga )?video\s*[:\"“'‘].*",
    r"(?:yuk,? )?(?:simak|lihat|tonton|saksikan) (?:juga )?video"
    r"(?:nya)?(?: (?:berikut|selengkapnya|lengkap|lainnya|terkait))?"
    rf"(?: ini| di bawah ini| {_HERE})?\s*[!:.]?",
    r"video\s*:\s*\S.{0,200}",
    r"\[?gambas:.*",
)
_FORMS = (
    # the registration form inside the text of every Kompas page
    r"periksa kembali dan lengkapi data dirimu\.?",
    r"data dirimu akan digunakan untuk verifikasi akun .{0,200}",
    r"segera lengkapi data dirimu .{0,100}#jernihberkomentar\.?",
)
_BELOW = r"(?:di bawah|setelah) (?:ini|iklan)(?: (?:ini|berikut(?: ini)?))?"
_ADVERTISEMENTS = (
    r"(?:advertisements?|iklan|ads|sponsored|bsi|advertorial|space iklan|pasang iklan"
    r"|iklan google(?: adsense)?)\.?",
    r"(?:(?:advertisement|iklan)\s*[-–—.:]?\s*)?(?:scroll|geser|gulir) (?:to|untuk|ke)\b"
    r"(?=.{0,60}\b(?:continue|resume|read(?:ing)?|content|konten|(?:me)?lanjut(?:kan)?|membaca"
    r"|melihat|atas|bawah)\b).{0,60}",
    r"ini tampilan gambar iklan\s*:?.{0,60}",
    r"(?:lanjut(?:kan|an)?|terus(?:kan)?) (?:mem)?baca(?: (?:berita|artikel)(?: ini)?)?"
    rf"(?: {_BELOW})?[.!]?|baca lanjutan(?:nya)? {_BELOW}[.!]?|continue reading",
    rf"(?:konten|artikel|berita) (?:ini )?(?:ber|di)?lanjut(?:kan)? {_BELOW}\.?",
)
_INVITATIONS = (
    rf"(?:ikuti|follow|(?:ber)?gabung|join|mari|yuk,?|ayo,?|dapatkan|simak|cek|baca|temukan|klik"
    rf"|untuk|akses)\b{_NOBODY_SAYS}(?=.{{0,300}}{_CHANNEL})"
    r"(?=.{0,300}\b(?:berita|artikel|update|kami|terkini|terbaru|news)\b).{0,400}",
    # Ikuti Kantamedia di Google News; follow akun Instagram Kantamedia
    rf"(?:ikuti|follow|(?:ber)?gabung|join)(?: (?:kami|di|ke|dengan|akun|lewat))*"
    rf"(?: [\w.]+){{0,2}}(?: di| lewat| melalui)?(?: akun)?"
    rf" (?:{_CHANNEL}|instagram|tiktok|facebook|youtube)(?: [@\w.]+){{0,2}}",
    rf"(?:ikuti|follow|gabung)?\s*{_CHANNEL}",
    rf"(?:ikuti|follow) (?:kami|us)(?: (?:di|on|lewat|melalui))?(?:\s*:|"
    rf"(?:[\s,&]|dan\b){{1,4}}{_SITE}\b(?:(?:[\s,&]|dan\b){{1,4}}{_SITE}\b){{0,6}})?"
    r"(?:\s*:?\s*@[\w.]+)?\.?",
    rf"dapatkan (?:update|berita|informasi|info|kabar|breaking news|notifikasi)\b{_NOBODY_SAYS}"
    r"(?=.{0,300}\b(?:pilihan|terbaru|terkini|terupdate|ponsel(?:mu)?|setiap hari|breaking news)\b)"
    r".{0,400}",
    rf"update (?:terus )?(?:berita|informasi|info)\b{_NOBODY_SAYS}"
    r"(?=.{0,300}\b(?:klik|gabung|bergabung|ikuti|di sini|channel|saluran|\w+\.(?:com|id|net))\b)"
    r".{0,300}",
    r"[\w.]+ channel",
    rf"(?:download|unduh|install?|pasang|dapatkan)\b{_NOBODY_SAYS}(?=.{{0,120}}\b(?:play ?store"
    r"|app ?store|google play|berita ter(?:baru|kini)|android)\b).{0,160}",
    r"(?:jangan lupa,? )?(?:untuk )?(?:like|subscribe|langganan|berlangganan)"
    r"(?:,? (?:like|share|comment|komen|dan|&|subscribe)\b)*"
    r"(?:(?: ke| di)? (?:channel|kanal|youtube|newsletter)\b(?: [\w@.]+){0,3})?\.?",
    r"(?:nyalakan|aktifkan) (?:notifikasi|lonceng)(?: berita)?(?: kami| ini| ter(?:baru|kini))?\.?",
    rf"(?:(?:ayo|mari|yuk),? )?(?:dukung|bantu)\b{_NOBODY_SAYS}(?=.{{0,80}}\b(?:jurnalisme|kami"
    r"|media ini|redaksi)\b)(?=.{0,200}\b(?:ber)?donasi\b).{0,250}",
    r"dukung kami|traktir (?:kami |redaksi )?kopi",
    r"(?:ada|punya|memiliki) (?:informasi|info|kabar)\b[^?]{0,60}\?\s*"
    r"(?:silakan )?(?:kirim|hubungi|sampaikan)\b.{0,150}",
)
_SHARING = (
    r"(?:bagikan|sebarkan|di ?bagikan|share)"
    rf"(?:(?: {_LIST})? ini(?: ke)?| this(?: post)?| (?:ke|via|di|on)(?: {_SITE})?)?\s*[:!.]?",
    rf"(?:{_SHARE_TO}|tweet|pin|cetak|print)",
    rf"(?:(?:{_SITE}|share|bagikan|tweet|pin|copy link|salin tautan|print)(?:\s*[|,/&·•+]\s*|\s|$))"
    r"{2,12}",
    r"(?:klik untuk (?:berbagi|membagikan)|click to share|click to email|klik untuk mencetak)\b"
    r".{0,80}",
    r"(?:url|link|tautan) (?:berhasil |telah )?(?:di ?)?(?:copy|copied|salin)[.!]?",
    r"(?:salin|copy) (?:link|tautan|url)",
    r"(?:print|cetak)\W{0,4}pdf|cetak (?:berita|artikel)(?: ini)?",
)
_NEXT = r"(?:selanjutnya|berikutnya|sebelumnya|next|prev(?:ious)?)"
_PAGING = (
    r"(?:halaman|laman|pages?)\s*:?"
    rf"(?: ?(?:\d{{1,4}}(?!\d)|{_NEXT}|dari\b|of\b|[«»…/|>-]|\.{{3}}))*",
    rf"(?:(?:halaman|laman) )?{_NEXT}(?: (?:page|post|article))?"
    r"(?: ?(?:\d{1,3}(?!\d)|»|>|→|next))*",
    r"1 2(?: 3(?: 4(?: 5(?: 6(?: 7)?)?)?)?)?(?: ?(?:…|\.{3}) ?\d{1,3})?"
    rf"(?: (?:{_NEXT}|tampilkan semua|lihat semua|show all|»))?",
    r"bersambung(?: ke (?:bagian|halaman|laman) (?:\w+))?\.?",
    r"(?:lihat|tampilkan) semua(?: halaman)?|(?:show|view) all|load more",
    rf"(?:baca|simak|lanjut|bersambung|lihat)(?: selengkapnya)?(?: di| ke) (?:halaman|laman) "
    rf"(?:{_NEXT}|\d{{1,2}})\.?",
)
_COUNTERS = (
    # they change at every visit
    rf"{_THIS} (?:telah |sudah )?(?:di ?baca )?{_NUMBER} ?(?:kali|x)(?: (?:di ?baca|dilihat))?\.?",
    rf"(?:{_NUMBER})? ?kali {_THIS} (?:telah |sudah )?di ?baca\.?",
    r"(?:(?:sudah |telah )?di ?baca|dilihat|(?:total |post |page ?)?views?|hits"
    rf"|(?:jumlah |total )?(?:pembaca|pengunjung))\s*:?\s*{_NUMBER}(?: ?(?:kali|x|orang|views?))?",
    rf"{_NUMBER} ?(?:views?|tayangan|pembaca|hits|shares?|dilihat|(?:kali|x) (?:di ?baca|dilihat))",
    r"(?:post|page|total) ?views?\s*:?",  # the number stands apart, in a class of its own
    rf"👁\ufe0f?\s*:?\s*{_NUMBER}(?: ?(?:kali|x|views?))?",
    r"(?:waktu baca|estimasi baca|reading time)\s*:?\s*\d{1,3} (?:menit|min(?:utes?)?)"
    r"|\d{1,3} (?:menit baca|menit membaca|min(?:ute)? read)|baca \d{1,3} detik",
    # JNews, Okezone
    r"\d{1,2}[:.]\d\d (?-i:[A-Z])[a-z]{2,8} \d{1,2}, \d{4}|date \d{4}-\d\d-\d\d",
)
_YOU = r"(?:anda|kamu|kalian|pembaca|sobat(?: \w+)?)"
_ASKED = (
    rf"(?:(?:apa|bagaimana) (?:menurut|pendapat|tanggapan|reaksi|komentar)(?: {_YOU}|mu)"
    rf"|menurut(?: {_YOU}|mu),? bagaimana)"
    rf"(?: (?:tentang|terkait|soal|mengenai) {_THIS}| (?:{_THIS}|hal ini))?\s*\?"
)
_PLEASE = r"(?:(?:silakan|silahkan|yuk|ayo|mari),? )?"
_ANSWER = (
    rf"{_PLEASE}(?:tinggalkan|tulis(?:kan)?|posting|kirim(?:kan)?|beri(?:kan)?|sampaikan|bagikan)"
    r" (?:balasan|komentar|tanggapan|pendapat|opini)(?:mu)?"
    r"(?: (?:anda|kamu|kalian|di|pada|kolom|bawah|sini|ini|komentar|batalkan|balasan)\b)*[.!]?"
)
_IN_THE_BOX = (
    rf"{_PLEASE}(?:tinggalkan|tulis(?:kan)?|sampaikan|jawab|diskusikan|komentar) "
    r"(?:di |pada |lewat |melalui )?kolom komentar"
    r"(?: (?:di|bawah|ini|berikut|ya|kami)\b)*[.!]?"
)
_READERS = (
    rf"apa pe[a-z]{{3,9}} anda (?:\w+ ){{0,3}}{_THIS}\s*\??",
    rf"{_ASKED}(?:\s*(?:{_ANSWER}|{_IN_THE_BOX}))?",
    rf"(?:apa|bagaimana) (?:pendapat|tanggapan|komentar)(?: {_YOU}|mu)\b[^.!?]{{0,80}}\?"
    rf"\s*(?:{_ANSWER}|{_IN_THE_BOX})",
    rf"{_ANSWER}|{_IN_THE_BOX}",
    r"(?:\d+|tidak ada|belum ada) komentar|komentar\s*\(?\d{1,5}",
    r"komentar|comments?|komentar facebook|leave a (?:reply|comment)|discussion about this post",
    r"alamat email anda tidak akan dipublikasikan\b.{0,80}"
    r"|simpan nama, email, dan situs web saya\b.{0,80}",
    r"(?:beri )?rating(?: (?:berita|artikel) ini)?|suka (?:berita|artikel) ini\s*\??"
    r"|menyukai ini|like this|suka\s*memuat(?:\.{0,3}|…)",
    r"poll(?:ing)?|jajak pendapat|vote|view results|lihat hasil(?: polling)?"
    r"|loading poll\s*(?:\.{0,3}|…)",
    r"lapor(?:kan)? (?:artikel|berita|kesalahan)(?: ini)?|kirim koreksi",
)
_IMPRINT = (
    r"sumber(?: berita| artikel)?\s*:\s*(?:(?-i:[A-Z0-9])|https?:|www\.|[\w-]+\.[a-z]{2}|ist\b)"
    r"\S*(?: \S+){0,7}(?<![.!?])",
    r"(?:pimpinan|pemimpin|kontak|hotline|alamat|wa|telp\.?) redaksi(?: \(\w{2,8}\))?\s*:\s*"
    r"(?-i:[A-Z0-9+]).{0,100}(?<![.!?])",
    r"uploader\s*:\s*\S+(?: \S+){0,4}",
    r"(?:rep|red|fotografer|pewarta foto|kamerawan|kameramen|desain(?: grafis)?|grafis)\s*[:/]\s*"
    r"(?-i:[A-Z])\S*(?: \S+){0,5}(?<![.!?])",
    r"gambar\s*:\s*\S.{0,80}(?<![.!?])",
    rf"[(\[]?{_PHOTO}\s*[:/]\s*\S.{{0,100}}",
    rf"\[{_PHOTO}[^\w\[\]][^\[\]]{{0,160}}\]|\(?(?:foto |dok\.? )?ist(?:imewa)?\)?\.?",
    r"dok(?:\.|umentasi) (?-i:[A-Z])\S*(?: \S+){0,4}(?<![.!?])|ilustrasi|foto ilustrasi",
    r"ilustrasi\. .{1,160}",
    rf"ilustrasi\b.{{0,150}}[(\[](?:{_PHOTO}|ist(?:imewa)?|net|int|antara|freepik|pixabay|unsplash|pexels"
    r"|shutterstock|canva|getty images|ai)\b[^()\[\]]{0,60}[)\]]\.?",
    r"(?:ket(?:erangan)?\.? ?(?:foto|gambar)|(?:teks|caption) ?foto|caption)\s*:\s*\S.{0,300}",
    # "Camat seusai diperiksa FOTO: IST": no sentence ends before the credit
    rf"(?-i:[A-Z])(?:[^.!?“”\"]|\.(?=\w)){{3,160}} [(\[]?(?-i:FOTO|Foto)"
    rf"\s*[:/]\s*{_NO_NAME}[)\]]?\.?",
    r"antara(?: foto)?/(?-i:[A-Z]).{0,80}",
    r"©.{0,100}|\(c\)\s*\d{4}.{0,100}|copyright(?:\s*(?:©|@|\(c\)|by\b|\d{4}).{0,100})?",
    r"hak cipta(?: ©.{0,100}| dilindungi(?: oleh)? undang-undang\.?)|all rights reserved\.?",
    # ANTARA's two, and those who copied them
    r"dilarang (?:keras )?(?:me\w+|mengkopi)\b(?=.{0,250}\b(?:artikel|berita(?! acara)|konten)\b)"
    r".{0,250}\btanpa (?:se)?i[zj]in (?:tertulis )?(?:dari )?(?:pihak )?"
    r"(?:redaksi|penerbit|kantor berita|kami|[\w-]+\.(?:com|id)).{0,60}",
    r"(?:situs|website|laman|kami|dengan|this|we)\b.{0,120}"
    r"\b(?:menggunakan|penggunaan|uses?|of) cookies?\b.{0,200}",
    r"tag(?:s|ar)?\s*(?::.{0,200})?",
    r"(?:topik|kata kunci|keywords?)\s*:\s*[^.?!:]{1,120}",
    r"(?:#\w{1,60}[\s,]{0,3}){1,40}|(?:# \w{1,40}(?: \w{1,40}){0,3}[\s,]{0,3}){1,20}",
    r"ringkasan berita|daftar isi|loading(?:\.{0,3}|…)|memuat(?:\.{1,3}|…)",
    r"(?:dengarkan|cetak) (?:berita|artikel)(?: ini)?|ukuran huruf|lihat foto|zoom"
    r"|klik (?:gambar|foto) untuk memperbesar",
)

STORY_RULES = (
    # a label of the page, and behind it a sentence that no widget has: "Foto: tiga lembar, ..."
    r"(?:foto|video|tags?|baca|lihat|simak|gambar)(?: juga)?\s*:\s*(?-i:[a-z]).{25,}[.!?][”\"’']?",
    # a quotation after the label, and a sentence after that
    r"(?:foto|video|tags?|baca|lihat|simak|gambar)(?: juga)?\s*:\s*.{3,}[.!?][”\"’']?\s"
    r"(?-i:[A-Z“])[^.!?]{3,}(?-i: [a-z]+){3}.*[.!?][”\"’']?",
)
"""Unlinked lines that are sentences of a story, whatever LINE_RULES say."""

LINE_RULES = (
    *_OTHER_STORIES,
    *_VIDEOS,
    *_FORMS,
    *_ADVERTISEMENTS,
    *_INVITATIONS,
    *_SHARING,
    *_PAGING,
    *_COUNTERS,
    *_READERS,
    *_IMPRINT,
)
"""Lines, by their whole text, case ignored, that belong to the page and not to the story."""

LINKED_RULES = (
    r"baca\b.*",
    rf"(?:simak|lihat|klik|tonton|saksikan|selengkapnya|{_LIST} (?:terkait|lainnya))\b.*",
    rf"(?:halaman|laman|page|{_NEXT})\b.*",
    r"\d{1,2}",
    r"(?:#\s?)?[\w.]+ (?:di|on) google news",
    r"(?:download|unduh|ikuti|follow|join|gabung|share|bagikan|subscribe)\b.*",
)
"""The same for lines of which all but the first words are one link."""
