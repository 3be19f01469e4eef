"""A real server that takes what Kliping tells people, and keeps it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["Webhook", "free_port"]


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as found:
        return int(found.server_address[1])


class Webhook:
    """A server that keeps what it is sent, as long as it is up."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.port = free_port()

    @contextmanager
    def up(self, *, status: int = 200) -> Iterator[None]:
        got = self.got

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if status == 200:
                    got.append(json.loads(body))
                self.send_response(status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                del format, args

        server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.port}/kabar"
