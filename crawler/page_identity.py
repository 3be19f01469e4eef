"""Which story a page says it is: its canonical address and number; and whether it is one."""

import re
from urllib.parse import urljoin

from archive.urls import canonical_url
from crawler.page_head import PageHead
from crawler.tree import Element
from crawler.web_copies import original_address

__all__ = ["absolute", "canonical_of", "is_list_address", "is_listing", "platform_id_of"]

_ARCHIVE_CLASSES = frozenset(
    ["archive", "tag", "category", "search", "search-results", "blog", "home", "author", "error404"]
)
_STATIC_PAGE = re.compile(r"(?:^|\s)(?:page-id-\d+|page-template-default|attachment)(?:\s|$)")
_LISTING_TYPES = frozenset(["CollectionPage", "SearchResultsPage", "ProfilePage"])
_LISTING_PATH = re.compile(
    r"https?://[^/]+/(?:(?:tag|tags|topik|topic|category|kategori|author|penulis|search|indeks|page"
    r"|label|arsip|archive|rubrik|index-news)(?:/|\?|$)"
    # a list's later page; a story's is `/slug/2/`
    r"|(?:[^?#]*/)?page/\d+/?(?:$|\?)|(?:[^?#]*/)?search/label/|(?:index\.php)?\?(?:s|q|paged|cat|tag)=)"
)
_BLOGGER_POST = re.compile(r"/feeds/(\d{1,25})/comments/default(?:[?#]|$)")
_POST_ID = re.compile(r"(?:^|\s)(?:postid-|post-)(\d+)(?=\s|$)")


def absolute(url: str, address: str) -> str:
    """`address` as it is on the page at `url`; '' for what is no address of the web.

    In a page that was saved from a web archive, the address that was archived.
    """
    if not address:
        return ""
    try:
        joined = original_address(urljoin(url, original_address(address.strip())))
    except ValueError:
        return ""
    return joined if joined.startswith(("http://", "https://")) else ""


def canonical_of(head: PageHead, *, url: str) -> str:
    """The one canonical that a page declares; one that contradicts itself declares none.

    Only in full or from the root: `slug` alone is a template's mistake for `/slug`, not `/x/slug`.
    """
    named = (link.get("href", "").strip() for link in head.links if "canonical" in _rels(link))
    full = (absolute(url, one) for one in named if one.startswith(("/", "http:", "https:")))
    found = {_filed(one): one for one in full if one}
    return next(iter(found.values())) if len(found) == 1 else ""


def platform_id_of(head: PageHead) -> str:
    """`wp:123` or `blogger:123`, when all marks on the page agree on one id; else ''."""
    if number := _blogger_post(head):
        return f"blogger:{number}"
    shortlink = re.search(r"[?&]p=(\d+)", _link(head.links, "shortlink"))
    ids = {shortlink[1]} if shortlink else set()
    ids |= set(re.findall(r"(?:^|\s)postid-(\d+)", head.body_classes))
    for link in head.links:
        rest = re.search(r"/wp/v2/posts/(\d+)", link.get("href") or "")
        ids |= {rest[1]} if rest and "json" in (link.get("type") or "") else set()
    if not ids and len(head.articles) == 1:  # lists of other stories are articles as well
        names = f"{head.articles[0].get('id') or ''} {head.articles[0].get('class') or ''}"
        ids = set(_POST_ID.findall(names))
    return f"wp:{int(ids.pop())}" if len(ids) == 1 else ""


def is_listing(head: PageHead, types: set[str], *, is_single: bool) -> bool:
    """WordPress's classes or JSON-LD's `types` say that the page lists stories, or is none."""
    if _STATIC_PAGE.search(head.body_classes):
        return True
    if is_single:
        return False
    return bool(_ARCHIVE_CLASSES & set(head.body_classes.split()) or _LISTING_TYPES & types)


def is_list_address(url: str) -> bool:
    """Lists of stories have such addresses; only a page that says so is a story all the same."""
    return bool(_LISTING_PATH.match(url))


def _rels(link: Element) -> list[str]:
    rels: list[str] = (link.get("rel") or "").lower().split()
    return rels


def _filed(url: str) -> str:
    try:
        return canonical_url(url)
    except ValueError:
        return url


def _link(links: list[Element], rel: str) -> str:
    return next((link.get("href", "") for link in links if rel in _rels(link)), "")


def _blogger_post(head: PageHead) -> str:
    """The post's number on Blogger: in the address of its comments' feed, and in its microdata."""
    hrefs = (link.get("href") or "" for link in head.links if link.get("rel") == "alternate")
    posts = {match[1] for href in hrefs if (match := _BLOGGER_POST.search(href))}
    if head.meta.get("blogid"):
        posts.update(head.meta.get("postid", ()))
    return posts.pop() if len(posts) == 1 else ""
