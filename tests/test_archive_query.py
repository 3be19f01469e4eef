"""The language of a search: what it means, what it refuses, what reaches a database."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import BadQuery
from archive.query import Term, fts5, parse, positive, tsquery
from archive.snippets import snippet
from archive.text import normalise
from archive.words import CLIP, folded, placed


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("camat netral", '("camat" AND "netral")'),
        ("camat AND netral", '("camat" AND "netral")'),
        ("camat and netral", '("camat" AND "and" AND "netral")'),
        ("a OR b c", '("a" OR ("b" AND "c"))'),
        ("(a OR b) c", '(("a" OR "b") AND "c")'),
        ('"netralitas ASN"', '"netralitas asn"'),
        ("“netralitas ASN”", '"netralitas asn"'),
        ("netral*", '"netral" *'),
        ('"asn netral"*', '"asn netral" *'),
        ("08.30", '"08 30"'),
        ("camat -lurah", '("camat" NOT ("lurah"))'),
        ("NOT lurah camat NOT asn", '("camat" NOT ("lurah" OR "asn"))'),
        ("a NOT (b -c)", '("a" NOT (("b" NOT ("c"))))'),
        ("a NOT NOT b", '("a" AND "b")'),
        ("a -(-b -c)", '("a" AND ("b" OR "c"))'),
        ("ÉLITE Jumʼat", '("elite" AND "jum at")'),
        ("a % AND b", '("a" AND "b")'),
        ("non-ASN", '"non asn"'),
    ],
)
def test_query_means(query: str, wanted: str) -> None:
    assert fts5(parse(query)) == wanted


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("", "at least one word"),
        ("%", "at least one word"),
        ("()", "at least one word"),
        ('"netralitas', 'a " is missing'),
        ("(camat", "a \\) is missing"),
        ("camat)", "not opened"),
        ("camat AND", "AND stands between"),
        ("OR camat", "OR stands between"),
        ("a OR OR b", "OR stands between"),
        ("a AND OR b", "AND stands between"),
        ("camat NOT", "NOT stands before"),
        ("-camat", "at least one word to find"),
        ("camat OR -lurah", "one side of OR"),
        ("(" * 30 + "a" + ")" * 30, "levels"),
        ("NOT " * 200 + "a", "levels"),
        ("a " * 600, "too long"),
        ("a " * 65, "too many words"),
    ],
)
def test_malformed_query_is_told_in_one_line(query: str, complaint: str) -> None:
    with pytest.raises(BadQuery, match=complaint) as refused:
        parse(query)
    assert "\n" not in str(refused.value)


@given(st.text(alphabet=st.sampled_from("ab \"()*-:'&|!<>ANDORT\\;é\0\ud800"), max_size=60))
def test_only_words_and_our_own_operators_reach_a_database(query: str) -> None:
    try:
        found = parse(query)
    except BadQuery:
        return
    assert re.fullmatch(r'(?:"[a-z0-9_ ]+"(?: \*)?|[() ]|AND|OR|NOT)+', fts5(found))
    assert re.fullmatch(r"(?:'[a-z0-9_]+'(?::\*)?|\):\*|[() |&!]|<->)+", tsquery(found))


@given(st.text())
def test_words_are_ascii_and_stand_where_they_are_said_to(text: str) -> None:
    found = list(placed(text))
    assert [word for word, _, _ in found] == folded(text)
    assert all(re.fullmatch(rf"[a-z0-9_]{{1,{CLIP}}}", word) for word in folded(text))
    # a character may hold two words (½), so that places do not overlap but may repeat
    assert [start for _, start, _ in found] == sorted(start for _, start, _ in found)


@given(st.text())
def test_a_text_as_it_is_shown_has_the_words_that_are_indexed(text: str) -> None:
    assert folded(normalise(text)) == folded(text)


def test_snippet_marks_phrases_and_beginnings() -> None:
    text = "Panitia mengingatkan netralitas ASN. Ma'ruf, camat itu, netral."
    around, marks = snippet(text, positive(parse('"netralitas asn" ma\'ruf net* -panitia')))
    assert [around[a:b] for a, b in marks] == ["netralitas ASN", "Ma'ruf", "netral"]


def test_snippet_is_around_the_place_where_most_is_met() -> None:
    text = "Camat itu pergi. " + "Rapat berlangsung lama. " * 20 + "Camat tetap netral."
    wanted = positive(parse('"tetap netral" AND (camat OR lurah)'))
    around, marks = snippet(text, wanted)
    assert [around[start:end] for start, end in marks] == ["Camat", "tetap netral"]


def test_snippet_of_a_long_text_is_around_the_first_word_met() -> None:
    text = "awal " * 100 + "camat " + "akhir " * 100
    around, marks = snippet(text, [Term(("camat",))])
    assert len(around) < 200
    assert [around[a:b] for a, b in marks] == ["camat"]
