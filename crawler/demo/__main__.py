"""The newsroom until interrupted; a number on standard input turns to that night."""

import argparse
import contextlib
import sys
import threading
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from crawler.demo.config import NewsroomConfig
from crawler.demo.newsroom import Newsroom
from crawler.demo.nights import NIGHTS

__all__ = ["main"]


def main() -> None:
    """Serve, and print what to put into kliping.toml: routes, and the trap sites as outlets."""
    chosen = _parser().parse_args()
    config = NewsroomConfig(
        today=chosen.today,
        rest=not chosen.no_rest,
        feeds=not chosen.no_feeds,
        sitemaps=not chosen.no_sitemaps,
        grown=chosen.grown,
        crawl_delay=chosen.crawl_delay,
        latency=chosen.latency,
        hostile=chosen.hostile,
    )
    room = Newsroom(config, night=chosen.night, port=chosen.port, log_file=chosen.log)
    with room, contextlib.suppress(KeyboardInterrupt):
        rows = [f'"{origin}" = "{target}"' for origin, target in room.connect_to.items()]
        lines = [f"# {room.url}", "[crawl.connect_to]", *rows]
        for entry in room.outlet_entries if chosen.hostile else ():
            lines += ["[[outlet]]", *(f'{name} = "{value}"' for name, value in entry.items())]
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        for line in sys.stdin:
            if line.strip().isdecimal():
                room.night = int(line)
                sys.stdout.write(f"# night {min(room.night, NIGHTS)} of {NIGHTS}\n")
                sys.stdout.flush()
        threading.Event().wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m crawler.demo", description=__doc__)
    today = datetime.now(ZoneInfo("Asia/Jakarta")).date()
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--night", type=int, default=1)
    parser.add_argument("--today", type=date.fromisoformat, default=today, help="date of night 1")
    parser.add_argument("--grown", type=int, default=0, help="generated stories to add")
    parser.add_argument("--no-rest", action="store_true", help="close wp-json")
    parser.add_argument("--no-feeds", action="store_true")
    parser.add_argument("--no-sitemaps", action="store_true")
    parser.add_argument("--crawl-delay", type=float, help="what robots.txt asks for, in seconds")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds each answer takes")
    parser.add_argument("--hostile", action="store_true", help="the web as it is")
    parser.add_argument("--log", type=Path, help="append every request as a line of JSON")
    return parser


if __name__ == "__main__":
    main()
