"""Results of audits, takedowns, and the list of snapshots."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _snapshot()
    _fixity()
    # last, so that every table of this revision is among them
    if op.get_bind().dialect.name == "postgresql":
        _postgresql()


def _postgresql() -> None:
    """Texts in the order of their code points, as on SQLite; places beyond 2 GB in a WARC file."""
    query = (
        "SELECT table_name, column_name, character_maximum_length FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND collation_name IS DISTINCT FROM 'C'"
        " AND data_type IN ('text', 'character varying') AND table_name <> 'alembic_version'"
        " ORDER BY table_name, ordinal_position"
    )
    changes: dict[str, list[str]] = {
        "warc_record": [f"ALTER COLUMN {name} TYPE bigint" for name in _PLACES]
    }
    for table, column, longest in op.get_bind().execute(sa.text(query)).all():
        kind = f"varchar({longest})" if longest else "text"
        change = f'ALTER COLUMN "{column}" TYPE {kind} COLLATE "C"'
        changes.setdefault(table, []).append(change)
    for table, altered in changes.items():
        op.execute(f'ALTER TABLE "{table}" ' + ", ".join(altered))


_PLACES = ("warc_offset", "warc_length")


def _fixity() -> None:
    op.create_table(
        "fixity",
        sa.Column("fixity_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("first_byte", sa.BigInteger(), nullable=False),
        sa.Column("end_byte", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("findings", sa.Integer(), server_default="0", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "outcome in ('intact', 'damaged', 'missing')", name=op.f("ck_fixity_outcome")
        ),
        sa.PrimaryKeyConstraint("fixity_id", name=op.f("pk_fixity")),
    )
    op.create_index("ix_fixity_file", "fixity", ["file"])


def _snapshot() -> None:
    op.create_table(
        "snapshot",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=False),
        sa.Column("statement_sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("statement_sha256", name=op.f("uq_snapshot_statement_sha256")),
    )
    op.create_index("ix_snapshot_as_of", "snapshot", ["as_of"])
