"""A trap site that says every night something else, and mostly wrong, of its pages' characters."""

import codecs
from collections.abc import Callable

from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.pages import story_page
from crawler.demo.reply import Asked, Reply
from crawler.demo.traps.pages_parts import number_of, post_asked, written_as
from crawler.demo.traps.trap import Trap, trap

__all__ = ["SPELLINGS", "TRAPS"]

_META = '<meta charset="UTF-8">'


def _old(html: str) -> bytes:
    """In windows-1252; what that has no letter for as a reference."""
    return html.encode("cp1252", "xmlcharrefreplace")


def _plain(html: str) -> str:
    return html.replace(_META, "")


def _declared(html: str, charset: str) -> str:
    return html.replace(_META, f'<meta charset="{charset}">')


SPELLINGS: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "Latin-1 in the header, UTF-8 bytes": ("text/html; charset=iso-8859-1", str.encode),
    "no charset, UTF-8 bytes": ("text/html", lambda html: _plain(html).encode()),
    "no charset, windows-1252 bytes": ("text/html", lambda html: _old(_plain(html))),
    "windows-1252 called UTF-8 twice": ("text/html; charset=utf-8", _old),
    "BOM against the header": (
        "text/html; charset=windows-1252",
        lambda html: codecs.BOM_UTF8 + _declared(html, "iso-8859-1").encode(),
    ),
    "UTF-16 with a BOM": ("text/html; charset=utf-8", lambda html: html.encode("utf-16")),
    "iso-utf-8": (
        "text/html; charset=iso-utf-8",
        lambda html: _declared(html, "iso-utf-8").encode(),
    ),
    "windows-1252 against the meta element": (
        "text/html; charset=windows-1252",
        lambda html: _declared(html, "utf-8").encode(),
    ),
    "a codec that is no charset": ("text/html; charset=zlib", _old),
}
"""The Content-Type of a page, and how its HTML becomes bytes."""


def _misspelt(edition: Edition, asked: Asked, config: NewsroomConfig) -> Reply | None:
    """Each story in another spelling, and in another one every night."""
    del config
    post = post_asked(edition, asked)
    if post is None:
        return None
    spellings = list(SPELLINGS.values())
    kind, spelt = spellings[(number_of(edition, post) + 2 * edition.night) % len(spellings)]
    html = story_page(edition, post, views=asked.views)
    return Reply(body=spelt(html), headers=(("Content-Type", kind),))


TRAPS: tuple[Trap, ...] = (written_as(trap("aksara", _misspelt), "tipuan"),)
