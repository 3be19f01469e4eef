"""Hand-made looks at invented stories, and an archive that records them night by night."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from archive_rows import FRONT, NIGHT_1, OUTLET, TOPIC, Clock
from archive_rows import article as short_article
from chosen_database import IS_POSTGRESQL, url_for
from sqlalchemy import Executable
from sqlalchemy.event import listen, remove

from archive import database
from archive.archive import Archive
from archive.config import ArchiveConfig
from archive.types import (
    Answer,
    Article,
    Crawl,
    Outcome,
    Outlet,
    Page,
    Sighting,
    TopicDecision,
)

__all__ = [
    "FRONT",
    "NIGHT_1",
    "OFF_TOPIC",
    "OUTLET",
    "TEXT",
    "Night",
    "Nights",
    "address",
    "answered",
    "article",
    "page",
    "shown",
]

OFF_TOPIC = TopicDecision(on_topic=False, score=0.1, topic=TOPIC.topic)
TEXT = (
    "Panitia pengawas mengingatkan camat agar tidak berpihak dalam pemilihan.\n\n"
    "Ia diminta menjaga netralitas sebagai aparatur sipil negara sampai hari pemungutan suara.\n\n"
    "Camat itu menyatakan siap mengikuti pemeriksaan yang dijadwalkan pekan depan."
)

_BY_STATUS = {304: Answer.NOT_MODIFIED, 403: Answer.CHALLENGE, 404: Answer.MISSING,
              410: Answer.MISSING, 429: Answer.CHALLENGE}  # fmt: skip


def article(text: str = TEXT, **changes: object) -> Article:
    """An invented story; `text` and every other field as asked."""
    headline = str(changes.pop("headline", "Camat Diminta Netral"))
    return short_article(headline, text=str(changes.pop("text", text)), **changes)


def address(path: str) -> str:
    """The whole address of a path on the invented outlet."""
    return path if "://" in path else FRONT + path


def page(path: str, *, at: datetime, status: int = 200, body: bytes = b"", **more: Any) -> Page:
    """One exchange; the validator it brings depends on its body."""
    tag = hashlib.sha256(body).hexdigest()[:8].encode()
    values: dict[str, Any] = {
        "url": address(path),
        "status": status,
        "body": body,
        "fetched_at": at,
        "headers": ((b"Content-Type", b"text/html"), (b"ETag", b'"' + tag + b'"')),
        "request_headers": ((b"User-Agent", b"Kliping/uji"),),
    }
    return Page(**(values | more))


def shown(
    path: str, found: Article, *, at: datetime, via: tuple[str, ...] = (), **changes: Any
) -> Sighting:
    """A look that found a story at `path`, after a redirect from each address of `via`."""
    body = changes.pop("body", f"<h1>{found.headline}</h1>{found}".encode("utf-8", "replace"))
    pages = [page(step, at=at, status=301) for step in via]
    values: dict[str, Any] = {
        "outlet": OUTLET.slug,
        "url": address(via[0] if via else path),
        "answer": Answer.ARTICLE,
        "pages": (*pages, page(path, at=at, body=body)),
        "parts": (address(path),),
        "article": found,
        "extractor": "uji/1",
        "topic": TOPIC,
    }
    return Sighting(**(values | changes))


def answered(path: str, status: int, *, at: datetime, **changes: Any) -> Sighting:
    """A look that found no story: its answer is what the status means."""
    values: dict[str, Any] = {
        "outlet": OUTLET.slug,
        "url": address(path),
        "answer": _BY_STATUS.get(status, Answer.ERROR),
        "pages": (page(path, at=at, status=status),),
        "parts": (address(path),) if status == 304 else (),
    }
    return Sighting(**(values | changes))


@dataclass
class Night:
    """One crawl while it runs; `gone` is what it proved when it closed."""

    nights: "Nights"
    crawl: Crawl
    looked_at: datetime = NIGHT_1
    """The moment of its last look."""
    gone: Mapping[str, datetime] = field(default_factory=dict)

    def show(self, path: str, found: Article, **changes: Any) -> Outcome:
        """Record that a story was found."""
        due = changes.pop("next_visit_at", None)
        return self.record(shown(path, found, at=self.nights.clock(), **changes), due=due)

    def answer(self, path: str, status: int, **changes: Any) -> Outcome:
        """Record an answer without a story."""
        return self.record(answered(path, status, at=self.nights.clock(), **changes))

    def record(self, sighting: Sighting, *, due: datetime | None = None) -> Outcome:
        """Record a look made elsewhere."""
        self.looked_at = sighting.seen_at
        return self.nights.archive.record(self.crawl, sighting, next_visit_at=due)


class Nights:
    """A fresh archive whose crawls a test plays at the moments it likes."""

    def __init__(self, directory: Path, **settings: Any) -> None:
        chosen = {"database_url": url_for(directory)}
        self.config = ArchiveConfig(directory=directory, **(chosen | settings))
        Archive.create(self.config)
        self.clock = Clock(NIGHT_1)
        self.archive = Archive(self.config, clock=self.clock)

    def another_outlet(self) -> Outlet:
        """An outlet never visited: cheaper than an archive of its own."""
        return replace(OUTLET, slug=f"uji-{len(self.archive.outlets())}")

    def begin(self, number: float, *, outlet: Outlet = OUTLET) -> Night:
        """A crawl that nobody closes."""
        self.clock.now = max(self.clock.now, NIGHT_1 + timedelta(days=number - 1))
        return Night(self, self.archive.begin_crawl(outlet))

    @contextmanager
    def night(
        self, number: float = 1, *, outlet: Outlet = OUTLET, complete: bool = True
    ) -> Iterator[Night]:
        """A crawl that begins at 18:30 UTC of a night (2.25 is six hours after night 2 began)."""
        night = self.begin(number, outlet=outlet)
        yield night
        night.gone = self.archive.close_crawl(
            night.crawl, reason="finished", counts={}, complete=complete
        )

    @contextmanager
    def explained(self, *, as_chosen: bool = False) -> Iterator[list[str]]:
        """The statements run inside that walk through a table; filled at the end.

        To take the first rows of a table in the order of its key is no walk. PostgreSQL is told to
        avoid walks, unless the plans are wanted `as_chosen`, which depends on sizes (ANALYZE).
        """
        said: list[tuple[str, Any]] = []
        walked: list[str] = []

        def hear(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
            said.append((statement, values))

        listen(self.archive.engine, "before_cursor_execute", hear)
        yield walked
        remove(self.archive.engine, "before_cursor_execute", hear)
        for statement, values in said:
            # what SQLite tells of an INSERT is how it would look for children of a deferred key
            is_head = "WHERE" not in statement and "LIMIT" in statement
            if statement.startswith(("SELECT", "UPDATE", "WITH")) and not is_head:
                walked += self._scans(statement, values, as_chosen=as_chosen)

    def _scans(self, statement: str, values: Any, *, as_chosen: bool) -> list[str]:
        if IS_POSTGRESQL:
            return self._sequential(statement, values, as_chosen=as_chosen)
        with database.reading(self.archive.engine) as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        steps = [row[-1] for row in plan if row[-1].startswith("SCAN")]
        return [f"{step}: {statement}" for step in steps if "CONSTANT" not in step]

    def _sequential(self, statement: str, values: Any, *, as_chosen: bool) -> list[str]:
        """What PostgreSQL would walk through."""
        with database.reading(self.archive.engine) as connection:
            if not as_chosen:
                connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            plan = connection.exec_driver_sql(f"EXPLAIN {statement}", values).all()
        return [f"{row[0]}: {statement}" for row in plan if "Seq Scan" in row[0]]

    def rows(self, query: Executable) -> list[Any]:
        """What a query of the archive's tables brings."""
        with database.reading(self.archive.engine) as connection:
            return list(connection.execute(query).all())

    def change(self, statement: Executable) -> None:
        """Change rows behind the archive's back."""
        with database.writing(self.archive.engine) as connection:
            connection.execute(statement)
