"""What was taken down, why, and which records it was."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # texts in the order of their code points, as every other column on PostgreSQL (see 0006)
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    words = sa.Text(collation="C") if is_postgresql else sa.Text()
    op.create_table(
        "takedown",
        sa.Column("takedown_id", sa.Integer(), nullable=False),
        sa.Column("story_id", _key(32, is_postgresql=is_postgresql), nullable=False),
        sa.Column("reason", words, nullable=False),
        sa.Column("made_by", words, server_default="", nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason != ''", name=op.f("ck_takedown_reasoned")),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.story_id"], name=op.f("fk_takedown_story_id")
        ),
        sa.PrimaryKeyConstraint("takedown_id", name=op.f("pk_takedown")),
        sa.UniqueConstraint("story_id", name=op.f("uq_takedown_story_id")),
    )
    op.create_table(
        "tombstone",
        sa.Column("record_id", _key(64, is_postgresql=is_postgresql), nullable=False),
        sa.Column("takedown_id", sa.Integer(), nullable=False),
        sa.Column("was_type", words, nullable=False),
        sa.Column("was_digest", _key(64, is_postgresql=is_postgresql), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["warc_record.record_id"], name=op.f("fk_tombstone_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["takedown_id"], ["takedown.takedown_id"], name=op.f("fk_tombstone_takedown_id")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_tombstone")),
    )
    op.create_index("ix_tombstone_takedown_id", "tombstone", ["takedown_id"])


def _key(longest: int, *, is_postgresql: bool) -> sa.String:
    return sa.String(longest, collation="C") if is_postgresql else sa.String(longest)
