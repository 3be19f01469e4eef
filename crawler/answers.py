"""What an outlet's answer means before anything is read from the page. Pure."""

import re
from collections.abc import Sequence

from archive.types import Answer, Page
from archive.urls import is_front_page

__all__ = ["ADVICE", "answer_of", "is_sure_off_topic", "looks_like_story"]

ADVICE = {
    Answer.CHALLENGE: "the outlet refuses us; it is asked again next night. If it stays so, write "
    "to the outlet or set crawl.contact to a page it can trust",
    Answer.ERROR: "nothing to do: it is asked for again next night",
    Answer.MISSING: "nothing to do: a known story is looked at again before it is called gone",
    Answer.UNREAD: "its bytes are kept; read them again with `kliping replay` after raising "
    "crawl.page_limit or crawl.read_time",
    Answer.NOT_ARTICLE: "if this is a story, the outlet's page template needs a rule",
}

_REFUSED = (401, 402, 403, 407, 429, 451)
_BY_STATUS = {
    304: Answer.NOT_MODIFIED,
    404: Answer.MISSING,
    410: Answer.MISSING,
    **dict.fromkeys(_REFUSED, Answer.CHALLENGE),
}
_ARTICLE_MARKS = re.compile(
    r"<article\b|og:type[\"']\s+content\s*=\s*[\"']article|\"@type\"\s*:\s*\"(?:News)?Article|"
    r"entry-content|post-content|single-article|articleBody",
    re.IGNORECASE,
)


def answer_of(pages: Sequence[Page]) -> Answer:
    """The answer that a chain of exchanges gives by its status alone; ARTICLE means: read it.

    A redirect to the front page is a missing story (DESIGN §3).
    """
    last = pages[-1]
    if last.status in _BY_STATUS:
        return _BY_STATUS[last.status]
    if last.truncated == "length":
        return Answer.UNREAD
    if last.status != 200 or last.truncated:
        return Answer.ERROR
    if len(pages) > 1 and is_front_page(last.url) and not is_front_page(pages[0].url):
        return Answer.MISSING
    return Answer.ARTICLE


def looks_like_story(html: str, *, title: str) -> bool:
    """Whether a page shows the headline its seed announced, or at least an article's markup.

    An empty, error or challenge page does neither: it must be read before it is given up.
    """
    words = re.findall(r"\w{4,}", title.casefold())
    if words:
        shown = html.casefold()
        return all(word in shown for word in words)
    return bool(_ARTICLE_MARKS.search(html))


def is_sure_off_topic(html: str, *, title: str, may_match: bool) -> bool:
    """Whether a page can be left unread: it holds a story, and no word of the topic."""
    return not may_match and looks_like_story(html, title=title)
