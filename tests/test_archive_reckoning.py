"""What new readings of stored captures mean for a story's versions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from archive_rows import NIGHT_1, TOPIC
from hypothesis import given
from hypothesis import strategies as st
from sightings import TEXT, address, article

from archive.reckoning import (
    Failure,
    HeldStory,
    HeldVersion,
    Readings,
    Reckoned,
    Reveal,
    StoredLook,
    reckon,
)
from archive.types import Answer, Sighting

LURAH = TEXT.replace("camat", "lurah")
KADES = TEXT.replace("camat", "kades")
SHORT = "Maaf, terjadi galat."
BROKEN = Failure(kind="unread", detail="too deep")
DAMAGED = Failure(kind="damaged", detail="a record is cut")
SIX_HOURS = timedelta(hours=6)


def look(hours: int, number: int) -> StoredLook:
    at = NIGHT_1 + timedelta(hours=hours)
    return StoredLook(capture_ids=(number,), fetched_at=at, seen_at=at)


def read(text: str, *, extractor: str = "uji/2") -> Sighting:
    return Sighting(
        outlet="media-uji",
        url=address("/camat"),
        answer=Answer.ARTICLE,
        pages=(),
        article=article(text),
        extractor=extractor,
        topic=TOPIC,
    )


def version(number: int, looks: Sequence[StoredLook], *, text: str = TEXT) -> HeldVersion:
    return HeldVersion(
        version_id=number,
        number=number,
        first_seen_at=looks[0].seen_at,
        extractor="uji/1",
        article=article(text),
        looks=tuple(looks),
        topic=TOPIC,
    )


def reckoned(
    versions: Sequence[Sequence[str | Failure]],
    *,
    unread: Sequence[tuple[int, str | Failure]] = (),
    hours: int = 24,
) -> Reckoned:
    """Versions by what each of their looks reads now, a day between any two looks; unread looks
    by the hour of their moment."""
    readings: dict[StoredLook, Sighting | Failure] = {}
    held, count = [], 0
    for number, told in enumerate(versions, start=1):
        looks = []
        for found in told:
            looks.append(look(hours * count, count))
            readings[looks[-1]] = found if isinstance(found, Failure) else read(found)
            count += 1
        held.append(version(number, looks, text=f"dulu {number}"))
    later = [look(hour, 1000 + hour) for hour, _ in unread]
    readings |= {
        one: told if isinstance(told, Failure) else read(told)
        for one, (_, told) in zip(later, unread, strict=True)
    }
    story = HeldStory(outlet="media-uji", url="", versions=tuple(held), unread=tuple(later))
    return reckon(story, readings, confirm_after=SIX_HOURS)


def texts(found: Reckoned) -> list[tuple[str, list[int]]]:
    """Text and captures of each version that came to light."""
    return [(_text(one), [n for at in one.looks for n in at.capture_ids]) for one in found.reveals]


def _text(one: Reveal) -> str:
    assert one.read.article
    return one.read.article.text


def marks(found: Reckoned) -> list[tuple[int, bool]]:
    return [(one.version.number, one.repeats_previous) for one in found.rereads]


def test_each_version_is_read_again() -> None:
    assert marks(reckoned([[TEXT], [LURAH]])) == [(1, False), (2, False)]


def test_version_that_reads_like_the_one_before_repeats_it() -> None:
    assert marks(reckoned([[TEXT], [TEXT], [LURAH], [TEXT]])) == [
        (1, False), (2, True), (3, False), (4, False)
    ]  # fmt: skip


def test_text_that_came_back_is_two_versions() -> None:
    assert texts(reckoned([[TEXT, LURAH, LURAH, TEXT]])) == [(LURAH, [1, 2]), (TEXT, [3])]


def test_version_after_a_revealed_one_may_repeat_it() -> None:
    found = reckoned([[TEXT, LURAH], [LURAH]])
    assert texts(found) == [(LURAH, [1])]
    assert marks(found) == [(1, False), (2, True)]


def test_shrunken_look_reveals_nothing_unless_another_confirms_it() -> None:
    assert texts(reckoned([[TEXT, SHORT, TEXT]])) == []
    assert texts(reckoned([[TEXT, SHORT, SHORT]])) == [(SHORT, [1, 2])]
    assert texts(reckoned([[TEXT, SHORT, SHORT]], hours=1)) == []


def test_first_look_that_can_be_read_speaks_for_its_version() -> None:
    found = reckoned([[DAMAGED, TEXT, LURAH]])
    assert marks(found) == [(1, False)]
    assert texts(found) == [(LURAH, [2])]
    assert len(found.damaged) == 1


def test_version_that_cannot_be_read_is_compared_with_none() -> None:
    found = reckoned([[TEXT], [BROKEN], [TEXT]])
    assert [one.number for one, _ in found.lost] == [2]
    assert marks(found) == [(1, False), (3, False)]


@pytest.mark.parametrize(
    ("told", "revealed", "marked"),
    [
        pytest.param((12, TEXT), [], [], id="like the version before"),
        pytest.param((12, KADES), [(KADES, [1012])], [], id="between two versions"),
        pytest.param((12, LURAH), [(LURAH, [1012])], [2], id="like the version after"),
        pytest.param((-12, TEXT), [(TEXT, [988])], [1], id="before the first"),
        pytest.param((12, BROKEN), [], [], id="still unread"),
    ],
)
def test_unread_look_takes_its_place_in_time(
    told: tuple[int, str | Failure], revealed: list[tuple[str, list[int]]], marked: list[int]
) -> None:
    found = reckoned([[TEXT], [LURAH]], unread=[told])
    assert texts(found) == revealed
    assert [number for number, repeats in marks(found) if repeats] == marked
    assert found.unread == (told[1] is BROKEN)


def test_unread_looks_alone_begin_a_story() -> None:
    found = reckoned([], unread=[(0, TEXT), (24, TEXT), (48, LURAH)])
    assert texts(found) == [(TEXT, [1000, 1024]), (LURAH, [1048])]
    assert [one.first_seen_at for one in found.reveals] == [
        NIGHT_1, NIGHT_1 + timedelta(hours=48)
    ]  # fmt: skip


def test_version_read_by_todays_reader_is_left_alone() -> None:
    one = look(0, 0)
    same = replace(version(1, [one]), extractor="uji/2", article=article(TEXT))
    story = HeldStory(outlet="media-uji", url="", versions=(same,))
    readings: Readings = {one: read(TEXT)}
    assert reckon(story, readings, confirm_after=SIX_HOURS) == Reckoned()
    assert same.is_settled(extractor="uji/2", topic=TOPIC.topic)
    assert not same.is_settled(extractor="uji/3", topic=TOPIC.topic)


def test_version_whose_later_looks_nobody_compared_is_not_settled() -> None:
    both = version(1, [look(0, 0), look(24, 1)])
    known = replace(both, extractor="uji/2", compared_by=frozenset({"uji/1"}))
    assert not known.is_settled(extractor="uji/2", topic=TOPIC.topic)


_TOLD = st.lists(st.sampled_from([TEXT, LURAH, KADES]), min_size=1, max_size=4)


@given(st.lists(_TOLD, max_size=4))
def test_states_in_order_are_those_that_the_looks_tell(versions: list[list[str]]) -> None:
    found = reckoned(versions)
    repeated = {number for number, repeats in marks(found) if repeats}
    states = [
        (NIGHT_1 + timedelta(hours=24 * start), told[0])
        for number, (start, told) in enumerate(_starts(versions), start=1)
        if number not in repeated
    ]
    states += [(one.first_seen_at, _text(one)) for one in found.reveals]
    looks = [text for told in versions for text in told]
    naive = [text for before, text in zip([None, *looks], looks, strict=False) if text != before]
    assert [text for _, text in sorted(states)] == naive


def _starts(versions: list[list[str]]) -> list[tuple[int, list[str]]]:
    starts = [sum(map(len, versions[:number])) for number in range(len(versions))]
    return list(zip(starts, versions, strict=True))
