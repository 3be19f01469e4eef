"""One story, one address: the rules of DESIGN §5 over the addresses that outlets really publish."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from archive.urls import (
    LONGEST_URL,
    absolute_url,
    canonical_url,
    is_fetchable,
    is_front_page,
    same_outlet,
    urlkey,
)

STORY = "https://kantamedia.com/eksekutif/asn-netral"

TWINS = {
    "plain": "https://kantamedia.com/eksekutif/asn-netral",
    "http": "http://kantamedia.com/eksekutif/asn-netral",
    "www": "https://www.kantamedia.com/eksekutif/asn-netral",
    "mobile host": "https://m.kantamedia.com/eksekutif/asn-netral",
    "amp host": "https://amp.kantamedia.com/eksekutif/asn-netral",
    "www and mobile": "http://www.m.kantamedia.com/eksekutif/asn-netral",
    "upper-case host": "HTTPS://WWW.KantaMedia.COM/eksekutif/asn-netral",
    "host with final dot": "https://kantamedia.com./eksekutif/asn-netral",
    "port 443": "https://kantamedia.com:443/eksekutif/asn-netral",
    "port 80": "http://kantamedia.com:80/eksekutif/asn-netral",
    "port 443 of http": "http://kantamedia.com:443/eksekutif/asn-netral",
    "user": "https://user:secret@kantamedia.com/eksekutif/asn-netral",
    "trailing slash": "https://kantamedia.com/eksekutif/asn-netral/",
    "double slashes": "https://kantamedia.com//eksekutif///asn-netral//",
    "fragment": "https://kantamedia.com/eksekutif/asn-netral#comment-12",
    "empty query": "https://kantamedia.com/eksekutif/asn-netral/?",
    "utm": "https://kantamedia.com/eksekutif/asn-netral?utm_source=wa&utm_medium=share",
    "upper-case utm": "https://kantamedia.com/eksekutif/asn-netral?UTM_Source=wa",
    "escaped utm": "https://kantamedia.com/eksekutif/asn-netral?utm%5Fsource=wa",
    "fbclid": "https://kantamedia.com/eksekutif/asn-netral?fbclid=IwAR0a",
    "gclid": "https://kantamedia.com/eksekutif/asn-netral?gclid=abc",
    "ga": "https://kantamedia.com/eksekutif/asn-netral?_ga=2.1.3&ga_source=x",
    "mailchimp": "https://kantamedia.com/eksekutif/asn-netral?mc_cid=a&mc_eid=b",
    "instagram": "https://kantamedia.com/eksekutif/asn-netral?igshid=a",
    "session id": "https://kantamedia.com/eksekutif/asn-netral?sid=9f86d081884c7d659a2feaa0c55ad015",
    "session in the path": "https://kantamedia.com/eksekutif/asn-netral;jsessionid=0A1B2C?m=1",
    "session": "https://kantamedia.com/eksekutif/asn-netral?PHPSESSID=0123456789abcdef",
    "comment reply": "https://kantamedia.com/eksekutif/asn-netral/?replytocom=44#respond",
    "share button": "https://kantamedia.com/eksekutif/asn-netral/?share=facebook&nb=1",
    "ref=rss": "https://kantamedia.com/eksekutif/asn-netral?ref=rss",
    "html-escaped query": "https://kantamedia.com/eksekutif/asn-netral?fbclid=a&amp;utm_source=b",
    "amp suffix": "https://kantamedia.com/eksekutif/asn-netral/amp",
    "amp suffix and slash": "https://kantamedia.com/eksekutif/asn-netral/amp/",
    "amp prefix": "https://kantamedia.com/amp/eksekutif/asn-netral",
    "amp in the middle": "https://kantamedia.com/eksekutif/amp/asn-netral",
    "amp query": "https://kantamedia.com/eksekutif/asn-netral/?amp",
    "amp=1": "https://kantamedia.com/eksekutif/asn-netral/?amp=1",
    "m=1": "https://kantamedia.com/eksekutif/asn-netral?m=1",
    "m=0": "https://kantamedia.com/eksekutif/asn-netral?m=0",
    "needless escapes": "https://kantamedia.com/%65ksekutif/asn%2Dnetral",
    "dot segments": "https://kantamedia.com/x/../eksekutif/./asn-netral",
    "escaped dot segments": "https://kantamedia.com/x/%2e%2E/eksekutif/asn-netral",
    "double protocol": "http://http://kantamedia.com/eksekutif/asn-netral",
    "two protocols": "https://http://www.kantamedia.com/eksekutif/asn-netral",
    "protocol without colon": "https://http//kantamedia.com/eksekutif/asn-netral",
    "one slash": "http:/kantamedia.com/eksekutif/asn-netral",
    "three slashes": "https:///kantamedia.com/eksekutif/asn-netral",
    "no scheme": "//kantamedia.com/eksekutif/asn-netral",
    "backslashes": "https:\\\\kantamedia.com\\eksekutif\\asn-netral",
    "blanks around": "  https://kantamedia.com/eksekutif/asn-netral \n",
    "line break inside": "https://kantamedia.com/eksekutif/\nasn-netral",
    "nbsp behind": "https://kantamedia.com/eksekutif/asn-netral\u00a0",
    "escaped nbsp behind": "https://kantamedia.com/eksekutif/asn-netral/%C2%A0",
    "zero-width space behind": "https://kantamedia.com/eksekutif/asn-netral\u200b",
    "bom before": "\ufeffhttps://kantamedia.com/eksekutif/asn-netral",
    "quotation mark behind": 'https://kantamedia.com/eksekutif/asn-netral"',
    "escaped quotation mark": "https://kantamedia.com/eksekutif/asn-netral%22",
    "comma behind": "https://kantamedia.com/eksekutif/asn-netral,",
    "full stop behind": "https://kantamedia.com/eksekutif/asn-netral.",
    "ellipsis behind": "https://kantamedia.com/eksekutif/asn-netral…",
    "whatsapp tail": "https://kantamedia.com/amp/eksekutif/asn-netral/whatsapp:/whatsapp:/send",
    "javascript tail": "https://kantamedia.com/eksekutif/asn-netral/javascript:void(0)",
    "query after a query": "https://kantamedia.com/eksekutif/asn-netral?amp=1?utm_source=x",
}

KEPT = {
    "WordPress id": ("https://ebrita.com/?p=123", "https://ebrita.com/?p=123"),
    "id beside tracking": ("https://ebrita.com/?p=123?utm_source=x", "https://ebrita.com/?p=123"),
    "page": ("https://a.co.id/x?page=2", "https://a.co.id/x?page=2"),
    "page=all": ("https://a.co.id/x?page=all&id=1", "https://a.co.id/x?id=1"),
    "part of a story": ("https://a.co.id/slug/2/", "https://a.co.id/slug/2"),
    "month archive": ("https://a.co.id/?m=202409", "https://a.co.id/?m=202409"),
    "other ref": ("https://a.co.id/x?ref=12", "https://a.co.id/x?ref=12"),
    "sorted keys": ("https://a.co.id/x?b=2&a=1&b=1", "https://a.co.id/x?a=1&b=2&b=1"),
    "upper-case path": ("https://a.co.id/Berita/ASN", "https://a.co.id/Berita/ASN"),
    "reserved escape": ("https://a.co.id/a%2fb", "https://a.co.id/a%2Fb"),
    "blank inside": ("https://a.co.id/a b", "https://a.co.id/a%20b"),
    "stray percent": ("https://a.co.id/100%-netral", "https://a.co.id/100%25-netral"),
    "letters beyond ASCII": ("https://a.co.id/é", "https://a.co.id/%C3%A9"),
    "bytes that are no UTF-8": ("https://a.co.id/%e9", "https://a.co.id/%E9"),
    "front page": ("http://www.a.co.id", "https://a.co.id/"),
    "query without slash": ("https://a.co.id?p=1", "https://a.co.id/?p=1"),
    "above the root": ("https://a.co.id/../../x", "https://a.co.id/x"),
    "edition": ("http://pontianak.tribunnews.com/a", "https://pontianak.tribunnews.com/a"),
    "mobile network": ("https://m.tribunnews.com/amp/a", "https://tribunnews.com/a"),
    "www without dot": (
        "http://wwwsuarakolaka.blogspot.com/2024/09/a.html",
        "https://wwwsuarakolaka.blogspot.com/2024/09/a.html",
    ),
    "name that looks like a prefix": ("https://m.co.id/a", "https://m.co.id/a"),
    "short name": ("https://www.id/a", "https://www.id/a"),
    "host called http": ("https://http.co.id/a", "https://http.co.id/a"),
    "number called sid": ("https://a.co.id/berita?sid=12345", "https://a.co.id/berita?sid=12345"),
    "words called session": (
        "https://a.co.id/?session=sidang-paripurna-istimewa",
        "https://a.co.id/?session=sidang-paripurna-istimewa",
    ),
    "loopback": ("http://127.0.0.1:8099/a/", "http://127.0.0.1:8099/a"),
    "loopback default port": ("http://127.0.0.1:80/a", "http://127.0.0.1/a"),
    "localhost": ("http://localhost/a", "http://localhost/a"),
    "decimal address": ("http://2130706433/a", "http://2130706433/a"),
    "IPv6": ("http://[0:0::1]:8099/a", "http://[::1]:8099/a"),
    "port of its own": ("http://www.a.co.id:8080/a", "http://a.co.id:8080/a"),
    "international host": ("https://bücher.id/a", "https://xn--bcher-kva.id/a"),
}

REFUSED = {
    "empty": "",
    "blank": "  ",
    "path": "/eksekutif/asn-netral",
    "name only": "kantamedia.com/eksekutif",
    "mail": "mailto:redaksi@kantamedia.com",
    "script": "javascript:void(0)",
    "ftp": "ftp://kantamedia.com/a",
    "data": "data:text/html,a",
    "scheme only": "https://",
    "no host": "https:///",
    "blank in host": "https://kanta media.com/a",
    "bad port": "https://kantamedia.com:99999/a",
    "letters as port": "https://kantamedia.com:port/a",
    "broken IPv6": "http://[::1/a",
    "IPv6 zone": "http://[fe80::1%25eth0]/a",
    "empty label": "https://kantamedia..com/a",
    "escaped host": "https://kantamedia%2ecom/a",
    "lone surrogate": "https://kantamedia.com/\ud800",
    "too long": f"https://kantamedia.com/{'a' * LONGEST_URL}",
    "too long once encoded": f"https://kantamedia.com/{'é' * 400}",
    "200,000 characters": f"https://kantamedia.com/?utm_source={'a' * 200_000}",
}


@pytest.mark.parametrize("url", TWINS.values(), ids=TWINS.keys())
def test_twins_are_one_story(url: str) -> None:
    assert canonical_url(url) == STORY


@pytest.mark.parametrize(("url", "expected"), KEPT.values(), ids=KEPT.keys())
def test_what_may_mean_something_is_kept(url: str, expected: str) -> None:
    assert canonical_url(url) == expected


@pytest.mark.parametrize("url", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the kinds of ValueError are not told apart
        canonical_url(url)


def test_two_post_ids_are_two_stories() -> None:
    assert canonical_url("https://a.id/?p=123") != canonical_url("https://a.id/?p=124")


def test_address_is_measured_after_cleaning() -> None:
    assert canonical_url(f"{STORY}?utm_source={'a' * LONGEST_URL}") == STORY


DECLARED = {
    "of the outlet": ("https://www.kantamedia.com/lain/", "https://kantamedia.com/lain"),
    "with tracking": ("https://kantamedia.com/lain?utm_source=a", "https://kantamedia.com/lain"),
    "front page": ("https://kantamedia.com/", STORY),
    "tracked front page": ("https://kantamedia.com/?utm_source=a", STORY),
    "other outlet": ("https://lintastungkal.com/lain", STORY),
    "edition of its own": ("https://sampit.kantamedia.com/lain", STORY),
    "relative": ("/lain", STORY),
    "without scheme": ("//kantamedia.com/lain", STORY),
    "not http": ("ftp://kantamedia.com/lain", STORY),
    "broken": ("https://[kantamedia.com/lain", STORY),
    "too long": (f"https://kantamedia.com/{'a' * 300_000}", STORY),
    "empty": ("", STORY),
}


@pytest.mark.parametrize(("declared", "expected"), DECLARED.values(), ids=DECLARED.keys())
def test_declared_canonical_is_believed_only_within_the_outlet(
    declared: str, expected: str
) -> None:
    assert canonical_url(STORY, declared=declared, outlet_url="https://kantamedia.com") == expected


def test_declared_canonical_may_lead_back_to_the_outlet() -> None:
    found = canonical_url(
        "https://amp.kompas.com/read/1",
        declared="https://regional.kompas.com/read/1",
        outlet_url="https://regional.kompas.com",
    )
    assert found == "https://regional.kompas.com/read/1"


FRONT_PAGES = {
    "bare": ("https://kantamedia.com", True),
    "slash": ("https://kantamedia.com/", True),
    "tracked": ("https://kantamedia.com/?utm_source=a#top", True),
    "index file": ("https://kantamedia.com/index.php", True),
    "amp": ("https://kantamedia.com/amp/", True),
    "short slug": ("https://kolomrakyat.com/asn-netral", False),
    "WordPress id": ("https://ebrita.com/?p=123", False),
    "no address": ("kantamedia", False),
}


@pytest.mark.parametrize(("url", "expected"), FRONT_PAGES.values(), ids=FRONT_PAGES.keys())
def test_front_page_is_told_from_a_story(url: str, expected: bool) -> None:
    assert is_front_page(url) is expected


OUTLETS = {
    "www": ("https://www.tribunnews.com/a", "https://tribunnews.com", True),
    "mobile": ("http://m.tribunnews.com/a", "https://www.tribunnews.com", True),
    "edition": ("https://jambi.tribunnews.com/a", "https://www.tribunnews.com", False),
    "look-alike": ("https://tribunnews.com.evil.id/a", "https://tribunnews.com", False),
    "same server, other port": ("http://127.0.0.1:9001/a", "http://127.0.0.1:9002", False),
    "same port": ("http://127.0.0.1:9001/a", "http://127.0.0.1:9001", True),
    "relative": ("/a", "https://tribunnews.com", False),
    "no outlet": ("https://tribunnews.com/a", "", False),
}


@pytest.mark.parametrize(("url", "outlet", "expected"), OUTLETS.values(), ids=OUTLETS.keys())
def test_outlet_is_a_host_with_its_twins(url: str, outlet: str, expected: bool) -> None:
    assert same_outlet(url, outlet) is expected


FETCHABLE = {
    "https": ("https://kantamedia.com/a", True),
    "http": ("HTTP://kantamedia.com", True),
    "relative": ("/a", False),
    "without scheme": ("//kantamedia.com/a", False),
    "ftp": ("ftp://kantamedia.com/a", False),
    "no host": ("https:///a", False),
    "bad port": ("https://kantamedia.com:99999/", False),
    "too long": (f"https://kantamedia.com/{'a' * LONGEST_URL}", False),
}


@pytest.mark.parametrize(("url", "expected"), FETCHABLE.values(), ids=FETCHABLE.keys())
def test_only_http_with_a_host_is_fetchable(url: str, expected: bool) -> None:
    assert is_fetchable(url) is expected


LINKS = {
    "absolute": ("http://www.kantamedia.com/a/?b=1#c", "http://www.kantamedia.com/a/?b=1"),
    "root-relative": ("/a/", "https://kantamedia.com/a/"),
    "relative": ("a b", "https://kantamedia.com/x/a%20b"),
    "parent": ("../a", "https://kantamedia.com/a"),
    "without scheme": ("//kantamedia.com/a", "https://kantamedia.com/a"),
    "host without slashes": ("www.kantamedia.com/a", "https://www.kantamedia.com/a"),
    "double protocol": ("http://https://kantamedia.com/a", "https://kantamedia.com/a"),
    "blank lines": ("\n  https://kantamedia.com/a\n", "https://kantamedia.com/a"),
    "foreign": ("https://iklan.id", "https://iklan.id/"),
    "query only": ("?p=12", "https://kantamedia.com/x/?p=12"),
}


@pytest.mark.parametrize(("link", "expected"), LINKS.values(), ids=LINKS.keys())
def test_link_is_resolved_where_it_was_found(link: str, expected: str) -> None:
    assert absolute_url(link, base="https://kantamedia.com/x/") == expected


@pytest.mark.parametrize("link", ["mailto:a@b.id", "javascript:;", "tel:0812", "https://["])
def test_link_to_no_page_is_refused(link: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the kinds of ValueError are not told apart
        absolute_url(link, base="https://kantamedia.com/")


# as written by the `surt` package, 0.3.1, for the same addresses
KEYS = {
    "story": ("https://kantamedia.com/eksekutif/slug", "com,kantamedia)/eksekutif/slug"),
    "www and query": ("http://www.a.com/Eks/Slug/?b=2&A=1", "com,a)/eks/slug?a=1&b=2"),
    "mobile": ("https://m.jpnn.com/", "com,jpnn,m)/"),
    "port": ("http://a.com:8080/x/", "com,a:8080)/x"),
    "default port": ("https://a.com:443/x#f", "com,a)/x"),
    "loopback": ("http://127.0.0.1:8099/x", "1,0,0,127:8099)/x"),
    "IPv6": ("http://[::1]:80/x", "::1)/x"),
    "id": ("http://a.com/?p=123", "com,a)/?p=123"),
    "blank": ("http://a.com/a b?x=1&y", "com,a)/a%20b?x=1&y"),
    "slashes": ("http://a.com//b//", "com,a)/b"),
}


@pytest.mark.parametrize(("url", "expected"), KEYS.values(), ids=KEYS.keys())
def test_key_is_what_cdx_indexes_write(url: str, expected: str) -> None:
    assert urlkey(url) == expected


def test_capture_of_the_amp_twin_has_its_own_key() -> None:
    assert urlkey(f"{STORY}/amp") != urlkey(STORY)


hosts = st.sampled_from(
    ["kantamedia.com", "www.a.co.id", "m.jpnn.com", "127.0.0.1", "[::1]", "localhost", "a.id."]
)
pieces = st.one_of(
    st.sampled_from(
        [
            "amp",
            "..",
            ".",
            "",
            "%",
            "%2e",
            "%2E",
            "%25",
            "%41",
            "%e9",
            "whatsapp:",
            "?",
            "&",
            "#",
            "utm_a=1",
            "m=1",
            "amp=1",
            "&amp;",
            "p=1",
            "\\",
            "http://",
            "/",
            ",",
            "…",
            "\u00a0",
        ]
    ),
    st.text(max_size=4),
)
tails = st.lists(pieces, max_size=8).map("".join)
ports = st.sampled_from(["", ":80", ":443", ":8099"])
addresses = st.builds(
    lambda scheme, host, port, tail: f"{scheme}://{host}{port}/{tail}",
    st.sampled_from(["http", "https", "HTTP", "http://https"]),
    hosts,
    ports,
    tails,
)


def _canonical_or_none(url: str) -> str | None:
    try:
        return canonical_url(url)
    except ValueError:
        return None


@given(addresses | st.text(max_size=80))
def test_canonical_of_a_canonical_is_itself(url: str) -> None:
    filed = _canonical_or_none(url)
    assume(filed)
    assert filed == canonical_url(filed or "")


@given(addresses)
def test_canonical_is_short_ascii_and_stays_at_the_outlet(url: str) -> None:
    filed = _canonical_or_none(url) or ""
    assume(filed)
    assert len(filed) <= LONGEST_URL
    assert filed.isascii()
    assert " " not in filed
    assert same_outlet(filed, url)
    assert is_fetchable(filed)


@given(addresses | st.text(max_size=80))
def test_what_can_be_fetched_has_a_key(url: str) -> None:
    assume(is_fetchable(url))
    assert ")/" in urlkey(url)


@given(addresses, addresses | st.text(max_size=40))
def test_declared_canonical_never_leads_elsewhere(url: str, declared: str) -> None:
    outlet = "https://kantamedia.com"
    assume(_canonical_or_none(url))
    filed = canonical_url(url, declared=declared, outlet_url=outlet)
    assert same_outlet(filed, url) or same_outlet(filed, outlet)


@given(
    st.from_regex(r"[a-z0-9/%.-]{0,20}(\?[a-z]=[a-z0-9]{0,3})?", fullmatch=True),
    st.sampled_from(["utm_source=a", "fbclid=b", "gclid=c", "amp=1", "m=1"]),
)
def test_tracking_makes_no_second_story(tail: str, mark: str) -> None:
    url = f"https://kantamedia.com/{tail}"
    joined = f"{url}{'&' if '?' in url else '?'}{mark}"
    assert canonical_url(joined) == canonical_url(url)
