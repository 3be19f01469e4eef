"""Prove that what was read can be read again: from our own replay, and from a real pywb.

`prove_replay.py [--stories N]`: two nights of N invented stories under every content encoding a
server may send, with redirects, stories in parts, repeats of the same bytes and 304s, recorded
through `Archive.record`. Every capture must replay as the bytes that were read; warcio, FastWARC,
pywb's own indexer and py-wacz must find nothing wrong. What a missing tool leaves unproven is said.
"""

import argparse
import gzip
import os
import random
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import brotli
import pytest
from archive_rows import FRONT, NIGHT_1, OUTLET, TOPIC, Clock
from fastwarc.warc import ArchiveIterator, WarcRecordType
from pywb_server import serving, wayback
from sightings import article
from sqlalchemy import RowMapping, func, select

from archive import database, rereading
from archive.archive import Archive
from archive.cdx import COLLECTION, pywb_folder
from archive.config import ArchiveConfig
from archive.schema import capture, warc_record
from archive.snapshots import export
from archive.types import Answer, Crawl, Headers, Page, Sighting
from archive.wacz import WACZ
from crawler import bodies
from crawler.bodies import zstd

__all__ = ["CODINGS", "Proof", "prove"]

_LIMIT = 2_000_000
_DECODE = partial(bodies.decoded, limit=_LIMIT)
_ROOT = Path(__file__).parent.parent
_SINGLE_WORDS = ("camat", "lurah", "netralitas", "panitia", "pengawas", "pemilihan", "sumpah")


def _deflated_raw(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def _chunked(body: bytes) -> bytes:
    parts = [body[start : start + 700] for start in range(0, len(body), 700)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def _coding(name: bytes) -> Headers:
    return ((b"Content-Encoding", name),)


_CHUNKED: Headers = ((b"Transfer-Encoding", b"chunked"),)
CODINGS: dict[str, tuple[Callable[[bytes], bytes], Headers]] = {
    "identity": (bytes, ()),
    "identity named": (bytes, _coding(b"identity")),
    "gzip": (gzip.compress, _coding(b"gzip")),
    "x-gzip": (gzip.compress, _coding(b"x-gzip")),
    "deflate": (zlib.compress, _coding(b"deflate")),
    "deflate without its frame": (_deflated_raw, _coding(b"deflate")),
    "br": (brotli.compress, _coding(b"br")),
    "zstd": (zstd.compress, _coding(b"zstd")),
    "gzip, then br": (lambda body: brotli.compress(gzip.compress(body)), _coding(b"gzip, br")),
    "chunked": (bytes, _CHUNKED),
    "gzip, chunked": (gzip.compress, _coding(b"gzip") + _CHUNKED),
    "br, chunked": (brotli.compress, _coding(b"br") + _CHUNKED),
    "gzip that is none": (bytes, _coding(b"gzip")),
    "a wrong length": (bytes, ((b"Content-Length", b"17"),)),
    "headers beyond ASCII": (bytes, ((b"X-Kepala", b"Gubernur \xe9\xc3\xa9\xff"),)),
}
"""How an entity is sent, and the headers that say so; HTTP/1.0's close is `identity`, no length."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What came of it; `problems` is empty when everything replays, `skipped` is unproven."""

    captures: int
    kinds: Counter[str]
    problems: tuple[str, ...]
    skipped: tuple[str, ...]


@dataclass
class _Told:
    """What each capture must replay as: its status and the body a reader gets."""

    wanted: dict[tuple[str, datetime], tuple[int, bytes]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def prove(folder: Path, *, stories: int) -> Proof:
    """Record the two nights in a fresh folder, and replay every capture of them."""
    config = ArchiveConfig(directory=folder / "archive")
    Archive.create(config)
    told = _Told()
    clock = Clock(NIGHT_1)
    with Archive(config, clock=clock, decode=_DECODE) as archive:
        for night in (0, 1):
            _night(archive, clock, told, range(stories), night=night)
        rows = _captures(archive)
        _expect_ours(archive, rows, told)
        _expect_pywb(archive, rows, told, folder / "pywb")
        _expect_counts(archive, told, folder / "own-index")
        _expect_checked(archive.warc_directory, told)
        _expect_wacz(archive, told, folder / "snapshot")
    return Proof(
        captures=len(rows),
        kinds=Counter(row["kind"] for row in rows),
        problems=tuple(told.problems),
        skipped=tuple(told.skipped),
    )


# -- two nights ------------------------------------------------------------------------------------


def _night(archive: Archive, clock: Clock, told: _Told, numbers: range, *, night: int) -> None:
    clock.now = NIGHT_1 + timedelta(days=night)
    crawl = archive.begin_crawl(OUTLET)
    for number in numbers:
        _look(archive, crawl, told, _Look(number=number, night=night, clock=clock))
    archive.close_crawl(crawl, reason="finished", counts={}, complete=True)


@dataclass(frozen=True, kw_only=True)
class _Look:
    """One story on one night: in the second it is, in turns, the same, edited, not modified."""

    number: int
    night: int
    clock: Clock

    @property
    def is_not_modified(self) -> bool:
        return self.night == 1 and self.number % 3 == 1

    @property
    def edition(self) -> int:
        return int(self.night == 1 and self.number % 3 == 2)

    @property
    def urls(self) -> list[str]:
        first = f"{FRONT}/berita/{self.number}"
        return [first, f"{first}/2", f"{first}/3"][: 3 if self.number % 10 == 0 else 1]

    def entity(self, url: str) -> bytes:
        chance = random.Random(f"{url} {self.edition}")
        words = " ".join(chance.choices(_SINGLE_WORDS, k=chance.randrange(40, 400)))
        return f"<!doctype html><meta charset=utf-8><h1>Desa Ngabéan</h1><p>{words}</p>".encode()

    def page(self, url: str, status: int, body: bytes, headers: Headers) -> Page:
        kind: Headers = ((b"Content-Type", b"text/html; charset=utf-8"),)
        return Page(
            url=url, status=status, body=body, fetched_at=self.clock(), headers=kind + headers
        )


def _look(archive: Archive, crawl: Crawl, told: _Told, look: _Look) -> None:
    pages = [*_redirects(look, told), *(_answer(look, url, told) for url in look.urls)]
    found = article(f"Camat nomor {look.number}, edisi {look.edition}, diminta netral. " * 9)
    is_shown = not look.is_not_modified
    sighting = Sighting(
        outlet=OUTLET.slug,
        url=pages[0].url,
        answer=Answer.ARTICLE if is_shown else Answer.NOT_MODIFIED,
        pages=tuple(pages),
        parts=tuple(look.urls),
        article=found if is_shown else None,
        extractor="uji/1",
        topic=TOPIC if is_shown else None,
    )
    wanted = (
        "not-modified"
        if not is_shown
        else ("new", "edited" if look.edition else "unchanged")[look.night]
    )
    outcome = archive.record(crawl, sighting)
    if outcome.kind != wanted:
        told.problems.append(f"story {look.number} became {outcome.kind}, not {wanted}")


def _redirects(look: _Look, told: _Told) -> Iterator[Page]:
    if look.number % 7 == 0:
        url = f"{FRONT}/?p={look.number}"
        made = look.page(url, 301, b"", ((b"Location", look.urls[0].encode()),))
        told.wanted[url, made.fetched_at] = (301, b"")
        yield made


def _answer(look: _Look, url: str, told: _Told) -> Page:
    entity = look.entity(url)
    encode, headers = list(CODINGS.values())[look.number % len(CODINGS)]
    tag: Headers = ((b"ETag", f'"{look.number}-{look.edition}"'.encode()),)
    if look.is_not_modified:
        made = look.page(url, 304, b"", tag)
    else:
        made = look.page(url, 200, encode(entity), headers + tag)
    told.wanted[url, made.fetched_at] = (200, entity)
    return made


# -- what comes back -------------------------------------------------------------------------------


def _captures(archive: Archive) -> list[RowMapping]:
    with database.reading(archive.engine) as connection:
        query = select(capture).order_by(capture.c.capture_id)
        return list(connection.execute(query).mappings())


def _expect_ours(archive: Archive, rows: list[RowMapping], told: _Told) -> None:
    """Our own replay brings what was read."""
    if len(rows) != len(told.wanted):
        told.problems.append(f"{len(rows)} captures of {len(told.wanted)} answers")
    with database.reading(archive.engine) as connection:
        for row in rows:
            stored = rereading.stored_page(
                connection, archive.warc_directory, capture_id=row["capture_id"]
            )
            _, body = told.wanted[row["url"], row["fetched_at"]]
            if _DECODE(stored) != body:
                told.problems.append(f"our replay of {row['url']} is not what was read")


def _expect_pywb(archive: Archive, rows: list[RowMapping], told: _Told, folder: Path) -> None:
    """So does a pywb in the folder that `kliping cdx --pywb` makes."""
    made = pywb_folder(archive.engine, archive.warc_directory, folder, progress=lambda *_: None)
    if made.captures != len(rows) or made.damaged:
        told.problems.append(f"the index names {made.captures} of {len(rows)}: {made.damaged}")
    try:
        with serving(folder, collection=COLLECTION) as pywb:
            for (url, at), wanted in told.wanted.items():
                back = pywb.replay(url, at=at)
                if (back.status, back.body) != wanted:
                    told.problems.append(f"pywb's {url} of {at:%H%M%S}: {back.status}, or differs")
    except pytest.skip.Exception as reason:
        told.skipped.append(str(reason))


def _expect_counts(archive: Archive, told: _Told, folder: Path) -> None:
    """Pywb's own indexer counts as we do; the cleaned texts are captures to it."""
    folder.mkdir()
    answers = ("response", "revisit", "conversion")
    with database.reading(archive.engine) as connection:
        of_type = warc_record.c.type.in_(answers)
        ours = connection.scalar(select(func.count()).select_from(warc_record).where(of_type))
    try:
        with wayback(folder, *sorted(archive.warc_directory.glob("*.warc.gz"))) as pywb:
            if pywb.captures != ours:
                told.problems.append(f"pywb's own index has {pywb.captures} lines, not {ours}")
    except pytest.skip.Exception:
        return  # said once already


def _expect_checked(warcs: Path, told: _Told) -> None:
    files = sorted(warcs.glob("*.warc.gz"))
    for path in files:
        command = [sys.executable, "-m", "warcio.cli", "check", str(path)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            told.problems.append(f"warcio check finds fault with {path.name}")
        records = _fastwarc_records(path, told)
        members = _members(path.read_bytes())
        if records != members:
            told.problems.append(f"{path.name}: {records} records in {members} gzip members")


def _fastwarc_records(path: Path, told: _Told) -> int:
    """How many records FastWARC finds; digests of revisits are those of other records."""
    count = 0
    with path.open("rb") as file:
        for record in ArchiveIterator(file, parse_http=False):
            count += 1
            is_good = record.verify_block_digest(consume=False)
            if record.record_type == WarcRecordType.response:
                record.parse_http(auto_decode="none")
                is_good = is_good and record.verify_payload_digest(consume=False)
            if record.record_type != WarcRecordType.revisit and not is_good:
                told.problems.append(f"FastWARC finds fault with {record.record_id}")
    return count


def _members(data: bytes) -> int:
    count = 0
    while data:
        unpacker = zlib.decompressobj(wbits=31)
        unpacker.decompress(data)
        data, count = unpacker.unused_data, count + 1
    return count


def _expect_wacz(archive: Archive, told: _Told, dest: Path) -> None:
    export(archive.engine, archive.warc_directory, dest, format="wacz")
    place = Path(os.environ.get("KLIPING_WACZ", _ROOT / ".venv-wacz")) / "bin" / "wacz"
    if not place.is_file():
        told.skipped.append("WACZ NOT PROVEN: no py-wacz in .venv-wacz; make dev installs it")
        return
    command = [place, "validate", "-f", dest / WACZ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=dest)
    if done.returncode:
        told.problems.append(f"wacz validate: {done.stdout}{done.stderr}")


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=240)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        proof = prove(Path(folder), stories=asked.stories)
    _report(proof, sys.stdout.write)
    return int(bool(proof.problems))


def _report(proof: Proof, tell: Callable[[str], object]) -> None:
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(proof.kinds.items()))
    tell(f"{proof.captures} captures ({kinds}): {len(proof.problems)} problems\n")
    for line in (*proof.skipped, *proof.problems[:20]):
        tell(f"{line}\n")


if __name__ == "__main__":
    sys.exit(_main())
