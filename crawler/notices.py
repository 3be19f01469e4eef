"""Pages with status 200 that say the story is not there, or that the whole site is closed. Pure."""

import re
from collections.abc import Iterator
from html import unescape

from crawler.challenges import declares_story
from crawler.names import Names
from crawler.tree import folded

__all__ = ["says_closed", "says_missing"]

_BODY = re.compile(r"<body[^>]{0,2000}?class\s*=\s*[\"']([^\"']{0,2000})", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,300})", re.IGNORECASE)
# the text of a heading, behind the elements it begins with
_HEADING = re.compile(
    r"<h([12])[^>]{0,500}>(?:\s++|<[^>]{0,300}>){0,50}+([^<]{1,200})", re.IGNORECASE
)
_MOST_HEADINGS = 12  # what a page says of itself stands above its lists

_SORRY = r"(?:(?:oops|ups|uups|maaf|mohon maaf|sorry)[\s!.,:]*)?"
_WHAT = r"(?:halaman|artikel|berita|konten|laman|tulisan|postingan|post|url|alamat)(?: ini)?"
_SOUGHT = r"(?: yang (?:anda|kamu|kami|sedang anda) .{0,30}?)?"
_AWAY = (
    r" (?:(?:tersebut )?(?:tidak|tak|belum|sudah tidak) (?:lagi )?(?:dapat |bisa )?"
    r"(?:ditemukan|ada|tersedia|diakses|dibuka)(?: lagi)?"
    r"|(?:telah|sudah) (?:dihapus|ditarik|dipindahkan|tiada)(?: .{0,30})?)"
)
_MISSING = re.compile(
    r"(?:error\s*)?404(?:\s*(?:[-–—|:.!]\s*)?(?:error|not found|(?:file or )?page not found"
    rf"|halaman .{{0,40}}|{_SORRY}{_WHAT}{_SOUGHT}{_AWAY}))?[\s.!:;)(]*"
    rf"|{_SORRY}(?:(?:that|this) page can.{{0,8}}t be found|(?:the )?page not found|not found"
    rf"|nothing found|{_WHAT}{_SOUGHT}{_AWAY})[\s.!:;)(]*",
    re.IGNORECASE,
)
_SITE = (
    r"(?:(?:maaf|mohon maaf)[\s!.,:]*)?"
    r"(?:(?:situs|website|web|portal|laman|server|sistem|halaman|kami)(?: (?:web|ini|kami))* )?"
)
_CLOSED = re.compile(
    rf"{_SITE}(?:sedang )?(?:dalam )?(?:masa |proses )?"
    r"(?:perbaikan|pemeliharaan|perawatan|maintenance|pemutakhiran)(?: (?:situs|server|sistem"
    r"|berkala|rutin|website|mode))*[\s.!:;)(…]*"
    r"|(?:(?:the |this |our )?(?:web)?site (?:is )?)?(?:currently |briefly |temporarily )?"
    r"(?:under (?:scheduled )?(?:maintenance|construction)|(?:down|unavailable) for (?:scheduled )?"
    r"maintenance)(?:\. check back in a minute)?[\s.!]*"
    r"|(?:scheduled )?maintenance(?: mode)?[\s.!]*"
    r"|(?:kami |situs )?(?:akan )?segera kembali[\s.!]*|we(?:'|’)?(?:ll| will) be (?:right )?back"
    r"(?: (?:soon|shortly))?[\s.!]*|coming soon[\s.!]*",
    re.IGNORECASE,
)


def says_missing(html: str, names: Names) -> bool:
    """The page says that the story is not there; never for a page that declares a story."""
    classes = _BODY.search(html)
    if classes and "error404" in classes[1].split():
        return True
    return _says(html, names, notice=_MISSING)


def says_closed(html: str, names: Names) -> bool:
    """The page says that the whole site is closed for a while (maintenance), whatever was asked."""
    return _says(html, names, notice=_CLOSED)


def _says(html: str, names: Names, *, notice: re.Pattern[str]) -> bool:
    if declares_story(html):
        return False
    return any(notice.fullmatch(head) for head in _heads(html, names))


def _heads(html: str, names: Names) -> Iterator[str]:
    """The title, the first heading, and those below it that are more than a word or two."""
    title = _TITLE.search(html)
    if title:
        yield names.without_masthead(folded(unescape(title[1])))
    for number, match in enumerate(_HEADING.finditer(html)):
        if number == _MOST_HEADINGS:
            return
        head = names.without_masthead(folded(unescape(match[2])))
        # a box in the sidebar may say `Not found` or `Nothing found` of itself
        if match[1] == "1" or len(head.split()) > 2:
            yield head
