"""How an archive on PostgreSQL is copied: by PostgreSQL's own tools, which know its rows best."""

import shlex
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from archive import database
from archive.config import ArchiveConfig

__all__ = ["elsewhere"]

_DUMP = "kliping.dump"


def elsewhere(config: ArchiveConfig, folder: Path, *, dumped: bool) -> str:
    """What to run instead, as PostgreSQL's own tools know its rows best.

    The rows first: whatever they cite is in the WARC files by then.
    """
    url = make_url(config.database_url)
    if url.get_backend_name() != "postgresql":
        return (
            f"only {database.DATABASE} in archive.directory is copied: unset archive.database_url"
        )
    # no password in a command: ~/.pgpass, or PGPASSWORD
    plain = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    )
    dump, warc, address = folder / _DUMP, folder / "warc", plain.render_as_string()
    own = config.directory / "warc"
    commands = (
        f"mkdir -p {_quoted(folder)} && pg_dump -Fc -f {_quoted(dump)} {_quoted(address)}"
        f" && cp -a {_quoted(own)} {_quoted(folder)}"
        if dumped
        else f"mkdir -p {_quoted(config.directory)} && cp -a {_quoted(warc)} {_quoted(own.parent)}"
        f" && pg_restore --no-owner -d {_quoted(address)} {_quoted(dump)}"
    )
    return f"an archive on PostgreSQL is copied by PostgreSQL's own tools: {commands}"


def _quoted(what: Path | str) -> str:
    return shlex.quote(str(what))
