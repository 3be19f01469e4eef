"""Addresses of web archives, in which a saved copy of a page wraps all addresses. Pure."""

import re

__all__ = ["original_address"]

# https://web.archive.org/web/20220721150811im_/https://… ; a saved page keeps only its path
_WRAPPED = re.compile(
    r"(?:https?:)?(?://[^/?#\s]{1,253})?/web/\d{4,14}(?:[a-z]{2}_|\*)?/(?P<own>https?:/{1,2}.+)",
    re.IGNORECASE | re.DOTALL,
)
_SCHEME = re.compile(r"(https?):/+", re.IGNORECASE)
_MOST = 3  # a copy of a copy of a copy


def original_address(address: str) -> str:
    """What a web archive's `address` is a copy of; any other address as it is.

    >>> original_address("https://web.archive.org/web/2022/https://www.media-uji.example/a/")
    'https://www.media-uji.example/a/'

    Only with a moment and a whole address behind it, as the Wayback Machine and pywb write them.
    """
    for _ in range(_MOST):
        wrapped = _WRAPPED.fullmatch(address)
        if wrapped is None:
            break
        address = _SCHEME.sub(r"\1://", wrapped["own"], count=1)
    return address
