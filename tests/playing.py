"""Crawls in child processes against servers on loopback, and what the archive then holds."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from chosen_database import url_for
from sqlalchemy import Engine, RowMapping, Table, select

from archive import database, schema
from archive.archive import Archive
from archive.config import Settings
from crawler.visit import Report, Request, visit

ROOT = Path(__file__).parents[1]
_KLIPING = "from scheduler.cli import main; main()"
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if "proxy" not in name.lower()},
    "PYTHONPATH": str(ROOT),
    "PYTHONWARNINGS": "error",
}


@dataclass(frozen=True)
class Place:
    """A folder with a kliping.toml and an archive, in which crawls are played."""

    file: Path

    @classmethod
    def make(
        cls,
        directory: Path,
        connect_to: Mapping[str, str],
        *,
        outlets: Sequence[Mapping[str, str]] = (),
        database_url: str = "",
        **crawl: Any,
    ) -> "Place":
        """A new place; `crawl` holds [crawl] values, above those that suit nights in minutes."""
        values = {"contact": "https://example.org", "delay": 0, "confirm_after": "0s"} | crawl
        url = database_url or url_for(directory)
        lines = ["[archive]", *_lines({"database_url": url})] if url else []
        lines += ["[crawl]", *_lines(values), "[crawl.connect_to]", *_lines(connect_to)]
        for outlet in outlets:
            lines += ["[[outlet]]", *_lines(outlet)]
        directory.mkdir(parents=True, exist_ok=True)
        place = cls(directory / "kliping.toml")
        place.file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        Archive.create(place.settings.archive)
        return place

    @property
    def settings(self) -> Settings:
        """Its settings as a crawl reads them."""
        return Settings.load(self.file)

    @cached_property
    def engine(self) -> Engine:
        """Its database, to read."""
        return database.connect(self.settings.archive)

    def night(self, *slugs: str, revisit: str = "due") -> Report:
        """A run of two or more outlets, each in its child process."""
        assert len(slugs) > 1, "one outlet would be crawled in this process, and only once"
        return visit(
            Request(
                settings=self.settings,
                config_file=self.file,
                slugs=slugs,
                revisit=revisit,
                quiet=True,
            )
        )

    def crawl(self, slug: str, *arguments: object) -> dict[str, Any]:
        """The end of one outlet's crawl: outlet, reason, failure, counts."""
        done = self.kliping("crawl", slug, "--json", *arguments)
        assert done.stdout, done.stderr
        end: dict[str, Any] = json.loads(done.stdout)["crawls"][0]
        return end

    def kliping(self, *arguments: object) -> "subprocess.CompletedProcess[str]":
        """A command, run to its end."""
        with self.started(*arguments) as process:
            try:
                out, err = process.communicate(timeout=100)
            finally:
                process.kill()
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def started(self, *arguments: object, program: str = _KLIPING) -> "subprocess.Popen[str]":
        """A command under way; `program` is Python that runs it."""
        return subprocess.Popen(
            (sys.executable, "-c", program, "--config", str(self.file), *map(str, arguments)),
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def rows(self, table: Table) -> list[RowMapping]:
        """Every row of a table, in the order of its key."""
        with database.reading(self.engine) as connection:
            order = list(table.primary_key)
            return list(connection.execute(select(table).order_by(*order)).mappings())

    def problems(self) -> list[RowMapping]:
        """What went wrong, of all crawls."""
        return self.rows(schema.problem)


def _lines(values: Mapping[str, Any]) -> list[str]:
    # a JSON string, number or boolean is TOML, too
    return [f"{json.dumps(key)} = {json.dumps(value)}" for key, value in values.items()]
