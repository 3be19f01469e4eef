"""A crawl in a child process through the full settings: what a spider sees of some addresses."""

import errno
import os
import pickle
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess

from archive.config import Settings
from archive.types import Outlet, Page
from crawler.robots import RobotsMiddleware
from crawler.settings import scrapy_settings

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What the child is to do."""

    urls: Sequence[str]
    outlet: Outlet
    crawl: Mapping[str, Any] = field(default_factory=dict)
    """Values of the [crawl] section; `delay` is 0 unless given."""
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Request headers by address."""
    hosts: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    """A hosts file: name to address, or to one address after the other. Others do not exist."""
    internet: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """Public address -> the loopback server that stands there. Others cannot be reached."""


@dataclass(kw_only=True)
class Saw:
    """What came of one address."""

    pages: tuple[Page, ...] = ()
    error: str = ""
    """The name of the error's class, or empty."""
    message: str = ""
    kind: str = ""

    @property
    def last(self) -> Page:
        return self.pages[-1]


@dataclass(kw_only=True)
class Told:
    """What a whole crawl told its spider."""

    saw: dict[str, Saw] = field(default_factory=dict)
    recorded: list[Page] = field(default_factory=list)
    holds: list[tuple[datetime, str]] = field(default_factory=list)
    robots: dict[str, Any] = field(default_factory=dict)
    lookups: list[str] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)
    """The addresses to which connections were tried; only of an ask with an internet."""


def probe(ask: Ask, *, env: Mapping[str, str] | None = None) -> Told:
    """Run `ask` in a child process, every warning an error, and give back what its spider saw."""
    with tempfile.TemporaryDirectory() as folder:
        question, answer = Path(folder, "ask"), Path(folder, "told")
        question.write_bytes(pickle.dumps(ask))
        kept = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        done = subprocess.run(
            [
                sys.executable,
                "-W",
                "error",
                "-c",
                "import crawlprobe; crawlprobe.main()",
                question,
                answer,
            ],
            env={**kept, "PYTHONPATH": f"{HERE}:{HERE.parent}", **(env or {})},
            capture_output=True,
            timeout=90,
            check=False,
        )
        assert answer.exists(), done.stderr.decode()
        told: Told = pickle.loads(answer.read_bytes())
        assert "Traceback" not in done.stderr.decode(), done.stderr.decode()
        return told


def _crawl(ask: Ask) -> Told:
    told = Told()
    _install_hosts(ask.hosts, told)
    if ask.internet:
        _install_internet(ask.internet, told)

    class Recorder:
        def write(self, page: Page) -> None:
            told.recorded.append(page)

    class Probe(Spider):
        name = "probe"
        outlet = ask.outlet
        recorder = Recorder()

        async def start(self):
            for url in ask.urls:
                yield Request(
                    url,
                    headers=dict(ask.headers.get(url, {})),
                    cb_kwargs={"asked": url},
                    errback=self.failed,
                )

        def parse(self, response, asked):
            told.saw[asked] = Saw(pages=response.meta["pages"])

        def failed(self, failure):
            error = failure.value
            told.saw[failure.request.cb_kwargs["asked"]] = Saw(
                pages=failure.request.meta.get("pages", ()),
                error=type(error).__name__,
                message=str(error),
                kind=getattr(error, "kind", ""),
            )

        def hold_until(self, moment, reason):
            told.holds.append((moment, reason))

        def closed(self, reason):
            middleware = self.crawler.get_downloader_middleware(RobotsMiddleware)
            told.robots = {
                origin: (robots.status, robots.closed, robots.sitemaps, robots.delay, robots.digest)
                for origin, robots in middleware.found.items()
            }

    settings = Settings(crawl={"delay": 0, **ask.crawl})
    # an outlet without a platform is nobody's, and its own origin may not be private
    configured = replace(ask.outlet, platform=ask.outlet.platform or "wordpress")
    process = AsyncCrawlerProcess(scrapy_settings(settings, configured))
    process.crawl(Probe)
    process.start()
    return told


def _install_hosts(hosts: Mapping[str, str | Sequence[str]], told: Told) -> None:
    """Be the system's name service: the sandbox has none, and no test may ask a real one."""
    answers = {n: [a] if isinstance(a, str) else list(a) for n, a in hosts.items()}

    def lookup(name: str) -> str:
        with suppress(OSError):  # a number in any spelling, as the C library reads it
            return socket.inet_ntoa(socket.inet_aton(name))
        told.lookups.append(name)
        if name in answers:
            return answers[name].pop(0) if len(answers[name]) > 1 else answers[name][0]
        raise socket.gaierror(f"{name} is unknown here")

    socket.gethostbyname = lookup


def _install_internet(internet: Mapping[str, tuple[str, int]], told: Told) -> None:
    """Be the system's network: what is public leads to loopback, and nothing leaves the machine."""
    plain = socket.socket.connect_ex

    def connect_ex(own: socket.socket, address: Any) -> int:
        told.connected.append(address[0])
        if address[0] in internet:
            return plain(own, internet[address[0]])
        return plain(own, address) if address[0].startswith("127.") else errno.ENETUNREACH

    socket.socket.connect_ex = connect_ex


def main() -> None:
    """In the child: read the question's file, write the answer's."""
    question, answer = sys.argv[1:]
    told = _crawl(pickle.loads(Path(question).read_bytes()))
    Path(answer).write_bytes(pickle.dumps(told))
