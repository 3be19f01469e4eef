"""WARC files on disk: what was acknowledged stays, a crash leaves at most a torn tail."""

import gc
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from warc_child import LIMIT
from warc_pages import info, page, warcio_check, written

from archive.errors import ArchiveError, DamagedRecord
from archive.warc import WarcWriter, salvage
from archive.warc_reader import read_member, read_page, read_record, scan
from archive.warc_records import response

CHILD = [sys.executable, str(Path(__file__).with_name("warc_child.py"))]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "uji.warc.gz"


def test_members_stand_where_the_writer_says(path: Path) -> None:
    placed = written(path, page(), page("https://media-uji.example/berita/2/"))
    assert list(scan(path)) == placed
    assert placed[-1].offset + placed[-1].length == path.stat().st_size
    assert {one.warc_file for one in placed} == {"uji.warc.gz"}


def test_scan_can_start_behind_what_is_known(path: Path) -> None:
    placed = written(path, page(), page())
    assert list(scan(path, start=placed[3].offset)) == placed[3:]


def test_member_is_copied_to_the_byte(path: Path) -> None:
    members = response(page())
    with WarcWriter(path) as writer:
        placed = writer.append(members)
    for member, place in zip(members, placed, strict=True):
        assert read_member(path, offset=place.offset, length=place.length) == member.data


def test_writing_goes_on_where_the_file_ends(path: Path) -> None:
    first = written(path, page())
    with WarcWriter(path, end=path.stat().st_size) as writer:
        assert writer.size == path.stat().st_size
        more = writer.append(response(page()))
    assert list(scan(path)) == first + more
    assert warcio_check(path).returncode == 0


def test_second_writer_is_refused(path: Path) -> None:
    with WarcWriter(path), pytest.raises(ArchiveError, match="another process"):
        WarcWriter(path)


def test_salvage_keeps_its_hands_off_a_file_that_is_being_written(path: Path) -> None:
    with WarcWriter(path), pytest.raises(ArchiveError, match="another process"):
        salvage(path, committed_end=0)


def test_file_that_ends_elsewhere_is_not_written_to(path: Path) -> None:
    written(path, page())
    with pytest.raises(ArchiveError, match="new file needs another name"):
        WarcWriter(path)
    with pytest.raises(ArchiveError, match="salvage it first"):
        WarcWriter(path, end=path.stat().st_size - 1)


def test_file_changed_by_someone_else_is_not_written_to(path: Path) -> None:
    with WarcWriter(path) as writer:
        writer.append([info()])
        with path.open("ab") as other:
            other.write(b"x")
        with pytest.raises(ArchiveError, match="changed by someone else"):
            writer.append([info()])


def test_missing_folder_is_an_archive_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot open"):
        WarcWriter(tmp_path / "tiada" / "uji.warc.gz")


def test_closed_writer_does_not_write(path: Path) -> None:
    writer = WarcWriter(path)
    writer.close()
    writer.close()
    with pytest.raises(ArchiveError, match="closed"):
        writer.append([info()])


def test_members_can_be_taken_back(path: Path) -> None:
    with WarcWriter(path) as writer:
        first = writer.append([info()])
        second = writer.append(response(page()))
        writer.cut(second[0].offset)
        assert list(scan(path)) == first
        third = writer.append(response(page()))
    assert list(scan(path)) == first + third


def test_only_what_was_written_can_be_taken_back(path: Path) -> None:
    with WarcWriter(path) as writer, pytest.raises(ValueError, match="not within"):
        writer.cut(1)


def test_refused_write_leaves_the_file_as_it_was(path: Path) -> None:
    child = subprocess.run(
        [*CHILD, "limited", str(path)], capture_output=True, text=True, check=True
    )
    *before, refusal, after = child.stdout.split("\n")[:-1]
    assert "cannot write: File too large" in refusal
    assert int(before[-1]) < LIMIT < int(after)
    ends = [one.offset + one.length for one in scan(path)]
    assert ends[1::2] == [int(end) for end in (*before, after)]
    assert ends[-1] == path.stat().st_size
    assert warcio_check(path).returncode == 0


def _killed(path: Path, *, after: int) -> list[int]:
    """The ends that a writing process acknowledged before it was killed."""
    child = subprocess.Popen([*CHILD, "endless", str(path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout
    ends = [int(child.stdout.readline()) for _ in range(after)]
    time.sleep(random.random() / 100)  # anywhere within a write
    child.send_signal(signal.SIGKILL)
    ends += [int(line) for line in child.stdout.read().split("\n")[:-1]]
    child.stdout.close()
    child.wait()
    return ends


@pytest.mark.parametrize("after", [1, 2, 3, 5, 8])
def test_killed_writer_loses_nothing_that_was_acknowledged(after: int, path: Path) -> None:
    ends = _killed(path, after=after)
    saved = salvage(path, committed_end=ends[-1])
    assert len(saved.kept) <= 2
    found = [one.offset + one.length for one in scan(path)]
    assert set(ends) <= set(found)
    assert found[-1] == path.stat().st_size
    with WarcWriter(path, end=path.stat().st_size) as writer:
        writer.append(response(page()))
    assert warcio_check(path).returncode == 0


def test_lock_dies_with_the_writer_though_its_child_lives(path: Path) -> None:
    child = subprocess.Popen([*CHILD, "forked", str(path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout
    grandchild, end = int(child.stdout.readline()), int(child.stdout.readline())
    child.wait()
    try:
        WarcWriter(path, end=end).close()
    finally:
        os.kill(grandchild, signal.SIGKILL)
        child.stdout.close()


def test_forgotten_writer_leaves_the_lock(path: Path) -> None:
    writer = WarcWriter(path)
    writer.close()
    del writer
    gc.collect()
    WarcWriter(path).close()


def test_torn_tail_is_cut_at_every_byte(path: Path) -> None:
    placed = written(path, page(), page(body=b"", headers=(), request_headers=()))
    whole, last = path.read_bytes(), placed[-1]
    for size in range(last.offset, len(whole)):
        path.write_bytes(whole[:size])
        saved = salvage(path, committed_end=last.offset)
        assert (saved.kept, saved.cut_bytes) == ((), size - last.offset)
        assert path.read_bytes() == whole[: last.offset]


def test_whole_members_before_the_tear_are_kept(path: Path) -> None:
    placed = written(path, page(), page())
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    saved = salvage(path, committed_end=placed[1].offset)
    assert list(saved.kept) == placed[1:-1]
    assert saved.cut_bytes == placed[-1].length - 1
    assert path.stat().st_size == placed[-1].offset


@pytest.mark.parametrize("tail", [b"\x00" * 4096, b"\x1f\x8b", b"bukan gzip"])
def test_foreign_tail_is_cut(tail: bytes, path: Path) -> None:
    placed = written(path, page())
    end = path.stat().st_size
    with path.open("ab") as file:
        file.write(tail)
    assert salvage(path, committed_end=end).cut_bytes == len(tail)
    assert list(scan(path)) == placed


def test_file_shorter_than_committed_is_damaged(path: Path) -> None:
    written(path, page())
    size = path.stat().st_size
    with pytest.raises(DamagedRecord, match=f"{size + 1} bytes were committed"):
        salvage(path, committed_end=size + 1)
    assert path.stat().st_size == size


def test_file_that_was_never_begun_needs_no_salvage(path: Path) -> None:
    assert salvage(path, committed_end=0).kept == ()
    with pytest.raises(ArchiveError, match="cannot open"):
        salvage(path, committed_end=1)


Damage = Callable[[bytes, int], bytes]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data, at: data[:at], id="cut"),
        pytest.param(lambda data, at: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], id="bit"),
        pytest.param(lambda data, at: data[:at] + bytes(16) + data[at + 16 :], id="zeros"),
        pytest.param(lambda data, at: data[:at] + data[at + 1 :], id="missing-byte"),
    ],
)
def test_damage_names_file_offset_and_record(damage: Damage, path: Path) -> None:
    placed = written(path, page(), page())
    hurt = placed[3]
    path.write_bytes(damage(path.read_bytes(), hurt.offset + hurt.length // 2))
    with pytest.raises(DamagedRecord, match=rf"uji.warc.gz: offset {hurt.offset}: "):
        list(scan(path))
    with pytest.raises(DamagedRecord, match=rf"offset {hurt.offset}: {hurt.record_id}: "):
        read_record(path, offset=hurt.offset, length=hurt.length, record_id=hurt.record_id)


def test_every_flipped_bit_is_found(path: Path) -> None:
    placed = written(path, page(body=b"netral", headers=()))
    whole = path.read_bytes()
    bits = random.Random(7)
    for _ in range(300):
        at = bits.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bits.randrange(8)]) + whole[at + 1 :])
        assert _digests(path) != [one.digest for one in placed]


def _digests(path: Path) -> list[str]:
    try:
        return [one.digest for one in scan(path)]
    except DamagedRecord:
        return []


def test_another_record_at_the_place_is_damage(path: Path) -> None:
    _, answer, request = written(path, page())
    with pytest.raises(DamagedRecord, match=f"{request.record_id}: holds {answer.record_id}"):
        read_page(path, offset=answer.offset, length=answer.length, record_id=request.record_id)


@pytest.mark.parametrize("change", [-1, 1], ids=["short", "long"])
def test_wrong_length_is_damage(change: int, path: Path) -> None:
    _, answer, _ = written(path, page())
    with pytest.raises(DamagedRecord):
        read_member(path, offset=answer.offset, length=answer.length + change)


def test_request_is_no_answer(path: Path) -> None:
    _, _, request = written(path, page())
    with pytest.raises(DamagedRecord, match="a request is no answer"):
        read_page(path, offset=request.offset, length=request.length)


def test_missing_file_is_an_archive_error(path: Path) -> None:
    with pytest.raises(ArchiveError, match="No such file"):
        list(scan(path))
    with pytest.raises(ArchiveError, match="No such file"):
        read_record(path, offset=0, length=1)
