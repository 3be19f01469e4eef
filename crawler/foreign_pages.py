"""A record of another tool's WARC file as a page of an outlet, or why it is none. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from archive.errors import HostileAddress
from archive.foreign_warc import ForeignRecord, is_digest_of
from archive.http_block import dechunked, split
from archive.types import Headers, Outlet, Page
from archive.urls import canonical_url, same_outlet
from archive.warc_records import payload_digest
from crawler.guard import check_address
from crawler.wish import wishes_of

__all__ = ["SKIPPED", "ForeignPage", "Owners", "Passed", "Sorter"]

SKIPPED = {
    "not_responses": "records of other kinds (requests, warcinfo, metadata, DNS)",
    "other_status": "answers that are no 200",
    "not_html": "answers that are no HTML",
    "other_outlets": "pages of outlets that were not asked for",
    "bad_addresses": "records of addresses that are none, or private",
    "bad_dates": "records without a moment that can be believed",
    "bad_digests": "records whose bytes are not those that their digests are of",
    "too_large": "pages over crawl.page_limit",
    "bad_http": "records without an HTTP answer that can be read",
    "orphans": "revisits whose response is in none of the files",
}
"""Why records are passed by, in words."""

_FIRST = datetime(1996, 1, 1, tzinfo=UTC)
"""Nobody archived the web before."""
_IDENTICAL, _NOT_MODIFIED = "identical-payload-digest", "server-not-modified"


@dataclass(frozen=True, kw_only=True)
class ForeignPage:
    """A page as another tool captured it; a revisit waits for the body that it stands on."""

    outlet: Outlet
    page: Page
    payload: str
    """Digest of the entity as WARC files have it, in lower case; of a revisit as it says."""
    is_revisit: bool = False
    is_not_modified: bool = False
    refers_to: str = ""
    """The record id of the response that a revisit stands on, if it says."""
    refers_url: str = ""


@dataclass(frozen=True)
class Passed:
    """Why a record is passed by: a key of SKIPPED."""

    kind: str


Outcome = ForeignPage | Passed


class Owners:
    """Whose an address is: a known outlet's, else one of its host's name, as `kliping save` has it.

    Only addresses of the outlets `only` are wanted, if any is named.
    """

    def __init__(
        self, outlets: Sequence[Outlet], *, allowed: frozenset[str], only: frozenset[str]
    ) -> None:
        self._outlets = outlets
        self._allowed = allowed
        self._only = only
        self._strangers: dict[str, Outlet] = {}

    def of(self, url: str) -> Outlet | Passed:
        """The outlet of an address, or why it is not wanted."""
        try:
            check_address(url, allowed=self._allowed)
            canonical_url(url)
            found = next((one for one in self._outlets if same_outlet(url, one.url)), None)
            if found is None and self._only:
                return Passed("other_outlets")
            found = found or self._stranger(url)
        except (HostileAddress, ValueError):
            return Passed("bad_addresses")
        return found if not self._only or found.slug in self._only else Passed("other_outlets")

    def _stranger(self, url: str) -> Outlet:
        host = urlsplit(url).netloc.lower()
        if host not in self._strangers:
            found = wishes_of([url], self._outlets)[0].outlet
            # www. and plain are one outlet, whichever was met first
            same = (one for one in self._strangers.values() if one.slug == found.slug)
            self._strangers[host] = next(same, found)
        return self._strangers[host]


@dataclass(frozen=True, kw_only=True)
class Sorter:
    """Sorts the records of one file."""

    owners: Owners
    source: str
    """SHA-256 and name of the file, with a place for the record's id."""
    now: datetime
    limit: int

    def is_wanted(self, fields: Mapping[str, str]) -> bool:
        """Whether the block of a record is needed to sort it."""
        if fields.get("warc-type") not in ("response", "revisit"):
            return False
        return isinstance(self.owners.of(_url(fields)), Outlet)

    def sort(self, record: ForeignRecord) -> ForeignPage | Passed:
        """The page in a record, or why it is passed by."""
        fields = record.fields
        url = _url(fields)
        if fields.get("warc-type") not in ("response", "revisit") or not _is_http(url):
            return Passed("not_responses")
        owner = self.owners.of(url)
        if isinstance(owner, Passed):
            return owner
        if record.block is None:
            return Passed("too_large")
        at = _moment(fields.get("warc-date", ""))
        if at is None or not _FIRST <= at <= self.now:
            return Passed("bad_dates")
        if fields["warc-type"] == "revisit":
            return self._revisit(record, owner=owner, at=at)
        return self._response(record, owner=owner, at=at)

    def _response(self, record: ForeignRecord, *, owner: Outlet, at: datetime) -> Outcome:
        block = record.block or b""
        line, headers, raw = split(block)
        status = _status(line)
        if status is None:
            return Passed("bad_http")
        if status != 200:
            return Passed("other_status")
        body = dechunked(raw) if _names(headers, b"transfer-encoding") else raw
        page = self._page(record, at=at, headers=headers, body=body)
        if not _is_html(page):
            return Passed("not_html")
        if not _is_as_digested(record.fields, block=block, bodies=(raw, body)):
            return Passed("bad_digests")
        if len(body) > self.limit:
            return Passed("too_large")
        said = record.fields.get("warc-payload-digest", "")
        return ForeignPage(outlet=owner, page=page, payload=(said or payload_digest(body)).lower())

    def _revisit(self, record: ForeignRecord, *, owner: Outlet, at: datetime) -> Outcome:
        fields = record.fields
        line, headers, _ = split(record.block or b"")
        profile = fields.get("warc-profile", "")
        is_not_modified = profile.endswith(_NOT_MODIFIED)
        if not is_not_modified and not profile.endswith(_IDENTICAL):
            return Passed("not_responses")
        if not is_not_modified and line and _status(line) != 200:
            return Passed("other_status")
        page = self._page(record, at=at, headers=headers, body=b"")
        if not is_not_modified and headers and page.header("Content-Type") and not _is_html(page):
            return Passed("not_html")
        return ForeignPage(
            outlet=owner,
            page=replace(page, truncated=""),  # that it has no body is what a revisit is
            payload=fields.get("warc-payload-digest", "").lower(),
            is_revisit=True,
            is_not_modified=is_not_modified,
            refers_to=fields.get("warc-refers-to", ""),
            refers_url=fields.get("warc-refers-to-target-uri", "").strip("<>"),
        )

    def _page(self, record: ForeignRecord, *, at: datetime, headers: Headers, body: bytes) -> Page:
        fields = record.fields
        return Page(
            url=_url(fields),
            status=200,
            headers=_plain(headers),
            body=body,
            fetched_at=at,
            ip_address=fields.get("warc-ip-address", ""),
            truncated=fields.get("warc-truncated", ""),
            record_id=record.record_id,
            source=self.source.format(record=record.record_id or f"record-{record.number}"),
        )


def _url(fields: Mapping[str, str]) -> str:
    return fields.get("warc-target-uri", "").strip("<>")  # wget and WARC 1.0 print them


def _is_http(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _status(line: bytes) -> int | None:
    parts = line.split(maxsplit=2)
    if len(parts) < 2 or not parts[0].startswith(b"HTTP/"):
        return None
    return int(parts[1]) if parts[1].isdigit() and len(parts[1]) == 3 else None


def _names(headers: Headers, wanted: bytes) -> bool:
    return any(name.lower() == wanted for name, _ in headers)


def _plain(headers: Headers) -> Headers:
    """Without the pseudo-headers of HTTP/2 (RFC 9113 §8.3): `:status` is no header of HTTP/1."""
    return tuple((name, value) for name, value in headers if name)


def _is_html(page: Page) -> bool:
    kind = page.header("Content-Type").partition(";")[0].strip().lower()
    if kind:
        return kind in ("text/html", "application/xhtml+xml")
    return page.body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _is_as_digested(fields: Mapping[str, str], *, block: bytes, bodies: Sequence[bytes]) -> bool:
    """Whether the bytes are those that were digested, as far as a digest can be checked.

    The payload's is the last word: tools that rewrite headers leave a wrong digest of the block,
    and some take the payload with its chunks. Of a block that is right, all is.
    """
    whole = is_digest_of(fields.get("warc-block-digest", ""), block)
    said = fields.get("warc-payload-digest", "")
    payload = [is_digest_of(said, body) for body in bodies]
    if whole or any(payload):
        return True
    return whole is not False and payload[0] is not False
