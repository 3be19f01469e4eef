"""From the bytes of a feed or sitemap to a tree, however broken the XML is. Pure."""

import html
import re
from collections.abc import Iterator
from html.entities import html5
from typing import Any, TypeAlias

from lxml import etree

from crawler.discover import SEED_LIMIT, SeedUnreadable

__all__ = ["Element", "children", "is_cut", "local_name", "text_of", "xml_fault", "xml_root"]

Element: TypeAlias = Any
"""An lxml element; lxml ships no types."""

_BOM = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,30})")
# only these: other names of codecs (punycode, utf-7, unicode_escape) are slow or no charset
_CHARSET = re.compile(r"(?:iso-8859-\d+|windows-125\d|cp125\d|latin-?1)", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]{1,30}:)?(rss|rdf|feed|urlset|sitemapindex)[\s>/]", re.IGNORECASE)
_END = re.compile(
    r"</(?:[\w.-]{1,30}:)?(?:rss|rdf|feed|urlset|sitemapindex)\s{0,9}>"
    r"|<(?:[\w.-]{1,30}:)?(?:rss|rdf|feed|urlset|sitemapindex)(?:\s[^<>]{0,2000})?/>",
    re.IGNORECASE,
)
# a CDATA section is left alone; one without end is taken to the end of the seed
_CDATA_OR_ENTITY = re.compile(
    r"<!\[CDATA\[(?:.*?\]\]>|.*\Z)|&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)(\w{1,32};)?",
    re.DOTALL,
)
_NO_XML_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xml_root(body: bytes, *, names: frozenset[str]) -> Element:
    """The root element of a seed; its local name, in lower case, is one of `names`.

    Bytes before the root (BOM, blank lines, PHP notices, a DOCTYPE with its entities) are skipped;
    a bare `&` is an ampersand and `&nbsp;` its character. Raises SeedUnreadable.
    """
    if len(body) > SEED_LIMIT:
        raise SeedUnreadable(f"{len(body)} bytes, over the limit of {SEED_LIMIT} for a seed")
    return _parsed(_clean(body, names))


def xml_fault(body: bytes) -> str:
    """Why a seed is not well-formed XML, with the line, or ''; xml_root reads it all the same."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        fault = " ".join(str(error.msg).split())
        return f"it is cut: {fault}" if is_cut(body) else fault
    return ""


def is_cut(body: bytes) -> bool:
    """Whether a seed ends before its root element does: what came may be the smaller part."""
    return _END.search(_characters(body)) is None


def children(element: Element) -> Iterator[tuple[str, Element]]:
    """Child elements with their local names; comments and instructions left out."""
    for child in element:
        if isinstance(child.tag, str):
            yield local_name(child), child


def local_name(element: Element) -> str:
    """The name without namespace or prefix: seeds declare namespaces wrongly, or not at all."""
    name: str = element.tag.rpartition("}")[2].rpartition(":")[2]
    return name.lower()


def text_of(element: Element) -> str:
    """All text inside, without blanks around."""
    return "".join(element.itertext()).strip()


def _characters(body: bytes) -> str:
    for mark, charset in _BOM.items():
        if body.startswith(mark):
            return body[2:].decode(charset, "replace")
    try:
        return body.decode("utf-8-sig")  # a text that is valid UTF-8 is UTF-8, whatever it declares
    except UnicodeDecodeError:
        declared = _DECLARED.search(body[:1000])
        name = declared[1].decode("ascii") if declared else ""
        return body.decode(name if _is_known(name) else "utf-8", "replace")


def _is_known(charset: str) -> bool:
    if not _CHARSET.fullmatch(charset):
        return False
    try:
        return "a".encode(charset) == b"a"
    except LookupError:  # iso-8859-99
        return False


def _clean(body: bytes, names: frozenset[str]) -> bytes:
    """The root element in UTF-8, without what no XML may hold. Raises SeedUnreadable.

    A function of its own, so that no other copy of a large seed is left while its tree is built.
    """
    characters = _characters(body)
    start = _ROOT.search(characters)
    page = _HTML.search(characters, 0, start.start() if start else len(characters))
    if start is None or page:
        raise SeedUnreadable(f"{'HTML' if page else 'no XML'} instead of {_listed(names)}")
    if start[1].lower() not in names:
        raise SeedUnreadable(f"a <{start[1]}> instead of {_listed(names)}")
    characters = _NO_XML_CHARACTER.sub("", characters[start.start() :])
    return _CDATA_OR_ENTITY.sub(_resolved, characters).encode()


def _parsed(clean: bytes) -> Element:
    # no entity is left to resolve: an entity bomb is text here
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(clean, parser)
    except etree.XMLSyntaxError as error:
        raise SeedUnreadable(f"no XML: {error.msg}") from None
    if root is None:
        raise SeedUnreadable("no XML: nothing but markup errors")
    return root


def _resolved(match: re.Match[str]) -> str:
    if match[0].startswith("<"):
        return match[0]
    name = match[1] or ""
    return html.escape(html5.get(name, f"&{name}"))


def _listed(names: frozenset[str]) -> str:
    return " or ".join(f"<{name}>" for name in sorted(names))
