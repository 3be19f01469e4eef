"""Pages that send their reader on by themselves: `<meta http-equiv="refresh">`. Pure."""

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin

from archive.types import Page
from archive.urls import absolute_url

__all__ = ["Refresh", "refresh_of"]

_AT_ONCE = 5.0  # seconds: sooner than anybody could read what stands there
_HEAD = 50_000  # characters in which the element is looked for
_HIDDEN = re.compile(r"<!--.*?-->|<(script|noscript)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_META = re.compile(r"<meta\b([^>]{0,3000})>", re.IGNORECASE)
_EQUIV = re.compile(r"\bhttp-equiv\s*=\s*[\"']?\s*refresh\b", re.IGNORECASE)
_CONTENT = re.compile(r"\bcontent\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
# HTML, "shared declarative refresh steps"
_VALUE = re.compile(
    r"\s*(\d{1,9}(?:\.\d*)?|\.\d*)[\s;,]\s*(?:[;,]\s*)?(?:url\s*=\s*)?(.+)", re.IGNORECASE | re.S
)


@dataclass(frozen=True, kw_only=True)
class Refresh:
    """Where a page sends its reader, and after how many seconds."""

    url: str
    seconds: float

    @property
    def is_at_once(self) -> bool:
        """Sent on before anything can be read: the page is a redirect in other clothes."""
        return self.seconds <= _AT_ONCE


def refresh_of(page: Page, html: str) -> Refresh | None:
    """The refresh that a page declares, by its header or its markup, to another address.

    None for one that only loads itself again, or leads to no web address.
    """
    values = [page.header("Refresh"), *_declared(html)]
    for value in filter(None, values):
        match = _VALUE.match(value)
        target = _target(match[2], base=page.url) if match else ""
        if match and target and target != page.url:
            return Refresh(url=target, seconds=float(f"0{match[1]}"))
    return None


def _declared(html: str) -> list[str]:
    if "refresh" not in html[:_HEAD].lower():
        return []
    shown = _HIDDEN.sub("", html[:_HEAD])
    found = [_CONTENT.search(tag) for tag in _META.findall(shown) if _EQUIV.search(tag)]
    return [unescape(next(filter(None, match.groups()), "")) for match in found if match]


def _target(text: str, *, base: str) -> str:
    tidy = text.strip()
    if tidy[:1] in ("'", '"'):
        tidy = tidy[1:].partition(tidy[0])[0]
    try:
        return absolute_url(urljoin(base, tidy), base=base)
    except ValueError:
        return ""
