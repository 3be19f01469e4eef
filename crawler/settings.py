"""Scrapy's settings, made from kliping.toml. Scrapy reads this module as its settings module."""

from functools import cache
from importlib.metadata import version
from typing import Any

from archive.config import CrawlConfig, Settings
from archive.errors import ConfigError
from archive.types import Outlet
from crawler.guard import origin_of

__all__ = ["scrapy_settings", "user_agent"]

_RETRIES = 2
_REDIRECTS = 10
_LONGEST_THROTTLE = 60.0

_FIXED: dict[str, Any] = {
    "BOT_NAME": "kliping",
    "SPIDER_MODULES": ["crawler.spiders"],
    "NEWSPIDER_MODULE": "crawler.spiders",
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language": "id,en;q=0.5",
        # pywb cannot replay zstd, warcio cannot read br
        "Accept-Encoding": "gzip",
    },
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
        "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
        "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
        "crawler.guard.GuardMiddleware": 60,
        "crawler.politeness.PolitenessMiddleware": 80,
        "crawler.robots.RobotsMiddleware": 100,
        "crawler.retries.RetryCutMiddleware": 550,
        "crawler.redirects.FreshRedirectMiddleware": 600,
        "crawler.connect.RouteProxyMiddleware": 750,
        "crawler.capture.CaptureMiddleware": 950,
    },
    "DOWNLOAD_HANDLERS": {
        "http": "crawler.connect.ConnectHandler",
        "https": "crawler.connect.ConnectHandler",
        "data": None,
        "file": None,
        "ftp": None,
        "s3": None,
    },
    # the whole process is one lane: while one request waits, no other is made
    "CONCURRENT_REQUESTS": 1,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_DELAY_JITTER": 0.0,  # a delay is the least, never less
    "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
    # a redirect to an address that was asked for before must reach its callback
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
    "TWISTED_DNS_RESOLVER": "crawler.resolver.GuardedResolver",
    "DNS_TIMEOUT": 20,
    "COOKIES_ENABLED": False,
    "COMPRESSION_ENABLED": False,
    "DOWNLOAD_FAIL_ON_DATALOSS": False,
    "DOWNLOAD_WARNSIZE": 0,
    "HTTPERROR_ALLOW_ALL": True,
    "METAREFRESH_ENABLED": False,
    "REDIRECT_MAX_TIMES": _REDIRECTS,
    "REFERRER_POLICY": "no-referrer",
    "RETRY_TIMES": _RETRIES,
    "RETRY_HTTP_CODES": [408, 500, 502, 504, 522, 524],
    "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
    "LOG_LEVEL": "WARNING",
    "LOGSTATS_INTERVAL": 0,
    "MEMUSAGE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "STATS_DUMP": False,
    "TELNETCONSOLE_ENABLED": False,
}


def scrapy_settings(settings: Settings, outlet: Outlet | None = None) -> dict[str, Any]:
    """Everything Scrapy is told for a crawl of `outlet`, or of whichever spider is run.

    Raises ConfigError when crawl.connect_to names what is no origin.
    """
    crawl = settings.crawl
    routes = _routes(crawl.connect_to)
    # an outlet that nobody configured (`kliping save`) may not lead into a private network
    own = {origin_of(outlet.url)} if outlet and outlet.platform else set()
    return {
        **_FIXED,
        "USER_AGENT": user_agent(crawl.contact),
        **_pace(crawl),
        "DOWNLOAD_TIMEOUT": crawl.timeout.total_seconds(),
        # bodies are cut and kept by crawler.capture; this only bounds what slips through
        "DOWNLOAD_MAXSIZE": 2 * max(crawl.page_limit, crawl.image_limit),
        "DOWNLOAD_VERIFY_CERTIFICATES": outlet is None or outlet.tls != "unverified",
        "KLIPING_ALLOWED": sorted({*own, *routes, *routes.values()}),
        "KLIPING_CONNECT_TO": routes,
        "KLIPING_LANE": outlet.lane if outlet else "",
        "KLIPING_MAX_CRAWL_DELAY": crawl.max_crawl_delay.total_seconds(),
        "KLIPING_PAGE_LIMIT": crawl.page_limit,
    }


def user_agent(contact: str) -> str:
    """The user agent of DESIGN §4; without a contact nothing stands in its place."""
    agent = (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Kliping/{version('kliping')}"
    )
    tidy = " ".join(contact.split())
    return f"{agent} (+{tidy})" if tidy else agent


def _pace(crawl: CrawlConfig) -> dict[str, Any]:
    """AutoThrottle above the least delay; a delay of 0 asks for no throttle at all."""
    longest = max(_LONGEST_THROTTLE, crawl.delay, crawl.max_crawl_delay.total_seconds())
    return {
        "DOWNLOAD_DELAY": crawl.delay,
        "AUTOTHROTTLE_ENABLED": crawl.delay > 0,
        "AUTOTHROTTLE_START_DELAY": crawl.delay,
        "AUTOTHROTTLE_MAX_DELAY": longest,
    }


def _routes(connect_to: dict[str, str]) -> dict[str, str]:
    routes = {}
    for origin, target in connect_to.items():
        try:
            routes[origin_of(origin)] = origin_of(target)
        except ValueError as error:
            pair = f"{origin!r} = {target!r}"
            raise ConfigError(f"crawl.connect_to: {pair}: {error}; write https://host") from None
    return routes


@cache
def _project() -> dict[str, Any]:
    """The settings of the folder Scrapy was started in; not read before Scrapy asks for them."""
    return scrapy_settings(Settings.load())


def __getattr__(name: str) -> Any:
    if name.isupper() and not name.startswith("_") and name in _project():
        return _project()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *_project()]
