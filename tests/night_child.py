"""One crawl at another hour, and what it cost: `night_child.py SLUG SETTINGS HOURS REVISIT`.

Its last line is JSON: outlet, reason, failure, the most memory that the process itself
held, and how long it took.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

__all__ = ["main"]


def main(slug: str, file: str, hours: str, revisit: str) -> int:
    """Crawl one outlet; 0 when the crawl closed, 3 when it failed."""
    # a reading worker imports this module again, and needs none of these
    from archive.config import Settings  # noqa: PLC0415
    from crawler.crawl import run_crawl  # noqa: PLC0415
    from crawler.options import CrawlOptions  # noqa: PLC0415
    from crawler.outlets import chosen  # noqa: PLC0415

    @dataclass(frozen=True, kw_only=True)
    class Later(CrawlOptions):
        """Options whose clock runs ahead, so that what is due tomorrow is due now."""

        @property
        def clock(self) -> Callable[[], datetime]:
            return lambda: datetime.now(UTC) + timedelta(hours=float(hours))

    started, settings = time.monotonic(), Settings.load(Path(file))
    end = run_crawl(chosen(settings, [slug])[0], Later(settings=settings, revisit=revisit))
    told = vars(end) | {"peak": _peak(), "seconds": time.monotonic() - started}
    sys.stdout.write(json.dumps(told) + "\n")
    return 0 if end.is_good else 3


def _peak() -> int:
    """Bytes that this process held at most (Linux tells; elsewhere 0)."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return 1024 * int(found[1]) if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
