"""No page is turned away by its bytes or its words from which a story on topic could be read."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import outlet_and_rules, page_of, reading_of

from archive.errors import CrawlError
from crawler import bodies
from crawler.topic import Topic
from crawler.topics.page_words import words_on

HERE = Path(__file__).parent
SAVED = sorted((HERE / "pages").glob("*/*.html"))
SHARED = Path(os.environ.get("KLIPING_SHARED", HERE.parent.parent / "shared"))
TOPIC = Topic.load()
OURS = ("ASN Dilaporkan Tidak Netral", "Bawaslu memeriksa camat karena kampanye pilkada.")
STORY = (
    '<html><head><meta charset="{charset}"><title>Berita</title></head><body class="single-post">'
    "<h1>{headline}</h1><div class=entry-content><p>{lead}</p><p>Warga berharap perkara itu lekas "
    "jelas, kata seorang pedagang di pasar kota pada hari itu juga.</p></div></body></html>"
)
CUTS = (
    "<b>", "</b>", "<!-- a -->", "<!-- > -->", "<!-- <i> -->", "<!-- <p>x</p> -->",
    '<i title="a > b">', "<i title='<b>x</b>'>",
    "&shy;", "&#173;", "&#x200b;", "&zwnj;", "\u00ad", "\u200b", "<wbr>", "\x00",
)  # fmt: skip


def written(text: str, draw: st.DrawFn) -> str:
    """`text` as a page may write it: with entities, cut by markup and by what nobody sees."""
    forms = [draw(st.sampled_from(["{}", "{}", "&#{:d};", "&#x{:X};", "&#0{:d};"])) for _ in text]
    cuts = [draw(st.sampled_from(["", "", "", *CUTS])) for _ in text]
    return "".join(
        (form.format(ord(c)) if ":" in form else c) + (cut if c.isalnum() else "")
        for c, form, cut in zip(text, forms, cuts, strict=True)
    )


@st.composite
def pages(draw: st.DrawFn) -> bytes:
    charset = draw(st.sampled_from(["utf-8", "cp1252", "utf-16", "utf-16-le", "iso-8859-1"]))
    page = STORY.format(
        charset="utf-8", headline=written(OURS[0], draw), lead=written(OURS[1], draw)
    )
    return page.encode(charset, "xmlcharrefreplace")


def is_let_through(body: bytes) -> bool:
    """Whether neither the bytes of a page nor its words turn it away."""
    return TOPIC.may_hold(body) and TOPIC.may_match(characters_of(body))


def characters_of(body: bytes) -> str:
    return bodies.characters(page_of(body), body)


def score(body: bytes, url: str = "https://media-uji.example/politik/berita/") -> float:
    """What the full decision gives; 0 for what is read as no story."""
    try:
        article = reading_of(page_of(body, url)).article
    except CrawlError:
        return 0.0
    return TOPIC.decide(article.headline, article.text).score


@settings(max_examples=200, deadline=None)
@given(pages())
def test_page_on_topic_is_let_through_however_it_is_written(body: bytes) -> None:
    assert score(body) == 0 or is_let_through(body)


@pytest.mark.parametrize("cut", CUTS, ids=repr)
def test_words_that_are_cut_are_words(cut: str) -> None:
    body = STORY.format(charset="utf-8", headline=f"A{cut}S{cut}N tidak net{cut}ral", lead=OURS[1])
    assert {b"asn", b"netral"} <= made(characters_of(body.encode()))


def made(characters: str) -> set[bytes]:
    """The words of a page, also those made of pieces."""
    found = words_on(characters)
    joined = {b"".join(pieces[a:b]) for pieces in found.broken
              for a in range(len(pieces)) for b in range(a + 1, len(pieces) + 1)}  # fmt: skip
    return found.words | joined


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<title>Foo <ASN netral> bar</title>", id="markup in a title"),
        pytest.param('<META content="a > b <ASN netral>">', id="markup in a meta element"),
        pytest.param("<p>a < ASN netral", id="a sign that opens nothing"),
        pytest.param("<p>x</ ASN netral>", id="a sign that closes nothing"),
        pytest.param("<!-- ASN netral", id="a comment that does not end"),
        pytest.param("<p>&notASN &copynetral", id="entities without an end"),
        pytest.param('<script type="application/ld+json">{"headline":"x\\nASN netral"}</script>',
                     id="escapes of JSON"),
        pytest.param(f'<script type="application/ld&#43;json">{" " * 400}"ASN netral"</script>',
                     id="a type with an entity"),
        pytest.param(f'<b title="<script>">{" " * 400}ASN netral</b></script>',
                     id="a script that is none"),
        pytest.param(f'<!-- <script>{" " * 400} -->ASN netral</script>', id="script in a comment"),
        pytest.param(f'<script>{" " * 400}</SCRIPT>ASN netral<p></script>', id="capitals"),
        pytest.param("<p>P3\u212a ASN netral", id="a sign of its own"),
    ],
)  # fmt: skip
def test_words_in_odd_places_are_words(page: str) -> None:
    assert {b"asn", b"netral"} <= made(page)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(f"<script>{'var a = 1; ' * 40} asn.netral()</script><p>Kabar", id="a script"),
        pytest.param(f"<style>{'p {color: red} ' * 40} .asn .netral {{}}</style>", id="a style"),
        pytest.param('<a href="/asn-netral/" class="asn netral">Kabar</a>', id="an attribute"),
        pytest.param("<p>Kasnawi menetralkan asnaf.", id="letters within other words"),
    ],
)
def test_what_nobody_reads_is_no_word(page: str) -> None:
    assert made(page).isdisjoint({b"asn", b"netral"})


@given(
    st.lists(st.from_regex(r"[a-z0-9]{1,9}", fullmatch=True), max_size=20),
    st.text("<>/=\"' !-&;#"),
)
def test_every_word_before_what_is_no_page_is_found(words: list[str], rest: str) -> None:
    assert {word.encode() for word in words} <= words_on(f"{' '.join(words)} {rest}").words


# ------------------------------------------------------------------------------ every saved page


def _outside() -> Iterator[tuple[Path, str]]:
    place = SHARED / "benchmarks" / "article-extraction-benchmark" / "html"
    for path in [*sorted(place.glob("*.html.gz")), *sorted((SHARED / "pages").glob("*.html"))]:
        yield path, "https://media-uji.example/politik/berita/"


@pytest.mark.parametrize("path", SAVED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_saved_page_on_topic_is_let_through(path: Path) -> None:
    body = path.read_bytes()
    outlet, rules = outlet_and_rules(path.parent.name)
    try:
        article = reading_of(page_of(body, f"{outlet.url}/berita/x"), outlet=outlet, rules=rules)
    except CrawlError:
        pytest.skip("read only together with its first part, or no story")
    decided = TOPIC.decide(article.article.headline, article.article.text)
    assert decided.score == 0 or is_let_through(body)


@pytest.mark.skipif(not SHARED.is_dir(), reason="KLIPING_SHARED names no folder of pages")
@pytest.mark.parametrize(("path", "url"), list(_outside()), ids=lambda value: str(value)[-20:])
def test_page_of_others_on_topic_is_let_through(path: Path, url: str) -> None:
    body = path.read_bytes()
    body = gzip.decompress(body) if path.suffix == ".gz" else body
    assert is_let_through(body) or score(body, url) == 0
