"""One paired run: every story goes through every tool in turn, so that noise is shared."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from extract_pages import Item
from extract_tools import Child, Tool

__all__ = ["Plan", "Run", "paired"]


@dataclass(frozen=True)
class Run:
    """What each tool answered to each item, and its CPU seconds in each round."""

    items: Sequence[Item]
    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """By tool, in the order of the items; of the last round."""
    cpu: dict[str, list[list[float]]] = field(default_factory=dict)
    """By tool and round, of each item."""

    def seconds(self, tool: str, only: Sequence[int] | None = None) -> float:
        """CPU seconds of a round, the median of all; `only` of the items with these numbers."""
        return median(_of(one, only) for one in self.cpu[tool])

    def ratio(self, tool: str, other: str, only: Sequence[int] | None = None) -> float:
        """How many times as fast as the other tool, the median of all rounds."""
        rounds = zip(self.cpu[tool], self.cpu[other], strict=True)
        return median(_of(theirs, only) / _of(ours, only) for ours, theirs in rounds)

    def pages(self) -> int:
        """How many pages the items have."""
        return sum(len(item.pages) for item in self.items)

    def peak(self, tool: str) -> int:
        """The most bytes that the tool's process ever held."""
        return max(answer["peak"] for answer in self.answers[tool])

    def texts(self, tool: str) -> list[str]:
        """What it read, empty where it refused."""
        return [answer.get("text") or "" for answer in self.answers[tool]]

    def refused(self, tool: str) -> list[str]:
        """The pages in which it found no story, with its reason."""
        pairs = zip(self.items, self.answers[tool], strict=True)
        return [f"{item.name}: {answer['error']}" for item, answer in pairs if answer.get("error")]


def _of(cpu: Sequence[float], only: Sequence[int] | None) -> float:
    return sum(cpu if only is None else (cpu[number] for number in only))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a set of pages is measured."""

    tools: Sequence[Tool]
    warm: Sequence[Item]
    """Pages read first, untimed: what a tool loads once is not its speed (dateparser, in plain,
    takes half a second at the first date of one kind)."""
    rounds: int
    log: Path


def paired(items: Sequence[Item], plan: Plan) -> Run:
    """Every item through every tool in turn, once a round.

    Each round has processes of its own: a page that was read before is in some tool's caches, and
    a crawl reads no page twice.
    """
    names = [tool.name for tool in plan.tools]
    run = Run(items, {name: [] for name in names}, {name: [] for name in names})
    for _ in range(plan.rounds):
        with ExitStack() as stack:
            children = {
                tool.name: stack.enter_context(Child(tool.command, log=plan.log))
                for tool in plan.tools
            }
            _read(plan.warm, children)
            _keep(run, _read(items, children))
    return run


def _read(items: Sequence[Item], children: Mapping[str, Child]) -> dict[str, list[dict[str, Any]]]:
    """The answers of each child; who begins changes from item to item."""
    names = list(children)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for number, item in enumerate(items):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            found[name].append(children[name].ask(item.request))
    return found


def _keep(run: Run, found: dict[str, list[dict[str, Any]]]) -> None:
    for name, answers in found.items():
        run.answers[name] = answers
        run.cpu[name].append([answer["cpu"] for answer in answers])
