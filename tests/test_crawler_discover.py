"""The quick way to a link that is in its normal form is the long way's."""

from hypothesis import given
from hypothesis import strategies as st

from archive.urls import absolute_url, canonical_url, is_front_page, same_outlet
from crawler.discover import story_link

OUTLET = "https://kantamedia.com"

part = st.text("ab1-_./:%?#é", max_size=6) | st.sampled_from(
    ["amp", "index-html", "index.html", "www", "15", "whatsapp:", "a-b", "?p=1", "-amp", "a-"]
)


@given(st.lists(part, max_size=5), st.sampled_from(["", "/", "/?m=1", "#top"]))
def test_link_is_the_same_by_either_way(parts: list[str], tail: str) -> None:
    link = f"{OUTLET}/{'/'.join(parts)}{tail}"
    found = story_link(link, base=OUTLET, outlet_url=OUTLET)
    try:
        url = absolute_url(link, base=OUTLET)
        is_story = bool(canonical_url(url)) and same_outlet(url, OUTLET) and not is_front_page(url)
    except ValueError:
        url, is_story = "", False
    assert found == (url if is_story else "")


def test_name_that_only_begins_as_ours_is_another_outlet() -> None:
    link = "https://kantamedia.com.example/asn-netral/"
    assert story_link(link, base=OUTLET, outlet_url=OUTLET) == ""
