"""Addresses that were looked at and not kept, and when a kept story is due again."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from archive.plan import Plan
from archive.schema import seen_url
from archive.types import Answer, Seen, Sighting
from archive.urls import canonical_url

__all__ = ["of_sighting", "story_schedule", "write"]


def of_sighting(sighting: Sighting, *, addresses: Sequence[str]) -> list[Seen]:
    """What to remember of a sighting that is not kept: one row per address it went by.

    Not of the canonical that the page only declares: another story may stand there.
    """
    topic = sighting.topic
    walked = {canonical_url(url) for url in (sighting.url, *(page.url for page in sighting.pages))}
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
        if "://" not in address or address in walked
    ]


def write(connection: Connection, found: Iterable[Seen], *, crawl_id: int) -> None:
    """Write or renew one row per address; of several looks at one address the last counts."""
    latest = {(seen.outlet, seen.url): seen for seen in found}
    tries = _tries(connection, latest)
    new = []
    for key, seen in latest.items():
        values = vars(seen) | {"crawl_id": crawl_id, "first_seen_at": seen.seen_at}
        if key not in tries:
            new.append(values)
            continue
        del values["first_seen_at"]
        row = (seen_url.c.outlet == seen.outlet) & (seen_url.c.url == seen.url)
        connection.execute(update(seen_url).where(row).values(tries=tries[key] + 1, **values))
    if new:
        connection.execute(insert(seen_url), new)


def _tries(connection: Connection, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """How often each address that has a row was looked at."""
    names = list(keys)
    rows = connection.execute(
        select(seen_url.c.outlet, seen_url.c.url, seen_url.c.tries).where(
            seen_url.c.outlet.in_({outlet for outlet, _ in names}),
            seen_url.c.url.in_([url for _, url in names]),
        )
    )
    return {(row.outlet, row.url): row.tries for row in rows}


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
    if sighting.is_whole:
        values["last_unconditional_at"] = sighting.seen_at
    return values
