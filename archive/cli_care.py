"""The commands that care for what is kept: is it all there, and bring it back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy import Engine

from archive import database, printing
from archive.audit import audit as audit_archive
from archive.config import Settings
from archive.console import JSON, counter, print_json

__all__ = ["audit"]

Options = Mapping[str, Path | None]
"""What stands before the name of the command: `config`, the settings file, or None."""

_FOUND_PROBLEMS = 1


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
@JSON
@click.pass_context
def audit(context: click.Context, expect_head: str, as_json: bool) -> None:
    """Check that every stored byte and row is as it was written.

    Ends with the head of the chain of events: note it outside the archive, for --expect-head. Exits
    with 1 when something is damaged.
    """
    with _archive(context.obj) as archive, counter("bytes read:") as progress:
        report = audit_archive(
            archive.engine, archive.warc_directory, expect_head=expect_head, progress=progress
        )
    print_json(report) if as_json else printing.print_audit(report)
    if not report.is_clean:
        context.exit(_FOUND_PROBLEMS)
