"""Requests that were not carried out, and why: what reaches an errback besides network errors.

Refusal                  one request is not made; the crawl goes on
├── RefusedAddress       a link or redirect into a private network: never asked for
├── RobotsForbidden      robots.txt forbids it
│   └── RobotsUnread     robots.txt could not be read, and so forbids everything
├── TooManyRedirects     a redirect loop or an endless chain
├── BadCertificate       the outlet's certificate cannot be verified
└── OnHold               the outlet asked us to come back later: the crawl ends
"""

from typing import ClassVar

from scrapy.exceptions import IgnoreRequest

from archive.errors import CrawlError, HostileAddress

__all__ = [
    "BadCertificate",
    "OnHold",
    "Refusal",
    "RefusedAddress",
    "RobotsForbidden",
    "RobotsUnread",
    "TooManyRedirects",
]


class Refusal(CrawlError, IgnoreRequest):
    """A request that was not made or not finished; its message names the address and the reason."""

    kind: ClassVar[str] = "refused"
    """The word by which problems of this kind are counted."""
    advice: ClassVar[str] = ""
    """What a person can do about it."""


class RefusedAddress(Refusal, HostileAddress):
    """A link, feed or redirect led to an address that we must not fetch."""

    kind = "hostile-address"
    advice = (
        "nothing to do, if the outlet is public; if it is your own test server, make its origin "
        "the outlet's url or a target of crawl.connect_to"
    )


class RobotsForbidden(Refusal):
    """robots.txt forbids the address."""

    kind = "robots"
    advice = "ask the outlet for leave; Kliping does not fetch what robots.txt forbids"


class RobotsUnread(RobotsForbidden):
    """robots.txt could not be read, and so forbids everything for now (RFC 9309 §2.3.1.4)."""

    kind = "robots-unread"
    advice = "nothing to do: it is asked for again next night, and everything behind it"


class TooManyRedirects(Refusal):
    """The address leads in circles, or through more redirects than browsers follow."""

    kind = "redirect-loop"
    advice = "nothing to do: the outlet's address is broken; it is asked for again next night"


class BadCertificate(Refusal):
    """The outlet's certificate cannot be verified, so nothing was asked for."""

    kind = "certificate"
    advice = 'if the outlet is known for a broken certificate, set tls = "unverified" for it'


class OnHold(Refusal):
    """The outlet asked us to come back later; no further request is made in this crawl."""

    kind = "on-hold"
    advice = "nothing to do: the outlet is visited again when it asked for it"
