"""What the rules of a topic make of the terms found in one story."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from math import prod

from crawler.topics.file import Rule, TopicFile
from crawler.topics.terms import Match

__all__ = ["Met", "Missed", "Story"]

_MANY = 3  # sentences that make a group prominent anywhere in a story


@dataclass(frozen=True)
class Met:
    """A rule met in one sentence: by which words, and what it is worth there."""

    rule: str
    value: float
    """Below 0: doubt."""
    sentence: int
    matches: tuple[Match, ...]
    certain: bool = False
    """A certain rule whose words stand together: nothing in the sentence makes it doubtful."""


@dataclass(frozen=True)
class Missed:
    """A rule that all but one group met in a sentence, or that something there cancelled."""

    rule: str
    why: str
    matches: tuple[Match, ...]


@dataclass(frozen=True)
class Story:
    """The terms found in one story, and what the rules make of them."""

    file: TopicFile
    found: dict[str, dict[int, Match]]
    """Group -> sentence -> the first match there."""
    paragraphs: list[int]

    @classmethod
    def read(cls, file: TopicFile, terms: tuple[list[Match], list[int]]) -> "Story":
        """The story in which these terms were found."""
        matches, paragraphs = terms
        found: dict[str, dict[int, Match]] = {group: {} for group in file.groups}
        for match in matches:
            found[match.group].setdefault(match.sentence, match)
        return cls(file, found, paragraphs)

    @property
    def missing(self) -> tuple[str, ...]:
        """The required groups of which the story holds nothing."""
        return tuple(group for group in self.file.require if not self.found[group])

    def score(self) -> float:
        """Each sentence that meets a rule leaves less doubt: 1 - (1 - a)(1 - b)…

        Each sentence of doubt takes its share of that away.
        """
        if self.missing:
            return 0.0
        belief = 1.0 - prod(1.0 - met.value for met in self.best)
        return round(belief * prod(1.0 + met.value for met in self.doubts), 4)

    def evidence(self) -> Iterator[tuple[str, Match]]:
        """The words of each rule met, each once, and the first of each required group."""
        yield from {(met.rule, match) for met in self.best for match in met.matches}
        for group in self.file.require:
            yield from ((group, match) for match in list(self.found[group].values())[:1])

    @cached_property
    def best(self) -> list[Met]:
        """The rule worth most in each sentence that meets one."""
        return self._best(rule for rule in self.file.rules if rule.weight >= 0)

    @cached_property
    def doubts(self) -> list[Met]:
        """What says the most against, in the sentences that are not certainly ours.

        The same said twice is no more doubt.
        """
        ours = {met.sentence for met in self.best if met.certain}
        against = self._best(rule for rule in self.file.rules if rule.weight < 0)
        # a short story is all lead, but it says in its first sentences what it is about
        late = set(range(self.file.weights.lead_sentences + 1, len(self.paragraphs)))
        late = {sentence for sentence in late if self.place(sentence) == "lead"}
        told = (met for met in against if met.sentence not in ours | late)
        worst: dict[str, Met] = {}
        for met in sorted(told, key=lambda one: (one.value, one.sentence)):
            worst.setdefault(met.rule, met)
        return list(worst.values())

    def missed(self) -> list[Missed]:
        """The rules nearly met: in the first sentence of each, what was not there or was."""
        met = {one.rule for one in chain(self.best, self.doubts)}
        rules = [rule for rule in self.file.rules if rule.name not in met and rule.weight > 0]
        return [missed for rule in rules if (missed := self._nearly(rule))]

    def _best(self, rules: Iterable[Rule]) -> list[Met]:
        best: dict[int, Met] = {}
        for rule in rules:
            if not all(self.found[group] for group in rule.groups) or self._cancelled(rule):
                continue
            for sentence in self.found[rule.groups[-1]]:
                met = self._meet(rule, sentence)
                if met and (sentence not in best or abs(met.value) > abs(best[sentence].value)):
                    best[sentence] = met
        return list(best.values())

    def _meet(self, rule: Rule, sentence: int) -> Met | None:
        if self.place(sentence) not in rule.places or self._holds(rule.unless, sentence):
            return None
        matches = [self._near(group, sentence) for group in rule.groups]
        together = all(match and match.sentence == sentence for match in matches)
        if not all(matches):
            return None
        if not together and (self._holds(rule.rivals, sentence) or self._is_bystander(rule)):
            return None
        value = rule.weight * (1.0 if together else self._near_worth(rule)) * self._worth(sentence)
        if not value:
            return None
        certain = rule.certain and together
        return Met(rule.name, value, sentence, tuple(filter(None, matches)), certain)

    def _near_worth(self, rule: Rule) -> float:
        return self.file.weights.near if rule.near is None else rule.near

    def _nearly(self, rule: Rule) -> Missed | None:
        """Why the rule was not met in the first sentence where only one thing was wrong."""
        if all(self.found[group] for group in rule.groups) and (why := self._cancelled(rule)):
            return Missed(rule.name, why, ())
        for sentence in sorted(self.found[rule.groups[-1]]):
            matches = [self._near(group, sentence) for group in rule.groups]
            there = tuple(filter(None, matches))
            if len(there) == len(matches) and (why := self._obstacle(rule, sentence)):
                return Missed(rule.name, why, there)
            if len(matches) > 1 and len(there) == len(matches) - 1:
                return Missed(rule.name, f"no {rule.groups[matches.index(None)]} near", there)
        return None

    def _obstacle(self, rule: Rule, sentence: int) -> str:
        groups = (*rule.unless, *rule.rivals)
        held = [group for group in groups if sentence in self.found[group]]
        if held:
            return f"{held[0]} in the sentence"
        if self._is_bystander(rule):
            return f"{rule.groups[0]} not prominent"
        place = self.place(sentence)
        return f"does not count in the {place}" if place not in rule.places else ""

    def _cancelled(self, rule: Rule) -> str:
        """What the story as a whole has against a rule: that it is about somebody else."""
        actor = self.found[rule.groups[0]]
        if 0 in actor:
            return ""
        for group in rule.not_about:
            other = self.found[group]
            if 0 in other or len(other) > len(actor):
                return f"the story is about {group}"
        return ""

    def _is_bystander(self, rule: Rule) -> bool:
        """Whether the rule wants a prominent first group, and it is none."""
        actor = self.found[rule.groups[0]]
        return rule.prominent and len(actor) < _MANY and min(actor) > self.file.weights.prominent

    def _holds(self, groups: tuple[str, ...], sentence: int) -> bool:
        return any(sentence in self.found[group] for group in groups)

    def _near(self, group: str, sentence: int) -> Match | None:
        """The group's match in the sentence, else in the nearest one that is near enough."""
        there = self.found[group]
        for distance in range(self._reach(sentence) + 1):
            for other in (sentence - distance, sentence + distance):
                if other in there and self._is_near(sentence, other):
                    return there[other]
        # whom the headline names, the story goes on to speak of
        return there.get(0)

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

    def place(self, sentence: int) -> str:
        """Where a sentence stands: `headline`, `lead` or `body`."""
        weights = self.file.weights
        if sentence == 0:
            return "headline"
        is_lead = sentence <= weights.lead_sentences or len(self.paragraphs) - 1 <= weights.short
        return "lead" if is_lead else "body"

    def _worth(self, sentence: int) -> float:
        return float(getattr(self.file.weights, self.place(sentence)))
