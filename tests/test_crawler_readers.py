"""Reading workers: whatever one page does to its worker, the crawl goes on."""

import asyncio
import multiprocessing
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pebble.pool.channel import WorkerChannel
from small_outlet import FRONT, story_body, story_path

from archive.config import CrawlConfig
from archive.types import Answer, Outlet, Page
from crawler.readers import Readers, ReadJob, ReadResult
from crawler.rules import Rules

pytestmark = pytest.mark.timeout(300)

STORY = Page(
    url=f"{FRONT}{story_path(1)}",
    status=200,
    body=story_body(1),
    fetched_at=datetime(2026, 9, 10, 18, 30, tzinfo=UTC),
    headers=((b"Content-Type", b"text/html; charset=UTF-8"),),
)


def job(*pages: Page) -> ReadJob:
    outlet = Outlet(slug="kecil", name="Kecil", url=FRONT)
    return ReadJob(outlet=outlet, rules=Rules(), pages=pages, topic=None, limit=1_000_000)


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    pool = Readers(CrawlConfig())
    yield pool
    pool.close()


def read_with(readers: Readers, asked: ReadJob) -> ReadResult:
    return asyncio.run(readers.read(asked))


def test_story_is_read_and_decided(readers: Readers) -> None:
    result = read_with(readers, job(STORY))
    assert result.answer == Answer.ARTICLE
    assert result.reading
    assert result.topic
    assert (result.reading.article.headline, result.topic.on_topic) == (
        "Camat Nomor 1 Diperiksa Bawaslu",
        True,
    )


def test_unforeseen_error_is_told_and_the_next_story_read(readers: Readers) -> None:
    result = read_with(readers, job())  # a story of no pages: nothing in Kliping makes one
    assert (result.answer, result.detail) == (
        Answer.UNREAD,
        "reading failed: IndexError: tuple index out of range",
    )
    assert read_with(readers, job(STORY)).answer == Answer.ARTICLE


def test_reading_that_takes_too_long_is_given_up() -> None:
    hasty = Readers(CrawlConfig(read_time=timedelta(milliseconds=1)))
    paragraphs = "".join(f"<p>Camat nomor {number} netral.</p>" for number in range(40_000))
    long = replace(STORY, body=STORY.body.replace(b"</div>", paragraphs.encode() + b"</div>", 1))
    assert len(long.body) > len(STORY.body)
    try:
        result = read_with(hasty, replace(job(long), limit=10_000_000, tags=1_000_000))
    finally:
        hasty.close()
    assert (result.answer, result.detail) == (Answer.UNREAD, "reading took longer than 0.001 s")


def test_workers_end_before_their_locks_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was only starting then printed a traceback: its lock was nowhere."""
    others, left = set(multiprocessing.active_children()), []
    taken_away = WorkerChannel.close

    def close(channel: WorkerChannel) -> None:
        left.append(set(multiprocessing.active_children()) - others)
        taken_away(channel)

    monkeypatch.setattr(WorkerChannel, "close", close)
    several = Readers(CrawlConfig(readers=3))
    read_with(several, job(STORY))
    assert set(multiprocessing.active_children()) - others
    several.close()
    assert left == [set()]


def test_ctrl_c_does_not_reach_a_worker_that_still_imports() -> None:
    """It printed a traceback: a worker takes the signal's handler only once it is there."""
    others = set(multiprocessing.active_children())
    several = Readers(CrawlConfig(readers=2))
    read_with(several, job(STORY))
    workers = set(multiprocessing.active_children()) - others
    blocked = {_blocked(worker.pid) for worker in workers}
    several.close()
    assert blocked == {True}
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def _blocked(pid: int | None) -> bool:
    """Whether a process has SIGINT blocked (proc_pid_status(5), SigBlk)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    [mask] = [line.split()[1] for line in status.splitlines() if line.startswith("SigBlk")]
    return bool(int(mask, 16) & 1 << signal.SIGINT - 1)
