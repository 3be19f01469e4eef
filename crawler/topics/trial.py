"""A topic tried on labelled stories: JSON lines, read one by one, however many there are."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from archive.errors import ConfigError
from archive.types import TopicDecision
from crawler.topic import Topic

__all__ = ["Labelled", "Miss", "Trial", "labelled", "try_topic"]

_NAMED = 20  # bad lines that are named
_LONGEST = 16_000_000  # bytes of a line
_IN_LINE = re.compile(r" at line 1 column")  # of the one line: the file's is told already


class Labelled(BaseModel):
    """A story, and whether a person says that it is on topic; other keys of its line are ignored.

    `id` is any value that tells the story apart, `line` the number of its line, from 1.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    title: str
    text: str
    label: Literal["yes", "no"]
    id: str | int | None = None
    line: int = 0


@dataclass(frozen=True)
class Miss:
    """A story that the topic decided otherwise than the person."""

    story: Labelled
    decision: TopicDecision

    def as_json(self) -> dict[str, Any]:
        """The miss as JSON values: which story, the score, and the words that counted."""
        known = {"id": self.story.id} if self.story.id is not None else {}
        return known | {
            "line": self.story.line,
            "title": self.story.title,
            "label": self.story.label,
            "score": self.decision.score,
            "evidence": self.decision.evidence,
        }


@dataclass
class Trial:
    """How often a topic was right."""

    counts: dict[tuple[str, bool], int] = field(default_factory=dict)
    """(label, kept) -> stories."""
    misses: list[Miss] = field(default_factory=list)

    def add(self, story: Labelled, decision: TopicDecision) -> None:
        """Count what was decided of one story."""
        key = (story.label, decision.on_topic)
        self.counts[key] = self.counts.get(key, 0) + 1
        if decision.on_topic != (story.label == "yes"):
            self.misses.append(Miss(story, decision))

    @property
    def stories(self) -> int:
        """How many stories were decided."""
        return sum(self.counts.values())

    @property
    def precision(self) -> float:
        """Of the stories kept, the share that is on topic; 1 when none was kept."""
        return self._share(self._count("yes", True), self._count("no", True))

    @property
    def recall(self) -> float:
        """Of the stories on topic, the share that was kept; 1 when there is none."""
        return self._share(self._count("yes", True), self._count("yes", False))

    def as_json(self) -> dict[str, Any]:
        """Precision, recall and misses, and how many stories there were of each label."""
        return {
            "precision": self.precision,
            "recall": self.recall,
            "misses": [miss.as_json() for miss in self.misses],
            "stories": self.stories,
            "yes": self._count("yes", True) + self._count("yes", False),
            "no": self._count("no", True) + self._count("no", False),
        }

    def told(self) -> Iterator[str]:
        """The same as lines for people; a miss with its score and the words that counted."""
        yield (
            f"precision {self.precision:.4f}, recall {self.recall:.4f}: "
            f"{len(self.misses)} of {self.stories} stories missed"
        )
        for miss in self.misses:
            name = "" if miss.story.id is None else f" {miss.story.id}"
            yield f"line {miss.story.line}{name}: {miss.story.title}"
            words = ", ".join(
                f"{span.rule} {' '.join(span.text.split())!r} at {span.start}"
                for span in miss.decision.evidence
            )
            yield f"  labelled {miss.story.label}, score {miss.decision.score:.2f}: {words or '-'}"

    def _count(self, label: str, kept: bool) -> int:
        return self.counts.get((label, kept), 0)

    @staticmethod
    def _share(right: int, wrong: int) -> float:
        return round(right / (right + wrong), 4) if right + wrong else 1.0


def try_topic(topic: Topic, path: Path, *, tell: Callable[[int], None] | None = None) -> Trial:
    """The topic's decisions of the stories of a file. Raises ConfigError naming the bad lines.

    `tell` is told how many stories were decided.
    """
    trial = Trial()
    for story in labelled(path):
        trial.add(story, topic.decide(story.title, story.text))
        if tell:
            tell(trial.stories)
    if not trial.stories:
        raise ConfigError(f"{path}: holds no story")
    return trial


def labelled(path: Path) -> Iterator[Labelled]:
    """The stories of a file of JSON lines, one at a time; empty lines are skipped.

    Raises ConfigError naming the lines that are none, after the last good one.
    """
    bad: list[str] = []
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(_pieces(lines), start=1):
                if not line.strip(b" \t\r\n\xef\xbb\xbf"):
                    continue
                try:
                    yield _read(line, number=number)
                except ValueError as error:
                    bad.append(f"line {number}: {_told(error)}")
                    if len(bad) == _NAMED:
                        break
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from None
    if bad:
        raise ConfigError(f"{path}: {'; '.join(bad)}")


def _pieces(lines: BinaryIO) -> Iterator[bytes]:
    """Each line, or its beginning where it is longer than any story."""
    while line := lines.readline(_LONGEST + 1):
        yield line
        while len(line) > _LONGEST and not line.endswith(b"\n"):
            line = lines.readline(_LONGEST + 1) or b"\n"


def _read(line: bytes, *, number: int) -> Labelled:
    if len(line) > _LONGEST:
        raise ValueError(f"longer than {_LONGEST} bytes")
    # without its end, so that JSON's own count of lines stays at 1
    text = line.rstrip(b"\r\n").decode("utf-8-sig" if number == 1 else "utf-8")
    return Labelled.model_validate_json(text).model_copy(update={"line": number})


def _told(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        message = _IN_LINE.sub(" at column", first["msg"])
        return f"{place}: {message}" if place else message
    return "not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
