"""What a re-reading of one story changes, version by version. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from archive.reckoning import Failure, HeldStory, HeldVersion, Reckoned, Reread, Reveal
from archive.types import Article, TopicDecision
from archive.visits import REPLAY_COUNT

__all__ = ["COUNTS", "KEPT", "Change", "FieldChange", "changes", "counted"]

KEPT = "kept"
"""The count of new readings that were written."""
COUNTS = (
    "stories",
    "versions",
    REPLAY_COUNT,
    "unchanged",
    "changed",
    "repeats",
    "revealed",
    "readable",
    "unreadable",
    "damaged",
    "unread",
    KEPT,
)
"""What is counted of every outlet, besides `changed_<field>`."""
FIELDS = tuple(one.name for one in fields(Article))
_TROUBLE = frozenset({"unreadable", "damaged"})


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """A field as it was read, and as it is read now."""

    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class Change:
    """One version that would not stay as it is, or could not be read again."""

    outlet: str
    story_id: str
    url: str
    version: int | None = None
    """None for captures of no version."""
    kind: str = ""
    """changed, revealed, unreadable, damaged."""
    fields: Mapping[str, FieldChange] = field(default_factory=dict)
    repeats_previous: bool = False
    """Whether it is equal to the version before."""
    was_repeating: bool = False
    first_seen_at: datetime | None = None
    """Of a version that comes to light."""
    detail: str = ""
    zone: str = ""
    """In which its dates were read (IANA), for people."""

    @property
    def is_trouble(self) -> bool:
        """Whether something could not be read."""
        return self.kind in _TROUBLE


def changes(held: HeldStory, reckoned: Reckoned) -> Iterator[Change]:
    """What is to be told of a story, its versions first."""
    about = Change(outlet=held.outlet, story_id=held.story_id, url=held.url)
    for reread in reckoned.rereads:
        if told := _of_reread(reread, about):
            yield told
    highest = max((version.number for version in held.versions), default=0)
    for number, reveal in enumerate(reckoned.reveals, start=highest + 1):
        yield _of_reveal(reveal, about, number=number)
    for version, failure in reckoned.lost:
        yield _of_failure(failure, about, version=version, kind="unreadable")
    for held_version, failure in reckoned.damaged:
        yield _of_failure(failure, about, version=held_version, kind="damaged")


def _of_reread(reread: Reread, about: Change) -> Change | None:
    version = reread.version
    found = _differences(version.article, reread.read.article) | _topic(
        version.topic, reread.read.topic
    )
    if not found and reread.repeats_previous == version.repeats_previous:
        return None
    return replace(
        about,
        version=version.number,
        kind="changed",
        fields=found,
        zone=_zone(reread.read.article, version.article),
        repeats_previous=reread.repeats_previous,
        was_repeating=version.repeats_previous,
    )


def _of_reveal(reveal: Reveal, about: Change, *, number: int) -> Change:
    return replace(
        about,
        version=number,
        kind="revealed",
        fields=_differences(reveal.before, reveal.read.article),
        zone=_zone(reveal.read.article, reveal.before),
        first_seen_at=reveal.first_seen_at,
        detail="could not be read before" if reveal.was_unread else "",
    )


def _of_failure(
    failure: Failure, about: Change, *, version: HeldVersion | None, kind: str
) -> Change:
    number = version.number if version else None
    return replace(about, version=number, kind=kind, detail=failure.detail)


def _differences(before: Article | None, after: Article | None) -> dict[str, FieldChange]:
    pairs = {name: (getattr(before, name, None), getattr(after, name, None)) for name in FIELDS}
    return {
        name: FieldChange(before=old, after=new) for name, (old, new) in pairs.items() if old != new
    }


def _zone(*articles: Article | None) -> str:
    zones = (article.published_zone for article in articles if article)
    return next(filter(None, zones), "")


def _topic(before: TopicDecision | None, after: TopicDecision | None) -> dict[str, FieldChange]:
    old, new = (bool(decision and decision.on_topic) for decision in (before, after))
    if old == new:
        return {}
    return {"topic": FieldChange(before=_word(old), after=_word(new))}


def _word(is_on_topic: bool) -> str:
    return "yes" if is_on_topic else "no"


def counted(held: HeldStory, reckoned: Reckoned, told: list[Change]) -> Counter[str]:
    """The counts of one story."""
    counts = Counter(stories=bool(held.versions), versions=len(held.versions))
    counts[REPLAY_COUNT] = held.captures
    own = {change.version for change in told if change.kind in {"changed", "unreadable", "damaged"}}
    counts["unchanged"] = sum(version.number not in own for version in held.versions)
    for change in told:
        counts[change.kind] += 1
        if change.kind == "changed":
            counts.update(f"changed_{name}" for name in change.fields)
            counts["repeats"] += change.repeats_previous and not change.was_repeating
    counts["readable"] = len(reckoned.readable)
    counts["unread"] = reckoned.unread
    return counts
