"""The invented stories as they were first written, and the changes that later nights bring."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["Change", "Story", "changes", "stories"]

_FOLDER = Path(__file__).with_name("stories")


@dataclass(frozen=True, kw_only=True)
class Story:
    """One invented story. Its dates are days before the newsroom's `today`."""

    slug: str
    headline: str
    text: str
    """Paragraphs divided by blank lines; `<!--nextpage-->` divides pages; `{hari}` is its date."""
    on_topic: bool
    days: int
    time: str
    section: str
    dateline: str
    tags: tuple[str, ...] = ()
    byline: str = ""
    editor: str = ""
    caption: str = ""
    image: str = ""
    """Its photo: empty for a good one, else missing, large, html, or cdn."""
    night: int = 1
    """The first night on which readers see it."""
    old: bool = False
    """From before the site's last redesign: at its old address, in its old template."""
    source: str = ""
    """The outlet that it was taken from, as the page says at its end."""
    modified_days: int = 0
    """When set: it was last touched that many days before `today`, then waited to be published."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happens to one story before one night."""

    night: int
    story: str
    """Outlet and first slug: `kantamedia/camat-diperiksa`."""
    headline: str = ""
    byline: str = ""
    replace: tuple[str, str] = field(default=("", ""))
    append: str = ""
    slug: str = ""
    sidebar: bool = False
    """Only the list of related stories is another."""
    touched: bool = False
    """Saved again without a change."""
    removed: bool | None = None
    """True: trashed, False: restored."""


@cache
def stories(outlet: str) -> tuple[Story, ...]:
    """The stories of an outlet, in the order in which they were written down."""
    rows = _read(f"{outlet}.toml")["story"]
    return tuple(_story(row) for row in rows)


@cache
def changes(outlet: str) -> tuple[Change, ...]:
    """The changes to an outlet's stories, night by night."""
    rows = [row for row in _read("nights.toml")["change"] if row["story"].startswith(f"{outlet}/")]
    return tuple(Change(**row | {"replace": tuple(row.get("replace", ("", "")))}) for row in rows)


def _story(row: dict[str, Any]) -> Story:
    values = dict(row)
    shared = values.pop("press_release", "")
    if shared:
        values["text"] = _read("press.toml")[shared]
    return Story(**values | {"tags": tuple(values.get("tags", ()))})


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))
