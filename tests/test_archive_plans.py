"""What is asked all the time is found by an index in an archive of some size, on both databases."""

import random
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from sightings import Nights, article
from sqlalchemy import Connection, Engine, Table, insert, select, text

from archive import schema
from archive.database import writing
from archive.search import search
from archive.search_index import rebuild

_STORIES = 10
_ALIKE = 5
_COPIES = 100
_SMALL = {"run", "outlet", "crawl", "lease", "takedown", "tombstone", "label", "fixity", "snapshot"}
"""Tables that do not grow with the stories."""
_UNIQUE = {"url", "warc_file", "hash", "previous_hash"}
_WALKED = re.compile(r"(?:SCAN|Seq Scan on) (\w+)\b(?! VIRTUAL TABLE INDEX 0:M)")
"""Where a virtual table is asked for words (M), nothing is walked through."""


def _text(number: int) -> str:
    chance = random.Random(number)
    words = (f"kata{chance.randrange(5_000)}" for _ in range(80))
    return f"Camat nomor{number} diminta netral. {' '.join(words)}"


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    """Ten stories, copies of one, and the rows of each a hundred times more under other keys."""
    nights = Nights(tmp_path_factory.mktemp("besar") / "archive")
    with nights.night() as night:
        for number in range(_STORIES):
            night.show(f"/{number}", article(_text(number)), platform_id=f"wp:{number}")
        for number in range(_ALIKE):
            night.show(f"/salinan-{number}", article(f"{_text(0)} Halaman {number}."))
    with writing(nights.archive.engine) as connection:
        for table in schema.metadata.sorted_tables:
            if table.name not in _SMALL:
                _multiply(connection, table)
        rebuild(connection)
    _count_anew(nights.archive.engine)
    yield nights
    nights.archive.close()


def _count_anew(engine: Engine) -> None:
    """What a planner goes by, as PostgreSQL's own keeper of tables would; its lists are emptied."""
    statement = "ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(statement))


def _multiply(connection: Connection, table: Table) -> None:
    rows = connection.execute(select(table)).mappings().all()
    more = [
        {column.name: _other(column, row[column.name], copy) for column in table.columns}
        for copy in range(1, _COPIES + 1)
        for row in rows
    ]
    if more:
        connection.execute(insert(table), more)


def _other(column: Any, value: Any, copy: int) -> Any:
    """The value in a copied row: keys, and what must differ, differ; all else is the same."""
    leads_to = {key.column.table.name for key in column.foreign_keys}
    if value is None or leads_to & _SMALL:
        return value
    if column.name == "band":
        return value ^ random.getrandbits(60)
    is_key = column.primary_key or leads_to or column.name.endswith("_id")
    if isinstance(value, int):
        return value + copy * 100_000 if is_key else value
    return _another(value, copy) if is_key or column.name in _UNIQUE else value


def _another(value: str, copy: int) -> str:
    """As long as the value where that is hex digits: columns have room for no more."""
    if re.fullmatch(r"[0-9a-f]{16,}", value):
        return sha256(f"{value}{copy}".encode()).hexdigest()[: len(value)]
    return f"{value}{copy}"


def _walked(steps: list[str]) -> list[str]:
    """Those that walk through a table that grows."""
    names = [(_WALKED.search(step), step) for step in steps]
    return [step for found, step in names if found and found[1] not in {*_SMALL, "found"}]


def test_archive_has_some_size(grown: Nights) -> None:
    assert grown.rows(text("SELECT count(*) FROM story")) == [
        ((_STORIES + _ALIKE) * (_COPIES + 1),)
    ]


def test_story_that_is_unchanged_is_found_by_indexes(grown: Nights) -> None:
    with grown.night(2) as night, grown.explained(as_chosen=True) as steps:
        assert night.show("/7", article(_text(7)), platform_id="wp:7").kind == "unchanged"
    assert _walked(steps) == []


def test_copies_of_a_new_story_are_found_by_indexes(grown: Nights) -> None:
    with grown.night(3) as night, grown.explained(as_chosen=True) as steps:
        assert night.show("/salinan", article(f"{_text(3)} Selesai.")).kind == "new"
    members = select(schema.cluster_member.c.story_id).distinct()
    assert len(grown.rows(members)) >= 2
    assert _walked(steps) == []


def test_stories_with_a_word_are_found_by_indexes(grown: Nights) -> None:
    with grown.explained(as_chosen=True) as steps:
        assert search(grown.archive.engine, "salinannya") == []
        assert search(grown.archive.engine, "nomor5")
    # the stories that were found are joined as suits their number
    assert [step for step in _walked(steps) if "reading_search" in step.partition(":")[0]] == []
