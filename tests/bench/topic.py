"""How often the built-in topic is right on invented stories whose writers never saw its rules.

python tests/bench/topic.py [--readme README.md]: a table; exit 1 when precision or recall on the
unseen stories is below .97, or when they are too few to say so.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from crawler.topic import Topic
from crawler.topics.trial import Trial, try_topic

STORIES = Path(__file__).parents[1] / "topic"
_SETS = {
    "never seen while tuning": "unseen.jsonl",
    "unseen at first, then opened": "once-unseen.jsonl",
    "tuned on": "tuned.jsonl",
}
_LEAST = 0.97
_LEAST_STORIES = {"yes": 75, "no": 150, "hard": 75}
_BEGINS, _ENDS = "<!-- make bench-topic -->", "<!-- end of bench-topic -->"


@dataclass(frozen=True)
class _Row:
    says: str
    trial: Trial
    counts: dict[str, int]

    def line(self) -> str:
        found = self.trial
        counts = " | ".join(str(self.counts[kind]) for kind in _LEAST_STORIES)
        missed = sum(miss.story.label == "yes" for miss in found.misses)
        return (
            f"| {self.says} | {counts} | {found.precision:.3f} | {found.recall:.3f}"
            f" | {missed} | {len(found.misses) - missed} |"
        )


def _row(topic: Topic, says: str, path: Path) -> _Row:
    labels = [json.loads(line) for line in path.read_text().splitlines()]
    counts = {
        "yes": sum(story["label"] == "yes" for story in labels),
        "no": sum(story["label"] == "no" for story in labels),
        "hard": sum(story["label"] == "no" and bool(story.get("hard")) for story in labels),
    }
    return _Row(says, try_topic(topic, path), counts)


def _table(rows: list[_Row]) -> list[str]:
    return [
        "| invented stories | yes | no | hard no | precision | recall | missed | wrongly kept |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *(row.line() for row in rows),
    ]


def _faults(unseen: _Row) -> list[str]:
    few = [
        f"only {unseen.counts[kind]} {kind}, {least} are needed"
        for kind, least in _LEAST_STORIES.items()
        if unseen.counts[kind] < least
    ]
    low = [
        f"{name} {figure:.4f} is below {_LEAST}"
        for name, figure in (
            ("precision", unseen.trial.precision),
            ("recall", unseen.trial.recall),
        )
        if figure < _LEAST
    ]
    return few + low


def _write(readme: Path, lines: list[str]) -> None:
    before, _, rest = readme.read_text().partition(_BEGINS)
    after = rest.partition(_ENDS)[2]
    middle = "\n".join([_BEGINS, *lines, _ENDS])
    readme.write_text(f"{before}{middle}{after}")


def main() -> int:
    """Print the table; 1 when the unseen stories show less than is promised."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--readme", type=Path)
    asked = parser.parse_args()
    topic = Topic.load()
    rows = [_row(topic, says, STORIES / name) for says, name in _SETS.items()]
    lines = _table(rows)
    faults = _faults(rows[0])
    sys.stdout.write("\n".join([topic.identity, *lines, *faults, ""]))
    if asked.readme:
        _write(asked.readme, lines)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
