"""Figures of the archive's benchmark: what was measured, the goal, and by how much it is missed."""

import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["Figure", "cpu", "spent", "table"]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured number and its goal."""

    name: str
    value: float
    goal: float
    is_most: bool = False
    """Whether the goal is the most that may be, not the least."""
    is_speed: bool = True
    """Whether it says nothing in an archive that is too small."""
    why: str = ""
    """What a missed goal comes from."""

    @property
    def missed_by(self) -> float:
        """How far the goal is away; 0 when it is met."""
        return max(self.value - self.goal if self.is_most else self.goal - self.value, 0.0)

    def row(self, *, is_quick: bool) -> str:
        """The line of the table."""
        sign = "≤" if self.is_most else "≥"
        because = f": {self.why}" if self.why else ""
        missed = f"missed by {self.missed_by:.2f}{because}" if self.missed_by else "met"
        said = "not judged" if is_quick and self.is_speed else missed
        return f"| {self.name} | {self.value:.3g} | {sign} {self.goal:g} | {said} |"


def cpu() -> float:
    """CPU seconds that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def spent(task: Callable[[], object]) -> float:
    """CPU seconds of a task."""
    begun = cpu()
    task()
    return cpu() - begun


def table(figures: Sequence[Figure], *, is_quick: bool) -> str:
    """All figures as a Markdown table."""
    head = ["| measured | figure | goal | verdict |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *(one.row(is_quick=is_quick) for one in figures)])
