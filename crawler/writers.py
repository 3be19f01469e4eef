"""Who wrote and who edited a story, out of all that its page prints and declares. Pure.

The order of trust for the author: the outlet's rule, a line of credits in the text, what stands
beside the heading, the metadata, the initials at the end (earlier where the rules say that they
sign), credits elsewhere on the page, the desk, and at last, on pages of which nobody knows where
their text stands, whom trafilatura names, when that is the full name of a person. Who is known as
the editor is not taken for the author, but where one line says that one person was both.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from crawler.credits import Credits, credits_in
from crawler.generic import guessed_author
from crawler.heading import Printed, labelled_credits, printed_credits
from crawler.metadata import Metadata
from crawler.names import Names
from crawler.rules import Rules
from crawler.told import Told
from crawler.tree import Element, select, text_of

__all__ = ["Whereabouts", "written_by"]

_FULL_NAME = re.compile(r"[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]*){1,3}")


@dataclass(frozen=True)
class Whereabouts:
    """Where on a page the writers of its story may be named."""

    tree: Element
    metadata: Metadata
    around: list[Element]
    """Between the heading and the text."""
    text: Element | None
    """What holds the text, when it is known."""


def written_by(page: Whereabouts, told: Told, *, rules: Rules, names: Names) -> Credits:
    """The author and the editor of a story; each '' where nobody is named."""
    printed = printed_credits(page.around, names)
    ruled = _ruled(page.tree, rules, names)
    editor = _first([ruled.editor, told.editor, printed.editor])
    editor = editor or _first(map(names.people, page.metadata.editors))
    byline = _first([ruled.byline, told.byline])
    elsewhere = Printed()
    if not (editor and byline):
        elsewhere = labelled_credits(page.tree, page.text, names)
        editor = editor or elsewhere.editor
    signature = "" if elsewhere.byline else told.signature
    declared = (_without(names.people(said), editor) for said in page.metadata.authors)
    others = [printed.byline, *declared]
    signed = [signature, *others] if rules.signed else [*others, signature]
    named = _first([byline, *signed, elsewhere.byline, told.desk, printed.desk])
    if not named and page.text is None:
        named = _guessed(page.tree, editor, names)
    return Credits(named, editor)


def _guessed(tree: Element, editor: str, names: Names) -> str:
    said = guessed_author(tree)
    if said == editor or not _FULL_NAME.fullmatch(names.people(said)):
        return ""
    # trafilatura makes `Rina Ayu` of `rina_ayu99`
    return said if said in text_of(tree) else ""


def _ruled(tree: Element, rules: Rules, names: Names) -> Credits:
    """Whom the elements name that the outlet's rules point at."""
    bylines = [_in_role(text_of(one), "byline") for one in select(tree, rules.byline)]
    editors = [_in_role(text_of(one), "editor") for one in select(tree, rules.editor)]
    return Credits(_first(map(names.people, bylines)), _first(map(names.people, editors)))


def _in_role(said: str, role: str) -> str:
    """`Penulis: A | Editor: B` names one in each role; without roles, all are in the one asked."""
    credited = credits_in(said)
    return said if credited is None else str(getattr(credited, role))


def _without(people: str, editor: str) -> str:
    others = [name for name in people.split(", ") if name not in editor.split(", ")]
    return ", ".join(others) if editor else people


def _first(found: Iterable[str]) -> str:
    return next(filter(None, found), "")
