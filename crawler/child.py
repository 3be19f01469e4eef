"""One crawl as a child process: `python -m crawler.child SLUG`; its last line is its end, JSON."""

import argparse
import ctypes
import gc
import json
import signal
import sys
from datetime import datetime, timedelta
from pathlib import Path

from archive.errors import KlipingError

__all__ = ["main"]

_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG, prctl(2)


def main(arguments: list[str] | None = None) -> int:
    """Crawl one outlet; 0 when the crawl closed, 3 when it failed."""
    gc.disable()  # modules stay: to look for garbage among them only delays the start
    # a reading worker imports this module again, and needs none of these
    from archive.config import Settings  # noqa: PLC0415
    from crawler.crawl import CrawlEnd, run_crawl  # noqa: PLC0415
    from crawler.options import CrawlOptions  # noqa: PLC0415
    from crawler.outlets import chosen, spider_of  # noqa: PLC0415
    from crawler.wish import Wish  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGTERM)
    parser = argparse.ArgumentParser(prog="python -m crawler.child")
    parser.add_argument("slug")
    parser.add_argument("--config", type=Path)
    parser.add_argument("--run", type=int)
    parser.add_argument("--since", type=datetime.fromisoformat)
    parser.add_argument("--revisit", choices=("due", "all", "none"), default="due")
    parser.add_argument("--save", type=Path)
    parser.add_argument("--time-left", type=float)
    parser.add_argument("--unless-since", type=datetime.fromisoformat)
    asked = parser.parse_args(arguments)
    try:
        settings = Settings.load(asked.config)
        wish = Wish.read(asked.save) if asked.save else None
        options = CrawlOptions(
            settings=settings,
            since=asked.since,
            revisit=asked.revisit,
            save=wish.urls if wish else (),
            time_left=None if asked.time_left is None else timedelta(seconds=asked.time_left),
            run_id=asked.run,
            unless_since=asked.unless_since,
        )
        is_stranger = wish is not None and not wish.outlet.platform
        spider = spider_of(wish.outlet) if wish and is_stranger else None
        end = run_crawl(spider or chosen(settings, [asked.slug])[0], options)
    except KlipingError as error:
        end = CrawlEnd(outlet=asked.slug, reason="start_error", failure=str(error))
    sys.stdout.write(json.dumps(vars(end)) + "\n")
    return 0 if end.is_good else 3


if __name__ == "__main__":
    sys.exit(main())
