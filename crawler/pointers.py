"""Links to other stories inside and between paragraphs, and captions beside photos. Pure."""

import re
from collections.abc import Sequence

__all__ = [
    "POINTER",
    "is_caption",
    "without_lead",
    "without_pointers",
    "without_shortcodes",
    "without_tail",
]

_LIST = r"(?:berita|artikel|tulisan|bacaan|topik)"
_OTHERS = (
    rf"(?:(?:juga|pula)(?:\s+{_LIST})?(?:\s+(?:lainnya|terkait))?|{_LIST}\s+(?:lainnya|terkait))"
)
POINTER = re.compile(
    r"[\s\-–—*•»>👉(\[]*"
    rf"(?:(?:baca|simak|lihat|tonton|saksikan)(?:\s*{_OTHERS}|\s+lainnya|\s+selengkapnya)?"
    rf"|{_LIST}\s+(?:terkait|lainnya|terbaru|terpopuler|populer|pilihan|rekomendasi)(?:\s+lainnya)?"
    r"|selengkapnya|related (?:posts?|articles?|news)|rekomendasi untuk ?(?:anda|mu))"
    r"\s*[:»|>]?\s*",
    re.IGNORECASE,
)
"""Words that announce links to other stories, at the head of a line or alone on it."""

_VERB = r"(?-i:[BSLT])(?:aca|imak|ihat|onton)"
_SAYS = re.compile(rf"\b{_VERB}\b|[(\[]\s*baca\b", re.IGNORECASE)
# noncharacters, which no text may hold, stand around what is linked
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_LINK = rf"(?:\s*{_OPEN}[^{_CLOSE}]{{1,300}}{_CLOSE}\s*[,;|]?){{1,5}}"
_POINTS = re.compile(
    rf"\s*[(\[]\s*baca\s*(?:{_OTHERS}\s*)?:{_LINK}[)\]]"
    rf"|(?<!\S){_VERB}\s*{_OTHERS}\s*[:»>]{_LINK}"
    # "Simak: <a>tiga tahap</a> seleksi itu" and "Baca juga <a>aturan</a> itu" are sentences
    rf"|(?<!\S){_VERB}\s*(?:{_OTHERS}\s*[–-]?|:){_LINK}\.?$",
    re.IGNORECASE,
)
_LONGEST_LEAD = 80  # characters; white space alone may be a megabyte
_LEAD = re.compile(
    rf"\s*[(\[]\s*baca\s*(?:{_OTHERS}\s*)?:\s*$|(?<!\S){_VERB}\s*{_OTHERS}\s*[:»>]\s*$",
    re.IGNORECASE,
)
_LEAD_AT_END = re.compile(
    rf"{_LEAD.pattern}|(?<!\S){_VERB}\s*(?:{_OTHERS}\s*[–-]?|:)\s*$", re.IGNORECASE
)
_PHOTO = r"(?:foto|photo|dok|dokumentasi|ilustrasi)"
_TAIL = re.compile(
    r"(?<=[.!?…”\"])\s*[(\[]\s*"
    rf"(?:{_PHOTO}\s*[:/.]\s*|baca\s*juga\s*:\s*)[^()\[\]]{{1,150}}[)\]]$",
    re.IGNORECASE,
)
# without brackets only what names nobody: "… kata dia. FOTO: IST"
_CREDIT_TAIL = re.compile(
    r"(?<=[.!?…”\")])\s*(?-i:FOTO|Foto)\s*[:/]\s*(?:ist(?:imewa)?|dok\b\.?[^.,]{0,40})\.?$",
    re.IGNORECASE,
)
# a title without its link; a sentence ends in a sign
_TITLE_TAIL = re.compile(
    r"(?<=[.!?…”\"])\s+(?:Baca [Jj]uga|BACA JUGA)\s*:\s*[A-Z]"
    r"(?!.{0,180}\b(?:kata|ujar|ucap|tutur|pesan|begitu|demikian)(?:nya)?\b)"
    r"(?:[^.!?]|\.(?=\S)|(?<=\b(?:Pj|Dr|Hj|Ir))\.|(?<=\b(?:Plt|Drs))\.){8,180}(?<![.!?”\"])$"
)
_SHORTCODE = r"(?:irp|embed|gallery|playlist|quads|adrotate|su_\w+|vc_\w+|et_pb_\w+)"
_SHORTCODES = re.compile(
    r"\[caption\b[^\[\]]{0,400}\][^\[\]]{0,400}\[/caption\]"
    r"|\[embed\b[^\[\]]{0,100}\][^\[\]\s]{0,400}\[/embed\]"
    rf"|\[/?{_SHORTCODE}(?:\s+[\w-]+\s*=[^\[\]]{{0,400}})?\]",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    rf".{{1,300}}(?:[(\[]\s*(?:{_PHOTO}|ist|istimewa|antara(?:\s+foto|/))\b[^()\[\]]{{0,80}}[)\]]\.?"
    rf"|[.)]\s*(?:{_PHOTO}\s*[:/]|antara(?: foto)?/)\s*[^.]{{1,60}}\.?)",
    re.IGNORECASE,
)


def without_pointers(text: str, pieces: Sequence[tuple[str, bool]]) -> str:
    """`text` without each "Baca juga: …" that stands in it with its link.

    `pieces`: what `text` was put together from, each with whether it is linked.
    """
    if any(linked for _, linked in pieces) and _SAYS.search(text):
        marked = "".join(f"{_OPEN}{piece}{_CLOSE}" if linked else piece for piece, linked in pieces)
        marked = _POINTS.sub(" ", " ".join(marked.replace(_CLOSE + _OPEN, "").split()))
        text = " ".join(marked.replace(_OPEN, "").replace(_CLOSE, "").split())
    return text


def without_lead(before: str, *, is_last: bool) -> str:
    """The text before a link, without the `Baca juga:` that announces it.

    `is_last`: the link ends its paragraph; `Simak: <a>tiga tahap</a> seleksi` is a sentence.
    """
    start, end = before[:-_LONGEST_LEAD], before[-_LONGEST_LEAD:]
    return start + (_LEAD_AT_END if is_last else _LEAD).sub("", end)


def without_tail(text: str) -> str:
    """A paragraph without the `(Foto: Humas)` or `Baca juga: …` behind its last sentence."""
    if text.endswith((")", "]")):
        text = _TAIL.sub("", text)
    return _TITLE_TAIL.sub("", _CREDIT_TAIL.sub("", text))


def without_shortcodes(text: str) -> str:
    """A paragraph without the WordPress shortcodes (`[irp posts="1"]`) that no plugin replaced."""
    return " ".join(_SHORTCODES.sub(" ", text).split()) if "[" in text else text


def is_caption(text: str) -> bool:
    """Whether a line that follows a photo says what it shows and closes with its credit."""
    return bool(_CAPTION.fullmatch(text))
