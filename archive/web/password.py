"""Passwords and tokens as settings keep them: hashed. Pure."""

import hashlib
import hmac
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["hashed", "is_password", "is_token"]

_COST, _BLOCK, _LANES = 2**14, 8, 1


def hashed(password: str, *, salt: bytes) -> str:
    """A password as settings keep it: scrypt (RFC 7914), with its salt of 16 bytes."""
    digest = hashlib.scrypt(password.encode(), salt=salt, n=_COST, r=_BLOCK, p=_LANES)
    return f"scrypt${salt.hex()}${digest.hex()}"


# a browser sends the same one with every request, and each takes the time of a page
@lru_cache(maxsize=64)
def is_password(password: str, kept: str) -> bool:
    """Whether a password is the one that was hashed."""
    kind, _, rest = kept.partition("$")
    salt, _, _ = rest.partition("$")
    try:
        told = hashed(password, salt=bytes.fromhex(salt))
    except ValueError:
        return False
    return kind == "scrypt" and hmac.compare_digest(told, kept)


def is_token(token: str, digests: Sequence[str]) -> bool:
    """Whether a token is one of those whose SHA-256 (hex) is kept."""
    told = hashlib.sha256(token.encode()).hexdigest()
    return any(hmac.compare_digest(told, digest.lower()) for digest in digests)
