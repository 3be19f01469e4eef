"""What new readings of a story's stored captures mean for its versions (DESIGN §5). Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import merge

from archive.judge import Known, Suspect, judge
from archive.text import changed_fields
from archive.types import Article, Sighting, TopicDecision

__all__ = [
    "Failure",
    "HeldStory",
    "HeldVersion",
    "Readings",
    "Reckoned",
    "Reread",
    "Reveal",
    "StoredLook",
    "reckon",
]


@dataclass(frozen=True, kw_only=True)
class StoredLook:
    """One look at a story: the captures of its parts, in order."""

    capture_ids: tuple[int, ...]
    fetched_at: datetime
    """Of its first part: the rules in force then read it."""
    seen_at: datetime
    """Of its last part."""
    payload: tuple[tuple[str, str], ...] = ()
    """Address and digest of each part's bytes: looks that share them read alike."""


@dataclass(frozen=True, kw_only=True)
class HeldVersion:
    """A version as it stands: its current reading, and every look that showed it."""

    version_id: int
    number: int
    first_seen_at: datetime
    extractor: str
    article: Article
    looks: tuple[StoredLook, ...]
    topic: TopicDecision | None = None
    repeats_previous: bool = False
    compared_by: frozenset[str] = frozenset()
    """Extractors that read all of its looks, and found one text in them."""

    def is_settled(self, *, extractor: str, topic: str) -> bool:
        """Whether to read its captures again with them would bring nothing new."""
        is_current = self.extractor == extractor and self.topic and self.topic.topic == topic
        return bool(is_current) and (len(self.looks) < 2 or extractor in self.compared_by)


@dataclass(frozen=True, kw_only=True)
class HeldStory:
    """A story with its versions in order, and the looks at it that could not be read."""

    outlet: str
    url: str
    story_id: str = ""
    """Empty where only unread captures are held."""
    versions: tuple[HeldVersion, ...] = ()
    unread: tuple[StoredLook, ...] = ()

    @property
    def captures(self) -> int:
        """How many captures it has."""
        looks = [look for version in self.versions for look in version.looks]
        return sum(len(look.capture_ids) for look in (*looks, *self.unread))


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a look could not be read: `kind` is damaged, unread, or another answer than article."""

    kind: str
    detail: str


Readings = Mapping[StoredLook, Sighting | Failure]
"""What was read of each look; a look without an entry was not read, and says nothing."""


@dataclass(frozen=True, kw_only=True)
class Reread:
    """A version that gets a new current reading."""

    version: HeldVersion
    read: Sighting
    repeats_previous: bool


@dataclass(frozen=True, kw_only=True)
class Reveal:
    """A version that nobody knew of: its looks, the first of which dates it."""

    read: Sighting
    looks: tuple[StoredLook, ...]
    first_seen_at: datetime
    changed: tuple[str, ...] = ()
    before: Article | None = None
    """The state that it differs from; None when it begins the story."""
    was_unread: bool = False
    """Whether it comes from captures that could not be read before."""


@dataclass(frozen=True, kw_only=True)
class Reckoned:
    """Everything that a re-reading of one story changes, and what could not be read."""

    rereads: tuple[Reread, ...] = ()
    reveals: tuple[Reveal, ...] = ()
    lost: tuple[tuple[HeldVersion, Failure], ...] = ()
    """Versions none of whose looks can be read: they keep the reading they have."""
    damaged: tuple[tuple[HeldVersion | None, Failure], ...] = ()
    readable: tuple[StoredLook, ...] = ()
    """Looks that were unread and can be read now."""
    unread: int = 0
    """Looks that are as unreadable as they were."""


def reckon(held: HeldStory, readings: Readings, *, confirm_after: timedelta) -> Reckoned:
    """What `readings` change in a story: which versions read otherwise, repeat, or come to light.

    A look that differs from the state before it is a version of its own, unless its text shrank by
    more than half and no later look confirms it (as in `judge`). A version that cannot be read now
    keeps its reading, which is compared with none by another extractor.
    """
    course = _Course(held, readings, confirm_after=confirm_after)
    for _, version, look in _in_order(held):
        if look is None and version is not None:
            course.begin(version)
        elif look is not None:
            course.see(look, of=version)
    return course.reckoned()


_Step = tuple[tuple[datetime, int], HeldVersion | None, StoredLook | None]


def _in_order(held: HeldStory) -> Iterator[_Step]:
    """Each version where it begins, and each look, by time; a version begins before its looks."""
    known: list[_Step] = []
    for version in held.versions:
        known.append(((version.first_seen_at, 0), version, None))
        known += [((look.seen_at, 1), version, look) for look in version.looks]
    # a version's own looks stay with it, whatever clocks said
    unread: list[_Step] = [((look.seen_at, 1), None, look) for look in held.unread]
    return merge(known, unread, key=lambda step: step[0])


@dataclass
class _Course:
    """The states of a story as they followed each other, while they are reckoned."""

    held: HeldStory
    readings: Readings
    confirm_after: timedelta = field(kw_only=True)
    state: Article | None = None
    is_comparable: bool = True
    suspects: list[Suspect] = field(default_factory=list)
    rereads: list[Reread] = field(default_factory=list)
    reveals: list[Reveal] = field(default_factory=list)
    open: Reveal | None = None
    """The state that came to light last, while it lasts."""
    first: StoredLook | None = None
    """The look from which the version at hand was read."""
    lost: list[tuple[HeldVersion, Failure]] = field(default_factory=list)
    damaged: list[tuple[HeldVersion | None, Failure]] = field(default_factory=list)
    readable: list[StoredLook] = field(default_factory=list)
    unread: int = 0

    def begin(self, version: HeldVersion) -> None:
        """A version as its first look that can be read shows it."""
        self._close()
        self.suspects.clear()
        self.first = next((look for look in version.looks if self._read(look)), None)
        read = self._read(self.first) if self.first else None
        if read is None or read.article is None:
            self._lose(version)
            return
        can_tell = self.is_comparable or self.state is None
        repeats = self._is_state(read.article) if can_tell else version.repeats_previous
        self.state, self.is_comparable = read.article, True
        if repeats != version.repeats_previous or not _is_same(read, version):
            self.rereads.append(Reread(version=version, read=read, repeats_previous=repeats))

    def _lose(self, version: HeldVersion) -> None:
        """A version that cannot be read now: its reading stays, and is compared with nothing."""
        self.state, self.is_comparable = version.article, False
        failures = [self.readings.get(look) for look in version.looks]
        failure = next((found for found in failures if isinstance(found, Failure)), None)
        if failure and failure.kind != "damaged":
            self.lost.append((version, failure))

    def see(self, look: StoredLook, *, of: HeldVersion | None) -> None:
        """A look after a version began, or one that could not be read before."""
        found = self.readings.get(look)
        if isinstance(found, Failure):
            self._fail(found, of=of)
        elif found and found.article and look != self.first:
            if of is None:
                self.readable.append(look)
            if self.is_comparable:
                self._compare(look, found, found.article, is_unread=of is None)

    def _fail(self, failure: Failure, *, of: HeldVersion | None) -> None:
        if failure.kind == "damaged":
            self.damaged.append((of, failure))
        elif of is None:
            self.unread += 1

    def _compare(
        self, look: StoredLook, found: Sighting, article: Article, *, is_unread: bool
    ) -> None:
        known = Known(current=self.state, suspects=tuple(self.suspects))
        judged = judge(article, known=known, seen_at=look.seen_at, confirm_after=self.confirm_after)
        if judged.kind == "suspect":
            suspect = Suspect(
                content_hash=judged.content_hash,
                seen_at=look.seen_at,
                crawl_id=0,
                capture_ids=look.capture_ids,
            )
            self.suspects.append(suspect)
            return
        self.suspects.clear()
        if judged.kind == "unchanged":
            self._extend(look)
            return
        self._close()
        earlier = [one for one in self._looks() if one.capture_ids in judged.earlier_captures]
        self.open = Reveal(
            read=found,
            looks=(*earlier, look),
            first_seen_at=judged.first_seen_at or look.seen_at,
            changed=judged.changed,
            before=self.state,
            was_unread=is_unread,
        )
        self.state = article

    def _looks(self) -> Iterator[StoredLook]:
        for version in self.held.versions:
            yield from version.looks
        yield from self.held.unread

    def _extend(self, look: StoredLook) -> None:
        if self.open:
            looks = (*self.open.looks, look)
            self.open = Reveal(**(vars(self.open) | {"looks": looks}))

    def _close(self) -> None:
        if self.open:
            self.reveals.append(self.open)
        self.open = None

    def _read(self, look: StoredLook) -> Sighting | None:
        found = self.readings.get(look)
        return found if isinstance(found, Sighting) else None

    def _is_state(self, article: Article) -> bool:
        return self.state is not None and not changed_fields(self.state, article)

    def reckoned(self) -> Reckoned:
        """All of it, once every step was taken."""
        self._close()
        return Reckoned(
            rereads=tuple(self.rereads),
            reveals=tuple(self.reveals),
            lost=tuple(self.lost),
            damaged=tuple(self.damaged),
            readable=tuple(self.readable),
            unread=self.unread,
        )


def _is_same(read: Sighting, version: HeldVersion) -> bool:
    """Whether a reading is the one that the version has."""
    return (read.article, read.extractor, read.topic) == (
        version.article,
        version.extractor,
        version.topic,
    )
