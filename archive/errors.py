"""What can go wrong, named by what the caller should do.

KlipingError
├── ConfigError            the settings are wrong: name the key, stop (exit 2)
├── ArchiveError           the archive failed: stop (exit 3)
│   ├── ArchiveMissing     there is no archive here: `kliping init`
│   ├── ArchiveTooNew      written by a newer Kliping, or not migrated: `kliping migrate`
│   ├── LeaseHeld          another process works on this outlet: leave it alone
│   │   ├── NetworkHeld    another outlet of the network is crawled: wait, then try again
│   │   └── VisitedAlready another crawl came first, and has ended: there is nothing to do
│   ├── LeaseLost          another process took over: stop writing at once
│   └── DamagedRecord      stored bytes are not what was stored: `kliping audit`
├── NotFound               no such story, version or outlet: ask again with another name
│   ├── BadQuery           a search that cannot be read: write it another way
│   ├── BadMoment          a moment that names no zone: give it one
│   └── TakenDown          the story was taken down: its words and bytes are nowhere any more
└── CrawlError             one page failed: record it, go on
    ├── NotAnArticle       the page is real but holds no story: skip, do not retry
    ├── ChallengePage      the site asked for a human: record, slow down
    ├── Unreadable         over a limit or not decodable: keep the bytes, mark unread
    └── HostileAddress     a link or redirect to an address we must not fetch: refuse
"""

__all__ = [
    "ArchiveError",
    "ArchiveMissing",
    "ArchiveTooNew",
    "BadMoment",
    "BadQuery",
    "ChallengePage",
    "ConfigError",
    "CrawlError",
    "DamagedRecord",
    "HostileAddress",
    "KlipingError",
    "LeaseHeld",
    "LeaseLost",
    "NetworkHeld",
    "NotAnArticle",
    "NotFound",
    "TakenDown",
    "Unreadable",
    "VisitedAlready",
]


class KlipingError(Exception):
    """Any failure that Kliping foresaw; its message is one line a user can act on."""


class ConfigError(KlipingError):
    """The settings are wrong; the message names the key."""


class ArchiveError(KlipingError):
    """The archive could not be read or written."""


class ArchiveMissing(ArchiveError):
    """There is no archive at the configured place."""


class ArchiveTooNew(ArchiveError):
    """The archive's schema is not the one this Kliping writes."""


class LeaseHeld(ArchiveError):
    """Another live process holds the outlet's lease."""


class NetworkHeld(LeaseHeld):
    """Another live process crawls an outlet of the same network."""


class VisitedAlready(LeaseHeld):
    """Another crawl visited the outlet since the moment that this one was to make up for."""


class LeaseLost(ArchiveError):
    """The lease went to another process; nothing more may be written under it."""


class DamagedRecord(ArchiveError):
    """Stored bytes do not match what was recorded about them."""


class NotFound(KlipingError):
    """No story, version or outlet of that name."""


class BadQuery(NotFound):
    """A search that cannot be read; the message says what to change."""


class BadMoment(NotFound):
    """A moment that cannot be compared with others; the message says what to give."""


class TakenDown(NotFound):
    """The story was taken down; the message says when and why."""


class CrawlError(KlipingError):
    """One page failed; the crawl goes on."""


class NotAnArticle(CrawlError):
    """The page is real but holds no story (tag page, gallery). Skip it; do not retry."""


class ChallengePage(CrawlError):
    """The site asked for a human. Record it and slow down."""


class Unreadable(CrawlError):
    """The page is over a limit or cannot be decoded. Keep its bytes, mark it unread."""


class HostileAddress(CrawlError):
    """A link, feed or redirect led to a private, loopback or otherwise forbidden address."""
