"""Sitemaps: indexes, gzip under any label, wrong namespaces, bombs."""

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discover import Candidate, SeedUnreadable
from crawler.sitemaps import Sitemap, next_sitemaps, read_sitemap

OUTLET = "https://kantamedia.com"
URL = f"{OUTLET}/sitemap.xml"
SINCE = datetime(2024, 9, 26, tzinfo=UTC)

URLSET = """<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="//kantamedia.com/main-sitemap.xsl"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
  xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://kantamedia.com/</loc></url>
<url>
  <image:image><image:loc>https://kantamedia.com/foto.jpg</image:loc></image:image>
  <loc>https://kantamedia.com/eksekutif/camat-netral/</loc>
  <lastmod>2024-09-26T05:31:00+00:00</lastmod>
  <news:news><news:publication><news:name>Kantamedia</news:name></news:publication>
    <news:publication_date>2024-09-25T12:31:00+07:00</news:publication_date>
    <news:title>Camat &amp; Lurah Netral</news:title></news:news>
</url>
<url><loc>https://kantamedia.com/kedua/</loc></url>
</urlset>"""

INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://kantamedia.com/post-sitemap.xml</loc><lastmod>2023-01-01</lastmod></sitemap>
<sitemap><loc>https://kantamedia.com/post-sitemap2.xml</loc>
  <lastmod>2024-09-24T05:31:00+00:00</lastmod></sitemap>
<sitemap><loc>https://kantamedia.com/post-sitemap3.xml</loc>
  <lastmod>2024-09-27T05:31:00+00:00</lastmod></sitemap>
<sitemap><loc>https://kantamedia.com/berita-sitemap.xml</loc></sitemap>
<sitemap><loc>https://kantamedia.com/post_tag-sitemap2.xml</loc></sitemap>
<sitemap><loc>https://kantamedia.com/author-sitemap.xml</loc></sitemap>
<sitemap><loc>https://kantamedia.com/wp-sitemap-users-1.xml</loc></sitemap>
<sitemap><loc>https://kantamedia.com/sitemap.xml</loc></sitemap>
</sitemapindex>"""


def read(body: bytes) -> Sitemap:
    return read_sitemap(body, url=URL)


def test_sitemap_entry_carries_dates_title_and_signal() -> None:
    assert read(URLSET.encode()) == Sitemap(
        candidates=(
            Candidate(
                f"{OUTLET}/eksekutif/camat-netral/",
                title="Camat & Lurah Netral",
                published_at=datetime(2024, 9, 25, 5, 31, tzinfo=UTC),
                modified_at=datetime(2024, 9, 26, 5, 31, tzinfo=UTC),
                signal="2024-09-26T05:31:00+00:00",
            ),
            Candidate(f"{OUTLET}/kedua/"),
        ),
        dropped=("https://kantamedia.com/",),
    )


FORMS = {
    "gzip": gzip.compress(URLSET.encode()),
    "gzip twice": gzip.compress(gzip.compress(URLSET.encode())),
    "gzip of two members": gzip.compress(URLSET[:500].encode())
    + gzip.compress(URLSET[500:].encode()),
    "gzip with junk behind": gzip.compress(URLSET.encode()) + b"\0\0\0",
    "BOM": b"\xef\xbb\xbf" + URLSET.encode(),
    "blank lines": b"\n\n  " + URLSET.encode(),
    "wrong namespace": URLSET.replace("www.sitemaps.org/schemas/sitemap/0.9", "x.example").encode(),
    "no namespace": URLSET.replace(' xmlns="', ' data="').encode(),
    "bare ampersand": URLSET.replace("&amp; Lurah", "& Lurah").encode(),
    "feed's news without its namespace": URLSET.replace("xmlns:news", "data-news").encode(),
}


@pytest.mark.parametrize("body", FORMS.values(), ids=FORMS.keys())
def test_sitemap_is_read_in_every_wrapping(body: bytes) -> None:
    assert read(body) == read(URLSET.encode())


def test_cut_gzip_gives_what_came() -> None:
    many = "".join(f"<url><loc>{OUTLET}/berita-{n}</loc></url>" for n in range(5_000))
    body = gzip.compress(f"<urlset>{many}</urlset>".encode())
    assert 0 < len(read(body[: len(body) // 2]).candidates) < 5_000


def test_fifty_thousand_addresses_are_read() -> None:
    many = "".join(f"<url><loc>{OUTLET}/berita-{n}</loc></url>" for n in range(50_000))
    assert len(read(f"<urlset>{many}</urlset>".encode()).candidates) == 50_000


@pytest.mark.parametrize("day", ["kemarin", "1970-01-01T00:00:00+00:00"])
def test_wrong_lastmod_is_no_signal(day: str) -> None:
    body = f"<urlset><url><loc>{OUTLET}/a</loc><lastmod>{day}</lastmod></url></urlset>"
    assert read(body.encode()).candidates == (Candidate(f"{OUTLET}/a"),)


def test_addresses_of_others_are_dropped() -> None:
    body = "<urlset><url><loc>http://169.254.169.254/latest</loc></url><url/></urlset>"
    assert read(body.encode()) == Sitemap(dropped=("http://169.254.169.254/latest", ""))


def test_sitemap_on_another_host_may_list_the_outlet() -> None:
    found = read_sitemap(URLSET.encode(), url="https://cdn.example/s.xml", outlet_url=OUTLET)
    assert len(found.candidates) == 2


UNREADABLE = {
    "empty": b"",
    "HTML": b"<!doctype html><html><body>404</body></html>",
    "feed": b"<rss><channel/></rss>",
    "damaged gzip": b"\x1f\x8b" + b"x" * 50,
    "gzip of HTML": gzip.compress(b"<html></html>"),
    "junk": bytes(range(256)),
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_sitemap_is_refused(body: bytes) -> None:
    with pytest.raises(SeedUnreadable):
        read(body)


BOMBS = {
    "one layer": gzip.compress(b" " * 2_000_000),
    "two layers": gzip.compress(gzip.compress(b" " * 2_000_000)),
    "many members": gzip.compress(b" " * 40_000) * 50,
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS.keys())
def test_gzip_bomb_stops_at_the_limit(body: bytes) -> None:
    with pytest.raises(SeedUnreadable, match="over 1000000 bytes"):
        read_sitemap(body, url=URL, limit=1_000_000)


def test_index_names_its_sitemaps() -> None:
    found = read(INDEX.encode())
    assert len(found.children) == 8
    assert found.candidates == ()
    assert found.children[1].modified_at == datetime(2024, 9, 24, 5, 31, tzinfo=UTC)


def test_next_sitemaps_are_the_lately_changed_ones_newest_first() -> None:
    children = read(INDEX.encode()).children
    assert next_sitemaps(children, {URL}, since=SINCE) == (
        f"{OUTLET}/post-sitemap3.xml",
        f"{OUTLET}/post-sitemap2.xml",
        f"{OUTLET}/berita-sitemap.xml",
    )


def test_sitemap_is_never_visited_twice() -> None:
    children = read(INDEX.encode()).children
    seen = {URL, *(child.address for child in children)}
    assert next_sitemaps(children, seen, since=SINCE) == ()


def test_number_of_sitemaps_is_capped() -> None:
    children = [Candidate(f"{OUTLET}/s-{number}.xml") for number in range(1_000)]
    assert len(next_sitemaps(children, (), since=SINCE, limit=7)) == 7


def read_or_none(body: bytes) -> Sitemap | None:
    try:
        return read(body)
    except SeedUnreadable:
        return None


@given(
    st.binary(max_size=300)
    | st.binary(max_size=100).map(lambda tail: b"\x1f\x8b\x08\x00" + tail)
    | st.text(max_size=200).map(lambda text: f"<urlset>{text}".encode())
)
def test_any_bytes_are_a_sitemap_or_refused(body: bytes) -> None:
    found = read_or_none(body)
    assert found is None or isinstance(found, Sitemap)


@given(
    st.sampled_from([URLSET.encode(), INDEX.encode(), gzip.compress(URLSET.encode())]),
    st.lists(st.tuples(st.integers(0, 1200), st.binary(max_size=8)), min_size=1, max_size=6),
)
def test_damaged_sitemap_gives_only_addresses_of_the_outlet(
    body: bytes, damages: list[tuple[int, bytes]]
) -> None:
    for place, damage in damages:
        body = body[:place] + damage + body[place + len(damage) :]
    found = read_or_none(body) or Sitemap()
    everything = found.candidates + found.children
    assert all(candidate.address.startswith(f"{OUTLET}/") for candidate in everything)
