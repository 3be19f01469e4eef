"""A database whose own description of its tables is damaged is told of, not run into."""

from pathlib import Path

import pytest
from chosen_database import IS_POSTGRESQL

from archive import database
from archive.archive import Archive
from archive.config import ArchiveConfig
from archive.errors import ArchiveError

pytestmark = pytest.mark.skipif(IS_POSTGRESQL, reason="is about SQLite's file")


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
