"""Under which spelling of its address a story is asked for. Pure.

Seeds link to AMP and mobile twins, to share buttons, to parts, with what copying left behind: some
of these answer 404, some with another text of the same story.
"""

import re
from urllib.parse import urlsplit

__all__ = ["plain_spelling", "whole_of"]

# what makes a server send another page, unlike `utm_source` and the like
_OTHER_PAGE = re.compile(
    r"(?:^|[&?])(?:amp|noamp|m|share|nb|replytocom|showcomment|print|amp_[^=&]*)(?:[=&]|$)",
    re.IGNORECASE,
)


def plain_spelling(url: str, *, plain: str) -> str:
    """`url` as it is given when that is how readers write it, else `plain`: the same without marks.

    `www.`, the last slash, and tracking in the query stay as the outlet writes them.

    >>> plain_spelling("https://a.id/slug/amp/?utm_source=x", plain="https://a.id/slug/")
    'https://a.id/slug/'
    """
    given, wanted = urlsplit(url), urlsplit(plain)
    is_plain = (
        given.netloc.removeprefix("www.") == wanted.netloc.removeprefix("www.")
        and given.path.rstrip("/") == wanted.path.rstrip("/")
        and wanted.scheme in (given.scheme, "http")
        and not _OTHER_PAGE.search(given.query)
        and "?" not in given.query
    )
    return url if is_plain else plain


def whole_of(address: str) -> str:
    """The canonical address of the story of which `address` may be a later part, or ''.

    Only a number of one or two digits behind a slug of several words: `/berita/15` is its own.

    >>> whole_of("https://a.id/camat-ditegur/15")
    'https://a.id/camat-ditegur'
    """
    whole, _, number = address.rpartition("/")
    slug = whole.rpartition("/")[2]
    is_part = re.fullmatch("[0-9]{1,2}", number) and "://" in whole.removesuffix(slug)
    return whole if is_part and "-" in slug.strip("-") and whole.count("/") > 2 else ""
