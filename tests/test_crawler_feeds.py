"""Feeds as outlets really publish them: broken XML, foreign links, HTML with status 200."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discover import SEED_LIMIT, Candidate, Found, SeedUnreadable
from crawler.feeds import read_feed

OUTLET = "https://kantamedia.com"
FEED = f"{OUTLET}/feed/"
WRITTEN_AT = datetime(2024, 9, 26, 5, 31, tzinfo=UTC)

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>Kantamedia</title><link>https://kantamedia.com</link>
<atom:link href="https://kantamedia.com/feed/" rel="self"/>
<item>
  <media:title>Foto: apel pagi</media:title>
  <title>Camat &#8220;Netral&#8221; &amp; Lurah Diam</title>
  <link>https://kantamedia.com/eksekutif/camat-netral/</link>
  <pubDate>Thu, 26 Sep 2024 05:31:00 +0000</pubDate>
  <guid isPermaLink="false">https://kantamedia.com/?p=123</guid>
  <content:encoded><![CDATA[<p>Camat itu &nbsp; netral & tenang.</p>]]></content:encoded>
</item>
<item><title>Kedua</title><link>https://kantamedia.com/kedua/</link></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Media</title>
<link rel="self" href="https://kantamedia.com/feed/"/>
<entry><id>tag:blogger.com,1999:blog-12.post-4567</id>
  <title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Camat <b>netral</b></div></title>
  <link rel="replies" href="https://kantamedia.com/feeds/4567/comments"/>
  <link rel="alternate" type="text/html" href="https://kantamedia.com/2024/09/camat.html"/>
  <published>2024-09-26T12:31:00+07:00</published><updated>2024-09-27T00:00:00.000+07:00</updated>
</entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://kantamedia.com"><items><rdf:Seq/></items></channel>
<item rdf:about="https://kantamedia.com/a"><title>Judul</title><link>https://kantamedia.com/a</link>
<dc:date>2024-09-26T05:31:00Z</dc:date></item></rdf:RDF>"""


def read(characters: str | bytes) -> Found:
    body = characters if isinstance(characters, bytes) else characters.encode()
    return read_feed(body, url=FEED, outlet_url=OUTLET)


def with_item(inside: str) -> str:
    return f"<rss><channel><item>{inside}</item></channel></rss>"


def urls(characters: str | bytes) -> list[str]:
    return [candidate.url for candidate in read(characters).candidates]


def test_rss_item_is_a_candidate() -> None:
    assert read(RSS).candidates[0] == Candidate(
        f"{OUTLET}/eksekutif/camat-netral/",
        title="Camat “Netral” & Lurah Diam",
        published_at=WRITTEN_AT,
        platform_id="wp:123",
    )


def test_atom_entry_is_a_candidate_with_a_signal() -> None:
    assert read(ATOM).candidates == (
        Candidate(
            f"{OUTLET}/2024/09/camat.html",
            title="Camat netral",
            published_at=WRITTEN_AT,
            modified_at=datetime(2024, 9, 26, 17, tzinfo=UTC),
            signal="2024-09-27T00:00:00.000+07:00",
            platform_id="blogger:4567",
        ),
    )


def test_rdf_item_is_a_candidate() -> None:
    assert read(RDF).candidates == (
        Candidate(f"{OUTLET}/a", title="Judul", published_at=WRITTEN_AT),
    )


def test_feed_content_is_never_taken_for_the_whole_story() -> None:
    assert {candidate.content for candidate in read(RSS).candidates} == {""}


BOZO = {
    "bare ampersand": RSS.replace("&amp; Lurah", "& Lurah"),
    "nbsp": RSS.replace("Lurah Diam", "Lurah&nbsp;Diam"),
    "leading newline": f"\n\n{RSS}",
    "BOM": f"\ufeff{RSS}",
    "BOM and newline": f"\ufeff\n{RSS}",
    "PHP notice": f"<br />\n<b>Notice</b>: x in <b>/a.php</b> on line <b>1</b><br />\n{RSS}",
    "cut off": RSS[: RSS.index("</channel>")],
    "control character": RSS.replace("Lurah", "\x0bLurah"),
    "text after the end": f"{RSS}\n<!-- cached -->\n</html>",
    "unknown encoding": RSS.replace("UTF-8", "iso-utf-8"),
    "lying encoding": RSS.replace("UTF-8", "iso-8859-1"),
    "slow codec as encoding": RSS.replace("UTF-8", "punycode"),
    "undeclared prefixes": RSS.replace("xmlns:", "data-"),
    "DOCTYPE": RSS.replace("<rss", '<!DOCTYPE rss SYSTEM "http://127.0.0.1/a.dtd"><rss'),
}


@pytest.mark.parametrize("feed", BOZO.values(), ids=BOZO.keys())
def test_broken_feed_still_gives_all_its_items(feed: str) -> None:
    candidates = read(feed).candidates
    assert [candidate.url for candidate in candidates] == urls(RSS)
    assert candidates[0].title == "Camat “Netral” & Lurah Diam"
    assert candidates[0].published_at == WRITTEN_AT


def test_utf_16_feed_is_read() -> None:
    assert read(RSS.replace("UTF-8", "UTF-16").encode("utf-16")) == read(RSS)


def test_windows_1252_feed_keeps_its_letters() -> None:
    body = with_item("<title>Café “A”</title><link>/a</link>").encode("cp1252")
    declared = b'<?xml version="1.0" encoding="windows-1252"?>' + body
    assert read(declared).candidates[0].title == "Café “A”"


def test_ampersand_of_an_address_survives() -> None:
    found = urls(with_item("<link>https://kantamedia.com/?p=1&lang=id</link>"))
    assert found == [f"{OUTLET}/?p=1&lang=id"]


def test_entity_in_cdata_is_left_to_html() -> None:
    found = read(with_item("<title><![CDATA[A &amp; B &nbsp;C]]></title><link>/a</link>"))
    assert found.candidates[0].title == "A & B C"


LINKS = {
    "relative": ("<link>/a/</link>", f"{OUTLET}/a/"),
    "without scheme": ("<link>//kantamedia.com/a</link>", f"{OUTLET}/a"),
    "host only": ("<link>kantamedia.com/a</link>", f"{OUTLET}/a"),
    "blank lines": ("<link>\n https://kantamedia.com/a \n</link>", f"{OUTLET}/a"),
    "CDATA": ("<link><![CDATA[https://kantamedia.com/a]]></link>", f"{OUTLET}/a"),
    "href in RSS": ('<link href="https://kantamedia.com/a"/>', f"{OUTLET}/a"),
    "guid instead": ("<link/><guid>https://kantamedia.com/a</guid>", f"{OUTLET}/a"),
    "FeedBurner": (
        "<link>https://feedproxy.google.com/~r/1</link>"
        '<f:origLink xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">/a</f:origLink>',
        f"{OUTLET}/a",
    ),
    "www twin": ("<link>http://www.kantamedia.com/a</link>", "http://www.kantamedia.com/a"),
}


@pytest.mark.parametrize(("inside", "expected"), LINKS.values(), ids=LINKS.keys())
def test_link_is_found_however_it_is_written(inside: str, expected: str) -> None:
    assert urls(with_item(inside)) == [expected]


USELESS = {
    "empty": "<link></link>",
    "none": "<title>Tanpa tautan</title>",
    "foreign": "<link>https://iklan.example/promo</link>",
    "front page": "<link>https://kantamedia.com/?utm_source=rss</link>",
    "loopback": "<link>http://127.0.0.1/admin</link>",
    "script": "<link>javascript:alert(1)</link>",
    "too long": f"<link>https://kantamedia.com/{'a' * 2048}</link>",
    "200,000 characters": f"<link>https://kantamedia.com/{'a' * 200_000}</link>",
    "guid that is no link": '<guid isPermaLink="false">https://kantamedia.com/a</guid>',
}


@pytest.mark.parametrize("inside", USELESS.values(), ids=USELESS.keys())
def test_entry_that_leads_nowhere_is_dropped_and_counted(inside: str) -> None:
    found = read(with_item(inside))
    assert (found.candidates, len(found.dropped)) == ((), 1)


DATES = {
    "RFC 5322": ("<pubDate>Thu, 26 Sep 2024 12:31:00 +0700</pubDate>", WRITTEN_AT),
    "GMT": ("<pubDate>Thu, 26 Sep 2024 05:31:00 GMT</pubDate>", WRITTEN_AT),
    "WIB": ("<pubDate>Thu, 26 Sep 2024 12:31:00 WIB</pubDate>", WRITTEN_AT),
    "WITA": ("<pubDate>Thu, 26 Sep 2024 13:31:00 WITA</pubDate>", WRITTEN_AT),
    "WIT": ("<pubDate>Thu, 26 Sep 2024 14:31:00 WIT</pubDate>", WRITTEN_AT),
    "Indonesian day": ("<pubDate>Kam, 26 Sep 2024 12:31:00 +0700</pubDate>", WRITTEN_AT),
    "ISO": ("<pubDate>2024-09-26T12:31:00+07:00</pubDate>", WRITTEN_AT),
    "without zone": ("<pubDate>2024-09-26 05:31:00</pubDate>", WRITTEN_AT),
    "none": ("", None),
    "empty": ("<pubDate></pubDate>", None),
    "words": ("<pubDate>kemarin sore</pubDate>", None),
    "impossible": ("<pubDate>Thu, 99 Sep 2024 99:31:00 +0000</pubDate>", None),
    "before time": ("<pubDate>0001-01-01T00:00:00+07:00</pubDate>", None),
}


@pytest.mark.parametrize(("inside", "expected"), DATES.values(), ids=DATES.keys())
def test_date_is_read_or_left_out(inside: str, expected: datetime | None) -> None:
    (candidate,) = read(with_item(f"<link>/a</link>{inside}")).candidates
    assert candidate.published_at == expected


IDS = {
    "post-id": ('<post-id xmlns="com-wordpress:feed-additions:1">77</post-id>', "wp:77"),
    "guid": ("<guid>http://www.kantamedia.com/?p=123</guid>", "wp:123"),
    "post type": ("<guid>https://kantamedia.com/?post_type=berita&#038;p=9</guid>", "wp:9"),
    "imported": ("<guid>https://situs-lama.example/?p=123</guid>", ""),
    "address": ("<guid>https://kantamedia.com/a</guid>", ""),
    "comment": ("<guid>https://kantamedia.com/?p=123#comment-1</guid>", ""),
}


@pytest.mark.parametrize(("inside", "expected"), IDS.values(), ids=IDS.keys())
def test_platform_id_is_told_only_where_it_is_certain(inside: str, expected: str) -> None:
    (candidate,) = read(with_item(f"<link>/a</link>{inside}")).candidates
    assert candidate.platform_id == expected


def test_story_named_twice_is_one_candidate() -> None:
    item = "<item><link>https://kantamedia.com/a{}</link></item>"
    both = item.format("") + item.format("/?utm_source=rss")
    assert urls(f"<rss><channel>{both}</channel></rss>") == [f"{OUTLET}/a"]


def test_ten_thousand_entries_are_read() -> None:
    items = "".join(f"<item><link>/berita-{number}</link></item>" for number in range(10_000))
    assert len(urls(f"<rss><channel>{items}</channel></rss>")) == 10_000


UNREADABLE = {
    "empty": b"",
    "HTML": b"<!DOCTYPE html><html><head><title>Halaman</title></head><body></body></html>",
    "HTML that quotes a feed": b"<html><body><pre><rss version='2.0'></pre></body></html>",
    "JSON": b'{"code":"rest_no_route"}',
    "sitemap": b"<urlset><url><loc>https://kantamedia.com/a</loc></url></urlset>",
    "junk": bytes(range(256)),
    "BOM only": b"\xef\xbb\xbf",
    "too large": b"<rss>" + b" " * SEED_LIMIT,
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(SeedUnreadable):
        read(body)


def test_feed_turned_into_html_is_called_so() -> None:
    with pytest.raises(SeedUnreadable, match="HTML instead of"):
        read(UNREADABLE["HTML"])


def test_entity_bomb_stays_text() -> None:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 30))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "ha">{lines}]>' + with_item(
        "<link>/a</link><title>&l29;</title>"
    )
    assert read(bomb).candidates[0].title == "&l29;"


def test_external_entity_is_not_opened() -> None:
    body = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + with_item(
        "<link>/a</link><title>&e;</title>"
    )
    assert read(body).candidates[0].title == "&e;"


def test_unclosed_sections_cost_no_more_than_closed_ones() -> None:
    assert urls("<rss><item><link>/a</link></item>" + "<![CDATA[" * 200_000) == [f"{OUTLET}/a"]


def test_hundred_thousand_open_elements_are_no_obstacle() -> None:
    assert read("<rss>" + "<a>" * 100_000).candidates == ()


def read_or_none(body: bytes) -> Found | None:
    try:
        return read(body)
    except SeedUnreadable:
        return None


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"<rss>{text}".encode()))
def test_any_bytes_are_a_feed_or_refused(body: bytes) -> None:
    found = read_or_none(body)
    assert found is None or isinstance(found, Found)


@given(
    st.sampled_from([RSS.encode(), ATOM.encode(), RDF.encode()]),
    st.lists(st.tuples(st.integers(0, 1400), st.binary(max_size=8)), min_size=1, max_size=6),
)
def test_damaged_feed_gives_only_addresses_of_the_outlet(
    body: bytes, damages: list[tuple[int, bytes]]
) -> None:
    for place, damage in damages:
        body = body[:place] + damage + body[place + len(damage) :]
    found = read_or_none(body) or Found()
    assert all(candidate.address.startswith(f"{OUTLET}/") for candidate in found.candidates)
