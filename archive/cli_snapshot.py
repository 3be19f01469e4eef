"""The commands about snapshots: write one, and what makes it worth trusting."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import click
from sqlalchemy import Engine

from archive import database, printing
from archive.chain import Seal
from archive.config import Settings
from archive.console import AS_OF, JSON, counter, print_json, print_line, print_table
from archive.errors import NotFound
from archive.keys import DEFAULT, make, public_key, signing_key
from archive.keys import keys as all_keys
from archive.snapshots import FORMATS
from archive.snapshots import export as export_snapshot
from archive.timestamps import certificates
from archive.verify import Trust, verify

__all__ = ["export", "keys", "verify_snapshot"]

_FOUND_PROBLEMS = 1
_HEX_KEY = re.compile("[0-9a-f]{64}")

Options = Mapping[str, Path | None]
"""What stands before the name of the command: `config`, the settings file, or None."""


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


def _keys(options: Options) -> Path:
    """The folder of the keys."""
    return Settings.load(options.get("config")).archive.directory / "keys"


@click.command()
@click.argument("dest", type=click.Path(path_type=Path))
@click.option("--format", type=click.Choice(FORMATS), default="jsonl", show_default=True,
              help="Of the rows.")  # fmt: skip
@AS_OF
@click.option("--since", type=click.Path(path_type=Path), metavar="SNAPSHOT",
              help="Only what is not as it was in this earlier snapshot.")  # fmt: skip
@click.option("--no-warc", is_flag=True, help="Leave the captured bytes out.")
@click.option("--no-text", is_flag=True,
              help="Leave the texts out, and the captured bytes, which hold them.")  # fmt: skip
@click.option("--initials", is_flag=True,
              help="Initials for names of writers; captured bytes are left out.")  # fmt: skip
@click.option("--with-damage", is_flag=True,
              help="Export what an audit finds damaged, too; the snapshot says so.")  # fmt: skip
@click.option(
    "--sign",
    metavar="KEY",
    default="",
    help="Sign it with this key; else with the key `default`, if there is one.",
)
@click.option("--timestamp-url", default="", help="Ask this RFC 3161 authority for a timestamp.")
@JSON
@click.pass_obj
def export(
    options: Options,
    dest: Path,
    format: str,
    as_of: datetime | None,
    since: Path | None,
    no_warc: bool,
    no_text: bool,
    initials: bool,
    with_damage: bool,
    sign: str,
    timestamp_url: str,
    as_json: bool,
) -> None:
    """Write a snapshot of the archive to the folder DEST."""
    if str(dest) == "-":
        raise click.BadParameter("DEST is a folder: a snapshot cannot go to a pipe")
    key = signing_key(_keys(options), sign)
    with _archive(options) as archive, counter("versions") as progress:
        manifest = export_snapshot(
            archive.engine,
            archive.warc_directory,
            dest,
            format=format,
            as_of=as_of,
            since=since,
            with_warc=not no_warc,
            with_text=not no_text,
            with_names=not initials,
            with_damage=with_damage,
            seal=Seal(key=key, timestamp_url=timestamp_url),
            progress=progress,
            tell=partial(click.echo, err=True),
        )
    print_json(manifest) if as_json else printing.print_manifest(manifest, dest=dest)


@click.command("verify")
@click.argument("snapshot", type=click.Path(path_type=Path))
@click.option("--key", "publisher", default="", metavar="KEY",
              help="Public key of who should have signed it: in hex, or a PEM file.")  # fmt: skip
@click.option("--timestamp-roots", type=click.Path(path_type=Path), metavar="FILE",
              help="Certificates (PEM) that vouch for the timestamp's authority.")  # fmt: skip
@click.option(
    "--previous",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="SNAPSHOT",
    help="The snapshot before it, to check that it is tied to it.",
)
@JSON
@click.pass_context
def verify_snapshot(
    context: click.Context,
    snapshot: Path,
    publisher: str,
    timestamp_roots: Path | None,
    previous: Path | None,
    as_json: bool,
) -> None:
    """Check a snapshot with nothing but its folder: every file, row, capture, chain, signature.

    Exits with 1 when something is not as it was exported.
    """
    trust = Trust(
        key=publisher if _HEX_KEY.fullmatch(publisher) or not publisher else _public(publisher),
        roots=certificates(timestamp_roots) if timestamp_roots else (),
        previous=previous,
    )
    with counter("bytes read:") as progress:
        report = verify(snapshot, trust=trust, progress=progress)
    print_json(report) if as_json else printing.print_audit(report)
    if not report.is_clean:
        context.exit(_FOUND_PROBLEMS)


def _public(file: str) -> str:
    if not Path(file).is_file():
        raise click.BadParameter(f"--key {file} is neither 64 hex digits nor a file")
    return public_key(Path(file))


@click.group()
def keys() -> None:
    """Make and show the keys with which snapshots are signed."""


@keys.command("make")
@click.argument("name", default=DEFAULT)
@JSON
@click.pass_obj
def make_key(options: Options, name: str, as_json: bool) -> None:
    """Make a pair of keys called NAME."""
    made = make(_keys(options), name)
    if as_json:
        print_json(made)
        return
    print_line(f"made {made.file}: keep it to yourself, with a copy in a safe place")
    print_line(f"publish {made.file.with_suffix('.pub')}, or what it says:")
    print_line(made.public)


@keys.command("show")
@click.argument("name", default=DEFAULT)
@JSON
@click.pass_obj
def show_key(options: Options, name: str, as_json: bool) -> None:
    """Show the public key NAME."""
    found = [key for key in all_keys(_keys(options)) if key.name == name]
    if not found:
        raise NotFound(f"no key {name!r}; `kliping keys list` lists them")
    print_json(found[0]) if as_json else print_line(found[0].public)


@keys.command("list")
@JSON
@click.pass_obj
def list_keys(options: Options, as_json: bool) -> None:
    """List the keys: names and public keys."""
    found = all_keys(_keys(options))
    if as_json:
        print_json(found)
        return
    print_table(("Name", "Public key"), [(key.name, key.public) for key in found])
