"""The day of a story whose page neither declares nor prints one where dates stand. Pure."""

from collections.abc import Iterator
from datetime import date, datetime

from lxml import etree

from crawler.dates import metadata_date, read_dates_in
from crawler.lines import is_widget
from crawler.published import address_day, day_of, is_sentence
from crawler.tree import Element, folded

__all__ = ["guessed_date"]

_LONG = 160  # characters; what is longer is the story, or a list


def guessed_date(tree: Element, url: str, *, zone: str, fetched_at: datetime) -> datetime | None:
    """The day in the address, else htmldate's, when nothing else names one; None when unsure.

    htmldate invents 1 January and takes a day from a list of other stories: its day is believed
    only where the page prints no other.
    """
    if day := address_day(url):
        return metadata_date(day.isoformat(), zone=zone, fetched_at=fetched_at)
    from htmldate import find_date  # noqa: PLC0415 - as slow as trafilatura, and rarely asked

    found = find_date(
        tree,
        extensive_search=False,
        original_date=True,
        url=url,
        max_date=fetched_at.date().isoformat(),  # replayed years later, the same answer
    )
    at = metadata_date(found or "", zone=zone, fetched_at=fetched_at)
    if at is None or str(found).endswith("-01-01"):
        return None
    day = date.fromisoformat(str(found))
    printed = [*_printed_days(tree, zone=zone, fetched_at=fetched_at)]
    if any(other != day for other, _ in printed):
        return None
    is_others = printed and not any(is_own for _, is_own in printed)
    return None if is_others else at


def _printed_days(tree: Element, *, zone: str, fetched_at: datetime) -> Iterator[tuple[date, bool]]:
    """Each day that a short text on the page names, and whether it may be the story's own.

    Not so in a sentence, and not in a link or a widget: there it is another story's, or a tweet's.
    """
    for element in tree.iter(etree.Element):
        for text, holder in ((element.text, element), (element.tail, element.getparent())):
            if not text or len(text) > _LONG or not any(sign.isdigit() for sign in text):
                continue
            for found in read_dates_in(folded(text), zone=zone, fetched_at=fetched_at):
                if not found.relative:
                    yield day_of(found), not (is_sentence(folded(text)) or _is_anothers(holder))


def _is_anothers(element: Element) -> bool:
    chain = [element, *element.iterancestors()]
    return any(one.tag in ("a", "blockquote") or is_widget(one) for one in chain)
