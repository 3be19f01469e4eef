"""Whether the bytes of a page can hold the words of a topic at all, at the speed of memory."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import re2

from crawler.topics.terms import Pattern, Slot

__all__ = ["Gate"]

_MEMORY = 64 << 20
"""Bytes for the automaton of one group; RE2 starts it anew rather than go over."""
_LARGEST = 300
"""Terms of a group that is worth an automaton; a larger one counts as there on every page."""
_SHORT = 3
_OPAQUE = (b"\0", b"\x1b")
"""In the bytes of a charset that may spell ASCII letters otherwise: UTF-16, ISO-2022."""

# What may stand inside a word that a reader sees whole: markup, a comment, what is no letter of
# ours (soft hyphens and the like in any charset), an entity or escape of such, a dot (A.S.N).
# More than that does no harm: a page let through costs a reading, one held back may be lost.
_CUT = (
    rb"<[^<>]*>|<(?:[^<>\"']|\"[^<\"]*\"|'[^<']*')*>|<!--(?:[^-]|-[^-])*-*>"
    rb"|&(?:amp;)*#?[0-9a-z]{1,12};?|\\+u[0-9a-f]{4}|[\x80-\xff\x01-\x08\x0e-\x1f\x7f.\\]"
)
_INSIDE = rb"(?:" + _CUT + rb")*"
_BETWEEN = rb"(?:[^0-9a-z]|" + _CUT + rb")+"
# the only characters beyond ASCII whose lower case holds an ASCII letter
_ALSO = {
    "i": rb"|\xc4\xb0|\xdd|&(?:amp;)*(?:Idot|#0*304|#x0*130);?|\\+u0130",
    "k": rb"|\xe2\x84\xaa|&(?:amp;)*(?:#0*8490|#x0*212a);?|\\+u212a",
}


class Gate:
    """Lets through a page on which the required groups may stand; without any, those of one rule.

    A group stands on a page when one of its terms may: told by the most telling word of each. RE2
    (linear in the page, whatever it holds) finds the words however markup, entities, escapes and
    invisible characters cut them. Nothing is decoded, so that a page without them costs least.
    """

    def __init__(
        self, *, require: Iterable[tuple[Pattern, ...]], rules: Iterable[list[tuple[Pattern, ...]]]
    ) -> None:
        known: dict[tuple[Pattern, ...], _Group] = {}
        self._require = [known.setdefault(group, _Group(group)) for group in require]
        self._rules = [
            [known.setdefault(group, _Group(group)) for group in reversed(groups)]
            for groups in rules
        ]

    def may_match(self, body: bytes) -> bool:
        """False only when no text read from these bytes (content codings undone) can match."""
        if any(mark in body for mark in _OPAQUE):
            return True
        body = body.replace(b"https", b"http")  # every address has it, and it has `tps`
        if self._require:  # where they stand, as in most menus, words tell more than bytes
            return all(group.may_be_in(body) for group in self._require)
        seen: dict[int, bool] = {}
        return any(all(_cached(group, body, seen=seen) for group in rule) for rule in self._rules)


def _cached(group: "_Group", body: bytes, *, seen: dict[int, bool]) -> bool:
    if id(group) not in seen:
        seen[id(group)] = group.may_be_in(body)
    return seen[id(group)]


class _Group:
    """The terms of one group as one automaton, made when it is first asked."""

    def __init__(self, terms: Sequence[Pattern]) -> None:
        self._terms = terms

    def __reduce__(self) -> tuple[type["_Group"], tuple[Sequence[Pattern]]]:
        return _Group, (self._terms,)  # an automaton does not travel between processes

    def may_be_in(self, body: bytes) -> bool:
        if len(self._terms) > _LARGEST:
            return True
        return self._automaton.search(body) is not None

    @cached_property
    def _automaton(self) -> Any:
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.case_sensitive = False
        options.dot_nl = True
        options.never_capture = True
        options.max_mem = _MEMORY
        options.log_errors = False
        told = dict.fromkeys(_told(term) for term in self._terms)
        return re2.compile(b"|".join(told), options=options)


def _told(term: Pattern) -> bytes:
    """The most telling word of a term; with what follows it, where all are short."""
    best = max(term.slots, key=lambda slot: min(map(len, slot.stems)))
    if min(map(len, best.stems)) >= _SHORT or len(term.slots) == 1 or max(term.reach) > 1:
        return _either(best)
    return _BETWEEN.join(_either(slot, is_whole=True) for slot in term.slots)


def _either(slot: Slot, *, is_whole: bool = False) -> bytes:
    """One of the slot's words; where only a part of them is sought, the least that all have."""
    stems = {stem.encode("ascii", "ignore").decode() for stem in slot.stems}
    if "" in stems:  # nothing of it is told by ASCII letters: it may be anywhere
        return b""
    least = sorted(
        stem for stem in stems if is_whole or not any(o != stem and o in stem for o in stems)
    )
    return b"(?:" + b"|".join(_INSIDE.join(map(_letter, stem)) for stem in least) + b")"


def _letter(letter: str) -> bytes:
    """A letter or digit as itself, as an entity, or escaped as in JSON."""
    written = {ord(letter), ord(letter.upper())}
    forms = [letter.encode()]
    forms += [
        rb"&(?:amp;)*#(?:0*%d|x0*%x);?|\\+u%04x" % (code, code, code) for code in sorted(written)
    ]
    return b"(?:" + b"|".join(forms) + _ALSO.get(letter, b"") + b")"
