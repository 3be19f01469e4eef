"""Redirects: followed within limits, asked for afresh."""

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.refused import TooManyRedirects

__all__ = ["FreshRedirectMiddleware"]

_CONDITIONS = ("If-None-Match", "If-Modified-Since")


class FreshRedirectMiddleware(RedirectMiddleware):
    """Scrapy's redirects, with a name for endless ones.

    The conditions of a request belong to its own address: a target that was never fetched must not
    answer 304 to the date of another page.
    """

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """The request for the redirect's target, or the response itself."""
        try:
            answer = super().process_response(request, response)
        except ValueError:  # no address at all: `javascript:`, `http://[::1`
            return response
        except IgnoreRequest as error:
            first = request.meta.get("redirect_urls", [request.url])[0]
            raise TooManyRedirects(f"{first}: {error}, last at {request.url}") from None
        if isinstance(answer, Request):
            for name in _CONDITIONS:
                answer.headers.pop(name, None)
        return answer
