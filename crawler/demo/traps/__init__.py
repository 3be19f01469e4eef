"""Sites on which the web is as it is, each wrong in its own way; and the weather of good ones."""

from collections.abc import Mapping

from crawler.demo.traps import pages, seeds, transport
from crawler.demo.traps.transport_redirects import STRANGERS
from crawler.demo.traps.trap import Trap, Twist
from crawler.demo.traps.weather import weather

__all__ = ["STRANGERS", "TRAPS", "Trap", "Twist", "weather"]

TRAPS: Mapping[str, Trap] = {
    trap.site.outlet.slug: trap for trap in (*transport.TRAPS, *pages.TRAPS, *seeds.TRAPS)
}
"""Every trap site by slug; they answer only in hostile mode."""
