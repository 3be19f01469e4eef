"""A real pywb on loopback, in its own environment: `.venv-pywb`, or the folder in KLIPING_PYWB."""

import gzip
import os
import shutil
import socket
import subprocess
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

__all__ = ["Replayed", "Wayback", "serving", "wayback"]

_COLLECTION = "uji"
_START_TIME = 60
# pywb answers from files, one part of it asking another on loopback; whoever asks the network finds
# nobody there
_NO_NETWORK = {
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "no_proxy": "127.0.0.1,localhost",
}


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What pywb answers: its status, headers in lower case, and the body as a reader gets it."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Wayback:
    """A running pywb with one collection."""

    port: int
    captures: int
    """Lines in its index: responses and revisits."""
    collection: str = _COLLECTION

    def replay(self, url: str, *, at: datetime) -> Replayed:
        """The capture nearest to `at`, without pywb's own additions (`id_`)."""
        moment = at.astimezone(UTC).strftime("%Y%m%d%H%M%S")
        return _get(self.port, f"/{self.collection}/{moment}id_/{url}")


@contextmanager
def wayback(folder: Path, *warcs: Path) -> Iterator[Wayback]:
    """A pywb that serves the files from the empty `folder`. Skips where there is none."""
    programs = _programs()
    for warc in warcs:
        shutil.copy(warc, folder)
    captures = _index(programs, folder)
    with serving(folder, captures=captures) as made:
        yield made


@contextmanager
def serving(folder: Path, *, captures: int = 0, collection: str = _COLLECTION) -> Iterator[Wayback]:
    """A pywb that runs in a folder with settings of its own. Skips where there is none."""
    server = _Server(_programs() / "wayback", folder)
    try:
        server.wait()
        yield Wayback(port=server.port, captures=captures, collection=collection)
    finally:
        server.stop()


def _programs() -> Path:
    root = Path(__file__).parent.parent
    places = [Path(os.environ.get("KLIPING_PYWB", "")), root / ".venv-pywb" / "bin"]
    for place in places:
        if (place / "wayback").is_file():
            return place
    pytest.skip("REPLAY NOT PROVEN: no pywb in .venv-pywb/bin, and KLIPING_PYWB names no folder")


def _index(programs: Path, folder: Path) -> int:
    """Write the collection's index and settings; the number of captures in it."""
    subprocess.run(
        [programs / "cdx-indexer", "-j", "-s", "-o", "index.cdxj", *_names(folder)],
        cwd=folder,
        check=True,
        env=os.environ | _NO_NETWORK,
        capture_output=True,
    )
    (folder / "config.yaml").write_text(
        f"collections:\n  {_COLLECTION}:\n    index: ./index.cdxj\n    archive_paths: ./\n"
    )
    lines = (folder / "index.cdxj").read_text().splitlines()
    return sum(not line.startswith("!meta") and bool(line.strip()) for line in lines)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.warc.gz"))


class _Server:
    """The process, its port and its log."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.port = _free_port()
        self._log = folder / "pywb.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [program, "--bind", "127.0.0.1", "--port", str(self.port)],
                cwd=folder,
                env=os.environ | _NO_NETWORK,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait(self) -> None:
        """Return when it answers."""
        end = time.monotonic() + _START_TIME
        while time.monotonic() < end and self._process.poll() is None:
            try:
                _get(self.port, "/")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(f"pywb did not start:\n{self._log.read_text()}")

    def stop(self) -> None:
        """End the process, by force if it must be."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _get(port: int, path: str) -> Replayed:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Replayed(status=response.status, headers=headers, body=_decoded(response, body))


def _decoded(response: HTTPResponse, body: bytes) -> bytes:
    coding = response.headers.get("Content-Encoding", "")
    if coding == "gzip":
        return gzip.decompress(body)
    if coding == "deflate":
        return zlib.decompress(body)
    return body
