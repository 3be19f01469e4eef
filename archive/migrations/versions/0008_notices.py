"""What was told to whom, so that nobody is told twice and nothing is lost."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # texts in the order of their code points, as every other column on PostgreSQL (see 0006)
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    words = sa.Text(collation="C") if is_postgresql else sa.Text()
    op.create_table(
        "notice",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("target", words, nullable=False),
        sa.Column("kind", words, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('began', 'digest', 'event')", name=op.f("ck_notice_kind")),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_target_kind", "notice", ["target", "kind"])
