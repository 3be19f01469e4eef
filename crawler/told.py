"""The text of a story out of the lines of its parts; what the lines between say is kept. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from crawler.credits import credits_in
from crawler.datelines import dateline_of
from crawler.heading import is_same_title
from crawler.lines import Line, without_pointed
from crawler.names import Names
from crawler.pointers import without_shortcodes, without_tail
from crawler.rules import Rules, is_noise
from crawler.signatures import without_signature
from crawler.sources import source_of

__all__ = ["Told", "tell"]

_COPYRIGHT = re.compile(r"\s*(?:©|copyright\b|hak cipta\b).{0,60}$", re.IGNORECASE)
_OPEN_LEAD = re.compile(r"[A-Z].{1,60}\s*[-–—]")


@dataclass(frozen=True)
class Told:
    """The paragraphs, and whom the lines beside them name."""

    lines: list[str]
    byline: str
    editor: str
    signature: str
    """The initials that closed the text."""
    source: str = ""
    """The outlet that the story was taken from."""
    desk: str = ""
    """`Redaksi`, where a line of credits names no person."""


@dataclass(frozen=True)
class _Beside:
    """What the lines say that are not the story."""

    names: Names
    bylines: list[str] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    def names_source(self, text: str) -> bool:
        """Whether the whole of `text` says whose story it is; that is noted."""
        source = source_of(text, self.names)
        self.sources.extend(filter(None, [source]))
        return bool(source)

    def names_writer(self, text: str) -> bool:
        """Whether the whole of `text` says who wrote or edited the story; that is noted."""
        found = credits_in(_COPYRIGHT.sub("", text))
        if found:
            self.bylines.append(found.byline)
            self.editors.append(found.editor)
        return found is not None


def tell(parts: Sequence[Sequence[Line]], rules: Rules, *, headline: str, names: Names) -> Told:
    """The story that its parts tell together, without repeating headline or dateline."""
    lines: list[str] = []
    beside = _Beside(names)
    lead = ""
    for part in parts:
        own = _own_lines(without_pointed(part), rules, headline=headline, beside=beside)
        if lines and own and all(line in lines for line in own):
            continue  # /slug/7/ behind the last part answers with the last or the first again
        lead = lead or (dateline_of(own[0], names)[1] if own else "")
        if lines and own and lead:
            own[0] = own[0].removeprefix(lead)
        lines += own
    lines, signature = without_signature(lines, names)
    return Told(
        lines=lines,
        byline=next(filter(None, map(names.people, beside.bylines)), ""),
        editor=next(filter(None, map(names.people, beside.editors)), ""),
        signature=signature,
        source=next(iter(beside.sources), ""),
        desk=next(filter(None, map(names.desk, beside.bylines)), ""),
    )


def _own_lines(lines: Sequence[Line], rules: Rules, *, headline: str, beside: _Beside) -> list[str]:
    """The lines that tell the story; what the others say of it is added to `beside`."""
    own: list[str] = []
    for line in lines:
        text = without_shortcodes(line.text)
        if not text:
            continue
        if beside.names_source(text) or is_noise(text, rules=rules, linked=line.is_link):
            continue
        if beside.names_writer(text):
            continue
        text = without_tail(text)
        if len(own) == 1 and _OPEN_LEAD.fullmatch(own[0]):
            own[0] = f"{own[0]} {text}"  # <strong>Jakarta</strong> - <p>… (detik.com)
        elif own or not _repeats(beside.names.without_masthead(text), headline):
            own.append(text)
    return own


def _repeats(line: str, headline: str) -> bool:
    """The line is the headline, maybe cut short; many a first sentence begins with its words."""
    return len(line) <= len(headline) + 3 and is_same_title(line, headline)
