"""What persons decide of a story."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "label",
        sa.Column("label_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.String(length=32), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("made_by != ''", name=op.f("ck_label_signed")),
        sa.CheckConstraint(
            "field != 'topic' OR value IN ('yes', 'no')", name=op.f("ck_label_topic_value")
        ),
        sa.ForeignKeyConstraint(["story_id"], ["story.story_id"], name=op.f("fk_label_story_id")),
        sa.PrimaryKeyConstraint("label_id", name=op.f("pk_label")),
    )
    op.create_index("ix_label_story_id_field", "label", ["story_id", "field"])
