"""The reading room on a socket, until it is closed."""

import socket
from collections.abc import Callable, Sequence

import uvicorn

from archive.config import ArchiveConfig, WebConfig
from archive.errors import ConfigError
from archive.web.app import make_app
from archive.web.gate import Door
from archive.web.source import Source

__all__ = ["serve_forever"]

_WAITING = 64


def serve_forever(
    config: ArchiveConfig,
    web: WebConfig,
    *,
    hosts: Sequence[str],
    opened: Callable[[str], None],
) -> None:
    """Serve until SIGINT or SIGTERM; `opened` is told the address once it listens.

    Raises ConfigError for an address that cannot be listened on.
    """
    source = Source(config)
    door = Door(
        user=web.user, password=web.password, tokens=tuple(web.tokens), a_minute=web.requests
    )
    app = make_app(source, door, hosts=list(hosts))
    with _listening(web.host, web.port) as listener:
        settings = uvicorn.Config(
            app,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=10,
            limit_concurrency=200,
        )
        name = f"[{web.host}]" if ":" in web.host else web.host
        opened(f"http://{name}:{listener.getsockname()[1]}/")
        try:
            uvicorn.Server(settings).run(sockets=[listener])
        finally:
            source.close()


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=_WAITING)
        # asyncio sets it only on sockets that name their protocol; without it the body of each
        # answer waits 40 ms for the acknowledgement of its head (RFC 9293 §3.7.4)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as error:
        raise ConfigError(
            f"web.host and web.port: {host}:{port} cannot be listened on: {error.strerror}; "
            "--port takes another"
        ) from None
