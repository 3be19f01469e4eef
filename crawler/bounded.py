"""Heads of answers within bounds: Twisted reads status lines and headers without end."""

from typing import Any

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from twisted.web._newclient import HEADER, STATUS

__all__ = ["LARGEST_HEAD", "BoundedFactory", "HeadTooLarge"]

LARGEST_HEAD = 262_144
"""Bytes of status line and headers, interim answers (1xx) included; browsers stop there too."""


class HeadTooLarge(Exception):
    """The answer's head is larger than any browser reads."""

    def __str__(self) -> str:
        return f"the head of the answer is over the limit of {LARGEST_HEAD} bytes"


class _Parser(_LenientHTTPClientParser):
    """Gives up on a head that does not end. An error in it fails the request (Twisted)."""

    _head = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 -- the interface is Twisted's
        if self.state in (STATUS, HEADER):
            self._head += len(data)
            if self._head > LARGEST_HEAD:
                raise HeadTooLarge
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        del line
        raise HeadTooLarge


class _Protocol(_LenientHTTP11ClientProtocol):
    def request(self, request: Any) -> Any:
        answer = super().request(request)
        # as Scrapy does itself: the parser's class is fixed in Twisted
        self._parser.__class__ = _Parser
        return answer


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Builds connections whose answers have a head within LARGEST_HEAD."""

    def buildProtocol(self, addr: Any) -> _Protocol:  # noqa: N802
        del addr
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
