"""A year of invented stories for the reading room's benchmark, written straight into the tables."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive_cost import relax
from search import FIRST, story_rows
from sqlalchemy import Connection, insert

from archive import database, schema, search_index
from archive.archive import Archive
from archive.config import ArchiveConfig

__all__ = ["OUTLETS", "Year"]

OUTLETS = 70
_BATCH = 2_000
_WORDS = 300
_VOCABULARY = 40_000
_NIGHTS = 365
_REGIONS = ("Jambi", "Jawa Timur", "Kalimantan Tengah", "Sulawesi Tenggara", "Papua")


class Year:
    """An archive of that many versions, one story in five edited, one in a hundred removed."""

    def __init__(self, folder: Path, versions: int) -> None:
        self.config = ArchiveConfig(directory=folder)
        self.stories = versions * 5 // 6
        self.versions = self.stories + len(range(0, self.stories, 5))
        self._end = datetime.now(UTC).replace(microsecond=0)
        self._numbers = {"event": 0, "capture": 0, "version": 0}

    @property
    def database(self) -> Path:
        """The file."""
        return self.config.directory / database.DATABASE

    def write(self) -> None:
        """Fill the tables and the search index."""
        Archive.create(self.config)
        engine = database.connect(self.config)
        relax(engine)
        chance = random.Random(7)
        with database.writing(engine) as connection:
            self._nights(connection)
            for start in range(0, self.stories, _BATCH):
                numbers = range(start, min(start + _BATCH, self.stories))
                self._batch(connection, numbers, chance)
        with database.writing(engine) as connection:
            search_index.rebuild(connection)
        engine.dispose()

    def story_id(self, number: int) -> str:
        """The id of a story by its number."""
        return f"{number:016x}"

    def _at(self, number: int) -> datetime:
        return self._end - timedelta(days=_NIGHTS) * (1 - number / self.stories)

    def _nights(self, connection: Connection) -> None:
        first = self._end - timedelta(days=_NIGHTS)
        runs = [{"run_id": n + 1, "started_at": first + timedelta(days=n)} for n in range(_NIGHTS)]
        connection.execute(insert(schema.run), runs)
        outlets = [
            {
                "slug": f"uji-{n}",
                "name": f"Media Uji {n}",
                "url": f"https://uji-{n}.example",
                "zone": "Asia/Jakarta",
                "region": _REGIONS[n % len(_REGIONS)],
                "recorded_at": first,
            }
            for n in range(OUTLETS)
        ]
        connection.execute(insert(schema.outlet), outlets)
        crawls = [
            {
                "crawl_id": night * OUTLETS + n + 1,
                "run_id": night + 1,
                "outlet": f"uji-{n}",
                "counts": {"candidates": 40, "looked_at": 12, "new": 4},
                "started_at": runs[night]["started_at"],
                "ended_at": runs[night]["started_at"],
                "finish_reason": "finished",
                "token": 1,
            }
            for night in range(_NIGHTS)
            for n in range(OUTLETS)
        ]
        connection.execute(insert(schema.crawl), crawls)

    def _batch(self, connection: Connection, numbers: range, chance: random.Random) -> None:
        tables = {name: getattr(schema, name) for name in (
            "story", "warc_record", "capture", "version", "reading", "reading_text",
            "version_capture", "event",
        )}  # fmt: skip
        rows: dict[str, list[dict[str, object]]] = {name: [] for name in tables}
        for number in numbers:
            for version in range(1 + (number % 5 == 0)):
                self._version(rows, number, version, _text(chance))
            if number % 100 == 99:
                self._event(rows, "gone", number, at=self._at(number) + timedelta(days=2))
        for name, table in tables.items():
            if rows[name]:
                connection.execute(insert(table), rows[name])

    def _version(
        self, rows: dict[str, list[dict[str, object]]], number: int, version: int, text: str
    ) -> None:
        at = self._at(number) + timedelta(hours=5 * version)
        shift = at - (FIRST + timedelta(minutes=5 * number + version))
        self._numbers["version"] += 1
        key, crawl_id = self._numbers["version"], number % OUTLETS + 1
        made = story_rows(number, version, text)
        names = ("story", "version", "reading", "reading_text")
        for name, found in zip(names, made, strict=True):
            for row in found:
                told = {
                    field: value + shift if isinstance(value, datetime) else value
                    for field, value in row.items()
                }
                told |= {"version_id": key} if "version_id" in row else {}
                told |= {"reading_id": key} if "reading_id" in row else {}
                rows[name].append(told)
        record = {"record_id": f"<urn:uuid:{key}>", "crawl_id": crawl_id, "type": "response"}
        record |= {"warc_file": f"kliping-{crawl_id}.warc.gz", "warc_offset": key * 900}
        rows["warc_record"].append(
            record | {"warc_length": 900, "digest": f"{key:064x}", "recorded_at": at}
        )
        capture = {"capture_id": key, "crawl_id": crawl_id, "record_id": record["record_id"]}
        capture |= {"story_id": self.story_id(number), "fetched_at": at, "recorded_at": at}
        capture |= {"url": f"https://uji-{number % OUTLETS}.example/{number}", "status": 200}
        rows["capture"].append(
            capture | {"kind": "response", "answer": "article", "payload_digest": f"{key:064x}"}
        )
        rows["version_capture"].append({"version_id": key, "capture_id": key})
        self._event(rows, "edited" if version else "new", number, at=at, version_id=key)

    def _event(
        self,
        rows: dict[str, list[dict[str, object]]],
        kind: str,
        number: int,
        *,
        at: datetime,
        version_id: int | None = None,
    ) -> None:
        self._numbers["event"] += 1
        key = self._numbers["event"]
        detail = {} if version_id is None else {"number": 1 + (kind == "edited")}
        rows["event"].append(
            {
                "event_id": key,
                "kind": kind,
                "outlet": f"uji-{number % OUTLETS}",
                "story_id": self.story_id(number),
                "version_id": version_id,
                "crawl_id": number % OUTLETS + 1,
                "occurred_at": at,
                "recorded_at": at,
                "detail": detail,
                "previous_hash": f"{key - 1:064x}",
                "hash": f"{key:064x}",
            }
        )


def _text(chance: random.Random) -> str:
    """Words as seldom as in a language: the n-th as often as 1/n, about."""
    said = [f"kata{int(_VOCABULARY ** chance.random()) - 1}" for _ in range(_WORDS)]
    said[chance.randrange(_WORDS)] = "pemilihan"
    if chance.random() < 0.05:
        said[10:12] = ["netralitas", chance.choice(["ASN", "aparatur"])]
    lines = [" ".join(said[n : n + 60]) for n in range(0, _WORDS, 60)]
    return ".\n\n".join(lines)
