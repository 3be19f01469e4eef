"""The earlier snapshot that an incremental one adds to."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from archive import chain
from archive.columns import EXPORT_VERSION
from archive.errors import ConfigError, DamagedRecord
from archive.export_rows import iso
from archive.manifest import MANIFEST, Manifest, Variant, read_manifest
from archive.schema import event

__all__ = ["Base", "expect_before", "read_base"]


@dataclass(frozen=True, kw_only=True)
class Base:
    """What must be known of it: its moment, its hashes, and the archive's newest event then."""

    folder: Path
    as_of: datetime
    manifest_sha256: str
    statement_sha256: str
    event_number: int
    event_hash: str

    @property
    def named(self) -> dict[str, str]:
        """How manifest and chain of the next snapshot name it."""
        return {
            "as_of": iso(self.as_of),
            "manifest_sha256": self.manifest_sha256,
            "statement_sha256": self.statement_sha256,
        }


def read_base(folder: Path, *, variant: Variant) -> Base:
    """The snapshot in a folder. Raises ConfigError when it is damaged or another variant."""
    try:
        manifest, link = read_manifest(folder), chain.read(folder)
        faults = list(chain.chain_faults(link))
        if chain.sha256((folder / MANIFEST).read_bytes()) != link["statement"]["manifest_sha256"]:
            faults.append(f"{MANIFEST} is not the one that it names")
    except (DamagedRecord, KeyError, TypeError) as error:
        raise ConfigError(f"--since {folder}: {error}") from None
    if faults:
        raise ConfigError(f"--since {folder}: {faults[0]}; `kliping verify` tells all")
    _expect_alike(folder, manifest, variant=variant)
    events = link["statement"]["events"] or {}
    return Base(
        folder=folder,
        as_of=manifest.as_of,
        manifest_sha256=link["statement"]["manifest_sha256"],
        statement_sha256=link["statement_sha256"],
        event_number=events.get("number", 0),
        event_hash=events.get("hash", ""),
    )


def _expect_alike(folder: Path, manifest: Manifest, *, variant: Variant) -> None:
    if manifest.export_version != EXPORT_VERSION:
        raise ConfigError(f"--since {folder}: its columns are older; make a whole snapshot first")
    for name, wanted in vars(variant).items():
        if name != "format" and getattr(manifest, name) != wanted:
            raise ConfigError(
                f"--since {folder}: the one is {name.replace('_', ' ')}, the other not;"
                " what is left out must be the same in both"
            )


def expect_before(connection: Connection, base: Base, *, as_of: datetime) -> None:
    """Return when a snapshot of this archive at `as_of` can add to the base. Raises ConfigError."""
    if as_of < base.as_of:
        raise ConfigError(f"--since {base.folder}: it is of {iso(base.as_of)}, which is later")
    there = select(event.c.hash).where(event.c.event_id == base.event_number)
    if base.event_number and connection.scalar(there) != base.event_hash:
        raise ConfigError(f"--since {base.folder}: it is of another archive than this one")
