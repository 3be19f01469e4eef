"""RFC 3161 timestamps: a third party's word on when something was there already.

It needs rfc3161-client: the extra `timestamp`.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from cryptography import x509

from archive.errors import ArchiveError, ConfigError

__all__ = ["certificates", "stamp", "stamped_at"]

_SECONDS = 30
_LIMIT = 1_000_000
_ADVICE = "try again, name another authority, or export without --timestamp-url"


def _library() -> Any:
    try:
        import rfc3161_client  # noqa: PLC0415 - an extra
    except ImportError:
        raise ConfigError(
            "timestamps need rfc3161-client: pip install 'kliping[timestamp]'"
        ) from None
    return rfc3161_client


def stamp(data: bytes, *, url: str) -> bytes:
    """The answer (DER) of the authority at `url` over the SHA-256 of the data.

    Raises ConfigError without the library or for no HTTP address, ArchiveError when the authority
    does not answer or answers something else.
    """
    library = _library()
    if not url.lower().startswith(("http://", "https://")):
        raise ConfigError(f"--timestamp-url {url!r} is no address of a web server")
    builder = library.TimestampRequestBuilder().data(data)
    asked = builder.hash_algorithm(library.HashAlgorithm.SHA256).build()
    headers = {"Content-Type": "application/timestamp-query"}
    try:
        request = Request(url, data=asked.as_bytes(), headers=headers)
        with urlopen(request, timeout=_SECONDS) as answer:
            der = bytes(answer.read(_LIMIT))
        nonce = library.decode_timestamp_response(der).tst_info.nonce
    except (URLError, OSError, ValueError) as error:
        raise ArchiveError(f"no timestamp from {url}: {error}; {_ADVICE}") from error
    if nonce != asked.nonce:
        raise ArchiveError(f"no timestamp from {url}: it answers another question; {_ADVICE}")
    stamped_at(data, der)
    return der


def stamped_at(data: bytes, der: bytes, *, roots: Sequence[x509.Certificate] = ()) -> datetime:
    """When the data were there, as the authority says; with `roots`, it is one that they vouch for.

    Raises ArchiveError when the timestamp is of other data, or not signed as it should be.
    """
    library = _library()
    try:
        answer = library.decode_timestamp_response(der)
        info = answer.tst_info
        if info.message_imprint.message != hashlib.sha256(data).digest():
            raise ArchiveError("the timestamp is of something else")
        if roots:
            _verify(library, answer, data=data, roots=roots)
    except ValueError as error:
        raise ArchiveError(f"the timestamp cannot be read: {error}") from error
    moment: datetime = info.gen_time
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _verify(library: Any, answer: Any, *, data: bytes, roots: Sequence[x509.Certificate]) -> None:
    builder = library.VerifierBuilder()
    for root in roots:
        builder = builder.add_root_certificate(root)
    try:
        builder.build().verify_message(answer, data)
    except library.VerificationError as error:
        raise ArchiveError(f"nobody known vouches for the timestamp: {error}") from error


def certificates(file: Path) -> list[x509.Certificate]:
    """The certificates of a PEM file. Raises ConfigError."""
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from None
    except ValueError:
        raise ConfigError(f"{file} holds no certificate") from None
