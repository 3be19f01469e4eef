"""The sample newsroom in a process of its own, and a project folder that crawls it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.archive import Archive
from archive.config import Settings

__all__ = ["KLIPING", "OUTLETS", "Answered", "Served", "serve"]

KLIPING = Path(sys.executable).with_name("kliping")
OUTLETS = ("kantamedia", "kolomrakyat", "lintastungkal")


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One line of the newsroom's log."""

    host: str
    path: str
    status: int


@dataclass(frozen=True, kw_only=True)
class Served:
    """A newsroom that runs elsewhere."""

    folder: Path
    connect_to: str
    """The settings that lead a crawl to it."""

    @property
    def origin(self) -> str:
        """Where it listens: `http://127.0.0.1:40123`."""
        return self.connect_to.splitlines()[0].removeprefix("# ")

    @property
    def log(self) -> Path:
        """Its requests, a line of JSON each."""
        return self.folder / "requests.jsonl"

    def answered(self, *, skip: int = 0) -> list[Answered]:
        """What it answered so far, without the first `skip`."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        rows = [json.loads(line) for line in lines[skip:]]
        return [Answered(host=r["host"], path=r["path"], status=r["status"]) for r in rows]

    def project(self, name: str, *, lookback: str = "30d", images: bool = True) -> Path:
        """The settings file of a new project folder with an empty archive."""
        folder = self.folder / name
        folder.mkdir()
        file = folder / "kliping.toml"
        lines = ["[crawl]", 'contact = "https://example.org"', "delay = 0.0", "parallel = 1"]
        lines += [f'lookback = "{lookback}"', f"images = {str(images).lower()}"]
        file.write_text("\n".join([*lines, self.connect_to]), encoding="utf-8")
        Archive.create(Settings.load(file).archive)
        return file


@contextmanager
def serve(folder: Path, *options: str) -> Iterator[Served]:
    """A newsroom with the options of `python -m crawler.demo`, ended with the block."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "crawler.demo", "--log", folder / "requests.jsonl", *options]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, process_group=0
    )
    try:
        yield Served(folder=folder, connect_to=_settings(process))
    finally:
        process.terminate()
        process.communicate()


def _settings(process: "subprocess.Popen[str]") -> str:
    """What the newsroom prints when it is ready: a route for every origin."""
    assert process.stdout is not None
    lines = []
    while line := process.stdout.readline():
        lines.append(line)
        if line.startswith('"http://www.rusak.example"'):
            return "".join(lines)
    raise RuntimeError(f"the newsroom ended with {process.wait()}")
