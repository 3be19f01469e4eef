"""docs/postgresql.md is true: users with least rights, copies by PostgreSQL's own tools."""

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from postgres_server import (  # noqa: F401
    drop,
    fresh_database,
    postgres_server,
    postgres_url,
    programs,
    say,
)
from sightings import Nights, article
from sqlalchemy import select
from sqlalchemy.engine import URL, make_url

from archive.archive import Archive
from archive.audit import audit
from archive.backup import backup, restore
from archive.config import ArchiveConfig
from archive.errors import ArchiveError, ConfigError
from archive.repair import repair
from archive.schema import takedown, warc_record
from archive.search import search
from archive.snapshots import export
from archive.stories import find_story
from archive.types import Label

PAGE = (Path(__file__).parents[1] / "docs" / "postgresql.md").read_text(encoding="utf-8")
ROLES, RIGHTS = re.findall(r"```sql\n(.*?)```", PAGE, re.S)
USERS = ("owner", "crawl", "read")


def _statements(told: str, name: str) -> list[str]:
    """As the page has them, with names of a test's own, and with passwords for a server far off."""
    own = re.sub(r"\bkliping\b|\bkliping(?=_)", name, told).replace("LOGIN", "LOGIN PASSWORD 'uji'")
    return [one.strip() for one in own.split(";") if one.strip()]


@pytest.fixture
def users(postgres_server: URL, tmp_path: Path) -> Iterator[Mapping[str, ArchiveConfig]]:  # noqa: F811
    """An empty archive as each user of the page sees it."""
    name = f"uji_{secrets.token_hex(4)}"
    for statement in _statements(ROLES, name):
        say(postgres_server, statement)
    urls = {
        user: postgres_server.set(username=f"{name}_{user}", password="uji", database=name)
        for user in USERS
    }
    configs = {
        user: ArchiveConfig(
            directory=tmp_path / "archive",
            database_url=url.render_as_string(hide_password=False),
        )
        for user, url in urls.items()
    }
    Archive.create(configs["owner"])
    for statement in _statements(RIGHTS, name):
        say(urls["owner"], statement)
    yield configs
    drop(postgres_server, name)
    for user in USERS:
        say(postgres_server, f"DROP ROLE {name}_{user}")


@pytest.fixture
def filled(users: Mapping[str, ArchiveConfig]) -> Iterator[Nights]:
    """A night of two stories and a decision, kept by the crawling user."""
    config = users["crawl"]
    made = Nights(config.directory, database_url=config.database_url)
    with made.night() as night:
        night.show("/camat", article())
        night.show("/kades", article("Kades diperiksa."))
    story_id = find_story(made.archive.engine, "https://media-uji.example/camat").story_id
    made.archive.label(story_id, Label(field="topic", value="no", made_by="Rina", reason="Bukan"))
    yield made
    made.archive.close()


def test_crawling_user_keeps_edits_and_audits(filled: Nights) -> None:
    with filled.night(2) as night:
        assert night.show("/camat", article("Diubah.")).kind == "suspect"
        assert night.show("/lurah", article("Lurah pun diperiksa.")).kind == "new"
    assert audit(filled.archive.engine, filled.archive.warc_directory).is_clean


def test_reading_user_reads_everything_and_writes_but_what_it_exported(
    filled: Nights, users: Mapping[str, ArchiveConfig], tmp_path: Path
) -> None:
    with closing(Archive(users["read"], clock=filled.clock)) as archive:
        found = {hit.url.rpartition("/")[2] for hit in search(archive.engine, "camat")}
        assert found == {"camat", "kades"}
        assert audit(archive.engine, archive.warc_directory).is_clean
        export(archive.engine, archive.warc_directory, tmp_path / "terbitan")
        refused = "permission denied.*; docs/postgresql.md tells which rights"
        with pytest.raises(ArchiveError, match=refused) as told:
            archive.begin_run()
    assert "\n" not in str(told.value)
    assert "'uji'" not in str(told.value)


def test_takedown_ends_only_as_the_owner_of_the_tables(
    filled: Nights, users: Mapping[str, ArchiveConfig]
) -> None:
    story_id = find_story(filled.archive.engine, "https://media-uji.example/camat").story_id
    settled = select(takedown.c.settled_at)
    filled.archive.take_down(story_id, reason="Putusan Dewan Pers", made_by="Rina")
    assert filled.rows(settled) == [(None,)]
    with closing(Archive(users["owner"], clock=filled.clock)) as archive:
        archive.take_down(story_id, reason="Putusan Dewan Pers", made_by="Rina")
    assert filled.rows(settled) != [(None,)]
    assert audit(filled.archive.engine, filled.archive.warc_directory).is_clean


# -- copies ----------------------------------------------------------------------------------------


def _commands(told: pytest.ExceptionInfo[ConfigError]) -> list[str]:
    """The commands that an error names."""
    return str(told.value).partition("own tools: ")[2].split(" && ")


def _run(command: str, config: ArchiveConfig) -> None:
    own = programs()
    path = f"{own}:{os.environ['PATH']}" if own else os.environ["PATH"]
    if shutil.which("pg_dump", path=path) is None:
        pytest.skip("BACKUP ON POSTGRESQL NOT TESTED: pg_dump is not installed (postgresql-client)")
    password = make_url(config.database_url).password or ""
    environment = os.environ | {"PATH": path, "PGPASSWORD": password}
    subprocess.run(["sh", "-ec", command], check=True, env=environment, timeout=100)


@pytest.fixture
def original(tmp_path: Path, postgres_url: str) -> Iterator[Nights]:  # noqa: F811
    made = Nights(tmp_path / "asal", database_url=postgres_url)
    with made.night() as night:
        night.show("/camat", article())
    yield made
    made.archive.close()


@pytest.fixture
def copied(
    original: Nights,
    postgres_server: URL,  # noqa: F811
    tmp_path: Path,
) -> Iterator[Nights]:
    """What the printed commands made of an archive that was crawled meanwhile."""
    with pytest.raises(ConfigError) as told:
        backup(original.config, tmp_path / "salinan itu")
    night = original.begin(2)
    night.show("/kades", article("Kades diperiksa."))
    *dumping, copying = _commands(told)
    _run(" && ".join(dumping), original.config)
    night.show("/lurah", article("Lurah pun diperiksa."))
    _run(copying, original.config)
    with fresh_database(postgres_server) as url:
        config = ArchiveConfig(directory=tmp_path / "pulih", database_url=url)
        with pytest.raises(ConfigError) as told:
            restore(config, tmp_path / "salinan itu")
        _run(" && ".join(_commands(told)), config)
        made = Nights(config.directory, database_url=url)
        yield made
        made.archive.close()


def test_copy_by_the_printed_commands_is_the_archive_of_the_dump(copied: Nights) -> None:
    found = audit(copied.archive.engine, copied.archive.warc_directory)
    assert found.findings == ()
    urls = [story.url.rpartition("/")[2] for story in copied.archive.stories()]
    assert sorted(urls) == ["camat", "kades"]


def test_damaged_members_are_put_back_from_such_a_copy(copied: Nights, tmp_path: Path) -> None:
    [row] = copied.rows(select(warc_record).order_by(warc_record.c.warc_offset.desc()).limit(1))
    path = copied.archive.warc_directory / row.warc_file
    whole = path.read_bytes()
    at = row.warc_offset + row.warc_length // 2
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    done = repair(copied.config, tmp_path / "salinan itu")
    assert len(done.members) == 1
    assert path.read_bytes() == whole
    assert done.after
    assert done.after.findings == ()
