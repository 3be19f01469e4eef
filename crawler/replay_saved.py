"""Saved HTML read as a crawl would read it, without any request."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive.config import Settings
from archive.console import print_line
from archive.errors import ConfigError
from archive.text import content_hash
from archive.types import Outlet, Page
from archive.urls import is_fetchable, same_outlet
from crawler.outlets import chosen, known_spiders
from crawler.readers import ReadJob, ReadResult, read
from crawler.rules import Rules

__all__ = ["replay_saved", "show_saved"]

_HTML = ((b"Content-Type", b"text/html"),)


@dataclass(frozen=True, kw_only=True)
class _Saved:
    """A saved page, the address it came from, and when it was fetched."""

    file: Path
    url: str
    fetched_at: datetime


def replay_saved(
    settings: Settings, *, html: Path, url: str = "", slug: str = ""
) -> list[dict[str, Any]]:
    """What a crawl would read from one saved page at `url`, or from a folder of them.

    A folder has a `urls.json`: file name -> address, or -> {"url": …, "fetched_at": …}. Without
    `fetched_at`, a page counts as fetched when its file was last written. The outlet is the one
    whose address it is (or `slug`); a page of no known outlet is read by the generic reader.
    Raises ConfigError.
    """
    saved = _folder(html) if html.is_dir() else [_one(html, url)]
    return [_replay(settings, page, slug=slug) for page in saved]


def _one(html: Path, url: str) -> _Saved:
    if not is_fetchable(url):
        raise ConfigError(f"{html}: name the address the page came from with --url https://…")
    return _Saved(file=html, url=url, fetched_at=_written_at(html))


def _written_at(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, tz=UTC)


def _folder(folder: Path) -> Iterator[_Saved]:
    for name, entry in sorted(_index(folder).items()):
        known = entry if isinstance(entry, Mapping) else {"url": entry}
        file = folder / name
        if not file.is_file():
            raise ConfigError(f"{folder / 'urls.json'}: names {name}, which is not in the folder")
        fetched = known.get("fetched_at")
        yield _Saved(
            file=file,
            url=_one(file, str(known.get("url", ""))).url,
            fetched_at=_moment(fetched, file) if fetched else _written_at(file),
        )


def _index(folder: Path) -> dict[str, Any]:
    file = folder / "urls.json"
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except OSError:
        raise ConfigError(
            f'{file}: missing; it maps each file to its address: {{"page.html": "https://…"}}'
        ) from None
    except ValueError as error:
        raise ConfigError(f"{file}: no JSON: {error}") from None
    if not isinstance(found, dict):
        raise ConfigError(f"{file}: must be an object of file name -> address")
    return found


def _moment(text: object, file: Path) -> datetime:
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except ValueError:
        raise ConfigError(f"{file}: fetched_at {text!r} is no ISO 8601 time") from None


def _replay(settings: Settings, saved: _Saved, *, slug: str) -> dict[str, Any]:
    outlet, rules = _reader(settings, saved, slug=slug)
    page = Page(
        url=saved.url,
        status=200,
        body=saved.file.read_bytes(),
        fetched_at=saved.fetched_at,
        headers=_HTML,
    )
    job = ReadJob(
        outlet=outlet,
        rules=rules,
        pages=(page,),
        topic=settings.crawl.topic,
        limit=settings.crawl.page_limit,
        tags=settings.crawl.tag_limit,
        thorough=settings.crawl.thorough,
    )
    about = {"file": saved.file.name, "url": saved.url, "outlet": outlet.slug}
    return about | _told(read(job))


def _reader(settings: Settings, saved: _Saved, *, slug: str) -> tuple[Outlet, Rules]:
    if slug:
        spider = chosen(settings, [slug])[0]
        return spider.outlet, spider.rules_at(saved.fetched_at)
    for spider in known_spiders(settings).values():
        if same_outlet(saved.url, spider.outlet.url):
            return spider.outlet, spider.rules_at(saved.fetched_at)
    parts = urlsplit(saved.url)
    host = (parts.hostname or "").removeprefix("www.")
    return Outlet(slug=host, name=host, url=f"{parts.scheme}://{parts.netloc}"), Rules()


def _told(result: ReadResult) -> dict[str, Any]:
    told: dict[str, Any] = {"answer": result.answer.value, "detail": result.detail}
    if result.reading is None:
        return told
    article = result.reading.article
    return told | {
        **vars(article),
        "canonical": result.reading.canonical,
        "platform_id": result.reading.platform_id,
        "extractor": result.reading.extractor,
        "content_hash": content_hash(article),
        "topic": result.topic,
    }


def show_saved(results: Sequence[Mapping[str, Any]]) -> None:
    """Print what was read, for people."""
    for result in results:
        print_line(f"{result['file']}  {result['url']}", bold=True)
        if result["answer"] != "article":
            print_line(f"  {result['answer']}: {result['detail']}")
            continue
        for name in ("headline", "byline", "editor", "dateline", "published_text", "section"):
            if result[name]:
                print_line(f"  {name}: {result[name]}")
        if result["published_at"]:
            print_line(f"  published: {result['published_at']:%Y-%m-%d %H:%M} UTC "
                       f"({result['published_zone']})")  # fmt: skip
        topic = result["topic"]
        words = ", ".join(dict.fromkeys(span.text for span in topic.evidence))
        verdict = "on topic" if topic.on_topic else "off topic"
        print_line(f"  {verdict}, score {topic.score:.2f}{': ' if words else ''}{words}")
        print_line()
        print_line(str(result["text"]))
        print_line()
