"""The language of a story, by its words: what the markup says is often wrong. Pure."""

import re

__all__ = ["is_indonesian"]

_CAPTION_WORDS = 60
_STOP_WORDS = re.compile(
    r"\b(?:yang|dan|di|dengan|untuk|pada|dari|ini|itu|dalam|tidak|ke|akan|oleh|karena|telah|sudah"
    r"|juga|tersebut|sebagai|adalah|bahwa|bisa|ada|kami)\b",
    re.IGNORECASE,
)


def is_indonesian(text: str) -> bool:
    """One word in twelve is one that Indonesian prose cannot do without; in a caption, in 20."""
    start = text[:5_000]
    words = len(start.split())
    return len(_STOP_WORDS.findall(start)) * (12 if words > _CAPTION_WORDS else 20) > words
