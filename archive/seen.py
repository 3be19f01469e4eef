"""Addresses that were looked at and not kept, and when a kept story is due again."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from archive.plan import Plan
from archive.schema import seen_url
from archive.types import Answer, Seen, Sighting

__all__ = ["of_sighting", "story_schedule", "write"]


def of_sighting(sighting: Sighting, *, addresses: Sequence[str]) -> list[Seen]:
    """What to remember of a sighting that is not kept: one row per address it went by."""
    topic = sighting.topic
    decision = "off-topic" if sighting.answer == Answer.ARTICLE else sighting.answer.value
    return [
        Seen(
            outlet=sighting.outlet,
            url=address,
            decision=decision,
            seen_at=sighting.seen_at,
            signal=sighting.signal,
            topic=topic.topic if topic else "",
            score=topic.score if topic else 0.0,
            status=sighting.pages[-1].status,
        )
        for address in addresses
    ]


def write(connection: Connection, found: Iterable[Seen], *, crawl_id: int) -> None:
    """Write or renew one row per address."""
    for seen in found:
        values = vars(seen) | {"crawl_id": crawl_id}
        del values["first_seen_at"]
        row = (seen_url.c.outlet == seen.outlet) & (seen_url.c.url == seen.url)
        tries = connection.scalar(select(seen_url.c.tries).where(row))
        if tries is None:
            connection.execute(insert(seen_url).values(first_seen_at=seen.seen_at, **values))
        else:
            connection.execute(update(seen_url).where(row).values(tries=tries + 1, **values))


def story_schedule(
    planned: Plan, *, next_visit_at: datetime | None, confirm_after: timedelta
) -> dict[str, datetime | str | None]:
    """The schedule columns of a story after a look.

    The seed's signal counts as dealt with only when the story itself was shown and believed. What
    needs a second look gets it as soon as that look can count.
    """
    sighting = planned.sighting
    values: dict[str, datetime | str | None] = {"next_visit_at": next_visit_at}
    if planned.is_suspect or (planned.is_displaced and not planned.known.is_gone):
        confirms_at = sighting.seen_at + confirm_after
        return {"next_visit_at": min(confirms_at, next_visit_at or confirms_at)}
    if sighting.answer not in {Answer.ARTICLE, Answer.NOT_MODIFIED}:
        return values
    values["last_fetched_at"] = sighting.seen_at
    if sighting.signal:
        values["signal"] = sighting.signal
    if sighting.answer == Answer.ARTICLE and not _is_conditional(sighting):
        values["last_unconditional_at"] = sighting.seen_at
    return values


def _is_conditional(sighting: Sighting) -> bool:
    asked = {name.lower() for page in sighting.pages for name, _ in page.request_headers}
    return bool(asked & {b"if-none-match", b"if-modified-since"})
