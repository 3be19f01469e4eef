"""Is a story about the topic, and why. The topic file decides; this code only reads it."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from archive.types import Span, TopicDecision
from crawler.topics.bag import Bag
from crawler.topics.file import TopicFile, read_topic_file
from crawler.topics.gate import Gate
from crawler.topics.sieve import Sieve
from crawler.topics.story import Story
from crawler.topics.terms import Pattern, Words, patterns
from crawler.topics.vocabulary import Leaning, Vocabulary, moved, read_vocabulary

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
    _groups: dict[str, tuple[Pattern, ...]] = field(repr=False, compare=False)
    _vocabulary: Vocabulary = field(repr=False, compare=False)

    @classmethod
    def load(cls, path: Path | None = None) -> "Topic":
        """The topic of a file, or the built-in. Raises ConfigError naming file and key."""
        place = path or _BUILT_IN
        file = read_topic_file(place)
        learnt = _beside(place, file.words)
        vocabulary = read_vocabulary(learnt) if file.words else Vocabulary({}, {})
        groups = {
            group: patterns(file, group, place=f"{place}: groups.{group}") for group in file.groups
        }
        ignore = patterns(file, "ignore", place=f"{place}: ignore")
        terms = tuple(term for group in (ignore, *groups.values()) for term in group)
        return cls(
            file.name,
            file.version,
            _digest(file, learnt.read_bytes() if file.words else b""),
            file,
            Words(terms, file),
            groups,
            vocabulary,
        )

    # made when first asked: a reading worker decides, and turns no page away

    @cached_property
    def _gate(self) -> Gate:
        return Gate(**_needs(self._file, self._groups))

    @cached_property
    def _sieve(self) -> Sieve:
        return Sieve(**_needs(self._file, self._groups), endings=self._file.endings)

    @cached_property
    def _bag(self) -> Bag:
        return Bag(**_needs(self._file, self._groups), endings=self._file.endings)

    @property
    def identity(self) -> str:
        """Name, version and the digest's beginning, e.g. `netralitas-asn/1/9f3c2ab1`."""
        return f"{self.name}/{self.version}/{self.digest[:8]}"

    @property
    def search(self) -> tuple[str, ...]:
        """What to ask an outlet's own search for, the likeliest words first."""
        return self._file.search

    def may_hold(self, body: bytes) -> bool:
        """False only when no text read from these bytes can be on topic.

        `body` is of all pages of one story, joined, without content codings. Costs least of all.
        """
        return self._gate.may_match(body)

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

    def read(self, headline: str, text: str) -> Story:
        """The rules that a story meets and misses, for those who ask why it was decided so."""
        return Story.read(self._file, self._words.find(headline, text[:_LONGEST]))

    def lean(self, headline: str, text: str) -> Leaning:
        """What the words of a story as a whole say, as far as the topic file lets them."""
        told = self._vocabulary.lean(headline, text[:_LONGEST])
        return replace(told, value=told.value * self._file.weights.words)

    def decide(self, headline: str, text: str) -> TopicDecision:
        """Whether the story is on topic, its score, and the words that say so.

        Evidence offsets count in `headline + "\\n\\n" + text`, in reading order.
        """
        story = self.read(headline, text)
        score = moved(story.score(), self.lean(headline, text).value)
        spans = sorted(story.evidence(), key=lambda span: (span[1].start, span[0], span[1].end))
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


def _beside(place: Path, words: str) -> Path:
    """The learnt words of a topic file; a copy of the built-in one finds them without copying."""
    own, built_in = place.parent / words, _BUILT_IN.parent / words
    return built_in if words and not own.exists() and built_in.exists() else own


def _digest(file: TopicFile, learnt: bytes) -> str:
    deciding = file.model_dump(mode="json", exclude={"search"})
    if not deciding.pop("words"):
        del deciding["weights"]["words"]
    content = json.dumps(deciding, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8") + learnt).hexdigest()


def _needs(file: TopicFile, groups: dict[str, tuple[Pattern, ...]]) -> dict[str, Any]:
    """The groups that a story must meet: all of `require`, and all of one of `rules`."""
    wanted = {
        group: tuple(term for term in terms if not term.hides) for group, terms in groups.items()
    }
    return {
        "require": [wanted[group] for group in file.require],
        "rules": [
            [wanted[group] for group in rule.groups] for rule in file.rules if rule.weight > 0
        ],
    }
