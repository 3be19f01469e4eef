"""The gate never turns away what the full decision keeps, however a page spells it."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.topic import Topic
from crawler.topics.examples import read_examples

HERE = Path(__file__).parent
TOPIC = Topic.load()
OURS = [story for story in read_examples(HERE / "topic" / "stories.toml") if story.on_topic]
PAGES = sorted((HERE / "pages").glob("*/*.html"))

ONLY_POLLS = """
name = "tps"
version = 1
require = ["polls"]
[groups]
polls = ["tps"]
[[rules]]
name = "tps"
groups = ["polls"]
weight = 0.8
"""
CUTS = (
    "<b>", "</b>", '<span class="x>y">', "<wbr/>", "<!-- lanjut -->", "<!-- <b>a</b> - x -->",
    "&shy;", "&#173;", "&#xAD;", "&zwnj;", "\u00ad", "\u200b", "\u2060", "\ufeff", "\x01",
)  # fmt: skip
CHARSETS = ("utf-8", "cp1252", "latin-1", "utf-16", "utf-8-sig", "iso2022_jp")


def spelled(letter: str, how: int) -> str:
    """One letter in one of the ways that pages have."""
    code = ord(letter)
    forms = (letter, letter.upper(), letter.lower(), f"&#{code};", f"&#x{code:X};", f"&#0{code};",
             f"&amp;#{code};", f"\\u{code:04x}")  # fmt: skip
    return forms[how] if letter.isascii() and letter.isalpha() else letter


@st.composite
def hidden_words(draw: st.DrawFn) -> str:
    """A sentence that is on topic, as markup that shows nothing else to a reader."""
    sentence = draw(
        st.sampled_from(
            ["ASN wajib netral dalam pilkada", "Camat hadiri kampanye paslon",
             "Bawaslu periksa lurah soal netralitas pemilu"]
        )
    )  # fmt: skip
    pieces: list[str] = []
    for letter in sentence:
        pieces.append(spelled(letter, draw(st.integers(0, 7))))
        if letter != " ":
            pieces.append(draw(st.sampled_from(("",) * 20 + CUTS)))
    return "".join(pieces)


@settings(max_examples=400, deadline=None)  # the first call makes the automata
@given(hidden_words(), st.sampled_from(CHARSETS))
def test_words_of_the_topic_pass_however_they_are_spelled(words: str, charset: str) -> None:
    page = f"<html><body><p>Kabar pagi.</p><p>{words}.</p></body></html>"
    assert TOPIC.may_hold(page.encode(charset, "xmlcharrefreplace"))


@pytest.mark.parametrize("before", ["<p>di ", "di\\t", "di&quot", "https", "t<b>", "\u00a0"])
def test_polling_place_is_found_and_addresses_are_none(tmp_path: Path, before: str) -> None:
    written = tmp_path / "topik.toml"
    written.write_text(ONLY_POLLS, "utf-8")
    topic = Topic.load(written)
    assert topic.may_hold(f"{before}TPS 4".encode())
    assert topic.may_hold(f"{before}&#84;p<i>s".encode())
    assert not topic.may_hold(b"<a href='https://warta.example/'>Panen</a>")


@pytest.mark.parametrize("story", OURS, ids=lambda story: story.id)
def test_story_on_topic_passes(story: object) -> None:
    page = f"<h1>{story.headline}</h1><p>{story.text}</p>"  # type: ignore[attr-defined]
    assert TOPIC.may_hold(page.encode())


@pytest.mark.parametrize("page", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_saved_page_on_topic_passes(page: Path) -> None:
    known = page.with_suffix(".json")
    if not known.exists():
        pytest.skip("a later part of a story")
    read = json.loads(known.read_text(encoding="utf-8"))
    text = "\n\n".join(read.get("text", []))
    if TOPIC.decide(read.get("headline", ""), text).on_topic:
        parts = [page, *sorted(page.parent.glob(f"{page.stem}.[0-9].html"))]
        assert TOPIC.may_hold(b"\n".join(part.read_bytes() for part in parts))


@pytest.mark.parametrize(
    "page",
    [
        "<p>Panen padi di lima desa naik dua kali lipat tahun ini.</p>",
        "<p>Hujan lebat menutup jalan ke pasar; warga memutar lewat jembatan lama.</p>",
        "",
    ],
)
def test_page_without_the_topics_words_is_turned_away(page: str) -> None:
    assert not TOPIC.may_hold(page.encode())


SMALL = """
name = "banjir"
version = 1

[groups]
flood = ["banjir*", "no|nomor 1|01"]
place = ["desa|kota", "é", "kafé in"]
[[rules]]
name = "banjir"
groups = ["flood"]
weight = 0.8
"""


@pytest.mark.parametrize(
    ("body", "passes"),
    [
        (b"kebanjiran", True),  # `é` has no ASCII letter: it may be on every page
        (b"no. 01", True),
        (b"no<b> </b>01", True),
        (b"nomor&nbsp;1", True),
        (b"no dua", False),
        (b"air naik", False),
        (b"\x00b\x00a", True),
    ],
)
def test_short_words_must_stand_side_by_side(tmp_path: Path, body: bytes, passes: bool) -> None:
    file = tmp_path / "topic.toml"
    file.write_text(SMALL, encoding="utf-8")
    assert Topic.load(file).may_hold(body) == passes


@pytest.mark.parametrize(
    "body",
    [b"<" * 300_000, b"<!-- " * 60_000, b"&#" * 150_000, b"a<b" * 99_999],
    ids=["brackets", "comments", "entities", "tags"],
)
def test_hostile_page_ends(body: bytes) -> None:
    assert not TOPIC.may_hold(body)
