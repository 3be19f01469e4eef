"""Which candidates are worth a request."""

from datetime import UTC, datetime, timedelta

import pytest

from archive.memory import OutletMemory
from archive.types import Seen, Story
from crawler.choose import choose_known, choose_new, is_due_again

NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
TOPIC = "netralitas-asn/1/aaaa"
OLD, NEW = "2026-11-20T03:00:00", "2026-11-22T03:00:00"


def story(**values: object) -> Story:
    known: dict[str, object] = {
        "story_id": "s",
        "outlet": "o",
        "url": "https://o.example/a",
        "first_seen_at": NOW - timedelta(days=2),
        "last_unconditional_at": NOW - timedelta(days=2),
        "signal": OLD,
    }
    return Story(**(known | values))  # type: ignore[arg-type]


def seen(decision: str = "off-topic", **values: object) -> Seen:
    known: dict[str, object] = {
        "outlet": "o",
        "url": "https://o.example/a",
        "decision": decision,
        "seen_at": NOW - timedelta(days=1),
        "signal": OLD,
        "topic": TOPIC if decision == "off-topic" else "",
    }
    return Seen(**(known | values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "signal", "memory", "asked", "conditional"),
    [
        pytest.param(story(), OLD, OutletMemory(), False, False, id="unchanged by its signal"),
        pytest.param(story(), f"{OLD}Z", OutletMemory(), False, False, id="written otherwise"),
        pytest.param(story(), NEW, OutletMemory(), True, True, id="changed"),
        pytest.param(story(), "", OutletMemory(), False, False, id="seed says nothing"),
        pytest.param(
            story(), OLD, OutletMemory(signals_trusted=False), True, True, id="signals lied"
        ),
        pytest.param(
            story(last_unconditional_at=NOW - timedelta(days=30)),
            OLD, OutletMemory(), True, False, id="a month since fetched whole",
        ),
        pytest.param(story(gone_at=NOW), OLD, OutletMemory(), True, True, id="gone but named"),
    ],
)  # fmt: skip
def test_known_story(
    known: Story, signal: str, memory: OutletMemory, asked: bool, conditional: bool
) -> None:
    choice = choose_known(known, signal=signal, memory=memory, now=NOW)
    assert (choice.fetch, choice.conditional) == (asked, conditional)


def test_every_story_is_asked_when_the_user_says_so() -> None:
    choice = choose_known(story(), signal=OLD, memory=OutletMemory(), now=NOW, revisit_all=True)
    assert choice.fetch
    assert choice.conditional


@pytest.mark.parametrize(
    ("before", "signal", "asked"),
    [
        pytest.param(None, "", True, id="never seen"),
        pytest.param(seen(), OLD, False, id="off topic, unchanged"),
        pytest.param(seen(), "2026-11-20T10:00:00+07:00", False, id="same moment, other zone"),
        pytest.param(seen(), NEW, True, id="off topic, changed since"),
        pytest.param(seen(), "", False, id="off topic, seed says nothing"),
        pytest.param(seen(topic="netralitas-asn/1/bbbb"), OLD, True, id="the topic changed"),
        pytest.param(seen("error"), OLD, True, id="failed"),
        pytest.param(seen("challenge"), "", True, id="refused"),
        pytest.param(seen("not-article"), OLD, False, id="no article"),
        pytest.param(seen("robots"), OLD, False, id="forbidden"),
    ],
)
def test_address_that_is_no_story(before: Seen | None, signal: str, asked: bool) -> None:
    assert choose_new(before, signal=signal, topic=TOPIC).fetch is asked


@pytest.mark.parametrize(
    ("before", "due"),
    [
        pytest.param(seen("error"), True, id="failed yesterday"),
        pytest.param(
            seen("error", first_seen_at=NOW - timedelta(days=31)), False, id="failing for a month"
        ),
        pytest.param(seen(), False, id="off topic"),
        pytest.param(seen(topic="netralitas-asn/1/bbbb"), True, id="decided by another topic"),
        pytest.param(seen("hostile-address"), False, id="hostile"),
        pytest.param(seen("on-hold"), True, id="not reached before the outlet sent us away"),
        pytest.param(seen("robots-unread"), True, id="robots.txt was down"),
        pytest.param(seen("robots"), False, id="forbidden by robots.txt"),
        pytest.param(seen("not-article"), True, id="maintenance page last night"),
        pytest.param(seen("missing"), True, id="missing last night"),
        pytest.param(
            seen("not-article", first_seen_at=NOW - timedelta(days=3)), False, id="really no story"
        ),
    ],
)
def test_address_no_seed_names_any_more(before: Seen, due: bool) -> None:
    assert is_due_again(before, topic=TOPIC, now=NOW) is due
