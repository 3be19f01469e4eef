"""The archive from Python: each answer of docs/python.md, beside its SQL."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from chosen_database import IS_POSTGRESQL, settings_for
from prove_as_of import grow
from sightings import NIGHT_1, Nights, article
from sqlalchemy import Connection, bindparam, text

from archive import Archive
from archive.errors import ArchiveMissing, ConfigError, NotFound
from archive.schema import Moment
from archive.types import Capture

PAGE = (Path(__file__).parents[1] / "docs" / "python.md").read_text()
QUESTIONS = re.findall(
    r"^### (\d+)\. (.*?)$.*?```python\n(.*?)```.*?```sql\n(.*?)```", PAGE, re.M | re.S
)
VIEW = re.findall(r"```sql\n(CREATE TEMP VIEW.*?)```", PAGE, re.S)[0]
MOMENT = NIGHT_1 + timedelta(days=6)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    made = grow(tmp_path_factory.mktemp("archive"), seed=5, nights=12)
    yield made
    made.archive.close()


@pytest.fixture(scope="module")
def archive(grown: Nights) -> Iterator[Archive]:
    with Archive.open(grown.config) as opened:
        yield opened


def _story(archive: Archive) -> str:
    """One that was edited."""
    return max(archive.stories(), key=lambda story: (story.versions, story.story_id)).story_id


def _ask(connection: Connection, sql: str, *, story_id: str) -> list[tuple[object, ...]]:
    asked = text(sql)
    values: dict[str, object] = {"story_id": story_id, "moment": MOMENT}
    used = {name: value for name, value in values.items() if f":{name}" in sql}
    if "moment" in used:
        asked = asked.bindparams(bindparam("moment", type_=Moment()))
    return [tuple(row) for row in connection.execute(asked, used)]


def test_page_asks_ten_questions() -> None:
    assert [int(number) for number, *_ in QUESTIONS] == list(range(1, 11))


@pytest.mark.parametrize(
    ("python", "sql"), [one[2:] for one in QUESTIONS], ids=[one[1] for one in QUESTIONS]
)
def test_python_and_sql_give_the_answer(archive: Archive, python: str, sql: str) -> None:
    story_id = _story(archive)
    said: dict[str, object] = {"archive": archive, "story_id": story_id, "moment": MOMENT}
    exec(compile(python, "docs/python.md", "exec"), said)
    if IS_POSTGRESQL:
        sql = re.sub(r"-- on PostgreSQL: (.*)\nSELECT story_id, .*", r"SELECT story_id, \1", sql)
    # PostgreSQL makes no view, not even one of the session's own, in `database.reading`
    with archive.engine.connect() as connection:
        connection.execute(text(VIEW))
        told = _ask(connection, sql, story_id=story_id)
        connection.rollback()
    assert told, "nothing in the archive answers this question"
    assert said["answer"] == told


def test_archive_opens_at_its_folder_and_at_its_settings(nights: Nights, tmp_path: Path) -> None:
    with nights.night(1) as crawl:
        crawl.show("/a", article())
    settings = tmp_path / "kliping.toml"
    settings.write_text(settings_for(nights.config.directory))
    # a folder alone does not tell of a server
    folder = () if IS_POSTGRESQL else (nights.config.directory,)
    for place in (*folder, settings, str(settings), nights.config):
        with Archive.open(place) as archive:
            assert [story.url for story in archive.stories()] == ["https://media-uji.example/a"]


def test_place_without_an_archive_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="neither an archive's folder nor a settings file"):
        Archive.open(tmp_path / "tiada")
    with pytest.raises(ArchiveMissing, match="no archive at"):
        Archive.open(tmp_path)


def test_every_read_takes_a_key_and_a_moment(archive: Archive) -> None:
    story_id = _story(archive)
    url = archive.story(story_id).url
    assert archive.story(url).story_id == archive.story(story_id[:8]).story_id == story_id
    then = archive.versions(url, as_of=MOMENT)
    assert 0 < len(then) < len(archive.versions(url))
    assert archive.labels(url) == archive.labels(story_id)
    assert archive.lead_images(url) == []
    assert len(archive.events(outlet="uji-barat", limit=3)) == 3
    with pytest.raises(NotFound):
        archive.story(url, as_of=NIGHT_1 - timedelta(days=1))


def test_differences_are_told_by_field(archive: Archive) -> None:
    story_id = _story(archive)
    first, second, *_ = archive.versions(story_id)
    found = archive.diff(story_id, first.number, second.number)
    assert set(found) == set(second.changed)
    with pytest.raises(NotFound, match="no version 999"):
        archive.diff(story_id, first.number, 999)


@pytest.mark.parametrize(
    "as_of", ["2024-11-27", MOMENT.replace(tzinfo=None)], ids=["text", "no zone"]
)
def test_moment_without_a_zone_is_named(archive: Archive, as_of: Any) -> None:
    asks = (partial(archive.search, "camat"), archive.events, lambda **a: [*archive.stories(**a)])
    for ask in asks:
        with pytest.raises(NotFound, match="a datetime with its zone"):
            ask(as_of=as_of)


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda archive: list(archive.stories(status="hidup")), "live, gone"),
        (lambda archive: list(archive.stories(outlet="tiada")), "uji-barat"),
        (lambda archive: archive.search("camat", outlet="tiada"), "uji-barat"),
        (lambda archive: archive.search("camat", region="tiada"), "there are"),
        (lambda archive: archive.search("camat", status="hidup"), "live, gone"),
        (lambda archive: archive.search("camat", sort="oldest"), "newest, relevance"),
        (lambda archive: archive.search("camat", limit=0), "at least 1"),
        (lambda archive: archive.events(kind="lahir"), "new, edited"),
    ],
    ids=["status", "outlet", "outlet of a search", "region", "status of a search", "sort", "limit",
         "kind"],
)  # fmt: skip
def test_name_that_is_none_is_told_with_those_there_are(
    archive: Archive, ask: Callable[[Archive], object], told: str
) -> None:
    with pytest.raises(NotFound, match=told):
        ask(archive)


def test_search_in_python_finds_all(archive: Archive) -> None:
    hits = archive.search("camat OR lurah OR kades OR bupati")
    assert len(hits) > 20


def test_search_is_narrowed_by_name(archive: Archive) -> None:
    hits = archive.search("camat OR lurah", outlet="uji-timur", limit=2)
    assert len(hits) == 2
    assert {hit.outlet for hit in hits} == {"uji-timur"}


def test_captured_bytes_come_back(archive: Archive) -> None:
    newest = archive.versions(_story(archive))[-1]
    captured: Capture = newest.captures[0]
    page = archive.page(captured)
    assert page.url == captured.url
    assert newest.article.headline.encode() in page.body


def test_rows_of_the_export_are_a_dataframe(archive: Archive, tmp_path: Path) -> None:
    table = archive.to_dataframe(as_of=MOMENT)
    manifest = archive.export(tmp_path / "out", as_of=MOMENT, with_warc=False)
    assert manifest.as_of == MOMENT
    lines = (tmp_path / "out" / "stories.jsonl").read_text().splitlines()
    assert len(table) == len(lines) > 0
    assert isinstance(table["first_seen_at"].iloc[0].to_pydatetime(), datetime)
    assert str(table["first_seen_at"].dt.tz) == "UTC"
    assert set(table["story_id"]) == {story.story_id for story in archive.stories(as_of=MOMENT)}
