"""Proof that the way to an outlet changes nothing: `python tests/prove_routes.py`.

The same night of the whole newsroom, hostile mode on, is crawled twice into two archives: over
`crawl.connect_to`, and through an HTTP proxy (CONNECT, with verified certificates of an authority
made for the run). Both must hold the same set of (URL, version, content hash, status). Exit 1 when
they do not.
"""

import argparse
import socket
import ssl
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from certificates import Authority
from loopback import forward_proxy
from playing import Place
from same_archive import differences, faults, held
from whole_newsroom import BOUNDS, Nights

from archive.archive import Archive
from crawler.demo import Newsroom, NewsroomConfig

__all__ = ["play", "tls_front"]


@contextmanager
def tls_front(target: str, context: ssl.SSLContext) -> Iterator[str]:
    """`host:port` of a TLS server that hands every connection on to the plain server `target`."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        accepting = threading.Thread(target=_accept, args=(server, target, context), daemon=True)
        accepting.start()
        host, port = server.getsockname()[:2]
        yield f"{host}:{port}"
        server.shutdown(socket.SHUT_RDWR)
    accepting.join()


def _accept(server: socket.socket, target: str, context: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return  # the front was closed
        threading.Thread(target=_serve, args=(connection, target, context), daemon=True).start()


def _serve(connection: socket.socket, target: str, context: ssl.SSLContext) -> None:
    host, _, port = target.rpartition(":")
    try:
        with (
            context.wrap_socket(connection, server_side=True) as client,
            socket.create_connection((host, int(port))) as upstream,
        ):
            back = threading.Thread(target=_pump, args=(upstream, client), daemon=True)
            back.start()
            _pump(client, upstream)
            back.join()
    except OSError:
        return  # the client had enough: a crawler may hang up


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return


def play(folder: Path, *, slugs: Sequence[str] = ()) -> list[str]:
    """What differs between the two archives, one line each."""
    config = NewsroomConfig(today=datetime.now(UTC).date(), hostile=True)
    with Newsroom(config) as room:
        direct = Nights.make(folder / "direct", room, slugs=slugs)
        direct.turn(1)
        direct.crawl()
    with Newsroom(config) as room, _proxied(folder, room, slugs=slugs) as (nights, tunnels):
        nights.turn(1)
        nights.crawl()
        used = len(tunnels)
    found = [] if used else ["the proxy was never asked: this proves nothing"]
    sets = [held(side.place.settings.archive) for side in (direct, nights)]
    _say(f"{len(sets[0])} versions over connect_to, {len(sets[1])} by proxy ({used} connections)")
    found += differences(*sets) or ([] if sets[0] else ["nothing was found"])
    for side in (direct, nights):
        archive = Archive(side.place.settings.archive, clock=lambda: datetime.now(UTC))
        found += faults(archive)
        archive.close()
    return found


@contextmanager
def _proxied(
    folder: Path, room: Newsroom, *, slugs: Sequence[str]
) -> Iterator[tuple[Nights, list[object]]]:
    """A newsroom that is reached through a proxy alone, under its real names and certificates."""
    names = sorted({urlsplit(origin).netloc for origin in room.connect_to})
    authority = Authority(folder)
    plain = {
        f"{urlsplit(origin).netloc}:80": urlsplit(target).netloc
        for origin, target in room.connect_to.items()
        if origin.startswith("http://")
    }
    with tls_front(urlsplit(room.url).netloc, authority.server(*names)) as secure:
        places = plain | {f"{name}:443": secure for name in names}
        with forward_proxy(places) as proxy:
            place = Place.make(folder / "proxied", {}, outlets=room.outlet_entries, **BOUNDS)
            known = list(slugs) or [site.outlet.slug for site in room.sites]
            through = {"http_proxy": proxy.url, "https_proxy": proxy.url}
            trust = {"SSL_CERT_FILE": str(authority.bundle)}
            nights = Nights(place, room, known, environment=through | trust)
            yield nights, proxy.hits


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """As the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--outlets", nargs="*", default=[])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = play(Path(folder), slugs=asked.outlets)
    for line in found:
        _say(line)
    _say(f"{len(found)} FAULTS" if found else "the same set, and both archives audit clean")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
