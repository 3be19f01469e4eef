"""One exchange as WARC members, and the earlier capture it refers to."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from archive import warc_records
from archive.http_block import as_stored
from archive.schema import capture, tombstone
from archive.types import Answer, Page
from archive.warc_records import Member, RevisitOf

__all__ = ["Earlier", "Exchange", "Stored", "earlier_capture", "exchange", "payload_digest"]

# a statement that is made once is looked up, one that is made anew each time is read through first
_WHOLE = (
    select(capture)
    .where(capture.c.kind == "response", capture.c.status == 200, capture.c.truncated == "")
    .where(capture.c.record_id.not_in(select(tombstone.c.record_id)))
    .order_by(capture.c.capture_id.desc())
    .limit(1)
)
_WHOLE_AT = _WHOLE.where(capture.c.url == bindparam("wanted"))
_WHOLE_BY_ID = _WHOLE.where(capture.c.capture_id == bindparam("wanted"))
_BODY_SHOWN = (
    select(func.coalesce(capture.c.refers_to, capture.c.capture_id))
    .where(capture.c.url == bindparam("url"), capture.c.status.in_((200, 304)))
    .where(capture.c.answer.in_((Answer.ARTICLE.value, Answer.NOT_MODIFIED.value)))
    .order_by(capture.c.fetched_at.desc(), capture.c.capture_id.desc())
    .limit(1)
)


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """The last full capture of an address."""

    capture_id: int
    record_id: str
    url: str
    fetched_at: datetime
    payload_digest: str
    status: int


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One page with the members that store it; `members[0]` is the answer's own record."""

    page: Page
    kind: str
    members: tuple[Member, ...]
    refers_to: int | None = None


Stored = Sequence[Exchange]


def payload_digest(page: Page) -> str:
    """The sha256 hex digest of the entity bytes; '' for a 304, which has none."""
    return "" if page.status == 304 else hashlib.sha256(page.body).hexdigest()


def earlier_capture(connection: Connection, page: Page) -> Earlier | None:
    """The whole body that `page` may repeat: of the same address, and of its newest capture.

    A 304 speaks of the last good answer, whose validators were sent; a challenge page or a soft
    404 that came after it is another body.
    """
    shown = _body_shown(connection, page.url) if page.status == 304 else None
    query, wanted = (_WHOLE_BY_ID, shown) if shown else (_WHOLE_AT, page.url)
    row = connection.execute(query, {"wanted": wanted}).first()
    if row is None:
        return None
    return Earlier(
        capture_id=row.capture_id,
        record_id=row.record_id,
        url=row.url,
        fetched_at=row.fetched_at,
        payload_digest=row.payload_digest,
        status=row.status,
    )


def _body_shown(connection: Connection, url: str) -> int | None:
    """The capture that holds the body of the last good answer at an address."""
    found: int | None = connection.scalar(_BODY_SHOWN, {"url": url})
    return found


def exchange(
    page: Page, *, earlier: Earlier | None, decode: Callable[[Page], bytes] | None
) -> Exchange:
    """The page as a response, or as a revisit of `earlier` when it brought nothing new.

    Digests are of the page as it is stored, so that an audit finds them again.
    """
    page = as_stored(page, decode=decode)
    if earlier is None or page.truncated:
        return Exchange(page=page, kind="response", members=tuple(warc_records.response(page)))
    of = RevisitOf(record_id=earlier.record_id, target_uri=earlier.url, date=earlier.fetched_at)
    if page.status == 304:
        members = warc_records.revisit_not_modified(page, of=of)
        kind = "not-modified"
    elif page.status == earlier.status and payload_digest(page) == earlier.payload_digest:
        members = warc_records.revisit_identical(page, of=of)
        kind = "identical-payload"
    else:
        return exchange(page, earlier=None, decode=None)
    return Exchange(page=page, kind=kind, members=tuple(members), refers_to=earlier.capture_id)
