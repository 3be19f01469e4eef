"""`chain.json`: what ties a snapshot to the one before it and to the archive's own chain of events.

The *statement* names the manifest by its hash, the snapshot before by the hashes of its manifest
and statement, and the newest event of the archive by number and hash. Whoever holds one statement
can tell whether any earlier snapshot or event was changed since. One that was made of a damaged
archive says in which (`damage`). The statement, as bytes without any choice, is what is signed and
timestamped.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive import keys, timestamps
from archive.errors import DamagedRecord
from archive.manifest import as_json, write_json

__all__ = [
    "CHAIN",
    "Seal",
    "chain_faults",
    "read",
    "sha256",
    "statement_bytes",
    "statement_hash",
    "write",
]

CHAIN = "chain.json"
_KIND = "kliping-snapshot/1"
_PARTS = {"statement", "statement_sha256", "signature", "timestamp", "sha256"}
_SAYS = {"kind", "as_of", "manifest_sha256", "events", "previous"}
_MAY_SAY = {"damage"}


@dataclass(frozen=True, kw_only=True)
class Seal:
    """By whom a snapshot is vouched for, besides itself."""

    key: Ed25519PrivateKey | None = None
    timestamp_url: str = ""


def write(folder: Path, statement: Mapping[str, Any], *, seal: Seal) -> None:
    """Write `chain.json`: the statement, what it hashes to, and who vouches for it.

    `statement`: as_of, manifest_sha256, events (number, hash), previous (or None). Raises
    ArchiveError when the timestamp's authority fails.
    """
    said = {"kind": _KIND, **statement}
    data = statement_bytes(said)
    value = {
        "statement": said,
        "statement_sha256": sha256(data),
        "signature": _signature(data, seal.key) if seal.key else None,
        "timestamp": _timestamp(data, seal.timestamp_url) if seal.timestamp_url else None,
    }
    write_json(folder / CHAIN, value | {"sha256": sha256(statement_bytes(value))})


def _signature(data: bytes, key: Ed25519PrivateKey) -> dict[str, str]:
    public, signature = keys.sign(key, data)
    return {"algorithm": "Ed25519", "public_key": public, "value": signature}


def _timestamp(data: bytes, url: str) -> dict[str, str]:
    der = timestamps.stamp(data, url=url)
    return {"url": url, "response": base64.b64encode(der).decode("ascii")}


def statement_bytes(value: Mapping[str, Any]) -> bytes:
    """A JSON object as bytes without any choice: ASCII, sorted keys, no white space."""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return text.encode("ascii")


def statement_hash(statement: Mapping[str, Any]) -> str:
    """What the next snapshot says of this one's statement."""
    return sha256(statement_bytes({"kind": _KIND, **statement}))


def sha256(data: bytes) -> str:
    """The SHA-256 of the data, in hex."""
    return hashlib.sha256(data).hexdigest()


def read(folder: Path) -> Any:
    """The contents of `chain.json`. Raises DamagedRecord when it is not there or was rewritten."""
    try:
        data = (folder / CHAIN).read_bytes()
        value = json.loads(data)
    except OSError as error:
        raise DamagedRecord(f"{CHAIN} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise DamagedRecord(f"{CHAIN} is no JSON: {error}") from None
    if as_json(value) != data:
        raise DamagedRecord(f"{CHAIN} is not written as Kliping writes it: its bytes were changed")
    return value


def chain_faults(chain: object) -> Iterator[str]:
    """In what the contents of a `chain.json` contradict themselves; nothing when they do not."""
    if not isinstance(chain, dict) or set(chain) != _PARTS:
        yield f"does not have the parts {', '.join(sorted(_PARTS))}"
        return
    own = {name: value for name, value in chain.items() if name != "sha256"}
    if sha256(statement_bytes(own)) != chain["sha256"]:
        yield "was changed after it was written: its parts do not hash to sha256"
    statement = chain["statement"]
    is_one = isinstance(statement, dict) and set(statement) - _MAY_SAY == _SAYS
    if not is_one or statement["kind"] != _KIND:
        yield f"has no statement of the kind {_KIND}"
        return
    if sha256(statement_bytes(statement)) != chain["statement_sha256"]:
        yield "the statement was changed after it was written"
    signature = chain["signature"]
    if signature is not None and not _is_signed(statement, signature):
        yield "the signature is not one over this statement"


def _is_signed(statement: Mapping[str, Any], signature: object) -> bool:
    if not isinstance(signature, dict) or signature.get("algorithm") != "Ed25519":
        return False
    public, value = signature.get("public_key"), signature.get("value")
    if not isinstance(public, str) or not isinstance(value, str):
        return False
    return keys.is_signed(statement_bytes(statement), public=public, signature=value)
