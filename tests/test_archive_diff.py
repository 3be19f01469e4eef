"""What changed between two texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text import Change, diff

WORDS = st.sampled_from(
    ["camat", "netral", "Ia", "ASN.", "a", "b", " ", "  ", "\n", "\n\n", ".", '"']
)
TEXTS = st.one_of(st.lists(WORDS, max_size=60).map("".join), st.text(max_size=60))


def _joined(changes: list[Change], *kinds: str) -> str:
    return "".join(change.text for change in changes if change.kind in kinds)


@given(TEXTS, TEXTS)
def test_changes_join_to_both_texts(before: str, after: str) -> None:
    changes = diff(before, after)
    assert _joined(changes, "same", "removed") == before
    assert _joined(changes, "same", "added") == after


@given(TEXTS, TEXTS)
def test_changes_are_never_empty_and_never_repeat_a_kind(before: str, after: str) -> None:
    changes = diff(before, after)
    assert all(change.text for change in changes)
    kinds = [change.kind for change in changes]
    assert all(kinds[i : i + 2] != [kind] * 2 for i, kind in enumerate(kinds))


@given(TEXTS)
def test_equal_texts_are_all_the_same(text: str) -> None:
    assert diff(text, text) == ([Change("same", text)] if text else [])


@pytest.mark.parametrize(
    ("before", "after", "removed", "added"),
    [
        ("Camat diminta netral.", "Camat diminta tetap netral.", "", "tetap "),
        ("Camat netral dalam pilkada.", "Camat netral pada pilkada.", "dalam", "pada"),
        ("Ia di periksa.\n\nSelesai.", "Ia diperiksa.\n\nSelesai.", "di periksa.", "diperiksa."),
        ("Satu.\n\nDua.\n\nTiga.", "Satu.\n\nTiga.", "Dua.\n\n", ""),
        ("Satu.", "Satu.\n\nRalat: dua.", "", "\n\nRalat: dua."),
        ("", "Baru.", "", "Baru."),
        ("Lama.", "", "Lama.", ""),
    ],
    ids=[
        "word-added",
        "word-changed",
        "typo",
        "paragraph-removed",
        "note-added",
        "all-new",
        "all-gone",
    ],
)
def test_only_the_changed_words_are_named(
    before: str, after: str, removed: str, added: str
) -> None:
    changes = diff(before, after)
    assert (_joined(changes, "removed"), _joined(changes, "added")) == (removed, added)


def test_space_between_two_changed_words_is_not_called_the_same() -> None:
    changes = diff("alpha beta gamma", "satu dua gamma")
    assert changes == [
        Change("removed", "alpha beta"),
        Change("added", "satu dua"),
        Change("same", " gamma"),
    ]


def test_edited_paragraph_is_found_between_two_moved_by_an_insertion() -> None:
    paragraphs = [f"Paragraf {number} tentang pengawasan." for number in range(40)]
    edited = ["Pembuka baru.", *paragraphs]
    edited[21] = "Paragraf 20 tentang pelanggaran."
    changes = diff("\n\n".join(paragraphs), "\n\n".join(edited))
    assert [change.text for change in changes if change.kind != "same"] == [
        "Pembuka baru.\n\n",
        "pengawasan.",
        "pelanggaran.",
    ]


# each of these takes minutes when units are matched without a bound, or found by backtracking
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("." * 50_000 + "x", "." * 40_000),
        (".a" * 50_000, ".b" * 50_000),
        (" " * 50_000 + "x", "\n" * 50_000),
        ("b " + "a " * 50_000, "a " * 40_000 + "c"),
        ("a\n\nb\n\n" * 20_000, "b\n\na\n\nc\n\n" * 15_000),
        (" ".join(map(str, range(50_000))), " ".join(map(str, range(50_000, 0, -1)))),
    ],
    ids=["full-stops", "no-spaces", "white-space", "one-word", "two-paragraphs", "reversed"],
)
def test_hostile_text_ends_in_bounded_time(before: str, after: str) -> None:
    changes = diff(before, after)
    assert _joined(changes, "same", "removed") == before
    assert _joined(changes, "same", "added") == after
