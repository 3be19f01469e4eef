"""Answers that come with status 200 and are no story: challenges, and pages that are not there."""

import re
from html import unescape

from archive.types import Page
from crawler.credits import Names
from crawler.tree import folded

__all__ = ["is_challenge", "says_missing"]

_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,300})", re.IGNORECASE)
_H1 = re.compile(r"<h1[^>]{0,500}>(?:\s++|<[^>]{0,300}>){0,50}+([^<]{1,200})", re.IGNORECASE)
_BODY = re.compile(r"<body[^>]{0,2000}?class\s*=\s*[\"']([^\"']{0,2000})", re.IGNORECASE)
# each begins with its letters: only such a pattern is searched for at the speed of a plain text
_STORY = (
    re.compile(r"article:published_time"),
    re.compile(r"\"@type\"\s*:\s*\"(?:\w*Article|BlogPosting)\""),
    re.compile(r"postid-\d(?<=\bpostid-\d)"),
    re.compile(r"single-post\b(?<=\bsingle-post)"),
)
_CHALLENGE_TITLE = re.compile(
    r"\s*(?:just a moment|attention required|checking your browser|one moment,? please"
    r"|please wait|ddos-guard|bot verification|human verification|robot or human|are you a robot"
    r"|security (?:check|verification)|verif(?:y|ying) you are human|access denied|captcha"
    r"|you are being redirected|site verification)\b",
    re.IGNORECASE,
)
# only a challenge carries these; the /cdn-cgi/challenge-platform/ script is on ordinary pages too
_CHALLENGE_MARKS = (
    re.compile(r"_cf_chl_opt"),
    re.compile(r"id=[\"'](?:challenge-form|cf-challenge|cf-wrapper)"),
    re.compile(r"cf-browser-verification"),
    re.compile(r"sucuri_cloudproxy_js"),
    re.compile(r"imunify360"),
    re.compile(r"slowaes\.decrypt"),
    re.compile(r"/recaptcha/api\.js.{0,400}lsrecap", re.DOTALL),
    re.compile(r"enable javascript and cookies to continue"),
    re.compile(r"requires javascript to work"),
    re.compile(r"verify (?:that )?you are (?:a )?human"),
    re.compile(r"verifying you are human"),
    re.compile(r"request (?:is being|has been) verified"),
)
"""Looked for in lower case."""
_CHALLENGE_SIZE = 60_000
_MISSING = re.compile(
    r"(?:error\s*)?404"
    r"(?:\s*(?:[-–—|:.!]\s*)?(?:error|not found|(?:file or )?page not found|halaman .{0,40}))?"
    r"|(?:(?:oops|ups|maaf|sorry)[\s!.,]*)?"
    r"(?:that page can.{0,8}t be found|page not found|not found|nothing found"
    r"|(?:halaman|artikel|berita|konten|laman)(?: yang (?:anda|kamu) .{0,30}?)?"
    r" (?:tidak|tak|belum) (?:dapat |bisa )?(?:ditemukan|ada|tersedia))[\s.!:;)(]*",
    re.IGNORECASE | re.DOTALL,
)


def is_challenge(page: Page, html: str) -> bool:
    """The page asks for a human or for JavaScript instead of showing anything."""
    if page.header("cf-mitigated").lower() == "challenge":
        return True
    if _declares_story(html):
        return False
    title = _TITLE.search(html)
    if title and _CHALLENGE_TITLE.match(title[1]) and html.count("<p") < 15:
        return True
    if len(html) >= _CHALLENGE_SIZE:
        return False
    lower = html.lower()
    return any(mark.search(lower) for mark in _CHALLENGE_MARKS)


def _declares_story(html: str) -> bool:
    return any(mark.search(html) for mark in _STORY)


def says_missing(html: str, names: Names) -> bool:
    """The page says that the story is not there; never for a page that declares a story."""
    classes = _BODY.search(html)
    if classes and "error404" in classes[1].split():
        return True
    if _declares_story(html):
        return False
    matches = (_TITLE.search(html), _H1.search(html))
    heads = [folded(unescape(match[1])) for match in matches if match]
    return any(_MISSING.fullmatch(names.without_masthead(head)) for head in heads)
