"""Every bad answer through the real reading workers: what it is called, how long, how much memory.

python tests/prove_limits.py: a table; exit 1 when an answer is wrong, a reading takes over 10 s or
a worker over 1.5 GB.
"""

import asyncio
import multiprocessing
import re
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bad_pages import BAD_PAGES, STORY, TEXT, BadPage

from archive.config import CrawlConfig
from archive.types import Outlet, Page
from crawler.readers import Readers, ReadJob, ReadResult
from crawler.rules import Rules

__all__ = ["MOST_MEMORY", "MOST_SECONDS", "Measured", "faults", "job_of", "measured"]

MOST_SECONDS = 10.0
MOST_MEMORY = 1_500_000_000
_GOOD = BadPage(STORY.encode, "article")
_OUTLET = Outlet(slug="media-uji", name="Media Uji", url="https://media-uji.example")


@dataclass(frozen=True)
class Measured:
    """What became of one answer."""

    result: ReadResult
    seconds: float
    memory: int
    """Bytes that its worker held at most."""


def job_of(bad: BadPage) -> ReadJob:
    """The job of reading it."""
    page = Page(
        url="https://media-uji.example/politik/camat-dipanggil/",
        status=200,
        body=bad.body(),
        fetched_at=datetime(2024, 12, 8, 1, 30, tzinfo=UTC),
        headers=((b"Content-Type", bad.content_type.encode()),),
    )
    limit = CrawlConfig().page_limit
    return ReadJob(
        outlet=_OUTLET, rules=Rules(), pages=(page,), topic=None, limit=limit, tags=bad.tags
    )


def measured(readers: Readers, job: ReadJob) -> Measured:
    """What `readers` make of a job."""
    watch = _Watch()
    started = time.monotonic()
    result = asyncio.run(readers.read(job))
    seconds = time.monotonic() - started
    return Measured(result, seconds, watch.stop())


class _Watch:
    """The most memory that any child of this process holds from now on."""

    def __init__(self) -> None:
        self._peak = 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._is_over.wait(0.01):
            self._peak = max(self._peak, *map(_peak, _children()), 0)

    def stop(self) -> int:
        """Bytes; the watch is over."""
        self._is_over.set()
        self._thread.join()
        return max(self._peak, *map(_peak, _children()), 0)


def _children() -> list[int]:
    return [child.pid for child in multiprocessing.active_children() if child.pid]


def _peak(pid: int) -> int:
    try:
        held = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0
    return 1024 * int(held[1]) if held else 0


def faults(bad: BadPage, found: Measured) -> list[str]:
    """What is not as it should be; empty when all is."""
    result = found.result
    told = result.reading.article.text if result.reading else ""
    checks = {
        f"called {result.answer.value}, not {bad.answer}": result.answer.value == bad.answer,
        f"says {result.detail!r}": bool(re.search(bad.why, result.detail or "")),
        "the text is another": bad.answer != "article" or told == "\n\n".join(TEXT),
        f"{found.seconds:.1f} s": found.seconds <= MOST_SECONDS,
        f"{found.memory} bytes": found.memory <= MOST_MEMORY,
    }
    return [said for said, holds in checks.items() if not holds]


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """The table; 1 when anything is not as it should be."""
    wrong = 0
    _tell(f"{'answer':34} {'called':12} {'seconds':>8} {'MB':>6}  why, or what is wrong")
    for name, bad in BAD_PAGES.items():
        readers = Readers(CrawlConfig())
        try:
            measured(readers, job_of(_GOOD))
            found = measured(readers, job_of(bad))
        finally:
            readers.close()
        broken = faults(bad, found)
        wrong += bool(broken)
        detail = found.result.detail.partition(": ")[2] or found.result.detail
        told = f"WRONG: {'; '.join(broken)}" if broken else detail
        _tell(
            f"{name:34} {found.result.answer.value:12} {found.seconds:8.2f} "
            f"{found.memory / 1e6:6.0f}  {told[:110]}"
        )
    _tell(f"{wrong} of {len(BAD_PAGES)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
