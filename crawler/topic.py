"""Is a story about the topic, and why. The topic file decides; this code only reads it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any

from archive.types import Span, TopicDecision
from crawler.topics.bag import Bag
from crawler.topics.file import Rule, TopicFile, read_topic_file
from crawler.topics.sieve import Sieve
from crawler.topics.terms import Match, Pattern, Words, patterns

__all__ = ["Topic", "explain"]

_BUILT_IN = Path(__file__).parent / "topics" / "netralitas-asn.toml"
_LONGEST = 1_000_000  # characters of a story that are looked at
_EVIDENCE = 24  # spans kept with a decision


@dataclass(frozen=True)
class Topic:
    """A compiled topic file."""

    name: str
    version: int
    digest: str
    """sha256 hex of what the file says; comments and layout do not count."""
    _file: TopicFile = field(repr=False, compare=False)
    _words: Words = field(repr=False, compare=False)
    _sieve: Sieve = field(repr=False, compare=False)
    _bag: Bag = field(repr=False, compare=False)

    @classmethod
    def load(cls, path: Path | None = None) -> "Topic":
        """The topic of a file, or the built-in. Raises ConfigError naming file and key."""
        place = path or _BUILT_IN
        file = read_topic_file(place)
        groups = {
            group: patterns(file, group, place=f"{place}: groups.{group}") for group in file.groups
        }
        ignore = patterns(file, "ignore", place=f"{place}: ignore")
        terms = tuple(term for group in (ignore, *groups.values()) for term in group)
        return cls(
            file.name,
            file.version,
            _digest(file),
            file,
            Words(terms, file),
            Sieve(**_needs(file, groups)),
            Bag(**_needs(file, groups), endings=file.endings),
        )

    @property
    def identity(self) -> str:
        """Name, version and the digest's beginning, e.g. `netralitas-asn/1/9f3c2ab1`."""
        return f"{self.name}/{self.version}/{self.digest[:8]}"

    @property
    def search(self) -> tuple[str, ...]:
        """What to ask an outlet's own search for, the likeliest words first."""
        return self._file.search

    def may_match(self, characters: str) -> bool:
        """False only when no text read from these characters can be on topic.

        `characters` are the undecoded HTML of all pages of one story, joined.
        """
        return self._sieve.may_match(characters)

    def may_tell(self, text: str) -> bool:
        """False only when no story whose headline and lines are all in `text` can be on topic.

        `text` is plain: in it nothing is markup. Costs less than a decision, and lets much less
        through than `may_match`.
        """
        return self._bag.may_match(text)

    def decide(self, headline: str, text: str) -> TopicDecision:
        """Whether the story is on topic, its score, and the words that say so.

        Evidence offsets count in `headline + "\\n\\n" + text`, in reading order.
        """
        story = _Story.read(self._file, self._words.find(headline, text[:_LONGEST]))
        score = story.score()
        spans = sorted(story.evidence(), key=lambda span: (span[1].start, span[0]))
        characters = f"{headline}\n\n{text}"
        return TopicDecision(
            on_topic=score >= self._file.weights.threshold,
            score=score,
            topic=self.identity,
            evidence=tuple(
                Span(rule=rule, text=characters[match.start : match.end], start=match.start)
                for rule, match in spans[:_EVIDENCE]
            ),
        )


def explain(decision: TopicDecision) -> list[str]:
    """The decision as lines for people: the verdict, then each rule with its words."""
    verdict = "on topic" if decision.on_topic else "off topic"
    lines = [f"{verdict}: score {decision.score:.2f} ({decision.topic})"]
    if not decision.evidence:
        return [*lines, "  no rule of the topic found its words"]
    if not decision.score:
        lines.append("  no rule was met together with every required group; found only:")
    width = max(len(span.rule) for span in decision.evidence)
    return lines + [
        f"  {span.rule:<{width}}  {' '.join(span.text.split())!r} at {span.start}"
        for span in decision.evidence
    ]


def _digest(file: TopicFile) -> str:
    deciding = file.model_dump(mode="json", exclude={"search"})
    content = json.dumps(deciding, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def _needs(file: TopicFile, groups: dict[str, tuple[Pattern, ...]]) -> dict[str, Any]:
    """The groups that a story must meet: all of `require`, and all of one of `rules`."""
    return {
        "require": [groups[group] for group in file.require],
        "rules": [[groups[group] for group in rule.groups] for rule in file.rules],
    }


@dataclass(frozen=True)
class _Met:
    """A rule met in one sentence: by which words, and what it is worth there."""

    rule: str
    value: float
    matches: tuple[Match, ...]


@dataclass(frozen=True)
class _Story:
    """The terms found in one story."""

    file: TopicFile
    found: dict[str, dict[int, Match]]
    """Group -> sentence -> the first match there."""
    paragraphs: list[int]

    @classmethod
    def read(cls, file: TopicFile, terms: tuple[list[Match], list[int]]) -> "_Story":
        matches, paragraphs = terms
        found: dict[str, dict[int, Match]] = {group: {} for group in file.groups}
        for match in matches:
            found[match.group].setdefault(match.sentence, match)
        return cls(file, found, paragraphs)

    def score(self) -> float:
        """Each sentence that meets a rule leaves less doubt: 1 - (1 - a)(1 - b)…"""
        if not all(self.found[group] for group in self.file.require):
            return 0.0
        return round(1.0 - prod(1.0 - met.value for met in self.best()), 4)

    def evidence(self) -> Iterator[tuple[str, Match]]:
        """The words of each rule met, each once, and the first of each required group."""
        yield from {(met.rule, match) for met in self.best() for match in met.matches}
        for group in self.file.require:
            yield from ((group, match) for match in list(self.found[group].values())[:1])

    def best(self) -> list[_Met]:
        """The rule worth most in each sentence that meets one."""
        best: dict[int, _Met] = {}
        for rule in self.file.rules:
            for sentence in self.found[rule.groups[-1]]:
                met = self._meet(rule, sentence)
                if met and (sentence not in best or met.value > best[sentence].value):
                    best[sentence] = met
        return list(best.values())

    def _meet(self, rule: Rule, sentence: int) -> _Met | None:
        if self._holds(rule.unless, sentence):
            return None
        matches = [self._near(group, sentence) for group in rule.groups]
        together = all(match and match.sentence == sentence for match in matches)
        if not together and self._holds(rule.rivals, sentence):
            return None
        if not all(matches):
            return None
        near = self.file.weights.near if rule.near is None else rule.near
        value = rule.weight * (1.0 if together else near) * self._place(sentence)
        return _Met(rule.name, value, tuple(filter(None, matches))) if value else None

    def _holds(self, groups: tuple[str, ...], sentence: int) -> bool:
        return any(sentence in self.found[group] for group in groups)

    def _near(self, group: str, sentence: int) -> Match | None:
        """The group's match in the sentence, else in the nearest one that is near enough."""
        there = self.found[group]
        for distance in range(self._reach(sentence) + 1):
            for other in (sentence - distance, sentence + distance):
                if other in there and self._is_near(sentence, other):
                    return there[other]
        return None

    def _reach(self, sentence: int) -> int:
        weights = self.file.weights
        lead = 0 if sentence else weights.lead_sentences
        return max(weights.neighbours, weights.paragraph, lead)

    def _is_near(self, anchor: int, other: int) -> bool:
        weights = self.file.weights
        distance = abs(anchor - other)
        if anchor == 0:  # the headline speaks for the lead
            return distance <= max(weights.neighbours, weights.lead_sentences)
        same = self.paragraphs[anchor] == self.paragraphs[other]
        return distance <= weights.neighbours or (same and distance <= weights.paragraph)

    def _place(self, sentence: int) -> float:
        weights = self.file.weights
        if sentence == 0:
            return weights.headline
        is_lead = sentence <= weights.lead_sentences or len(self.paragraphs) - 1 <= weights.short
        return weights.lead if is_lead else weights.body
