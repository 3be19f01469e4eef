"""Trap sites whose pages lie: notices, charsets, formats, canonicals, addresses."""

from crawler.demo.traps import (
    pages_addresses,
    pages_canonicals,
    pages_charsets,
    pages_formats,
    pages_gone,
    pages_notices,
)
from crawler.demo.traps.trap import Trap

__all__ = ["TRAPS"]

TRAPS: tuple[Trap, ...] = (
    *pages_notices.TRAPS,
    *pages_gone.TRAPS,
    *pages_charsets.TRAPS,
    *pages_formats.TRAPS,
    *pages_canonicals.TRAPS,
    *pages_addresses.TRAPS,
)
