"""Trap sites whose connections, redirects, sizes and manners are wrong."""

from crawler.demo.traps import (
    transport_busy,
    transport_codings,
    transport_redirects,
    transport_sizes,
    transport_slow,
)
from crawler.demo.traps.trap import Trap

__all__ = ["TRAPS"]

TRAPS: tuple[Trap, ...] = (
    transport_redirects.TRAP,
    transport_codings.TRAP,
    transport_sizes.TRAP,
    *transport_slow.TRAPS,
    transport_busy.TRAP,
)
