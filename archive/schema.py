"""The tables. Constraints live in the database; every `*_at` is UTC."""

from datetime import UTC, datetime

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import (
    event as sqlalchemy_event,
)
from sqlalchemy.types import TypeDecorator

from archive.text import storable

__all__ = [
    "Moment",
    "backfill",
    "capture",
    "cluster",
    "cluster_member",
    "crawl",
    "event",
    "fixity",
    "health",
    "is_described",
    "label",
    "lease",
    "look_count",
    "metadata",
    "near_duplicate_band",
    "notice",
    "outlet",
    "problem",
    "reading",
    "reading_text",
    "run",
    "seen_url",
    "signature",
    "snapshot",
    "story",
    "story_image",
    "story_url",
    "takedown",
    "tombstone",
    "version",
    "version_capture",
    "warc_record",
]


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime, also where the database (SQLite) keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime is no moment: {value.isoformat()}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect  # the signature is SQLAlchemy's
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Words(TypeDecorator[str]):
    """A text, without the characters that no database holds."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        del dialect  # the signature is SQLAlchemy's
        return None if value is None else storable(value)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _text(name: str, *, default: str | None = "") -> Column[str]:
    """A text column; without a default a value is required."""
    return Column(name, Words, nullable=False, server_default=default)


def _moment(name: str, *, required: bool = False) -> Column[datetime]:
    return Column(name, Moment, nullable=not required)


# a place in a file: SQLite's INTEGER holds it anyway
_PLACE = Integer().with_variant(BigInteger(), "postgresql")

outlet = Table(
    "outlet",
    metadata,
    Column("slug", String(100), primary_key=True),
    _text("name"),
    _text("url", default=None),
    _text("network"),
    _text("platform"),
    _text("region"),
    _text("zone"),
    _text("language"),
    _text("tls"),
    _moment("recorded_at", required=True),
    # the start of the last crawl that reached the end of its seeds: the next one looks from here
    _moment("visited_at"),
    # Retry-After carried over to the next night (RFC 9110 §10.2.3)
    _moment("held_until"),
    _text("held_reason"),
    Column("signals_trusted", Boolean, nullable=False, server_default="1"),
)

run = Table(
    "run",
    metadata,
    Column("run_id", Integer, primary_key=True),
    _moment("started_at", required=True),
    _moment("ended_at"),
)

crawl = Table(
    "crawl",
    metadata,
    Column("crawl_id", Integer, primary_key=True),
    Column("run_id", ForeignKey("run.run_id"), nullable=False),
    Column("outlet", ForeignKey("outlet.slug"), nullable=False),
    _moment("started_at", required=True),
    _moment("ended_at"),
    _text("finish_reason"),
    Column("counts", JSON, nullable=False),
    Column("token", Integer, nullable=False),
    # many stories vanished at once: this crawl's missing answers count for nothing
    Column("outlet_fault", Boolean, nullable=False, server_default="0"),
    Index("ix_crawl_outlet_started_at", "outlet", "started_at"),
)

story = Table(
    "story",
    metadata,
    Column("story_id", String(32), primary_key=True),
    Column("outlet", ForeignKey("outlet.slug"), nullable=False),
    _text("url", default=None),
    Column("crawl_id", ForeignKey("crawl.crawl_id"), nullable=False, index=True),
    _moment("first_seen_at", required=True),
    _moment("recorded_at", required=True),
    # when to look again: not facts of the story, so not part of any as-of view
    _text("signal"),
    _moment("last_fetched_at"),
    _moment("last_unconditional_at"),
    _moment("next_visit_at"),
    Index("ix_story_outlet_next_visit_at", "outlet", "next_visit_at"),
)

story_url = Table(
    "story_url",
    metadata,
    Column("outlet", ForeignKey("outlet.slug"), primary_key=True),
    # a canonical URL, or a platform id such as wp:123
    Column("address", Words, primary_key=True),
    Column("story_id", ForeignKey("story.story_id"), nullable=False, index=True),
    _moment("recorded_at", required=True),
    # the crawl that learnt it, and vouches for it; none before schema 0010
    Column("crawl_id", Integer, index=True),
)

warc_record = Table(
    "warc_record",
    metadata,
    Column("record_id", String(64), primary_key=True),
    Column("crawl_id", ForeignKey("crawl.crawl_id"), nullable=False, index=True),
    _text("type", default=None),
    _text("warc_file", default=None),
    Column("warc_offset", _PLACE, nullable=False),
    Column("warc_length", _PLACE, nullable=False),
    # sha256 of the gzip member
    Column("digest", String(64), nullable=False),
    _moment("recorded_at", required=True),
    UniqueConstraint("warc_file", "warc_offset"),
    CheckConstraint("warc_offset >= 0 and warc_length > 0", name="extent"),
)

capture = Table(
    "capture",
    metadata,
    Column("capture_id", Integer, primary_key=True),
    Column("crawl_id", ForeignKey("crawl.crawl_id"), nullable=False, index=True),
    Column("story_id", ForeignKey("story.story_id"), index=True),
    Column("record_id", ForeignKey("warc_record.record_id"), nullable=False, unique=True),
    _text("url", default=None),
    _moment("fetched_at", required=True),
    _moment("recorded_at", required=True),
    Column("status", Integer, nullable=False),
    _text("kind", default=None),
    _text("answer", default=None),
    # sha256 of the entity bytes; empty for a 304, which has none
    _text("payload_digest"),
    # why the body is cut (WARC 1.1 §5.13), or empty
    _text("truncated"),
    Column("refers_to", ForeignKey("capture.capture_id")),
    _text("etag"),
    _text("last_modified"),
    CheckConstraint("kind in ('response', 'identical-payload', 'not-modified')", name="kind"),
    Index("ix_capture_url_fetched_at", "url", "fetched_at"),
    # the same photo at another address
    Index("ix_capture_payload_digest", "payload_digest"),
)

version = Table(
    "version",
    metadata,
    Column("version_id", Integer, primary_key=True),
    Column("story_id", ForeignKey("story.story_id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("crawl_id", ForeignKey("crawl.crawl_id"), nullable=False, index=True),
    _moment("first_seen_at", required=True),
    _moment("recorded_at", required=True),
    Column("changed", JSON, nullable=False),
    UniqueConstraint("story_id", "number"),
    CheckConstraint("number >= 1", name="number"),
)

reading = Table(
    "reading",
    metadata,
    Column("reading_id", Integer, primary_key=True),
    Column("version_id", ForeignKey("version.version_id"), nullable=False, index=True),
    _text("extractor", default=None),
    Column("content_hash", String(64), nullable=False),
    # a re-reading that finds the version equal to the one before: left out of exports
    Column("repeats_previous", Boolean, nullable=False, server_default="0"),
    _text("headline"),
    _text("byline"),
    _text("editor"),
    _text("dateline"),
    _text("published_text"),
    _moment("published_at"),
    _text("published_zone"),
    _moment("modified_at"),
    _text("section"),
    Column("tags", JSON, nullable=False),
    _text("image_url"),
    _text("language"),
    # whose story it is as printed, when it was taken from elsewhere
    _text("source"),
    _text("topic"),
    Column("on_topic", Boolean, nullable=False, server_default="0"),
    Column("topic_score", Float, nullable=False, server_default="0"),
    Column("topic_evidence", JSON, nullable=False),
    _moment("recorded_at", required=True),
)

# apart from `reading`, so that a scan of the fields need not walk through the texts
reading_text = Table(
    "reading_text",
    metadata,
    Column("reading_id", ForeignKey("reading.reading_id"), primary_key=True),
    _text("text", default=None),
)

version_capture = Table(
    "version_capture",
    metadata,
    Column("version_id", ForeignKey("version.version_id"), primary_key=True),
    Column("capture_id", ForeignKey("capture.capture_id"), primary_key=True),
    Column("part", Integer, nullable=False, server_default="1"),
    Index("ix_version_capture_capture_id", "capture_id"),
)

# the lead image as it was fetched, once for all versions that show it
story_image = Table(
    "story_image",
    metadata,
    Column("story_id", ForeignKey("story.story_id"), primary_key=True),
    Column("url", Words, primary_key=True),
    Column("crawl_id", ForeignKey("crawl.crawl_id"), nullable=False, index=True),
    # null: it could not be kept, and `outcome` says why
    Column("capture_id", ForeignKey("capture.capture_id"), index=True),
    _text("outcome", default=None),
    Column("tries", Integer, nullable=False, server_default="1"),
    _text("media_type"),
    Column("bytes", Integer, nullable=False, server_default="0"),
    # Retry-After of the image's host, which need not be the outlet's
    _moment("held_until"),
    _moment("fetched_at", required=True),
    _moment("recorded_at", required=True),
    Index("ix_story_image_url", "url"),
)

event = Table(
    "event",
    metadata,
    Column("event_id", Integer, primary_key=True),
    _text("kind", default=None),
    Column("outlet", ForeignKey("outlet.slug")),
    Column("story_id", ForeignKey("story.story_id"), index=True),
    Column("version_id", ForeignKey("version.version_id")),
    Column("capture_id", ForeignKey("capture.capture_id")),
    Column("crawl_id", ForeignKey("crawl.crawl_id"), index=True),
    _moment("occurred_at", required=True),
    _moment("recorded_at", required=True),
    Column("detail", JSON, nullable=False),
    Column("previous_hash", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
    # which stories of an outlet are gone is asked at both ends of each of its crawls
    Index("ix_event_outlet_kind", "outlet", "kind"),
)

seen_url = Table(
    "seen_url",
    metadata,
    Column("outlet", ForeignKey("outlet.slug"), primary_key=True),
    Column("url", Words, primary_key=True),
    Column("crawl_id", ForeignKey("crawl.crawl_id"), nullable=False),
    _text("decision", default=None),
    Column("status", Integer, nullable=False),
    _moment("first_seen_at", required=True),
    _moment("seen_at", required=True),
    _text("signal"),
    _text("topic"),
    Column("score", Float, nullable=False, server_default="0"),
    Column("tries", Integer, nullable=False, server_default="1"),
)

# the spans of the past whose seeds a backfill has read to their end, so that it can go on
backfill = Table(
    "backfill",
    metadata,
    Column("backfill_id", Integer, primary_key=True),
    Column("outlet", ForeignKey("outlet.slug"), nullable=False),
    Column("crawl_id", ForeignKey("crawl.crawl_id"), nullable=False, index=True),
    _moment("starts_at", required=True),
    _moment("ends_at", required=True),
    # another topic would find other stories there
    _text("topic"),
    _moment("recorded_at", required=True),
    CheckConstraint("starts_at < ends_at", name="span"),
    Index("ix_backfill_outlet_starts_at", "outlet", "starts_at"),
)

signature = Table(
    "signature",
    metadata,
    Column("reading_id", ForeignKey("reading.reading_id"), primary_key=True),
    # empty: too short to be a copy of anything
    Column("minhash", LargeBinary, nullable=False),
)

near_duplicate_band = Table(
    "near_duplicate_band",
    metadata,
    Column("band", BigInteger, primary_key=True),
    Column("reading_id", ForeignKey("reading.reading_id"), primary_key=True),
    sqlite_with_rowid=False,
)

cluster = Table(
    "cluster",
    metadata,
    Column("cluster_id", String(32), primary_key=True),
    _moment("recorded_at", required=True),
)

cluster_member = Table(
    "cluster_member",
    metadata,
    Column("member_id", Integer, primary_key=True),
    Column("cluster_id", ForeignKey("cluster.cluster_id"), nullable=False, index=True),
    Column("story_id", ForeignKey("story.story_id"), nullable=False, index=True),
    _moment("recorded_at", required=True),
)
"""Append-only: the newest row of a story says where it belongs."""

label = Table(
    "label",
    metadata,
    Column("label_id", Integer, primary_key=True),
    Column("story_id", ForeignKey("story.story_id"), nullable=False),
    _text("field", default=None),
    _text("value", default=None),
    _text("made_by", default=None),
    _text("reason", default=None),
    _moment("recorded_at", required=True),
    CheckConstraint("made_by != ''", name="signed"),
    CheckConstraint("field != 'topic' OR value IN ('yes', 'no')", name="topic_value"),
    Index("ix_label_story_id_field", "story_id", "field"),
)

# every export, so that the next is tied to it, and a takedown can say which hold what it took
snapshot = Table(
    "snapshot",
    metadata,
    Column("snapshot_id", Integer, primary_key=True),
    _moment("as_of", required=True),
    _moment("recorded_at", required=True),
    _text("place", default=None),
    _text("format", default=None),
    Column("manifest_sha256", String(64), nullable=False),
    Column("statement_sha256", String(64), nullable=False, unique=True),
    Index("ix_snapshot_as_of", "as_of"),
)

# which bytes were read again when, and whether they were as they were stored
fixity = Table(
    "fixity",
    metadata,
    Column("fixity_id", Integer, primary_key=True),
    _text("file", default=None),
    # from the first byte up to but not including the last
    Column("first_byte", BigInteger, nullable=False),
    Column("end_byte", BigInteger, nullable=False),
    _moment("checked_at", required=True),
    _text("outcome", default=None),
    Column("findings", Integer, nullable=False, server_default="0"),
    _text("detail"),
    CheckConstraint("outcome in ('intact', 'damaged', 'missing')", name="outcome"),
    Index("ix_fixity_file", "file"),
)

# what must be kept no longer: the story and its facts stay, its words and bytes go
takedown = Table(
    "takedown",
    metadata,
    Column("takedown_id", Integer, primary_key=True),
    Column("story_id", ForeignKey("story.story_id"), nullable=False, unique=True),
    _text("reason", default=None),
    _text("made_by"),
    # decided: from then on nobody is shown the story
    _moment("recorded_at", required=True),
    # its members are tombstones and its words are in no row any more
    _moment("erased_at"),
    # nor in what the database file holds besides its rows
    _moment("settled_at"),
    CheckConstraint("reason != ''", name="reasoned"),
)

# the members that were or will be overwritten, and what they were
tombstone = Table(
    "tombstone",
    metadata,
    Column("record_id", ForeignKey("warc_record.record_id"), primary_key=True),
    Column("takedown_id", ForeignKey("takedown.takedown_id"), nullable=False, index=True),
    _text("was_type", default=None),
    Column("was_digest", String(64), nullable=False),
    _moment("recorded_at", required=True),
)

# what was told to whom: the newest event that a message was about
notice = Table(
    "notice",
    metadata,
    Column("notice_id", Integer, primary_key=True),
    # a digest of the address, which may hold a password
    _text("target", default=None),
    _text("kind", default=None),
    Column("event_id", Integer, nullable=False),
    _moment("recorded_at", required=True),
    CheckConstraint("kind in ('began', 'digest', 'event')", name="kind"),
    Index("ix_notice_target_kind", "target", "kind"),
)

problem = Table(
    "problem",
    metadata,
    Column("problem_id", Integer, primary_key=True),
    Column("crawl_id", ForeignKey("crawl.crawl_id"), nullable=False, index=True),
    Column("outlet", ForeignKey("outlet.slug"), nullable=False),
    _text("url", default=None),
    _text("kind", default=None),
    _text("detail"),
    _text("advice"),
    _moment("recorded_at", required=True),
)

# how each outlet was found to be after a crawl: the newest row of an outlet tells of now
health = Table(
    "health",
    metadata,
    Column("health_id", Integer, primary_key=True),
    Column("crawl_id", ForeignKey("crawl.crawl_id"), nullable=False, unique=True),
    Column("outlet", ForeignKey("outlet.slug"), nullable=False),
    _text("state", default=None),
    # what is wrong: kind, detail, examples, advice, since, nights
    Column("findings", JSON, nullable=False),
    _moment("recorded_at", required=True),
    CheckConstraint("state in ('healthy', 'watch', 'failing', 'paused')", name="state"),
    Index("ix_health_outlet_crawl_id", "outlet", "crawl_id"),
)

# what the looks at an outlet's stories told of how soon they change: counted anew at every crawl
look_count = Table(
    "look_count",
    metadata,
    Column("outlet", ForeignKey("outlet.slug"), primary_key=True),
    # [age at the look before, age at the look, has it changed, how many such looks]; ages in days
    Column("looks", JSON, nullable=False),
    _moment("recorded_at", required=True),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String(200), primary_key=True),
    _text("holder"),
    _text("host"),
    Column("pid", Integer, nullable=False, server_default="0"),
    # the holder's start time in clock ticks: a reused pid is another process
    _text("pid_started"),
    Column("token", Integer, nullable=False),
    _moment("expires_at", required=True),
)

# the index of a search is no table of SQLAlchemy's: see `search_index`
_SEARCH = {
    "sqlite": (
        "CREATE VIEW reading_searched AS SELECT reading.reading_id,"
        " kliping_words(reading.headline, 300) AS headline,"
        " kliping_words(reading_text.text, 16000) AS text"
        " FROM reading JOIN reading_text ON reading_text.reading_id = reading.reading_id",
        "CREATE VIRTUAL TABLE reading_search USING fts5(headline, text,"
        " content='reading_searched', content_rowid='reading_id',"
        " tokenize=\"ascii tokenchars '_'\", prefix='2 3')",
    ),
    "postgresql": (
        "CREATE TABLE reading_search (reading_id integer NOT NULL"
        " CONSTRAINT pk_reading_search PRIMARY KEY"
        " CONSTRAINT fk_reading_search_reading_id REFERENCES reading (reading_id),"
        " words tsvector NOT NULL)",
        "CREATE INDEX ix_reading_search_words ON reading_search USING gin (words)",
    ),
}
for _dialect, _statements in _SEARCH.items():
    for _statement in _statements:
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]
        sqlalchemy_event.listen(metadata, "after_create", _ddl.execute_if(dialect=_dialect))


def is_described(name: str | None, kind: str, _parents: object) -> bool:
    """Whether `metadata` knows of it: Alembic's `include_name`, to leave the search index out."""
    return kind != "table" or not (name or "").startswith("reading_search")
