"""How each outlet was found to be after each of its crawls."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # texts in the order of their code points, as every other column on PostgreSQL (see 0006)
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    words = sa.Text(collation="C") if is_postgresql else sa.Text()
    slug = sa.String(100, collation="C") if is_postgresql else sa.String(100)
    op.create_table(
        "health",
        sa.Column("health_id", sa.Integer(), nullable=False),
        sa.Column("crawl_id", sa.Integer(), nullable=False),
        sa.Column("outlet", slug, nullable=False),
        sa.Column("state", words, nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('healthy', 'watch', 'failing', 'paused')", name=op.f("ck_health_state")
        ),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawl.crawl_id"], name=op.f("fk_health_crawl_id")),
        sa.ForeignKeyConstraint(["outlet"], ["outlet.slug"], name=op.f("fk_health_outlet")),
        sa.PrimaryKeyConstraint("health_id", name=op.f("pk_health")),
        sa.UniqueConstraint("crawl_id", name=op.f("uq_health_crawl_id")),
    )
    op.create_index("ix_health_outlet_crawl_id", "health", ["outlet", "crawl_id"])
