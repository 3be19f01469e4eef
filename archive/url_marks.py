"""What an address carries that says nothing about the story: tracking, AMP, mobile, sharing. Pure.

Lists are conservative: a wrong entry would make two stories one, a missing one only costs a request
(the page's own canonical then joins the twins).
"""

import re
from urllib.parse import quote

__all__ = ["is_shared", "meaningful_path", "meaningful_query"]

_TRACKING_PREFIXES = ("utm_", "ga_", "_ga_", "mtm_", "fb_", "amp_", "_x_tr_", "relatedposts_")
_TRACKING = frozenset(
    {"_ga", "_gl", "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid"}
    | {"twclid", "ttclid", "igshid", "igsh", "mibextid", "sfnsn", "__twitter_impression", "spref"}
    | {"mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "pk_campaign", "pk_kwd", "usqp", "aoh"}
    | {"showcomment", "replytocom", "phpsessid", "jsessionid", "noamp", "amp"}
)
_NETWORKS = frozenset(
    {"facebook", "fb", "twitter", "x", "whatsapp", "wa", "jetpack-whatsapp", "telegram", "line"}
    | {"linkedin", "instagram", "tiktok", "threads", "pinterest", "reddit", "tumblr", "pocket"}
    | {"email", "mail", "print"}
)
_TRACKING_VALUES = {
    "m": frozenset({"", "0", "1"}),  # Blogger's mobile view
    "page": frozenset({"all"}),  # all parts at once (tribunnews.com, kompas.com): the same story
    "nb": frozenset({"1"}),  # beside Jetpack's `share`
    "share": _NETWORKS,
    "ref": _NETWORKS | {"rss", "feed", "atom", "share", "home"},
    "source": _NETWORKS | {"rss", "feed", "atom"},
    "from": _NETWORKS | {"rss", "feed", "atom"},
}
# only with a value that no editor gives: `sid` may be a story's number elsewhere
_SESSION = re.compile(
    r"(?:sid|sess|sessid|sessionid|session_id|session|oscsid|zenid)=(?=[a-z0-9]*\d)[a-z0-9]{20,64}",
    re.IGNORECASE,
)
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
# `?p=1?utm_source=x`: a share button that did not look whether there was a query
_SEPARATOR = re.compile(r"&|\?(?=utm_|fbclid=|gclid=|(?:amp|m=[01])(?:[=&]|$))", re.IGNORECASE)
# rmol.id, 2024: a relative link of the share bar, stored as …/slug/whatsapp:/whatsapp:/send
_SHARE_LINK = re.compile(
    r"(?:whatsapp|fb-messenger|mailto|tel|sms|tg|line|viber|intent|javascript|data|about)(?::|%3A)",
    re.IGNORECASE,
)
# what stays behind a link cut out of a sentence: blanks, quotes, brackets, commas, an ellipsis
_LITTER = (*"',;.", *map(quote, ' \t\r\n"<>\u00a0\ufeff\u200b\u200c\u200d‘’“”…'))
# matched backwards from the end: a search for `(…)+$` would be quadratic
_BACKWARDS = re.compile("(?:" + "|".join(re.escape(mark[::-1]) for mark in _LITTER) + ")+")


def is_shared(path: str) -> bool:
    """Whether a path ends in the address of a share button (`/slug/whatsapp:/send`)."""
    return any(_SHARE_LINK.match(segment) for segment in path.split("/"))


def meaningful_path(path: str) -> str:
    """The path without AMP segments, share-bar tails, empty and dot segments and litter at its end.

    Every segment that is exactly `amp` goes: newsrooms put it first (/amp/berita/1/slug), in the
    middle (/nasional/amp/123/slug) or last (/slug/amp). `path` is percent-encoded already.
    """
    segments: list[str] = []
    for segment in _SESSION_IN_PATH.sub("", path).split("/"):
        if _SHARE_LINK.match(segment):
            break
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", ".", "amp"):
            segments.append(segment)
    while segments and (litter := _BACKWARDS.match(segments[-1][::-1])):
        end = segments[-1][: -litter.end()]
        segments[-1:] = [end] if end not in ("", "amp") else []
    return "/" + "/".join(segments)


def meaningful_query(query: str) -> str:
    """The query without tracking, sharing, AMP and mobile keys, sorted by key.

    Order says nothing to a CMS, except between values of one key: that order is kept.
    """
    pairs = [pair for pair in _SEPARATOR.split(query) if pair and not _is_tracking(pair)]
    return "&".join(sorted(pairs, key=lambda pair: pair.partition("=")[0]))


def _is_tracking(pair: str) -> bool:
    key, _, value = pair.partition("=")
    name = key.lower()
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES) or _SESSION.fullmatch(pair):
        return True
    return value.lower() in _TRACKING_VALUES.get(name, ())
