"""Finding stories by the words of their headline and text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Engine, RowMapping, Select, func, or_, select

from archive import database
from archive.errors import NotFound
from archive.schema import reading, reading_text, story, version
from archive.text import normalise
from archive.versions import current_reading

__all__ = ["Hit", "search"]

_AROUND = 80
"""Characters of a snippet before and after the word that was found."""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A story whose current version has every word that was asked for."""

    story_id: str
    outlet: str
    url: str
    number: int
    headline: str
    published_at: datetime | None
    first_seen_at: datetime
    snippet: str
    """The place where a word was first met, in text as it is compared (see `normalise`)."""
    marks: tuple[tuple[int, int], ...] = ()
    """Where the words stand in the snippet: start and end."""


def search(engine: Engine, query: str, *, outlet: str = "", limit: int = 20) -> list[Hit]:
    """The newest stories (by publication, else first sight) that have all words of `query`.

    A word is met at the beginning of a word (`netral` meets `netralitas`), in either case; words
    between quotes stand together. Raises NotFound for a query without a word.
    """
    terms = _terms(query)
    if not terms:
        raise NotFound("nothing to search for: give at least one word")
    patterns = [re.compile(rf"(?<!\w){re.escape(term)}", re.IGNORECASE) for term in terms]
    with database.reading(engine) as connection:
        rows = connection.execution_options(yield_per=200).execute(_query(terms, outlet=outlet))
        return list(islice(_hits(rows.mappings(), patterns), limit))


def _terms(query: str) -> list[str]:
    """The words and quoted phrases of a query."""
    found = re.findall(r'"([^"]*)"|([^\s"]+)', normalise(query))
    return [term for pair in found if (term := "".join(pair).strip()) and re.search(r"\w", term)]


def _query(terms: Sequence[str], *, outlet: str) -> Select[Any]:
    """Current versions that may have the words; accents and signs are left for `_hits` to judge."""
    newest = version.alias("newest")
    last_number = (
        select(newest.c.version_id)
        .where(newest.c.story_id == version.c.story_id)
        .order_by(newest.c.first_seen_at.desc(), newest.c.number.desc())
        .limit(1)
        .correlate(version)
        .scalar_subquery()
    )
    query = (
        select(story.c.outlet, story.c.url, version, reading, reading_text.c.text)
        .join(story, story.c.story_id == version.c.story_id)
        .join(reading, reading.c.version_id == version.c.version_id)
        .join(reading_text, reading_text.c.reading_id == reading.c.reading_id)
        .where(version.c.version_id == last_number, reading.c.reading_id == current_reading())
        .order_by(
            func.coalesce(reading.c.published_at, version.c.first_seen_at).desc(),
            version.c.version_id.desc(),
        )
    )
    if outlet:
        query = query.where(story.c.outlet == outlet)
    for word in {word for term in terms for word in re.findall(r"[A-Za-z0-9]+", term)}:
        has_word = (reading.c.headline.icontains(word), reading_text.c.text.icontains(word))
        query = query.where(or_(*has_word))
    return query


def _hits(rows: Iterator[RowMapping], patterns: Sequence[re.Pattern[str]]) -> Iterator[Hit]:
    for row in rows:
        headline, text = normalise(row["headline"]), normalise(row["text"])
        if all(pattern.search(headline) or pattern.search(text) for pattern in patterns):
            snippet, marks = _snippet(text, patterns)
            yield Hit(
                story_id=row["story_id"],
                outlet=row["outlet"],
                url=row["url"],
                number=row["number"],
                headline=row["headline"],
                published_at=row["published_at"],
                first_seen_at=row["first_seen_at"],
                snippet=snippet,
                marks=marks,
            )


def _snippet(
    text: str, patterns: Sequence[re.Pattern[str]]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Whole words around the first place where a pattern is met, and the places of all in it."""
    firsts = [match.start() for pattern in patterns if (match := pattern.search(text))]
    first = min(firsts, default=0)
    start = text.rfind(" ", 0, max(first - _AROUND, 0)) + 1
    end = text.find(" ", first + _AROUND)
    snippet = text[start : end if end >= 0 else len(text)]
    marks = {match.span() for pattern in patterns for match in pattern.finditer(snippet)}
    return snippet, tuple(sorted(marks))
