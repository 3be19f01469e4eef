"""A real WordPress on loopback (tests/wordpress), its invented posts, and what it was asked for."""

import json
import os
import socket
import subprocess
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

__all__ = ["Asked", "Post", "Unavailable", "WordPress", "posts"]

RIG = Path(__file__).parent / "wordpress"
_INSTALL_SECONDS = 400
_STEP_SECONDS = 120
_PAGE_BREAK = "<!--nextpage-->"


class Unavailable(Exception):
    """The packages cannot be had here."""


@dataclass(frozen=True, kw_only=True)
class Post:
    """One invented story, and the first night on which readers see it."""

    slug: str
    title: str
    text: str
    on_topic: bool
    days: int
    author: str
    category: str
    tags: Sequence[str]
    arrives: int = 1
    forbidden: bool = False
    """It stands in a category that robots.txt closes."""

    @property
    def paragraphs(self) -> list[str]:
        """The text of all its pages."""
        return [part for part in self._blocks if part != _PAGE_BREAK]

    @property
    def _blocks(self) -> list[str]:
        return [part.strip() for part in self.text.strip().split("\n\n")]

    def as_row(self, today: date) -> dict[str, Any]:
        """The post as the rig publishes it."""
        html = (block if block == _PAGE_BREAK else f"<p>{block}</p>" for block in self._blocks)
        return {
            "title": self.title,
            "slug": self.slug,
            "content": "\n".join(html),
            "date": f"{today - timedelta(days=self.days)} 09:15:00",
            "author": self.author,
            "category": self.category,
            "tags": list(self.tags),
        }


def posts() -> list[Post]:
    """Every invented story."""
    rows = tomllib.loads((RIG / "posts.toml").read_text(encoding="utf-8"))["post"]
    return [Post(**row) for row in rows]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as WordPress saw it; times are seconds since 1970."""

    path: str
    query: str
    status: int
    agent: str
    began: float
    ended: float


class WordPress:
    """One installation in a folder of its own, on a free port of 127.0.0.1."""

    def __init__(self, folder: Path, *, packages: Path) -> None:
        """`packages` is a folder that keeps what was downloaded for the next time."""
        self._folder, self._packages = folder, packages
        self._port = _free_port()
        self.url = f"http://127.0.0.1:{self._port}"

    def install(self) -> None:
        """Get the packages. Raises Unavailable with the reason."""
        done = self._run("install", limit=_INSTALL_SECONDS)
        if done.returncode:
            raise Unavailable(" ".join(done.stderr.split())[-300:])

    def start(self) -> None:
        """Start database and web server, and set WordPress up."""
        self.rig("start")

    def stop(self) -> None:
        """End both by their process ids and remove the folder."""
        self.rig("destroy")

    def rig(self, *arguments: str) -> str:
        """What one command of the rig printed. Raises RuntimeError when it failed."""
        done = self._run(*arguments, limit=_STEP_SECONDS)
        if done.returncode:
            raise RuntimeError(f"wp-rig.sh {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def publish(self, found: Sequence[Post], *, today: date, as_scheduled: bool = False) -> None:
        """Publish posts, or leave them in wait although their date has passed."""
        file = self._folder / "posts.json"
        file.write_text(json.dumps([post.as_row(today) for post in found]), encoding="utf-8")
        self.rig("schedule" if as_scheduled else "post", str(file))

    def asked(self) -> list[Asked]:
        """Every request so far, in the order in which they began."""
        file = self._folder / "requests.jsonl"
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        found = [
            Asked(
                path=row["path"],
                query=row["query"],
                status=row["status"],
                agent=row["ua"] or "",
                began=row["t0"],
                ended=row["t1"],
            )
            for row in rows
        ]
        return sorted(found, key=lambda asked: asked.began)

    def _run(self, *arguments: str, limit: int) -> "subprocess.CompletedProcess[str]":
        # what the rig leaves running must not hold our pipes open
        log = self._folder / "rig.out"
        script = ["bash", RIG / "wp-rig.sh", "-w", self._folder, "-p", str(self._port)]
        with log.open("w+", encoding="utf-8") as out:
            done = subprocess.run(
                [*script, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=os.environ | {"RIG_DEBS": str(self._packages), "RIG_PORT": str(self._port)},
                timeout=limit,
                check=False,
            )
            out.seek(0)
            told = out.read()
        return subprocess.CompletedProcess(done.args, done.returncode, told, told)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
