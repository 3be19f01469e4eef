"""The topic: what it keeps, what it leaves, why, and that no page is dropped unread wrongly."""

import html
import pickle
import random
import re
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import ConfigError
from archive.types import TopicDecision
from crawler.topic import Topic, explain
from crawler.topics.examples import Example, check_file, read_examples
from crawler.topics.roots import family
from crawler.topics.trial import labelled

STORIES = Path(__file__).parent / "topic" / "stories.toml"
TUNED = Path(__file__).parent / "topic" / "tuned.jsonl"
ONCE_UNSEEN = TUNED.with_name("once-unseen.jsonl")
TOPIC = Topic.load()
EXAMPLES = (
    *read_examples(STORIES),
    *(
        Example(
            id=str(story.id), on_topic=story.label == "yes", headline=story.title, text=story.text
        )
        for path in (TUNED, ONCE_UNSEEN)
        for story in labelled(path)
    ),
)
MISSED = {
    *("a14", "e-021", "g-011"),
    *("brief-025", "brief-049", "brief-057", "brief-066", "brief-117", "brief-124", "brief-129"),
    "brief-158",
}
"""Known misses: an interview, a leak, an opinion, and stories of three sentences."""
OURS = [story for story in EXAMPLES if story.on_topic and story.id not in MISSED]

SMALL = """
name = "banjir"
version = 3
require = ["place"]
endings = ["nya"]
ignore = ["banjir pujian"]
[sets]
river = ["sungai", "anak sungai"]
[groups]
flood = ["banjir*", "{river} meluap", "air .. naik"]
place = ["desa|kota", "café"]
[[rules]]
name = "banjir"
groups = ["flood"]
weight = 0.8
"""


def topic_of(tmp_path: Path, text: str) -> Topic:
    path = tmp_path / "topic.toml"
    path.write_text(text, "utf-8")
    return Topic.load(path)


@pytest.fixture
def small(tmp_path: Path) -> Topic:
    return topic_of(tmp_path, SMALL)


def ours(headline: str, text: str = "") -> bool:
    return TOPIC.decide(headline, text).on_topic


# ------------------------------------------------------------------------------- the stories


def test_stories_are_decided_as_a_reader_would() -> None:
    """What is mended leaves the list of known misses."""
    wrong = {story.id for story in EXAMPLES if ours(story.headline, story.text) != story.on_topic}
    assert wrong == MISSED


def test_evidence_stands_where_it_says() -> None:
    for story in EXAMPLES:
        whole = f"{story.headline}\n\n{story.text}"
        decision = TOPIC.decide(story.headline, story.text)
        assert [whole[span.start : span.start + len(span.text)] for span in decision.evidence] == [
            span.text for span in decision.evidence
        ], story.id
        assert 0 <= decision.score <= 1, story.id
        assert decision.evidence or not decision.on_topic, story.id


def test_pages_of_stories_on_topic_are_read() -> None:
    pages = {
        story.id: f"<h1>{html.escape(story.headline)}</h1><p>{html.escape(story.text)}"
        for story in OURS
    }
    assert [name for name, page in pages.items() if not TOPIC.may_match(page)] == []


def test_examples_hold_enough_of_both_sides() -> None:
    assert len(EXAMPLES) >= 60
    assert 0.3 < len(OURS) / len(EXAMPLES) < 0.7
    assert len({story.id for story in EXAMPLES}) == len(EXAMPLES)


# ---------------------------------------- one word makes the difference: controls of the traps


@pytest.mark.parametrize(
    ("ours_", "not_ours"),
    [
        ("ASN wajib netral dalam pilkada", "TNI wajib netral dalam pilkada"),
        ("ASN wajib netral dalam pilkada", "Polri wajib netral dalam pilkada"),
        ("ASN wajib netral dalam pilkada", "Kepala desa wajib netral dalam pilkada"),
        ("ASN wajib netral dalam pilkada", "KPU wajib netral dalam pilkada"),
        ("ASN wajib netral dalam pilkada", "ASN wajib netral dalam sengketa lahan"),
        ("ASN wajib netral dalam pilkada", "ASN wajib disiplin dalam pilkada"),
        ("ASN wajib netral dalam pilkada", "PLASNA wajib netral dalam pilkada"),
        ("ASN wajib netral dalam pilkada", "ASN menetralisir racun usai pilkada"),
        ("ASN wajib netral dalam pilkada", "ASN wajib netral karbon usai pilkada"),
        ("Netralitas ASN pada pemilu", "Netralitas pers pada pemilu"),
        ("Netralitas ASN pada pemilu", "Netralitas internet pada pemilu"),
        ("Guru hadiri kampanye pilkada", "Gurun jadi lokasi kampanye pilkada"),
        ("Camat foto bersama paslon", "Camat foto bersama pemain bola jelang pilkada"),
        ("Sekda mendukung paslon", "Mantan sekda mendukung paslon"),
        ("Camat mendukung paslon", "Paslon mendukung camat"),
        ("Camat netral pada pilkada", "Camat minta kades netral pada pilkada"),
        ("ASN kena sanksi pilkada", "ASN kena sanksi korupsi pilkada"),
    ],
)
def test_one_word_makes_the_difference(ours_: str, not_ours: str) -> None:
    assert ours(ours_)
    assert not ours(not_ours)


@pytest.mark.parametrize(
    "words",
    [
        "ASN netral",
        "ASN tidak netral",
        "ASN tak netral",
        "ASN bersikap netral",
        "netralitas-ASN",
        "netralitas “ASN”",
        "Netralitasnya ASN",
        "kenetralan PNS",
        "ketidaknetralan PPPK",
        "netral, A.S.N",
        "ASN/PNS netral",
        "netralitas\u00a0ASN",
        "NETRALITAS ASN",
        "#ASN_netral",
        "netra\u00adlitas A\u200bSN",
    ],
)
def test_form_of_the_word_does_not_matter(words: str) -> None:
    assert ours("", f"Jelang pilkada: {words}.")


LONG = "\n\n".join(["Hujan turun sejak pagi di seluruh kota."] * 12)
MENTION = "ASN diminta netral dalam pilkada."


def test_passing_mention_at_the_end_is_scored_and_not_kept() -> None:
    decision = TOPIC.decide("Hujan", f"{LONG}\n\n{MENTION}")
    assert (decision.on_topic, decision.score) == (False, 0.33)
    assert [span.text for span in decision.evidence] == ["ASN", "netral", "pilkada"]


def test_same_sentence_in_the_lead_is_kept() -> None:
    assert ours("Hujan", f"{MENTION}\n\n{LONG}")


def test_two_sentences_at_the_end_are_a_part_of_the_story() -> None:
    assert ours("Hujan", f"{LONG}\n\n{MENTION} {MENTION}")


def test_second_sentence_may_borrow_its_actor() -> None:
    assert ours("Hujan", f"{LONG}\n\n{MENTION} Mereka tidak boleh berpihak.")


def test_actor_far_from_the_conduct_does_not_count() -> None:
    far = f"ASN bekerja seperti biasa.\n\n{LONG}\n\nWarga diminta netral dalam pilkada."
    assert TOPIC.decide("Hujan", far).score == 0


def test_actor_may_stand_in_the_sentence_before() -> None:
    near = "Pilkada: ASN berkumpul. Semua diminta netral. Upacara selesai. Mereka tetap netral."
    assert ours("", near)


def test_other_subject_of_a_sentence_does_not_borrow_the_actor() -> None:
    assert not ours("", "ASN ikut apel pilkada. Prajurit diminta netral. Prajurit tetap netral.")


def test_abbreviations_do_not_end_a_sentence() -> None:
    text = f"{LONG}\n\nPj. Bupati H. M. Idris, S.H. menyebut ASN, Drs. Umar, netral di pilkada."
    spans = TOPIC.decide("", text).evidence
    assert [span.text for span in spans] == ["ASN", "netral", "pilkada"]


# ----------------------------------------------------------------------- what a file can say

RICH = """
name = "panen"
version = 1
[weights]
body = 0.55
[groups]
farmer = ["petani", "! kata petani", "! mantan .. petani"]
harvest = ["panen~", "padi ... gudang"]
trader = ["pedagang"]
price = ["harga"]
[[rules]]
name = "panen"
groups = ["farmer", "harvest"]
weight = 0.6
not_about = ["trader"]
prominent = true
[[rules]]
name = "harga"
groups = ["price"]
weight = -0.5
places = ["headline"]
"""
RAIN = (
    "Hujan turun. Angin bertiup. Jalan licin. Sungai naik. Kabut turun. Malam tiba. Pagi datang. "
)


@pytest.mark.parametrize(
    ("headline", "text", "expected"),
    [
        ("Petani memanen padi", "", True),
        ("Padi dipanen petani", "", True),
        ("Pemanenan oleh petani", "", True),
        ("Petani kepanasan", "", False),
        ("Petani membawa padi yang kering itu ke sebuah gudang", "", True),
        ("Petani membawa padi. Besok ia pergi ke gudang", "", True),
        ("", "Petani membawa padi. Gudang penuh.", False),
        ("Panen mulai, kata petani", "", False),
        ("Panen bersama mantan ketua petani", "", False),
        ("Panen bersama mantan ketua, dan petani senang", "", False),
        ("Harga naik, petani panen", "", False),
        ("Petani panen", "Harga naik", True),
        ("Pedagang senang", "Petani panen hari ini.", False),
        ("Pedagang dan petani senang", "Petani panen hari ini.", True),
        ("Kabar hari ini", "Petani panen. Pedagang datang. Pedagang pulang.", False),
        ("Kabar hari ini", f"{RAIN}Petani panen. Panen petani lagi.", True),
        ("Kabar hari ini", f"{RAIN}Petani datang. Semua panen. Lagi panen. Terus panen.", False),
        ("Petani hari ini", f"{RAIN}Petani datang. Semua panen. Lagi panen. Terus panen.", True),
    ],
)
def test_file_says_what_its_words_mean(
    tmp_path: Path, headline: str, text: str, expected: bool
) -> None:
    topic = topic_of(tmp_path, RICH)
    assert topic.decide(headline, text).on_topic is expected
    assert topic.may_match(f"{headline} {text}") or not expected
    assert topic.may_tell(f"{headline} {text}") or not expected


@pytest.mark.parametrize(
    ("root", "words"),
    [
        ("dukung", "dukung mendukung didukung dukungan pendukung terdukung"),
        ("pasang", "pasang memasang dipasang terpasang pemasangan memasangi"),
        ("tulis", "menulis ditulis tertulis penulisan tuliskan"),
        ("kerah", "mengerahkan dikerahkan pengerahan"),
        ("sebar", "menyebarkan disebarkan tersebar penyebaran"),
        ("libat", "terlibat keterlibatan melibatkan dilibatkan pelibatan"),
        ("arah", "mengarahkan diarahkan arahan pengarahan"),
        ("kampanye", "kampanye berkampanye mengampanyekan mengkampanyekan"),
        ("promosi", "mempromosikan dipromosikan"),
        ("coblos", "mencoblos nyoblos dicoblos pencoblosan coblosan"),
        ("rekam", "merekam terekam perekaman rekaman"),
    ],
)
def test_family_holds_the_words_of_a_root(root: str, words: str) -> None:
    assert set(words.split()) <= set(family(root))


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=12))
def test_family_is_of_words_that_end_and_begin_with_letters(root: str) -> None:
    words = family(root)
    assert root in words
    assert len(set(words)) == len(words) < 60
    assert all(word.isalpha() and word.islower() for word in words)


def test_threshold_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="threshold"):
        topic_of(tmp_path, SMALL.replace("[sets]", "[weights]\nthreshold = 0\n[sets]"))


# ---------------------------------------------------------------------------------- properties

VOCABULARY = re.findall(
    r"\S+",
    """
    ASN PNS A.S.N guru camat sekda honorer netral netralitas pilkada pemilu paslon mendukung
    kampanye hadir foto calon bupati politik praktis sanksi Bawaslu memanggil TNI kades korupsi
    tidak dan di warga hujan kota mantan deklarasi damai
    pegawai staf lurah mengajak dikerahkan foto mobil dinas Kasi dua jari gaji mutasi survei
    keuchik kata menegaskan klarifikasi dicopot logistik
    """,
)
GAPS = st.sampled_from([" ", " ", " ", ". ", "\n\n", ", ", "-", "/", "\u00a0", " “", "” ", "! "])
TEXTS = st.lists(st.tuples(st.sampled_from(VOCABULARY), GAPS), max_size=40).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)


def same(one: TopicDecision, other: TopicDecision) -> bool:
    return (one.on_topic, one.score, [(s.rule, s.start) for s in one.evidence]) == (
        other.on_topic,
        other.score,
        [(s.rule, s.start) for s in other.evidence],
    )


@given(TEXTS, TEXTS)
def test_decision_does_not_change(headline: str, text: str) -> None:
    assert TOPIC.decide(headline, text) == TOPIC.decide(headline, text)


@given(TEXTS, TEXTS, st.sampled_from([str.upper, str.lower, str.title, str.swapcase]))
def test_case_does_not_matter(headline: str, text: str, turn) -> None:
    assert same(TOPIC.decide(headline, text), TOPIC.decide(turn(headline), turn(text)))


@given(TEXTS, TEXTS)
def test_typography_does_not_matter(headline: str, text: str) -> None:
    plain = str.maketrans({"“": '"', "”": '"', "\u00a0": " ", "-": "–"})
    decided = TOPIC.decide(headline.translate(plain), text.translate(plain))
    assert same(TOPIC.decide(headline, text), decided)


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_decided(headline: str, text: str) -> None:
    decision = TOPIC.decide(headline, text)
    assert 0 <= decision.score <= 1
    assert isinstance(TOPIC.may_match(headline + text), bool)


# --------------------------------------------------------------------- pages are dropped rightly

NOISE = (
    "<b>",
    "</b>",
    "<em class='x'>",
    "<wbr>",
    "&shy;",
    "\u00ad",
    "\u200b",
    "&#8203;",
    "&zwnj;",
    "<!-- > -->",
    '<i title="a > b">',
    "<i data-x='&lt;p&gt;'>",
    "<span\n>",
    "\x00",
)


def noisy(text: str, rng: random.Random) -> str:
    return "".join(_noisy_character(character, rng) for character in text)


def _noisy_character(character: str, rng: random.Random) -> str:
    if character == "\n":
        return rng.choice(["\n", "<br/>", "</p>\n<p>"])
    if character == " ":
        return rng.choice([" ", "&nbsp;", "\u00a0", "\n", "</b> <b>", "&#32;"])
    written = rng.choice([character] * 6 + [f"&#{ord(character)};", f"&#x{ord(character):x};"])
    return written + (rng.choice(NOISE) if rng.random() < 0.2 else "")


@settings(max_examples=300)
@given(TEXTS, TEXTS, st.randoms(use_true_random=False))
def test_page_of_any_kept_story_is_read(headline: str, text: str, rng: random.Random) -> None:
    page = f"<html><h1>{noisy(headline, rng)}</h1><p>{noisy(text, rng)}</p>"
    if ours(headline, text):
        assert TOPIC.may_match(page)


@settings(max_examples=300)
@given(TEXTS, st.randoms(use_true_random=False))
def test_page_from_which_a_parser_reads_a_kept_story_is_read(text: str, rng: random.Random) -> None:
    page = f"<div>{noisy(text, rng)}"
    kept = "".join(c for c in page if c in "\"'" or rng.random() > 0.01).replace("\x00", "")
    broken = f"<p>Berita.</p>{kept}"
    if ours("", lxml.html.document_fromstring(broken).text_content()):
        assert TOPIC.may_match(broken)


@given(TEXTS, st.sampled_from([1, 2]))
def test_story_in_escaped_json_is_read(text: str, depth: int) -> None:
    body = "".join(f"\\u{ord(c):04x}" for c in text)
    for _ in range(depth - 1):
        body = html.escape(body)
    page = f'<script type="application/ld+json">{{"articleBody":"{body}"}}</script>'
    if ours("", text):
        assert TOPIC.may_match(page)


@pytest.mark.parametrize(
    "page",
    [
        "<p>ASN ne<b>tr</b>al di pil<!-- > -->kada",
        '<p>A<i title=">">S</i>N netral di pilkada',
        "<p>A.S.N netral di pilkada",
        "<p>A<b>.</b>S&period;N netral di pilkada",
        "<p>&#65;&#83;&#78; &#110;etral &amp;#112;ilkada",
        '{"body":"\\u0041SN net\\u003cb\\u003eral\\u003c/b\\u003e pilkada"}',
        '{"body":"ASN\\u0026#32;net\\u00adral pilkada"}',
        '<p>ASN netral di pil<ib="a>b>kada <b t="a>b">pil<b t="a>b">kada',
        "<p>ASN ne<i></>tral di pilkada",
        "<p>ASN</p> netral\n<br>di<hr>pil\u2060kada",
        "<p>P3\u212a netral di pilkada",
        '<meta property="og:title" content="ASN netral di pilkada">',
    ],
)
def test_words_hidden_by_markup_are_seen(page: str) -> None:
    assert TOPIC.may_match(page)


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<p>Hujan turun sejak pagi.",
        "<nav>Politik Pemilu</nav><p>Harga cabai naik di pasar kota.",
        "<p>ASN menerima gaji. <nav>Politik</nav>",
        "<p>Surat suara pilkada tiba di gudang.",
    ],
)
def test_page_that_cannot_be_ours_is_not_read(page: str) -> None:
    assert not TOPIC.may_match(page)


HOSTILE = {
    "words": "a " * 2_500_000,
    "actors": "asn " * 300_000,
    "hits": "asn netral pilkada. " * 20_000,
    "matches": "camat hadir foto paslon pilkada " * 25_000,
    "sentences": "Camat hadir foto paslon. Gaji pilkada naik. " * 25_000,
    "glued": "asnnetralpilkada" * 60_000,
    "phrases": "menghadiri foto dukung " * 30_000,
    "open": "<" * 1_000_000,
    "tags": "<a " * 500_000,
    "quotes": "<a b='\"" * 200_000,
    "comments": "<!--" * 300_000,
    "entities": "&#" * 700_000,
    "escapes": "\\u00" * 300_000,
    "dots": "a." * 1_000_000,
    "stops": '."' * 500_000,
    "one word": "n" * 1_000_000,
    "lines": "\n" * 1_000_000,
    "dotted lines": ".\n" * 500_000,
}


@pytest.mark.timeout(30)  # a quadratic pattern would take hours on these
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_does_not_hide_the_words_after_it(name: str) -> None:
    decision = TOPIC.decide(HOSTILE[name][:5_000], HOSTILE[name])
    assert len(decision.evidence) <= 24
    assert TOPIC.may_match(f"{HOSTILE[name]} ASN netral pilkada")


# -------------------------------------------------------------------------------- the topic file


def test_identity_names_the_file() -> None:
    assert re.fullmatch(r"netralitas-asn/2/[0-9a-f]{8}", TOPIC.identity)
    assert TOPIC.decide("", "").topic == TOPIC.identity


def test_search_words_do_not_change_the_identity(tmp_path: Path) -> None:
    plain = topic_of(tmp_path, SMALL)
    searching = topic_of(tmp_path, f'search = ["netralitas ASN"]\n{SMALL}')
    assert (plain.search, searching.search) == ((), ("netralitas ASN",))
    assert searching.identity == plain.identity


def test_comment_does_not_change_the_identity(tmp_path: Path) -> None:
    plain = topic_of(tmp_path, SMALL)
    assert topic_of(tmp_path, "# a note\n" + SMALL) == plain
    assert topic_of(tmp_path, SMALL.replace("0.8", "0.7")).identity != plain.identity


def test_topic_travels_to_a_reading_worker() -> None:
    travelled = pickle.loads(pickle.dumps(TOPIC))
    assert travelled.decide("ASN netral", "Pilkada") == TOPIC.decide("ASN netral", "Pilkada")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Banjir di kota", True),
        ("Kebanjiran di kota", False),
        ("Banjirnya sampai kotanya", True),
        ("Banjir pujian di kota", False),
        ("Banjir di hutan", False),
        ("Anak sungai meluap di desa", True),
        ("Sungai besar meluap di desa", False),
        ("Air sungai itu terus naik di desa", True),
        ("Air di sungai kecil itu terus naik di desa", False),
        ("Air turun. Harga naik di desa", False),
        ("Banjir di café", True),
    ],
)
def test_file_of_another_topic_decides(small: Topic, text: str, expected: bool) -> None:
    assert small.decide("", text).on_topic is expected
    assert small.may_match(text) or not expected


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("version = 3", "versoin = 3", "unknown key 'versoin'; did you mean 'version'"),
        ("weight = 0.8", "wieght = 0.8", "unknown key 'rules.0.wieght'; did you mean 'weight'"),
        ("[sets]", "[weights]\ntreshold = 1\n[sets]", "did you mean 'threshold'"),
        ("weight = 0.8", "weight = 8", "rules.0.weight"),
        ("version = 3\n", "", "version: Field required"),
        ('["flood"]', '["flod"]', "rules.banjir.groups: unknown 'flod'; did you mean 'flood'"),
        ('require = ["place"]', 'require = ["places"]', "require: unknown 'places'"),
        ("{river}", "{rivr}", "unknown 'rivr'; did you mean 'river'"),
        ('"banjir*"', '"ba*"', "'ba*' needs 3 letters"),
        ('"banjir*"', '"ban-jir"', "'ban-jir' is not a word"),
        ('"banjir*"', '"banjir|{river}"', "is not a word"),
        ('"banjir*"', '"banjir .."', "must begin and end with a word"),
        ('"banjir*"', '".. banjir"', "must begin and end with a word"),
        ('"banjir*"', '""', "must begin and end with a word"),
        ('"banjir pujian"', '"banjir ||"', "ignore: 'banjir ||': '' is not a word"),
        ("[groups]", "[groups", "topic.toml"),
    ],
    ids=[
        "unknown-key",
        "unknown-rule-key",
        "unknown-weight",
        "weight-over-one",
        "missing-key",
        "unknown-group",
        "unknown-required-group",
        "unknown-set",
        "short-prefix",
        "hyphen-in-word",
        "set-inside-word",
        "gap-at-end",
        "gap-at-start",
        "empty-term",
        "empty-word",
        "not-toml",
    ],
)
def test_mistake_in_a_topic_file_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in SMALL
    with pytest.raises(ConfigError) as caught:
        topic_of(tmp_path, SMALL.replace(old, new, 1))
    assert message in str(caught.value)
    assert str(tmp_path / "topic.toml") in str(caught.value)


def unreadable(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "latin.toml").write_bytes(b"name = '\xe9'")
    return iter([tmp_path / "missing.toml", tmp_path, tmp_path / "latin.toml"])


@pytest.mark.parametrize("number", [0, 1, 2], ids=["missing", "folder", "not-utf8"])
def test_unreadable_file_is_a_config_error(tmp_path: Path, number: int) -> None:
    path = list(unreadable(tmp_path))[number]
    with pytest.raises(ConfigError, match=re.escape(str(path))):
        Topic.load(path)
    with pytest.raises(ConfigError, match=re.escape(str(path))):
        read_examples(path)


# ------------------------------------------------------------------------------------ for people


def test_explanation_names_rules_words_and_places() -> None:
    lines = explain(TOPIC.decide("ASN tidak netral", "Laporan pilkada."))
    assert lines == [
        f"on topic: score 0.60 ({TOPIC.identity})",
        "  netralitas  'ASN' at 0",
        "  netralitas  'netral' at 10",
        "  election    'pilkada' at 26",
    ]


def test_explanation_says_that_nothing_was_found() -> None:
    assert explain(TOPIC.decide("Hujan", ""))[1:] == ["  no rule of the topic found its words"]


def test_explanation_says_that_a_required_group_is_missing() -> None:
    lines = explain(TOPIC.decide("ASN diminta tetap netral", ""))
    assert lines[1] == "  no rule was met together with every required group; found only:"


def test_file_of_examples_shows_which_are_decided_wrong(small: Topic, tmp_path: Path) -> None:
    path = tmp_path / "examples.json"
    path.write_text(
        '{"story": [{"id": "a", "on_topic": true, "headline": "Banjir di kota"},'
        ' {"id": "b", "on_topic": true, "text": "Kemarau"}]}'
    )
    results = check_file(small, path)
    assert [(result.example.id, result.is_right) for result in results] == [
        ("a", True),
        ("b", False),
    ]


def test_mistake_in_a_file_of_examples_is_named(tmp_path: Path) -> None:
    path = tmp_path / "examples.toml"
    path.write_text('[[story]]\nid = "a"\n')
    with pytest.raises(ConfigError, match=r"examples\.toml: story\.0\.on_topic: Field required"):
        read_examples(path)
