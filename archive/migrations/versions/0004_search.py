"""Full-text search over readings.

A later revision that makes `reading` or `reading_text` anew drops the view `reading_searched`
first: SQLite renames no table while a view refers to what is missing.
"""

from alembic import op

from archive import search_index

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)
    search_index.rebuild(connection)  # what older Klipings wrote is found, too


_SQLITE = (
    "CREATE VIEW reading_searched AS SELECT reading.reading_id,"
    " kliping_words(reading.headline, 300) AS headline,"
    " kliping_words(reading_text.text, 16000) AS text"
    " FROM reading JOIN reading_text ON reading_text.reading_id = reading.reading_id",
    "CREATE VIRTUAL TABLE reading_search USING fts5(headline, text,"
    " content='reading_searched', content_rowid='reading_id',"
    " tokenize=\"ascii tokenchars '_'\", prefix='2 3')",
)
_POSTGRESQL = (
    "CREATE TABLE reading_search (reading_id integer NOT NULL"
    " CONSTRAINT pk_reading_search PRIMARY KEY"
    " CONSTRAINT fk_reading_search_reading_id REFERENCES reading (reading_id),"
    " words tsvector NOT NULL)",
    "CREATE INDEX ix_reading_search_words ON reading_search USING gin (words)",
)
