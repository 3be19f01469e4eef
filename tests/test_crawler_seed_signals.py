"""What a seed says of a story's last change, and what it proves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.signals import (
    is_same_moment,
    is_unchanged,
    moment_of,
    shows_other_text,
    shows_text,
    with_words,
)

DATE = "2024-09-26T06:00:00"
READ = with_words(DATE, "Camat Diperiksa\nBawaslu memeriksa camat dua jam.")
EDITED = with_words(DATE, "Camat Diperiksa\nBawaslu memeriksa camat tiga jam.")

SIGNALS = {
    "same": ("2024-09-26T06:00:00", "2024-09-26T06:00:00", True),
    "same moment, other seed": ("2024-09-26T06:00:00", "2024-09-26T13:00:00+07:00", True),
    "later": ("2024-09-26T06:00:00", "2024-09-26T06:00:01", False),
    "earlier": ("2024-09-26T06:00:00", "2024-09-26T05:00:00", False),
    "day only": ("2024-09-26", "2024-09-26", False),
    "nothing said": ("2024-09-26T06:00:00", "", False),
    "nothing known": ("", "2024-09-26T06:00:00", False),
    "neither": ("", "", False),
    "zero date": ("0000-00-00 00:00:00", "0000-00-00 00:00:00", False),
}


@pytest.mark.parametrize(("known", "said", "expected"), SIGNALS.values(), ids=SIGNALS.keys())
def test_seed_proves_a_story_unchanged(known: str, said: str, expected: bool) -> None:
    assert is_unchanged(known, said, trusted=True) is expected


def test_signal_of_an_outlet_caught_lying_proves_nothing() -> None:
    assert not is_unchanged("2024-09-26T06:00:00", "2024-09-26T06:00:00", trusted=False)


def test_text_that_changed_under_its_old_date_is_no_unchanged_story() -> None:
    assert not is_unchanged(READ, EDITED, trusted=True)
    assert shows_other_text(READ, EDITED)
    assert is_same_moment(READ, EDITED)


def test_text_that_is_the_same_proves_more_than_a_date_that_lied() -> None:
    assert is_unchanged(READ, READ, trusted=False)
    assert not shows_other_text(READ, READ)


def test_later_date_over_the_same_text_is_a_change() -> None:
    later = with_words("2024-09-26T06:00:01", "Camat Diperiksa\nBawaslu memeriksa camat dua jam.")
    assert not is_unchanged(READ, later, trusted=True)


@pytest.mark.parametrize(("before", "now"), [(DATE, READ), (READ, DATE)])
def test_text_is_compared_only_where_both_seeds_showed_it(before: str, now: str) -> None:
    assert is_unchanged(before, now, trusted=True)
    assert not is_unchanged(before, now, trusted=False)
    assert not shows_other_text(before, now)


def test_text_without_a_date_is_no_signal() -> None:
    assert with_words("", "Camat Diperiksa") == ""
    assert not is_same_moment("", "")


@given(st.text(), st.text())
def test_words_are_added_to_a_signal_and_taken_off_again(date: str, words: str) -> None:
    date = f"2024{date.replace(' text:', '')}"
    signal = with_words(date, words)
    assert moment_of(signal) == date
    assert shows_text(signal)
    assert not shows_text(moment_of(signal))
    assert with_words(date, f"  {words}\n") == signal
