"""Near-duplicates: every reading has its signature, and the bands that follow from it."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, select, text

from archive.findings import Finding
from archive.schema import near_duplicate_band, reading_text, signature

__all__ = ["likeness_faults"]

_ADVICE = "`kliping repair --from COPY` makes it anew from the text"
_BATCH = 500
_PRIME, _OTHER = 2**31 - 1, 2**31 - 19
# what a band and its reading add to the sum; % keeps the sign in SQL, so that it is taken twice
_WEIGHT = (
    f"((band % {_PRIME} + {_PRIME}) % {_PRIME}"
    f" * ((CAST(reading_id AS bigint) * 7919 + 13) % {_OTHER}) % {_PRIME})"
)
_TOTAL = text(f"SELECT count(*), coalesce(sum({_WEIGHT}), 0) FROM near_duplicate_band")


def likeness_faults(connection: Connection) -> Iterator[Finding]:
    """Readings without a signature, and readings whose bands are not those of their signature."""
    # a reading of a story that was taken down has neither text nor signature
    unsigned = select(reading_text.c.reading_id).where(
        reading_text.c.reading_id.not_in(select(signature.c.reading_id))
    )
    for reading_id in connection.scalars(unsigned.order_by(reading_text.c.reading_id)):
        yield _finding(reading_id, "has no near-duplicate signature")
    count, total = connection.execute(_TOTAL).one()
    if (int(count), int(total)) != _expected(connection):
        yield from _named(connection)


def _finding(reading_id: int, what: str) -> Finding:
    return Finding(what=what, advice=_ADVICE, row=f"reading {reading_id}")


def _expected(connection: Connection) -> tuple[int, int]:
    count = total = 0
    for reading_id, keys in _signed(connection):
        count += len(keys)
        total += sum(_weight(key, reading_id) for key in keys)
    return count, total


def _weight(band: int, reading_id: int) -> int:
    return band % _PRIME * ((reading_id * 7919 + 13) % _OTHER) % _PRIME


def _signed(connection: Connection) -> Iterator[tuple[int, set[int]]]:
    """Every reading with the bands of its signature, in order."""
    from archive.signatures import bands  # noqa: PLC0415 - numpy's 25 MB, when there is a text

    for row in _rows(connection, select(signature).order_by(signature.c.reading_id)):
        yield row.reading_id, set(bands(row.minhash))


def _rows(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    last = -1
    while rows := connection.execute(
        query.where(signature.c.reading_id > last).limit(_BATCH)
    ).all():
        yield from rows
        last = rows[-1].reading_id


def _named(connection: Connection) -> Iterator[Finding]:
    """The slow way: band by band, to say which reading it is."""
    stored = connection.execute(
        select(near_duplicate_band).order_by(
            near_duplicate_band.c.reading_id, near_duplicate_band.c.band
        )
    )
    found = {
        reading_id: hash(frozenset(row.band for row in rows))
        for reading_id, rows in groupby(stored, lambda row: int(row.reading_id))
    }
    none = hash(frozenset[int]())
    for reading_id, keys in _signed(connection):
        if found.pop(reading_id, none) != hash(frozenset(keys)):
            yield _finding(reading_id, "has other near-duplicate bands than its signature")
    for reading_id in sorted(found):
        yield _finding(reading_id, "has near-duplicate bands and no signature")
