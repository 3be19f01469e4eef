"""The commands that care for what is kept: is it all there, and bring it back."""

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from archive import database, printing
from archive.audit import AuditReport, Budget, keep
from archive.audit import audit as audit_archive
from archive.config import Settings, duration
from archive.console import JSON, counter, print_json
from archive.errors import ArchiveError

__all__ = ["audit"]

Options = Mapping[str, Path | None]
"""What stands before the name of the command: `config`, the settings file, or None."""

_FOUND_PROBLEMS = 1
_SIZES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


class _Budget(click.ParamType[Budget]):
    """Bytes (500MB) or a time (20m); `night` for the share of one night."""

    name = "BYTES|TIME"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Budget:
        if isinstance(value, Budget):
            return value
        size = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kKMGT]?)B?", value)
        if size:
            return Budget(bytes=math.ceil(float(size[1]) * _SIZES[size[2].lower()]))
        try:
            return Budget() if value == "night" else Budget(seconds=duration(value).total_seconds())
        except ValueError:
            self.fail(f"{value!r} is neither bytes like 500MB nor a time like 20m", param, ctx)


def _keep(engine: Engine, report: AuditReport) -> None:
    """Keep what was read, where the database can be written."""
    try:
        keep(engine, report, checked_at=datetime.now(UTC))
    except ArchiveError as error:
        click.echo(f"the result cannot be kept for `kliping status`: {error}", err=True)


@dataclass(frozen=True)
class _Opened:
    engine: Engine
    warc_directory: Path


@contextmanager
def _archive(options: Options) -> Iterator[_Opened]:
    """The configured archive. Raises ConfigError and ArchiveError."""
    settings = Settings.load(options.get("config")).archive
    engine = database.connect(settings)
    try:
        database.require_current(engine)
        yield _Opened(engine, settings.directory / "warc")
    finally:
        engine.dispose()


@click.command()
@click.option("--expect-head", default="", metavar="HASH",
              help="Fail when the chain no longer holds this earlier head.")  # fmt: skip
@click.option("--budget", type=_Budget(), is_flag=False, flag_value="night",
              help="Read only what was read longest ago: 500MB, 20m, or a thirtieth.")  # fmt: skip
@JSON
@click.pass_context
def audit(context: click.Context, expect_head: str, budget: Budget | None, as_json: bool) -> None:
    """Check that every stored byte and row is as it was written.

    With --budget every night, each byte is read within thirty days; `status` tells since when. Ends
    with the head of the chain of events: note it outside the archive, for --expect-head. Exits with
    1 when something is damaged.
    """
    with _archive(context.obj) as archive, counter("bytes read:") as progress:
        report = audit_archive(
            archive.engine,
            archive.warc_directory,
            budget=budget,
            expect_head=expect_head,
            progress=progress,
        )
        _keep(archive.engine, report)
    print_json(report) if as_json else printing.print_audit(report)
    if not report.is_clean:
        context.exit(_FOUND_PROBLEMS)
