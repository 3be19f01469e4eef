"""All the words that reading a page could find, at a fraction of its cost. Pure."""

import re
from collections.abc import Sequence

from archive.errors import Unreadable
from crawler.container import SHORTEST, contained, lines_of
from crawler.credits import credits_in
from crawler.lines import Line
from crawler.metadata import headlines
from crawler.photo_story import captions
from crawler.pointers import without_shortcodes, without_tail
from crawler.rules import Rules, is_noise
from crawler.tree import Element, looked_at, select, text_of

__all__ = ["glance", "glance_at_content", "is_longer"]

_LARGEST = 1_000_000  # characters
_WHOLE = 400  # characters; news of two sentences is shorter, and worth the request
_CLEARLY = 250  # characters: more than a counter or a share bar says
_SURELY = SHORTEST + 60  # characters: the last may be a signature
_SENTENCE = re.compile(
    r"(?!(?:sumber|source|artikel ini|berita ini)\b)(?!.*(?:©|copyright|hak cipta)).*[.!?”\"]",
    re.IGNORECASE,
)
_MOST_TAGS = 12_000  # Kompas's longest pages; some pages of more take seconds, a reader's to spend


def glance(html: str, rules: Rules) -> str | None:
    """Every word that the story's headline and text can hold, and some that they do not.

    None when only a reader can tell: the page is too large, or its text stands in no container
    that we know. Menus and lists of other stories, which name every subject, are left out.
    """
    tree = _tree(html)
    return None if tree is None else _words(tree, rules)


def glance_at_content(title: str, content: str, rules: Rules) -> str | None:
    """The same of a story of which a seed shows its title and the HTML of its whole text.

    None also for a text so short that it may not be whole: page builders keep theirs elsewhere.
    """
    tree = _tree(content)
    lines = [] if tree is None else lines_of(tree, rules)
    if sum(len(line.text) for line in lines) < _WHOLE:
        return None
    return "\n".join([title, *(line.text for line in lines)])


def is_longer(html: str, content: str, rules: Rules) -> bool:
    """Whether a page tells clearly more of its story than the content that a seed shows of it.

    Also when the page's text cannot be found: then nothing proves that the content is whole.
    """
    tree, shown = _tree(html), _tree(content)
    if tree is None or shown is None:
        return True
    _, lines = contained(tree, rules)
    told = {line.text for line in lines_of(shown, rules)}
    more = [line.text for line in lines if line.text not in told]
    story = (text for text in more if not is_noise(text, rules=rules))
    return not lines or sum(map(len, story)) > _CLEARLY


def _tree(html: str) -> Element | None:
    if len(html) > _LARGEST or html.count("<") > _MOST_TAGS:
        return None
    try:
        return looked_at(html)
    except Unreadable:
        return None


def _words(tree: Element, rules: Rules) -> str | None:
    container, lines = contained(tree, rules)
    if container is None:
        return None
    return "\n".join(
        [
            *headlines(tree),
            *map(text_of, select(tree, rules.headline)),
            *(line.text for line in lines),
            *(captions(tree, rules) if _may_be_photo(lines, rules) else ()),
        ]
    )


def _may_be_photo(lines: Sequence[Line], rules: Rules) -> bool:
    """The sentences that a reader surely keeps (the first line may repeat the headline) are few."""
    told = 0
    for line in lines[1:]:
        text = without_tail(without_shortcodes(line.text))
        if _SENTENCE.fullmatch(text) and not line.is_link and credits_in(text) is None:
            told += 0 if is_noise(text, rules=rules) else len(text)
        if told > _SURELY:
            return False
    return True
