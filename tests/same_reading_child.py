"""Reads saved pages in an interpreter of its own; prints a digest of what stands in each.

python same_reading_child.py MANIFEST ORDER; ORDER is `as-is`, `reversed` or `twice`.
"""

import gzip
import hashlib
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.config import Settings
from archive.errors import CrawlError
from archive.types import Outlet, Page
from crawler.extract import extract
from crawler.outlets import known_spiders
from crawler.rules import Rules
from crawler.topic import Topic

__all__ = ["Asked", "digest_of", "orders", "pages_of", "way_of"]

Asked = dict[str, Any]
"""A page in the manifest: `files`, `outlet` (empty: unknown) and `thorough`."""
_FRONT = "https://media-uji.example"
_FETCHED_AT = datetime(2026, 11, 1, tzinfo=UTC)


def pages_of(asked: Asked) -> tuple[Page, ...]:
    """The parts of a story."""
    return tuple(
        Page(
            url=f"{_FRONT}/politik/berita-{number}/",
            status=200,
            body=_bytes(Path(file)),
            fetched_at=_FETCHED_AT,
            headers=((b"Content-Type", b"text/html"),),
        )
        for number, file in enumerate(asked["files"], start=1)
    )


def _bytes(file: Path) -> bytes:
    body = file.read_bytes()
    return gzip.decompress(body) if file.suffix == ".gz" else body


def way_of(asked: Asked) -> tuple[Outlet, Rules]:
    """Whose page it is, and how it is read."""
    if not asked["outlet"] or asked["outlet"].startswith("unknown-"):
        return Outlet(slug="media-uji", name="Media Uji", url=_FRONT), Rules()
    spider = known_spiders(Settings())[asked["outlet"]]
    return spider.outlet, spider.rules


def digest_of(*read: object) -> str:
    """sha256 hex of all that a reading says."""
    return hashlib.sha256(json.dumps(read, default=_plain).encode()).hexdigest()


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else asdict(value)  # type: ignore[call-overload]


def _read(asked: Asked, topic: Topic) -> str:
    outlet, rules = way_of(asked)
    try:
        reading = extract(pages_of(asked), rules=rules, outlet=outlet, thorough=asked["thorough"])
    except CrawlError as error:
        return digest_of(type(error).__name__, str(error))
    decided = topic.decide(reading.article.headline, reading.article.text)
    return digest_of(reading, decided)


def orders(names: list[str], order: str) -> list[str]:
    """The names as they are to be read."""
    return {"as-is": names, "reversed": names[::-1], "twice": [*names, *names]}[order]


def main() -> None:
    manifest: dict[str, Asked] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    topic = Topic.load()
    for name in orders(list(manifest), sys.argv[2]):
        sys.stdout.write(f"{json.dumps([name, _read(manifest[name], topic)])}\n")


if __name__ == "__main__":
    main()
