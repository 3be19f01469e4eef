"""The HTTP server under the newsroom: bytes on the wire, threads, a clean stop."""

import contextlib
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from crawler.demo.reply import Asked, Reply

__all__ = ["Exchange", "Server"]

Exchange = Callable[[Asked], Reply]
"""A request in, a reply out."""


class Server:
    """Answers on a loopback port, one thread per connection, until stopped."""

    def __init__(self, exchange: Exchange, port: int = 0) -> None:
        self._http = _Http(("127.0.0.1", port), _Handler)
        self._http.exchange = exchange
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def origin(self) -> str:
        """`http://127.0.0.1:40123`."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """End every connection and wait until its thread is done."""
        self._http.shutdown()
        self._thread.join()
        self._http.hang_up()
        self._http.server_close()


class _Http(ThreadingHTTPServer):
    # server_close() then waits for the threads: no socket outlives the newsroom
    daemon_threads = False
    request_queue_size = 64
    exchange: Exchange

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def hold(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def release(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def hang_up(self) -> None:
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # a crawler that hangs up in the middle is part of the game
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536

    def version_string(self) -> str:
        return "nginx"

    def setup(self) -> None:
        super().setup()
        cast(_Http, self.server).hold(self.connection)

    def finish(self) -> None:
        try:
            super().finish()
        finally:
            cast(_Http, self.server).release(self.connection)

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the newsroom keeps its own log."""

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        asked = Asked(
            method=self.command,
            host=self.headers.get("Host", ""),
            path=unquote(parts.path) or "/",
            query=parts.query,
            headers={name.lower(): value for name, value in self.headers.items()},
        )
        reply = cast(_Http, self.server).exchange(asked)
        if reply.wire:
            self._spell(reply.wire())
            return
        self._head(reply)
        if self.command != "HEAD" and reply.status != 304:
            for chunk in reply.chunks() if reply.chunks else (reply.body,):
                self.wfile.write(chunk)
        self.wfile.flush()

    def _spell(self, pieces: Iterator[bytes]) -> None:
        """Send each piece as soon as it is there, then hang up."""
        self.close_connection = True
        for piece in pieces:
            self.wfile.write(piece)
            self.wfile.flush()

    def _head(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.length is not None:
            self.send_header("Connection", "close")
        if reply.length != -1 and reply.status != 304:
            length = len(reply.body) if reply.length is None else reply.length
            self.send_header("Content-Length", str(length))
        self.end_headers()
