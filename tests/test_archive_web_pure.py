"""What pages are made of: marked texts, charts, dates, words, the entity of a capture."""

import gzip
import re
import string
from contextlib import suppress
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import BadMoment, NotFound
from archive.text import diff
from archive.types import Page
from archive.web import charts, marked
from archive.web.bodies import LARGEST, encoding_of, entity
from archive.web.cleaned import cleaned, is_showable
from archive.web.phrases import PHRASES
from archive.web.reader import Reader
from archive.web.room import moment

WEB = Path(marked.__file__).parent
AT = datetime(2024, 11, 5, 18, 30, tzinfo=UTC)
TEXTS = st.text(alphabet=st.characters(exclude_characters="\r"), max_size=200)


def shown(html: str, *, without: str = "") -> str:
    """The characters that a browser shows; of tags only ours may be there."""
    if without:
        html = re.sub(rf"<{without}>.*?</{without}>", "", html, flags=re.DOTALL)
    plain = re.sub(r"</?(?:mark|ins|del)>", "", html)
    assert "<" not in plain
    assert ">" not in plain
    return unescape(plain)


# -- marked texts ----------------------------------------------------------------------------


@given(TEXTS, st.lists(st.text(min_size=1, max_size=8), max_size=5))
def test_marks_change_no_character(text: str, words: list[str]) -> None:
    assert shown(str(marked.with_words(text, words))) == text


def test_longest_words_are_marked_whatever_their_case() -> None:
    found = marked.with_words("Netralitas ASN dan asn", ["asn", "netralitas asn"])
    assert str(found) == "<mark>Netralitas ASN</mark> dan <mark>asn</mark>"


@given(TEXTS, TEXTS)
def test_difference_shows_both_texts(before: str, after: str) -> None:
    found = diff(before, after)
    for side, text in (("before", before), ("after", after)):
        told = "".join(shown(str(part)) for part in marked.changes(found, side=side))
        assert "".join(told.split()) == "".join(text.split())


def test_change_over_two_paragraphs_is_marked_in_both() -> None:
    found = marked.changes(diff("Satu dua.", "Satu dua.\n\nTiga empat.\n\nLima <enam>."))
    assert [str(part) for part in found][-2:] == [
        "<ins>Tiga empat.</ins>",
        "<ins>Lima &lt;enam&gt;.</ins>",
    ]


# -- charts ----------------------------------------------------------------------------------


def test_chart_tells_its_numbers_and_escapes_names() -> None:
    hostile = '"><script>jahat()</script>'
    made = str(charts.bars([hostile], [charts.Series(hostile, "new", [3])], title=hostile))
    made += str(charts.rows([(hostile, 3)], title=hostile))
    assert "<script" not in made
    assert "&lt;script&gt;" in made
    assert "style=" not in made


def test_chart_of_nothing_is_a_chart() -> None:
    assert "<svg" in charts.bars([], [], title="-")
    assert "<svg" in charts.rows([], title="-")


# -- reader ----------------------------------------------------------------------------------


def test_dates_are_told_in_language_and_zone_of_the_reader() -> None:
    assert Reader().short(AT) == "6 Nov 2024, 01.30 WIB"
    assert Reader(zone="WIT", language="en").short(AT) == "6 Nov 2024, 03:30 WIT"
    assert Reader().day(AT) == "Rabu, 6 November 2024"
    assert Reader(language="en", zone="WITA").day(AT) == "Wednesday, 6 November 2024"
    assert (Reader().count(1234567), Reader(language="en").count(1234)) == ("1.234.567", "1,234")
    assert (Reader().share(0.024), Reader(language="en").share(0.5)) == ("2,4 %", "50.0%")
    assert Reader().exactly(AT) == "2024-11-05T18:30:00Z"


@given(st.text(max_size=40), st.text(max_size=40))
def test_link_keeps_language_and_moment_and_ends_no_attribute(path: str, value: str) -> None:
    try:
        link = Reader(language="en", as_of=AT).link(f"/{path}", q=value)
    except UnicodeEncodeError:  # half a character has no place in an address
        return
    assert link.startswith("/en/")
    assert "per=2024-11-05T18%3A30%3A00%2B00%3A00" in link
    assert not set(link) & set("\"'<> \n\r")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("", None),
        ("2024-11-05", datetime(2024, 11, 5, 16, 59, 59, 999999, UTC)),
        ("2024-11-06T01:30+07:00", AT),
        ("2024-11-06T01:30 07:00", AT),
        ("2024-11-06T01:30", AT),
        ("2024-11-06 01:30", AT),
    ],
)
def test_moment_is_read_on_the_readers_clock(told: str, expected: datetime | None) -> None:
    assert moment(told) == expected


@given(st.text(max_size=40))
def test_any_other_moment_is_refused(told: str) -> None:
    with suppress(BadMoment, NotFound):
        found = moment(told)
        assert found is None or found.tzinfo


# -- words -----------------------------------------------------------------------------------


def fields(text: str) -> set[str | None]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


@pytest.mark.parametrize("name", PHRASES)
def test_phrase_says_the_same_in_both_languages(name: str) -> None:
    indonesian, english = PHRASES[name]
    assert indonesian
    assert english
    assert fields(indonesian) == fields(english)


def test_every_word_of_a_template_is_there() -> None:
    named = set[str]()
    for file in (*WEB.glob("templates/*.html"), *WEB.glob("*.py")):
        named |= set(re.findall(r"""say\(["']([a-z-]+)["'][,)]""", file.read_text("utf-8")))
    assert len(named) > 60
    assert named <= PHRASES.keys()


# -- a captured page -------------------------------------------------------------------------


@given(st.text(alphabet="<>/\"'= scriptonlax:&;!-jav\x00\n", max_size=120))
def test_nothing_of_a_page_acts(html: str) -> None:
    made = cleaned(html, url="https://media-uji.example/a", kept={}).lower()
    assert not re.search(r"<(?:script|iframe|object|embed|form|base|link|meta http)", made)
    assert not re.search(r"<[^>]*\s(?:on\w+|href|src|srcset|ping|action)\s*=", made)


def test_picture_that_is_kept_comes_from_the_archive() -> None:
    kept = {"https://media-uji.example/foto.jpg": 7}
    html = (
        "<img src='/foto.jpg' onerror=x><img src='https://lain.example/b.jpg'><img src='http://['>"
    )
    made = cleaned(html, url="https://media-uji.example/a/b", kept=kept)
    assert re.findall(r"<img[^>]*>", made) == ['<img src="/tangkapan/7/isi">', "<img>", "<img>"]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<div>" * 501, False),
        ("<b>a</b>" * 40_000, False),
        ("<div><ul>" + "<li>a<p>b<br>" * 5_000 + "</ul></div>", True),
        ("<div>a</div>" * 5_000, True),
        ("<" * 100_000, True),
        ("", True),
    ],
    ids=["deep", "many tags", "a long list", "many boxes", "no tags", "nothing"],
)
def test_page_that_takes_long_to_parse_is_shown_as_its_source(html: str, expected: bool) -> None:
    assert is_showable(html) is expected


def test_deepest_page_that_is_shown_is_a_page() -> None:
    html = "<div>" * 500 + "isi" + "<p>a" * 20_000
    assert is_showable(html)
    assert "isi" in cleaned(html, url="https://media-uji.example/a", kept={})


# -- entities --------------------------------------------------------------------------------


def answer(body: bytes, **headers: str) -> Page:
    told = tuple(
        (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
    )
    return Page(
        url="https://media-uji.example/a", status=200, body=body, fetched_at=AT, headers=told,
        request_headers=(),
    )  # fmt: skip


def test_packed_entity_is_unpacked_and_bounded() -> None:
    page = answer(
        gzip.compress(b"isi" * 10), Content_Type="text/HTML; charset=x", Content_Encoding="gzip"
    )
    assert entity(page) == ("text/html", b"isi" * 10)
    bomb = answer(gzip.compress(b"\0" * (LARGEST + 10)), Content_Encoding="gzip")
    assert len(entity(bomb)[1]) == LARGEST


@given(st.binary(max_size=300), st.sampled_from(["", "gzip", "br"]))
def test_any_bytes_are_an_entity(body: bytes, coding: str) -> None:
    page = answer(body, Content_Encoding=coding)
    kind, found = entity(page)
    assert kind == ""
    assert found.decode(encoding_of(page, found), "replace") is not None


@pytest.mark.parametrize(
    ("said", "body", "expected"),
    [
        ("text/html; charset=ISO-8859-1", b"", "iso8859-1"),
        ("text/html", b'<meta charset="windows-1252">', "cp1252"),
        ("text/html; charset=punycode", b"", "utf-8"),
        ("text/html; charset=zlib", b"", "utf-8"),
        ("text/html; charset=tiada", b"<meta charset=utf-16>", "utf-16"),
        ("", b"", "utf-8"),
    ],
)
def test_encoding_is_as_told_unless_it_is_none(said: str, body: bytes, expected: str) -> None:
    assert encoding_of(answer(body, Content_Type=said), body) == expected
