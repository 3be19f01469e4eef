"""What single words say of a story: as much as they may, and nothing where no rule was met."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ConfigError
from crawler.topic import Topic
from crawler.topics.account import account, told
from crawler.topics.vocabulary import Vocabulary, moved, read_vocabulary

WORDS = [f"kata{chr(97 + a)}{chr(97 + b)}" for a in range(10) for b in range(10)]
ALL = Vocabulary(dict.fromkeys(WORDS, 5.0), {})
NONE = Vocabulary(dict.fromkeys(WORDS, -5.0), {})
TOPIC = """
name = "banjir"
version = 1
words = "banjir.words"
[groups]
flood = ["banjir"]
[[rules]]
name = "banjir"
groups = ["flood"]
weight = 0.5
"""


@pytest.mark.parametrize("score", [0.0, 0.2, 0.42, 0.6, 1.0])
def test_score_that_nothing_moves_stays(score: float) -> None:
    assert moved(score, 0.0) == score


@given(st.floats(0, 1), st.floats(-3, 3))
def test_moved_score_is_a_score_and_none_stays_none(score: float, leaning: float) -> None:
    assert 0 <= moved(score, leaning) <= 1
    assert moved(0.0, leaning) == 0


@given(st.floats(0.01, 0.99), st.floats(-2, 2), st.floats(0.1, 1))
def test_more_for_the_topic_is_never_a_lower_score(
    score: float, leaning: float, more: float
) -> None:
    assert moved(score, leaning + more) >= moved(score, leaning)


def test_words_add_no_more_than_their_most() -> None:
    text = " ".join(WORDS)
    assert ALL.lean("", text).value == 3.0
    assert NONE.lean("", text).value == -3.0


@pytest.mark.parametrize("count", [0, 1, 20])
def test_few_words_say_nothing(count: int) -> None:
    assert ALL.lean("", " ".join(WORDS[:count])).value == 0


def test_words_said_twice_say_no_more() -> None:
    text = " ".join(WORDS[:40])
    assert ALL.lean("", f"{text} {text}") == ALL.lean("", text)


def test_strongest_words_are_named_on_their_side() -> None:
    vocabulary = Vocabulary({"netral": 2.0, "panen": -3.0, "apel": 1.0}, {"camat": 4.0})
    leaning = vocabulary.lean("Camat", "Netral saat panen, kata dia pada apel.")
    assert (leaning.towards, leaning.away) == (("camat", "netral", "apel"), ("panen",))


@pytest.fixture
def topic(tmp_path: Path) -> Topic:
    (tmp_path / "banjir.toml").write_text(TOPIC, "utf-8")
    lines = [f"{word}\t-4\t0" for word in WORDS]
    (tmp_path / "banjir.words").write_text("\n".join(lines) + "\n", "utf-8")
    return Topic.load(tmp_path / "banjir.toml")


def test_story_of_other_words_scores_lower_and_says_why(topic: Topic) -> None:
    text = f"Banjir. {' '.join(WORDS)}"
    assert topic.decide("", "Banjir.").score == 0.5
    assert topic.decide("", text).score < 0.3
    (line,) = (line for line in told(account(topic, "", text)) if "words as a whole" in line)
    assert line.startswith("  -0.")
    assert "on 0.50 by the rules (against: kataaa, " in line


def test_identity_changes_with_the_words(topic: Topic, tmp_path: Path) -> None:
    (tmp_path / "banjir.words").write_text("air\t1\t0\n", "utf-8")
    assert Topic.load(tmp_path / "banjir.toml").identity != topic.identity


@pytest.mark.parametrize("line", ["air", "air\t1", "air\tsatu\t0", "air\tnan\t0", "air\t1\t0\t3"])
def test_bad_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "banjir.words"
    file.write_text(f"sungai\t1\t0\n{line}\n", "utf-8")
    with pytest.raises(ConfigError, match=r"banjir\.words: line 2: "):
        read_vocabulary(file)


def test_copy_of_the_built_in_topic_finds_its_words(tmp_path: Path) -> None:
    built_in = Path(__file__).parents[1] / "crawler/topics/netralitas-asn.toml"
    copy = tmp_path / "salinan.toml"
    copy.write_text(built_in.read_text("utf-8"), "utf-8")
    assert Topic.load(copy).identity == Topic.load().identity


def test_missing_file_of_words_is_named(tmp_path: Path) -> None:
    (tmp_path / "banjir.toml").write_text(TOPIC, "utf-8")
    with pytest.raises(ConfigError, match=r"banjir\.words: No such file"):
        Topic.load(tmp_path / "banjir.toml")


def test_no_word_of_the_built_in_topic_is_without_weight() -> None:
    words = read_vocabulary(Path(__file__).parents[1] / "crawler/topics/netralitas-asn.words")
    assert len(words.text) > 1_000
    assert 0 not in {*words.text.values(), *words.headline.values()}
