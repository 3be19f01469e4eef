"""What commands print: tables and colour on a terminal, plain lines in a pipe, or JSON."""

import json
import re
import sys
import time as clock
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from archive.text import Change

__all__ = [
    "AS_OF",
    "JSON",
    "Moment",
    "PastMoment",
    "Zoned",
    "clean",
    "counter",
    "day_or_moment",
    "marked",
    "print_json",
    "print_line",
    "print_table",
    "when",
    "zoned",
]

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
"""The option that every command has."""

# what could steer the terminal (C0, C1) or turn the reading direction of what follows
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


_COUNTER_SECONDS = 0.1
_DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}")


class Moment(click.ParamType[datetime]):
    """A day or a moment (ISO 8601); one without a zone is read on the clock of this machine."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(
                f"{value!r} is no date; write it like 2024-11-27 or 2024-11-27T01:30+07:00",
                param,
                ctx,
            )


class Zoned(click.ParamType[datetime]):
    """A moment with its zone (ISO 8601), in UTC: what may be copied to another machine."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return zoned(value)
        except (ValueError, OverflowError) as error:
            self.fail(f"{error}; write it like 2024-11-27T08:30+07:00", param, ctx)


def zoned(text: str) -> datetime:
    """A moment written as ISO 8601 with its zone, in UTC. Raises ValueError for any other text."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} names no zone")
    return at.astimezone(UTC)


class PastMoment(Moment):
    """A moment that has been: what will be known then nobody can say. A day counts to its end."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        moment = super().convert(value, param, ctx)
        if isinstance(value, str) and _DAY.fullmatch(value.strip()):
            following = datetime.fromisoformat(value.strip()) + timedelta(days=1)
            moment = following.astimezone(UTC) - timedelta(microseconds=1)
        now = datetime.now(UTC)
        if moment > now:
            self.fail(
                f"{value} ends at {when(moment)}, and it is {when(now)}: nobody knows yet what will"
                " be known then; a time elsewhere is written with its zone, 2024-11-27T01:30+07:00",
                param,
                ctx,
            )
        return moment


AS_OF = click.option(
    "--as-of",
    type=PastMoment(),
    help="As it was known then: a time (this machine's clock, or with a zone), a day to its end.",
)
"""The option of every command that reads the archive."""


def clean(text: str) -> str:
    """Text from the web, without the characters that could steer a terminal."""
    return _UNSAFE.sub("�", text)


def print_line(text: str = "", *, bold: bool = False) -> None:
    """Print one line, cleaned."""
    click.echo(click.style(clean(text), bold=True) if bold else clean(text))


def print_json(value: Any) -> None:
    """Print dataclasses, mappings and sequences as one JSON value, moments in UTC with a Z."""
    click.echo(json.dumps(_plain(value), ensure_ascii=False, indent=2))


def print_json_line(value: Any) -> None:
    """Print the same on one line, at once, for programs that read line by line."""
    click.echo(json.dumps(_plain(value), ensure_ascii=False))
    sys.stdout.flush()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Path):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value


def print_table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their names: a table on a terminal, else cells between tabs."""
    cells = [[clean(_cell(value)) for value in row] for row in rows]
    if not sys.stdout.isatty():
        for line in ([name.lower() for name in names], *cells):
            click.echo("\t".join(re.sub(r"\s+", " ", cell) for cell in line))
        return
    _print_rich_table(names, cells)


def _print_rich_table(names: Sequence[str], cells: Iterable[Sequence[str]]) -> None:
    from rich import box  # noqa: PLC0415 - slow to import, and of no use in a pipe
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in names:
        table.add_column(name, overflow="fold")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return when(value) if isinstance(value, datetime) else str(value)


def when(value: datetime | None) -> str:
    """A moment as people read it, on the clock of this machine, with its zone, to the minute."""
    return value.astimezone().strftime("%Y-%m-%d %H:%M %Z") if value else ""


def day_or_moment(value: datetime | None, zone: str, *, seconds: bool = False) -> str:
    """When something was published, on the clock of `zone` (IANA) or, without one, in UTC.

    Midnight there stands for a day of which nobody told the time: it is shown as that day.
    """
    if value is None:
        return ""
    try:
        local = value.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):  # none, unknown, or a folder of zones
        local = value.astimezone(UTC)
    if local.time() == time.min:
        return f"{local:%Y-%m-%d}"
    return local.strftime(f"%Y-%m-%d %H:%M{':%S' if seconds else ''} %Z")


def marked(changes: Iterable[Change]) -> str:
    """Changes as one text: coloured on a terminal, `[-removed-]{+added+}` in a pipe."""
    return "".join(map(_marked, changes))


def _marked(change: Change) -> str:
    text = clean(change.text)
    if change.kind == "same":
        return text
    is_removed = change.kind == "removed"
    if not sys.stdout.isatty():
        return f"[-{text}-]" if is_removed else f"{{+{text}+}}"
    return click.style(
        text,
        fg="red" if is_removed else "green",
        strikethrough=is_removed,
        underline=not is_removed,
    )


def _uncounted(*numbers: int) -> None:
    del numbers  # nobody watches


@contextmanager
def counter(label: str) -> Iterator[Callable[..., None]]:
    """A function that shows how far a long task is, on a terminal; call it with the numbers."""
    shown_at = 0.0

    def show(*numbers: int) -> None:
        nonlocal shown_at
        now = clock.monotonic()
        if now - shown_at >= _COUNTER_SECONDS:
            shown_at = now
            click.echo(f"\r{label} {' of '.join(f'{n:,}' for n in numbers)} ", err=True, nl=False)

    if not sys.stderr.isatty():
        yield _uncounted
        return
    try:
        yield show
    finally:
        click.echo("\r\x1b[2K", err=True, nl=False)
