"""Which crawl learnt an address of a story, and vouches for it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("story_url", sa.Column("crawl_id", sa.Integer(), nullable=True))
    op.create_index("ix_story_url_crawl_id", "story_url", ["crawl_id"])
