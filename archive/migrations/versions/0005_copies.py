"""Near-duplicates and clusters of stories that carry the same text."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _signature()
    _cluster()


def _signature() -> None:
    op.create_table(
        "signature",
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("minhash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["reading.reading_id"], name=op.f("fk_signature_reading_id")
        ),
        sa.PrimaryKeyConstraint("reading_id", name=op.f("pk_signature")),
    )
    op.create_table(
        "near_duplicate_band",
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["reading.reading_id"], name=op.f("fk_near_duplicate_band_reading_id")
        ),
        sa.PrimaryKeyConstraint("band", "reading_id", name=op.f("pk_near_duplicate_band")),
        sqlite_with_rowid=False,
    )


def _cluster() -> None:
    op.create_table(
        "cluster",
        sa.Column("cluster_id", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("cluster_id", name=op.f("pk_cluster")),
    )
    op.create_table(
        "cluster_member",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.String(length=32), nullable=False),
        sa.Column("story_id", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["cluster.cluster_id"], name=op.f("fk_cluster_member_cluster_id")
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.story_id"], name=op.f("fk_cluster_member_story_id")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_cluster_member")),
    )
    op.create_index("ix_cluster_member_cluster_id", "cluster_member", ["cluster_id"])
    op.create_index("ix_cluster_member_story_id", "cluster_member", ["story_id"])
