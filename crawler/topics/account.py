"""Why a story was decided so: every rule that counted, with its words, and those nearly met."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.types import Span, TopicDecision
from crawler.topic import Topic
from crawler.topics.story import Met, Story
from crawler.topics.terms import Match
from crawler.topics.vocabulary import Leaning

__all__ = ["Account", "Counted", "NearlyMet", "account", "told"]


@dataclass(frozen=True)
class Counted:
    """A rule met in one sentence of the story: what it was worth there, by which words."""

    rule: str
    value: float
    """Below 0: what the story seems to be about instead."""
    place: str
    """`headline`, `lead` or `body`."""
    sentence: int
    """0 is the headline."""
    words: tuple[Span, ...]


@dataclass(frozen=True)
class NearlyMet:
    """A rule that one thing kept from being met."""

    rule: str
    why: str
    words: tuple[Span, ...]


@dataclass(frozen=True)
class Account:
    """A decision with all that led to it."""

    decision: TopicDecision
    threshold: float
    counted: tuple[Counted, ...]
    nearly: tuple[NearlyMet, ...]
    missing: tuple[str, ...]
    """Required groups of which the story holds no word; without them the score is 0."""
    by_rules: float
    """The score before the words of the story as a whole moved it."""
    leaning: Leaning

    @property
    def short(self) -> float:
        """How much the score lacks of the threshold; 0 for a story on topic."""
        return round(max(0.0, self.threshold - self.decision.score), 4)


def account(topic: Topic, headline: str, text: str) -> Account:
    """What the topic makes of a story, and why. Offsets count as in a decision's evidence."""
    story = topic.read(headline, text)
    characters = f"{headline}\n\n{text}"
    return Account(
        decision=topic.decide(headline, text),
        threshold=story.file.weights.threshold,
        counted=tuple(_counted(story, met, characters) for met in _in_order(story)),
        nearly=tuple(
            NearlyMet(missed.rule, missed.why, _spans(missed.rule, missed.matches, characters))
            for missed in story.missed()
        ),
        missing=story.missing,
        by_rules=story.score(),
        leaning=topic.lean(headline, text),
    )


def _in_order(story: Story) -> list[Met]:
    return sorted((*story.best, *story.doubts), key=lambda met: (met.sentence, -met.value))


def _counted(story: Story, met: Met, characters: str) -> Counted:
    return Counted(
        rule=met.rule,
        value=round(met.value, 4),
        place=story.place(met.sentence),
        sentence=met.sentence,
        words=_spans(met.rule, met.matches, characters),
    )


def _spans(rule: str, matches: Iterable[Match], characters: str) -> tuple[Span, ...]:
    ordered = sorted(set(matches), key=lambda match: match.start)
    return tuple(
        Span(rule=rule, text=characters[one.start : one.end], start=one.start) for one in ordered
    )


def told(given: Account) -> Iterator[str]:
    """The account as lines for people: the verdict, what was found, and what was missing."""
    decision = given.decision
    verdict = "on topic" if decision.on_topic else "off topic"
    yield f"{verdict}: score {decision.score:.2f}, needs {given.threshold:.2f} ({decision.topic})"
    for group in given.missing:
        yield f"  the story holds no word of {group}, which the topic requires"
    yield f"  {_summary(given)}"
    for one in given.counted:
        yield f"  {one.value:+.2f}  {one.rule}, in the {one.place}: {_quoted(one.words)}"
    if given.by_rules and given.leaning.value:
        yield f"  {_of_words(given)}"
    if given.nearly:
        yield "  not counted, as one thing was missing or in the way of each:"
    for near in given.nearly:
        words = f": {_quoted(near.words)}" if near.words else ""
        yield f"    {near.rule}, but {near.why}{words}"


def _of_words(given: Account) -> str:
    """What the words of the story as a whole made of the rules' score."""
    leaning = given.leaning
    sides = (("for it", leaning.towards), ("against", leaning.away))
    most = "; ".join(f"{side}: {', '.join(words)}" for side, words in sides if words)
    moved = given.decision.score - given.by_rules
    return f"{moved:+.2f}  its words as a whole, on {given.by_rules:.2f} by the rules ({most})"


def _summary(given: Account) -> str:
    """What stands below: reasons, or what was found and did not suffice."""
    speaks_for = any(one.value > 0 for one in given.counted)
    if given.decision.on_topic:
        in_spite = any(one.value < 0 for one in given.counted)
        rules = (
            "the rules with a plus, in spite of those with a minus" if in_spite else "these rules"
        )
        return f"it is on topic because of {rules}:"
    if not speaks_for:
        return "no rule that speaks for the topic was met"
    if given.missing:
        return "so nothing counts; these rules would have counted otherwise:"
    return f"these rules were met, but that is {given.short:.2f} too little:"


def _quoted(words: Iterable[Span]) -> str:
    return ", ".join(f"{' '.join(span.text.split())!r} at {span.start}" for span in words)
