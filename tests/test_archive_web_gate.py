"""Who may read, how often, and what every answer says of itself."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from archive_rows import Newsroom, three_nights
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_room import Place, opened
from sqlalchemy import text

from archive import database
from archive.errors import ArchiveError
from archive.web.gate import Door
from archive.web.password import hashed, is_password
from archive.web.source import Source, give_up_after, is_over

SALT = b"garam" * 3 + b"!"


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    made = three_nights(tmp_path_factory.mktemp("arsip"))
    yield made
    made.archive.close()


@pytest.fixture(scope="module")
def room(held: Newsroom) -> Iterator[Place]:
    with opened(held.config) as place:
        yield place


@pytest.mark.parametrize("path", ["/", "/en/media", "/tidak-ada", "/api/v1", "/berkas/kliping.css"])
def test_every_answer_has_its_policy(room: Place, path: str) -> None:
    headers = room.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_nothing_can_be_written(room: Place, method: str) -> None:
    found = room.get("/", method=method)
    assert (found.status, found.headers["allow"]) == (405, "GET, HEAD")


def test_head_tells_what_get_would(room: Place) -> None:
    told, shown = room.get("/media", method="HEAD"), room.get("/media")
    assert (told.status, told.body) == (200, b"")
    assert told.headers["content-length"] == shown.headers["content-length"]


@pytest.mark.parametrize("host", ["jahat.example", "127.0.0.1.jahat.example", ""])
def test_other_hosts_are_not_answered(room: Place, host: str) -> None:
    found = room.get("/", Host=host)
    assert found.status == 400
    assert "Kliping" not in found.text


def test_address_without_end_is_not_read(room: Place) -> None:
    assert room.get(f"/cari?q={'a' * 9_000}").status == 414


@pytest.mark.parametrize(
    "path", ["/berkas/../app.py", "/berkas/%2e%2e/app.py", "/berkas/..%2fapp.py"]
)
def test_files_of_the_program_are_not_served(room: Place, path: str) -> None:
    assert room.get(path).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/zona/WIB?ke=/%0d%0aSet-Cookie:%20a=b",
        "/berita/https:%2f%2fmedia-uji.example%2fcamat%0d%0aX-Jahat:%201",
        "/timegate/https://media-uji.example/camat%0d%0aX-Jahat:%201",
    ],
)
def test_no_header_comes_out_of_an_address(room: Place, path: str) -> None:
    found = room.get(path)
    assert "x-jahat" not in found.headers
    assert "set-cookie" not in found.headers or found.headers["set-cookie"].startswith("zona=")


def test_too_many_requests_are_put_off(held: Newsroom) -> None:
    with opened(held.config, Door(a_minute=5)) as place:
        answers = [place.get("/per-tanggal") for _ in range(7)]
    assert [one.status for one in answers] == [200] * 5 + [429] * 2
    assert answers[-1].headers["retry-after"] == "60"


def _basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def test_room_with_a_password_lets_in_who_has_it(held: Newsroom) -> None:
    token = hashlib.sha256(b"rahasia-program").hexdigest()
    door = Door(user="bawaslu", password=hashed("rahasia", salt=SALT), tokens=(token,))
    with opened(held.config, door) as place:
        refused = place.get("/")
        assert refused.status == 401
        assert refused.headers["www-authenticate"].startswith("Basic ")
        for said in (
            _basic("bawaslu", "salah"),
            _basic("lain", "rahasia"),
            "Basic !!!",
            "Basic /w==",
            "Bearer salah",
            "Bearer ",
            "rahasia",
        ):
            assert place.get("/", Authorization=said).status == 401, said
        assert place.get("/", Authorization=_basic("bawaslu", "rahasia")).status == 200
        assert place.get("/api/v1/stories", Authorization="Bearer rahasia-program").status == 200


@settings(max_examples=20)  # each takes the tenth of a second that a hash has to
@given(st.text(min_size=1), st.text())
def test_only_the_password_itself_is_the_password(password: str, other: str) -> None:
    kept = hashed(password, salt=SALT)
    assert is_password(password, kept)
    assert is_password(other, kept) is (other == password)


@pytest.mark.parametrize("kept", ["", "rahasia", "scrypt$zz$00", "scrypt$$", "md5$00$00"])
def test_what_is_no_hash_lets_nobody_in(kept: str) -> None:
    assert not is_password("rahasia", kept)
    assert not is_password(kept, kept)


def test_archive_cannot_be_written_through_the_room(held: Newsroom) -> None:
    source = Source(held.config)
    try:
        with (
            pytest.raises(ArchiveError, match="could not be"),
            database.writing(source.engine) as c,
        ):
            c.execute(text("UPDATE story SET url = 'x'"))
        with (
            pytest.raises(ArchiveError, match="could not be"),
            database.reading(source.engine) as c,
        ):
            c.execute(text("DELETE FROM event"))
    finally:
        source.close()


def test_question_that_takes_too_long_is_given_up(held: Newsroom, tmp_path: Path) -> None:
    source = Source(held.config)
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) "
        "SELECT count(*) FROM n"
    )
    give_up_after(0.2)
    try:
        with pytest.raises(ArchiveError), database.reading(source.engine) as connection:
            connection.execute(text(endless))
        assert is_over()
        give_up_after(60)
        with database.reading(source.engine) as connection:
            assert connection.scalar(text("SELECT count(*) FROM story")) == 3
    finally:
        give_up_after(1e9)
        source.close()
