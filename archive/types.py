"""The glossary: every word of the project is a type here. All `*_at` are aware and UTC."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

__all__ = [
    "Answer",
    "Article",
    "Capture",
    "Cluster",
    "Copy",
    "Crawl",
    "Headers",
    "ImageSighting",
    "Label",
    "LeadImage",
    "Look",
    "Outcome",
    "Outlet",
    "Page",
    "Period",
    "Problem",
    "Run",
    "Seen",
    "Sighting",
    "Span",
    "Story",
    "TopicDecision",
    "Version",
]

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """A masthead: who publishes, where, and in which time zone it prints its dates."""

    slug: str
    name: str
    url: str
    """The front page, scheme and host as readers know them, no trailing slash."""
    region: str = ""
    zone: str = "Asia/Jakarta"
    """IANA name of the zone in which a date without a printed zone is read."""
    network: str = ""
    """Group that shares template, copy and politeness; empty when the outlet stands alone."""
    platform: str = ""
    language: str = "id"
    tls: str = "verified"
    """`verified`, or `unverified` for an outlet whose certificate is known to be broken."""

    @property
    def lane(self) -> str:
        """The name under which requests queue: one at a time per network."""
        return self.network or self.slug


@dataclass(frozen=True, kw_only=True)
class Page:
    """One exchange as it was on the wire: status, headers and entity bytes of an answer.

    `body` is the entity after transfer decoding and before content decoding
    (still gzipped when the outlet sent gzip).
    """

    url: str
    """The address asked for, as the outlet is known to readers (never a `connect_to` target)."""
    status: int
    body: bytes
    fetched_at: datetime
    headers: Headers = ()
    request_headers: Headers = ()
    method: str = "GET"
    ip_address: str = ""
    tls: str = ""
    """`verified`, `unverified`, or empty for plain HTTP."""
    truncated: str = ""
    """Why the body is cut: `length`, `disconnect`, `time` (WARC 1.1 §5.13), or empty."""
    record_id: str = ""
    """The WARC record it was read back from, empty for a page in flight."""
    source: str = ""
    """Of a page that another tool captured: its file's SHA-256, its record there, the file."""

    def header(self, name: str) -> str:
        """The first header called `name`, decoded as Latin-1 (RFC 9110 §5.5), or ''."""
        wanted = name.lower().encode("ascii")
        for key, value in self.headers:
            if key.lower() == wanted:
                return value.decode("latin-1").strip()
        return ""


@dataclass(frozen=True, kw_only=True)
class Article:
    """What a reader of the page sees: the compared fields first, then the rest."""

    headline: str
    text: str
    """Paragraphs separated by one blank line."""
    byline: str = ""
    editor: str = ""
    dateline: str = ""
    published_text: str = ""
    """The date as the page prints it (`2 jam lalu`, too); empty when only metadata hold one."""
    published_at: datetime | None = None
    """Of a page that tells a day and no time: midnight of that day in `published_zone`."""
    published_zone: str = ""
    """The zone the outlet printed or is known for: an IANA name."""
    modified_at: datetime | None = None
    section: str = ""
    tags: tuple[str, ...] = ()
    image_url: str = ""
    language: str = ""
    source: str = ""
    """Whose story it is as the page prints it ("TribunSolo.com"), when not the outlet's own."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """Words that support a decision: where they stand and which rule they met."""

    rule: str
    text: str
    start: int = 0


@dataclass(frozen=True, kw_only=True)
class TopicDecision:
    """Whether a story is ours, how sure we are (0 to 1), and by which words."""

    on_topic: bool
    score: float
    topic: str
    """Name, version and digest of the topic file, e.g. `netralitas-asn/1/9f3c2ab1`."""
    evidence: tuple[Span, ...] = ()


class Answer(StrEnum):
    """What an outlet answered when asked for a story."""

    ARTICLE = "article"
    NOT_MODIFIED = "not-modified"
    MISSING = "missing"
    """410, 404, a soft 404, or a redirect to the front page."""
    CHALLENGE = "challenge"
    """The site asked for a human, or refused: 403, 429, a challenge page."""
    ERROR = "error"
    """5xx, a cut or undecodable answer."""
    UNREAD = "unread"
    """A real page that could not be read within its limits; its capture is kept."""
    ELSEWHERE = "elsewhere"
    """A redirect out of the outlet and its network: what stands there is another's."""
    NOT_ARTICLE = "not-article"
    """A readable page without a story in it."""


_CONDITIONS = frozenset({b"if-none-match", b"if-modified-since"})


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """One look at one story: every exchange it took, and what was read from it."""

    outlet: str
    url: str
    """The address that was asked for first."""
    answer: Answer
    pages: tuple[Page, ...]
    """Redirects first, then the story's parts in order."""
    parts: tuple[str, ...] = ()
    """The addresses (of `pages`) that carry the text, in order."""
    article: Article | None = None
    canonical: str = ""
    """rel=canonical as the page declares it, not yet believed."""
    platform_id: str = ""
    """The CMS's own id, e.g. `wp:123`; empty when it shows none."""
    extractor: str = ""
    topic: TopicDecision | None = None
    signal: str = ""
    """What the seed said of the story's last change (`modified_gmt`, `lastmod`), or empty."""
    keep: bool = False
    """Keep it whatever its topic (asked for by a person)."""

    @property
    def seen_at(self) -> datetime:
        """The moment of the last exchange."""
        return self.pages[-1].fetched_at

    @property
    def is_whole(self) -> bool:
        """Whether the story was shown and asked for without conditions (RFC 9110 §13.1)."""
        asked = {name.lower() for page in self.pages for name, _ in page.request_headers}
        return self.answer == Answer.ARTICLE and not asked & _CONDITIONS


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the archive made of a sighting."""

    kind: str
    """new, edited, unchanged, not-modified, suspect, missing, gone, back, held, off-topic."""
    story_id: str = ""
    version: int = 0
    changed: tuple[str, ...] = ()
    is_on_topic: bool = False
    """What the story was read to be when it was last read; told where this look read nothing."""


@dataclass(frozen=True, kw_only=True)
class Story:
    """One work at one outlet."""

    story_id: str
    outlet: str
    url: str
    first_seen_at: datetime
    published_at: datetime | None = None
    """As its first version tells; None but in the memory of a crawl."""
    last_seen_at: datetime | None = None
    gone_at: datetime | None = None
    signal: str = ""
    last_fetched_at: datetime | None = None
    last_unconditional_at: datetime | None = None
    next_visit_at: datetime | None = None
    platform_id: str = ""
    versions: int = 0

    @property
    def began_at(self) -> datetime:
        """Since when its age counts: published, or first seen where that came earlier."""
        return min(self.published_at or self.first_seen_at, self.first_seen_at)

    @property
    def status(self) -> str:
        """`gone` while the outlet no longer shows it, else `live`."""
        return "gone" if self.gone_at else "live"


@dataclass(frozen=True)
class Look:
    """What a look at a known story told of it; ages in days since it was published."""

    since: float
    """Its age at the look before."""
    at: float
    has_changed: bool
    """Edited at least once in between, or removed."""


@dataclass(frozen=True, kw_only=True)
class Label:
    """What a person decided of a story: it wins over the machine and survives re-reading."""

    field: str
    """`topic`."""
    value: str
    """Of the topic: `yes` or `no`."""
    made_by: str
    reason: str
    story_id: str = ""
    label_id: int = 0
    recorded_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Version:
    """One state of a story, in its current reading."""

    story_id: str
    number: int
    first_seen_at: datetime
    article: Article
    content_hash: str
    extractor: str
    last_seen_at: datetime | None = None
    changed: tuple[str, ...] = ()
    topic: TopicDecision | None = None
    captures: tuple["Capture", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Capture:
    """One stored fetch: where its bytes are and what they hash to."""

    capture_id: int
    url: str
    fetched_at: datetime
    status: int
    kind: str
    """`response`, or the kind of revisit: `identical-payload`, `not-modified`."""
    answer: str
    payload_digest: str
    """sha256 of the entity bytes, lower-case hex; empty for a 304."""
    warc_file: str
    warc_offset: int
    warc_length: int
    warc_record_id: str
    part: int = 1


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A story that carries the same text as others, as it was first seen."""

    story_id: str
    outlet: str
    url: str
    headline: str
    published_at: datetime | None
    published_zone: str
    first_seen_at: datetime
    departs: float
    """The share of words that only this text or only the first publication has: 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Stories that carry the same text (syndication, reprint, press release)."""

    cluster_id: str
    copies: tuple[Copy, ...]
    """Who published first comes first, as far as the stories say."""


@dataclass(frozen=True, kw_only=True)
class LeadImage:
    """The image that a story leads with, at one address: kept once for all versions, or why not."""

    story_id: str
    url: str
    outcome: str
    """kept, missing, not-an-image, too-large, refused, error."""
    fetched_at: datetime
    tries: int = 1
    media_type: str = ""
    """As its first bytes tell, e.g. `image/jpeg`."""
    bytes: int = 0
    """Of the entity; of one that is too large, the least that it has."""
    capture: Capture | None = None


@dataclass(frozen=True, kw_only=True)
class ImageSighting:
    """One attempt to fetch the lead image of a story, and what came of it."""

    story_id: str
    url: str
    outcome: str
    seen_at: datetime
    pages: tuple[Page, ...] = ()
    """Redirects first, then the image; empty unless the outcome is `kept`."""
    media_type: str = ""
    bytes: int = 0
    held_until: datetime | None = None
    """When the image's host asked not to be visited before a moment."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """An address that was looked at and not kept, and what would make it worth another look."""

    outlet: str
    url: str
    decision: str
    """off-topic, not-article, missing, error, challenge, refused."""
    seen_at: datetime
    signal: str = ""
    topic: str = ""
    score: float = 0.0
    status: int = 0
    first_seen_at: datetime | None = None


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of time: `since` belongs to it, `until` does not."""

    since: datetime
    until: datetime

    @property
    def days(self) -> int:
        """How many whole days long it is."""
        return (self.until - self.since).days


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What went wrong for one address of one outlet, and what to do next."""

    outlet: str
    url: str
    kind: str
    detail: str
    advice: str


@dataclass(frozen=True, kw_only=True)
class Run:
    """A night: every crawl that was started together."""

    run_id: int
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Crawl:
    """One outlet's pass in a run. `token` is the fencing token of its lease."""

    crawl_id: int
    run_id: int
    outlet: str
    started_at: datetime
    ended_at: datetime | None = None
    finish_reason: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    token: int = 0
    network: str = ""
    """While it runs: the network that it holds besides its outlet, under `network_token`."""
    network_token: int = 0
    idle: timedelta | None = None
    """As it began: how long nobody had asked its outlet or network; None when that is unknown."""
