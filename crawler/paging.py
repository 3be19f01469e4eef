"""The further parts of a story that is split over several addresses. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin, urlsplit, urlunsplit

from archive.errors import Unreadable
from crawler.tree import Element, looked_at
from crawler.web_copies import original_address

__all__ = ["part_urls", "plain_url", "shows_all", "story_start", "whole_url"]

_MAX_PARTS = 50
_MAX_LINKS = 5_000
_LARGEST = 5_000_000  # characters; a page above it is read by its first part alone
_HINTS = (
    "page-link", "pagelink", "post-page", "paging", "pagination", "link-pages", "article-page",
    "halaman", 'rel="next"', "rel='next'", "rel=next",
)  # fmt: skip
_QUERY = re.compile(r"[?&;]page=(?:\d|all\b)")
_NUMBER = re.compile(r"/\d{1,2}[/\"'?#\s>]")
# class or id of what WordPress (wp_link_pages) and the larger newsrooms put around part numbers
_PAGING = re.compile(
    r"page-?link|post-?page|paging|pagination|link-?pages|article-?page|halaman", re.IGNORECASE
)
# lists of other stories and comments have numbers of their own; Drupal's pager belongs to a list
_OTHER = re.compile(r"comment|komentar|related|terkait|archive|pager|calendar|loop", re.IGNORECASE)
_PAGE = re.compile(r"(?:^|&)page=(\d{1,2})(?=&|$)")
_ALL = re.compile(r"(?:^|&)page=all(?=&|$)")
# tribunnews.com 2020: the button to the next part stands outside of the paging
_ONWARD = re.compile(r"(?:halaman|laman) (?:selanjutnya|berikutnya)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Form:
    """How a story's parts are addressed: what stands before and after the number."""

    before: str
    after: str

    def url(self, number: int) -> str:
        return f"{self.before}{number}{self.after}"


def part_urls(html: str, url: str) -> tuple[str, ...]:
    """The addresses of parts 2, 3, … of the story at `url`, in order, gaps filled, at most 50.

    Only what the page's own paging markup shows: `/slug/2/`, `?page=2`, `?p=123&page=2`.
    `url` may be any part. Empty for a story in one piece, and for one shown whole.
    """
    return () if _is_whole_address(url) else _parts(html, url)[1]


def story_start(html: str, url: str) -> str:
    """The address of part 1 when the page's paging says that `url` is a later part, else `url`."""
    if _is_whole_address(url):
        return url if shows_all(html, url) else plain_url(url)
    return _parts(html, url)[0]


def whole_url(html: str, url: str) -> str:
    """The address that shows all parts of the story at `url` at once: `?page=all`, or ''.

    Only where the page's own paging links to it; '' also when `url` is such an address.
    """
    if _is_whole_address(url) or len(html) > _LARGEST or "page=all" not in html:
        return ""
    links = (link for link, is_marked in _paging_links(html, url) if is_marked)
    return next((link for link in links if _is_whole_of(link, url)), "")


def shows_all(html: str, url: str) -> bool:
    """Whether the page that answered for `?page=all` at `url` is the whole story.

    It is not when it offers the same again beside a next part: then the site knows it no more.
    """
    start = plain_url(url)
    return not (whole_url(html, start) and _parts(html, start)[1])


def plain_url(url: str) -> str:
    """The address of part 1 where `url` asks for all parts at once, else `url`."""
    split = urlsplit(url)
    if not _ALL.search(split.query):
        return url
    pieces = [piece for piece in split.query.split("&") if piece != "page=all"]
    return urlunsplit(split._replace(query="&".join(pieces)))


def _is_whole_address(url: str) -> bool:
    return plain_url(url) != url


def _is_whole_of(link: str, url: str) -> bool:
    try:
        own, target = urlsplit(url), urlsplit(plain_url(link))
    except ValueError:
        return False
    same_path = target.path.rstrip("/") == own.path.rstrip("/")
    is_same = same_path and _host(own.netloc) == _host(target.netloc) and target.query == own.query
    return is_same and _is_whole_address(link)


@lru_cache(maxsize=2)  # start and parts of one page are asked for one after the other
def _parts(html: str, url: str) -> tuple[str, tuple[str, ...]]:
    if len(html) > _LARGEST or not _may_be_split(html, url):
        return url, ()
    links = list(_paging_links(html, url))
    for start, own in _starts(url):
        # the last part may link to the first alone: its own address shows the form
        itself = [(url, True)] if _PAGE.search(urlsplit(url).query) and own > 1 else []
        found = dict(_numbers(start, [*links, *itself]))
        # a later part is one only when the paging leads back to its start
        is_story = own == 1 or any(_same(link, start) for link, _ in links)
        if found and is_story:
            last = min(max(*found, own), _MAX_PARTS)
            form = found[min(found)]
            return start, tuple(form.url(number) for number in range(2, last + 1))
    return url, ()


def _may_be_split(html: str, url: str) -> bool:
    """A number stands behind the story's own slug: cheap to see, so that few pages are parsed."""
    is_queried = bool(
        _PAGE.search(urlsplit(url).query) or ("page=" in html and _QUERY.search(html))
    )
    if not is_queried:
        slugs = {urlsplit(start).path.rstrip("/").rpartition("/")[2] for start, _ in _starts(url)}
        if not any(_is_numbered(slug, html) for slug in slugs if slug):
            return False
    lower = html.lower()
    return any(hint in lower for hint in _HINTS)


def _is_numbered(slug: str, html: str) -> bool:
    """Whether `slug` stands in the page with a part's number behind it."""
    place = html.find(slug)
    while place >= 0:
        if _NUMBER.match(html, place + len(slug)):
            return True
        place = html.find(slug, place + 1)
    return False


def _paging_links(html: str, url: str) -> Iterator[tuple[str, bool]]:
    """Addresses in paging markup, and whether the markup is more than rel=next."""
    try:
        tree = looked_at(html)
    except Unreadable:
        return  # its reader says so, and the capture is kept: a crawl must not end here
    for count, link in enumerate(tree.iter("a", "link")):
        if count >= _MAX_LINKS:
            return
        target = _absolute(url, link.get("href") or "")
        if not target:
            continue
        if _is_paging(link):
            yield target, True
        elif (link.get("rel") or "").lower() == "next":
            yield target, False


def _absolute(url: str, href: str) -> str:
    try:
        return urljoin(url, original_address(href.strip()))
    except ValueError:
        return ""


def _is_paging(link: Element) -> bool:
    """The link, or one of the three elements around it, is named like paging, and none else."""
    if _ONWARD.match(" ".join("".join(link.itertext()).split())):
        return True
    names, element = "", link
    for _ in range(4):
        if element is None or element.tag in ("article", "main", "body"):
            break
        names += f" {element.get('class') or ''} {element.get('id') or ''}"
        element = element.getparent()
    return bool(_PAGING.search(names)) and not _OTHER.search(names)


def _starts(url: str) -> Iterator[tuple[str, int]]:
    """The addresses that could be part 1 of `url`, and the part that `url` would be."""
    split = urlsplit(url)
    query = _PAGE.search(split.query)
    if query and 2 <= int(query[1]) <= _MAX_PARTS:
        # before the address itself: `?page=2` of Tribun links to `?page=3` as page one does
        start_query = _without_page(split.query)
        yield urlunsplit(split._replace(query=start_query, fragment="")), int(query[1])
    yield url, 1
    path = re.fullmatch(r"(.*[^/]/)(\d{1,2})/?", split.path)
    if path and 2 <= int(path[2]) <= _MAX_PARTS and path[1].count("/") > 1:
        ending = "/" if split.path.endswith("/") else ""
        start = path[1] if ending else path[1].rstrip("/")
        yield urlunsplit(split._replace(path=start, fragment="")), int(path[2])


def _numbers(start: str, links: list[tuple[str, bool]]) -> Iterator[tuple[int, _Form]]:
    for link, is_marked in links:
        number, form = _numbered(start, link)
        # rel=next alone also leads to the next story; then only part 2 or a path is taken
        if form and 2 <= number <= _MAX_PARTS and (is_marked or number == 2):
            yield number, form


def _numbered(start: str, link: str) -> tuple[int, _Form | None]:
    """The part number of `link` and its form, when it is a part of the story at `start`."""
    try:
        story, part = urlsplit(start), urlsplit(link)
    except ValueError:
        return 0, None
    if _host(story.netloc) != _host(part.netloc):
        return 0, None
    stem = story.path.rstrip("/")
    home = f"{story.scheme}://{story.netloc}"
    path = re.fullmatch(re.escape(stem) + r"/(\d{1,2})(/?)", part.path)
    if path and stem and part.query in ("", story.query):
        query = f"?{part.query}" if part.query else ""
        return int(path[1]), _Form(f"{home}{stem}/", f"{path[2]}{query}")
    query_match = _PAGE.search(part.query)
    if not query_match or part.path.rstrip("/") != stem:
        return 0, None
    # on the front page only ?p= makes a story, and it must be the same one
    if _without_page(part.query) not in ((story.query, "") if stem else (story.query or None,)):
        return 0, None
    before, after = part.query[: query_match.start(1)], part.query[query_match.end(1) :]
    return int(query_match[1]), _Form(f"{home}{part.path}?{before}", after)


def _without_page(query: str) -> str:
    return "&".join(piece for piece in query.split("&") if not _PAGE.match(piece))


def _host(netloc: str) -> str:
    return netloc.lower().removeprefix("www.")


def _same(link: str, start: str) -> bool:
    return _bare(link) == _bare(start)


def _bare(url: str) -> str:
    return url.partition("#")[0].rstrip("/")
