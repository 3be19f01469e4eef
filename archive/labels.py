"""What persons decided of stories: who, when and why. Their word wins over the machine's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select
from sqlalchemy.engine import Engine

from archive import database, ledger
from archive.errors import ConfigError, TakenDown
from archive.schema import label, story
from archive.takedowns import line_of, taken_down
from archive.types import Label, TopicDecision

__all__ = ["TOPIC", "Verdict", "add", "decisions", "labels", "topic_label", "verdict"]

TOPIC = "topic"
_VALUES = ("yes", "no")
_LONGEST = 2_000


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a story is on topic, and who says so: a person's newest word, else the machine."""

    on_topic: bool | None
    """None when nobody has decided yet."""
    decided_by: str
    """`person`, `machine`, or empty."""
    label: Label | None
    """The word that holds, when a person's does."""
    machine: TopicDecision | None
    """What the machine says, whoever decides."""


def verdict(decided: Sequence[Label], machine: TopicDecision | None) -> Verdict:
    """What holds of a story's topic, from its labels (oldest first) and the machine's decision."""
    newest = next((one for one in reversed(decided) if one.field == TOPIC), None)
    if newest:
        return Verdict(
            on_topic=newest.value == "yes", decided_by="person", label=newest, machine=machine
        )
    said = machine.on_topic if machine else None
    return Verdict(
        on_topic=said, decided_by="machine" if machine else "", label=None, machine=machine
    )


def add(connection: Connection, story_id: str, *, made: Label, recorded_at: datetime) -> Label:
    """Write a person's decision beside the earlier ones, and into the chain of events.

    `made` says field, value, by whom and why. Raises ConfigError without a name or a reason,
    TakenDown for a story of which no word may be kept any more.
    """
    _check(made)
    taken = taken_down(connection, story_id)
    if taken:
        raise TakenDown(line_of(taken))
    said = {
        "field": made.field,
        "value": made.value,
        "made_by": made.made_by.strip(),
        "reason": made.reason.strip(),
    }
    row = insert(label).values(story_id=story_id, recorded_at=recorded_at, **said)
    label_id = int(connection.execute(row.returning(label.c.label_id)).scalar_one())
    outlet = connection.scalar(select(story.c.outlet).where(story.c.story_id == story_id))
    ledger.append(
        connection,
        "labelled",
        recorded_at=recorded_at,
        outlet=outlet,
        story_id=story_id,
        detail={"label_id": label_id, **said},
    )
    return Label(label_id=label_id, story_id=story_id, recorded_at=recorded_at, **said)


def _check(made: Label) -> None:
    if made.field == TOPIC and made.value not in _VALUES:
        raise ConfigError(f"the topic of a story is yes or no, not {made.value!r}")
    for name, value in (("--by NAME", made.made_by), ("--reason TEXT", made.reason)):
        if not value.strip():
            raise ConfigError(f"say who decides and why: {name} is empty")
        if len(value) > _LONGEST:
            raise ConfigError(f"{name} is longer than {_LONGEST} characters")


def labels(engine: Engine, story_id: str, *, as_of: datetime | None = None) -> list[Label]:
    """Every decision on a story, oldest first; the last one of a field holds."""
    query = _known(as_of).where(label.c.story_id == story_id)
    with database.reading(engine) as connection:
        return [_label(row) for row in connection.execute(query)]


def decisions(
    connection: Connection, *, field: str = TOPIC, as_of: datetime | None = None
) -> dict[str, Label]:
    """The decision that holds for each story that has one."""
    rows = connection.execute(_known(as_of).where(label.c.field == field))
    return {row.story_id: _label(row) for row in rows}


def topic_label(connection: Connection, story_id: str) -> bool | None:
    """Whether a person says that a story is on topic; None when nobody did."""
    query = select(label.c.value).where(label.c.story_id == story_id, label.c.field == TOPIC)
    value = connection.scalar(query.order_by(label.c.label_id.desc()).limit(1))
    return None if value is None else value == "yes"


def _known(as_of: datetime | None) -> Select[Any]:
    found = select(label).order_by(label.c.label_id)
    return found if as_of is None else found.where(label.c.recorded_at <= as_of)


def _label(row: Row[Any]) -> Label:
    return Label(**row._asdict())
