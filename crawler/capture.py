"""The raw exchange kept with the page: bytes as they were sent, before anything decodes them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol, Self
from weakref import WeakKeyDictionary

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Headers as ScrapyHeaders
from scrapy.http import Response
from scrapy.settings import BaseSettings

from archive.types import Headers, Page
from crawler.connect import Routes, host_header

__all__ = ["LIMIT", "CaptureMiddleware", "Recorder", "with_page"]

LIMIT = "kliping_limit"
"""In a request's meta: the most bytes of its body, where that is not the page limit."""

_NO_BODY = frozenset({204, 304})


class Recorder(Protocol):
    """Takes every exchange of a crawl, robots.txt, seeds and retries too."""

    def write(self, page: Page) -> None:
        """Keep one exchange."""


def with_page(pages: tuple[Page, ...], page: Page) -> tuple[Page, ...]:
    """The chain of exchanges with one more; the retry of a failed one takes its place.

    An answer that failed leads nowhere, so a second answer of its address can only be a retry.
    """
    last = pages[-1] if pages else None
    failed = last is not None and (last.status >= 400 or bool(last.truncated))
    if last is not None and failed and last.url == page.url:
        pages = pages[:-1]
    return (*pages, page)


class CaptureMiddleware:
    """Puts each answer as a Page into `request.meta["pages"]`, a tuple, redirects first.

    It must stand nearest to the downloader (priority above 900), where bodies are still as they
    were sent. It also cuts bodies at the page limit, so that a cut body is kept and never asked
    for again. Of the spider it heeds `recorder` (or the setting
    KLIPING_RECORDER), which gets every exchange, and `clock`.
    A handler that serves a recording leaves the recorded page in `request.meta["replayed"]`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._limit = crawler.settings.getint("KLIPING_PAGE_LIMIT")
        self._wire = _Wire(crawler.settings)
        self._received: WeakKeyDictionary[Request, int] = WeakKeyDictionary()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.headers_received, signal=signals.headers_received)
        crawler.signals.connect(middleware.bytes_received, signal=signals.bytes_received)
        return middleware

    def headers_received(self, body_length: int, request: Request, spider: Spider) -> None:
        """Stop before the body of an answer that announces more than the limit."""
        del spider
        # Twisted writes an unknown length as a word
        if isinstance(body_length, int) and body_length > self._limit_of(request):
            raise StopDownload(fail=False)

    def bytes_received(self, data: bytes, request: Request, spider: Spider) -> None:
        """Stop a body that grew over the limit."""
        del spider
        self._received[request] = self._received.get(request, 0) + len(data)
        if self._received[request] > self._limit_of(request):
            raise StopDownload(fail=False)

    def _limit_of(self, request: Request) -> int:
        limit: int = request.meta.get(LIMIT, self._limit)
        return limit

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the exchange; the response goes on unchanged."""
        page: Page = request.meta.pop("replayed", None) or self._page(request, response)
        request.meta["pages"] = with_page(tuple(request.meta.get("pages", ())), page)
        recorder = self._recorder()
        if recorder is not None:
            recorder.write(page)
        return response

    def _recorder(self) -> Recorder | None:
        """The spider's, or the settings': Scrapy copies settings deeply, an open file cannot be."""
        recorder: Recorder | None = getattr(self._crawler.spider, "recorder", None)
        return recorder or self._crawler.settings.get("KLIPING_RECORDER")

    def _page(self, request: Request, response: Response) -> Page:
        clock: Callable[[], datetime] = getattr(self._crawler.spider, "clock", _now)
        truncated = _truncated(response.flags)
        return Page(
            url=response.url,
            status=response.status,
            body=response.body[: self._limit_of(request) if truncated == "length" else None],
            fetched_at=clock(),
            headers=_answered(response),
            request_headers=_sent(request),
            method=request.method,
            ip_address=self._wire.address(request, response),
            tls=self._wire.tls(response.url),
            truncated=truncated,
        )


class _Wire:
    """What is true of the connection itself, routes and proxies considered."""

    def __init__(self, settings: BaseSettings) -> None:
        self._routes = Routes.of(settings)
        is_verified = settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
        self._check = "verified" if is_verified else "unverified"

    def tls(self, url: str) -> str:
        return self._check if self._routes.wire_url(url).startswith("https:") else ""

    def address(self, request: Request, response: Response) -> str:
        """The server's address; unknown behind a proxy, whose own is no fact about the outlet."""
        if request.meta.get("proxy") or response.ip_address is None:
            return ""
        return str(response.ip_address)


def _now() -> datetime:
    return datetime.now(UTC)


def _truncated(flags: list[str]) -> str:
    """WARC's word for a cut; Scrapy's `partial` only means that no length was announced."""
    if "download_stopped" in flags:
        return "length"
    return "disconnect" if "dataloss" in flags else ""


def _pairs(headers: ScrapyHeaders) -> Headers:
    return tuple((name, value) for name, values in headers.items() for value in values)


def _answered(response: Response) -> Headers:
    headers = _pairs(response.headers)
    if response.status in _NO_BODY:  # Twisted invents a length for them
        return tuple(pair for pair in headers if pair != (b"Content-Length", b"0"))
    return headers


def _sent(request: Request) -> Headers:
    """The headers of a request without the secret that is meant for the proxy."""
    host = (b"Host", host_header(request.url).encode("ascii", "replace"))
    others = (pair for pair in _pairs(request.headers) if pair[0] not in _NOT_OURS)
    return (host, *others)


_NOT_OURS = frozenset({b"Host", b"Proxy-Authorization"})
