"""What a crawl holds while it runs: its outlet, and the network that the outlet belongs to.

Outlets of one network share servers and manners: whoever crawls one of them, in whichever process,
crawls it alone.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from archive import lease
from archive.errors import LeaseHeld, NetworkHeld
from archive.types import Crawl, Outlet

__all__ = ["Taken", "check", "is_free", "lease_name", "network_lease", "release", "renew", "take"]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """The fencing tokens of what was taken, and how long nobody had held it."""

    token: int
    network_token: int = 0
    """0 for an outlet that stands alone."""
    idle: timedelta | None = None
    """Since the lane's last crawl let go; zero when that one died, None when there was none."""


def lease_name(slug: str) -> str:
    """The name of the lease under which an outlet is written."""
    return f"outlet:{slug}"


def network_lease(network: str) -> str:
    """The name of the lease under which the outlets of a network are asked."""
    return f"network:{network}"


def take(connection: Connection, of: Outlet) -> Taken:
    """Both leases of an outlet. Raises LeaseHeld, NetworkHeld when another outlet's crawl runs."""
    me = lease.Holder.this_process()
    lane = network_lease(of.network) if of.network else lease_name(of.slug)
    idle = lease.idle(connection, lane)
    token = lease.acquire(connection, lease_name(of.slug), holder=me)
    if not of.network:
        return Taken(token=token, idle=idle)
    try:
        network_token = lease.acquire(connection, lane, holder=me)
    except LeaseHeld as error:
        raise NetworkHeld(f"{of.slug}: one crawl of a network at a time: {error}") from None
    return Taken(token=token, network_token=network_token, idle=idle)


def is_free(connection: Connection, network: str) -> bool:
    """Whether no process crawls an outlet of a network."""
    return lease.is_free(connection, network_lease(network))


def renew(connection: Connection, of: Crawl) -> None:
    """Put the end of a crawl's leases off. Raises LeaseLost when one went to another."""
    for name, token in _held(of):
        lease.renew(connection, name, token=token)


def check(connection: Connection, of: Crawl) -> None:
    """Return while outlet and network are a crawl's own. Raises LeaseLost."""
    for name, token in _held(of):
        lease.check(connection, name, token=token)


def release(connection: Connection, of: Crawl) -> None:
    """End a crawl's leases now."""
    for name, token in _held(of):
        lease.release(connection, name, token=token)


def _held(of: Crawl) -> list[tuple[str, int]]:
    held = [(lease_name(of.outlet), of.token)]
    if of.network:
        held.append((network_lease(of.network), of.network_token))
    return held
