"""A database whose own description of its tables is damaged is told of, not run into."""

from pathlib import Path

import pytest

from archive import database
from archive.archive import Archive
from archive.backup import backup
from archive.config import ArchiveConfig
from archive.errors import ArchiveError
from archive.repair import repair

pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize("letter", [b"\xcb", b"#"], ids=["not-utf-8", "ascii"])
def test_damaged_table_description_is_an_archive_error(tmp_path: Path, letter: bytes) -> None:
    config = ArchiveConfig(directory=tmp_path / "archive")
    Archive.create(config)
    file = config.directory / "kliping.sqlite"
    whole = file.read_bytes()
    assert b"CREATE TABLE story (" in whole
    file.write_bytes(whole.replace(b"CREATE TABLE story (", b"CRE" + letter + b"TE TABLE story ("))
    engine = database.connect(config)
    with pytest.raises(ArchiveError, match="could not be read"):
        database.require_current(engine)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        pytest.param(b"sqlite_autoindex_outlet_1", b"sqlite_autoindex_o\xcbtlet_1", id="a name"),
        pytest.param(b"sqlite_autoindex_story_1", b"sqlite_autoi\xeedex_story_1", id="an index"),
        pytest.param(b"CREATE TABLE story (", b"CRE\xcbTE TABLE story (", id="what a table is"),
    ],
)
def test_damaged_table_description_is_repaired(tmp_path: Path, was: bytes, becomes: bytes) -> None:
    config, copy = ArchiveConfig(directory=tmp_path / "archive"), tmp_path / "copy"
    Archive.create(config)
    backup(config, copy)
    file = config.directory / "kliping.sqlite"
    whole = file.read_bytes()
    assert was in whole
    file.write_bytes(whole.replace(was, becomes))
    done = repair(config, copy)
    assert done.is_whole
    assert done.after is not None
    assert done.after.findings == ()
