"""A night told in a message: what is new, edited or gone, and which outlets fail. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.console import clean
from archive.news import KINDS, Happening
from archive.sentences import Rewritten, rewritten
from scheduler.phrases import Phrases, clock, day, phrases

__all__ = ["MOST", "Message", "Sick", "Told", "digest", "notice_of"]

MOST = 20
"""Stories that a section names; of the others it tells how many there are."""
_SENTENCES = 3
_LONGEST = 240


@dataclass(frozen=True)
class Message:
    """What is sent, in plain text."""

    title: str
    body: str


@dataclass(frozen=True, kw_only=True)
class Sick:
    """An outlet that could not be looked at, and why (a finish reason, or words)."""

    outlet: str
    reason: str
    example: str = ""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a digest tells."""

    now: datetime
    zone: str
    happenings: Sequence[Happening]
    """Of each kind the first ones."""
    counts: Mapping[str, int]
    """How many there are of each kind."""
    sick: Sequence[Sick] = ()
    looked_at: int = 0
    """Outlets that were looked at since the last word."""


def digest(told: Told, *, language: str) -> Message:
    """The morning's message."""
    words = phrases(language)
    lines = [line for kind in KINDS for line in _section(kind, told, words)]
    lines += list(_sick(told.sick, words))
    lines.append(words.looked.format(n=told.looked_at))
    return Message(f"Kliping, {day(told.now, told.zone, words)}: {_summary(told, words)}",
                   "\n".join(lines))  # fmt: skip


def notice_of(one: Happening, *, language: str) -> Message:
    """The message that tells of one event at once."""
    words = phrases(language)
    title = f"{words.sections[one.kind].capitalize()}: {_line(one.article.headline)}"
    return Message(title, "\n".join(_story(one, words)))


def _summary(told: Told, words: Phrases) -> str:
    numbers = {kind: told.counts.get(kind, 0) for kind in KINDS} | {"sick": len(told.sick)}
    parts = [getattr(words, kind).format(n=number) for kind, number in numbers.items() if number]
    return ", ".join(parts) or words.nothing


def _section(kind: str, told: Told, words: Phrases) -> Iterator[str]:
    count = told.counts.get(kind, 0)
    if not count:
        return
    yield f"{words.sections[kind]} ({count})"
    shown = [one for one in told.happenings if one.kind == kind][:MOST]
    for one in shown:
        yield from _story(one, words)
    if count > len(shown):
        yield words.more.format(n=count - len(shown))
    yield ""


def _story(one: Happening, words: Phrases) -> Iterator[str]:
    at = clock(one.occurred_at, one.zone, words)
    since = f"{words.missing_since} {at}" if one.kind == "gone" else at
    yield f"- {_line(one.article.headline)} ({_line(one.outlet_name)}, {since})"
    if one.before:
        yield from (f"  {line}" for line in _changes(one, words))
    yield f"  {one.url}"


def _changes(one: Happening, words: Phrases) -> Iterator[str]:
    for name in one.changed:
        before, after = (getattr(side, name) for side in (one.before, one.article))
        if name != "text":
            yield f"{words.fields[name]}: “{_line(after)}”, {words.was} “{_line(before)}”"
            continue
        found = rewritten(before, after)
        yield from _sentences(found[:_SENTENCES])
        if len(found) > _SENTENCES:
            yield words.more.format(n=len(found) - _SENTENCES)


def _sentences(found: Iterable[Rewritten]) -> Iterator[str]:
    for one in found:
        if one.before:
            yield f"- “{_line(one.before)}”"
        if one.after:
            yield f"+ “{_line(one.after)}”"


def _sick(found: Sequence[Sick], words: Phrases) -> Iterator[str]:
    if not found:
        return
    yield f"{words.sections['sick']} ({len(found)})"
    for one in found:
        example = f" ({one.example})" if one.example else ""
        yield f"- {one.outlet}: {words.reasons.get(one.reason, one.reason)}{example}"
    yield ""


def _line(text: str) -> str:
    """A text from the web in one line that is not too long, and steers no terminal."""
    one = " ".join(clean(text).split())
    return one if len(one) <= _LONGEST else f"{one[: _LONGEST - 1].rstrip()}…"
