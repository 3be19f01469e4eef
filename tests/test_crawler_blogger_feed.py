"""What Blogger's feeds are asked for, what they answer, and which known stories they name."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.blogger_feed import (
    FeedPage,
    PostList,
    feed_url,
    is_story_address,
    plain_address,
    read_page,
)
from crawler.blogger_naming import KnownPost, Naming
from crawler.demo import NewsroomConfig
from crawler.demo.blogger import JAWAPES, blogger
from crawler.demo.editions import edition
from crawler.demo.nights import evenings
from crawler.demo.reply import Asked
from crawler.discover import Candidate, SeedUnreadable

OUTLET = "https://jurnaljawapes.com"
STORY = f"{OUTLET}/2024/10/camat-diperiksa.html"
MOMENT = datetime(2024, 10, 15, 11, 31, tzinfo=UTC)
POST = "tag:blogger.com,1999:blog-42.post-4407700000000000815"


def entry(**more: Any) -> dict[str, Any]:
    """One entry as Blogger writes it, with some of its fields changed."""
    return {
        "id": {"$t": POST},
        "published": {"$t": "2024-10-15T18:31:00.000+07:00"},
        "updated": {"$t": "2024-10-15T19:02:11.512+07:00"},
        "title": {"type": "text", "$t": "Camat &amp; Lurah <b>Diperiksa</b>"},
        "content": {"type": "html", "$t": "<p>Isi berita.</p>"},
        "link": [
            {"rel": "replies", "href": f"{STORY}#comment-form"},
            {"rel": "alternate", "type": "text/html", "href": STORY},
        ],
    } | more


def answer(*entries: object, total: object = "1") -> bytes:
    feed = {"openSearch$totalResults": {"$t": total}, "entry": list(entries)}
    return json.dumps({"version": "1.0", "feed": feed}).encode()


def read(body: bytes) -> FeedPage:
    return read_page(body, url=f"{OUTLET}/feeds/posts/default", outlet_url=OUTLET)


# what is asked for


def asked(listed: PostList, **more: Any) -> dict[str, str]:
    fields = parse_qs(urlsplit(feed_url(OUTLET, listed, **more)).query)
    return {name: values[0] for name, values in fields.items()}


def test_a_list_by_update_says_so_or_its_bound_would_not_count() -> None:
    fields = asked(PostList(updated_since=MOMENT))
    assert fields["orderby"] == "updated"
    assert fields["updated-min"] == "2024-10-15T11:31:00Z"


@pytest.mark.parametrize("kind", ["json", "atom", "alias"])
def test_feedburner_is_avoided(kind: Any) -> None:
    assert asked(PostList(), kind=kind)["redirect"] == "false"


@pytest.mark.parametrize(
    ("kind", "is_summary", "path"),
    [
        ("json", False, "/feeds/posts/default"),
        ("json", True, "/feeds/posts/summary"),
        ("atom", True, "/feeds/posts/summary"),
        ("alias", True, "/atom.xml"),
    ],
)
def test_each_kind_of_feed_has_its_path(kind: Any, is_summary: bool, path: str) -> None:
    assert urlsplit(feed_url(OUTLET, PostList(is_summary=is_summary), kind=kind)).path == path


def test_search_is_for_words_between_two_moments() -> None:
    later = MOMENT + timedelta(days=30)
    fields = asked(
        PostList(published_since=MOMENT, published_until=later, words="netralitas ASN"), start=151
    )
    assert fields == {
        "alt": "json",
        "redirect": "false",
        "max-results": "150",
        "start-index": "151",
        "orderby": "published",
        "published-min": "2024-10-15T11:31:00Z",
        "published-max": "2024-11-14T11:31:00Z",
        "q": "netralitas ASN",
    }


# what is read


def test_an_entry_says_all_that_a_seed_can() -> None:
    assert read(answer(entry())).candidates == (
        Candidate(
            STORY,
            title="Camat & Lurah Diperiksa",
            published_at=MOMENT,
            modified_at=datetime(2024, 10, 15, 12, 2, 11, 512000, tzinfo=UTC),
            signal="2024-10-15T19:02:11.512+07:00",
            content="<p>Isi berita.</p>",
            platform_id="blogger:4407700000000000815",
        ),
    )


WRAPPED = {
    "plain": "{}",
    "BOM": "\ufeff{}",
    "blank lines": "\n\n {}\n",
    "call": "gdata.io.handleScriptLoaded({});",
    "notice before": "/* catatan */ {}",
    "object before": '{{"peringatan": 1}}\n{}',
    "junk behind": "{}\n<!-- 0.2 s -->",
}


@pytest.mark.parametrize("wrapped", WRAPPED.values(), ids=WRAPPED)
def test_json_is_found_behind_what_stands_around_it(wrapped: str) -> None:
    body = wrapped.format(answer(entry()).decode()).encode()
    assert [one.url for one in read(body).candidates] == [STORY]


UNREADABLE = {
    "nothing": b"",
    "HTML": b"<!DOCTYPE html><html><head><title>Blog</title></head></html>",
    "cut": answer(entry(), entry())[:-40],
    "error": b'{"error": {"code": 403, "message": "closed"}}',
    "list": b"[]",
    "feed that is none": b'{"feed": "tutup"}',
    "words": b"tidak ada",
    "RSS of nothing": b"<?xml version='1.0'?><urlset/>",
    "cut Atom": b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>a</title>",
    "deep": b'{"feed":' + b"[" * 100_000,
    "long number": b'{"feed": ' + b"1" * 5_000 + b"}",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_feed_is_told(body: bytes) -> None:
    with pytest.raises(SeedUnreadable):
        read(body)


def test_a_feed_without_entries_is_an_empty_page() -> None:
    page = read(b'{"feed": {"openSearch$totalResults": {"$t": "0"}}}')
    assert (page.candidates, page.names, page.total) == ((), (), 0)


@pytest.mark.parametrize(
    ("total", "read_as"),
    [("240", 240), (240, 240), ("banyak", None), ("-1", None), (None, None), (True, None)],
    ids=str,
)
def test_the_total_is_read_or_unknown(total: object, read_as: int | None) -> None:
    assert read(answer(entry(), total=total)).total == read_as


def test_content_up_to_the_jump_break_is_no_content() -> None:
    content = f'<p>Awal.</p><a href="{STORY}#more">Read more »</a>'
    (candidate,) = read(answer(entry(content={"$t": content}))).candidates
    assert candidate.content == ""


def test_a_summary_is_no_content() -> None:
    summary = entry(summary={"$t": "Awal berita"})
    del summary["content"]
    assert read(answer(summary)).candidates[0].content == ""


def test_feedburner_keeps_the_address_beside_its_own() -> None:
    other = {"rel": "alternate", "href": "https://feeds.feedburner.com/~r/x/1"}
    found = read(answer(entry(link=[other], **{"feedburner$origLink": {"$t": STORY}})))
    assert [one.url for one in found.candidates] == [STORY]


ODD: dict[str, Any] = {
    "foreign": {"link": [{"rel": "alternate", "href": "https://iklan.example/a.html"}]},
    "front page": {"link": [{"rel": "alternate", "href": f"{OUTLET}/"}]},
    "no link": {"link": []},
    "links that are none": {"link": ["x", None, {"rel": "alternate", "href": 7}]},
    "link is an object": {"link": {"rel": "alternate", "href": STORY}},
}


@pytest.mark.parametrize("fields", ODD.values(), ids=ODD)
def test_an_entry_that_leads_elsewhere_is_dropped_and_still_counted(fields: Any) -> None:
    page = read(answer(entry(**fields), entry(id={"$t": f"{POST}9"})))
    assert len(page.candidates) == 1
    assert len(page.dropped) == 1
    assert len(page.names) == 2


def test_an_id_of_several_stories_is_none_of_theirs() -> None:
    other = [{"rel": "alternate", "href": f"{OUTLET}/2024/10/lurah.html"}]
    found = read(answer(entry(), entry(link=other))).candidates
    assert [one.platform_id for one in found] == ["", ""]


def test_half_a_character_can_be_stored() -> None:
    (candidate,) = read(answer(entry(title={"$t": "Camat \ud83d diperiksa"}))).candidates
    assert candidate.title.encode() == b"Camat ? diperiksa"


@pytest.mark.parametrize("updated", ["kemarin", "", "0000-00-00T00:00:00Z"], ids=str)
def test_what_is_no_date_is_no_signal(updated: str) -> None:
    (candidate,) = read(answer(entry(updated={"$t": updated}))).candidates
    assert (candidate.signal, candidate.modified_at) == ("", None)


def test_atom_reads_as_json_does_but_for_the_content() -> None:
    today = date(2026, 9, 10)
    config = NewsroomConfig(today=today)
    shown = edition(JAWAPES, config, 1, moments=evenings(today))
    pages = [
        read(blogger(shown, Asked(host="", path=parts.path, query=parts.query), config).body)
        for parts in (
            urlsplit(feed_url(OUTLET, PostList(is_summary=True), kind=kind))
            for kind in ("json", "atom")
        )
    ]
    assert pages[0].candidates == pages[1].candidates
    assert pages[0].total == pages[1].total == len(shown.live)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["feed", "entry", "link", "id", "$t", "rel", "href", "title", "updated", "content"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(JSON)
def test_any_json_is_read_or_refused(value: Any) -> None:
    try:
        page = read(json.dumps({"feed": value}).encode())
    except SeedUnreadable:
        return
    assert len(page.names) >= len(page.candidates)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        read(body)
    except SeedUnreadable:
        return


@given(
    st.datetimes(timezones=st.just(UTC)).filter(lambda moment: moment.year > 1000),
    st.integers(1, 10**9),
)
def test_a_bound_comes_back_to_the_second(moment: datetime, start: int) -> None:
    fields = asked(PostList(published_until=moment), start=start)
    assert datetime.fromisoformat(fields["published-max"]) == moment.replace(microsecond=0)
    assert fields["start-index"] == str(start)


@pytest.mark.parametrize(
    ("path", "is_story"),
    [
        ("/2024/10/camat-diperiksa.html", True),
        ("/2024/10/camat-diperiksa_15.html?m=1", True),
        ("/p/redaksi.html", False),
        ("/2024/10/", False),
        ("/2024/13/a.html", False),
        ("/search/label/Pemilu", False),
        ("/2024/10/a/b.html", False),
    ],
)
def test_a_post_is_told_by_its_address(path: str, is_story: bool) -> None:
    assert is_story_address(OUTLET + path) == is_story


def test_a_twin_has_a_plain_address() -> None:
    assert plain_address(f"{STORY}?m=1#more") == STORY


# which known stories are named

DAY = timedelta(days=1)


def known(number: int, published_at: datetime) -> KnownPost:
    return KnownPost(
        story_id=f"{number:016x}", platform_id=f"blogger:{number}", published_at=published_at
    )


def shown(posts: Sequence[tuple[int, datetime]], until: datetime, *, size: int) -> FeedPage:
    """The page of a blog's posts (id, published) that lists what was published before `until`."""
    found = sorted((post for post in posts if post[1] < until), key=lambda post: post[1])[::-1]
    candidates = tuple(
        Candidate(
            f"{OUTLET}/2024/10/{number}.html",
            published_at=published_at,
            platform_id=f"blogger:{number}",
        )
        for number, published_at in found[:size]
    )
    names = tuple(one.platform_id for one in candidates)
    return FeedPage(candidates, (), names, len(found))


def walk(
    naming: Naming, posts: Sequence[tuple[int, datetime]], *, size: int
) -> tuple[list[str], int]:
    """Whom the walk calls unnamed, and how many pages it asked for."""
    missed, pages = [], 0
    while until := naming.until():
        missed += [p.platform_id for p in naming.unnamed(shown(posts, until, size=size))]
        pages += 1
        assert pages < 1000
    return missed, pages


def test_one_page_names_all_that_are_due_in_a_month() -> None:
    posts = [(number, MOMENT - number * DAY / 5) for number in range(140)]
    naming = Naming(known(*post) for post in posts[::7])
    assert walk(naming, posts, size=150) == ([], 1)
    assert naming.waiting == []


def test_a_trashed_story_is_not_named() -> None:
    posts = [(number, MOMENT - number * DAY / 5) for number in range(140)]
    naming = Naming(known(*post) for post in posts[::7])
    left = [post for post in posts if post[0] != 35]
    assert walk(naming, left, size=150) == (["blogger:35"], 1)


def test_a_stretch_without_due_stories_is_stepped_over() -> None:
    posts = [(number, MOMENT - number * DAY / 5) for number in range(3000)]
    due = [*posts[:20:5], *posts[2900:2920:5]]
    naming = Naming(known(*post) for post in due)
    assert walk(naming, posts, size=150) == ([], 2)


def test_stories_far_apart_are_left_to_their_own_pages() -> None:
    posts = [(number, MOMENT - number * DAY / 5) for number in range(5000)]
    naming = Naming(known(*post) for post in posts[::1000])
    missed, pages = walk(naming, posts, size=150)
    assert (missed, pages, len(naming.waiting)) == ([], 2, 3)


def test_a_server_that_ignores_the_bound_calls_nobody_missing() -> None:
    posts = [(number, MOMENT - number * DAY) for number in range(400)]
    naming = Naming(known(*post) for post in posts[300::10])
    newest = shown(posts, MOMENT + DAY, size=150)
    missed: list[KnownPost] = []
    while naming.until():
        missed += naming.unnamed(newest)
    assert missed == []


@given(
    blog=st.lists(st.integers(0, 60 * 24), min_size=1, max_size=60, unique=True),
    due=st.sets(st.integers(0, 59)),
    gone=st.sets(st.integers(0, 59)),
    size=st.integers(1, 20),
    drift=st.integers(-23, 23),
)
def test_no_story_that_the_feed_names_is_called_missing(
    blog: list[int], due: set[int], gone: set[int], size: int, drift: int
) -> None:
    posts = [(number, MOMENT - hours * timedelta(hours=1)) for number, hours in enumerate(blog)]
    live = [post for post in posts if post[0] not in gone]
    drifted = [(number, at + drift * timedelta(hours=1)) for number, at in posts if number in due]
    naming = Naming(known(*post) for post in drifted)
    missed, pages = walk(naming, live, size=size)
    assert {int(name.partition(":")[2]) for name in missed} <= gone
    assert pages <= len(drifted) + 2
