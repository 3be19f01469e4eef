"""WordPress's REST answers, and the addresses by which they are asked for."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discover import SEED_LIMIT, Candidate, Found, SeedUnreadable
from crawler.wordpress_rest import PostList, ids_url, posts_url, read_ids, read_posts
from crawler.wordpress_seeds import feed_url, index_url, seed_urls

OUTLET = "https://kantamedia.com"

POST: dict[str, Any] = {
    "id": 123,
    "date_gmt": "2024-09-26T05:31:00",
    "modified_gmt": "2024-09-26T06:00:00",
    "slug": "camat-netral",
    "link": "https://kantamedia.com/eksekutif/camat-netral/",
    "title": {"rendered": "Camat &#8220;Netral&#8221; &amp; <em>Tenang</em>"},
    "content": {"rendered": "<p>Camat itu netral.</p>", "protected": False},
}
CANDIDATE = Candidate(
    "https://kantamedia.com/eksekutif/camat-netral/",
    title="Camat “Netral” & Tenang",
    published_at=datetime(2024, 9, 26, 5, 31, tzinfo=UTC),
    modified_at=datetime(2024, 9, 26, 6, 0, tzinfo=UTC),
    signal="2024-09-26T06:00:00",
    content="<p>Camat itu netral.</p>",
    platform_id="wp:123",
)
LISTED = json.dumps([POST]).encode()
NOTICE = b"<br />\n<b>Notice</b>: Undefined index: a[0] in <b>/x.php</b> on line <b>3</b><br />\n"


def read(body: bytes) -> Found:
    return read_posts(body, outlet_url=OUTLET)


def listed(**changes: Any) -> bytes:
    return json.dumps([POST | changes]).encode()


def test_post_is_a_candidate_with_its_content() -> None:
    assert read(LISTED) == Found((CANDIDATE,))


WRAPPED = {
    "BOM": b"\xef\xbb\xbf" + LISTED,
    "blank lines": b"\n\n" + LISTED,
    "PHP notice": NOTICE + LISTED,
    "two PHP notices": NOTICE * 2 + LISTED,
    "text behind": LISTED + b"\n<!-- cached -->",
}


@pytest.mark.parametrize("body", WRAPPED.values(), ids=WRAPPED.keys())
def test_post_is_read_through_what_plugins_print_around_it(body: bytes) -> None:
    assert read(body) == Found((CANDIDATE,))


ENDED = {
    "empty list": b"[]",
    "empty list behind a notice": NOTICE + b"[]\n",
    "past the last page": b'{"code":"rest_post_invalid_page_number","data":{"status":400}}',
}


@pytest.mark.parametrize("body", ENDED.values(), ids=ENDED.keys())
def test_end_of_the_list_is_no_failure(body: bytes) -> None:
    assert read(body) == Found()


UNREADABLE = {
    "empty": b"",
    "HTML": b"<!DOCTYPE html><html><body>Beranda</body></html>",
    "HTML with data in it": b'<html><script>var a = [{"id": 1}]</script></html>',
    "fragment of HTML": b"<div>Just a moment...</div>",
    "error object": b'{"code":"rest_no_route","message":"x","data":{"status":404}}',
    "error without code": b"{}",
    "list of numbers": b"[1, 2]",
    "number": b"42",
    "cut off": LISTED[:-20],
    "100,000 brackets": b"[" * 100_000,
    "number of 5,000 digits": b'[{"id": ' + b"9" * 5_000 + b"}]",
    "junk": bytes(range(256)),
    "too large": b" " * (SEED_LIMIT + 1),
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_list_of_posts_is_refused(body: bytes) -> None:
    with pytest.raises(SeedUnreadable):
        read(body)


def test_closed_rest_is_called_so() -> None:
    with pytest.raises(SeedUnreadable, match="HTML instead of JSON"):
        read(UNREADABLE["HTML"])
    with pytest.raises(SeedUnreadable, match="rest_no_route"):
        read(UNREADABLE["error object"])


USELESS = {
    "no link": {"link": None},
    "foreign": {"link": "https://iklan.example/a"},
    "front page": {"link": "https://kantamedia.com/"},
    "number": {"link": 7},
}


@pytest.mark.parametrize("change", USELESS.values(), ids=USELESS.keys())
def test_post_without_an_address_of_the_outlet_is_dropped(change: dict[str, Any]) -> None:
    found = read(listed(**change))
    assert (found.candidates, len(found.dropped)) == ((), 1)


def test_protected_post_shows_nothing() -> None:
    (candidate,) = read(listed(content={"rendered": "", "protected": True})).candidates
    assert candidate.content == ""


def test_fields_of_the_wrong_kind_are_left_out() -> None:
    body = listed(id=True, title="x", content=[], date_gmt=5, modified_gmt="0000-00-00T00:00:00")
    assert read(body) == Found((Candidate(CANDIDATE.url),))


def test_half_a_character_can_be_stored() -> None:
    (candidate,) = read(listed(title={"rendered": "Camat \ud83d"})).candidates
    assert candidate.title.encode() == b"Camat ?"


def test_ids_tell_who_is_public() -> None:
    posts = [
        {"id": 1, "link": f"{OUTLET}/a/", "modified_gmt": "2024-09-26T06:00:00"},
        {"id": 2, "link": f"{OUTLET}/b/", "status": "publish"},
        {"id": 3, "link": f"{OUTLET}/c/", "status": "private"},
        {"id": 4, "link": "https://situs-lain.example/d/"},
    ]
    found = read_ids(json.dumps(posts).encode(), outlet_url=OUTLET)
    assert {name: candidate.url for name, candidate in found.items()} == {
        "wp:1": f"{OUTLET}/a/",
        "wp:2": f"{OUTLET}/b/",
        "wp:4": "",
    }
    assert found["wp:1"].signal == "2024-09-26T06:00:00"


@pytest.mark.parametrize("body", [b'[{"id": 1}, {}]', b'[{"id": 1}, 2]', b'[{"id": 1}, {"id"'])
def test_damaged_answer_makes_no_story_missing(body: bytes) -> None:
    with pytest.raises(SeedUnreadable):
        read_ids(body, outlet_url=OUTLET)


def query_of(url: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}


def test_list_of_posts_is_asked_for_in_utc() -> None:
    after = datetime(2024, 9, 26, 7, tzinfo=timezone(timedelta(hours=7)))
    url = posts_url(f"{OUTLET}/", PostList(after=after), page=2)
    assert url.startswith(f"{OUTLET}/wp-json/wp/v2/posts?")
    query = query_of(url)
    assert query.pop("_fields").split(",") == [
        "id", "date_gmt", "modified_gmt", "link", "slug",
        "title.rendered", "content.rendered", "content.protected",
    ]  # fmt: skip
    assert query == {
        "after": "2024-09-26T00:00:00Z",
        "page": "2",
        "per_page": "100",
        "orderby": "date",
        "order": "desc",
    }


def test_list_of_modified_posts_is_ordered_by_the_modification() -> None:
    query = query_of(posts_url(OUTLET, PostList(modified_after=datetime(2024, 9, 26, tzinfo=UTC))))
    assert query["orderby"] == "modified"
    assert query["modified_after"] == "2024-09-26T00:00:00Z"
    assert "after" not in query


def test_known_ids_are_asked_for_without_their_content() -> None:
    query = query_of(ids_url(OUTLET, [3, 1, 2]))
    assert query["include"] == "3,1,2"
    assert query["_fields"] == "id,link,slug,modified_gmt,status"


def test_those_that_are_due_are_asked_for_with_their_text() -> None:
    query = query_of(ids_url(OUTLET, [3], with_text=True))
    assert query["_fields"].split(",")[-3:] == [
        "title.rendered", "content.rendered", "content.protected",
    ]  # fmt: skip


def test_outlet_on_a_port_keeps_it() -> None:
    assert posts_url("http://127.0.0.1:8099").startswith("http://127.0.0.1:8099/wp-json/")


def test_seeds_are_the_feeds_sitemaps_and_indexes_of_the_outlet() -> None:
    seeds = seed_urls("https://kantamedia.com/", archives=["tag/netralitas-asn", "/category/asn/"])
    assert seeds.feeds == (
        f"{OUTLET}/feed/",
        f"{OUTLET}/tag/netralitas-asn/feed/",
        f"{OUTLET}/category/asn/feed/",
    )
    assert seeds.sitemaps == (
        f"{OUTLET}/sitemap_index.xml",
        f"{OUTLET}/wp-sitemap.xml",
        f"{OUTLET}/sitemap.xml",
    )
    assert seeds.indexes == (
        f"{OUTLET}/",
        f"{OUTLET}/tag/netralitas-asn/",
        f"{OUTLET}/category/asn/",
    )


def test_further_pages_of_seeds_have_addresses() -> None:
    assert feed_url(OUTLET, page=3) == f"{OUTLET}/feed/?paged=3"
    assert index_url(OUTLET, archive="tag/asn", page=2) == f"{OUTLET}/tag/asn/page/2/"


def read_or_none(body: bytes) -> Found | None:
    try:
        return read(body)
    except SeedUnreadable:
        return None


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.just(POST),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(POST)), inner)
    ),
    max_leaves=8,
)


@given(st.binary(max_size=300) | junk.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_posts_or_refused(body: bytes) -> None:
    found = read_or_none(body)
    assert found is None or isinstance(found, Found)


@given(st.fixed_dictionaries(dict.fromkeys(POST, junk)))
def test_post_with_any_fields_stays_at_the_outlet(post: dict[str, Any]) -> None:
    found = read(json.dumps([post]).encode())
    assert all(candidate.address.startswith(f"{OUTLET}/") for candidate in found.candidates)
