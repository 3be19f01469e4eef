"""Several outlets in one run: a child process each, one at a time per network."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.config import Settings
from archive.types import Outlet
from crawler.crawl import CrawlEnd

__all__ = ["Night", "run_night"]


@dataclass(frozen=True, kw_only=True)
class Night:
    """What the crawls of one run share."""

    settings: Settings
    config_file: Path | None
    run_id: int
    since: datetime | None = None
    revisit: str = "due"


def run_night(night: Night, outlets: Sequence[Outlet]) -> list[CrawlEnd]:
    """Crawl every outlet; how each ended, in the order given.

    Outlets of one network follow each other; others run side by side, `crawl.parallel` at once.
    """
    lanes: dict[str, list[Outlet]] = defaultdict(list)
    for outlet in outlets:
        lanes[outlet.lane].append(outlet)
    with ThreadPoolExecutor(max_workers=night.settings.crawl.parallel) as pool:
        ended = [end for lane in pool.map(lambda lane: _lane(night, lane), lanes.values())
                 for end in lane]  # fmt: skip
    order = [outlet.slug for outlet in outlets]
    return sorted(ended, key=lambda end: order.index(end.outlet))


def _lane(night: Night, outlets: Sequence[Outlet]) -> list[CrawlEnd]:
    return [_child(night, outlet.slug) for outlet in outlets]


def _child(night: Night, slug: str) -> CrawlEnd:
    command = [sys.executable, "-m", "crawler.child", slug, "--run", str(night.run_id)]
    command += ["--revisit", night.revisit]
    if night.config_file:
        command += ["--config", str(night.config_file)]
    if night.since:
        command += ["--since", night.since.isoformat()]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if not lines:
        return CrawlEnd(
            outlet=slug, reason="killed", failure=f"its process ended with {done.returncode}"
        )
    return CrawlEnd(**json.loads(lines[-1]))
