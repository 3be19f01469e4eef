"""Trap sites whose connections, redirects and certificates are wrong."""

from crawler.demo.traps.trap import Trap

__all__ = ["TRAPS"]

TRAPS: tuple[Trap, ...] = ()
