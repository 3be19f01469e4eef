"""A process of its own that writes a WARC file: `warc_child.py MODE FILE`.

`limited` may not grow the file beyond a limit, `endless` writes until it is killed and prints where
each acknowledged batch ends, `forked` does so too and leaves a child of its own behind.
"""

import os
import resource
import sys
import time
from pathlib import Path

from warc_pages import page

from archive.errors import ArchiveError
from archive.warc import WarcWriter
from archive.warc_records import response

__all__ = ["LIMIT"]

LIMIT = 20_000
MANY = bytes(range(256)) * 40


def _limited(path: Path) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, resource.RLIM_INFINITY))
    writer = WarcWriter(path)
    while True:
        try:
            _append(writer)
        except ArchiveError as error:
            _say(error)
            break
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    _append(writer)  # the disk has room again
    writer.close()


def _endless(path: Path) -> None:
    writer = WarcWriter(path)
    while True:
        _append(writer)


def _forked(path: Path) -> None:
    writer = WarcWriter(path)
    if child := os.fork():
        _say(child)
        _append(writer)
        os.kill(os.getpid(), 9)
    time.sleep(60)


def _append(writer: WarcWriter) -> None:
    placed = writer.append(response(page(body=os.urandom(2_000) + MANY)))
    _say(placed[-1].offset + placed[-1].length)


def _say(fact: object) -> None:
    sys.stdout.write(f"{fact}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    {"limited": _limited, "endless": _endless, "forked": _forked}[sys.argv[1]](Path(sys.argv[2]))
