"""Every word that could be read from a page, gathered from its characters alone. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from crawler.topics.terms import INVISIBLE

__all__ = ["PageWords", "words_on"]

_LONG = 300  # characters of a script: below it, to leave its words out costs more than they do
# where text may stand that no `>` begins: behind a `<` that opens nothing, in the content of a
# meta element, and in elements whose content is no markup
_SPECIAL = re.compile(
    r"<(?:[^a-zA-Z/!?]|/[^a-zA-Z>]|[mM][eE][tT][aA]|[tT][iI][tT][lL][eE]|[tT][eE][xX][tT][aA]"
    r"|[xX][mM][pP]|[pP][lL][aA][iI][nN]|[nN][oO][eEfF]|[iI][fF][rR])"
)
_CLOSING = {
    name[0]: re.compile(rf"</[{name[0]}{name[0].upper()}][{name[1]}{name[1].upper()}]|\Z")
    for name in ("ti", "te", "xm", "no", "if", "pl")
}
_CLOSING["t"] = re.compile(r"</[tT][iIeE]|\Z")
_TAG = re.compile(r"(?:[^>\"']++|\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))*+")
# As an HTML parser sees comments, tags with `>` inside quoted values, and `</>` or `<!x>`. All
# match to the end of the page when unclosed: what can fail there is quadratic on many `<`.
_MARKUP = re.compile(
    r"<!--(?:.*?-->|.*)"
    r"|</?[a-zA-Z][^\s/>]*+(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?)*+(?:>|\Z)"
    r"|<[/!?][^>]*+(?:>|\Z)",
    re.DOTALL,
)
_PLAIN_RUN = re.compile(r"[^<>]*")
_SIMPLE = re.compile(r"<[^<>]*>")
_CLOSED = re.compile(r"</s(?:cript|tyle)", re.IGNORECASE)
_DECLARES = re.compile(r"(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*?(?:ld\+json|&)|[^>]*?(?:ld\+json|&)")
_ENTITY = re.compile(r"&(?:amp;)*(#?\w+);?")
_NUMBER = re.compile(r"#(?:(\d+)|[xX]([0-9a-fA-F]+))")
_ESCAPE = re.compile(r"\\+(u[0-9a-fA-F]{4}|[nrtbf])")
_ANGLES = ("003c", "003e", "003C", "003E")
_DROP = re.compile(f"[{INVISIBLE}]")
_JOINING = tuple(
    re.compile(sign)
    for sign in (
        rb"\xe2\x80[\x8b-\x8f\xaa-\xae]", rb"\xe2\x81[\xa0-\xaf]", rb"\xc2[\x80-\x9f\xad]",
        rb"\xef\xbb\xbf", rb"\xe1\xa0\x8e", rb"\xe2\x84\xaa",
    )
)  # fmt: skip
_CONTROL = bytes(code for code in (*range(32), 127) if code not in b"\t\n\v\f\r")
_MARK = b"<"
# letters and digits in lower case; `<`, `>` and the dot may stand inside of a word (A.S.N)
_PLAIN = bytes(
    code if chr(code).isalnum() else 60 if chr(code) in "<>." else 32 for code in range(128)
).lower() + bytes(128).replace(b"\0", b" ")  # fmt: skip


@dataclass(frozen=True)
class PageWords:
    """The words of a page in ASCII letters and digits, in lower case, and some more."""

    words: set[bytes]
    broken: list[list[bytes]]
    """Pieces between which nothing but markup or dots stands: one word, or several."""


def words_on(characters: str) -> PageWords:
    """The words that could be read from a page, wherever a parser sees its markup.

    Between scripts and styles, in attributes other than those of `meta`, and in the names of
    elements stands nothing that a reader could take for text.
    """
    shown, declared = _without_scripts(characters)
    text = "<".join([*_MARKUP.split(shown), " ", *_special(shown), *_unclosed(shown), *declared])
    if "&" in text:
        text = _decoded(text)
    if "\\" in text and not all(map(_is_apart, set(_ESCAPE.findall(text)))):
        text = _decoded(_ESCAPE.sub(_unescaped, text))
    plain = text.encode("utf-8", "replace")
    if not text.isascii() and any(seen.search(plain) for seen in _JOINING):
        # nobody sees them; the last is the one sign beyond ASCII that becomes a letter
        plain = _DROP.sub("", text).replace("\u212a", "k").encode("utf-8", "replace")
    tokens = set(plain.translate(_PLAIN, _CONTROL).split())
    marked = [token.strip(_MARK) for token in tokens if _MARK in token]
    broken = [token.split(_MARK) for token in marked if _MARK in token]
    words = tokens.union(marked, *broken)
    return PageWords(words, broken)


def _without_scripts(characters: str) -> tuple[str, list[str]]:
    """The page without its long scripts and styles, and those of them that declare something."""
    shown: list[str] = []
    declared: list[str] = []
    before = ""
    for part in characters.split("<s"):
        kept = part
        if len(part) > _LONG and part.startswith(("cript", "tyle")):
            end = _end_of_script(part, before=before)
            kept = part[end:]
            if end and _DECLARES.match(part):
                declared.append(part[:end])
        shown.append(kept)
        before = part
    return "<s".join(shown), declared


def _end_of_script(part: str, *, before: str) -> int:
    """Where what the name of a script or style opens surely ends, for every parser; else 0."""
    end = part.find("</script" if part[0] == "c" else "</style")
    if end < _LONG or before.rfind("<") > before.rfind(">"):
        return 0  # inside of a tag
    if part.find("-->", 0, end) >= 0:
        return 0  # perhaps inside of a comment
    if part.find("</", 0, end) >= 0 and _CLOSED.search(part, 0, end):
        return 0
    return end


def _special(shown: str) -> Iterator[str]:
    for match in _SPECIAL.finditer(shown):
        start, opened = match.end(), match[0].lower()
        if opened == "<meta":
            yield shown[start : _end_of_tag(shown, start)]
        elif len(opened) < 4:
            yield match[0][-1] + _PLAIN_RUN.match(shown, start)[0]  # type: ignore[index]
        else:
            closed = _CLOSING[opened[1]].search(shown, start)
            yield shown[start : closed.start() if closed else len(shown)]


def _unclosed(shown: str) -> list[str]:
    """What stands behind a comment or tag that nothing ends: parsers do not agree on that."""
    comment = shown.find("<!--", shown.rfind("-->") + 1)
    tag = shown.find("<", shown.rfind(">") + 1)
    rest = shown[comment:] if comment >= 0 else shown[tag:] if tag >= 0 else ""
    return _SIMPLE.split(rest)


def _end_of_tag(text: str, start: int) -> int:
    """Where a tag ends at the latest, whether or not quotes are seen in it."""
    found = text.find(">", start)
    end = found if found >= 0 else len(text)
    inside = text[start:end]
    if not (inside.count('"') % 2 or inside.count("'") % 2):
        return end
    quoted = _TAG.match(text, start)
    return max(end, quoted.end() if quoted else end)


def _decoded(text: str) -> str:
    """The text with a letter, a dot, nothing or a space for each entity; also nested ones."""
    for _ in range(2):
        if all(_stands_apart(name) for name in set(_ENTITY.findall(text))):
            break
        text = _ENTITY.sub(lambda match: _entity(match[1]), text)
    return text


@lru_cache(maxsize=4096)
def _stands_apart(name: str) -> bool:
    """Whether an entity is nothing that a word is made of, and hides none behind it."""
    return _entity(name) in (" ", f" {name}")


@lru_cache(maxsize=4096)
def _entity(name: str) -> str:
    """What stands there instead: its character where that is part of a word, and what follows."""
    if name == "amp":
        return " "  # an entity behind it is nested, and read with it
    if number := _NUMBER.match(name):
        digits = (number[1] or number[2]).lstrip("0") or "0"
        code = int(digits, 10 if number[1] else 16) if len(digits) < 8 else 0
        found, rest = unescape(f"&#{code};"), name[number.end() :]
    else:
        whole = f"&{name[:40]};"
        decoded = unescape(whole)
        if decoded == whole:
            return f" {name}"
        kept = next(n for n in range(len(whole) + 1) if decoded.endswith(whole[n:]))
        found, rest = decoded[: len(decoded) - len(whole) + kept], whole[kept:].rstrip(";")
        rest += name[40:]
    return f"{_shown(found)}{rest}"


def _shown(found: str) -> str:
    if _DROP.fullmatch(found) or not found:
        return ""
    plain = found.lower()
    is_part = plain.isascii() and (plain.isalnum() or plain in ".&")
    return plain if is_part else " "


def _unescaped(match: re.Match[str]) -> str:
    if len(match[1]) == 1:
        return " "
    character = chr(int(match[1][1:], 16))
    return "<" if character in "<>" else _shown(character)


def _is_apart(escape: str) -> bool:
    """Whether the letters of an escape stand for a space and hide no beginning of a word."""
    return len(escape) > 1 and _shown(chr(int(escape[1:], 16))) == " " and escape[1:] not in _ANGLES
