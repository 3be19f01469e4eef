"""Which lines belong to the page, and which sentences only begin like one of them."""

import re
import tomllib
from collections.abc import Iterator
from html import escape
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import reading_of
from widgets import CREDITS, SENTENCES, WIDGETS

from crawler.line_rules import LINE_RULES, LINKED_RULES
from crawler.pointers import without_shortcodes
from crawler.rules import Rules, fits, is_noise

STORIES = Path(__file__).parents[1] / "crawler" / "demo" / "stories"
STORY = (
    "Palangka Raya – Bawaslu memeriksa seorang camat yang menghadiri deklarasi pasangan calon.",
    "“Kami sudah memanggil tiga saksi,” kata Ketua Bawaslu – yang baru dilantik – pada Senin.",
    "Camat itu membantah. Menurut dia, acara tersebut 'hanya' syukuran keluarga.",
)


def page(*lines: str) -> str:
    body = "".join(f"<p>{line}</p>" for line in lines)
    return (
        "<html><head><title>Camat Diperiksa Bawaslu</title>"
        '<meta property="article:published_time" content="2024-10-02T10:00:00+07:00"></head>'
        "<body><article><h1>Camat Diperiksa Bawaslu</h1>"
        f'<div class="entry-content">{body}</div></article></body></html>'
    )


@pytest.mark.parametrize("line", WIDGETS)
def test_widget_is_no_line_of_a_story(line: str) -> None:
    assert is_noise(line, rules=Rules())


@pytest.mark.parametrize("line", SENTENCES)
def test_sentence_that_begins_like_a_widget_stays(line: str) -> None:
    assert not is_noise(line, rules=Rules())


@pytest.mark.parametrize("line", [*WIDGETS, *CREDITS])
def test_page_with_a_widget_in_every_place_tells_its_story_alone(line: str) -> None:
    widget = escape(line)
    html = page(
        f"<strong>{widget}</strong>",
        STORY[0],
        f"{STORY[1]}<br><em>{widget}</em>",
        f"<blockquote>{widget}</blockquote>",
        STORY[2],
        f"<a href='/lain'>{widget}</a>",
    )
    assert reading_of(html).article.text.split("\n\n") == list(STORY)


@pytest.mark.parametrize("line", SENTENCES)
def test_page_keeps_a_sentence_that_begins_like_a_widget(line: str) -> None:
    html = page(STORY[0], escape(line), STORY[1], STORY[2])
    assert reading_of(html).article.text.split("\n\n") == [STORY[0], line, *STORY[1:]]


# behind and inside paragraphs

SAID = "Camat itu membantah."


@pytest.mark.parametrize(
    "printed",
    [
        f"{SAID} FOTO: IST",
        f"{SAID} Foto : Dok. Pemkab",
        f"{SAID} (Foto: Humas)",
        f"{SAID} Baca juga: Bupati Ingatkan Pegawai Jelang Masa Tenang",
        f"{SAID} BACA JUGA : Pj. Bupati Ingatkan Pegawai",
        f'{SAID} [irp posts="123" name="Bupati Ingatkan Pegawai"]',
        f"[irp] {SAID}",
        f"{SAID} [irp posts=”123″ name=”Bupati”]",
        f'[caption id="a_1" width="300"]Camat hadir di lapangan[/caption] {SAID}',
        f"[embed]https://video.example/1[/embed] {SAID}",
    ],
)
def test_paragraph_keeps_its_sentence_without_what_the_page_puts_around_it(printed: str) -> None:
    html = page(STORY[0], escape(printed), STORY[1])
    assert reading_of(html).article.text.split("\n\n") == [STORY[0], SAID, STORY[1]]


@pytest.mark.parametrize(
    "said",
    [
        f"{SAID} Baca juga: begitu bunyi papan yang ia tunjuk.",
        f"{SAID} Baca juga: Aturan itu mengikat semua pegawai.",
        f"{SAID} Baca juga: Aturan Itu Berlaku, kata Rudi",
        f"{SAID} Yang ia unggah adalah foto: istrinya memegang spanduk.",
        f"{SAID} Ia menulis [gallery tidak dikenal] di papan.",
        f"{SAID} Rekamannya [tidak jelas] di bagian akhir.",
    ],
)
def test_paragraph_keeps_sentences_that_contain_such_words(said: str) -> None:
    html = page(STORY[0], escape(said), STORY[1])
    assert reading_of(html).article.text.split("\n\n") == [STORY[0], said, STORY[1]]


@given(st.text(max_size=200))
def test_paragraph_without_brackets_has_no_shortcodes(text: str) -> None:
    bare = text.replace("[", "")
    assert without_shortcodes(bare) == bare
    assert len(without_shortcodes(text)) <= len(text)


# a page whose template nobody has described

LONG = (
    "Palangka Raya – Bawaslu memeriksa seorang camat yang menghadiri deklarasi pasangan calon"
    " bupati di lapangan kecamatan pada akhir pekan lalu bersama belasan pegawai.",
    "“Kami sudah memanggil tiga saksi,” kata Ketua Bawaslu – yang baru dilantik – pada Senin."
    " Pemeriksaan akan dilanjutkan pekan depan dengan memanggil dua lurah.",
    "Camat itu membantah. Menurut dia, acara tersebut 'hanya' syukuran keluarga yang kebetulan"
    " dihadiri calon, dan ia datang sebagai tetangga tanpa atribut apa pun.",
    "Aturan melarang aparatur sipil negara menghadiri kegiatan calon dengan atribut jabatan."
    " Sanksinya berupa hukuman disiplin sedang sampai berat menurut peraturan pemerintah.",
)


def unknown(*lines: str) -> str:
    html = page(*lines).replace('class="entry-content"', 'class="isi-x"')
    return html.replace("<article>", "<div>").replace("</article>", "</div>")


@pytest.mark.parametrize(
    "widgets", [WIDGETS[start : start + 4] for start in range(0, len(WIDGETS), 4)], ids="|".join
)
def test_unknown_template_tells_its_story_alone(widgets: tuple[str, ...]) -> None:
    made = [escape(widget) for widget in widgets]
    wrapped = [f"<p>{made[0]}</p>", *(f"<div><strong>{one}</strong></div>" for one in made[1:])]
    lines = [f"{line}</p>{one}<p>" for line, one in zip(LONG, wrapped, strict=False)]
    html = unknown(*lines, *LONG[len(wrapped) :])
    assert reading_of(html).article.text.split("\n\n") == list(LONG)


# the rules themselves


def only(rule: str, line: str) -> bool:
    others = tuple(other for other in LINE_RULES if other != rule)
    return fits(line, (rule,)) and not fits(line, others)


@pytest.mark.parametrize("rule", LINE_RULES, ids=lambda rule: rule[:40])
def test_each_rule_drops_a_line_that_no_other_rule_drops(rule: str) -> None:
    assert any(only(rule, line) for line in WIDGETS)


def repeats(pattern: Any, *, within: int = 0) -> Iterator[int]:
    """How many unbounded repeats each part of a parsed pattern stands in."""
    for operator, argument in pattern:
        inside = within
        if operator in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
            inside += argument[1] is _constants.MAXREPEAT
            yield inside
        yield from _inner(operator, argument, inside)


def _inner(operator: Any, argument: Any, inside: int) -> Iterator[int]:
    if operator is _constants.POSSESSIVE_REPEAT:  # never tried again: costs nothing
        return
    if operator is _constants.BRANCH:
        for branch in argument[1]:
            yield from repeats(branch, within=inside)
        return
    if isinstance(argument, tuple):
        for part in argument:
            if isinstance(part, _parser.SubPattern):
                yield from repeats(part, within=inside)


@pytest.mark.parametrize("rule", LINE_RULES + LINKED_RULES, ids=lambda rule: rule[:40])
def test_no_rule_repeats_a_repeat(rule: str) -> None:
    """(a*)* takes 2^n steps where a* takes n; nothing else makes a rule exponential."""
    assert max(repeats(_parser.parse(rule, re.IGNORECASE)), default=0) <= 1


def test_a_repeat_in_a_repeat_is_found() -> None:
    assert max(repeats(_parser.parse(r"(?:x|(?:\s*\d+)*)y"))) == 2


@pytest.mark.parametrize(
    "sign", ["1", " ", "a", "#a ", "baca ", "Halaman 1", "(", "👁", "facebook "]
)
def test_long_line_of_one_sign_is_refused_at_once(sign: str) -> None:
    line = f"Halaman {sign * 400}"[:449] + "!"
    assert not is_noise(line, rules=Rules(), linked=False)


def test_line_longer_than_any_widget_is_text() -> None:
    assert is_noise(f"Baca juga: {'x' * 430}", rules=Rules())
    assert not is_noise(f"Baca juga: {'x' * 450}", rules=Rules())


# the newsroom's invented stories


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (" ".join(line.split()) for line in value.split("\n"))
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def _sentences() -> list[str]:
    found = (
        line
        for file in sorted(STORIES.glob("*.toml"))
        for line in _strings(tomllib.loads(file.read_text(encoding="utf-8")))
    )
    return sorted({line for line in found if len(line) > 40 and line.endswith((".", "”", '"'))})


DEMO = _sentences()


def test_the_newsroom_tells_hundreds_of_sentences() -> None:
    assert len(DEMO) > 300


@given(st.lists(st.sampled_from(DEMO), min_size=3, max_size=6, unique=True))
def test_every_sentence_of_the_newsroom_survives_a_page(sentences: list[str]) -> None:
    html = page(*(escape(sentence) for sentence in sentences))
    assert reading_of(html).article.text.split("\n\n") == sentences


@given(st.sampled_from(DEMO), st.sampled_from(WIDGETS))
def test_widget_quoted_in_a_sentence_stays(sentence: str, widget: str) -> None:
    assert not is_noise(f"{sentence} “{widget},” begitu tertulis di layar.", rules=Rules())
    assert not is_noise(f"“{widget},” begitu tertulis di layar. {sentence}", rules=Rules())
