"""One sighting becomes rows: a story, its captures, a version when it changed, events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from archive import clusters, ledger, search_index
from archive.captures import insert_capture
from archive.exchange import Exchange
from archive.plan import Plan
from archive.schema import (
    reading,
    reading_text,
    story,
    story_url,
    version,
    version_capture,
)
from archive.text import storable
from archive.types import Answer, Article, Crawl, Outcome, Page, Sighting, Span
from archive.warc_reader import Placed

__all__ = [
    "add_reading",
    "link_captures",
    "touch_story",
    "write",
    "write_captures",
    "write_stored",
    "write_unread",
]

_SHOWN = frozenset({Answer.ARTICLE, Answer.NOT_MODIFIED})
# a statement that is made once is looked up, one that is made anew each time is read through first
_STORY, _ADDRESS, _TEXT = insert(story), insert(story_url), insert(reading_text)
_LINK = insert(version_capture)
_VERSION = insert(version).returning(version.c.version_id)
_READING = insert(reading).returning(reading.c.reading_id)
_KNOWN = select(story_url.c.address).where(
    story_url.c.outlet == bindparam("outlet"),
    story_url.c.address.in_(bindparam("addresses", expanding=True)),
)
_TOUCH = update(story).where(story.c.story_id == bindparam("touched"))
_OWNER = select(version.c.story_id).where(version.c.version_id == bindparam("version_id"))


@dataclass(frozen=True, kw_only=True)
class _Writing:
    """What every row of one sighting shares."""

    connection: Connection
    crawl: Crawl
    plan: Plan
    recorded_at: datetime

    def event(self, kind: str, **values: object) -> None:
        ledger.append(
            self.connection,
            kind,
            recorded_at=self.recorded_at,
            outlet=self.crawl.outlet,
            crawl_id=self.crawl.crawl_id,
            story_id=self.plan.story_id,
            **({"occurred_at": self.plan.sighting.seen_at} | values),
        )


def write(
    connection: Connection,
    crawl: Crawl,
    planned: Plan,
    *,
    exchanges: Sequence[tuple[Exchange, Placed]],
    recorded_at: datetime,
) -> Outcome:
    """Write every row of a kept sighting whose members are already in `warc_record`."""
    work = _Writing(connection=connection, crawl=crawl, plan=planned, recorded_at=recorded_at)
    if planned.is_new:
        _insert_story(work)
    captures = [_insert_capture(work, *pair) for pair in exchanges]
    _insert_addresses(work)
    return _conclude(work, _part_captures(planned.sighting, captures))


def write_captures(
    connection: Connection,
    crawl: Crawl,
    planned: Plan,
    *,
    exchanges: Sequence[tuple[Exchange, Placed]],
    recorded_at: datetime,
) -> list[int]:
    """Write the captures and addresses of a known story, no version; the captures of its parts."""
    work = _Writing(connection=connection, crawl=crawl, plan=planned, recorded_at=recorded_at)
    captures = [_insert_capture(work, *pair) for pair in exchanges]
    _insert_addresses(work)
    return _part_captures(planned.sighting, captures)


def write_unread(
    connection: Connection,
    crawl: Crawl,
    planned: Plan,
    *,
    exchanges: Sequence[tuple[Exchange, Placed]],
    recorded_at: datetime,
) -> None:
    """Write the captures of a page that could not be read and belongs to no story yet."""
    work = _Writing(connection=connection, crawl=crawl, plan=planned, recorded_at=recorded_at)
    for pair in exchanges:
        _insert_capture(work, *pair)


def write_stored(
    connection: Connection,
    crawl: Crawl,
    planned: Plan,
    *,
    captures: Sequence[int],
    recorded_at: datetime,
) -> Outcome:
    """Write a new story of which the captures were kept before they could be read."""
    work = _Writing(connection=connection, crawl=crawl, plan=planned, recorded_at=recorded_at)
    _insert_story(work)
    _insert_addresses(work)
    return _add_version(work, list(captures))


def _insert_story(work: _Writing) -> None:
    row = {
        "story_id": work.plan.story_id,
        "outlet": work.crawl.outlet,
        "url": work.plan.file_address,
        "crawl_id": work.crawl.crawl_id,
        "first_seen_at": work.plan.sighting.seen_at,
        "recorded_at": work.recorded_at,
    }
    work.connection.execute(_STORY, row)


def _insert_capture(work: _Writing, stored: Exchange, placed: Placed) -> tuple[int, Page]:
    capture_id = insert_capture(
        work.connection,
        stored,
        placed,
        crawl_id=work.crawl.crawl_id,
        story_id=work.plan.story_id if work.plan.is_kept else None,
        recorded_at=work.recorded_at,
        answer=_answer_of(stored.page, work.plan),
    )
    return capture_id, stored.page


def _answer_of(page: Page, planned: Plan) -> str:
    """What this one exchange was, within the answer of the whole sighting."""
    answer = planned.sighting.answer
    if planned.is_suspect:
        return "suspect"
    if page.status == 304:
        return Answer.NOT_MODIFIED.value
    if answer == Answer.MISSING:
        return answer.value
    if 300 <= page.status < 400:
        return "redirect"
    # an exchange that failed on the way to a story that was shown
    return (Answer.ERROR if page.status >= 400 and answer in _SHOWN else answer).value


def _insert_addresses(work: _Writing) -> None:
    asked = {"outlet": work.crawl.outlet, "addresses": work.plan.addresses}
    known = set(work.connection.scalars(_KNOWN, asked))
    rows = [
        {
            "outlet": work.crawl.outlet,
            "address": address,
            "story_id": work.plan.story_id,
            "recorded_at": work.recorded_at,
            "crawl_id": work.crawl.crawl_id,
        }
        for address in work.plan.addresses
        if address not in known
    ]
    if rows:
        work.connection.execute(_ADDRESS, rows)


def _part_captures(sighting: Sighting, captures: Sequence[tuple[int, Page]]) -> list[int]:
    """The captures of the story's parts, in order, each once; never none: the last one proves it.

    Redirects and retries are not parts. A part may lead back to one that was met before.
    """
    last = {page.url: capture_id for capture_id, page in captures}
    parts = dict.fromkeys(last[url] for url in sighting.parts if url in last)
    return list(parts) or [captures[-1][0]]


def _conclude(work: _Writing, captures: list[int]) -> Outcome:
    planned = work.plan
    if planned.sighting.answer == Answer.NOT_MODIFIED:
        return _see_again(work, captures, kind="not-modified")
    if planned.judgement is None:
        kind = "missing" if planned.sighting.answer == Answer.MISSING else "held"
        return Outcome(kind=kind, story_id=planned.story_id)
    if planned.judgement.kind == "suspect":
        return _suspect(work, captures)
    if planned.judgement.kind == "unchanged":
        return _see_again(work, captures, kind="unchanged")
    return _add_version(work, captures)


def _see_again(work: _Writing, captures: list[int], *, kind: str) -> Outcome:
    current = work.plan.current
    if current is None:
        return Outcome(kind="held", story_id=work.plan.story_id)
    link_captures(work.connection, version_id=current.version_id, captures=captures)
    back = _return_from_gone(work, captures)
    return Outcome(
        kind="back" if back else kind,
        story_id=work.plan.story_id,
        version=current.number,
        is_on_topic=current.is_on_topic,
    )


def _return_from_gone(work: _Writing, captures: list[int]) -> bool:
    if work.plan.known.is_gone:
        work.event("back", capture_id=captures[0])
    return work.plan.known.is_gone


def _suspect(work: _Writing, captures: list[int]) -> Outcome:
    judged = work.plan.judgement
    detail = {"content_hash": judged.content_hash if judged else "", "captures": captures}
    work.event("suspect", capture_id=captures[0], detail=detail)
    return Outcome(kind="suspect", story_id=work.plan.story_id)


def _add_version(work: _Writing, captures: list[int]) -> Outcome:
    judged, sighting = work.plan.judgement, work.plan.sighting
    if judged is None or sighting.article is None:
        raise ValueError("a version needs a judged article")
    number = work.plan.known.number + 1
    row = {
        "story_id": work.plan.story_id,
        "number": number,
        "crawl_id": work.crawl.crawl_id,
        "first_seen_at": judged.first_seen_at,
        "recorded_at": work.recorded_at,
        "changed": list(judged.changed),
    }
    made = work.connection.execute(_VERSION, row)
    version_id = int(made.scalar_one())
    add_reading(
        work.connection,
        sighting,
        version_id=version_id,
        content_hash=judged.content_hash,
        recorded_at=work.recorded_at,
    )
    for look in (*judged.earlier_captures, captures):
        link_captures(work.connection, version_id=version_id, captures=look)
    _return_from_gone(work, captures)
    work.event(
        judged.kind,
        version_id=version_id,
        capture_id=captures[0],
        occurred_at=judged.first_seen_at,
        detail={
            "number": number,
            "changed": list(judged.changed),
            "content_hash": judged.content_hash,
        },
    )
    return Outcome(
        kind=judged.kind, story_id=work.plan.story_id, version=number, changed=judged.changed
    )


def link_captures(connection: Connection, *, version_id: int, captures: Iterable[int]) -> None:
    """Tie a version to the captures of one look that showed it, part by part."""
    rows = [
        {"version_id": version_id, "capture_id": capture_id, "part": part}
        for part, capture_id in enumerate(captures, start=1)
    ]
    if rows:
        connection.execute(_LINK, rows)


def add_reading(
    connection: Connection,
    sighting: Sighting,
    *,
    version_id: int,
    content_hash: str,
    recorded_at: datetime,
    repeats_previous: bool = False,
) -> int:
    """The id of a new reading of a version; earlier readings stay as they were."""
    article, topic = sighting.article, sighting.topic
    if article is None:
        raise ValueError("a reading needs an article")
    row = _article_row(article) | {
        "version_id": version_id,
        "extractor": sighting.extractor,
        "content_hash": content_hash,
        "repeats_previous": repeats_previous,
        "topic": topic.topic if topic else "",
        "on_topic": bool(topic and topic.on_topic),
        "topic_score": topic.score if topic else 0.0,
        "topic_evidence": [_span_row(span) for span in topic.evidence] if topic else [],
        "recorded_at": recorded_at,
    }
    made = connection.execute(_READING, row)
    reading_id = int(made.scalar_one())
    connection.execute(_TEXT, {"reading_id": reading_id, "text": article.text})
    search_index.add(connection, reading_id)
    clusters.note(
        connection,
        reading_id=reading_id,
        story_id=connection.execute(_OWNER, {"version_id": version_id}).scalar_one(),
        text=article.text,
        recorded_at=recorded_at,
    )
    return reading_id


def _span_row(span: Span) -> dict[str, object]:
    return vars(span) | {"rule": storable(span.rule), "text": storable(span.text)}


def _article_row(article: Article) -> dict[str, object]:
    row = dict(vars(article))
    del row["text"]
    return row | {"tags": list(article.tags)}


def touch_story(connection: Connection, story_id: str, **values: object) -> None:
    """Set when and why a story is to be looked at again."""
    if values:
        connection.execute(_TOUCH, {"touched": story_id} | values)
