"""Trying again: Scrapy's retries, and once more for a body that was cut or too slow."""

from scrapy import Request
from scrapy.downloadermiddlewares.retry import RetryMiddleware, get_retry_request
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response

__all__ = ["RetryCutMiddleware"]

_ONCE = 1
"""A second cut is more often a wrong Content-Length than bad luck, and a page that is too slow
twice drips on purpose."""


class RetryCutMiddleware(RetryMiddleware):
    """Retries network errors and server errors as Scrapy does, and a cut or slow body once."""

    def process_exception(  # type: ignore[override]
        self, request: Request, exception: Exception
    ) -> Request | Response | None:
        """The request again, or None when all tries are used; one that took too long, once."""
        spider = self.crawler.spider
        if isinstance(exception, DownloadTimeoutError) and spider is not None:
            return get_retry_request(request, spider=spider, reason="slow", max_retry_times=_ONCE)
        return super().process_exception(request, exception)

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """The request again, or the response when it is good or all tries are used."""
        spider = self.crawler.spider
        if "dataloss" in response.flags and spider is not None:
            again = get_retry_request(request, spider=spider, reason="cut", max_retry_times=_ONCE)
            return again or response
        return super().process_response(request, response)
