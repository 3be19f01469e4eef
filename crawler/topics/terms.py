"""Terms of a topic file: how they are written, and where they stand in a story."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import NamedTuple

from archive.errors import ConfigError
from crawler.topics.file import TopicFile, one_of
from crawler.topics.roots import family

__all__ = [
    "HEAD",
    "INVISIBLE",
    "Match",
    "Pattern",
    "Slot",
    "Words",
    "patterns",
    "scan",
    "words_of",
]

INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
)
"""Characters nobody sees, as the inside of a character class; readers of pages drop them."""

_DROP = re.compile(f"[{INVISIBLE}]")
_WORD = rf"(?<!\w)\w(?:\.\w)+(?!\w)|\w[\w{INVISIBLE}]*"  # a dotted abbreviation (A.S.N), a word
# a word, the end of a sentence, a line
_PIECE = re.compile(rf"({_WORD})|([.!?…])[\"'’”»)\]]*(?=\s)|\n")
_WORDS = re.compile(_WORD)
_APART = 1_000  # positions between two sentences: more than any gap, so no term spans them
HEAD = 3
"""Letters of the shortest stem before `*` or `~`."""
_GAPS = ("..", "...")


@dataclass(frozen=True)
class Slot:
    """One word of a term: any of these words, or any word with one of these beginnings."""

    words: tuple[str, ...]
    prefixes: tuple[str, ...]

    @property
    def stems(self) -> tuple[str, ...]:
        """Texts of which every matching word begins with one."""
        return self.words + self.prefixes


@dataclass(frozen=True)
class Pattern:
    """One compiled term: its slots, and how many words further each may stand."""

    group: str
    slots: tuple[Slot, ...]
    reach: tuple[int, ...]
    hides: bool = False
    """Written with `!`: its words are no words of the group."""


@dataclass(frozen=True, slots=True)
class Match:
    """A term found: its group, sentence, and place in the story."""

    group: str
    sentence: int
    start: int
    end: int


class _Hit(NamedTuple):
    """A word that some term holds."""

    slots: tuple[int, ...]
    position: int
    sentence: int
    start: int
    end: int


@dataclass(slots=True)
class _Node:
    """Where the terms that begin alike stand after some of their words."""

    groups: list[str] = field(default_factory=list)
    """Of the terms that end here."""
    following: dict[int, dict[int, "_Node"]] = field(default_factory=dict)
    """How far the next word may stand -> the slot that it must fill -> what comes then."""

    def after(self, slot: int, *, reach: int) -> "_Node":
        return self.following.setdefault(reach, {}).setdefault(slot, _Node())


def patterns(topic: TopicFile, group: str, *, place: str) -> tuple[Pattern, ...]:
    """The compiled terms of one group (or of `ignore`). Raises ConfigError naming `place`."""
    terms = topic.ignore if group == "ignore" else topic.groups[group]
    expanded = [text for term in terms for text in _expand(term, topic, place=place)]
    gaps = dict(zip(_GAPS, (topic.weights.gap, topic.weights.wide), strict=True))
    return tuple(
        _pattern(text, group=group, gaps=gaps, place=place) for text in dict.fromkeys(expanded)
    )


def _expand(term: str, topic: TopicFile, *, place: str) -> list[str]:
    """`term` once for each way to fill in its `{sets}`; sets do not nest."""
    term = term.replace("! ", "!").strip()
    parts = re.split(r"(?<![^\s!])\{([^{}]*)\}(?!\S)", term)
    choices: list[tuple[str, ...]] = [
        topic.sets[one_of(part, topic.sets, place=f"{place}: {term!r}")] if odd else (part,)
        for part, odd in zip(parts, (index % 2 for index in range(len(parts))), strict=True)
    ]
    return ["".join(filling) for filling in product(*choices)]


def _pattern(text: str, *, group: str, gaps: dict[str, int], place: str) -> Pattern:
    slots: list[Slot] = []
    reach: list[int] = []
    step = 1
    hides = text.startswith("!")
    for part in text.lower().removeprefix("!").split():
        if part in gaps:
            step = gaps[part] + 1
            continue
        try:
            slots.append(_slot(part))
        except ValueError as error:
            raise ConfigError(f"{place}: {text!r}: {error}") from None
        reach.append(step)
        step = 1
    if not slots or step != 1 or reach[0] != 1:
        raise ConfigError(f"{place}: {text!r} must begin and end with a word")
    return Pattern(group, tuple(slots), tuple(reach), hides=hides)


@cache  # thousands of terms share some hundreds of words
def _slot(part: str) -> Slot:
    words: set[str] = set()
    stems: set[str] = set()
    for choice in part.split("|"):
        if not re.fullmatch(r"[^\W_]+[*~]?", choice):
            raise ValueError(f"{choice!r} is not a word (letters and digits, then `*` or `~`)")
        if choice[-1] in "*~" and len(choice) <= HEAD:
            raise ValueError(f"{choice!r} needs {HEAD} letters before `{choice[-1]}`")
        if choice.endswith("*"):
            stems.add(choice[:-1])
        else:
            words.update(family(choice[:-1]) if choice.endswith("~") else (choice,))
    return Slot(tuple(sorted(words)), tuple(sorted(stems)))


def scan(headline: str, text: str) -> Iterator[tuple[str, int, int, int, int]]:
    """Each word of a story: itself in lower case, sentence, paragraph, start, end.

    The headline is one sentence (0) and a paragraph of its own (0). Offsets count in
    `headline + "\\n\\n" + text`. Linear in the length, whatever the text holds.
    """
    story = f"{headline}\n\n{text}".replace("_", " ")
    sentence = paragraph = filled = 0
    last = ""
    for piece in _PIECE.finditer(story):
        word = piece[1]
        if word:
            filled = 1
            last = _plain(word)
            yield last, sentence, paragraph, piece.start(), piece.end()
        elif piece.start() < len(headline):
            continue
        elif piece[2] is None:  # a line: the next paragraph, the first after the headline is 1
            paragraph += filled or piece.start() == len(headline)
            sentence += filled or piece.start() == len(headline)
            filled = 0
        elif filled and (piece[2] != "." or len(last) > 2 or last.isdigit()):
            # "H. Ahmad", "Pj. Bupati", "M. Si.": a dot after one or two letters ends nothing
            sentence += 1
            filled = 0


def words_of(text: str, *, endings: tuple[str, ...]) -> set[str]:
    """The words that `scan` finds in a text, in lower case, also without one of the `endings`."""
    words = set(map(_plain, set(_WORDS.findall(text.replace("_", " ")))))
    ended = [word for word in words if word.endswith(endings)]
    bare = {word.removesuffix(ending) for ending in endings for word in ended
            if word.endswith(ending)}  # fmt: skip
    return words | bare


def _plain(word: str) -> str:
    plain = word.lower()
    if plain.isalnum():
        return plain
    return _DROP.sub("", plain).replace(".", "")


class Words:
    """Finds the terms of all groups in one pass over a story."""

    def __init__(self, terms: tuple[Pattern, ...], topic: TopicFile) -> None:
        self._words: dict[str, tuple[int, ...]] = {}
        self._prefixes: dict[str, tuple[int, ...]] = {}
        self._endings = topic.endings
        self._sees_all = frozenset(topic.require) | _doubting(topic)
        self._root = _Node()
        slots = {slot: index for index, slot in enumerate(_slots(terms))}
        for term in terms:
            node = self._root
            for slot, reach in zip(term.slots, term.reach, strict=True):
                node = node.after(slots[slot], reach=reach)
            node.groups.append(f"!{term.group}" if term.hides else term.group)
        for slot, index in slots.items():
            for word in slot.words:
                self._words[word] = (*self._words.get(word, ()), index)
            for prefix in slot.prefixes:
                self._prefixes[prefix] = (*self._prefixes.get(prefix, ()), index)
        self._heads = frozenset(prefix[:HEAD] for prefix in self._prefixes)

    def find(self, headline: str, text: str) -> tuple[list[Match], list[int]]:
        """All matches in reading order, and the paragraph of each sentence."""
        hits, paragraphs = self._hits(headline, text)
        found = [found for index in range(len(hits)) for found in self._at(hits, index)]
        hidden = _hidden(found)
        nothing: set[int] = set()
        matches = [
            Match(group, hits[used[0]].sentence, hits[used[0]].start, hits[used[-1]].end)
            for group, used in found
            if group != "ignore"
            and group[0] != "!"
            and hidden.get(f"!{group}", nothing).isdisjoint(used)
            and (group in self._sees_all or hidden["ignore"].isdisjoint(used))
        ]
        return matches, paragraphs

    def _hits(self, headline: str, text: str) -> tuple[list[_Hit], list[int]]:
        hits: list[_Hit] = []
        paragraphs: list[int] = []
        for position, (word, sentence, paragraph, start, end) in enumerate(scan(headline, text)):
            while len(paragraphs) <= sentence:
                paragraphs.append(paragraph)
            slots = self._filled(word)
            if slots:
                hits.append(_Hit(slots, position + sentence * _APART, sentence, start, end))
        return hits, paragraphs

    def _filled(self, word: str) -> tuple[int, ...]:
        """The slots that a word can fill."""
        slots = self._words.get(word, ())
        if not slots and word.endswith(self._endings):
            slots = self._without_ending(word)
        if word[:HEAD] in self._heads:
            for prefix, more in self._prefixes.items():
                if word.startswith(prefix):
                    slots = (*slots, *more)
        return slots

    def _without_ending(self, word: str) -> tuple[int, ...]:
        for ending in self._endings:
            slots = self._words.get(word.removesuffix(ending), ())
            if slots:
                return slots
        return ()

    def _at(self, hits: list[_Hit], index: int) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The terms that begin with hit `index`: group, and the hits they use."""
        firsts = self._root.following.get(1, {})
        for slot in hits[index].slots:
            if slot in firsts:
                yield from _walk(firsts[slot], hits, (index,))


def _doubting(topic: TopicFile) -> frozenset[str]:
    """The groups that only speak against: what is ignored tells what else a story is about."""
    against = {group for rule in topic.rules if rule.weight < 0 for group in rule.groups}
    rest = {
        group
        for rule in topic.rules
        for group in (
            *(rule.groups if rule.weight >= 0 else ()),
            *rule.unless,
            *rule.rivals,
            *rule.not_about,
        )
    }
    return frozenset(against - rest)


def _hidden(found: list[tuple[str, tuple[int, ...]]]) -> dict[str, set[int]]:
    """The hits that no group sees (`ignore`), and those that one group does not (`!group`)."""
    hidden: dict[str, set[int]] = {"ignore": set()}
    for group, used in found:
        if group == "ignore" or group[0] == "!":
            hidden.setdefault(group, set()).update(used)
    return hidden


def _slots(terms: tuple[Pattern, ...]) -> dict[Slot, None]:
    return dict.fromkeys(slot for term in terms for slot in term.slots)


def _walk(
    node: _Node, hits: list[_Hit], used: tuple[int, ...]
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The terms that go on from `node` after the hits used, each slot by its nearest word."""
    for group in node.groups:
        yield group, used
    for reach, nodes in node.following.items():
        for slot, index in _within(hits, used[-1], reach=reach).items():
            if slot in nodes:
                yield from _walk(nodes[slot], hits, (*used, index))


def _within(hits: list[_Hit], last: int, *, reach: int) -> dict[int, int]:
    """The slots filled within `reach` words after hit `last`, each with the nearest hit."""
    limit = hits[last].position + reach
    filled: dict[int, int] = {}
    for index in range(last + 1, len(hits)):
        if hits[index].position > limit:
            break
        for slot in hits[index].slots:
            filled.setdefault(slot, index)
    return filled
