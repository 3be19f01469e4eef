"""Reading workers: pages become articles in processes with limits on time and memory."""

import asyncio
import ctypes
import multiprocessing
import resource
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import TimeoutError as ReadingTimeout
from dataclasses import dataclass
from functools import cache
from multiprocessing.resource_tracker import ensure_running
from pathlib import Path
from typing import TYPE_CHECKING

from pebble import ProcessExpired, ProcessPool

from archive.errors import ChallengePage, CrawlError, NotAnArticle, Unreadable
from archive.types import Answer, Outlet, Page, TopicDecision
from crawler import bodies
from crawler.extract import Reading, extract, is_closed, is_missing
from crawler.rule_use import Probe, Rule, rules_met
from crawler.rules import Rules
from crawler.topic import Topic
from crawler.tree import MOST_TAGS

if TYPE_CHECKING:  # a worker knows no settings, and starts sooner without what reads them
    from archive.config import CrawlConfig

__all__ = ["ReadJob", "ReadResult", "Readers", "read"]

_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG, prctl(2)


@dataclass(frozen=True, kw_only=True)
class ReadJob:
    """The parts of one story, and how its outlet is to be read."""

    outlet: Outlet
    rules: Rules
    pages: Sequence[Page]
    topic: Path | None
    limit: int
    tags: int = MOST_TAGS
    thorough: bool = False


@dataclass(frozen=True, kw_only=True)
class ReadResult:
    """What a worker made of a job; `reading` and `topic` only when the answer is ARTICLE."""

    answer: Answer
    reading: Reading | None = None
    topic: TopicDecision | None = None
    detail: str = ""


def read(job: ReadJob) -> ReadResult:
    """Read a story here and now, in this process, without limits on time or memory."""
    try:
        if notice := _notice(job):
            return notice
        reading = extract(
            job.pages,
            rules=job.rules,
            outlet=job.outlet,
            limit=job.limit,
            tags=job.tags,
            thorough=job.thorough,
        )
    except NotAnArticle as error:
        return ReadResult(answer=Answer.NOT_ARTICLE, detail=str(error))
    except ChallengePage as error:
        return ReadResult(answer=Answer.CHALLENGE, detail=str(error))
    except Unreadable as error:
        return ReadResult(answer=Answer.UNREAD, detail=str(error))
    decision = _topic(job.topic).decide(reading.article.headline, reading.article.text)
    return ReadResult(answer=Answer.ARTICLE, reading=reading, topic=decision)


def _notice(job: ReadJob) -> ReadResult | None:
    """What the pages say instead of showing a story: that it, or the whole outlet, is away."""
    for number, page in enumerate(job.pages, start=1):
        html = bodies.characters(page, bodies.decoded(page, job.limit))
        if not html.strip():
            return ReadResult(answer=Answer.ERROR, detail="the body is empty")
        if is_closed(job.outlet, html):
            return ReadResult(answer=Answer.ERROR, detail="a page of maintenance came instead")
        if is_missing(page, job.outlet, html):
            detail = "a page that says it was not found"
            if number > 1:  # the first part was shown: the story is there
                return ReadResult(answer=Answer.ERROR, detail=f"its part {number} is {detail}")
            return ReadResult(answer=Answer.MISSING, detail=detail)
    return None


@cache
def _topic(path: Path | None) -> Topic:
    return Topic.load(path)


class Readers:
    """A pool of reading workers, started at the first page, ended with `close`."""

    def __init__(self, config: "CrawlConfig") -> None:
        self._time = config.read_time.total_seconds()
        self._memory = config.read_memory
        self._count = config.readers
        self._pool: ProcessPool | None = None

    async def read(self, job: ReadJob) -> ReadResult:
        """What a worker made of `job`; UNREAD when it took too long, too much, or died."""
        if self._pool is None:
            self._pool = self._start()
        future = self._pool.schedule(read, args=(job,), timeout=self._time)
        try:
            result: ReadResult = await asyncio.wrap_future(future)
        except ReadingTimeout:
            return ReadResult(
                answer=Answer.UNREAD, detail=f"reading took longer than {self._time:g} s"
            )
        except MemoryError:
            return ReadResult(
                answer=Answer.UNREAD, detail=f"reading needs over {self._memory} bytes of memory"
            )
        except ProcessExpired as error:
            return ReadResult(answer=Answer.UNREAD, detail=f"the reading worker died: {error}")
        except Exception as error:  # the job boundary: one strange page must not end every night
            return ReadResult(
                answer=Answer.UNREAD, detail=f"reading failed: {type(error).__name__}: {error}"
            )
        return result

    async def rules_met(self, job: ReadJob, *, wanted: tuple[Rule, ...]) -> frozenset[Rule] | None:
        """Which of `wanted` meet something on the pages of `job`; None within no limit."""
        if self._pool is None:
            self._pool = self._start()
        probe = Probe(
            pages=tuple(job.pages), rules=job.rules, wanted=wanted, limit=job.limit, tags=job.tags
        )
        future = self._pool.schedule(rules_met, args=(probe,), timeout=self._time)
        try:
            met: frozenset[Rule] = await asyncio.wrap_future(future)
        except (ReadingTimeout, MemoryError, ProcessExpired, CrawlError):
            return None
        return met

    def _start(self) -> ProcessPool:
        return _Pool(
            max_workers=self._count,
            context=multiprocessing.get_context("spawn"),
            initializer=_limit,
            initargs=(self._memory,),
        )

    def close(self) -> None:
        """End the workers; readings under way are given up."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None


class _Pool(ProcessPool):
    """Ends its workers before it takes their locks away: one that only starts would complain."""

    def _start_pool(self) -> None:
        # Ctrl-C goes to every process of a terminal, also to a worker that still imports: what
        # begins here has the signal blocked, in the threads that start workers later, too
        ensure_running()  # or it would be started in between, and unblock the signal
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            super()._start_pool()  # type: ignore[no-untyped-call]
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _stop_pool(self) -> None:
        if self._pool_manager_loop is not None:  # which starts anew what has ended
            self._pool_manager_loop.join()
        self._pool_manager.worker_manager.force_stop_workers()  # type: ignore[no-untyped-call]
        super()._stop_pool()  # type: ignore[no-untyped-call]


def _limit(memory: int) -> None:
    """Bound this worker's memory, and end it when the crawl that owns it dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # pebble's handler waits for libxml2 to return to Python: 3 s, until it is killed anyway
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
