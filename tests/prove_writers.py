"""Prove that four processes write one archive: no lock errors, no lost rows.

`prove_writers.py [--stories N] [--database URL]`: four outlets, each its own process and crawl,
then four processes that contend for one outlet. Every acknowledged story must be there afterwards,
the chain of events whole, and each record's bytes in their place. Without a URL: on SQLite, then on
a PostgreSQL of the tests' own.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from archive_rows import NIGHT_1, OUTLET, Clock
from postgres_server import WHY_NOT, fresh_database, server
from sightings import TEXT, article, shown
from sqlalchemy import func, select

from archive import database
from archive.archive import Archive
from archive.config import ArchiveConfig
from archive.errors import ArchiveError, LeaseHeld
from archive.ledger import chain_faults
from archive.schema import story, warc_record

__all__ = ["WRITERS", "Proof", "prove"]

WRITERS = 4
_CONTENDED = "diperebutkan"


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What came of it; `problems` is empty when nothing was lost and no lock was met."""

    acknowledged: int
    refused: int
    """Crawls that were told, in one line, that another process works on the outlet."""
    problems: tuple[str, ...]


def prove(config: ArchiveConfig, *, stories: int) -> Proof:
    """Let the writers write a fresh archive, and compare what they were told with what is there."""
    Archive.create(config)
    own = _together(config, [f"uji-{number}" for number in range(WRITERS)], stories=stories)
    same = _together(config, [_CONTENDED] * WRITERS, stories=stories)
    said = [line.split() for line in (*own, *same)]
    known = {address for word, address in said if word == "kept"}
    refused = sum(word == "held" for word, _ in said)
    problems = [" ".join(words) for words in said if words[0] not in {"kept", "held"}]
    return Proof(
        acknowledged=len(known), refused=refused, problems=(*problems, *_faults(config, known))
    )


def _together(config: ArchiveConfig, slugs: Iterable[str], *, stories: int) -> list[str]:
    """What one process for each outlet said, a line each; all of them start at one moment."""
    start = str(time.time() + 2)
    command = [sys.executable, __file__, "--write", str(config.directory), str(stories), start]
    children = [
        subprocess.Popen(
            [*command, "--database", config.database_url, "--slug", f"{slug}"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for slug in slugs
    ]  # fmt: skip
    return [
        line if line.startswith(("kept ", "held ", "error ")) else f"error {line}"
        for child in children
        for line in child.communicate()[0].splitlines()
    ]


def _faults(config: ArchiveConfig, known: set[str]) -> list[str]:
    opened = Archive(config, clock=Clock(NIGHT_1))
    with database.reading(opened.engine) as connection:
        found = set(connection.scalars(select(story.c.url)))
        count = connection.scalar(select(func.count()).select_from(story))
        broken = chain_faults(connection)
        records = connection.execute(select(warc_record)).all()
    lost = [f"lost {address}" for address in sorted(known - found)]
    twice = [] if count == len(found) else ["a story is there twice"]
    for row in records:
        held = (opened.warc_directory / row.warc_file).read_bytes()[row.warc_offset :]
        if sha256(held[: row.warc_length]).hexdigest() != row.digest:
            broken.append(f"record {row.record_id} is not in its place")
    opened.close()
    return lost + twice + broken


# -- one writer ------------------------------------------------------------------------------------


def _write(config: ArchiveConfig, slug: str, *, stories: int) -> None:
    """One crawl, by this process; each acknowledged story is said at once."""
    outlet = replace(OUTLET, slug=slug, url=f"https://{slug}.example")
    archive = Archive(config, clock=Clock(NIGHT_1))
    try:
        crawl = archive.begin_crawl(outlet)
    except LeaseHeld as error:
        _say("held", str(error).split()[2])
        return
    for number in range(stories):
        address = f"{outlet.url}/{number}"
        found = article(f"{TEXT}\n\nCatatan {slug} nomor {number}.", headline=f"{slug} {number}")
        archive.record(crawl, shown(address, found, at=NIGHT_1, outlet=slug))
        _say("kept", address)
    archive.close_crawl(crawl, reason="finished", counts={}, complete=True)
    archive.close()


def _say(word: str, what: str) -> None:
    _tell(f"{word} {what}")


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=100)
    parser.add_argument("--database", default="")
    parser.add_argument("--slug", default="")
    parser.add_argument("--write", nargs=3, metavar=("FOLDER", "STORIES", "START"))
    asked = parser.parse_args()
    if asked.write:
        folder, stories, start = asked.write
        config = ArchiveConfig(directory=Path(folder), database_url=asked.database)
        time.sleep(max(0.0, float(start) - time.time()))
        try:
            _write(config, asked.slug, stories=int(stories))
        except ArchiveError as error:
            _say("error", str(error))
        return 0
    return _prove_both(asked.stories, asked.database)


def _prove_both(stories: int, url: str) -> int:
    failed = False
    with ExitStack() as stack:
        urls = [url] if url else ["", *_own_postgresql(stack)]
        for each in urls:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            proof = prove(ArchiveConfig(directory=folder, database_url=each), stories=stories)
            failed |= bool(proof.problems)
            name = "PostgreSQL" if each else "SQLite"
            _tell(
                f"{name}: {WRITERS} writers, {proof.acknowledged} stories acknowledged, "
                f"{proof.refused} crawls refused for the lease, {len(proof.problems)} problems"
            )
            for problem in proof.problems[:10]:
                _tell(f"  {problem}")
    return int(failed)


def _own_postgresql(stack: ExitStack) -> list[str]:
    running = stack.enter_context(server())
    if running is None:
        _tell(WHY_NOT)
        return []
    return [stack.enter_context(fresh_database(running))]


if __name__ == "__main__":
    sys.exit(_main())
