"""A tombstone is a whole member of just the length of what stood there, for every reader."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator
from hypothesis import example, given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from archive.tombstone import Tombstone, is_tombstone, tombstone
from archive.warc_reader import parse_member, scan

TOLD = Tombstone(
    record_id="<urn:uuid:6f1c2a34-9d0b-4c57-8b1e-0a2f5d7c9e11>",
    was_type="response",
    was_digest="0f" * 32,
    taken_down_at=datetime(2026, 11, 23, 5, 0, tzinfo=UTC),
    reason="Dicabut atas putusan Dewan Pers: nama anak di bawah umur disebut.",
)
SMALLEST = 200
LARGEST = 300_000


@given(st.integers(SMALLEST, 3_000) | st.integers(65_000, LARGEST), st.text(max_size=300))
@example(length=65_535 + 23, reason="x")
@example(length=65_535 + 25, reason="x")
@example(length=2 * 65_540 + 18, reason="x")
def test_tombstone_has_the_length_that_is_asked_for(length: int, reason: str) -> None:
    told = Tombstone(**(vars(TOLD) | {"reason": reason}))
    data = tombstone(told, length=length)
    record = parse_member(data)
    assert len(data) == length
    assert is_tombstone(record)
    assert record.record_id == TOLD.record_id


def test_every_small_length_can_be_filled() -> None:
    lengths = range(SMALLEST, 1_400)
    assert [len(tombstone(TOLD, length=length)) for length in lengths] == list(lengths)


def test_tombstone_says_when_why_and_what_was_there() -> None:
    said = parse_member(tombstone(TOLD, length=2_000)).payload.decode()
    assert said.rstrip(" ") == (
        "taken-down: 2026-11-23T05:00:00Z\r\n"
        f"was-type: response\r\nwas-digest: sha256:{TOLD.was_digest}\r\n"
        f"reason: {TOLD.reason}\r\n"
    )


def test_small_tombstone_cuts_its_reason_before_it_drops_the_digest() -> None:
    long = Tombstone(**(vars(TOLD) | {"reason": " ".join(map(str, range(400)))}))
    said = parse_member(tombstone(long, length=500)).payload.decode()
    assert TOLD.was_digest in said
    assert "…" in said


def test_too_small_a_member_is_told() -> None:
    with pytest.raises(ValueError, match="hold no tombstone"):
        tombstone(TOLD, length=100)


def _with_warcio(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        for record in WarcioIterator(file):
            record.content_stream().read()
            yield record.rec_headers.get_header("WARC-Record-ID")


def _with_fastwarc(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            record.reader.read()
            yield record.record_id


def _with_ours(path: Path) -> Iterator[str]:
    return (placed.record_id for placed in scan(path))


@pytest.mark.parametrize("length", [SMALLEST, 260, 330, 420, 700, 16_400, 65_560, 200_001])
@pytest.mark.parametrize(
    "read", [_with_warcio, _with_fastwarc, _with_ours], ids=["warcio", "FastWARC", "Kliping"]
)
def test_every_reader_goes_through_tombstones(tmp_path: Path, read: object, length: int) -> None:
    ids = [f"<urn:uuid:{number:08d}-0000-4000-8000-000000000000>" for number in range(3)]
    told = [Tombstone(**(vars(TOLD) | {"record_id": one})) for one in ids]
    path = tmp_path / "batu.warc.gz"
    path.write_bytes(b"".join(tombstone(one, length=length) for one in told))
    found = [one.strip("<>") for one in read(path)]  # type: ignore[operator]
    assert found == [one.strip("<>") for one in ids]
