"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("holder", sa.Text(), server_default="", nullable=False),
        sa.Column("host", sa.Text(), server_default="", nullable=False),
        sa.Column("pid", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pid_started", sa.Text(), server_default="", nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "outlet",
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), server_default="", nullable=False),
        sa.Column("platform", sa.Text(), server_default="", nullable=False),
        sa.Column("region", sa.Text(), server_default="", nullable=False),
        sa.Column("zone", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("tls", sa.Text(), server_default="", nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("signals_trusted", sa.Boolean(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_outlet")),
    )
    op.create_table(
        "run",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run")),
    )
    op.create_table(
        "crawl",
        sa.Column("crawl_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("outlet", sa.String(length=100), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finish_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("outlet_fault", sa.Boolean(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["outlet"], ["outlet.slug"], name=op.f("fk_crawl_outlet")),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_crawl_run_id")),
        sa.PrimaryKeyConstraint("crawl_id", name=op.f("pk_crawl")),
    )
    with op.batch_alter_table("crawl", schema=None) as batch_op:
        batch_op.create_index("ix_crawl_outlet_started_at", ["outlet", "started_at"], unique=False)

    op.create_table(
        "problem",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("crawl_id", sa.Integer(), nullable=False),
        sa.Column("outlet", sa.String(length=100), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("advice", sa.Text(), server_default="", nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawl.crawl_id"], name=op.f("fk_problem_crawl_id")),
        sa.ForeignKeyConstraint(["outlet"], ["outlet.slug"], name=op.f("fk_problem_outlet")),
        sa.PrimaryKeyConstraint("problem_id", name=op.f("pk_problem")),
    )
    with op.batch_alter_table("problem", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_problem_crawl_id"), ["crawl_id"], unique=False)

    op.create_table(
        "seen_url",
        sa.Column("outlet", sa.String(length=100), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("crawl_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signal", sa.Text(), server_default="", nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("score", sa.Float(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["crawl_id"], ["crawl.crawl_id"], name=op.f("fk_seen_url_crawl_id")
        ),
        sa.ForeignKeyConstraint(["outlet"], ["outlet.slug"], name=op.f("fk_seen_url_outlet")),
        sa.PrimaryKeyConstraint("outlet", "url", name=op.f("pk_seen_url")),
    )
    op.create_table(
        "story",
        sa.Column("story_id", sa.String(length=32), nullable=False),
        sa.Column("outlet", sa.String(length=100), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("crawl_id", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signal", sa.Text(), server_default="", nullable=False),
        sa.Column("last_fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_unconditional_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_visit_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawl.crawl_id"], name=op.f("fk_story_crawl_id")),
        sa.ForeignKeyConstraint(["outlet"], ["outlet.slug"], name=op.f("fk_story_outlet")),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_story")),
    )
    with op.batch_alter_table("story", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_story_crawl_id"), ["crawl_id"], unique=False)
        batch_op.create_index(
            "ix_story_outlet_next_visit_at", ["outlet", "next_visit_at"], unique=False
        )

    op.create_table(
        "warc_record",
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("crawl_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("warc_file", sa.Text(), nullable=False),
        sa.Column("warc_offset", sa.Integer(), nullable=False),
        sa.Column("warc_length", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "warc_offset >= 0 and warc_length > 0", name=op.f("ck_warc_record_extent")
        ),
        sa.ForeignKeyConstraint(
            ["crawl_id"], ["crawl.crawl_id"], name=op.f("fk_warc_record_crawl_id")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_warc_record")),
        sa.UniqueConstraint(
            "warc_file", "warc_offset", name=op.f("uq_warc_record_warc_file_warc_offset")
        ),
    )
    with op.batch_alter_table("warc_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_warc_record_crawl_id"), ["crawl_id"], unique=False)

    op.create_table(
        "capture",
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("crawl_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.String(length=32), nullable=True),
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("payload_digest", sa.Text(), server_default="", nullable=False),
        sa.Column("truncated", sa.Text(), server_default="", nullable=False),
        sa.Column("refers_to", sa.Integer(), nullable=True),
        sa.Column("etag", sa.Text(), server_default="", nullable=False),
        sa.Column("last_modified", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "kind in ('response', 'identical-payload', 'not-modified')",
            name=op.f("ck_capture_kind"),
        ),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawl.crawl_id"], name=op.f("fk_capture_crawl_id")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["warc_record.record_id"], name=op.f("fk_capture_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["refers_to"], ["capture.capture_id"], name=op.f("fk_capture_refers_to")
        ),
        sa.ForeignKeyConstraint(["story_id"], ["story.story_id"], name=op.f("fk_capture_story_id")),
        sa.PrimaryKeyConstraint("capture_id", name=op.f("pk_capture")),
        sa.UniqueConstraint("record_id", name=op.f("uq_capture_record_id")),
    )
    with op.batch_alter_table("capture", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_capture_crawl_id"), ["crawl_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_capture_story_id"), ["story_id"], unique=False)
        batch_op.create_index("ix_capture_url_fetched_at", ["url", "fetched_at"], unique=False)

    op.create_table(
        "story_url",
        sa.Column("outlet", sa.String(length=100), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("story_id", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["outlet"], ["outlet.slug"], name=op.f("fk_story_url_outlet")),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.story_id"], name=op.f("fk_story_url_story_id")
        ),
        sa.PrimaryKeyConstraint("outlet", "address", name=op.f("pk_story_url")),
    )
    with op.batch_alter_table("story_url", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_story_url_story_id"), ["story_id"], unique=False)

    op.create_table(
        "version",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("crawl_id", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_version_number")),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawl.crawl_id"], name=op.f("fk_version_crawl_id")),
        sa.ForeignKeyConstraint(["story_id"], ["story.story_id"], name=op.f("fk_version_story_id")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_version")),
        sa.UniqueConstraint("story_id", "number", name=op.f("uq_version_story_id_number")),
    )
    with op.batch_alter_table("version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_version_crawl_id"), ["crawl_id"], unique=False)

    op.create_table(
        "event",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("outlet", sa.String(length=100), nullable=True),
        sa.Column("story_id", sa.String(length=32), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("capture_id", sa.Integer(), nullable=True),
        sa.Column("crawl_id", sa.Integer(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["capture.capture_id"], name=op.f("fk_event_capture_id")
        ),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawl.crawl_id"], name=op.f("fk_event_crawl_id")),
        sa.ForeignKeyConstraint(["outlet"], ["outlet.slug"], name=op.f("fk_event_outlet")),
        sa.ForeignKeyConstraint(["story_id"], ["story.story_id"], name=op.f("fk_event_story_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.version_id"], name=op.f("fk_event_version_id")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event")),
        sa.UniqueConstraint("hash", name=op.f("uq_event_hash")),
        sa.UniqueConstraint("previous_hash", name=op.f("uq_event_previous_hash")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_crawl_id"), ["crawl_id"], unique=False)
        batch_op.create_index("ix_event_outlet_kind", ["outlet", "kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_story_id"), ["story_id"], unique=False)

    op.create_table(
        "reading",
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("extractor", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("repeats_previous", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("headline", sa.Text(), server_default="", nullable=False),
        sa.Column("byline", sa.Text(), server_default="", nullable=False),
        sa.Column("editor", sa.Text(), server_default="", nullable=False),
        sa.Column("dateline", sa.Text(), server_default="", nullable=False),
        sa.Column("published_text", sa.Text(), server_default="", nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_zone", sa.Text(), server_default="", nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("section", sa.Text(), server_default="", nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("image_url", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("on_topic", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("topic_score", sa.Float(), server_default="0", nullable=False),
        sa.Column("topic_evidence", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.version_id"], name=op.f("fk_reading_version_id")
        ),
        sa.PrimaryKeyConstraint("reading_id", name=op.f("pk_reading")),
    )
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reading_version_id"), ["version_id"], unique=False)

    op.create_table(
        "version_capture",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["capture.capture_id"], name=op.f("fk_version_capture_capture_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.version_id"], name=op.f("fk_version_capture_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "capture_id", name=op.f("pk_version_capture")),
    )
    with op.batch_alter_table("version_capture", schema=None) as batch_op:
        batch_op.create_index("ix_version_capture_capture_id", ["capture_id"], unique=False)

    op.create_table(
        "reading_text",
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["reading.reading_id"], name=op.f("fk_reading_text_reading_id")
        ),
        sa.PrimaryKeyConstraint("reading_id", name=op.f("pk_reading_text")),
    )
