"""Who may write what, until when.

A lease is a row with a fencing token that grows with every holder. It ends 60 seconds after its
last heartbeat by the database's clock, or at once when its holder was a process of this machine
that is dead.
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select, update

from archive.errors import LeaseHeld, LeaseLost
from archive.schema import lease

__all__ = [
    "LEASE_TIME",
    "Holder",
    "acquire",
    "check",
    "database_now",
    "idle",
    "is_free",
    "release",
    "renew",
]

LEASE_TIME = timedelta(seconds=60)

# a statement that is made once is looked up, one that is made anew each time is read through first
_TOKEN = select(lease.c.token).where(lease.c.name == bindparam("name"))


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A process, named so that another process can tell whether it still lives."""

    host: str
    pid: int
    pid_started: str

    @classmethod
    def this_process(cls) -> "Holder":
        """The process that calls."""
        pid = os.getpid()
        return cls(host=socket.gethostname(), pid=pid, pid_started=_started(pid) or "")


def database_now(connection: Connection) -> datetime:
    """The moment by the database's own clock, aware, UTC."""
    if connection.dialect.name == "sqlite":
        text = connection.scalar(select(func.strftime("%Y-%m-%dT%H:%M:%f+00:00", "now")))
        return datetime.fromisoformat(str(text))
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment


def acquire(connection: Connection, name: str, *, holder: Holder) -> int:
    """The fencing token of a lease newly taken. Raises LeaseHeld while another holder lives."""
    now = database_now(connection)
    row = select(lease).where(lease.c.name == name)
    found = connection.execute(row).mappings().first()
    if found and _is_held(found, holder=holder, now=now):
        raise LeaseHeld(
            f"{_spoken(name)} is being worked on by process {found['pid']} on {found['host']}; "
            f"wait for it or end it; if it is dead, the lease is free at "
            f"{found['expires_at']:%H:%M:%S} UTC"
        )
    token = (found["token"] if found else 0) + 1
    values = {
        "holder": f"{holder.host}:{holder.pid}",
        "host": holder.host,
        "pid": holder.pid,
        "pid_started": holder.pid_started,
        "token": token,
        "expires_at": now + LEASE_TIME,
    }
    write = update(lease).where(lease.c.name == name) if found else insert(lease)
    connection.execute(write.values(name=name, **values))
    return token


def idle(connection: Connection, name: str) -> timedelta | None:
    """How long nobody has held a lease: zero when its holder did not let go, None when none did."""
    ended = connection.scalar(select(lease.c.expires_at).where(lease.c.name == name))
    return max(database_now(connection) - ended, timedelta()) if ended else None


def is_free(connection: Connection, name: str) -> bool:
    """Whether nobody holds a lease, so that it could be had now."""
    found = connection.execute(select(lease).where(lease.c.name == name)).mappings().first()
    now = database_now(connection)
    return not (found and _is_held(found, holder=Holder.this_process(), now=now))


def renew(connection: Connection, name: str, *, token: int) -> None:
    """Put the end of a lease off by its full time. Raises LeaseLost when it went to another."""
    check(connection, name, token=token)
    ends = database_now(connection) + LEASE_TIME
    connection.execute(update(lease).where(lease.c.name == name).values(expires_at=ends))


def check(connection: Connection, name: str, *, token: int) -> None:
    """Return when `token` is still the newest of the lease. Raises LeaseLost.

    In a writing transaction nobody takes over before it commits: there is one writer at a time.
    """
    if connection.scalar(_TOKEN, {"name": name}) != token:
        raise LeaseLost(
            f"{_spoken(name)} is no longer this crawl's: it was closed, or another process took "
            "over; "
            "it stops writing"
        )


def release(connection: Connection, name: str, *, token: int) -> None:
    """End a lease now, if it is still held under `token`, which is worth nothing afterwards."""
    ended = database_now(connection)
    mine = (lease.c.name == name) & (lease.c.token == token)
    connection.execute(update(lease).where(mine).values(expires_at=ended, pid=0, token=token + 1))


def _spoken(name: str) -> str:
    return f"the {name.replace(':', ' ', 1)}"


def _is_held(row: RowMapping, *, holder: Holder, now: datetime) -> bool:
    if row["expires_at"] <= now:
        return False
    if row["host"] != holder.host:
        return True
    return bool(_started(row["pid"]) == row["pid_started"])


def _started(pid: int) -> str | None:
    """When a local process started, as /proc tells it; '' where there is no /proc; None if dead."""
    if pid <= 0:
        return None
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None if Path("/proc/self/stat").exists() or not _answers(pid) else ""
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else fields[19]


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
