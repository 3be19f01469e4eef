"""The tools of the reading benchmark: each a child process in an environment of its own."""

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

__all__ = [
    "FILTER",
    "KNOWN",
    "OURS",
    "PLAIN",
    "PRECISE",
    "STEP",
    "TOOLS",
    "Child",
    "Tool",
    "ToolDied",
    "installed",
]

_HERE = Path(__file__).parent
_ROOT = _HERE.parent.parent
_HOMES = _ROOT / ".venv-bench"
_CONSTRAINTS = _HERE / "extract-constraints.txt"
_PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", str(_CONSTRAINTS))


@dataclass(frozen=True, kw_only=True)
class Tool:
    """Something that reads pages, and how its child is started."""

    name: str
    script: str = "extract_child.py"
    mode: str
    packages: tuple[str, ...] = ()
    """Of its own environment; none: it runs in ours."""

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        if not self.packages:
            return Path(sys.executable)
        return _HOMES / self.mode / "bin" / "python"

    @property
    def command(self) -> list[str]:
        """What starts its child."""
        return [str(self.python), str(_HERE / self.script), self.mode]


def _ours(name: str, mode: str) -> Tool:
    return Tool(name=name, script="extract_ours.py", mode=mode)


def _other(name: str, *more: str) -> Tool:
    return Tool(name=name, mode=name, packages=(name, *more))


OURS = _ours("Kliping, unknown outlet", "generic")
PRECISE = _ours("Kliping, best quality", "thorough")
KNOWN = _ours("Kliping, known outlet", "known")
FILTER = _ours("Kliping, byte filter", "bytes")
STEP = _ours("Kliping, turned away", "step")
PLAIN = Tool(name="trafilatura, plain", mode="trafilatura")
_LANGUAGES = ("newspaper4k[nlp,ja,zh]",)  # without these it fails on pages in East Asia's scripts
TOOLS = (
    OURS,
    PRECISE,
    KNOWN,
    PLAIN,
    _other("newspaper4k", *_LANGUAGES),
    _other("news-please", *_LANGUAGES),
    _other("readability-lxml", "lxml_html_clean"),
    _other("resiliparse"),
)


def installed(tool: Tool) -> str:
    """Empty when the tool can run, made ready first; else why it cannot."""
    if not tool.packages or _is_ready(tool):
        return ""
    home = _HOMES / tool.mode
    try:
        _run(sys.executable, "-m", "venv", str(home))
        _run(str(tool.python), *_PIP, *tool.packages)
    except subprocess.CalledProcessError as error:
        return f"could not be installed: {_last_line(error.stderr)}"
    _stamp(tool).write_bytes(_CONSTRAINTS.read_bytes())
    return ""


def _last_line(text: str) -> str:
    return next(reversed(text.strip().splitlines()), "nothing was said")


def _stamp(tool: Tool) -> Path:
    return _HOMES / tool.mode / "installed"


def _is_ready(tool: Tool) -> bool:
    stamp = _stamp(tool)
    return stamp.is_file() and stamp.read_bytes() == _CONSTRAINTS.read_bytes()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


class ToolDied(RuntimeError):
    """A tool's process ended in the middle of a run: leave the tool out, or mend it."""


class Child:
    """A tool's process, kept alive over all pages. A context manager."""

    def __init__(self, command: Sequence[str], *, log: Path) -> None:
        self._log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """What the tool read. Raises ToolDied."""
        with suppress(BrokenPipeError):  # then there is no answer either
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            said = _last_line(self._log.read_text(encoding="utf-8", errors="replace"))
            raise ToolDied(f"{self._process.args} died: {said}")
        return dict(json.loads(line))
