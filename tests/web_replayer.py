"""The ReplayWeb.page package and a headless Chromium, from `.node` or the folder in KLIPING_NODE.

`make .node/.installed` puts them there. Whoever asks for a name on the network finds nobody.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest

__all__ = ["FLAGS", "chromium", "node_home", "replayed", "serving"]

_REPOSITORY = Path(__file__).parents[1]
_PACKAGE = {"ui.js": ("ui.js", "replay/ui.js"), "sw.js": ("replay/sw.js",)}
_PAGE = """<!doctype html><meta charset="utf-8"><title>uji</title>
<script src="/ui.js"></script>
<replay-web-page source="/{file}" url="{url}" ts="{ts}" replayBase="/replay/" embed="replayonly"
  style="display: block; height: 600px"></replay-web-page>
"""
# what its worker answers there, too: whichever of the two is asked first
_FRAME = '<!doctype html><script src="./ui.js"></script><replay-app-main></replay-app-main>'
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
          "--disable-background-networking", "--disable-component-update", "--disable-sync",
          "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]  # fmt: skip


class _Ranges(SimpleHTTPRequestHandler):
    """Files of a folder, in parts when asked, as a reader of WACZ asks."""

    def do_GET(self) -> None:
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if not asked or not path.is_file():
            super().do_GET()
            return
        data, (first, last) = path.read_bytes(), asked.groups()
        start = int(first) if first else max(len(data) - int(last), 0)
        end = min(int(last) + 1 if first and last else len(data), len(data))
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(data)}")
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        self.wfile.write(data[start:end])

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(folder: Path, wacz: Path) -> Iterator[str]:
    """A site with the WACZ file and the package, from the empty `folder`; its origin.

    Skips where there is no package.
    """
    home = node_home()
    (folder / "replay").mkdir()
    for name, places in _PACKAGE.items():
        for place in places:
            shutil.copy(home / "package" / name, folder / place)
    (folder / "replay" / "index.html").write_text(_FRAME, encoding="utf-8")
    shutil.copy(wacz, folder / "captures.wacz")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Ranges, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def replayed(folder: Path, origin: str, *, url: str, ts: str) -> dict[str, str]:
    """The title and the visible text of a capture, as Chromium shows it. Skips without Chromium.

    `folder` is what `origin` serves; `ts` has 14 digits, UTC.
    """
    page = _PAGE.format(file="captures.wacz", url=url.replace("&", "&amp;"), ts=ts)
    (folder / "index.html").write_text(page, encoding="utf-8")
    asked = {"chromium": chromium(), "flags": FLAGS, "profile": str(folder / "profile")}
    asked |= {"page": f"{origin}/index.html", "within": f"{ts}mp_/{quote(url, safe=':/?&=%')}"}
    done = subprocess.run(
        ["node", str(_REPOSITORY / "tests" / "web_replayer.cjs"), json.dumps(asked)],
        capture_output=True,
        text=True,
        timeout=90,
        env={"PATH": os.environ["PATH"], "NODE_PATH": str(node_home() / "node_modules")},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, str] = json.loads(done.stdout)
    return told


def node_home() -> Path:
    """The folder of what npm installed. Skips without it, or without node."""
    home = Path(os.environ.get("KLIPING_NODE", _REPOSITORY / ".node")).resolve()
    if not (home / "package" / "ui.js").is_file() or not shutil.which("node"):
        pytest.skip(f"no ReplayWeb.page in {home}: make .node/.installed (needs node and npm)")
    return home


def chromium() -> str:
    """The path of Chromium. Skips without one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if not found:
        pytest.skip("no Chromium: apt-get install chromium")
    return found
