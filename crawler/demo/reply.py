"""A request and an answer as values, and what HTTP makes of an answer on its way out."""

import gzip
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import parse_qs

__all__ = ["Asked", "Reply", "finished", "html_reply", "redirect"]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request: what is known of it before it is answered."""

    host: str
    path: str
    method: str = "GET"
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    views: int = 0
    """How often this address was asked for before."""
    private: str = ""
    """A loopback origin that stands for a private network."""
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    def seen(self, *, views: int, private: str, now: datetime) -> "Asked":
        """The same request with what the server knows of it."""
        return replace(self, views=views, private=private, now=now)

    def values(self, name: str) -> list[str]:
        """Every value of a query field, also written as `name[]`, commas split."""
        fields = parse_qs(self.query, keep_blank_values=True)
        found = fields.get(name, []) + fields.get(f"{name}[]", [])
        return [part for value in found for part in value.split(",")]

    def value(self, name: str) -> str:
        """The last value of a query field, or ''."""
        fields = parse_qs(self.query, keep_blank_values=True)
        return fields.get(name, [""])[-1]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    chunks: Callable[[], Iterator[bytes]] | None = None
    """Instead of `body`: bytes too many to hold."""
    length: int | None = None
    """The Content-Length to declare, true or not; -1 declares none and closes. None: the body's."""
    raw: bool = False
    """Leave the body as it is: no compression, no conditional answer."""
    wire: Callable[[], Iterator[bytes]] | None = None
    """Instead of all this: every byte that is sent, the status line too; then it is hung up."""
    modified_at: datetime | None = None
    etag: bool = False


def html_reply(page: str, status: int = 200) -> Reply:
    """An HTML page in UTF-8."""
    headers = (("Content-Type", "text/html; charset=UTF-8"),)
    return Reply(status=status, body=page.encode(), headers=headers)


def redirect(location: str, status: int = 301) -> Reply:
    """An answer that leads elsewhere."""
    headers = (
        ("Content-Type", "text/html; charset=UTF-8"),
        ("X-Redirect-By", "WordPress"),
        ("Location", location),
    )
    return Reply(status=status, headers=headers)


def finished(reply: Reply, asked: Asked) -> Reply:
    """The answer with validators, as 304 where the client's copy is fresh, gzipped if allowed."""
    if reply.raw or reply.chunks or reply.wire:
        return reply
    headers = _validators(reply)
    if reply.status == 200 and _is_fresh(asked, dict(headers), reply):
        return Reply(status=304, headers=headers)
    reply = replace(reply, headers=reply.headers + headers)
    return _compressed(reply, asked.headers.get("accept-encoding", ""))


def _validators(reply: Reply) -> tuple[tuple[str, str], ...]:
    headers: tuple[tuple[str, str], ...] = ()
    if reply.etag:
        headers += (("ETag", f'W/"{hashlib.sha256(reply.body).hexdigest()[:20]}"'),)
    if reply.modified_at:
        headers += (("Last-Modified", format_datetime(reply.modified_at, usegmt=True)),)
    return headers


def _is_fresh(asked: Asked, validators: Mapping[str, str], reply: Reply) -> bool:
    # RFC 9110 §13.1.3: If-Modified-Since is ignored when If-None-Match is there
    wanted = asked.headers.get("if-none-match")
    if wanted is not None and reply.etag:
        return validators["ETag"] in [tag.strip() for tag in wanted.split(",")]
    since = _http_date(asked.headers.get("if-modified-since", ""))
    if wanted is not None or since is None or reply.modified_at is None:
        return False
    return reply.modified_at.replace(microsecond=0) <= since


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _compressed(reply: Reply, accepted: str) -> Reply:
    codings = [part.partition(";") for part in accepted.lower().split(",")]
    allowed = any(
        coding.strip() in ("gzip", "*") and weight.replace(" ", "") not in ("q=0", "q=0.0")
        for coding, _, weight in codings
    )
    if not allowed or not reply.body:
        return reply
    headers = (*reply.headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
    # level 5 and no time stamp, as nginx is usually set: the same page gives the same bytes
    return replace(reply, body=gzip.compress(reply.body, 5, mtime=0), headers=headers)
