"""What the words of a story as a whole say for or against a topic, learnt from labelled stories.

Rules decide on what stands together in a sentence. They do not see that the rest of a story tells
of a harvest, or of a hearing; single words do, each a little. Their weights are those of a logistic
regression (`make learn-topic`), kept in a file of lines `word<TAB>in the text<TAB>in the headline`.
Words move the score of a story that the rules see something in, and none else: see `moved`.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.errors import ConfigError

__all__ = ["Leaning", "Vocabulary", "moved", "read_vocabulary", "words_of"]

_WORD = re.compile(r"[a-z]{2,}")
_EDGE = 0.02  # keeps a score of 1 from being beyond all doubt
_FEW, _ENOUGH = 20, 60  # different words: up to the first they say nothing, from the second all
_TOLD = 6  # words that are named for each side
_MOST = 3.0
"""The most that words may add or take away, as a logit: no vocabulary outweighs several rules."""


@dataclass(frozen=True)
class Leaning:
    """How far the words of a story lean: above 0 towards the topic."""

    value: float
    """A logit; 0 says nothing."""
    towards: tuple[str, ...] = ()
    """The words that say most for the topic, the strongest first."""
    away: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """Learnt weights of words."""

    text: Mapping[str, float]
    headline: Mapping[str, float]

    def lean(self, headline: str, text: str) -> Leaning:
        """What the words say; how often a word stands there, and how long the text is, is equal."""
        parts = ((self.text, words_of(text)), (self.headline, words_of(headline)))
        weights: dict[str, float] = {}
        for known, words in parts:
            found = [word for word in words if word in known]
            for word in found:
                worth = known[word] / math.sqrt(len(found))
                weights[word] = weights.get(word, 0.0) + worth
        total = math.fsum(weights.values()) * _share(len(weights))
        ranked = sorted(weights, key=lambda word: (-abs(weights[word]), word))
        return Leaning(
            value=max(-_MOST, min(_MOST, total)),
            towards=tuple(word for word in ranked if weights[word] > 0)[:_TOLD],
            away=tuple(word for word in ranked if weights[word] < 0)[:_TOLD],
        )


def _share(count: int) -> float:
    return max(0.0, min(1.0, (count - _FEW) / (_ENOUGH - _FEW)))


def moved(score: float, leaning: float) -> float:
    """A score of 0 to 1 moved by a logit; 0 stays 0, so that words alone keep no story."""
    if not score or not leaning:
        return score
    share = (score + _EDGE) / (1 + 2 * _EDGE)
    logit = math.log(share / (1 - share)) + leaning
    told = (1 + 2 * _EDGE) / (1 + math.exp(-logit)) - _EDGE
    return round(max(0.0, min(1.0, told)), 4)


def words_of(text: str) -> set[str]:
    """The words that weights are learnt for: two letters or more, in lower case."""
    return set(_WORD.findall(text.lower()))


def read_vocabulary(path: Path) -> Vocabulary:
    """The weights in a file. Raises ConfigError naming file and line."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: {getattr(error, 'strerror', '') or error}") from None
    text: dict[str, float] = {}
    headline: dict[str, float] = {}
    for number, line in enumerate(lines, 1):
        word, _, rest = line.partition("\t")
        weights = rest.split("\t")
        try:
            in_text, in_headline = map(float, weights)
            if not math.isfinite(in_text + in_headline):
                raise ValueError
        except ValueError:
            raise ConfigError(
                f"{path}: line {number}: not a word and two numbers with tabs between"
            ) from None
        text[word], headline[word] = in_text, in_headline
    return Vocabulary(
        {word: weight for word, weight in text.items() if weight},
        {word: weight for word, weight in headline.items() if weight},
    )
