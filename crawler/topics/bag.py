"""Whether the words of a text, in whatever order, can be about a topic at all."""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from crawler.topics.terms import Pattern, Slot, words_of

__all__ = ["Bag"]


@dataclass(frozen=True)
class _Group:
    """The terms of one group: single words, which are looked for together, and all others."""

    words: frozenset[str]
    others: tuple[tuple[Slot, ...], ...]

    def is_in(self, words: Set[str]) -> bool:
        """Whether each word of one of the terms is among `words`."""
        return not self.words.isdisjoint(words) or any(
            all(_is_filled(slot, words) for slot in term) for term in self.others
        )


class Bag:
    """Lets through every text with a rule all of whose groups have a term's words in it.

    Stricter than the sieve, which looks for letters anywhere in a page: here a word is a word.
    """

    def __init__(
        self,
        *,
        require: Iterable[tuple[Pattern, ...]],
        rules: Iterable[list[tuple[Pattern, ...]]],
        endings: tuple[str, ...],
    ) -> None:
        self._require = [_group(terms) for terms in require]
        self._rules = [[_group(terms) for terms in groups] for groups in rules]
        self._endings = endings

    def may_match(self, text: str) -> bool:
        """False only when no story written in lines of `text`, which holds no markup, matches."""
        words = words_of(text, endings=self._endings)
        return all(group.is_in(words) for group in self._require) and any(
            all(group.is_in(words) for group in rule) for rule in self._rules
        )


def _group(terms: Iterable[Pattern]) -> _Group:
    slots = [term.slots for term in terms]
    single = [term[0] for term in slots if len(term) == 1 and not term[0].prefixes]
    others = [term for term in slots if len(term) > 1 or term[0].prefixes]
    return _Group(
        words=frozenset(word for slot in single for word in slot.words),
        others=tuple(dict.fromkeys(others)),
    )


def _is_filled(slot: Slot, words: Set[str]) -> bool:
    if any(word in words for word in slot.words):
        return True
    return bool(slot.prefixes) and any(word.startswith(slot.prefixes) for word in words)
