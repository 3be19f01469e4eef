"""The command that opens the reading room."""

import hashlib
import secrets
import sys
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

import click

from archive import database
from archive.config import Settings, WebConfig
from archive.console import JSON, print_json, print_line
from archive.errors import ConfigError

__all__ = ["serve"]

_OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")


@click.command()
@click.option("--host", default=None, help="Address to listen on, instead of `web.host`.")
@click.option("--port", type=click.IntRange(0, 65535), default=None,
              help="Port to listen on, instead of `web.port`; 0: any free one.")  # fmt: skip
@click.option("--hash", "is_hash", is_flag=True,
              help="Ask for a password (or read it from a pipe) and print what settings keep of it;"
              " then a token for programs, and what they keep of that.")  # fmt: skip
@JSON
@click.pass_obj
def serve(
    options: Mapping[str, Path | None],
    host: str | None,
    port: int | None,
    is_hash: bool,
    as_json: bool,
) -> None:
    """Open the reading room: the archive in a browser, and its API for programs.

    Nothing is written; Ctrl-C closes it. It listens on this machine alone unless `web.host` says
    otherwise, and then asks for the name and password of `web.user` and `web.password`, or a token.
    """
    if is_hash:
        _print_hashes(as_json=as_json)
        return
    settings = Settings.load(options.get("config"))
    changed = {"host": host, "port": port}
    web = settings.web.model_copy(update={k: v for k, v in changed.items() if v is not None})
    _expect_safe(web)
    engine = database.connect(settings.archive)
    try:
        database.require_current(engine)
    finally:
        engine.dispose()
    try:
        from archive.web.serving import serve_forever
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"the reading room needs {error.name}: `pip install 'kliping[web]'`, in a checkout "
            "`.venv/bin/pip install -e '.[web]'`"
        ) from None
    serve_forever(
        settings.archive,
        web,
        hosts=[*_OWN_NAMES, *web.hosts],
        opened=lambda url: print_json({"url": url}) if as_json else _tell(url),
    )


def _tell(url: str) -> None:
    print_line(f"the reading room is open at {url} (Ctrl-C closes it)")


def _expect_safe(web: WebConfig) -> None:
    """Raises ConfigError for a room that all the world could walk into."""
    if web.password and not web.user:
        raise ConfigError("web.password needs web.user, the name that goes with it")
    if (web.password and not web.password.startswith("scrypt$")) or any(
        len(token) != hashlib.sha256().digest_size * 2 for token in web.tokens
    ):
        raise ConfigError(
            "web.password and web.tokens are kept hashed: `kliping serve --hash` prints them"
        )
    if not (_is_own(web.host) or web.password or web.tokens):
        raise ConfigError(
            f"web.host {web.host} is open to others: set web.user and web.password, or web.tokens "
            "(`kliping serve --hash` makes them)"
        )


def _is_own(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _print_hashes(*, as_json: bool) -> None:
    from archive.web.password import hashed

    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    if not password:
        raise ConfigError("an empty password keeps nobody out")
    token = secrets.token_urlsafe(32)
    made = {
        "password": hashed(password, salt=secrets.token_bytes(16)),
        "token": token,
        "token_hash": hashlib.sha256(token.encode()).hexdigest(),
    }
    if as_json:
        print_json(made)
        return
    print_line(f'password = "{made["password"]}"')
    print_line(f'tokens = ["{made["token_hash"]}"]  # of the token {token}')
