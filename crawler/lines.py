"""The lines of a story as they stand in its container, without the widgets between them. Pure."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from crawler.pointers import POINTER, is_caption, without_lead, without_pointers
from crawler.tree import Element, folded, text_of

__all__ = ["Line", "cut_before", "is_widget", "prune", "read_lines", "without_pointed"]

_NO_TEXT = (
    "aside audio button canvas embed figcaption footer form head header iframe input map nav "
    "noscript object script select style svg template textarea title video"
)
_OWN_LINE = (
    "address article blockquote body br center dd details div dl dt fieldset figure h1 h2 h3 h4 "
    "h5 h6 hr li main ol p pre section summary table tbody tfoot thead tr ul"
)
_SKIPPED = frozenset(_NO_TEXT.split())
_BLOCKS = frozenset(_OWN_LINE.split())
_WIDGET = re.compile(
    r"(?:^|\s)(?:"
    r"ctatext|posttitle|\S*baca-?_?juga\S*|\S*inline-?_?related\S*|\S*related[-_]?(?:post|art|news|berita)\S*"
    r"|related|\S*berita-terkait\S*|\S*relatedposts\S*|crp_related|yarpp\S*|linksisip\S*"
    r"|share|share[-_]\S*|(?!simple-)\S*[-_]share|sharedaddy|\S*sharing\S*|\S*medsos\S*|social|social[-_]\S*"
    r"|\S*media-social\S*|media-sosial\S*|addtoany\S*|a2a_\S*|heateor\S*|essb\S*|swp_\S*|copied"
    r"|ads?|ads?[-_]\S*|\S*[-_]ads?|adsbygoogle|advert\S*|iklan\S*|\S*[-_]iklan|\S*dfp[-_]\S*"
    r"|div-gpt\S*|gpt-\S*|code-block|code-block-\d+|quads\S*|td-a-rec\S*|jeg_ad\S*|banner\S*"
    r"|wp-caption-text|caption|caption-photo|\S*-caption"
    r"|page-links?|page-link-wrap|paging|pagination"
    r"|totalpembaca|post-?views\S*|\S*view-?count\S*"
    r"|tagname|tagcloud\S*|\S*body-tags?|post-tags?|entry-tags?|tags-links|tag-links"
    r"|newsletter\S*|berlangganan\S*|\S*google-?news\S*|\S*whatsapp\S*"
    r"|author-box\S*|about-author\S*|breadcrumbs?|comments?|comments-area|respond|disqus\S*"
    r"|instagram-media|tiktok-embed|kk-star\S*|ez-toc\S*|lwptoc\S*|toc_container"
    r"|screen-reader-text|sr-only|hide"
    r")(?=\s|$)",
    re.IGNORECASE,
)
_POINTING = frozenset(["p", "li", "div", "h2", "h3", "h4", "strong", "b", "em", "i", "blockquote"])
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_TEXT_FIGURE = re.compile(r"wp-block-(?:table|pullquote)")
_DATED = re.compile(
    r"(?:\w{4,7},? )?\d{1,2} \w{3,9} \d{4}.{0,20}"
    r"|\d{1,3} (?:menit|jam|hari|minggu|bulan) (?:yang )?lalu",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Line:
    """A paragraph, list item, table row or what stands between two `<br>`."""

    text: str
    link_characters: int = 0

    @property
    def is_link(self) -> bool:
        """All of the line but a few first words leads elsewhere."""
        lead = POINTER.match(self.text)
        own = len(self.text) - (lead.end() if lead else 0)
        return self.link_characters > 0 and self.link_characters >= 0.8 * own


@dataclass
class _Reader:
    lines: list[Line] = field(default_factory=list)
    pieces: list[tuple[str, bool]] = field(default_factory=list)
    links: int = 0
    is_after_photo: bool = False

    def say(self, text: str | None) -> None:
        if text:
            self.pieces.append((text, self.links > 0))

    def end_line(self) -> None:
        if not self.pieces:
            return
        text = folded("".join([piece for piece, _ in self.pieces]))
        if text:
            self._end(text)
        self.pieces = []

    def _end(self, text: str) -> None:
        told = without_pointers(text, self.pieces)
        if told and not (self.is_after_photo and is_caption(text)):
            # of a line that lost its pointer, what is left is no link
            linked = sum(len(folded(piece)) for piece, linked in self.pieces if linked)
            self.lines.append(Line(told, linked if told == text else 0))
        self.is_after_photo = False


def read_lines(container: Element, *, drop: Collection[Element] = ()) -> list[Line]:
    """The lines under `container` in order, without scripts, widgets, captions and `drop`.

    Every block counts alike, however short: an edit changes the lines it touches and no others.
    """
    reader = _Reader()
    walk = etree.iterwalk(container, events=("start", "end"))
    skipped: Element = None
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in _BLOCKS:
                reader.end_line()
            reader.is_after_photo |= tag == "img"
            if element is not container and _is_skipped(element, drop):
                skipped = element
                walk.skip_subtree()
                continue
            reader.links += tag == "a"
            reader.say(element.text)
            continue
        if tag in _BLOCKS:
            reader.end_line()
        if element is skipped:
            skipped = None
        else:
            reader.links -= tag == "a"
        if tag in ("td", "th"):
            reader.say(" ")
        if element is not container:
            reader.say(element.tail)
    reader.end_line()
    return reader.lines


def without_pointed(lines: Iterable[Line]) -> list[Line]:
    """The lines without a "Baca juga:" of its own and the links under it, with their dates."""
    kept: list[Line] = []
    is_pointed = False
    for line in lines:
        is_listed = is_pointed and (line.is_link or bool(_DATED.fullmatch(line.text)))
        is_pointed = is_listed or bool(POINTER.fullmatch(line.text))
        if not is_pointed:
            kept.append(line)
    return kept


def _is_skipped(element: Element, drop: Collection[Element]) -> bool:
    return element in drop or is_widget(element)


def is_widget(element: Element) -> bool:
    """The element is no running text: by its tag, its class or id, or because it is hidden."""
    if element.tag in _SKIPPED:
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if element.tag == "figure" and not _TEXT_FIGURE.search(names):
        return True
    if len(names) > 1 and _names_widget(names):
        return True
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


@lru_cache(maxsize=4096)
def _names_widget(names: str) -> bool:
    """Whether class and id are a widget's; the elements of a page, and its pages, share theirs."""
    return any(map(_is_widget_name, names.split()))


@lru_cache(maxsize=4096)
def _is_widget_name(name: str) -> bool:
    return bool(_WIDGET.match(name))


def prune(tree: Element) -> None:
    """Take widgets and links to other stories out of a whole page, before it is read generically.

    What holds the heading or many paragraphs stays, whatever its class says.
    """
    doomed = [element for element in tree.iter(etree.Element) if _is_aside(element)]
    for element in doomed:
        if element.getparent() is not None:
            element.drop_tree()
    for link in list(tree.iter("a")):
        _drop_pointer(link)


def _drop_pointer(link: Element) -> None:
    """Take a link away that the words just before it announce as another story, with them."""
    earlier, parent = link.getprevious(), link.getparent()
    before = (parent.text if earlier is None else earlier.tail) or ""
    told = without_lead(before, is_last=not (link.tail or "").strip(" .)]\n\r\t"))
    if told == before:
        return
    link.tail = (link.tail or "").lstrip(" .)]")
    if earlier is None:
        parent.text = told
    else:
        earlier.tail = told
    link.drop_tree()


def cut_before(tree: Element, headlines: Collection[str]) -> None:
    """Take away what stands before the one heading that says one of `headlines`."""
    wanted = [h1 for h1 in tree.iter("h1") if text_of(h1) in headlines]
    node = wanted[0] if len(wanted) == 1 else None
    while node is not None and node.tag != "body":
        for earlier in list(node.itersiblings(preceding=True)):
            earlier.drop_tree()
        node = node.getparent()


def _is_aside(element: Element) -> bool:
    if element.tag in _POINTING and _points_elsewhere(element):
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if len(names) < 2 or element.tag in ("html", "body", "main") or not _names_widget(names):
        return False
    return element.find(".//h1") is None and len(element.findall(".//p")) < 5


def _points_elsewhere(element: Element) -> bool:
    """A short block that says `Baca juga` and is a link for the rest."""
    if next(element.iter("a"), None) is None:
        return False
    text = ""
    for piece in element.itertext():  # up to its limit: deep nesting would read all of it each time
        text += piece
        if len(text) > 400:
            return False
    if not POINTER.match(text):
        return False
    links = sum(len(text_of(link)) for link in element.iter("a"))
    return Line(folded(text), links).is_link
