"""Learn what single words say of the built-in topic, from the labelled stories that were opened.

    make learn-topic

Writes crawler/topics/netralitas-asn.words. The stories of tests/topic/unseen.jsonl are not read.
Runs in an environment of its own: scikit-learn is large, and nobody else needs it.
"""

import json
import sys
from pathlib import Path

from scipy.sparse import hstack
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from crawler.topics.vocabulary import words_of  # noqa: E402

STORIES = [ROOT / "tests" / "topic" / name for name in ("tuned.jsonl", "once-unseen.jsonl")]
WORDS = ROOT / "crawler" / "topics" / "netralitas-asn.words"
BRIEF = "brief-"  # stories of three sentences, written to try single rules
RAREST = 3  # stories that must hold a word
STRENGTH = 10.0
"""The inverse of regularisation; chosen on sets that the rules had not seen when they met them."""


def main() -> int:
    """Learn, and write the file."""
    lines = [line for path in STORIES for line in path.read_text("utf-8").splitlines()]
    stories = [story for line in lines if not (story := json.loads(line))["id"].startswith(BRIEF)]
    text, headline = (
        CountVectorizer(analyzer=lambda words: sorted(words_of(words)), min_df=RAREST, binary=True)
        for _ in range(2)
    )
    parts = [
        # the norm of words that are there or not is the root of their number
        normalize(text.fit_transform([story["text"] for story in stories]).astype(float)),
        normalize(headline.fit_transform([story["title"] for story in stories]).astype(float)),
    ]
    # without an intercept: words that nobody knows say nothing
    model = LogisticRegression(
        C=STRENGTH, max_iter=5_000, fit_intercept=False, class_weight="balanced"
    )
    model.fit(hstack(parts), [story["label"] == "yes" for story in stories])
    weights = [round(float(weight), 2) for weight in model.coef_[0]]
    names = list(text.get_feature_names_out())
    in_text = dict(zip(names, weights, strict=False))
    in_headline = dict(zip(headline.get_feature_names_out(), weights[len(names) :], strict=True))
    learnt = []
    for word in sorted({*in_text, *in_headline}):
        told = in_text.get(word, 0.0), in_headline.get(word, 0.0)
        if any(told):
            learnt.append(f"{word}\t{told[0]:g}\t{told[1]:g}")
    WORDS.write_text("\n".join(learnt) + "\n", "utf-8")
    sys.stdout.write(f"{len(learnt)} words learnt from {len(stories)} stories\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
