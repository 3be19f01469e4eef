"""Ed25519 keys with which snapshots are signed: a pair of PEM files in the folder `keys`.

A private key is a file that only its owner may read. A public key is named by its 32 bytes in hex
(RFC 8032 §5.1.5), which are short enough to be printed on paper.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from archive.errors import ArchiveError, ConfigError, NotFound

__all__ = ["DEFAULT", "Key", "is_signed", "keys", "make", "public_key", "sign", "signing_key"]

DEFAULT = "default"
"""The key that signs when none is named."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_OTHERS = 0o077
_UNUSABLE = (ValueError, TypeError, UnsupportedAlgorithm)


@dataclass(frozen=True, kw_only=True)
class Key:
    """One pair of keys. `public` is the public key in hex."""

    name: str
    public: str
    file: Path
    """The private key."""


def make(directory: Path, name: str) -> Key:
    """A new pair of keys. Raises ConfigError for a name that is taken or no name."""
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{name!r} is no name for a key: use a-z, 0-9 and -")
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public_pem = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    file = directory / f"{name}.key"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(file, pem, mode=0o600)
        _write(file.with_suffix(".pub"), public_pem, mode=0o644)
    except FileExistsError as error:
        raise ConfigError(f"{error.filename} is there already; a key is never replaced") from None
    except OSError as error:
        raise ArchiveError(f"{directory} cannot be written: {error.strerror}") from error
    return Key(name=name, public=_hex(private.public_key()), file=file)


def _write(file: Path, data: bytes, *, mode: int) -> None:
    """Write a new file, with its mode from the first moment, and safe on disk."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(descriptor)


def _hex(public: Ed25519PublicKey) -> str:
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return raw.hex()


def keys(directory: Path) -> list[Key]:
    """Every pair of keys, in order of name."""
    return sorted(_found(directory), key=lambda key: key.name)


def _found(directory: Path) -> Iterator[Key]:
    for file in directory.glob("*.key"):
        yield Key(name=file.stem, public=public_key(file.with_suffix(".pub")), file=file)


def public_key(file: Path) -> str:
    """The public key of a PEM file, in hex. Raises ConfigError."""
    try:
        public = serialization.load_pem_public_key(file.read_bytes())
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from None
    except _UNUSABLE:
        raise ConfigError(f"{file} holds no public key") from None
    if not isinstance(public, Ed25519PublicKey):
        raise ConfigError(f"{file} holds a key of another kind; Ed25519 is needed")
    return _hex(public)


def signing_key(directory: Path, name: str) -> Ed25519PrivateKey | None:
    """The private key of a name; without a name, that of `default` if there is one, else None.

    Raises NotFound for a name that no key has, ConfigError for a key that others may read.
    """
    file = directory / f"{name or DEFAULT}.key"
    if not file.exists():
        if not name:
            return None
        raise NotFound(f"no key {name!r}; `kliping keys make {name}` makes one")
    try:
        if file.stat().st_mode & _OTHERS:
            raise ConfigError(f"others may read {file}: chmod 600 it, or make another key")
        private = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from None
    except _UNUSABLE:
        raise ConfigError(f"{file} holds no private key") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise ConfigError(f"{file} holds a key of another kind; Ed25519 is needed")
    return private


def sign(key: Ed25519PrivateKey, data: bytes) -> tuple[str, str]:
    """Public key and signature, in hex; the same data is signed alike every time (RFC 8032)."""
    return _hex(key.public_key()), key.sign(data).hex()


def is_signed(data: bytes, *, public: str, signature: str) -> bool:
    """Whether a signature over the data is that of a public key, both in hex."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True
