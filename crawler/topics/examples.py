"""Labelled stories, and what a topic makes of them: the test of a topic file."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from archive.errors import ConfigError
from archive.types import TopicDecision
from crawler.topic import Topic

__all__ = ["Example", "Result", "check_file", "read_examples"]


class Example(BaseModel):
    """A story and whether a person says that it is on topic."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    on_topic: bool
    headline: str = ""
    text: str = ""
    """Paragraphs separated by one blank line."""
    note: str = ""


class _Examples(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    story: Annotated[tuple[Example, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Result:
    """What the topic decided of one example."""

    example: Example
    decision: TopicDecision

    @property
    def is_right(self) -> bool:
        """The topic and the person agree."""
        return self.decision.on_topic == self.example.on_topic


def check_file(topic: Topic, path: Path) -> list[Result]:
    """The topic's decision of each labelled story of a file. Raises ConfigError."""
    return [
        Result(example, topic.decide(example.headline, example.text))
        for example in read_examples(path)
    ]


def read_examples(path: Path) -> tuple[Example, ...]:
    """The stories of a TOML (`[[story]]`) or JSON (`{"story": […]}`) file. Raises ConfigError."""
    try:
        text = path.read_text("utf-8")
        data = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        return _Examples.model_validate(data).story
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path}: {place}: {first['msg']}") from None
    except ValueError as error:  # not UTF-8, not TOML, not JSON
        raise ConfigError(f"{path}: {error}") from None
