"""Real servers on loopback: an outlet that answers as told, and a forward proxy, with logs."""

import http.client
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Hit:
    """One request as the server saw it; times are of the monotonic clock."""

    target: str
    host: str
    headers: dict[str, str]
    began: float
    in_flight: int


@dataclass
class Loopback:
    """A running server, or a proxy: its address and everything it was asked for."""

    url: str = ""
    hits: list[Hit] = field(default_factory=list)
    _busy: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def asked(self, target: str) -> list[Hit]:
        """The requests for one path (or, of a proxy, one target)."""
        return [hit for hit in self.hits if hit.target == target]

    @property
    def port(self) -> int:
        port = urlsplit(self.url).port
        assert port is not None
        return port

    def enter(self, handler: BaseHTTPRequestHandler) -> None:
        with self._lock:
            self._busy += 1
            headers = {name.lower(): value for name, value in handler.headers.items()}
            hit = Hit(handler.path, headers.get("host", ""), headers, time.monotonic(), self._busy)
            self.hits.append(hit)

    def leave(self) -> None:
        with self._lock:
            self._busy -= 1


class Handler(BaseHTTPRequestHandler):
    """Answers by its server's routes; `loopback` and `routes` are set on a subclass per server."""

    protocol_version = "HTTP/1.1"
    loopback: Loopback
    routes: Mapping[str, "Route"]

    def do_GET(self) -> None:
        self.loopback.enter(self)
        try:
            place = f"{self.headers.get('Host', '')}{self.path}"
            route = self.routes.get(place) or self.routes.get(self.path) or reply(404, b"tiada")
            route(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client had enough: some tests are about that
        finally:
            self.loopback.leave()

    def log_message(self, format: str, *args: Any) -> None:
        pass


Route = Callable[[Handler], None]
"""Answers one request. Routes are found by `host/path` first, then by `/path`."""


def reply(status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Route:
    """An answer with a right Content-Length, unless `headers` say otherwise."""

    def answer(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def redirect(location: str, status: int = 302) -> Route:
    """A redirect without a body."""
    return reply(status, headers={"Location": location})


def raw(answer_bytes: bytes) -> Route:
    """Exactly these bytes, then the connection is closed."""

    def answer(handler: Handler) -> None:
        handler.wfile.write(answer_bytes)
        handler.close_connection = True

    return answer


def in_turn(*routes: Route) -> Route:
    """Another answer each time; the last one stays."""
    rest = list(routes)

    def answer(handler: Handler) -> None:
        route = rest.pop(0) if len(rest) > 1 else rest[0]
        route(handler)

    return answer


def slowly(route: Route, *, seconds: float) -> Route:
    """The same answer, later."""

    def answer(handler: Handler) -> None:
        time.sleep(seconds)
        route(handler)

    return answer


@contextmanager
def serve(routes: Mapping[str, Route], *, tls: ssl.SSLContext | None = None) -> Iterator[Loopback]:
    """An outlet on 127.0.0.1 for the time of the block."""
    loopback = Loopback()
    bound = type("Bound", (Handler,), {"loopback": loopback, "routes": routes})
    with _running(bound, tls=tls) as port:
        loopback.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        yield loopback


@contextmanager
def _running(
    handler: type[BaseHTTPRequestHandler], *, tls: ssl.SSLContext | None = None
) -> Iterator[int]:
    server = _Server(("127.0.0.1", 0), handler)
    if tls:
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that refuses our certificate ends the connection: some tests want that


@contextmanager
def forward_proxy(places: Mapping[str, str]) -> Iterator[Loopback]:
    """A proxy; `places` is its name service: `host:port` to the `host:port` that answers."""
    loopback = Loopback()
    bound = type("Bound", (_ProxyHandler,), {"loopback": loopback, "places": places})
    with _running(bound) as port:
        loopback.url = f"http://127.0.0.1:{port}"
        yield loopback


class _ProxyHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    loopback: Loopback
    places: Mapping[str, str]

    def do_GET(self) -> None:
        self.loopback.enter(self)
        parts = urlsplit(self.path)
        place = f"{parts.hostname}:{parts.port or 80}"
        upstream = http.client.HTTPConnection(self.places.get(place, place))
        target = parts._replace(scheme="", netloc="").geturl() or "/"
        upstream.request("GET", target, headers=dict(self.headers.items()))
        answer = upstream.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        for name, value in {**dict(answer.headers), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        upstream.close()
        self.loopback.leave()

    def do_CONNECT(self) -> None:
        self.loopback.enter(self)
        host, _, port = self.places.get(self.path, self.path).rpartition(":")
        with socket.create_connection((host, int(port))) as upstream:
            self.send_response(200, "Connection established")
            self.end_headers()
            self._pump(self.connection, upstream)
        self.loopback.leave()
        self.close_connection = True

    def _pump(self, client: socket.socket, upstream: socket.socket) -> None:
        other = {client: upstream, upstream: client}
        while True:
            readable, _, _ = select.select(list(other), [], [], 5)
            for side in readable:
                data = side.recv(65536)
                if not data:
                    return
                other[side].sendall(data)
            if not readable:
                return

    def log_message(self, format: str, *args: Any) -> None:
        pass
