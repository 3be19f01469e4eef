"""Which rules of the settings do anything: those that meet nothing are told. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from archive.types import Page
from crawler import bodies
from crawler.container import contained
from crawler.generic import found
from crawler.lines import Line
from crawler.metadata import read_metadata
from crawler.rules import Rules, fits
from crawler.tree import MOST_TAGS, Element, parsed, select

__all__ = ["Probe", "Rule", "RuleUse", "idle_json", "rules_met", "told_idle"]

Rule = tuple[str, str]
"""`body`, `drop` or `lines`, and what stands there."""


@dataclass(frozen=True, kw_only=True)
class Probe:
    """The pages of one story, the rules that read them, and those of these to be looked for."""

    pages: tuple[Page, ...]
    rules: Rules
    wanted: tuple[Rule, ...]
    limit: int
    tags: int = MOST_TAGS


def rules_met(probe: Probe) -> frozenset[Rule]:
    """The wanted rules that meet something: `body` on a page, the others in the story's text.

    Raises CrawlError for pages that cannot be read.
    """
    return frozenset(rule for page in probe.pages for rule in _met(page, probe))


def _met(page: Page, probe: Probe) -> Iterator[Rule]:
    html = bodies.characters(page, bodies.decoded(page, probe.limit))
    tree = parsed(html, tags=probe.tags)
    container, lines = contained(tree, probe.rules)
    texts = [line.text for line in lines]
    if container is None and any(kind == "lines" for kind, _ in probe.wanted):
        texts = [line.text for line in _lines_without_a_container(tree, page.url)]
    for kind, rule in probe.wanted:
        place = tree if kind == "body" else container
        is_line = kind == "lines" and any(fits(text, (rule,)) for text in texts)
        if is_line or (kind != "lines" and place is not None and select(place, rule)):
            yield kind, rule


def _lines_without_a_container(tree: Element, url: str) -> list[Line]:
    return found(tree, read_metadata(tree, url).headlines)


@dataclass
class RuleUse:
    """The rules that the settings give one outlet, and which of them met something so far."""

    own: Rules
    is_tried: bool = False
    _met: set[Rule] = field(default_factory=set)

    def unmet(self) -> tuple[Rule, ...]:
        """The rules that met nothing yet, in the order of the settings."""
        own = self.own
        named: list[Rule] = [("body", own.body)] if own.body else []
        named += [("drop", rule) for rule in own.drop] + [("lines", rule) for rule in own.lines]
        return tuple(rule for rule in named if rule not in self._met)

    def note(self, met: Iterable[Rule]) -> None:
        """Remember what rules met on a page."""
        self.is_tried = True
        self._met |= set(met)

    def idle(self) -> tuple[Rule, ...]:
        """The rules that met nothing on any page; none while no page was looked at."""
        return self.unmet() if self.is_tried else ()


def told_idle(slug: str, rules: Iterable[Rule]) -> Iterator[str]:
    """A line for people on each rule that met nothing."""
    for kind, rule in rules:
        yield f"{slug}: the rule {kind} {rule!r} of the settings met nothing on any page read"


def idle_json(rules: Iterable[Rule]) -> list[dict[str, str]]:
    """The same as JSON values."""
    return [{"kind": kind, "rule": rule} for kind, rule in rules]
