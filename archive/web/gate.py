"""What every request passes before a page is made: who asks, how often, and what goes back."""

import base64
import binascii
import hmac
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archive.web.password import is_password, is_token
from archive.web.source import give_up_after

__all__ = ["CAPTURED_POLICY", "Door", "Gate"]

_log = logging.getLogger(__name__)

LONGEST_ADDRESS = 8_000
"""Characters of path and query; what longer ones want no page has."""
_PATIENCE = 10.0
"""Seconds until a question to the archive is given up."""
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
CAPTURED_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
"""Of an archived page: no script, no origin, no request to anywhere but for its kept pictures."""
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-DNS-Prefetch-Control": "off",
    "Cache-Control": "private, no-cache",
}


@dataclass(frozen=True, kw_only=True)
class Door:
    """Who may read, and how often."""

    user: str = ""
    password: str = ""
    """Hashed, as `kliping serve --hash` prints it; without one everybody may read."""
    tokens: Sequence[str] = ()
    """SHA-256, hex, of the tokens with which programs read."""
    a_minute: int = 600
    """Requests that one address may make in a minute."""

    @property
    def is_open(self) -> bool:
        """Whether everybody who reaches it may read."""
        return not (self.password or self.tokens)

    def admits(self, said: str) -> bool:
        """Whether an Authorization header (RFC 7617, RFC 6750) names someone who may read."""
        scheme, _, credentials = said.partition(" ")
        if scheme.lower() == "bearer":
            return is_token(credentials.strip(), self.tokens)
        if scheme.lower() != "basic" or not self.password:
            return False
        try:
            told = base64.b64decode(credentials, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        user, _, password = told.partition(":")
        # both are compared, so that the time tells nothing of the name
        is_user = hmac.compare_digest(user.encode(), self.user.encode())
        return is_password(password, self.password) and is_user


class Gate:
    """Turns away what no page is for, takes the language off the path, and sets the headers."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._limit = parse(f"{door.a_minute}/minute")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = await self._refusal(scope)
        app: ASGIApp = self._app if refusal is None else refusal
        scope["state"] = scope.get("state", {}) | {"language": _take_language(scope)}
        give_up_after(_PATIENCE)
        is_head = scope["method"] == "HEAD"
        scope["method"] = "GET" if is_head else scope["method"]
        sent = _Sent(send, is_head=is_head)
        try:
            await app(scope, receive, sent)
        except Exception:
            _log.exception("%s could not be answered", scope["path"][:500])
            if sent.has_begun:
                raise
            await _refused(500, "this page failed; the log of the service says why")(
                scope, receive, sent
            )

    async def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        if scope["method"] not in {"GET", "HEAD", "OPTIONS"}:
            return _refused(405, "this is a reading room: GET and HEAD", {"Allow": "GET, HEAD"})
        if len(scope["raw_path"] or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
            return _refused(414, f"an address of at most {LONGEST_ADDRESS} characters")
        client = scope["client"][0] if scope.get("client") else "-"
        if not await self._limiter.hit(self._limit, client):
            return _refused(429, "too many requests: wait a minute", {"Retry-After": "60"})
        said = Headers(scope=scope).get("authorization", "")
        # a password takes the time that it has to: others are answered meanwhile
        if self._door.is_open or await run_in_threadpool(self._door.admits, said):
            return None
        challenge = {"WWW-Authenticate": 'Basic realm="Kliping", charset="UTF-8"'}
        return _refused(401, "a name and password, or a token, are needed to read here", challenge)


def _refused(status: int, why: str, headers: dict[str, str] | None = None) -> PlainTextResponse:
    return PlainTextResponse(f"{status}: {why}\n", status_code=status, headers=headers)


def _take_language(scope: Scope) -> str:
    """The language that a path begins with, taken off it; Indonesian without one."""
    path: str = scope["path"]
    if path != "/en" and not path.startswith("/en/"):
        return "id"
    scope["path"] = path.removeprefix("/en") or "/"
    if scope.get("raw_path"):
        scope["raw_path"] = scope["raw_path"].removeprefix(b"/en") or b"/"
    return "en"


class _Sent:
    """Puts the headers that every answer has on one, and knows whether it has begun."""

    def __init__(self, send: Send, *, is_head: bool) -> None:
        self._send = send
        self._is_head = is_head
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        elif self._is_head:  # RFC 9110 §9.3.2: what GET would say, without its content
            message = dict(message) | {"body": b""}
        await self._send(message)
