"""What the stories read in one crawl have in common: the counts by which a template is judged."""

from collections import Counter
from zoneinfo import ZoneInfo

from archive.types import Article

__all__ = ["Vitals"]

_SHORTEST = 15
"""Letters of a line that is worth comparing: `Baca juga:` alone says nothing."""
_FEWEST = 3


class Vitals:
    """Counts over the stories of a crawl, as far as it has read them."""

    def __init__(self) -> None:
        self._stories = 0
        self._lines: Counter[int] = Counter()
        self._often: set[int] = set()
        self._repeated = 0

    def of(self, article: Article) -> dict[str, int]:
        """What one more story adds to the crawl's counts.

        `repeated_lines` is how many lines stand in at least 3 of the stories, and in most of them.
        """
        before, self._repeated = self._repeated, self._repeated_with(article)
        return {
            "read": 1,
            "has_byline": int(bool(article.byline)),
            "has_time": int(_has_time(article)),
            "has_dateline": int(bool(article.dateline)),
            "text_length": len(article.text),
            "repeated_lines": self._repeated - before,
        }

    def _repeated_with(self, article: Article) -> int:
        self._stories += 1
        lines = {hash(line) for line in article.text.split("\n\n") if len(line) >= _SHORTEST}
        self._lines.update(lines)
        self._often |= {line for line in lines if self._lines[line] >= _FEWEST}
        return sum(2 * self._lines[line] > self._stories for line in self._often)


def _has_time(article: Article) -> bool:
    """Whether the page tells a time: of one that does not, midnight stands for the day."""
    if article.published_at is None:
        return False
    zone = ZoneInfo(article.published_zone) if article.published_zone else None
    local = article.published_at.astimezone(zone) if zone else article.published_at
    return (local.hour, local.minute, local.second) != (0, 0, 0)
