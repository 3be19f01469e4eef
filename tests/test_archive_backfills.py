"""Which periods of an outlet's past were read to their end, and since when it is complete."""

from datetime import datetime, timedelta

import pytest
from sightings import NIGHT_1, Nights
from sqlalchemy import delete, select, update

from archive import backfills, database
from archive.errors import LeaseLost
from archive.ledger import chain_faults
from archive.schema import backfill, lease
from archive.status import status
from archive.types import Outlet, Period

TOPIC = "uji/1/0"
MIDNIGHT = NIGHT_1.replace(hour=0, minute=0)


def ago(since: int, until: int) -> Period:
    """From so many days before the first night up to so many."""
    return Period(MIDNIGHT - timedelta(days=since), MIDNIGHT - timedelta(days=until))


def reach(nights: Nights, outlet: Outlet) -> datetime | None:
    """Since when `status` calls an outlet complete."""
    found = {one.outlet: one.since for one in status(nights.archive.engine).reaches}
    return found.get(outlet.slug)


def play(nights: Nights, *periods: Period, topic: str = TOPIC, complete: bool = True) -> Outlet:
    """A first visit of an outlet in which some periods were read to their end."""
    outlet = nights.another_outlet()
    with nights.night(outlet=outlet, complete=complete) as night:
        for period in periods:
            nights.archive.note_listed(night.crawl, period, topic=topic)
    return outlet


def test_touching_periods_are_one_of_their_topic(nights: Nights) -> None:
    outlet = play(nights, ago(33, 3), ago(63, 33), ago(90, 80))
    listed = nights.archive.listed_periods(outlet.slug, topic=TOPIC)
    assert listed == [ago(90, 80), ago(63, 3)]
    assert nights.archive.listed_periods(outlet.slug, topic="uji/2/0") == []


@pytest.mark.parametrize(
    ("periods", "since"),
    [
        pytest.param([ago(33, 3)], 33, id="one"),
        pytest.param([ago(33, 3), ago(63, 33)], 63, id="two that touch"),
        pytest.param([ago(33, 3), ago(90, 80)], 33, id="a gap ends it"),
        pytest.param([ago(90, 80)], None, id="nothing up to the days of the visit"),
        pytest.param([], None, id="nothing"),
    ],
)
def test_outlet_is_complete_up_to_the_first_gap(
    nights: Nights, periods: list[Period], since: int | None
) -> None:
    outlet = play(nights, *periods)
    expected = None if since is None else MIDNIGHT - timedelta(days=since)
    assert reach(nights, outlet) == expected


def test_outlet_whose_seeds_never_were_read_to_their_end_is_not_complete(nights: Nights) -> None:
    assert reach(nights, play(nights, ago(33, 3), complete=False)) is None


def test_outlet_is_complete_under_its_newest_topic_only(nights: Nights) -> None:
    outlet = play(nights, ago(33, 3))
    with nights.night(2, outlet=outlet) as night:
        nights.archive.note_listed(night.crawl, ago(3, 2), topic="uji/2/0")
    assert reach(nights, outlet) == MIDNIGHT - timedelta(days=3)


def test_lost_period_breaks_the_chain(nights: Nights) -> None:
    play(nights, ago(33, 3))
    with database.reading(nights.archive.engine) as connection:
        assert chain_faults(connection) == []
    nights.change(delete(backfill))
    with database.reading(nights.archive.engine) as connection:
        assert len(chain_faults(connection)) == 1


def test_period_is_noted_only_under_the_lease(nights: Nights) -> None:
    night = nights.begin(1, outlet=nights.another_outlet())
    nights.change(update(lease).values(token=lease.c.token + 1))  # another process took over
    with pytest.raises(LeaseLost):
        nights.archive.note_listed(night.crawl, ago(33, 3), topic=TOPIC)
    assert nights.rows(select(backfill)) == []


def test_no_outlet_reaches_anywhere_in_a_new_archive(nights: Nights) -> None:
    with database.reading(nights.archive.engine) as connection:
        assert backfills.reaches(connection) == {}
