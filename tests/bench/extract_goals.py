"""The goals of reading, and whether the figures meet them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from extract_tools import KNOWN, OURS, PRECISE

__all__ = ["GOALS", "MISSED_BECAUSE", "Goal", "Verdict", "verdicts"]

Sets = dict[str, dict[str, Any]]
"""The figures by set of pages."""

MISSED_BECAUSE = {
    "away-demo": "every page of these outlets names the topic in its menus or lists, so that bytes"
    " alone turn none away; the words of its story do, after a parse (whole step)",
    "away-english": "RE2 makes the states of its automaton as pages ask for them: the first 181"
    " pages of a process take some 3 ms each, the same pages again a tenth of that",
    "generic-speed": "author and editor take about a fifth of the time (by profile), and"
    " plain leaves the editor",
    "known-speed-genuine": "measured on a single page, of 2020",
    "known-speed": "our saved pages are an eighth of a genuine page's size, and plain's time grows"
    " with the page; reading headline, byline, dates and widgets costs the same on each",
}
"""Goals known to be missed, each with why: printed with the verdict, and no failure."""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A figure and the least (or most) it should be."""

    key: str
    says: str
    of: str
    """The set of pages that it is measured on."""
    figure: Callable[[dict[str, Any]], float]
    least: float | None = None
    most: float | None = None
    above: float | None = None
    form: str = ".4f"
    is_timed: bool = False

    def by(self, figure: float) -> float:
        """How much the figure is on the good side of the goal; negative: missed by that."""
        if self.most is not None:
            return self.most - figure
        return figure - (self.least if self.least is not None else self.above or 0.0)

    def is_met(self, figure: float) -> bool:
        """Whether it is reached; to be above a value is more than to be at it."""
        return self.by(figure) > 0 if self.above is not None else self.by(figure) >= 0


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of a goal: `met`, `missed`, or why it was not judged."""

    goal: Goal
    figure: float | None
    verdict: str
    because: str = ""

    @property
    def is_failure(self) -> bool:
        """Missed, and nobody has said why."""
        return self.verdict == "missed" and not self.because


def _tool(name: str, *path: str) -> Callable[[dict[str, Any]], float]:
    def figure(found: dict[str, Any]) -> float:
        value = found["tools"][name]
        for key in path:
            value = value[key]
        return float(len(value)) if isinstance(value, list) else float(value)

    return figure


def _ratio(found: dict[str, Any]) -> float:
    return float(found["ratio"])


GOALS = (
    Goal(key="generic-f1", says="unknown outlet: F1 at least .9615", of="benchmark",
         figure=_tool(OURS.name, "f1", "value"), least=0.9615),
    Goal(key="generic-speed", says="unknown outlet: at least 1.6 times plain's speed",
         of="benchmark", figure=_tool(OURS.name, "ratio"), least=1.6, form=".2f", is_timed=True),
    Goal(key="best-f1", says="best quality: F1 at least .965", of="benchmark",
         figure=_tool(PRECISE.name, "f1", "value"), least=0.965),
    Goal(key="best-gain", says="best quality: gain over plain above 0 beyond its interval",
         of="benchmark", figure=_tool(PRECISE.name, "gain", "low"), above=0.0),
    Goal(key="known-speed", says="known outlet: at least 4 times plain's speed, saved pages",
         of="saved", figure=_tool(KNOWN.name, "ratio"), least=4.0, form=".2f", is_timed=True),
    Goal(key="known-speed-genuine", says="known outlet: at least 4 times plain's speed, genuine",
         of="genuine-ruled", figure=_ratio, least=4.0, form=".2f", is_timed=True),
    Goal(key="away-english", says="byte filter, benchmark: at least 50 times plain's speed",
         of="away-benchmark", figure=_ratio, least=50.0, form=".1f", is_timed=True),
    Goal(key="away-demo", says="byte filter, demo newsroom: at least 50 times plain's speed",
         of="away-demo", figure=_ratio, least=50.0, form=".1f", is_timed=True),
    Goal(key="leaked", says="known outlet: no widget line leaked, saved pages", of="saved",
         figure=_tool(KNOWN.name, "leaked"), most=0, form=".0f"),
    Goal(key="lost", says="known outlet: no sentence lost, saved pages", of="saved",
         figure=_tool(KNOWN.name, "lost"), most=0, form=".0f"),
    Goal(key="genuine-leaked", says="no line leaked, genuine pages", of="genuine",
         figure=_tool(KNOWN.name, "leaked"), most=0, form=".0f"),
    Goal(key="genuine-lost", says="no line lost, genuine pages", of="genuine",
         figure=_tool(KNOWN.name, "lost"), most=0, form=".0f"),
)  # fmt: skip


def verdicts(sets: Sets, *, timed: bool) -> list[Verdict]:
    """Each goal with its figure; timed ones are not judged by a single short round."""
    return [_judged(goal, sets, timed=timed) for goal in GOALS]


def _judged(goal: Goal, sets: Sets, *, timed: bool) -> Verdict:
    if goal.of not in sets:
        return Verdict(goal=goal, figure=None, verdict="not measured: pages absent")
    figure = goal.figure(sets[goal.of])
    if goal.is_timed and not timed:
        return Verdict(goal=goal, figure=figure, verdict="not judged: quick form")
    if goal.is_met(figure):
        return Verdict(goal=goal, figure=figure, verdict="met")
    because = MISSED_BECAUSE.get(goal.key, "")
    return Verdict(goal=goal, figure=figure, verdict="missed", because=because)
