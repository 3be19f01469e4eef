"""The columns of an export: their order, types and meaning. `docs/export.md` says the same."""

from dataclasses import dataclass

__all__ = [
    "COVERAGE",
    "EXPORT_VERSION",
    "IMAGES",
    "LOCAL",
    "OUTLETS",
    "REMOVED",
    "STORIES",
    "TAKEDOWNS",
    "Column",
]

EXPORT_VERSION = 1
"""Grows when a column is renamed, removed or gets another meaning; a new last column may come."""


@dataclass(frozen=True)
class Column:
    """One column: name, Table Schema type (of JSON Lines; lists are strings in CSV), meaning."""

    name: str
    type: str
    description: str


STORIES = (
    Column("outlet", "string", "short name of the outlet"),
    Column("story_id", "string", "id of the story; never changes, also when its address does"),
    Column("url", "string", "address at which this version was first captured"),
    Column("canonical_url", "string", "address under which the story is filed"),
    Column("version", "integer", "number of the version; order by first_seen_at, not by this"),
    Column("headline", "string", "headline"),
    Column("text", "string", "cleaned text, paragraphs separated by one blank line"),
    Column("byline", "string", "who wrote it, as printed"),
    Column("editor", "string", "who edited it, as printed"),
    Column(
        "dateline", "string", "place read from how the text opens; the text keeps it as printed"
    ),
    Column("section", "string", "section of the outlet"),
    Column("tags", "array", "the outlet's own tags"),
    Column("image_url", "string", "address of the lead picture"),
    Column("published_at", "datetime", "when the outlet says it was published, UTC"),
    Column("published_text", "string", "the date as printed; empty when it is only declared"),
    Column("modified_at", "datetime", "when the outlet says it was last changed, UTC"),
    Column("first_seen_at", "datetime", "when this version was first seen, UTC"),
    Column("last_seen_at", "datetime", "when this version was last seen, UTC"),
    Column("captured_at", "datetime", "when the cited capture was fetched, UTC"),
    Column("status", "string", "of the story: live, or gone when the outlet took it away"),
    Column("gone_at", "datetime", "first sight of the story being gone, UTC; empty while live"),
    Column("changed", "array", "compared fields that differ from the version before"),
    Column("content_hash", "string", "SHA-256 of the compared fields; equal text, equal hash"),
    Column("payload_digest", "string", "SHA-256 of the captured entity bytes"),
    Column("warc_file", "string", "WARC file that holds the capture, in the folder warc"),
    Column("warc_offset", "integer", "byte at which the capture's gzip member begins"),
    Column("warc_length", "integer", "bytes of that member"),
    Column("warc_record_id", "string", "WARC-Record-ID of the capture"),
    Column("extractor", "string", "name and version of what read the page, with its rules"),
    Column("topic", "string", "yes or no: is it on the topic; empty when it was not asked"),
    Column("topic_score", "number", "how sure the topic decision is, 0 to 1"),
    Column("topic_evidence", "array", "the words that support the decision: rule, text, start"),
    Column("label", "string", "a person's decision on the topic; wins over the machine's"),
    Column("cluster_id", "string", "cluster of stories that carry the same text"),
    Column("language", "string", "language the page declares"),
)
"""One row per version, in order of outlet, story_id, first_seen_at and version."""

LOCAL = (
    Column("published_local", "string", "published_at in its own zone, else the outlet's"),
    Column("first_seen_local", "string", "first_seen_at in the zone of the outlet"),
)
"""For people: after the others, in CSV only."""

IMAGES = (
    Column("outlet", "string", "short name of the outlet"),
    Column("story_id", "string", "id of the story that led with it"),
    Column("image_url", "string", "address of the lead picture, as in stories"),
    Column("captured_at", "datetime", "when it was fetched, UTC"),
    Column("media_type", "string", "what its first bytes are, not what the server called it"),
    Column("bytes", "integer", "size of the captured entity"),
    Column("payload_digest", "string", "SHA-256 of the captured entity bytes"),
    Column("warc_file", "string", "WARC file that holds the capture, in the folder warc"),
    Column("warc_offset", "integer", "byte at which the capture's gzip member begins"),
    Column("warc_length", "integer", "bytes of that member"),
    Column("warc_record_id", "string", "WARC-Record-ID of the capture"),
)
"""One row per story and lead image that was kept, in order of outlet, story_id and image_url."""

COVERAGE = (
    Column("outlet", "string", "short name of the outlet"),
    Column("night", "date", "day on which the crawl began, in the zone of the outlet"),
    Column("run_id", "integer", "crawls of one run were started together"),
    Column("crawl_id", "integer", "one outlet's pass in the run"),
    Column("started_at", "datetime", "when the crawl began, UTC"),
    Column("ended_at", "datetime", "when it closed, UTC; empty for one that had not"),
    Column("finish_reason", "string", "why it ended; empty for one that had not"),
    Column(
        "looked_at", "integer", "stories looked at: their pages fetched, or shown whole by a seed"
    ),
    Column("on_topic", "integer", "of these, stories on the topic, the unchanged ones too"),
    Column("failed", "integer", "pages that could not be fetched or read"),
    Column("not_reached", "integer", "pages known but not fetched before the crawl ended"),
)
"""The denominator: one row per crawl; a count is empty where the crawl did not report it."""

OUTLETS = (
    Column("outlet", "string", "short name of the outlet"),
    Column("name", "string", "masthead"),
    Column("url", "string", "front page"),
    Column("region", "string", "province or city"),
    Column("zone", "string", "IANA zone in which its dates are read"),
    Column("network", "string", "group that shares template, copy and politeness"),
    Column("platform", "string", "CMS"),
    Column("language", "string", "language of the outlet"),
    Column("tls", "string", "certificate check: verified, or unverified where it is broken"),
)
"""One row per outlet that was visited, in order of outlet, as it is configured now."""

REMOVED = (
    Column("story_id", "string", "id of the story"),
    Column("version", "integer", "number of the version that has no row any more"),
)
"""In an incremental snapshot: rows of earlier ones that are to be taken away."""

TAKEDOWNS = (
    Column("outlet", "string", "short name of the outlet"),
    Column("story_id", "string", "id of the story; it has no row in any other file"),
    Column("taken_down_at", "datetime", "when that was decided, UTC"),
    Column("reason", "string", "why"),
)
"""One row per story that would be in the snapshot if it had not been taken down, by outlet and id;
without one there is no such file."""
