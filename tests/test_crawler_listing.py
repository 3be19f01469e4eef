"""A listing ends when a page does not advance or three in a row hold nothing new."""

from datetime import UTC, datetime, timedelta
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from crawler.discover import Candidate
from crawler.listing import Paging

SINCE = datetime(2024, 9, 1, tzinfo=UTC)
NEW = SINCE + timedelta(days=5)
OLD = SINCE - timedelta(days=5)


def story(
    name: str, *, published_at: datetime | None = None, modified_at: datetime | None = None
) -> Candidate:
    url = f"https://kantamedia.com/{name}"
    return Candidate(url, published_at=published_at, modified_at=modified_at)


def after(*pages: list[Candidate], known: set[str] | None = None) -> Paging:
    start = Paging(SINCE, (known or set()).__contains__)
    return reduce(lambda paging, page: paging.after(page), pages, start)


def test_listing_goes_on_while_pages_hold_something_new() -> None:
    assert not after([story("a")], [story("b")], [story("c")], [story("d")]).ended


def test_page_that_does_not_advance_ends_it() -> None:
    paging = after([story("a"), story("b")], [story("b"), story("a")])
    assert paging.reason == "the page does not advance"


def test_empty_page_ends_it() -> None:
    assert after([story("a")], []).ended


def test_three_pages_without_anything_new_end_it() -> None:
    pages = [[story(name, published_at=OLD)] for name in "abc"]
    assert not after(*pages[:2]).ended
    assert after(*pages).ended


def test_one_stray_old_story_does_not_end_it() -> None:
    sticky = story("sticky", published_at=OLD)
    pages = [[sticky, story(name, published_at=NEW)] for name in "abcde"]
    assert not after(*pages).ended


def test_two_barren_pages_and_a_new_story_begin_the_count_again() -> None:
    old = [[story(name, published_at=OLD)] for name in "abcd"]
    assert not after(*old[:2], [story("new")], *old[2:]).ended


def test_old_story_that_was_modified_is_new() -> None:
    pages = [[story(name, published_at=OLD, modified_at=NEW)] for name in "abcd"]
    assert not after(*pages).ended


def test_story_without_date_is_new_until_it_was_seen() -> None:
    known = {f"https://kantamedia.com/{name}" for name in "abc"}
    pages = [[story(name)] for name in "abc"]
    assert not after(*pages).ended
    assert after(*pages, known=known).ended


def test_address_is_compared_in_its_canonical_form() -> None:
    known = {"https://kantamedia.com/a"}
    assert after([story("a/?utm_source=rss")], known=known).barren == 1


def test_story_that_moved_down_the_list_is_not_new_again() -> None:
    assert after([story("a"), story("b")], [story("b")]).barren == 1


def test_ended_listing_stays_ended() -> None:
    assert after([story("a")], [], [story("b")]).reason == "the page is empty"


@given(st.lists(st.lists(st.sampled_from("abcdef").map(story), max_size=4), min_size=30))
def test_listing_of_few_stories_always_ends(pages: list[list[Candidate]]) -> None:
    assert after(*pages).ended
