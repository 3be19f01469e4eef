"""Whether a page can be about a topic at all, told from its characters alone."""

import html
import re
from collections.abc import Iterable

from crawler.topics.terms import Pattern

__all__ = ["Sieve"]

_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_TAG = re.compile(r"<[^<>]*>")
# As an HTML parser sees comments, tags with `>` inside quoted values, and `</>` or `<!x>`. All
# match to the end of the page when unclosed: what can fail there is quadratic on many `<`.
_MARKUP = re.compile(
    r"<!--(?:.*?-->|.*)"
    r"|</?[a-zA-Z][^\s/>]*+(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?)*+(?:>|\Z)"
    r"|<[/!?][^>]*+(?:>|\Z)",
    re.DOTALL,
)
_JOINER = "\u2060"  # keeps what stood around a tag from becoming one entity; dropped afterwards
_MANY = 16  # literals sought in one page
_DOT = b"."  # A.S.N is ASN
_CONTROL = bytes(code for code in (*range(32), 127) if code not in b"\t\n\v\f\r")
_PLAIN = bytes(code if chr(code).isalnum() else 32 for code in range(128)).lower() + bytes(128)

Need = list[tuple[tuple[bytes, ...], ...]]
"""A group: at least one of its terms, of which each word, of which one literal. What was met last
comes first: the pages of one outlet are alike."""


class Sieve:
    """Lets through every page from which a story on topic could be read, and some more.

    A rule can only be met when each of its groups has a term in the story, and a term only
    when each of its words is there. Words are looked for one by one, anywhere in the page
    and inside longer words, so neither markup nor white space between them matters. (A word
    cut in its middle by a tag whose quotes do not close is the one thing that may be missed:
    parsers do not agree on where such a tag ends.)
    """

    def __init__(
        self, *, require: Iterable[tuple[Pattern, ...]], rules: Iterable[list[tuple[Pattern, ...]]]
    ) -> None:
        self._require = [_need(group) for group in require]
        # the last group of a rule says the most: asking for it first ends most searches
        self._rules = [[_need(group) for group in reversed(groups)] for groups in rules]

    def may_match(self, characters: str) -> bool:
        """False only when no text read from these characters can be on topic."""
        text = _decoded(characters)
        present = _Presence(_ascii(text))
        if self._holds(present):
            return True
        joined = "".join([piece.strip() for piece in _TAG.split(text)])
        parsed = _JOINER.join([piece.strip() for piece in _MARKUP.split(characters)])
        present.add(_ascii(joined), _ascii(_decoded(parsed)))
        return self._holds(present)

    def _holds(self, present: "_Presence") -> bool:
        if not all(_met(need, present) for need in self._require):
            return False
        for place, rule in enumerate(self._rules):
            if all(_met(need, present) for need in rule):
                self._rules.insert(0, self._rules.pop(place))
                return True
        return False


class _Presence(dict[bytes, bool]):
    """Whether a literal stands in the page; each is searched for once, when asked for."""

    def __init__(self, text: bytes) -> None:
        self._stacks = [text]
        self._seen: set[bytes] | None = None

    def add(self, *texts: bytes) -> None:
        """More of the page, in which the literals not yet found are searched for."""
        seen = self._fragments()
        more = {fragment for text in texts for fragment in text.split()} - seen
        self._stacks.append(b" ".join(more))
        for literal in [literal for literal, there in self.items() if not there]:
            del self[literal]

    def _fragments(self) -> set[bytes]:
        """The page's words, each once: a haystack worth making when many literals are sought."""
        if self._seen is None:
            self._seen = set(self._stacks[0].split())
            self._stacks[0] = b" ".join(self._seen)
        return self._seen

    def __missing__(self, literal: bytes) -> bool:
        if len(self) == _MANY:
            self._fragments()
        there = any(literal in stack for stack in self._stacks)
        self[literal] = there
        return there


def _need(group: tuple[Pattern, ...]) -> Need:
    """The group's terms as literals; a term that asks for more than another is left out."""
    terms = {frozenset(_literals(slot.stems) for slot in term.slots) for term in group}
    least = [term for term in terms if not any(other < term for other in terms)]
    return sorted(tuple(sorted(term, key=len)) for term in least)


def _literals(stems: Iterable[str]) -> tuple[bytes, ...]:
    texts = {_ascii(stem) for stem in stems}
    return tuple(sorted(t for t in texts if not any(o != t and o in t for o in texts)))


def _met(need: Need, present: _Presence) -> bool:
    for place, term in enumerate(need):
        if all(any(present[literal] for literal in slot) for slot in term):
            need.insert(0, need.pop(place))
            return True
    return False


def _decoded(page: str) -> str:
    r"""The page with its entities and `\u` escapes undone, also those within the other."""
    text = html.unescape(page)
    if "\\u" in text:
        return html.unescape(_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text))
    return html.unescape(text) if "&" in text else text


def _ascii(text: str) -> bytes:
    """The ASCII letters and digits in lower case, a space for the rest; what is left out joins."""
    # the only characters beyond ASCII whose lower case holds an ASCII letter
    plain = text.replace("\u0130", "i").replace("\u212a", "k")
    return plain.encode("ascii", "ignore").translate(_PLAIN, _DOT + _CONTROL)
