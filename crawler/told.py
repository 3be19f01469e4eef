"""The text of a story out of the lines of its parts; what the lines between say is kept. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.credits import Names, credits_in, dateline_of, without_signature
from crawler.heading import is_same_title
from crawler.lines import Line
from crawler.rules import Rules, is_noise

__all__ = ["Told", "tell"]

_OPEN_LEAD = re.compile(r"[A-Z].{1,60}\s*[-–—]")


@dataclass(frozen=True)
class Told:
    """The paragraphs, and whom the lines beside them name."""

    lines: list[str]
    byline: str
    editor: str
    signature: str
    """The initials that closed the text."""


def tell(parts: Sequence[Sequence[Line]], rules: Rules, *, headline: str, names: Names) -> Told:
    """The story that its parts tell together, without repeating headline or dateline."""
    lines: list[str] = []
    bylines: list[str] = []
    editors: list[str] = []
    lead = ""
    for part in parts:
        own = _own_lines(part, rules, headline=headline, credited=(bylines, editors))
        if lines and own and all(line in lines for line in own):
            continue  # /slug/7/ behind the last part answers with the last or the first again
        lead = lead or (dateline_of(own[0], names)[1] if own else "")
        if lines and own and lead:
            own[0] = own[0].removeprefix(lead)
        lines += own
    lines, signature = without_signature(lines, names)
    return Told(
        lines=lines,
        byline=next(filter(None, map(names.people, bylines)), ""),
        editor=next(filter(None, map(names.people, editors)), ""),
        signature=signature,
    )


def _own_lines(
    lines: Sequence[Line], rules: Rules, *, headline: str, credited: tuple[list[str], list[str]]
) -> list[str]:
    """The lines that tell the story; whom the others credit is added to the two lists."""
    own: list[str] = []
    for line in lines:
        text = line.text
        if is_noise(text, rules=rules, linked=line.is_link):
            continue
        if found := credits_in(text):
            credited[0].append(found.byline)
            credited[1].append(found.editor)
        elif len(own) == 1 and _OPEN_LEAD.fullmatch(own[0]):
            own[0] = f"{own[0]} {text}"  # <strong>Jakarta</strong> - <p>… (detik.com)
        elif own or not is_same_title(text, headline):
            own.append(text)
    return own
