"""Widgets that no shared rule knows are found by their repeating, and proposed, never applied."""

import http.client
import json
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import urlsplit

import pytest
from reading import outlet_and_rules, page_of, reading_of

from archive.config import OutletConfig, Settings
from archive.types import Outlet, Page
from crawler.demo import Newsroom, NewsroomConfig
from crawler.outlets import known_spiders
from crawler.repeats import stories_seen
from crawler.rules import Rules
from crawler.suggest import Suggestion, suggest_rules, suggestions_json
from crawler.suggest_printing import as_toml, show_suggestions

PESISIR = Outlet(slug="warta-pesisir", name="Warta Pesisir", url="https://warta-pesisir.example")
PLACES = ("Muara Tenang", "Bukit Lama", "Sungai Asri", "Teluk Damai", "Karang Baru", "Pasar Hulu",
          "Rantau Indah", "Tanjung Sari", "Lembah Hijau", "Kuala Raya")  # fmt: skip
DEEDS = ("menghadiri deklarasi", "membagikan kalender", "memasang baliho", "mengajak warga",
         "menjemput calon", "memimpin rapat tim", "mengunggah foto", "meminjamkan pendapa",
         "mengantar surat", "menyambut rombongan")  # fmt: skip
WAITING = "Hingga berita ini diturunkan, yang bersangkutan belum memberi tanggapan."


def told(number: int) -> list[str]:
    """What a story says."""
    place, deed = PLACES[number], DEEDS[number]
    lines = [
        f"{place.upper()} – Bawaslu memeriksa camat {place} karena {deed} pada masa kampanye.",
        f"“Camat {place} mengaku {deed} atas permintaan keluarga,” kata ketua pengawas – Senin.",
        "Kronologi" if number % 3 else "Pasal yang Dilanggar",
        f"Laporan ke-{number + 3} tahun ini datang dari warga {place} yang melihat camat {deed}.",
    ]
    return [*lines, WAITING] if number % 2 else lines


def page(number: int, *, widgets: bool = True) -> Page:
    lines = [f"<p class='has-text'>{line}</p>" for line in told(number)]
    other = PLACES[(number + 1) % 10]
    if widgets:
        lines[1:1] = [
            f"<p>Kabar pilihan kami: <a href='/{number}/'>Lurah {other} {DEEDS[number - 1]}</a></p>"
        ]
        lines[2:2] = [
            f"<div class='wp-kabar-box' id='kabar-{number}7'><p>Sedang ramai</p>"
            f"<ul><li><a href='/r/'>Warga {other} Panen Raya {number}</a></li></ul></div>"
        ]
        lines += [
            f"<p>Tersimpan {number * 37 + 4} kali pekan ini</p>",
            "<p>Kabar Pesisir, dekat dan terang</p>",
            "<p>Punya kabar? <a href='/lapor'>Lapor ke sini</a> ya, Sobat Pesisir</p>",
        ]
    headline = f"Camat {PLACES[number]} Diperiksa karena {DEEDS[number]}"
    html = (
        f"<html><head><title>{headline}</title>"
        '<meta property="article:published_time" content="2024-10-02T10:00:00+07:00"></head>'
        f"<body class='single-post'><article><h1>{headline}</h1>"
        f"<div class='entry-content'>{''.join(lines)}</div></article></body></html>"
    )
    return page_of(html, f"{PESISIR.url}/{number}/")


def suggested(pages: Sequence[Page]) -> list[Suggestion]:
    return suggest_rules([[one] for one in pages], outlet=PESISIR, rules=Rules())


def rules_of(suggestions: Sequence[Suggestion], *confidence: str) -> Rules:
    chosen = [one for one in suggestions if one.confidence in confidence]
    return Rules(
        drop=tuple(one.rule for one in chosen if one.kind == "drop"),
        lines=tuple(one.rule for one in chosen if one.kind == "line"),
    )


@pytest.fixture(scope="module")
def found() -> list[Suggestion]:
    return suggested([page(number) for number in range(10)])


def by_rule(found: Sequence[Suggestion], start: str) -> Suggestion:
    return next(one for one in found if one.rule.startswith(start))


def test_widgets_leak_before_they_are_known() -> None:
    text = reading_of(page(3), outlet=PESISIR).article.text
    assert "Sedang ramai" in text
    assert "Tersimpan 115 kali" in text


@pytest.mark.parametrize("number", range(10))
def test_surest_suggestions_leave_every_story_as_it_was_told(
    found: list[Suggestion], number: int
) -> None:
    rules = rules_of(found, "high", "medium")
    text = reading_of(page(number), outlet=PESISIR, rules=rules).article.text
    assert text.split("\n\n") == told(number)


def test_link_behind_repeated_words_is_one_rule(found: list[Suggestion]) -> None:
    one = by_rule(found, "Kabar pilihan kami:")
    assert (one.kind, one.rule, one.stories, one.share) == (
        "line", "Kabar pilihan kami: .{1,200}", 10, 1.0
    )  # fmt: skip
    assert one.confidence == "high"


def test_number_in_a_repeated_line_may_be_any(found: list[Suggestion]) -> None:
    one = by_rule(found, "Tersimpan")
    assert one.rule == r"Tersimpan \d[\d.,]* kali pekan ini"
    assert one.confidence == "high"


def test_box_is_dropped_by_its_class(found: list[Suggestion]) -> None:
    one = by_rule(found, "div")
    assert (one.kind, one.confidence, one.drops) == ("drop", "high", 20)
    assert one.rule in ("div.wp-kabar-box", "div[id^=kabar-]")


def test_what_newsrooms_say_again_and_again_is_only_told_of(found: list[Suggestion]) -> None:
    one = by_rule(found, "Hingga berita ini")
    assert (one.confidence, one.stories) == ("low", 5)


def test_subheads_are_only_told_of(found: list[Suggestion]) -> None:
    assert by_rule(found, "Kronologi").confidence == "low"


def test_line_of_nearly_every_page_is_a_widget(found: list[Suggestion]) -> None:
    assert by_rule(found, "Kabar Pesisir").confidence == "medium"
    assert by_rule(found, "Punya").rule == r"Punya kabar\? Lapor ke sini ya, Sobat Pesisir"


def test_paragraphs_of_the_story_are_never_suggested(found: list[Suggestion]) -> None:
    assert not [one for one in found if "has-text" in one.rule or "Bawaslu" in one.rule]


def test_examples_name_three_stories(found: list[Suggestion]) -> None:
    one = by_rule(found, "Kabar pilihan kami:")
    assert [url for url, _ in one.examples] == [f"{PESISIR.url}/{number}/" for number in range(3)]
    assert one.examples[0][1].startswith("Kabar pilihan kami: Lurah Bukit Lama")


@pytest.mark.parametrize("shown", [0, 1, 2])
def test_less_than_three_stories_prove_nothing(shown: int) -> None:
    pages = [page(number, widgets=number < shown) for number in range(10)]
    assert {one.rule for one in suggested(pages)} <= {
        "Kronologi", "Pasal yang Dilanggar", by_rule(suggested(pages), "Hingga").rule
    }  # fmt: skip


def test_one_text_in_many_stories_is_no_widget() -> None:
    copies = [page_of(page(4, widgets=False).body, f"{PESISIR.url}/{n}/") for n in range(6)]
    assert suggested(copies) == []


def test_pages_that_are_no_stories_are_left_out() -> None:
    broken = [page_of("", f"{PESISIR.url}/x{n}/") for n in range(30)]
    assert suggested([*broken, *(page(number) for number in range(10))])[0].share == 1.0


def test_same_stories_give_the_same_suggestions(found: list[Suggestion]) -> None:
    assert suggested([page(number) for number in range(10)]) == found


def test_suggestions_are_plain_json(found: list[Suggestion]) -> None:
    plain = json.loads(json.dumps(suggestions_json(found)))
    assert plain[0]["examples"][0].keys() == {"url", "text"}
    assert plain[0].keys() == {
        "kind", "rule", "stories", "share", "examples", "confidence", "drops"
    }  # fmt: skip


# the newsroom's outlets, whose rules were written by hand


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(NewsroomConfig(today=date(2026, 9, 10))) as room:
        yield room


def shown(room: Newsroom, slug: str) -> list[list[Page]]:
    stories = [story for story in room.truth() if story.outlet == slug and story.status == "live"]
    return [[page_of(body(room, story.url), story.url)] for story in stories]


def body(room: Newsroom, url: str) -> bytes:
    asked = urlsplit(url)
    connection = http.client.HTTPConnection(urlsplit(room.url).netloc)
    headers = {"Host": asked.netloc, "User-Agent": "Mozilla/5.0 Kliping/0 (+https://example.org)"}
    connection.request("GET", asked.path, headers=headers)
    found = connection.getresponse().read()
    connection.close()
    return found


OUTLETS = ("kantamedia", "lintastungkal", "kolomrakyat", "jurnaljawapes", "tribunnews",
           "tribun-pontianak", "tribun-makassar")  # fmt: skip


@pytest.mark.parametrize("slug", OUTLETS)
def test_outlet_whose_widgets_are_all_known_needs_no_rule(newsroom: Newsroom, slug: str) -> None:
    outlet, rules = outlet_and_rules(slug)
    stories = shown(newsroom, slug)
    assert len(list(stories_seen(stories, outlet=outlet, rules=rules))) >= 10
    assert suggest_rules(stories, outlet=outlet, rules=rules) == []


def test_outlet_whose_rules_are_lost_needs_some(newsroom: Newsroom) -> None:
    outlet, _ = outlet_and_rules("lintastungkal")
    found = suggest_rules(shown(newsroom, "lintastungkal"), outlet=outlet, rules=Rules())
    surest = {one.rule for one in found if one.confidence == "high"}
    assert surest == {"p.nama-penulis", "p.single-kategori"}  # beside the text, not in it


# for people


def test_settings_made_of_suggestions_clean_every_story(found: list[Suggestion]) -> None:
    entry = {"slug": PESISIR.slug, "url": PESISIR.url} | tomllib.loads(as_toml(found))
    settings = Settings(outlet=[OutletConfig.model_validate(entry)])
    rules = known_spiders(settings)[PESISIR.slug].rules
    texts = [reading_of(page(n), outlet=PESISIR, rules=rules).article.text for n in range(10)]
    assert [text.split("\n\n") for text in texts] == [told(number) for number in range(10)]


def test_apostrophes_and_backslashes_survive_the_settings() -> None:
    rules = (r"Jum'at \d+", r"Punya kabar\?")
    made = [Suggestion("line", rule, 3, 1.0, (), "high", 3) for rule in rules]
    assert tomllib.loads(as_toml(made)) == {"lines": list(rules)}


def test_unsure_suggestions_are_shown_and_not_made_settings(
    found: list[Suggestion], capsys: pytest.CaptureFixture[str]
) -> None:
    show_suggestions(found)
    shown_to_people = capsys.readouterr().out
    assert "low: on 5 stories (50%), takes 5 lines" in shown_to_people
    assert f"{PESISIR.url}/1/: {WAITING}" in shown_to_people
    assert "Nothing was changed." in shown_to_people
    assert "Hingga" not in as_toml(found)


def test_advice_for_an_entry_repeats_what_it_has(
    found: list[Suggestion], capsys: pytest.CaptureFixture[str]
) -> None:
    entry = OutletConfig(slug=PESISIR.slug, url=PESISIR.url, drop=("div.lama",), lines=(r"Jum'at",))
    show_suggestions(found, PESISIR.slug, entry)
    said, _, advice = capsys.readouterr().out.partition("they repeat what it has:\n")
    assert f"in the [[outlet]] {PESISIR.slug!r} of kliping.toml" in said
    given = tomllib.loads(advice)
    assert given["drop"][0] == "div.lama"
    assert given["lines"][0] == "Jum'at"
    more = tomllib.loads(as_toml(found))
    assert [*given["drop"], *given["lines"]] == [
        "div.lama", *more.get("drop", []), "Jum'at", *more.get("lines", [])
    ]  # fmt: skip


def test_nothing_to_suggest_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    show_suggestions([])
    assert capsys.readouterr().out == "nothing repeats that the rules do not take away already\n"
