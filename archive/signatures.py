"""MinHash signatures of texts: how alike two of them are, told from 1,024 bytes each. Pure.

Broder's estimate of the Jaccard similarity of two sets (On the resemblance and containment of
documents, 1997), over the pairs of neighbouring words. Every hash is our own arithmetic on
BLAKE2b (RFC 7693): a signature stored today is the one computed in ten years.
"""

import hashlib
import re
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from archive.text import normalise

__all__ = ["FEWEST_PAIRS", "bands", "likeness", "signature"]

Numbers = NDArray[np.uint64]

FEWEST_PAIRS = 24
"""Pairs of words: of a shorter text (a caption, a correction) nobody can say whose copy it is."""
_PERMUTATIONS = 256
_BANDS = 64
_ROWS = _PERMUTATIONS // _BANDS
_PRIME = np.uint64(0x9E3779B97F4A7C15)


def signature(text: str) -> bytes:
    """The signature of a text: 256 numbers of four bytes, big-endian; empty for one too short."""
    hashes = np.array([_hash(word) for word in _words(text)], dtype=np.uint64)
    pairs = np.unique(_mixed(hashes[:-1] * _PRIME + hashes[1:])) if len(hashes) > 1 else hashes
    if len(pairs) < FEWEST_PAIRS:
        return b""
    factors, offsets = _permutations()
    least = np.full(_PERMUTATIONS, 0xFFFFFFFFFFFFFFFF, dtype=np.uint64)
    for start in range(0, len(pairs), 128):  # in pieces that stay in the processor's cache
        piece = pairs[start : start + 128, None] * factors
        piece += offsets
        least = np.minimum(least, piece.min(axis=0))
    return (least >> np.uint64(32)).astype(">u4").tobytes()


def bands(signature: bytes) -> list[int]:
    """64 numbers (signed, 64 bits), of which texts that are alike share some."""
    width = 4 * _ROWS
    pieces = (signature[start : start + width] for start in range(0, len(signature), width))
    return [_number(bytes([place]) + piece) for place, piece in enumerate(pieces)]


def likeness(one: bytes, other: bytes) -> float:
    """The estimated share of word pairs that two texts have in common, 0 to 1."""
    if not one or not other:
        return 0.0
    return float(np.mean(np.frombuffer(one, dtype=">u4") == np.frombuffer(other, dtype=">u4")))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", normalise(text).casefold())


@lru_cache(maxsize=100_000)
def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8"), digest_size=8).digest(), "big")


def _number(data: bytes) -> int:
    digest = hashlib.blake2b(data, digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _mixed(values: Numbers) -> Numbers:
    """Every bit of a value spread over all of it (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@cache
def _permutations() -> tuple[Numbers, Numbers]:
    """Odd factors and offsets of multiply-shift hashing (Dietzfelbinger et al., 1997)."""
    numbers = [_hash(f"kliping {place}") for place in range(2 * _PERMUTATIONS)]
    factors = np.array(numbers[:_PERMUTATIONS], dtype=np.uint64) | np.uint64(1)
    return factors, np.array(numbers[_PERMUTATIONS:], dtype=np.uint64)
