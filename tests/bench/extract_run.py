"""One paired run: every story goes through every tool in turn, so that noise is shared."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from extract_pages import Item
from extract_tools import Child, Tool

__all__ = ["Children", "Run", "children", "paired"]

Children = Mapping[str, Child]


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


@contextmanager
def children(tools: Sequence[Tool], *, log: Path) -> Iterator[Children]:
    """The processes of the tools, by name."""
    with ExitStack() as stack:
        yield {tool.name: stack.enter_context(Child(tool.command, log=log)) for tool in tools}


def paired(items: Sequence[Item], asked: Children, *, rounds: int) -> Run:
    """Every item through every child, `rounds` times; who begins changes from item to item."""
    run = Run(items, {name: [] for name in asked}, {name: [] for name in asked})
    for child in asked.values():
        child.ask(items[0].request)  # imports and first compilations are nobody's speed
    for _ in range(rounds):
        _round(run, asked)
    return run


def _round(run: Run, asked: Children) -> None:
    names = list(asked)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for number, item in enumerate(run.items):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            found[name].append(asked[name].ask(item.request))
    for name, answers in found.items():
        run.answers[name] = answers
        run.cpu[name].append([answer["cpu"] for answer in answers])
