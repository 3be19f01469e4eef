"""Whether a page can be about a topic at all, told from its characters alone."""

from collections.abc import Iterable, Iterator

from crawler.topics.page_words import PageWords, words_on
from crawler.topics.terms import Pattern, Slot

__all__ = ["Sieve"]

_Filled = set[int]
"""The numbers of the slots for which the page has a word."""


class Sieve:
    """Lets through every page from which a story on topic could be read, and some more.

    A rule can only be met when each of its groups has a term in the story, and a term only when
    each of its words is there. Words are looked for anywhere in the page, in any order; pieces
    between which markup stands are put together in every way.
    """

    def __init__(
        self,
        *,
        require: Iterable[tuple[Pattern, ...]],
        rules: Iterable[list[tuple[Pattern, ...]]],
        endings: tuple[str, ...],
    ) -> None:
        self._slots: dict[Slot, int] = {}
        self._require = [self._group(group) for group in require]
        self._rules = [[self._group(group) for group in groups] for groups in rules]
        self._index = _Index(self._slots, endings)

    def may_match(self, characters: str) -> bool:
        """False only when no text read from these characters can be on topic."""
        filled = self._index.filled(words_on(characters))
        if not all(_met(group, filled) for group in self._require):
            return False
        return any(all(_met(group, filled) for group in rule) for rule in self._rules)

    def _group(self, group: tuple[Pattern, ...]) -> list[frozenset[int]]:
        """The group's terms as slots, short ones first; one that asks for more is left out."""
        terms = {
            frozenset(self._slots.setdefault(slot, len(self._slots)) for slot in term.slots)
            for term in group
        }
        single = {slot for term in terms if len(term) == 1 for slot in term}
        return sorted((t for t in terms if len(t) == 1 or single.isdisjoint(t)), key=len)


def _met(group: list[frozenset[int]], filled: _Filled) -> bool:
    return any(term <= filled for term in group)


class _Index:
    """Which slots each word fills."""

    def __init__(self, slots: dict[Slot, int], endings: tuple[str, ...]) -> None:
        self._endings = tuple(ending.encode() for ending in endings if ending.isascii())
        self._words: dict[bytes, list[int]] = {}
        self._prefixes: dict[bytes, list[int]] = {}
        # a page's words are read as ASCII: a word that is more than that may always be there
        self._always: _Filled = set()
        for slot, number in slots.items():
            for stems, index in ((slot.words, self._words), (slot.prefixes, self._prefixes)):
                self._add(stems, index, number)
        known = (*self._words, *self._prefixes)
        whole = {stem + ending for stem in known for ending in (b"", *self._endings)}
        self._begin = frozenset(word[:end] for word in whole for end in range(1, len(word)))

    def _add(self, stems: tuple[str, ...], index: dict[bytes, list[int]], number: int) -> None:
        for stem in stems:
            if stem.isascii():
                index.setdefault(stem.encode(), []).append(number)
            else:
                self._always.add(number)

    def filled(self, page: PageWords) -> _Filled:
        """The slots that the words of a page fill."""
        words = page.words.union(self._joined(page.broken))
        ended = [word for word in words if word.endswith(self._endings)]
        bare = {
            word.removesuffix(ending)
            for word in ended
            for ending in self._endings
            if word.endswith(ending)
        }
        found = words.union(bare) & self._words.keys()
        filled = self._always.union(*(self._words[word] for word in found))
        for word in [word for word in words if word.startswith(tuple(self._prefixes))]:
            for prefix, numbers in self._prefixes.items():
                if word.startswith(prefix):
                    filled.update(numbers)
        return filled

    def _joined(self, broken: list[list[bytes]]) -> Iterator[bytes]:
        """The words that can be made of pieces which stand side by side."""
        for pieces in broken:
            for start, piece in enumerate(pieces):
                word, end = piece, start + 1
                while word in self._begin and end < len(pieces):
                    word += pieces[end]
                    end += 1
                    yield word
