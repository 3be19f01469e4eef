"""What a year of looking again sees, by plan, at equal requests: ours, fixed ones, one that knows.

The year is invented (see `revisit_world`): 70 % of edits come with a median lag of 3 hours, 25 % of
2 days, 5 % of 60 days, log-normal with a spread of 1; .05 to .6 edits a story by outlet; 1 % of the
stories are removed, after a median of 20 days. Each outlet is visited once a day. What changes
before a story was met counts for nothing. Exits 1 when our plan closes less than half of the gap,
in days late, between the best fixed plan and the one that knows the true rates.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from revisit_plans import Played, decaying, fixed, knowing, learning, play
from revisit_world import World

from crawler.revisit import WORTH

_GOAL = 0.5
_NEAR = 0.005
_README = Path(__file__).parents[2] / "scheduler" / "README.md"
_MARK = "<!-- bench-revisit -->"


def main() -> int:
    """Play every plan over the same year, print the table; 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="150 days of 30 outlets")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--readme", action="store_true", help="put the table into the README")
    asked = parser.parse_args()
    outlets, days, daily = (30, 150, 2.0) if asked.quick else (40, 365, 2.0)
    world = World.made(outlets=outlets, days=days, daily=daily, seed=asked.seed)
    played = _played(world)
    table = _table(world, played, seed=asked.seed)
    sys.stdout.write(f"{table}\n")
    if asked.readme:
        before, _, after = _README.read_text(encoding="utf-8").split(_MARK)
        text = f"{before}{_MARK}\n{table}\n{_MARK}{after}"
        _README.write_text(text, encoding="utf-8")
    closed = _closed(played)
    sys.stdout.write(f"gap closed: {closed:.2f} (goal {_GOAL})\n")
    return 0 if closed >= _GOAL else 1


def _played(world: World) -> dict[str, Played]:
    """Plan -> what it saw; all with as many requests as ours took."""
    ours = learning(world)
    return {
        "every story daily, cut": _cut(world, 1, ours.requests),
        "every story weekly, cut": _cut(world, 7, ours.requests),
        "the older the rarer": _equal(
            lambda haste: play(world, decaying(world, haste)), ours.requests, (0.4, 4.0)
        ),
        "ours": ours,
        "knowing the true rates": _equal(
            lambda worth: play(world, knowing(world, worth)), ours.requests, (WORTH / 20, WORTH * 9)
        ),
    }


def _cut(world: World, days: float, requests: int) -> Played:
    """A fixed plan that has only so many requests a night: the longest waiting come first."""
    share = (world.days / requests / 4, world.days / requests * 4)
    return _equal(lambda one: play(world, fixed(days), nightly=round(1 / one)), requests, share)


def _equal(plan: Callable[[float], Played], requests: int, span: tuple[float, float]) -> Played:
    """A plan whose requests fall with its number, at the number that takes so many of them."""
    low, high = span
    for _ in range(14):
        middle = (low * high) ** 0.5
        found = plan(middle)
        if abs(found.requests / requests - 1) < _NEAR:
            break
        low, high = (middle, high) if found.requests > requests else (low, middle)
    return found


def _closed(played: dict[str, Played]) -> float:
    """Our share of the way from the best fixed plan to the one that knows, in days late."""
    *fixed_ones, ours, best = (one.both_late for one in played.values())
    return (min(fixed_ones) - ours) / (min(fixed_ones) - best)


def _table(world: World, played: dict[str, Played], *, seed: int) -> str:
    removals = int(world.is_removal.sum())
    lines = [
        f"{len(world.first):,} stories of {len(world.rates)} outlets in {world.days} days (seed "
        f"{seed}); {len(world.changed) - removals:,} edits and {removals} removals after the "
        "first look",
        "",
        "| plan | requests | edits seen | days late | removals seen | days late | both late |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, one in played.items():
        lines.append(
            f"| {name} | {one.requests:,} | {one.edits:.1%} | {one.late:.2f} | {one.removals:.1%}"
            f" | {one.removals_late:.2f} | {one.both_late:.2f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
