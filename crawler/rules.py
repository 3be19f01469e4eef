"""What one outlet's pages need beyond the general reading, and the lines no story consists of."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache

__all__ = ["LINE_RULES", "LINE_RULES_VERSION", "LINKED_RULES", "Rules", "is_noise"]

LINE_RULES_VERSION = 3
"""Raised with every change of LINE_RULES or LINKED_RULES: it is part of each extractor id."""

_INVITED = (
    r"(?:google ?news|(?:saluran|channel|grup|group) (?:whatsapp|wa|telegram)"
    r"|(?:whatsapp|wa|telegram) (?:saluran|channel|grup|group))"
)
_NETWORKS = (
    r"(?:facebook|fb|twitter|x|whatsapp|wa|telegram|line|threads|instagram|linkedin|pinterest"
    r"|e-?mail|media sosial)"
)
_LIST = r"(?:berita|artikel|tulisan|topik|baca(?:an)?)"

LINE_RULES = (
    # links to other stories, set between the paragraphs
    rf"baca ?(?:juga|lagi|pula|selengkapnya|{_LIST} (?:lainnya|terkait))\s*(?:[:»|>].*)?",
    rf"{_LIST} (?:terkait|lainnya|terbaru|populer|terpopuler|pilihan|rekomendasi)\s*:?",
    r"(?:berita|artikel) ini (?:telah|sudah|pernah) tayang di .*",
    r"lihat juga\s*:.*",
    r"simak (?:juga )?video\s*[:\"“'‘].*",
    r"simak (?:juga )?video(?: (?:berikut|selengkapnya|lainnya))?(?: ini| di bawah ini)?\s*:?",
    r"(?:yuk,? )?simak juga video ini\s*[!:]?",
    r"\[gambas:.*\]",
    # the registration form inside the text of every Kompas page
    r"periksa kembali dan lengkapi data dirimu\.?",
    r"data dirimu akan digunakan untuk verifikasi akun .{0,200}",
    r"segera lengkapi data dirimu .{0,100}#jernihberkomentar\.?",
    # advertisements
    r"(?:advertisements?|iklan|ads|sponsored|bsi)\.?",
    r"(?:(?:advertisement|iklan)\s*[-–]?\s*)?(?:scroll|geser|gulir) (?:to|untuk|ke) .{0,50}",
    r"ini tampilan gambar iklan\s*:?.{0,60}",
    # invitations
    rf"(?=.{{0,300}}{_INVITED})"
    r"(?=.{0,300}\b(?:berita|artikel|update|kami|terkini|terbaru)\b)"
    r"(?!.*(?:[“”\"]|\b(?:kata|ujar|ucap|tutur|tegas|jelas)(?:nya)?\b))"
    r"(?:ikuti|follow|gabung|bergabung|mari|dapatkan|simak|cek|baca|temukan|klik|untuk)\b.{0,300}",
    rf"(?:follow|ikuti|gabung)?\s*{_INVITED}",
    r"dapatkan (?:update )?(?:berita|breaking news) .{0,400}",
    r"[\w.]+ channel",
    # sharing
    rf"(?:bagikan|sebarkan|di ?bagikan|share)"
    rf"(?:(?: {_LIST})? ini| this(?: post)?| (?:ke|via|di|on) {_NETWORKS})?\s*[:!.]?",
    rf"(?:{_NETWORKS}|tweet|pin|cetak|print)",
    r"(?:url|link|tautan) berhasil di ?(?:copy|salin)\.?",
    r"(?:salin|copy) (?:link|tautan|url)",
    # paging
    r"(?:halaman|laman|page|pages)\s*:?"
    r"(?:\s*(?:\d+|selanjutnya|berikutnya|sebelumnya|dari|of|next|[«»…/|>-]|\.{3}))*",
    r"(?:(?:halaman|laman) )?(?:selanjutnya|berikutnya|sebelumnya)\s*[»>→]?",
    # counters: they change at every visit
    r"(?:berita|artikel|tulisan) ini (?:telah |sudah )?(?:di ?baca )?"
    r"[\d.,]+ ?(?:k|rb)? ?(?:kali|x)(?: (?:di ?baca|dilihat))?\.?",
    r"[\d.,]* ?kali (?:berita|artikel) ini (?:telah |sudah )?di ?baca\.?",
    r"(?:(?:sudah |telah )?di ?baca|dilihat|views?|post views|hits|pembaca)\s*:?\s*[\d.,]+"
    r" ?(?:k|rb|jt)?(?: ?(?:kali|x|orang|views?))?",
    r"[\d.,]+ ?(?:k|rb|jt)? ?(?:views?|pembaca|hits|shares?|(?:kali|x) (?:di ?baca|dilihat))",
    # readers' corner
    r"apa pe[a-z]{3,9} anda .{0,40}(?:berita|artikel|tulisan) ini\s*\??",
    r"(?:tinggalkan|tulis|posting|kirim) (?:balasan|komentar)\b.{0,40}",
    r"(?:\d+|tidak ada|belum ada) komentar",
    r"komentar|comments?|leave a (?:reply|comment)|discussion about this post",
    # imprint
    r"sumber(?: berita| artikel)?\s*:\s*\S.{0,60}",
    r"[(\[]?(?:foto|ilustrasi|dok\.?|dokumentasi)\s*[:/]\s*\S.{0,100}",
    r"\[(?:foto|ilustrasi|dok\.?|dokumentasi)\b[^\[\]]{0,160}\]",
    r"(?:©|\(c\)|copyright\b|hak cipta ©).{0,100}",
    r"tag(?:s|ar)?\s*:.{0,200}",
    r"#\w+(?:[\s,]+#\w+)*",
    r"[-_=*.•~–—\s]{1,80}",
    r"loading(?:\.{0,3}|…)",
)
"""Lines, by their whole text, case ignored, that belong to the page and not to the story."""

LINKED_RULES = (
    r"baca\b.*",
    rf"(?:simak|lihat|klik|tonton|selengkapnya|{_LIST} (?:terkait|lainnya))\b.*",
    r"(?:halaman|laman|page)\b.*",
    r"\d{1,2}",
)
"""The same for lines of which all but the first words are one link."""


@dataclass(frozen=True)
class Rules:
    """CSS selectors for one outlet's template; each is empty until a saved page asks for it.

    `drop` and `lines` (regular expressions for whole lines) add to the shared lists.
    """

    body: str = ""
    drop: tuple[str, ...] = ()
    headline: str = ""
    byline: str = ""
    editor: str = ""
    published: str = ""
    section: str = ""
    tags: str = ""
    source: str = ""
    """Where the template names the outlet that a story was taken from, and nothing else."""
    lines: tuple[str, ...] = ()
    signed: bool = False
    """The name that closes a text is its writer's, whoever's account posted it."""

    @cached_property
    def digest(self) -> str:
        """Eight hex digits that change with any selector or with the shared line rules."""
        said = json.dumps([asdict(self), LINE_RULES_VERSION], sort_keys=True)
        return hashlib.sha256(said.encode("utf-8")).hexdigest()[:8]


def is_noise(line: str, *, rules: Rules, linked: bool = False) -> bool:
    """Whether the whole of `line` is something the page says, not the story.

    `linked`: nearly all of it is a link. A sentence that only contains such words stays.
    """
    if len(line) > 450:
        return False
    if _either(LINE_RULES + rules.lines).fullmatch(line):
        return True
    return linked and bool(_either(LINKED_RULES).fullmatch(line))


@lru_cache(maxsize=256)
def _either(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
