"""From the pages of one story to its Article."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

from archive.errors import ChallengePage, NotAnArticle, Unreadable
from archive.types import Article, Outlet, Page
from archive.urls import is_front_page
from crawler.bodies import characters, decoded, is_binary
from crawler.challenges import is_challenge
from crawler.container import SHORTEST, contained, lines_of, size_of
from crawler.datelines import dateline_of
from crawler.generic import confirmed, found
from crawler.guessed_date import guessed_date
from crawler.heading import beside, is_same_title
from crawler.headlines import cleaned, headline_of
from crawler.language import is_indonesian
from crawler.lines import Line
from crawler.metadata import Metadata, read_metadata
from crawler.names import Names
from crawler.notices import says_closed, says_missing
from crawler.page_identity import is_list_address
from crawler.photo_story import SHORTEST_CAPTION, caption_of, photo_place, told_by_photos
from crawler.published import read_dates
from crawler.rules import Rules
from crawler.shelving import cleaned_tags
from crawler.sources import is_said
from crawler.told import Told, tell
from crawler.tree import MOST_TAGS, Element, folded, parsed, select, text_of
from crawler.writers import Whereabouts, written_by

__all__ = ["EXTRACTOR", "Reading", "extract", "extractor_id", "is_closed", "is_missing"]

EXTRACTOR = f"kliping-3/trafilatura-{version('trafilatura')}"
"""Raise the first number with every change here that reads any page differently."""

_SHORTEST_UNDECLARED = 250
_SHORTEST_BESIDE = 600  # characters of prose beside a photo that a caption alone may not hide
# Blogger's own themes print the headline of a post so
_HEADINGS = "h2.entry-title, h3.entry-title, h2.post-title, h3.post-title"
# not `[…]`, with which WordPress cuts its excerpts
_SENTENCE_END = re.compile(r"(?<!\[)(?<!\[\.\.)[.!?…。][”’\"')\]]*$")


@dataclass(frozen=True)
class Reading:
    """An article, and what its page says of its identity."""

    article: Article
    canonical: str
    """rel=canonical, absolute, not yet believed."""
    platform_id: str
    extractor: str


@dataclass(frozen=True)
class _Way:
    """How the pages of an outlet are to be read."""

    rules: Rules
    limit: int
    tags: int
    thorough: bool

    @property
    def asks_twice(self) -> bool:
        """Whether a second opinion is asked for what stands in a container."""
        return self.thorough and not self.rules.body


@dataclass(frozen=True)
class _Part:
    """One parsed page of a story: where its text stands, and its lines."""

    tree: Element
    metadata: Metadata
    container: Element | None
    lines: list[Line]
    photos: list[str]
    """The captions that are the text where nobody knows where a text would stand."""


def extractor_id(rules: Rules, *, thorough: bool = False) -> str:
    """What read a text: the extractor, the digest of the outlet's rules, and the second opinion."""
    way = _Way(rules, limit=0, tags=0, thorough=thorough)
    return f"{EXTRACTOR}/{rules.digest}{'/thorough' if way.asks_twice else ''}"


def is_missing(page: Page, outlet: Outlet, html: str) -> bool:
    """The outlet says that the story is not there, be it with status 200. `html`: characters."""
    return page.status in (404, 410) or says_missing(html, Names(outlet))


def is_closed(outlet: Outlet, html: str) -> bool:
    """The whole outlet is closed for maintenance, whatever was asked for."""
    return says_closed(html, Names(outlet))


def extract(
    pages: Sequence[Page],
    *,
    rules: Rules,
    outlet: Outlet,
    limit: int = 20_000_000,
    tags: int = MOST_TAGS,
    thorough: bool = False,
) -> Reading:
    """The article that `pages`, the parts of one story in order, tell together.

    `limit`: bytes of a body; `tags`: on one page; `thorough`: without a body rule, a second
    opinion is asked for each paragraph; better, slower.
    Raises NotAnArticle, ChallengePage, or Unreadable (over a limit, binary, damaged).
    """
    page, way = pages[0], _Way(rules, limit, tags, thorough)
    first = _part(page, way)
    parts = [first, *(_later_part(page, way) for page in pages[1:])]
    names = Names(outlet, first.metadata.site_names)
    headline = _headline(first, rules, names)
    told = tell([part.lines for part in parts], rules, headline=headline, names=names)
    photos = [photo for part in parts for photo in part.photos]
    captions = photos or _caption(first, told, rules)
    told = replace(told, lines=[*captions, *told.lines])
    _refuse_no_story(first, page.url, headline=headline, told=told, is_photo=bool(captions))
    article = _article(first, page, headline=headline, told=told, rules=rules, names=names)
    return Reading(
        # `APEL - Ratusan pegawai …`: Tribun's captions begin with what is seen
        replace(article, dateline="") if captions else article,
        first.metadata.canonical,
        first.metadata.platform_id,
        extractor_id(rules, thorough=thorough),
    )


def _part(page: Page, way: _Way) -> _Part:
    body = decoded(page, way.limit)
    if not body.strip():
        raise NotAnArticle(f"{page.url}: the body is empty")
    if is_binary(body):
        raise Unreadable(f"{page.url}: not a page but binary data; nothing to read")
    html = characters(page, body)
    if is_challenge(page, html):
        raise ChallengePage(f"{page.url}: the outlet asks for a human instead of showing the story")
    try:
        return _read(parsed(html, tags=way.tags), page.url, way)
    except Unreadable as error:
        raise Unreadable(f"{page.url}: {error}") from None


def _read(tree: Element, url: str, way: _Way) -> _Part:
    metadata = read_metadata(tree, url)
    if metadata.is_listing or _is_listing_address(url, metadata):
        raise NotAnArticle(f"{url}: a list of stories, or a page about the outlet")
    container, lines = _text_lines(tree, metadata, way)
    photos: list[str] = []
    if container is None and metadata.is_declared and not way.rules.body:
        photos = told_by_photos(tree, metadata.headlines, lines)
    return _Part(tree, metadata, container, [] if photos else lines, photos)


def _later_part(page: Page, way: _Way) -> _Part:
    """A part of a story; a story with a part missing must not pass for an edited one."""
    try:
        part = _part(page, way)
    except NotAnArticle as error:
        raise Unreadable(f"{page.url}: a part of a story is missing ({error})") from None
    if not part.lines and not part.photos:
        raise Unreadable(f"{page.url}: a part of a story is empty")
    return part


def _is_listing_address(url: str, metadata: Metadata) -> bool:
    if is_front_page(url) or metadata.is_article:
        return is_front_page(url)
    return is_list_address(url) or is_list_address(metadata.canonical)


def _text_lines(tree: Element, metadata: Metadata, way: _Way) -> tuple[Element | None, list[Line]]:
    """The container of the story's text and its lines; None when no container is known."""
    container, lines = contained(tree, way.rules)
    if container is None:
        return _without_text(tree, metadata, way)
    if way.asks_twice:
        lines = confirmed(lines, by=found(tree, metadata.headlines))
    return container, lines


def _without_text(
    tree: Element, metadata: Metadata, way: _Way
) -> tuple[Element | None, list[Line]]:
    """The same for a page that has no text where texts stand: it may tell a photo's story.

    Page builders keep the text elsewhere: where no rule names its place, prose found wins.
    """
    place = photo_place(tree, way.rules) if _is_one_story(metadata) else None
    if place is not None and select(tree, way.rules.body):
        return place, lines_of(place, way.rules)
    lines = found(tree, metadata.headlines)
    is_story = size_of(lines) >= _SHORTEST_BESIDE and _is_prose([line.text for line in lines])
    return (None, lines) if place is None or is_story else (place, lines_of(place, way.rules))


def _is_one_story(metadata: Metadata) -> bool:
    """Blogger's own themes say so by the post's number alone."""
    return metadata.is_article or bool(metadata.platform_id)


def _caption(part: _Part, told: Told, rules: Rules) -> list[str]:
    """The caption that is the text of a story without any other, alone in a list; else none."""
    if part.container is None or not _is_one_story(part.metadata):
        return []
    if sum(map(len, told.lines)) >= SHORTEST:
        return []
    caption = caption_of(part.container, part.tree, rules)
    is_title = any(is_same_title(caption, title) for title in part.metadata.headlines)
    return [] if is_title or not caption else [caption]


def _headline(part: _Part, rules: Rules, names: Names) -> str:
    """The heading that the rules name, else the one that the page and its metadata agree on."""
    for element in select(part.tree, rules.headline):
        if text := text_of(element):
            return cleaned(text, names) or text
    printed = [text for h1 in part.metadata.h1[:5] if (text := text_of(h1))]
    return headline_of(printed, part.metadata.headlines, names, page_title=part.metadata.page_title)


def _refuse_no_story(part: _Part, url: str, *, headline: str, told: Told, is_photo: bool) -> None:
    metadata, size = part.metadata, sum(map(len, told.lines))
    linked = sum(line.link_characters for line in part.lines)
    is_known = metadata.is_article or part.container is not None or is_photo
    shortest = SHORTEST_CAPTION if is_photo else SHORTEST
    reason = ""
    if not headline:
        reason = "it has no headline"
    elif size < (shortest if is_known else _SHORTEST_UNDECLARED):
        reason = f"its text has only {size} characters"
    elif linked * 2 > max(size_of(part.lines), size):
        reason = "most of its text is links"
    elif not is_known and not metadata.published and not _is_prose(told.lines):
        reason = "nothing on it says that it is a story"
    if reason:
        raise NotAnArticle(f"{url}: no story here: {reason}")


def _is_prose(lines: Sequence[str]) -> bool:
    """Most of a text stands in lines that end as sentences do; not so in a list of stories."""
    sentences = sum(len(line) for line in lines if _SENTENCE_END.search(line))
    return sentences * 2 > sum(map(len, lines))


def _article(
    part: _Part, page: Page, *, headline: str, told: Told, rules: Rules, names: Names
) -> Article:
    metadata, zone = part.metadata, names.outlet.zone
    headings = [*metadata.h1, *select(part.tree, _HEADINGS)]
    around = beside(headings, headline, text=part.container)
    beside_text = Whereabouts(part.tree, metadata, around, part.container)
    credits = written_by(beside_text, told, rules=rules, names=names)
    dates = read_dates(
        metadata,
        around,
        ruled=select(part.tree, rules.published),
        url=page.url,
        zone=zone,
        fetched_at=page.fetched_at,
    )
    published_at = dates.published_at or guessed_date(
        part.tree, page.url, zone=zone, fetched_at=page.fetched_at
    )
    text = "\n\n".join(told.lines)
    return Article(
        headline=headline,
        text=text,
        byline=credits.byline,
        editor=credits.editor,
        dateline=dateline_of(told.lines[0], names)[0],
        published_text=dates.text,
        published_at=published_at,
        published_zone=(dates.zone or zone) if published_at else "",
        modified_at=dates.modified_at,
        section=_first_text(part, rules.section) or folded(metadata.section),
        tags=_tags(part, rules),
        image_url=metadata.image_url,
        language="id" if is_indonesian(text) else "",
        source=_source(part, rules, names) or told.source,
    )


def _source(part: _Part, rules: Rules, names: Names) -> str:
    said = (is_said(text_of(one), names) for one in select(part.tree, rules.source))
    return next(filter(None, said), "")


def _first_text(part: _Part, selector: str) -> str:
    return next(filter(None, map(text_of, select(part.tree, selector))), "")


def _tags(part: _Part, rules: Rules) -> tuple[str, ...]:
    return cleaned_tags(map(text_of, select(part.tree, rules.tags))) or part.metadata.tags
