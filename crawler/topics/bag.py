"""Whether the words of a text, in whatever order, can be about a topic at all."""

from collections.abc import Iterable, Set
from functools import cache

from crawler.topics.terms import HEAD, Pattern, Slot, words_of

__all__ = ["Bag"]

_Filled = set[int]
"""The numbers of the slots for which a text has a word."""


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
        slots = _Slots()
        group = cache(lambda terms: _Group(terms, slots))  # rules share their groups
        self._require = [group(terms) for terms in require]
        self._rules = [[group(terms) for terms in groups] for groups in rules]
        self._slots = slots
        self._endings = endings

    def may_match(self, text: str) -> bool:
        """False only when no story written in lines of `text`, which holds no markup, matches."""
        filled = self._slots.filled(words_of(text, endings=self._endings))
        return all(group.is_in(filled) for group in self._require) and any(
            all(group.is_in(filled) for group in rule) for rule in self._rules
        )


class _Slots:
    """The slots of all terms by number, and which of them a word fills."""

    def __init__(self) -> None:
        self._numbers: dict[Slot, int] = {}
        self._words: dict[str, list[int]] = {}
        self._prefixes: dict[str, dict[str, list[int]]] = {}
        """By their first letters."""

    def number(self, slot: Slot) -> int:
        """The number of a slot, a new one for one not met before."""
        if slot in self._numbers:
            return self._numbers[slot]
        number = self._numbers[slot] = len(self._numbers)
        for word in slot.words:
            self._words.setdefault(word, []).append(number)
        for prefix in slot.prefixes:
            alike = self._prefixes.setdefault(prefix[:HEAD], {})
            alike.setdefault(prefix, []).append(number)
        return number

    def filled(self, words: Set[str]) -> _Filled:
        """The slots for which one of `words` is there."""
        filled = {number for word in self._words.keys() & words for number in self._words[word]}
        for word in words:
            for prefix, numbers in self._prefixes.get(word[:HEAD], {}).items():
                if word.startswith(prefix):
                    filled.update(numbers)
        return filled


class _Group:
    """The terms of one group: those of one slot, which are looked for together, and the others."""

    def __init__(self, terms: Iterable[Pattern], slots: _Slots) -> None:
        numbered = {frozenset(slots.number(slot) for slot in term.slots) for term in terms}
        self._single = frozenset(number for term in numbered if len(term) == 1 for number in term)
        self._others: dict[int, list[frozenset[int]]] = {}
        """By one of their slots."""
        for term in sorted(map(sorted, numbered)):
            if self._single.isdisjoint(term):
                self._others.setdefault(term[0], []).append(frozenset(term))

    def is_in(self, filled: _Filled) -> bool:
        """Whether all slots of one of the terms are filled."""
        return not self._single.isdisjoint(filled) or any(
            term <= filled for first in filled & self._others.keys() for term in self._others[first]
        )
