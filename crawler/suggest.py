"""Rules that one outlet's own pages ask for: widgets no shared rule knows repeat on its stories.

Pure. A suggestion is for a person to read and to copy; nothing is ever applied by itself.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from archive.types import Outlet, Page
from crawler.repeats import LINK, LONGEST, Seen, StoryLines, stories_seen
from crawler.rules import Rules

__all__ = ["Suggestion", "suggest_rules", "suggestions_json"]

_FEWEST = 3  # stories
_SHARE = 0.2  # of all stories; a link behind "Jangan lewatkan:" tells itself sooner
_LINK_SHARE = 0.05
_NEARLY_ALL = 0.8
_RANKS = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True)
class Suggestion:
    """One rule for `Rules.lines` (kind `line`) or `Rules.drop` (kind `drop`), and its grounds."""

    kind: str
    rule: str
    stories: int
    """How many stories show what it would take away."""
    share: float
    """The same as a part of all stories that could be read."""
    examples: tuple[tuple[str, str], ...]
    """Up to three times a story's address and what the rule takes out of its text."""
    confidence: str
    """`high`, `medium`, or `low`: it may be what the newsroom says again and again."""
    drops: int
    """How many lines it takes out of the texts as they are now."""


@dataclass(frozen=True)
class _Found:
    """What one story shows: a line, or the lines of an element."""

    story: int
    url: str
    lines: tuple[Seen, ...]
    is_short: bool = True

    @cached_property
    def shape(self) -> tuple[str, ...]:
        return tuple(line.shape for line in self.lines)


@dataclass(frozen=True)
class _Group:
    """All that one rule would take, out of `total` stories."""

    found: Sequence[_Found]
    total: int

    @cached_property
    def stories(self) -> int:
        return len({found.story for found in self.found})

    @cached_property
    def share(self) -> float:
        return self.stories / self.total

    @cached_property
    def lines(self) -> list[tuple[int, Seen]]:
        return [(found.story, line) for found in self.found for line in found.lines]

    def is_often(self, share: float) -> bool:
        return self.stories >= _FEWEST and self.share >= share

    def suggestion(self, kind: str, rule: str, confidence: str) -> Suggestion:
        texts = {one.url: " / ".join(line.text for line in one.lines) for one in self.found}
        return Suggestion(
            kind=kind,
            rule=rule,
            stories=self.stories,
            share=self.share,
            examples=tuple(list(texts.items())[:3]),
            confidence=confidence,
            drops=len(self.lines),
        )


def suggest_rules(
    stories: Iterable[Sequence[Page]], *, outlet: Outlet, rules: Rules
) -> list[Suggestion]:
    """The rules that would take repeated widgets out of these stories' texts, surest first.

    `stories`: the pages of one capture of each story. A rule needs three stories and a fifth of
    them all, and takes short lines only.
    """
    seen = list(stories_seen(stories, outlet=outlet, rules=rules))
    taken: set[tuple[int, str]] = set()
    found = [*_drops(seen, taken), *_lines(seen, taken)]
    return sorted(found, key=lambda one: (_RANKS[one.confidence], -one.stories, one.rule))


def suggestions_json(suggestions: Iterable[Suggestion]) -> list[dict[str, Any]]:
    """The suggestions as plain JSON values."""
    return [
        asdict(one)
        | {"share": round(one.share, 3)}
        | {"examples": [{"url": url, "text": text} for url, text in one.examples]}
        for one in suggestions
    ]


def _drops(seen: Sequence[StoryLines], taken: set[tuple[int, str]]) -> Iterator[Suggestion]:
    """The selectors of elements that hold nothing but widgets; what they take goes to `taken`."""
    ranked = sorted(_selected(seen).items(), key=lambda item: (-len(item[1].lines), item[0]))
    for selector, group in ranked:
        confidence = _trust(group)
        added = {(story, line.text) for story, line in group.lines}
        if confidence and not added <= taken:
            taken |= added
            yield group.suggestion("drop", selector, confidence)


def _selected(seen: Sequence[StoryLines]) -> Mapping[str, _Group]:
    found: dict[str, list[_Found]] = defaultdict(list)
    for number, story in enumerate(seen):
        for block in story.blocks:
            for selector in block.selectors:
                found[selector].append(_Found(number, story.url, block.lines, block.is_short))
    return {selector: _Group(group, len(seen)) for selector, group in found.items()}


def _trust(group: _Group) -> str:
    """How sure it is that all these elements are widgets; empty when any of them may be story."""
    if not group.is_often(_SHARE) or not all(found.is_short for found in group.found):
        return ""
    often = _often(group)
    repeated = [found for found in group.found if found.shape in often]
    linked = [found for found in group.found if all(map(_is_link, found.lines))]
    if len({*repeated, *linked}) < 0.9 * len({*group.found}):
        return ""
    is_told = any(_is_sentence(line) for found in repeated for line in found.lines)
    return "low" if is_told and group.share < _NEARLY_ALL else "high"


def _often(group: _Group) -> set[tuple[str, ...]]:
    """The shapes that enough stories share."""
    stories: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for found in group.found:
        stories[found.shape].add(found.story)
    return {shape for shape, where in stories.items() if len(where) >= _FEWEST}


def _lines(seen: Sequence[StoryLines], taken: set[tuple[int, str]]) -> Iterator[Suggestion]:
    """The repeated lines that no suggested selector takes."""
    groups: dict[str, list[_Found]] = defaultdict(list)
    for number, story in enumerate(seen):
        for line in story.lines:
            if len(line.text) <= LONGEST and (number, line.text) not in taken:
                groups[_pattern(line)].append(_Found(number, story.url, (line,)))
    texts = {line.text for story in seen for line in story.lines}
    for pattern, found in groups.items():
        group = _Group(found, len(seen))
        share = _LINK_SHARE if _announces(found[0].lines[0]) else _SHARE
        if not pattern or not group.is_often(share):
            continue
        own = {line.text for _, line in group.lines}
        rule = _escaped(min(own)) if len(own) == 1 else pattern
        if confidence := _line_trust(group, rule, texts):
            yield group.suggestion("line", rule, confidence)


def _pattern(line: Seen) -> str:
    """A regular expression for this line with any number and any link in it; '' for links alone."""
    if not re.search(r"[^\W\d_]{3}", line.own):
        return ""
    words = re.split(rf"({LINK}|(?<!\d)0(?!\d))", line.shape)
    known = {LINK: ".{1,200}", "0": r"\d[\d.,]*"}
    return "".join(known.get(word) or _escaped(word) for word in words)


def _escaped(words: str) -> str:
    return re.escape(words).replace(r"\ ", " ")


def _line_trust(group: _Group, rule: str, texts: Iterable[str]) -> str:
    """How sure it is that these lines are a widget; empty when the rule takes a long line."""
    own = {line.text for _, line in group.lines}
    pattern = re.compile(rule, re.IGNORECASE)
    others = [text for text in texts if text not in own and pattern.fullmatch(text)]
    if any(len(text) > LONGEST for text in others):
        return ""
    line = group.lines[0][1]
    if others or (LINK in line.shape and len(own) >= _FEWEST and not _announces(line)):
        return "low"
    if len(own) >= _FEWEST and (_announces(line) or not _is_sentence(line)):
        return "high"
    return "medium" if group.share >= _NEARLY_ALL else "low"  # subheads and phrases repeat, too


def _is_link(line: Seen) -> bool:
    return LINK in line.shape and len(line.own) <= 40 and len(line.own) * 2 <= len(line.text)


def _announces(line: Seen) -> bool:
    """`Jangan lewatkan: <a>…</a>`: a few words, a colon or arrow, and a link for the rest."""
    return bool(re.fullmatch(rf"[^{LINK}]{{3,40}}[:»>–-]\s*{LINK}\W*", line.shape))


def _is_sentence(line: Seen) -> bool:
    """It may be what newsrooms say again and again: `Hingga berita ini ditulis, …`."""
    return len(line.text.split()) >= 6 and line.text[-1] in ".!?”\"’'"
