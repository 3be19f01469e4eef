"""Is a snapshot as it was exported? Answered offline, with nothing but its folder."""

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from cryptography import x509

from archive import chain, timestamps
from archive.chain import CHAIN
from archive.errors import ArchiveError, ConfigError, DamagedRecord, NotFound
from archive.findings import AuditReport, Finding
from archive.manifest import MANIFEST, Manifest, SnapshotFile, file_hash, read_manifest
from archive.verify_rows import check_rows
from archive.verify_warc import check_captures, cited

__all__ = ["Trust", "verify"]

_ADVICE = "put back a good copy of the file"
_OTHER = "ask whoever published the snapshot for a whole one"
Progress = Callable[[int, int], None]
"""Called with the bytes read so far and the bytes to read."""


@dataclass(frozen=True, kw_only=True)
class Trust:
    """What is known from elsewhere than the snapshot."""

    key: str = ""
    """The public key (hex) of who should have signed it."""
    roots: Sequence[x509.Certificate] = ()
    """Certificates that vouch for the timestamp's authority."""
    previous: Path | None = None
    """The folder of the snapshot before it."""


@dataclass
class _Checked:
    """What was seen; filled on the way."""

    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def found(self, what: str, *, file: str = "", advice: str = _ADVICE) -> None:
        self.findings.append(Finding(what=what, advice=advice, file=file))

    def noted(self, what: str, *, advice: str) -> None:
        self.notes.append(Finding(what=what, advice=advice, file=CHAIN))


def verify(
    folder: Path, *, trust: Trust = Trust(), progress: Progress | None = None
) -> AuditReport:
    """Everything in which a snapshot is not as it was exported, with file and row or offset.

    Raises NotFound when there is no snapshot at all.
    """
    if not (folder / MANIFEST).exists() and not (folder / CHAIN).exists():
        raise NotFound(f"{folder} holds no snapshot: neither {MANIFEST} nor {CHAIN}")
    checked = _Checked()
    _check_chain(folder, checked, trust=trust)
    try:
        manifest = read_manifest(folder)
    except DamagedRecord as error:
        checked.found(str(error), file=MANIFEST)
        return _report(checked)
    _check_files(folder, manifest, checked, progress=progress or _silent)
    with cited() as expected:
        checked.findings += check_rows(folder, manifest, expected=expected)
        if manifest.with_warc:
            checked.findings += check_captures(folder, manifest, expected=expected)
        checked.numbers |= expected.numbers
    return _report(checked)


def _silent(done: int, total: int) -> None:
    del done, total  # nobody watches


def _report(checked: _Checked) -> AuditReport:
    return AuditReport(
        findings=tuple(checked.findings), notes=tuple(checked.notes), checked=checked.numbers
    )


# -- chain -----------------------------------------------------------------------------------


def _check_chain(folder: Path, checked: _Checked, *, trust: Trust) -> None:
    try:
        value = chain.read(folder)
    except DamagedRecord as error:
        checked.found(str(error), file=CHAIN, advice=_OTHER)
        return
    for fault in chain.chain_faults(value):
        checked.found(f"{CHAIN} {fault}", file=CHAIN, advice=_OTHER)
    if not isinstance(value, dict) or not isinstance(value.get("statement"), dict):
        return
    statement = value["statement"]
    path = folder / MANIFEST
    if path.exists() and chain.sha256(path.read_bytes()) != statement.get("manifest_sha256"):
        checked.found(f"is not the manifest that {CHAIN} names", file=MANIFEST, advice=_OTHER)
    for line in statement.get("damage", ()):
        checked.noted(f"of a damaged archive: {line}", advice="its maker exported it all the same")
    _check_signature(value.get("signature"), checked, trust=trust)
    _check_timestamp(value.get("timestamp"), statement, checked, trust=trust)
    if trust.previous:
        _check_previous(statement.get("previous"), checked, folder=trust.previous)


def _check_signature(signature: Any, checked: _Checked, *, trust: Trust) -> None:
    key = signature.get("public_key") if isinstance(signature, dict) else None
    if trust.key and key != trust.key:
        whose = f"it is signed by {key}" if key else "it is not signed"
        checked.found(f"{whose}, not by {trust.key}", file=CHAIN, advice=_OTHER)
    elif not key:
        checked.noted("not signed", advice="its chain proves only that nothing changed by accident")
    elif not trust.key:
        checked.noted(f"signed by {key}", advice="compare it with the key that its maker publishes")


def _check_timestamp(
    timestamp: Any, statement: dict[str, Any], checked: _Checked, *, trust: Trust
) -> None:
    if timestamp is None:
        if trust.roots:
            checked.found("it has no timestamp", file=CHAIN, advice=_OTHER)
        return
    try:
        der = base64.b64decode(timestamp["response"], validate=True)
        data = chain.statement_bytes(statement)
        moment = timestamps.stamped_at(data, der, roots=trust.roots)
        checked.noted(f"there on {_when(moment)}, says {timestamp['url']}", advice=_vouched(trust))
    except ConfigError as error:
        checked.noted("its timestamp was not looked at", advice=str(error))
    except (ArchiveError, ValueError, TypeError, KeyError) as error:
        checked.found(f"its timestamp proves nothing: {error}", file=CHAIN, advice=_OTHER)


def _when(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")


def _vouched(trust: Trust) -> str:
    if trust.roots:
        return "the certificates that were named vouch for that"
    return "--timestamp-roots FILE checks that an authority you know said so"


def _check_previous(said: Any, checked: _Checked, *, folder: Path) -> None:
    try:
        there = chain.read(folder)["statement_sha256"]
    except (DamagedRecord, KeyError, TypeError) as error:
        checked.found(f"the snapshot before it: {error}", file=str(folder / CHAIN))
        return
    if not isinstance(said, dict) or said.get("statement_sha256") != there:
        what = f"the snapshot in {folder} is not the one that it names as the one before it"
        checked.found(what, file=CHAIN, advice=_OTHER)


# -- files -----------------------------------------------------------------------------------


def _check_files(
    folder: Path, manifest: Manifest, checked: _Checked, *, progress: Progress
) -> None:
    paths = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    on_disk = {path.relative_to(folder).as_posix() for path in paths}
    total, done = sum(file.bytes for file in manifest.files), 0
    whole = 0
    for file in manifest.files:
        faults = list(_file_faults(folder, file, on_disk=on_disk))
        for fault in faults:
            checked.found(fault, file=file.path)
        whole += not faults
        done += file.bytes
        progress(done, total)
    listed = {file.path for file in manifest.files} | {MANIFEST, CHAIN}
    for path in sorted(on_disk - listed):
        checked.found("is in no manifest", file=path, advice="it is no part of the snapshot")
    sizes = (path.stat().st_size for path in paths if path.is_file())
    checked.numbers |= {"files as exported": whole, "bytes": sum(sizes)}


def _file_faults(folder: Path, file: SnapshotFile, *, on_disk: set[str]) -> Iterator[str]:
    place = PurePosixPath(file.path)
    if place.is_absolute() or ".." in place.parts:
        yield "lies outside of the snapshot"
        return
    if file.path not in on_disk:
        yield "is missing"
        return
    path = folder / place
    if path.stat().st_size != file.bytes:
        yield f"has {path.stat().st_size} bytes instead of {file.bytes}"
        return
    with path.open("rb") as opened:
        if file_hash(opened) != file.sha256:
            yield "the bytes are not those that were exported"
