"""kliping.toml as `kliping init` writes it: every setting, its meaning and its default."""

import json
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from archive.config import (
    ArchiveConfig,
    CrawlConfig,
    NotifyConfig,
    OutletConfig,
    ScheduleConfig,
    WebConfig,
)

__all__ = ["settings_file"]

_SECTIONS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("archive", ArchiveConfig),
    ("crawl", CrawlConfig),
    ("schedule", ScheduleConfig),
    ("notify", NotifyConfig),
    ("web", WebConfig),
)
_EXAMPLES = {"slug": "media-uji", "url": "https://media-uji.example", "topic": "my-topic.toml",
             "feeds": "feeds", "backup": "kliping-backup", "at": ["01:30"]}  # fmt: skip
"""For what has no default that TOML could write."""


def settings_file() -> str:
    """The text of a settings file in which every line but the section names is a comment."""
    lines = ["# Settings of Kliping. Take the # from a line to change what it sets."]
    for name, model in _SECTIONS:
        lines += ["", f"[{name}]", *_settings(model)]
    lines += ["", "# An outlet without code:", "# [[outlet]]", *_settings(OutletConfig)]
    return "\n".join(lines) + "\n"


def _settings(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        value = _default(name, field)
        yield f"# {name} = {_toml(value)}  # {field.description}"


def _default(name: str, field: FieldInfo) -> Any:
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    return default or _EXAMPLES.get(name, default)


def _toml(value: Any) -> str:
    if isinstance(value, time):
        return f'"{value:%H:%M}"'
    if isinstance(value, timedelta):
        return f'"{_duration(value)}"'
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value))


def _duration(value: timedelta) -> str:
    """The shortest way to write a time: `6h`, `2m`, `30d`."""
    seconds = int(value.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
