"""The reading room on a real socket, in a thread of the test."""

import http.client
import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

import uvicorn

from archive.config import ArchiveConfig
from archive.web.app import make_app
from archive.web.gate import Door
from archive.web.source import Source

__all__ = ["Answer", "Place", "opened"]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Place:
    """An open room."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Answer:
        """The answer to one request; `_` in the names of headers stands for `-`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            told = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, headers=told)
            answer = connection.getresponse()
            body = answer.read()
            fields = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, fields, body)
        finally:
            connection.close()


@contextmanager
def opened(config: ArchiveConfig, door: Door | None = None) -> Iterator[Place]:
    """The room of an archive for the time of the block."""
    source = Source(config)
    app = make_app(source, door or Door(a_minute=100_000), hosts=["127.0.0.1", "localhost"])
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", server_header=False))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield Place(listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
        source.close()
