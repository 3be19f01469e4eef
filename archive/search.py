"""Finding stories by the words of their headline and text, now or as it was known at a moment.

The language of a query is told in `query`, what counts as a word in `words`: SQLite and PostgreSQL
find the same. One limit is PostgreSQL's alone: of a word that a text has more than 255 times,
phrases see the first 255 places.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    Select,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from archive import database
from archive.errors import NotFound
from archive.query import Node, fts5, parse, positive, tsquery
from archive.schema import outlet, reading, reading_text, story, version
from archive.search_filters import conditions, newest_version, shown_at
from archive.snippets import snippet
from archive.stories import require_outlet, require_region, require_status
from archive.text import normalise
from archive.versions import current_reading, known

__all__ = ["SORTS", "Hit", "Search", "search"]

SORTS = ("newest", "relevance")
_WEIGHT = 5.0
"""How much a word of the headline counts beside one of the text."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """What a search is narrowed to; everything, when nothing is said."""

    outlet: str = ""
    region: str = ""
    """As outlets name theirs, in either case."""
    since: date | None = None
    until: date | None = None
    """First and last day of publication, else of first sight, in the zone of the outlet."""
    is_on_topic: bool | None = None
    """A person's word goes before the machine's."""
    status: str = ""
    """`live` or `gone`."""
    is_edited: bool = False
    is_copied: bool = False
    """Only stories whose text stands somewhere else, too."""
    cluster_id: str = ""
    as_of: datetime | None = None
    every_version: bool = False
    """Also what was edited away since: each version is a hit of its own."""
    sort: str = "newest"
    """`newest` first (by publication, else first sight), or by `relevance`; then by id."""
    limit: int | None = None
    """At most so many; all of them when nothing is said."""
    offset: int = 0


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A version that has what was asked for: the newest of its story, unless all were searched."""

    story_id: str
    outlet: str
    url: str
    number: int
    headline: str
    published_at: datetime | None
    published_zone: str
    first_seen_at: datetime
    snippet: str
    """The place where a word was first met, in text as it is compared (see `normalise`)."""
    marks: tuple[tuple[int, int], ...] = ()
    """Where the words stand in the snippet: start and end."""


def search(engine: Engine, query: str, within: Search | None = None) -> list[Hit]:
    """The stories that a query asks for, in the order asked for.

    Raises BadQuery for a query that cannot be read, NotFound for an outlet, region, status or order
    that there is not.
    """
    asked = within or Search()
    wanted = parse(query)
    _expect_asked(engine, asked)
    with database.reading(engine) as connection:
        page = connection.scalars(_page(connection, wanted, asked)).all()
        rows = {row["reading_id"]: row for row in _rows(connection, page)}
    return [_hit(rows[reading_id], wanted) for reading_id in page]


def _expect_asked(engine: Engine, asked: Search) -> None:
    require_outlet(engine, asked.outlet)
    require_region(engine, asked.region)
    require_status(asked.status)
    if asked.sort not in SORTS:
        raise NotFound(f"no order {asked.sort!r}; there are: {', '.join(SORTS)}")
    if (asked.limit is not None and asked.limit < 1) or asked.offset < 0:
        raise NotFound(f"limit {asked.limit}, offset {asked.offset}: at least 1, and at least 0")


def _page(connection: Connection, wanted: Node, asked: Search) -> Select[Any]:
    """The readings to show, in order. Their texts are fetched apart: sorting carries no texts."""
    is_ranked = asked.sort == "relevance"
    found = _found(connection.dialect.name, wanted, is_ranked=is_ranked)
    by_rank = [found.c.rank.desc()] if is_ranked else []
    query = (
        select(reading.c.reading_id)
        .select_from(found)
        .join(reading, reading.c.reading_id == found.c.reading_id)
        .join(version, version.c.version_id == reading.c.version_id)
        .join(story, story.c.story_id == version.c.story_id)
        .join(outlet, outlet.c.slug == story.c.outlet)
        .where(known(version.c.recorded_at, asked.as_of))
        .where(reading.c.reading_id == current_reading(asked.as_of))
        .where(reading.c.repeats_previous.is_(False))
    )
    if not asked.every_version:
        query = query.where(version.c.version_id == newest_version(asked.as_of))
    return (
        query.where(*conditions(connection, asked))
        .order_by(*by_rank, shown_at().desc(), story.c.story_id, version.c.number.desc())
        .limit(asked.limit)
        .offset(asked.offset)
    )


def _found(dialect: str, wanted: Node, *, is_ranked: bool) -> CTE:
    """Every reading with the words, from the index alone, before anything else is looked at."""
    query = _found_in_sqlite(wanted) if dialect == "sqlite" else _found_in_postgresql(wanted)
    if not is_ranked:
        query = query.with_only_columns(query.selected_columns.reading_id)
    return query.cte("found").prefix_with("MATERIALIZED")


def _found_in_sqlite(wanted: Node) -> Select[Any]:
    index = table("reading_search", column("rowid"), column("reading_search"))
    # FTS5's bm25 is the smaller, the better
    rank: ColumnElement[float] = literal_column(f"-bm25(reading_search, {_WEIGHT}, 1.0)")
    return select(index.c.rowid.label("reading_id"), rank.label("rank")).where(
        index.c.reading_search.op("MATCH")(bindparam("wanted", fts5(wanted)))
    )


def _found_in_postgresql(wanted: Node) -> Select[Any]:
    index = table("reading_search", column("reading_id"), column("words"))
    asked = cast(bindparam("wanted", tsquery(wanted)), TSQUERY)
    # the weights of the labels D, C, B and A: D is the text, A the headline
    weights: ColumnElement[Any] = literal_column(f"CAST('{{{1 / _WEIGHT}, 0, 0, 1}}' AS real[])")
    rank = func.ts_rank(weights, index.c.words, asked)
    return select(index.c.reading_id, rank.label("rank")).where(index.c.words.op("@@")(asked))


def _rows(connection: Connection, reading_ids: Sequence[int]) -> Sequence[RowMapping]:
    if not reading_ids:
        return []
    query = (
        select(story.c.story_id, story.c.outlet, story.c.url, version.c.number)
        .add_columns(version.c.first_seen_at, reading, reading_text.c.text)
        .join(version, version.c.story_id == story.c.story_id)
        .join(reading, reading.c.version_id == version.c.version_id)
        .join(reading_text, reading_text.c.reading_id == reading.c.reading_id)
        .where(reading.c.reading_id.in_(reading_ids))
    )
    return connection.execute(query).mappings().all()


def _hit(row: RowMapping, wanted: Node) -> Hit:
    around, marks = snippet(normalise(row["text"]), positive(wanted))
    names = (
        *("story_id", "outlet", "url", "number", "headline"),
        *("published_at", "published_zone", "first_seen_at"),
    )
    return Hit(snippet=around, marks=marks, **{name: row[name] for name in names})
