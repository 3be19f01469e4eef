"""Files of other tools in every layout, cut, damaged and hostile: read as far as they are whole."""

import base64
import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import pytest
from foreign_captures import DAY_1, FRONT, HTML, Foreign, story_page, wacz
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ConfigError
from archive.foreign_warc import ForeignRecord, Torn, foreign_records, is_digest_of
from archive.types import Outlet, Page
from crawler.foreign_files import RefusedFile, WarcSource, named_files, warc_sources
from crawler.foreign_pages import ForeignPage, Owners, Passed, Sorter
from crawler.waiting_pages import WaitingPages

# warcio 1.8 leaves its temporary files to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.Spooled:ResourceWarning")

LIMIT = 1_000_000
OUTLET = Outlet(slug="media-uji", name="Media Uji", url=FRONT)
NOW = datetime(2025, 1, 1, tzinfo=UTC)


def owners(*only: str) -> Owners:
    return Owners([OUTLET], allowed=frozenset(), only=frozenset(only))


def sorter(*only: str) -> Sorter:
    return Sorter(owners=owners(*only), source="{record} x", now=NOW, limit=LIMIT)


def records(data: bytes) -> list[ForeignRecord | Torn]:
    found = foreign_records(io.BytesIO(data), limit=LIMIT, is_wanted=lambda _: True)
    return list(found)


def sorted_out(data: bytes) -> list[Page | str]:
    """What becomes of each record: its page, or the word for why it is none."""
    by = sorter()
    out: list[Page | str] = []
    for record in records(data):
        if isinstance(record, Torn):
            out.append("torn")
            continue
        found = by.sort(record)
        out.append(found.kind if isinstance(found, Passed) else found.page)
    return out


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "asing.warc.gz"


@pytest.fixture
def three(path: Path) -> bytes:
    """A warcinfo and three pages, a gzip member each."""
    with Foreign(path) as file:
        for number in range(3):
            file.add(f"/camat-{number}/", story_page(f"Camat {number}"))
    return path.read_bytes()


def urls(data: bytes) -> list[str]:
    return [one.url if isinstance(one, Page) else one for one in sorted_out(data)]


ALL = ["not_responses", *(f"{FRONT}/camat-{number}/" for number in range(3))]


def test_a_member_for_each_record_is_read(three: bytes) -> None:
    assert urls(three) == ALL


def test_one_member_around_everything_is_read(three: bytes) -> None:
    assert urls(gzip.compress(gzip.decompress(three))) == ALL


def test_file_without_compression_is_read(three: bytes) -> None:
    assert urls(gzip.decompress(three)) == ALL


@pytest.mark.parametrize("version", ["WARC/1.0", "WARC/1.1"])
@pytest.mark.parametrize("gzipped", [True, False], ids=["gzip", "plain"])
def test_each_version_is_read(version: str, gzipped: bool, path: Path) -> None:
    with Foreign(path, gzip=gzipped, version=version) as file:
        file.add("/camat/", story_page())
    assert urls(path.read_bytes()) == ["not_responses", f"{FRONT}/camat/"]


def members(data: bytes) -> list[bytes]:
    found = []
    while data:
        member = zlib.decompressobj(31)
        member.decompress(data)
        size = len(data) - len(member.unused_data)
        found.append(data[:size])
        data = member.unused_data
    return found


def test_damaged_member_costs_no_other(three: bytes) -> None:
    parts = members(three)
    broken = bytearray(parts[2])
    broken[len(broken) // 2] ^= 0xFF
    found = urls(b"".join([*parts[:2], bytes(broken), parts[3]]))
    assert "torn" in found
    assert [one for one in found if one != "torn"] == [ALL[0], ALL[1], ALL[3]]


def test_rubbish_between_records_costs_none(three: bytes) -> None:
    plain = [gzip.decompress(part) for part in members(three)]
    found = urls(b"".join([*plain[:2], b"bukan catatan\r\n\r\n", *plain[2:]]))
    assert found == [*ALL[:2], "torn", *ALL[2:]]


def test_file_that_is_cut_is_read_up_to_there(three: bytes) -> None:
    assert urls(three[:-40]) == [*ALL[:3], "torn"]
    assert urls(gzip.decompress(three)[:-40]) == [*ALL[:3], "torn"]


def test_every_cut_is_told_and_ends(three: bytes) -> None:
    plain = gzip.decompress(three)
    whole = len(plain.rstrip(b"\r\n"))
    ends = [len(b"".join(gzip.decompress(one) for one in members(three)[:n])) for n in range(4)]
    untold = [
        cut
        for cut in range(1, whole, 7)
        if not any(isinstance(one, Torn) for one in records(plain[:cut]))
        # between two records nothing is missing
        and not any(end - 4 <= cut <= end for end in ends)
    ]
    assert untold == []


@given(st.binary(max_size=400))
def test_no_bytes_are_too_strange(data: bytes) -> None:
    assert [one for one in records(b"WARC/1.0\r\n" + data) if not one.number >= 0] == []
    assert len(records(data)) <= len(data) + 1
    assert len(records(gzip.compress(data) + data)) <= 2 * len(data) + 50


def test_bomb_is_read_no_further() -> None:
    zeros = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 400000000\r\n\r\n"
    data = zeros.compress(head) + b"".join(zeros.compress(bytes(10_000_000)) for _ in range(30))
    found = records(data + zeros.flush())
    assert [type(one) for one in found] == [Torn]


def test_head_without_an_end_takes_no_memory() -> None:
    found = records(b"WARC/1.0\r\n" + b"X: y\r\n" * 400_000)
    assert {type(one) for one in found} == {Torn}


def test_block_over_the_limit_is_passed_by(path: Path) -> None:
    with Foreign(path) as file:
        file.add("/besar/", os.urandom(LIMIT + 1))
        file.add("/camat/", story_page())
    assert urls(path.read_bytes())[1:] == ["too_large", f"{FRONT}/camat/"]


# -- records ---------------------------------------------------------------------------------


def one(path: Path, body: bytes, **options: object) -> Page | str:
    """What becomes of one record."""
    with Foreign(path) as file:
        file.add(**({"address": "/camat/", "body": body} | options))  # type: ignore[arg-type]
    return sorted_out(path.read_bytes())[1]


OTHERS: dict[str, tuple[dict[str, object], str]] = {
    "redirect": ({"status": "301 Moved Permanently"}, "other_status"),
    "missing": ({"status": "404 Not Found"}, "other_status"),
    "picture": ({"headers": [("Content-Type", "image/png")]}, "not_html"),
    "feed": ({"headers": [("Content-Type", "application/rss+xml")]}, "not_html"),
    "request": ({"kind": "request"}, "not_responses"),
    "dns": ({"address": "dns:media-uji.example", "kind": "response"}, "not_responses"),
    "loopback": ({"address": "http://127.0.0.1:8080/a"}, "bad_addresses"),
    "private": ({"address": "http://10.0.0.7/a"}, "bad_addresses"),
    "machine": ({"address": "http://localhost/a"}, "bad_addresses"),
    "before": ({"at": datetime(1970, 1, 1, tzinfo=UTC)}, "bad_dates"),
    "future": ({"at": NOW + timedelta(days=1)}, "bad_dates"),
    "no date": ({"fields": {"WARC-Date": "kemarin"}}, "bad_dates"),
    "long address": ({"address": f"{FRONT}/{'a' * 3000}"}, "bad_addresses"),
}


@pytest.mark.parametrize("case", OTHERS.values(), ids=OTHERS)
def test_record_that_is_no_page_is_passed_by(
    case: tuple[dict[str, object], str], path: Path
) -> None:
    assert one(path, story_page(), **case[0]) == case[1]


def test_page_that_names_no_type_is_known_by_its_beginning(path: Path) -> None:
    assert isinstance(one(path, story_page(), headers=[]), Page)


def test_brackets_around_an_address_are_left_out(path: Path) -> None:
    with Foreign(path, gzip=False) as file:
        file.add("/camat/", story_page())
    address = f"{FRONT}/camat/".encode()
    data = path.read_bytes().replace(b"URI: " + address, b"URI: <" + address + b">")
    assert urls(data)[1] == f"{FRONT}/camat/"


def test_chunks_are_undone(path: Path) -> None:
    body = story_page()
    framed = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    page = one(path, framed, headers=[HTML, ("Transfer-Encoding", "chunked")])
    assert isinstance(page, Page)
    assert page.body == body


def test_answer_that_came_by_http_2_is_read(path: Path) -> None:
    with Foreign(path, gzip=False) as file:
        file.add("/camat/", story_page())
    data = path.read_bytes().replace(b"HTTP/1.1 200 OK\r\n", b"HTTP/2 200 \r\n:s: 00\r\n", 1)
    (page,) = (found for found in sorted_out(_undigested(data)) if isinstance(found, Page))
    assert page.headers == ((b"Content-Type", b"text/html; charset=UTF-8"),)


def _undigested(data: bytes) -> bytes:
    """Without digests, which a change of a byte makes wrong, and with lengths made right."""
    plain = b"".join(
        line
        for line in data.splitlines(keepends=True)
        if not line.lower().startswith((b"warc-block-digest", b"warc-payload-digest"))
    )
    head, _, rest = plain.rpartition(b"WARC/1.1\r\n")
    fields, _, block = rest.partition(b"\r\n\r\n")
    length = len(block.removesuffix(b"\r\n\r\n"))
    lines = [one for one in fields.split(b"\r\n") if not one.startswith(b"Content-Length")]
    lines.append(b"Content-Length: %d" % length)
    return head + b"WARC/1.1\r\n" + b"\r\n".join(lines) + b"\r\n\r\n" + block


@pytest.mark.parametrize("where", ["payload", "both"])
def test_bytes_that_are_not_those_digested_are_passed_by(where: str, path: Path) -> None:
    with Foreign(path, gzip=False) as file:
        file.add("/camat/", story_page())
    data = path.read_bytes().replace(b"dua jam", b"six jam")
    if where == "payload":
        block = b"WARC-Block-Digest:"
        data = data.replace(block, b"X" + block[1:])
    assert urls(data)[1] == "bad_digests"


def test_digest_of_the_block_alone_may_be_wrong(path: Path) -> None:
    with Foreign(path, gzip=False) as file:
        file.add("/camat/", story_page(), headers=[HTML, ("X-Asal", "satu")])
    data = path.read_bytes().replace(b"X-Asal: satu", b"X-Asal: dua.")
    assert urls(data)[1] == f"{FRONT}/camat/"


@pytest.mark.parametrize("named", ["blake3:abc", "", "sha1", "kosong:"])
def test_digest_that_nobody_can_check_says_nothing(named: str) -> None:
    assert is_digest_of(named, b"netral") is None


@given(st.binary(), st.sampled_from(["sha1", "sha256", "sha-256", "md5", "sha512"]))
def test_digest_is_known_in_each_spelling(data: bytes, label: str) -> None:
    digest = hashlib.new(label.replace("-", ""), data).digest()
    written = base64.b32encode(digest).decode()
    for value in (digest.hex(), digest.hex().upper(), written, written.rstrip("=")):
        assert is_digest_of(f"{label}:{value}", data) is True
        assert is_digest_of(f"{label}:{value}", data + b"x") is False


# -- what waits, and revisits ----------------------------------------------------------------


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[WaitingPages]:
    with WaitingPages(tmp_path) as made:
        assert list(tmp_path.glob(".import-*")) == []
        yield made


def fill(waiting: WaitingPages, path: Path) -> int:
    """Let every page of a file wait; how many revisits stand on nothing."""
    by = sorter()
    for record in records(path.read_bytes()):
        assert isinstance(record, ForeignRecord)
        found = by.sort(record)
        if isinstance(found, ForeignPage):
            waiting.add(found)
    return waiting.resolve()


PROFILE = "http://netpreserve.org/warc/1.1/revisit/"


def revisit(file: Foreign, *, at: datetime, profile: str, **fields: str) -> None:
    said = {"WARC-Profile": PROFILE + profile}
    said |= {f"WARC-{name.replace('_', '-')}": value for name, value in fields.items()}
    file.add("/camat/", at=at, kind="revisit", fields=said)


def test_revisit_has_the_body_of_its_response(waiting: WaitingPages, path: Path) -> None:
    later = DAY_1 + timedelta(days=1)
    with Foreign(path) as file:
        record_id = file.add("/camat/", story_page())
        revisit(file, at=later, profile="identical-payload-digest", Refers_To=record_id)
        revisit(file, at=later, profile="server-not-modified", Refers_To=record_id)
    assert fill(waiting, path) == 0
    pages = list(waiting.of("media-uji"))
    assert [(page.body, page.fetched_at) for page in pages] == [
        (story_page(), DAY_1),
        (story_page(), later),
        (story_page(), later),
    ]
    assert record_id in pages[1].source


def test_revisit_may_come_before_its_response(waiting: WaitingPages, path: Path) -> None:
    with Foreign(path) as file:
        revisit(
            file,
            at=DAY_1 + timedelta(days=1),
            profile="identical-payload-digest",
            Refers_To="<urn:uuid:satu>",
        )
        file.add("/camat/", story_page(), fields={"WARC-Record-ID": "<urn:uuid:satu>"})
    assert fill(waiting, path) == 0
    assert waiting.count() == 2


@pytest.mark.parametrize(
    "fields",
    [{"Refers_To": "<urn:uuid:lain>"}, {}, {"Payload_Digest": "sha1:LAIN"}],
    ids=["elsewhere", "nothing", "other-bytes"],
)
def test_revisit_of_nothing_that_is_there_is_an_orphan(
    fields: dict[str, str], waiting: WaitingPages, path: Path
) -> None:
    with Foreign(path) as file:
        file.add("/camat/", story_page())
        revisit(file, at=DAY_1, profile="identical-payload-digest", **fields)
    assert fill(waiting, path) == 1
    assert waiting.count() == 1


def test_pages_come_back_as_they_were_in_order_of_time(waiting: WaitingPages, path: Path) -> None:
    body = brotli.compress(story_page())
    header = ("Content-Encoding", "br")
    with Foreign(path) as file:
        file.add("/b/", story_page(), at=DAY_1 + timedelta(hours=1))
        file.add("/a/", body, headers=[HTML, header, ("X-Nama", "Bupati é")])
    fill(waiting, path)
    pages = list(waiting.of("media-uji"))
    assert [page.url for page in pages] == [f"{FRONT}/a/", f"{FRONT}/b/"]
    assert (pages[0].body, pages[0].header("Content-Encoding")) == (body, "br")


# -- WACZ, folders ---------------------------------------------------------------------------


def refused(path: Path) -> list[str]:
    return [found.why for found in warc_sources("x", path) if isinstance(found, RefusedFile)]


def test_wacz_gives_its_warc_files(tmp_path: Path, three: bytes, path: Path) -> None:
    (source,) = warc_sources("x.wacz", wacz(tmp_path / "x.wacz", path))
    assert isinstance(source, WarcSource)
    with source.opened() as file:
        assert file.read() == three
    assert source.name == "x.wacz/archive/asing.warc.gz"


@pytest.mark.usefixtures("three")
def test_wacz_with_wrong_hashes_is_refused(tmp_path: Path, path: Path) -> None:
    (why,) = refused(wacz(tmp_path / "x.wacz", path, wrong_hash=True))
    assert "SHA-256" in why


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    "name", ["archive/../../x.warc.gz", "/etc/x.warc.gz", "archive\\..\\..\\x.warc.gz", "x.warc"]
)
def test_name_that_leads_elsewhere_is_refused(name: str, tmp_path: Path, path: Path) -> None:
    before = set(tmp_path.rglob("*"))
    (why,) = refused(wacz(tmp_path / "x.wacz", path, names=[name]))
    assert "archive/" in why
    assert set(tmp_path.rglob("*")) == {*before, tmp_path / "x.wacz"}


def test_zip_bomb_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.wacz", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("archive/x.warc", bytes(50_000_000))
    (why,) = refused(tmp_path / "x.wacz")
    assert "50000000" in why


BROKEN = {
    "no zip": b"bukan zip",
    "empty": b"",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_wacz_that_is_none_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.wacz").write_bytes(data)
    assert len(refused(tmp_path / "x.wacz")) == 1


@pytest.mark.usefixtures("three")
def test_package_that_another_digest_vouches_for_is_refused(tmp_path: Path, path: Path) -> None:
    made = wacz(tmp_path / "x.wacz", path)
    with zipfile.ZipFile(made) as file:
        entries = {name: file.read(name) for name in file.namelist()}
    package = json.loads(entries["datapackage.json"]) | {"title": "lain"}
    entries["datapackage.json"] = json.dumps(package).encode()
    with zipfile.ZipFile(made, "w") as file:
        for name, data in entries.items():
            file.writestr(name, data)
    (why,) = refused(made)
    assert "datapackage-digest.json" in why


@pytest.mark.usefixtures("three")
def test_files_are_found_in_folders_once(tmp_path: Path, path: Path) -> None:
    (tmp_path / "catatan.txt").write_text("bukan WARC")
    assert named_files([tmp_path, path]) == [("asing.warc.gz", path)]


@pytest.mark.parametrize("name", ["tidak-ada.warc", "catatan.txt", "kosong"])
def test_what_is_no_such_file_is_misuse(name: str, tmp_path: Path) -> None:
    (tmp_path / "catatan.txt").write_text("bukan WARC")
    (tmp_path / "kosong").mkdir()
    with pytest.raises(ConfigError):
        named_files([tmp_path / name])


# -- the command -----------------------------------------------------------------------------


def kliping(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    run = "import sys; from scheduler.cli import main; sys.argv[0] = 'kliping'; main()"
    command = [sys.executable, "-c", run, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_command_reads_in_workers_and_tells_what_it_found(tmp_path: Path) -> None:
    with Foreign(tmp_path / "asing.warc.gz") as file:
        file.add(f"{FRONT}/camat/", story_page())
        file.add(f"{FRONT}/pasar/", story_page("Pasar", is_on_topic=False))
        file.add(f"{FRONT}/logo.png", b"\x89PNG", headers=[("Content-Type", "image/png")])
    assert kliping(tmp_path, "init").returncode == 0
    done = kliping(tmp_path, "import", "asing.warc.gz", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert (told["files"], told["pages"], told["on_topic"]) == (1, 2, 1)
    counts = {name: count for name, count in told["counts"].items() if count}
    assert counts == {"new": 1, "off_topic": 1, "not_html": 1, "not_responses": 1}
    (tmp_path / "rusak.warc.gz").write_bytes((tmp_path / "asing.warc.gz").read_bytes()[:-9])
    again = kliping(tmp_path, "import", "rusak.warc.gz", "asing.warc.gz")
    assert again.returncode == 1
    assert "rusak.warc.gz: after record" in again.stdout
    assert "there already" in again.stdout
    assert kliping(tmp_path, "import", "tidak-ada.warc").returncode == 2
