"""A timestamp authority on loopback, made with `openssl ts`."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from shutil import which

import pytest

__all__ = ["Authority", "authority"]

_CONFIG = """
[ tsa ]
default_tsa = own
[ own ]
dir = {folder}
serial = $dir/serial
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
signer_digest = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ req ]
distinguished_name = name
[ name ]
[ root ]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[ leaf ]
basicConstraints = CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


@dataclass
class Authority:
    """Where it answers, and who vouches for it."""

    url: str
    root: Path
    answer: bytes | None = None
    """What it says instead of a timestamp."""
    asked: int = 0


@contextmanager
def authority(folder: Path) -> Iterator[Authority]:
    """An authority whose files are in a new folder. Skips where there is no openssl."""
    if which("openssl") is None:
        pytest.skip("openssl is not there; on Debian: apt-get install openssl")
    folder.mkdir()
    _certificates(folder)
    made = Authority(url="", root=folder / "root.pem")
    server = HTTPServer(("127.0.0.1", 0), _handler(made, folder))
    made.url = f"http://127.0.0.1:{server.server_port}/tsr"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _certificates(folder: Path) -> None:
    (folder / "tsa.conf").write_text(_CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    new = ["req", "-config", "tsa.conf", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    new += ["-nodes", "-days", "3650", "-x509"]
    root = ["-subj", "/CN=Akar Uji", "-extensions", "root", "-keyout", "root.key"]
    _openssl(folder, *new, *root, "-out", "root.pem")
    leaf = ["-subj", "/CN=Jam Uji", "-extensions", "leaf", "-keyout", "tsa.key"]
    signer = ["-CA", "root.pem", "-CAkey", "root.key"]
    _openssl(folder, *new, *leaf, *signer, "-out", "tsa.pem")


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def _handler(made: Authority, folder: Path) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.asked += 1
            query = self.rfile.read(int(self.headers["Content-Length"]))
            body = _reply(folder, query) if made.answer is None else made.answer
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _reply(folder: Path, query: bytes) -> bytes:
    (folder / "query.tsq").write_bytes(query)
    files = ["-signer", "tsa.pem", "-inkey", "tsa.key", "-queryfile", "query.tsq"]
    # the signer's certificate alone: openssl does not sort several as DER asks of a set
    _openssl(folder, "ts", "-reply", "-config", "tsa.conf", *files, "-out", "reply.tsr")
    return (folder / "reply.tsr").read_bytes()
