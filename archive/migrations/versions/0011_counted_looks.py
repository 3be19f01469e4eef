"""What the looks at each outlet's stories told of how soon they change."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # texts in the order of their code points, as every other column on PostgreSQL (see 0006)
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    slug = sa.String(100, collation="C") if is_postgresql else sa.String(100)
    op.create_table(
        "look_count",
        sa.Column("outlet", slug, nullable=False),
        sa.Column("looks", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["outlet"], ["outlet.slug"], name=op.f("fk_look_count_outlet")),
        sa.PrimaryKeyConstraint("outlet", name=op.f("pk_look_count")),
    )
