"""Pages of an import while they wait for their turn: by outlet, in the order of their capture.

Files are in no order, and a revisit may come before its response. So that any number of pages can
wait, they do so in a database file of their own, which has no name any more: however the import
ends, nothing is left of it.
"""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

from archive.errors import ArchiveError
from archive.types import Outlet, Page
from archive.urls import canonical_url
from crawler.foreign_pages import ForeignPage

__all__ = ["WaitingPages"]

_TOGETHER = timedelta(days=1)
"""Parts of one story that were captured further apart may be of different versions."""
_TABLES = """
CREATE TABLE outlet (slug TEXT PRIMARY KEY, told TEXT NOT NULL);
CREATE TABLE body (digest TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE page (page_id INTEGER PRIMARY KEY, slug TEXT NOT NULL, address TEXT NOT NULL,
    at TEXT NOT NULL, payload TEXT NOT NULL, record_id TEXT NOT NULL, url TEXT NOT NULL,
    told TEXT NOT NULL, digest TEXT NOT NULL);
CREATE TABLE revisit (revisit_id INTEGER PRIMARY KEY, told TEXT NOT NULL);
"""
_INDEXES = """
CREATE INDEX in_order ON page (slug, at, page_id);
CREATE INDEX by_address ON page (slug, address, at);
CREATE INDEX by_payload ON page (payload, url);
CREATE INDEX by_record ON page (record_id);
"""


class WaitingPages:
    """Pages that wait: `add` them all, `resolve` the revisits, then take them outlet by outlet.

    `directory` is where there is room for them. Raises ArchiveError when there is none.
    """

    def __init__(self, directory: Path) -> None:
        path = directory / f".import-{uuid4()}"
        try:
            self._database = sqlite3.connect(path, isolation_level=None)
            self._database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
            self._database.executescript(_TABLES)
        except sqlite3.Error as error:
            raise ArchiveError(f"{directory}: pages cannot wait there: {error}") from error
        finally:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def __enter__(self) -> "WaitingPages":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def _do(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        try:
            return self._database.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise ArchiveError(f"pages cannot wait for their turn: {error}") from error

    def add(self, found: ForeignPage) -> None:
        """Let a page wait, or a revisit for its response."""
        told = json.dumps(asdict(found.outlet))
        self._do("INSERT OR IGNORE INTO outlet VALUES (?, ?)", (found.outlet.slug, told))
        if found.is_revisit:
            self._do("INSERT INTO revisit (told) VALUES (?)", (_told(found),))
            return
        digest = hashlib.sha256(found.page.body).hexdigest()
        data = zlib.compress(found.page.body, 1)
        self._do("INSERT OR IGNORE INTO body VALUES (?, ?)", (digest, data))
        self._insert(found, digest=digest)

    def _insert(self, found: ForeignPage, *, digest: str) -> None:
        page = found.page
        values = (found.outlet.slug, canonical_url(page.url), _sortable(page.fetched_at),
                  found.payload, page.record_id, page.url, _told(found), digest)  # fmt: skip
        self._do(
            "INSERT INTO page (slug, address, at, payload, record_id, url, told, digest)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )

    def resolve(self) -> int:
        """Give each revisit the body that it stands on; how many have none in the files."""
        self._database.executescript(_INDEXES)
        last, orphans = 0, 0
        while rows := self._do(
            "SELECT revisit_id, told FROM revisit WHERE revisit_id > ? LIMIT 100", (last,)
        ):
            last = rows[-1][0]
            for _, told in rows:
                revisit = _found(told, body=b"")
                original = self._original(revisit)
                if original is None:
                    orphans += 1
                    continue
                page_told, digest = original
                page = _resolved(revisit, _found(page_told, body=b"").page)
                self._insert(replace(revisit, page=page, is_revisit=False), digest=digest)
        return orphans

    def _original(self, revisit: ForeignPage) -> tuple[str, str] | None:
        """What is told of the response that a revisit stands on, and its body's digest."""
        tries = (
            ("record_id = ? AND record_id != ''", (revisit.refers_to,)),
            ("payload = ? AND payload != '' AND url = ?", (revisit.payload, revisit.refers_url)),
            ("payload = ? AND payload != ''", (revisit.payload,)),
        )
        for where, values in tries:
            rows = self._do(
                f"SELECT told, digest, payload FROM page WHERE {where} ORDER BY page_id LIMIT 1",
                values,
            )
            if rows and revisit.payload in ("", rows[0][2]):
                return rows[0][0], rows[0][1]
        return None

    def outlets(self) -> list[Outlet]:
        """The outlets whose pages wait, in order of their slug."""
        rows = self._do("SELECT told FROM outlet WHERE slug IN (SELECT slug FROM page)"
                        " ORDER BY slug")  # fmt: skip
        return [Outlet(**json.loads(told)) for (told,) in rows]

    def count(self) -> int:
        """How many pages wait."""
        return int(self._do("SELECT count(*) FROM page")[0][0])

    def of(self, slug: str) -> Iterator[Page]:
        """The pages of an outlet in the order in which they were captured, one at a time."""
        at, last = "", 0
        while rows := self._do(
            "SELECT at, page_id, told, data FROM page JOIN body USING (digest)"
            " WHERE slug = ? AND (at, page_id) > (?, ?) ORDER BY at, page_id LIMIT 1",
            (slug, at, last),
        ):
            at, last, told, data = rows[0]
            yield _found(told, body=zlib.decompress(data)).page

    def nearest(self, slug: str, url: str, *, to: datetime) -> Page | None:
        """The page at an address that was captured nearest to a moment, within a day.

        One that was asked for by the very same address goes before others that mean the same.
        """
        rows = self._do(
            "SELECT url, at, page_id FROM page"
            " WHERE slug = ? AND address = ? AND at BETWEEN ? AND ?",
            (slug, canonical_url(url), _sortable(to - _TOGETHER), _sortable(to + _TOGETHER)),
        )
        if not rows:
            return None
        *_, page_id = min(
            rows, key=lambda row: (row[0] != url, abs(datetime.fromisoformat(row[1]) - to))
        )
        (row,) = self._do(
            "SELECT told, data FROM page JOIN body USING (digest) WHERE page_id = ?", (page_id,)
        )
        return _found(row[0], body=zlib.decompress(row[1])).page


def _sortable(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _told(found: ForeignPage) -> str:
    """All that is known of a page but its body, as JSON."""
    values = vars(found.page) | {"fetched_at": _sortable(found.page.fetched_at), "body": ""}
    for name in ("headers", "request_headers"):
        values[name] = [[part.decode("latin-1") for part in header] for header in values[name]]
    told = vars(found) | {"outlet": asdict(found.outlet), "page": values}
    return json.dumps(told)


def _found(told: str, *, body: bytes) -> ForeignPage:
    values = json.loads(told)
    page = values.pop("page") | {"body": body}
    page["fetched_at"] = datetime.fromisoformat(page["fetched_at"])
    for name in ("headers", "request_headers"):
        page[name] = tuple(
            (key.encode("latin-1"), value.encode("latin-1")) for key, value in page[name]
        )
    return ForeignPage(outlet=Outlet(**values.pop("outlet")), page=Page(**page), **values)


def _resolved(revisit: ForeignPage, original: Page) -> Page:
    """The page as it was answered, but for its body; a 304 has nothing else of its own either."""
    page = revisit.page
    source = f"{page.source} standing on {original.record_id or original.source}"
    if revisit.is_not_modified or not page.headers:
        return replace(
            original,
            url=page.url,
            fetched_at=page.fetched_at,
            ip_address=page.ip_address,
            record_id=page.record_id,
            source=source,
        )
    return replace(page, truncated=original.truncated, source=source)
