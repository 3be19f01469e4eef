"""What counts as the same text, and what its hash is."""

import hashlib
import json
import re
import unicodedata

from archive.types import Article

__all__ = ["COMPARED", "changed_fields", "content_hash", "normalise"]

COMPARED = ("headline", "byline", "editor", "dateline", "published_text", "text")
"""The fields that make a version, in the order in which they are hashed."""

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        # characters without width come and go with the editor in which a story was written
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff"),
    }
)


def normalise(text: str) -> str:
    """`text` as it is compared: NFC, plain quotes and dashes, white space folded to one space."""
    plain = unicodedata.normalize("NFC", text).translate(_PLAIN)
    return re.sub(r"\s+", " ", plain).strip()


def _compared(article: Article) -> list[str]:
    return [normalise(getattr(article, name)) for name in COMPARED]


def content_hash(article: Article) -> str:
    """The sha256 hex digest of the compared fields (DESIGN §3); never of bytes."""
    fields = json.dumps(_compared(article), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(fields.encode("utf-8")).hexdigest()


def changed_fields(before: Article, after: Article) -> tuple[str, ...]:
    """The names of the compared fields in which two articles differ, in `COMPARED` order."""
    pairs = zip(COMPARED, _compared(before), _compared(after), strict=True)
    return tuple(name for name, old, new in pairs if old != new)
