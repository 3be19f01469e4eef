"""What an outlet's answer means before anything is read from the page. Pure."""

import re
from collections.abc import Sequence

from archive.types import Answer, Outlet, Page
from archive.urls import is_front_page, is_within

__all__ = ["advice_on", "answer_of", "is_sure_off_topic", "looks_like_story", "what_came"]

_ADVICE = {
    Answer.CHALLENGE: "the outlet refuses us; it is asked again next night. If it stays so, write "
    "to the outlet or set crawl.contact to a page it can trust",
    Answer.ELSEWHERE: "what stands there is not kept. If the outlet has moved, set its url; if its "
    "domain fell to others, take the outlet out: what was kept stays",
    Answer.ERROR: "nothing to do: it is asked for again next night",
    Answer.MISSING: "nothing to do: it is asked for again; a story is called gone once it is sure",
    Answer.UNREAD: "its bytes are kept and it is asked for again for three nights; if a browser "
    "shows a story there that is only too large, raise crawl.page_limit, crawl.tag_limit or "
    "crawl.read_time",
    Answer.NOT_ARTICLE: "open it in a browser: if it shows a story, the outlet's template needs a "
    "rule; it is asked for again for three nights",
}

_TOO_LARGE = (
    "if a browser shows a story there that is only too large, raise crawl.page_limit, "
    "crawl.tag_limit or crawl.read_time, and save it again"
)
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


def advice_on(answer: Answer, *, is_asked_for: bool = False) -> str:
    """What to do about an answer that shows no story; `is_asked_for` by a person, once."""
    return _TOO_LARGE if is_asked_for and answer == Answer.UNREAD else _ADVICE[answer]


def answer_of(pages: Sequence[Page], *, outlet: Outlet, parts: int = 1) -> Answer:
    """The answer that a chain of exchanges gives by its status alone; ARTICLE means: read it.

    A redirect to the front page is a missing story (DESIGN §3). A missing later part is not: of a
    story in several `parts` the first was shown. Where a redirect leaves the outlet and its
    network, nothing is learnt of the story, whatever stands there.
    """
    last = pages[-1]
    if not is_within(last.url, outlet.url, network=outlet.network):
        return Answer.ELSEWHERE
    if told := _by_status(last, parts=parts):
        return told
    if last.truncated == "length":
        return Answer.UNREAD
    if last.status != 200 or last.truncated or not last.body:
        return Answer.ERROR
    if len(pages) > 1 and is_front_page(last.url) and not is_front_page(pages[0].url):
        return Answer.MISSING
    return Answer.ARTICLE


def _by_status(last: Page, *, parts: int) -> Answer | None:
    if (parts > 1 and last.status in {404, 410}) or (
        last.status == 304 and not _is_conditional(last)
    ):
        return Answer.ERROR
    return _BY_STATUS.get(last.status)


def _is_conditional(page: Page) -> bool:
    """Whether only something new was asked for."""
    asked = {name.lower() for name, _ in page.request_headers}
    return not asked.isdisjoint({b"if-none-match", b"if-modified-since"})


def what_came(pages: Sequence[Page]) -> str:
    """The last answer of a chain in words, for a problem's detail."""
    last = pages[-1]
    if last.truncated == "length":
        return f"the body is over the limit and was cut after {len(last.body)} bytes"
    if last.truncated:
        return f"the answer {last.status} was cut after {len(last.body)} bytes ({last.truncated})"
    if last.status == 200 and not last.body:
        return "the body is empty"
    if 300 <= last.status < 400 and last.status != 304:
        target = last.header("Location")[:200] or "nowhere"
        return f"a redirect ({last.status}) to {target}, which cannot be followed"
    if len(pages) > 1 and last.url != pages[0].url:
        return f"it leads to {last.url}, which answered {last.status}"
    return f"the outlet answered {last.status}"


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
