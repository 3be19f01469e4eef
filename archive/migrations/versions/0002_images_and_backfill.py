"""Lead images, spans already backfilled, and whose story a story is."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("reading") as table:
        table.add_column(sa.Column("source", sa.Text(), server_default="", nullable=False))
    _story_image()
    _backfill()


def _story_image() -> None:
    op.create_table(
        "story_image",
        sa.Column("story_id", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("crawl_id", sa.Integer(), nullable=False),
        sa.Column("capture_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="1", nullable=False),
        sa.Column("media_type", sa.Text(), server_default="", nullable=False),
        sa.Column("bytes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.story_id"], name=op.f("fk_story_image_story_id")
        ),
        sa.ForeignKeyConstraint(
            ["crawl_id"], ["crawl.crawl_id"], name=op.f("fk_story_image_crawl_id")
        ),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["capture.capture_id"], name=op.f("fk_story_image_capture_id")
        ),
        sa.PrimaryKeyConstraint("story_id", "url", name=op.f("pk_story_image")),
    )
    op.create_index("ix_story_image_crawl_id", "story_image", ["crawl_id"])
    op.create_index("ix_story_image_capture_id", "story_image", ["capture_id"])
    op.create_index("ix_story_image_url", "story_image", ["url"])
    op.create_index("ix_capture_payload_digest", "capture", ["payload_digest"])


def _backfill() -> None:
    op.create_table(
        "backfill",
        sa.Column("backfill_id", sa.Integer(), nullable=False),
        sa.Column("outlet", sa.String(length=100), nullable=False),
        sa.Column("crawl_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_backfill_span")),
        sa.ForeignKeyConstraint(["outlet"], ["outlet.slug"], name=op.f("fk_backfill_outlet")),
        sa.ForeignKeyConstraint(
            ["crawl_id"], ["crawl.crawl_id"], name=op.f("fk_backfill_crawl_id")
        ),
        sa.PrimaryKeyConstraint("backfill_id", name=op.f("pk_backfill")),
    )
    op.create_index("ix_backfill_crawl_id", "backfill", ["crawl_id"])
    op.create_index("ix_backfill_outlet_starts_at", "backfill", ["outlet", "starts_at"])
