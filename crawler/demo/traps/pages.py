"""Trap sites whose pages lie: charsets, canonicals, soft 404s, challenges, other formats."""

from crawler.demo.traps.trap import Trap

__all__ = ["TRAPS"]

TRAPS: tuple[Trap, ...] = ()
