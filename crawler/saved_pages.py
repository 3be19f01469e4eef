"""Saved pages as a person names them: which files, where each came from, when it was fetched."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.console import zoned
from archive.errors import ConfigError
from archive.urls import is_fetchable

__all__ = ["FILE_TIME", "SavedAsked", "SavedPage", "saved_pages"]

FILE_TIME = "the file's time"
_INDEX = "urls.json"
_EXPECTED = '{"page.html": "https://…"} or {"page.html": {"url": "https://…", "fetched_at": "…"}}'
_KEYS = frozenset({"url", "fetched_at"})


@dataclass(frozen=True, kw_only=True)
class SavedAsked:
    """What to read: a page at `url`, or a folder with a urls.json, of the outlet `slug` or of any.

    `fetched_at` holds for every page of which nothing else tells when it was fetched.
    """

    html: Path
    url: str = ""
    slug: str = ""
    fetched_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class SavedPage:
    """A saved page, the address it came from, and when it was fetched."""

    file: Path
    url: str
    fetched_at: datetime
    fetched_from: str
    """What says so: `--fetched`, `urls.json`, or `FILE_TIME`, when it was last written."""


def saved_pages(asked: SavedAsked) -> list[SavedPage]:
    """The pages asked for; those of a folder in the order of their file names.

    Raises ConfigError that says what is expected.
    """
    if asked.html.is_dir():
        return list(_folder(asked))
    if not is_fetchable(asked.url):
        raise ConfigError(f"{asked.html}: name the address the page came from with --url https://…")
    return [_page(asked, asked.html, {"url": asked.url})]


def _folder(asked: SavedAsked) -> Iterator[SavedPage]:
    index = asked.html / _INDEX
    if asked.url:
        raise ConfigError(f"--url is for one page; {index} names the addresses of a folder's pages")
    for name, entry in sorted(_entries(index).items()):
        file = asked.html / name
        if not file.is_file():
            raise ConfigError(f"{index}: names {name!r}, which is no file in the folder")
        known = {"url": entry} if isinstance(entry, str) else entry
        if not isinstance(known, Mapping) or not is_fetchable(str(known.get("url", ""))):
            raise ConfigError(f"{index}: {name}: {_short(entry)} will not do; write {_EXPECTED}")
        if unknown := sorted(set(known) - _KEYS):
            raise ConfigError(f"{index}: {name}: unknown key {unknown[0]!r}; write {_EXPECTED}")
        yield _page(asked, file, known)


def _short(entry: object) -> str:
    return json.dumps(entry, ensure_ascii=False)[:80]


def _entries(index: Path) -> dict[str, Any]:
    try:
        found = json.loads(index.read_text(encoding="utf-8"))
    except OSError:
        raise ConfigError(
            f"{index}: missing; it maps each file to its address: {_EXPECTED}"
        ) from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{index}: no JSON: {error}; write {_EXPECTED}") from None
    if not isinstance(found, dict) or not found:
        raise ConfigError(f"{index}: must be an object that names at least one file: {_EXPECTED}")
    return found


def _page(asked: SavedAsked, file: Path, known: Mapping[str, Any]) -> SavedPage:
    at, source = _fetched(asked, file, known.get("fetched_at"))
    return SavedPage(file=file, url=str(known["url"]), fetched_at=at, fetched_from=source)


def _fetched(asked: SavedAsked, file: Path, named: object) -> tuple[datetime, str]:
    if named:
        try:
            return zoned(str(named)), _INDEX
        except (ValueError, OverflowError) as error:
            raise ConfigError(
                f"{file.parent / _INDEX}: {file.name}: fetched_at: {error}; "
                "write it like 2024-11-27T08:30+07:00"
            ) from None
    if asked.fetched_at:
        return asked.fetched_at, "--fetched"
    return datetime.fromtimestamp(file.stat().st_mtime, tz=UTC), FILE_TIME
