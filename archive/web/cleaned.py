"""A captured page without what acts or asks. Pure.

What protects readers is the sandbox and the policy under which it is shown (gate.py); this takes
away what no policy stops in every browser (preconnect, refresh), and lets pictures that the archive
kept come from there. By nh3, which parses as browsers do (WHATWG HTML §13.2).
"""

import re
from collections.abc import Mapping
from html import escape

import nh3

from archive.urls import absolute_url

__all__ = ["cleaned", "is_showable"]

# parsing takes time that grows with tags times depth: 100,000 boxes in each other, half a minute
_MOST_TAGS, _DEEPEST = 60_000, 500
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
# they close themselves, or nest only with a list or table around them
_FLAT = frozenset({
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta",
    "option", "p", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr",
})  # fmt: skip

_TAGS = nh3.ALLOWED_TAGS | {"address", "big", "dir", "font", "main", "section", "style", "tfoot"}
_GONE = {"script", "title", "noscript", "template", "iframe", "object", "svg", "math", "video",
         "audio", "select", "textarea"}  # fmt: skip
_ATTRIBUTES = {
    "*": {"style", "align", "valign", "width", "height", "lang", "dir", "title", "bgcolor"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "time": {"datetime"},
    "font": {"color", "face", "size"},
}


def is_showable(html: str) -> bool:
    """Whether a page can be parsed in a moment; of another one the source is shown."""
    depth = 0
    for tags, match in enumerate(_TAG.finditer(html)):
        if match[2].lower() not in _FLAT:
            depth = max(depth - 1, 0) if match[1] else depth + 1
        if tags > _MOST_TAGS or depth > _DEEPEST:
            return False
    return True


def cleaned(html: str, *, url: str, kept: Mapping[str, int]) -> str:
    """The page that was captured at `url`; links lead nowhere.

    `kept` maps the addresses of pictures that the archive has to their captures.
    """

    def shown(tag: str, name: str, value: str) -> str | None:
        if (tag, name) != ("img", "src"):
            return value
        try:
            capture_id = kept.get(absolute_url(value, base=url))
        except ValueError:
            return None
        return f"/tangkapan/{capture_id}/isi" if capture_id else None

    body = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_GONE,
        attributes=_ATTRIBUTES,
        attribute_filter=shown,
        link_rel=None,
        strip_comments=True,
    )
    head = f'<meta charset="utf-8"><title>{escape(url)}</title>'
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"
