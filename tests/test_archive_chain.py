"""What ties snapshots together and who vouches for them: chain, keys, timestamps."""

import base64
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from archive_rows import NIGHT_1, Newsroom, article, newsroom, three_nights
from authority import Authority, authority
from sqlalchemy import select

from archive import database, keys, timestamps
from archive.chain import Seal, chain_faults, statement_bytes
from archive.errors import ArchiveError, ConfigError, NotFound
from archive.schema import event, snapshot
from archive.snapshots import export

NIGHT_2 = NIGHT_1 + timedelta(days=1)
AFTER = {night: NIGHT_1 + timedelta(days=night - 1, hours=12) for night in (1, 2, 3)}


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Newsroom]:
    made = three_nights(tmp_path / "archive")
    yield made
    made.archive.close()


def _chain(made: Newsroom, dest: Path, **options: Any) -> dict[str, Any]:
    export(made.archive.engine, made.warc_directory, dest, **options)
    found: dict[str, Any] = json.loads((dest / "chain.json").read_text())
    return found


def test_statement_names_the_manifest_and_the_newest_event(
    nights: Newsroom, tmp_path: Path
) -> None:
    said = _chain(nights, tmp_path / "out", as_of=AFTER[1])["statement"]
    with database.reading(nights.archive.engine) as connection:
        newest = connection.execute(
            select(event).where(event.c.recorded_at <= AFTER[1]).order_by(event.c.event_id.desc())
        ).first()
    assert newest is not None
    assert said["events"] == {"number": newest.event_id, "hash": newest.hash}
    assert said["previous"] is None
    assert said["as_of"] == "2024-11-06T06:30:00Z"


def test_each_snapshot_names_the_one_before(nights: Newsroom, tmp_path: Path) -> None:
    first = _chain(nights, tmp_path / "1", as_of=AFTER[1])
    second = _chain(nights, tmp_path / "2", as_of=AFTER[2])
    third = _chain(nights, tmp_path / "3", as_of=AFTER[3])
    for before, after in ((first, second), (second, third)):
        said = after["statement"]["previous"]
        assert said["statement_sha256"] == before["statement_sha256"]
        assert said["manifest_sha256"] == before["statement"]["manifest_sha256"]


def test_snapshot_of_the_same_moment_is_the_same_chain_and_one_row(
    nights: Newsroom, tmp_path: Path
) -> None:
    _chain(nights, tmp_path / "0", as_of=AFTER[1])
    key = keys.signing_key(keys.make(tmp_path / "keys", "default").file.parent, "")
    for name in ("1", "2"):
        _chain(nights, tmp_path / name, as_of=AFTER[2], seal=Seal(key=key))
    once, again = ((tmp_path / name / "chain.json").read_bytes() for name in ("1", "2"))
    assert once == again
    with database.reading(nights.archive.engine) as connection:
        rows = connection.execute(select(snapshot.c.place, snapshot.c.format)).all()
    assert [tuple(row) for row in rows] == [
        (str(tmp_path / "0"), "jsonl"),
        (f"{tmp_path / '1'}\n{tmp_path / '2'}", "jsonl"),
    ]


def test_archive_that_cannot_be_written_is_exported_all_the_same(tmp_path: Path) -> None:
    made = newsroom(tmp_path / "archive")
    made.begin(NIGHT_1)
    made.see("camat", article("Camat Netral"))
    made.close()
    with database.writing(made.archive.engine) as connection:
        connection.exec_driver_sql("DROP TABLE snapshot")
        connection.exec_driver_sql(
            "CREATE VIEW snapshot AS SELECT DISTINCT event_id AS snapshot_id, recorded_at AS as_of,"
            " recorded_at, kind AS place, kind AS format, hash AS manifest_sha256,"
            " hash AS statement_sha256 FROM event WHERE 1 = 0"
        )
    told: list[str] = []
    export(made.archive.engine, made.warc_directory, tmp_path / "out", tell=told.append)
    with pytest.raises(ArchiveError, match="could not be written"):
        export(made.archive.engine, made.warc_directory, tmp_path / "strict")
    made.archive.close()
    assert (tmp_path / "out" / "chain.json").is_file()
    assert ["cannot list it" in line for line in told] == [True]


# -- keys ------------------------------------------------------------------------------------


def test_private_key_is_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = keys.make(tmp_path / "keys", "pemantau")
    finally:
        os.umask(before)
    assert made.file.stat().st_mode & 0o777 == 0o600
    assert keys.public_key(made.file.with_suffix(".pub")) == made.public
    assert keys.keys(tmp_path / "keys") == [made]


def test_key_is_never_replaced(tmp_path: Path) -> None:
    made = keys.make(tmp_path, "pemantau")
    before = made.file.read_bytes()
    with pytest.raises(ConfigError, match="never replaced"):
        keys.make(tmp_path, "pemantau")
    assert made.file.read_bytes() == before


@pytest.mark.parametrize("name", ["", "../kunci", "Kunci", "a/b", "-a"])
def test_name_that_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="no name for a key"):
        keys.make(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_key_that_others_may_read_signs_nothing(tmp_path: Path) -> None:
    keys.make(tmp_path, "pemantau").file.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        keys.signing_key(tmp_path, "pemantau")


def test_key_that_is_named_must_be_there(tmp_path: Path) -> None:
    assert keys.signing_key(tmp_path, "") is None
    with pytest.raises(NotFound, match="keys make pemantau"):
        keys.signing_key(tmp_path, "pemantau")


@pytest.mark.parametrize("content", [b"", b"bukan kunci"], ids=["empty", "text"])
def test_file_that_is_no_key_is_named(tmp_path: Path, content: bytes) -> None:
    made = keys.make(tmp_path, "pemantau")
    for file in (made.file, made.file.with_suffix(".pub")):
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"pemantau\.key holds no private key"):
        keys.signing_key(tmp_path, "pemantau")
    with pytest.raises(ConfigError, match=r"pemantau\.pub holds no public key"):
        keys.keys(tmp_path)


def test_signature_is_of_the_statement_and_of_the_key(nights: Newsroom, tmp_path: Path) -> None:
    made, other = (keys.make(tmp_path / "keys", name) for name in ("satu", "dua"))
    key = keys.signing_key(tmp_path / "keys", "satu")
    found = _chain(nights, tmp_path / "out", seal=Seal(key=key))
    data, signature = statement_bytes(found["statement"]), found["signature"]["value"]
    assert found["signature"]["public_key"] == made.public
    assert keys.is_signed(data, public=made.public, signature=signature)
    assert not keys.is_signed(data + b" ", public=made.public, signature=signature)
    assert not keys.is_signed(data, public=other.public, signature=signature)
    assert list(chain_faults(found)) == []


def _changed(chain: dict[str, Any], path: tuple[str, ...], value: object) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(chain))
    inner = copy
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return copy


@pytest.mark.parametrize(
    "path",
    [
        ("statement", "manifest_sha256"),
        ("statement", "as_of"),
        ("statement", "events"),
        ("statement", "previous"),
        ("statement_sha256",),
        ("signature", "value"),
        ("signature", "public_key"),
        ("timestamp",),
        ("sha256",),
    ],
    ids="-".join,
)
def test_each_part_of_the_chain_that_is_changed_shows(
    nights: Newsroom, tmp_path: Path, path: tuple[str, ...]
) -> None:
    keys.make(tmp_path / "keys", "default")
    key = keys.signing_key(tmp_path / "keys", "")
    found = _chain(nights, tmp_path / "out", seal=Seal(key=key))
    assert list(chain_faults(_changed(found, path, "0" * 64))) != []


# -- timestamps ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authority(tmp_path_factory.mktemp("tsa") / "files") as made:
        yield made


def test_timestamp_says_when_the_statement_was_there(
    nights: Newsroom, tmp_path: Path, tsa: Authority
) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    found = _chain(nights, tmp_path / "out", seal=Seal(timestamp_url=tsa.url))
    data = statement_bytes(found["statement"])
    der = base64.b64decode(found["timestamp"]["response"])
    roots = timestamps.certificates(tsa.root)
    assert before <= timestamps.stamped_at(data, der, roots=roots) <= datetime.now(UTC)
    assert list(chain_faults(found)) == []


def test_timestamp_of_something_else_is_refused(tsa: Authority) -> None:
    der = timestamps.stamp(b"pernyataan", url=tsa.url)
    with pytest.raises(ArchiveError, match="of something else"):
        timestamps.stamped_at(b"pernyataan lain", der)


def test_timestamp_of_a_stranger_is_refused(tsa: Authority, tmp_path: Path) -> None:
    der = timestamps.stamp(b"pernyataan", url=tsa.url)
    with authority(tmp_path / "stranger") as stranger:
        roots = timestamps.certificates(stranger.root)
        with pytest.raises(ArchiveError, match="nobody known vouches"):
            timestamps.stamped_at(b"pernyataan", der, roots=roots)


@pytest.mark.parametrize("answer", [b"", b"<html>maaf</html>"], ids=["nothing", "a page"])
def test_answer_that_is_no_timestamp_ends_the_export(
    nights: Newsroom, tmp_path: Path, tsa: Authority, answer: bytes
) -> None:
    tsa.answer = answer
    try:
        with pytest.raises(ArchiveError, match="no timestamp from http"):
            _chain(nights, tmp_path / "out", seal=Seal(timestamp_url=tsa.url))
    finally:
        tsa.answer = None
    assert not (tmp_path / "out").exists()


def test_answer_to_an_earlier_question_is_refused(tsa: Authority) -> None:
    tsa.answer = timestamps.stamp(b"pernyataan", url=tsa.url)
    try:
        with pytest.raises(ArchiveError, match="answers another question"):
            timestamps.stamp(b"pernyataan", url=tsa.url)
    finally:
        tsa.answer = None


def test_address_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="no address of a web server"):
        timestamps.stamp(b"pernyataan", url="file:///etc/hostname")
