"""The language of a search, and what it is in SQLite's FTS5 and in PostgreSQL's tsquery. Pure.

    camat netral            both words, in any order
    "netralitas ASN"        side by side
    netral*                 every word that begins so
    camat OR lurah          either; AND binds closer than OR, NOT closest
    camat NOT lurah         without it; also camat -lurah
    (camat OR lurah) asn    parentheses

Operators are in capitals. Only folded words (ASCII letters, digits, underscores) reach a database,
each in quotes, so that nothing typed is ever an operator there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archive.errors import BadQuery
from archive.words import folded

__all__ = ["And", "Node", "Or", "Term", "Without", "fts5", "parse", "positive", "tsquery"]

_LONGEST = 1_000
_MOST_WORDS = 64
_DEEPEST = 20
_NOTHING = "nothing to search for: give at least one word"
_TOKENS = re.compile(
    r'(?P<space>\s+)|(?P<open>\()|(?P<close>\))|(?P<minus>-(?=["(\w]))'
    r'|"(?P<phrase>[^"]*)"(?P<star>\*?)|(?P<unclosed>")|(?P<word>[^\s()"]+)'
)
_QUOTES = str.maketrans(dict.fromkeys("“”„‟″«»", '"'))


@dataclass(frozen=True)
class Term:
    """Words side by side; the last may be only the beginning of one."""

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True)
class And:
    """All of these."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Or:
    """Any of these."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Without:
    """The first, and none of the others."""

    kept: "Node"
    barred: "tuple[Node, ...]"


@dataclass(frozen=True)
class _Not:
    """All but this: no database can list that, so it must stand beside what is kept."""

    part: "Node"


Node = Term | And | Or | Without
_Part = Node | _Not | None
"""None: signs without a word, which say nothing."""


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    is_prefix: bool = False


def parse(query: str) -> Node:
    """What a query asks for. Raises BadQuery, with one line that says what to change."""
    if len(query) > _LONGEST:
        raise BadQuery(f"a search of {len(query):,} characters is too long: at most {_LONGEST:,}")
    reader = _Reader(list(_tokens(query.translate(_QUOTES))))
    found = reader.any_of(depth=0)
    if reader.kind:
        raise BadQuery("a parenthesis is closed that was not opened")
    if found is None:
        raise BadQuery(_NOTHING)
    if isinstance(found, _Not):
        raise BadQuery("NOT and - take away from what is found: give at least one word to find")
    return found


def _tokens(query: str) -> Iterator[_Token]:
    words = 0
    for match in _TOKENS.finditer(query):
        token = _token(match)
        if token.kind == "unclosed":
            raise BadQuery('a phrase is not closed: a " is missing')
        words += len(folded(token.text)) if token.kind == "term" else 0
        if words > _MOST_WORDS:
            raise BadQuery(f"too many words in one search: at most {_MOST_WORDS}")
        if token.kind != "space":
            yield token


def _token(match: re.Match[str]) -> _Token:
    kind, text = match.lastgroup or "", match[0]
    if kind == "word" and text in {"AND", "OR", "NOT"}:
        return _Token(text, text)
    if kind == "minus":
        return _Token("NOT", text)
    if kind == "word":
        return _Token("term", text, is_prefix=text.endswith("*"))
    if match["phrase"] is not None:
        return _Token("term", match["phrase"], is_prefix=match["star"] == "*")
    return _Token(kind, text)


class _Reader:
    """Recursive descent: any_of → all_of → one."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0

    @property
    def kind(self) -> str:
        """The kind of the token to come; empty at the end."""
        return self._tokens[self._next].kind if self._next < len(self._tokens) else ""

    def _take(self) -> _Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def any_of(self, *, depth: int) -> _Part:
        parts = [self._all_of(depth=depth)]
        while self.kind == "OR":
            self._take()
            parts.append(self._all_of(depth=depth, after="OR"))
        return _either([part for part in parts if part is not None])

    def _all_of(self, *, depth: int, after: str = "") -> _Part:
        parts: list[_Part] = []
        operator = after
        while self.kind not in {"", "close", "OR"}:
            if self.kind == "AND":
                if not parts or operator:
                    raise BadQuery("AND stands between two words")
                operator = self._take().kind
                continue
            parts.append(self._one(depth=depth))
            operator = ""
        if operator or (not parts and self.kind == "OR"):
            raise BadQuery(f"{operator or 'OR'} stands between two words")
        return _together([part for part in parts if part is not None])

    def _one(self, *, depth: int) -> _Part:
        if depth > _DEEPEST:
            raise BadQuery(f"parentheses and NOT in more than {_DEEPEST} levels")
        token = self._take()
        if token.kind == "NOT":
            return self._barred(depth=depth)
        if token.kind == "open":
            return self._group(depth=depth)
        words = tuple(folded(token.text))
        return Term(words, token.is_prefix) if words else None

    def _barred(self, *, depth: int) -> _Part:
        if self.kind in {"", "close", "AND", "OR"}:
            raise BadQuery("NOT stands before a word")
        part = self._one(depth=depth + 1)
        if part is None:
            return None
        return part.part if isinstance(part, _Not) else _Not(part)

    def _group(self, *, depth: int) -> _Part:
        part = self.any_of(depth=depth + 1)
        if self.kind != "close":
            raise BadQuery("a parenthesis is not closed: a ) is missing")
        self._take()
        return part


def _either(parts: list[Node | _Not]) -> _Part:
    if len(parts) < 2:
        return parts[0] if parts else None
    kept = [part for part in parts if not isinstance(part, _Not)]
    if len(kept) < len(parts):
        raise BadQuery("NOT cannot be one side of OR: say what to find there, too")
    return Or(tuple(kept))


def _together(parts: list[Node | _Not]) -> _Part:
    kept = [part for part in parts if not isinstance(part, _Not)]
    barred = tuple(part.part for part in parts if isinstance(part, _Not))
    if not kept:
        if not barred:
            return None
        return _Not(barred[0] if len(barred) == 1 else Or(barred))
    all_kept = kept[0] if len(kept) == 1 else And(tuple(kept))
    return Without(all_kept, barred) if barred else all_kept


def positive(node: Node) -> list[Term]:
    """The terms that a hit may show: those that are not taken away."""
    if isinstance(node, Term):
        return [node]
    if isinstance(node, Without):
        return positive(node.kept)
    return [term for part in node.parts for term in positive(part)]


def fts5(node: Node) -> str:
    """The query for SQLite (https://www.sqlite.org/fts5.html#full_text_query_syntax)."""
    if isinstance(node, Term):
        return f'"{" ".join(node.words)}"' + " *" * node.is_prefix
    if isinstance(node, Without):
        barred = " OR ".join(map(fts5, node.barred))
        return f"({fts5(node.kept)} NOT ({barred}))"
    joint = " AND " if isinstance(node, And) else " OR "
    return f"({joint.join(map(fts5, node.parts))})"


def tsquery(node: Node) -> str:
    """The query for PostgreSQL, as text of the type tsquery (its manual, §8.11.2)."""
    if isinstance(node, Term):
        quoted = [f"'{word}'" for word in node.words]
        return f"({' <-> '.join(quoted)}{':*' * node.is_prefix})"
    if isinstance(node, Without):
        return f"({tsquery(node.kept)} & !({' | '.join(map(tsquery, node.barred))}))"
    joint = " & " if isinstance(node, And) else " | "
    return f"({joint.join(map(tsquery, node.parts))})"
