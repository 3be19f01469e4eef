"""A topic file, read and checked: which words, which rules, which weights."""

import difflib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from archive.errors import ConfigError

__all__ = ["Rule", "TopicFile", "Weights", "one_of", "read_topic_file"]

Terms = tuple[str, ...]
Share = Annotated[float, Field(ge=0, le=1)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Weights(_Section):
    """How near words must stand to each other, and what their place is worth."""

    threshold: float = Field(0.5, gt=0, le=1, description="least score of a story on topic")
    gap: int = Field(3, ge=0, le=20, description="words that `..` may skip inside a term")
    wide: int = Field(8, ge=0, le=20, description="words that `...` may skip inside a term")
    neighbours: int = Field(1, ge=0, le=5, description="sentences either side that count as near")
    paragraph: int = Field(3, ge=0, le=20, description="the same, inside one paragraph")
    near: Share = Field(0.85, description="worth of a match spread over neighbouring sentences")
    headline: Share = Field(1.0, description="worth of a match in the headline")
    lead: Share = Field(1.0, description="worth of a match in the first sentences")
    lead_sentences: int = Field(4, ge=0, description="how many sentences are the lead")
    prominent: int = Field(2, ge=0, description="sentences within which a prominent group stands")
    words: float = Field(0.6, ge=0, le=2, description="how much learnt words move the score")
    short: int = Field(7, ge=0, description="a story of no more sentences is all lead")
    body: Share = Field(0.4, description="worth of a match further down")


class Rule(_Section):
    """Groups that must stand near each other; the sentence of the last one is the anchor."""

    name: str = Field(min_length=1)
    groups: Terms = Field(min_length=1)
    weight: float = Field(ge=-1, le=1)
    """Below 0: doubt, which takes its share of the score away."""
    near: Share | None = None
    """What a match spread over neighbouring sentences is worth; None: as in the weights."""
    unless: Terms = ()
    """Groups that cancel the match when they stand in the anchor sentence."""
    rivals: Terms = ()
    """Groups that keep the anchor sentence from borrowing words of its neighbours."""
    not_about: Terms = ()
    """Groups that cancel the rule when the story is about them instead of its first group."""
    prominent: bool = False
    """Whether all must meet in one sentence, unless the first group is prominent in the story."""
    certain: bool = False
    """Whether a sentence that holds all its words raises no doubt, whatever else it says."""
    places: tuple[Literal["headline", "lead", "body"], ...] = ("headline", "lead", "body")
    """Where the anchor sentence may stand."""


class TopicFile(_Section):
    """All of a topic file."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    version: int = Field(ge=1)
    description: str = ""
    search: Terms = ()
    """What a backfill asks an outlet's own search for first; decides on no story."""
    require: Terms = ()
    """Groups of which the story must hold a term somewhere."""
    endings: Terms = ()
    """Clitics that may follow any word of a term (`-nya`, `-lah`)."""
    ignore: Terms = ()
    """Terms whose words are hidden from every group but required ones and those of doubts."""
    words: str = ""
    """A file with what single words say (`crawler.topics.vocabulary`), beside this one or beside
    the built-in one."""
    weights: Weights = Weights()
    sets: dict[str, Terms] = {}
    groups: dict[str, Annotated[Terms, Field(min_length=1)]]
    rules: tuple[Rule, ...] = Field(min_length=1)


def read_topic_file(path: Path) -> TopicFile:
    """The checked content of a topic file. Raises ConfigError naming file and key."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        return _checked(data, path)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from None
    except ValidationError as error:
        raise ConfigError(f"{path}: {_explain(error)}") from None
    except ValueError as error:  # not UTF-8, not TOML
        raise ConfigError(f"{path}: {error}") from None


def _checked(data: dict[str, Any], path: Path) -> TopicFile:
    topic = TopicFile.model_validate(data)
    for group in topic.require:
        one_of(group, topic.groups, place=f"{path}: require")
    for rule in topic.rules:
        for key in ("groups", "unless", "rivals", "not_about"):
            for group in getattr(rule, key):
                one_of(group, topic.groups, place=f"{path}: rules.{rule.name}.{key}")
    return topic


def one_of(name: str, known: Iterable[str], *, place: str) -> str:
    """`name`, which must be known. Raises ConfigError naming the nearest known one."""
    names = list(known)
    if name in names:
        return name
    raise ConfigError(f"{place}: unknown {name!r}{_nearest(name, names)}")


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _explain(error: ValidationError) -> str:
    # a misspelt key is also a missing one: its spelling is the better news
    first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] != "extra_forbidden":
        return f"{place}: {first['msg']}"
    return f"unknown key {place!r}{_nearest(str(first['loc'][-1]), _keys_beside(first['loc']))}"


def _keys_beside(loc: tuple[int | str, ...]) -> list[str]:
    sections: dict[str, type[BaseModel]] = {"weights": Weights, "rules": Rule}
    section = sections.get(str(loc[0]), TopicFile) if len(loc) > 1 else TopicFile
    return list(section.model_fields)
