"""How well pages are read, ours beside the tools that others use: `make bench-extract`.

Prints the tables of README's "How well it reads". Exits 1 when a goal is missed of which
extract_goals.py does not say why. What cannot be measured here is told on stderr.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extract_demo import WARM, off_topic_items, warm_items
from extract_figures import away_figures, figures, ruled_figures
from extract_goals import Verdict, verdicts
from extract_pages import Item, benchmark_items, genuine_items, saved_items, thinned
from extract_run import Plan, Run, paired
from extract_table import tables, write_into
from extract_tools import FILTER, KNOWN, PLAIN, STEP, TOOLS, Tool, ToolDied, installed

_SETS = ("benchmark", "saved", "genuine", "away-benchmark", "away-demo")
_ENOUGH = 25  # stories in a round: the speed of fewer is mostly noise
_FEW = 40  # pages of a set of which the quick form judges nothing
_SHARED = Path(__file__).parent.parent.parent.parent / "shared"


@dataclass
class Bench:
    """What was asked for, and what was found so far."""

    asked: argparse.Namespace
    sets: dict[str, dict[str, Any]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)

    def skip(self, what: str, *, because: str) -> None:
        """Tell loudly that something is not measured."""
        self.skipped.append(f"{what}: {because}")
        sys.stderr.write(f"SKIPPED {what}: {because}\n")

    def tools(self) -> list[Tool]:
        """The tools that can run here."""
        return [tool for tool in TOOLS if self._is_ready(tool)]

    def _is_ready(self, tool: Tool) -> bool:
        if tool.packages and self.asked.quick:
            self.skip(tool.name, because="the quick form runs ours and plain only")
            return False
        why = installed(tool)
        if why:
            self.skip(tool.name, because=why)
        return not why

    def measure(self, items: dict[str, list[Item]], tools: Sequence[Tool], log: Path) -> None:
        """Every set through every tool."""
        for name in self.asked.only or _SETS:
            if pages := thinned(items.get(name, []), self._most(name)):
                sys.stderr.write(f"{name}: {len(pages)} stories ...\n")
                plan = Plan(
                    tools=[tool for tool in tools if _is_for(tool.name, name)],
                    warm=items[WARM],
                    rounds=1 if self.asked.quick else self._rounds(name, len(pages)),
                    log=log,
                )
                self.sets |= _figures(name, paired(pages, plan))

    def _most(self, name: str) -> int:
        is_timed_alone = name.startswith("away-") and self.asked.quick
        return _FEW if is_timed_alone else int(self.asked.pages)

    def _rounds(self, name: str, stories: int) -> int:
        """More for a small set whose speed is judged."""
        repeated = _ENOUGH // stories if name == "saved" else 1
        return int(self.asked.rounds) * max(1, repeated)


def _figures(name: str, run: Run) -> dict[str, dict[str, Any]]:
    if name.startswith("away-"):
        return {name: away_figures(run)}
    ruled = ruled_figures(run) if name == "genuine" else None
    return {name: figures(run)} | ({"genuine-ruled": ruled} if ruled else {})


def _is_for(tool: str, name: str) -> bool:
    """The benchmark's outlets are all unknown; only the filter turns pages away."""
    if name.startswith("away-"):
        return tool in {FILTER.name, STEP.name, PLAIN.name}
    return tool not in {FILTER.name, STEP.name} and not (tool == KNOWN.name and name == "benchmark")


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    benchmarks = Path(os.environ.get("BENCHMARKS") or _SHARED / "benchmarks")
    genuine = Path(os.environ.get("KLIPING_PAGES") or _SHARED / "pages")
    parser.add_argument("--benchmarks", type=Path, default=benchmarks)
    parser.add_argument("--genuine", type=Path, default=genuine)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=10_000, help="at most so many of each set")
    parser.add_argument("--only", action="append", choices=_SETS, help="only this set of pages")
    parser.add_argument("--quick", action="store_true", help="one round, ours and plain only")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--readme", type=Path, help="put the tables into this file, too")
    return parser.parse_args(arguments)


def _items(bench: Bench, folder: Path) -> dict[str, list[Item]]:
    asked = bench.asked
    away = off_topic_items(folder)
    items = {"saved": saved_items(), "away-demo": away}
    items[WARM] = [*warm_items(away), *saved_items()]
    if (asked.benchmarks / "article-extraction-benchmark").is_dir():
        items["benchmark"] = items["away-benchmark"] = benchmark_items(asked.benchmarks)
    else:
        bench.skip("benchmark", because=f"not in {asked.benchmarks}; set BENCHMARKS")
    items["genuine"] = genuine_items(asked.genuine)
    if not items["genuine"]:
        bench.skip("genuine pages", because=f"not in {asked.genuine}; set KLIPING_PAGES")
    return items


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a goal is missed without a reason."""
    bench = Bench(_arguments(arguments))
    tools = [*bench.tools(), FILTER, STEP]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bench.measure(_items(bench, folder), tools, folder / "tools.log")
    found = verdicts(bench.sets, timed=not bench.asked.quick)
    shown = tables(bench.sets, found)
    sys.stdout.write(_json(bench, found) if bench.asked.json else shown + "\n")
    if bench.asked.readme:
        write_into(bench.asked.readme, shown)
    return _told(bench, found)


def _json(bench: Bench, found: Sequence[Verdict]) -> str:
    goals = [
        {
            "goal": one.goal.key,
            "says": one.goal.says,
            "figure": one.figure,
            "verdict": one.verdict,
            "because": one.because,
        }
        for one in found
    ]
    whole = {"sets": bench.sets, "goals": goals, "skipped": bench.skipped}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _told(bench: Bench, found: Sequence[Verdict]) -> int:
    """What leaked or was lost, by name, and the goals that are missed; the exit code."""
    for name in ("saved", "genuine"):
        known = bench.sets.get(name, {"tools": {}})["tools"].get(KNOWN.name, {})
        for what in ("leaked", "lost", "refused"):
            for line in known.get(what, ()):
                sys.stderr.write(f"{what}: {line}\n")
    failures = [one.goal.says for one in found if one.is_failure]
    for says in failures:
        sys.stderr.write(f"MISSED, and nobody says why: {says}\n")
    return int(bool(failures))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ToolDied as error:
        sys.exit(str(error))
