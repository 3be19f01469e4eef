"""What a sighting means, decided before anything is written."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from archive import identity
from archive.canonicals import is_twin
from archive.current import CurrentVersion, current_version, known_state
from archive.judge import Judgement, Known, judge
from archive.text import changed_fields, storable
from archive.types import Answer, Article, Sighting

__all__ = ["Plan", "plan", "storable_sighting"]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A sighting, whose it is, and what is to be written of it."""

    sighting: Sighting
    """As the archive understands it: another answer than was given, where its story is missing."""
    story_id: str
    is_new: bool
    addresses: tuple[str, ...]
    file_address: str
    known: Known = field(default_factory=Known)
    current: CurrentVersion | None = None
    judgement: Judgement | None = None
    is_displaced: bool = False

    @property
    def makes_version(self) -> bool:
        """Whether a version will be written."""
        return self.judgement is not None and self.judgement.kind in {"new", "edited"}

    @property
    def is_suspect(self) -> bool:
        """Whether the look is held until another one confirms it."""
        return self.judgement is not None and self.judgement.kind == "suspect"

    @property
    def is_kept(self) -> bool:
        """Whether the archive keeps it: known already, on topic, or asked for by a person."""
        on_topic = bool(self.sighting.topic and self.sighting.topic.on_topic)
        return not self.is_new or (self.makes_version and (on_topic or self.sighting.keep))


def plan(connection: Connection, sighting: Sighting, *, confirm_after: timedelta) -> Plan:
    """What `sighting` means, given what the archive holds now."""
    seen = storable_sighting(sighting)
    found = identity.identify(connection, seen)
    current, known = _held(connection, found)
    if found.otherwise and _is_other_work(known.current, seen.article):
        found, current, known = found.otherwise, None, Known()
    is_displaced = found.is_displaced and not _is_same_work(known.current, seen.article)
    if is_displaced:
        seen = _missing(seen)
    return Plan(
        sighting=seen,
        story_id=found.story_id or identity.new_story_id(seen.outlet, found.filed),
        is_new=found.story_id is None,
        addresses=found.addresses,
        file_address=found.filed,
        known=known,
        current=current,
        judgement=_judged(seen, known=known, confirm_after=confirm_after),
        is_displaced=is_displaced,
    )


def _held(connection: Connection, found: identity.Identity) -> tuple[CurrentVersion | None, Known]:
    """What the archive holds of the story that a sighting is about."""
    if not found.story_id:
        return None, Known()
    current = current_version(connection, found.story_id)
    return current, known_state(connection, found.story_id, current=current)


def _is_other_work(held: Article | None, shown: Article | None) -> bool:
    """Whether a page that only calls itself a held story is another one."""
    return bool(held and shown and not is_twin(held, shown))


def _judged(sighting: Sighting, *, known: Known, confirm_after: timedelta) -> Judgement | None:
    if sighting.answer != Answer.ARTICLE or sighting.article is None:
        return None
    return judge(
        sighting.article, known=known, seen_at=sighting.seen_at, confirm_after=confirm_after
    )


def _is_same_work(held: Article | None, shown: Article | None) -> bool:
    """Whether a page shown elsewhere is the held story itself, met there before it moved.

    To call a story gone that only moved would be worse than to hold one text twice.
    """
    if held is None or shown is None:
        return False
    return not {"headline", "text"} <= set(changed_fields(held, shown))


def _missing(sighting: Sighting) -> Sighting:
    return replace(
        sighting, answer=Answer.MISSING, article=None, parts=(), canonical="", topic=None
    )


def storable_sighting(sighting: Sighting) -> Sighting:
    """A sighting without characters that no database holds."""
    article = sighting.article
    return replace(
        sighting,
        article=_storable_article(article) if article else None,
        platform_id=storable(sighting.platform_id),
        signal=storable(sighting.signal),
    )


def _storable_article(article: Article) -> Article:
    words: dict[str, Any] = {
        name: storable(value) for name, value in vars(article).items() if isinstance(value, str)
    }
    return replace(article, tags=tuple(map(storable, article.tags)), **words)
