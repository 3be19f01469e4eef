"""What the service tells while it works: a line for people, or an object of JSON for programs."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click

from archive.console import clean, when
from archive.export_rows import iso

__all__ = ["Log"]


@dataclass(frozen=True)
class Log:
    """Where the service tells what it does: standard error."""

    as_json: bool = False

    def tell(self, what: str, *, outlet: str = "", **values: Any) -> None:
        """One thing that happened, with whatever numbers belong to it."""
        now = datetime.now(UTC)
        if self.as_json:
            said = {"at": iso(now), "what": what, "outlet": outlet, **values}
            click.echo(json.dumps({k: v for k, v in said.items() if v != ""}), err=True)
            return
        told = ", ".join(f"{name} {value}" for name, value in values.items() if value)
        parts = (when(now), outlet, f"{what}: {told}" if told else what)
        click.echo(clean("  ".join(filter(None, parts))), err=True)
