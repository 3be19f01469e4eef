"""What a page declares about its story: JSON-LD, meta and link elements, WordPress's marks."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

from archive.urls import canonical_url
from crawler.images import largest
from crawler.jsonld import article_node, named, text_values
from crawler.tree import Element, folded, text_of

__all__ = ["Metadata", "headlines", "read_metadata"]

_TITLES = ("og:title", "twitter:title", "parsely-title", "title")
_PUBLISHED = (
    "article:published_time",
    "parsely-pub-date",
    "datepublished",
    "publishdate",
    "pubdate",
    "content_publisheddate",
    "jpnncom_news_pubdate",
    "dc.date.issued",
    "date",
)
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "lastmod")
_AUTHORS = ("content_author", "parsely-author", "author", "dc.creator", "article:author")
_SECTIONS = ("article:section", "parsely-section", "content_category", "section")
_IMAGES = ("og:image", "og:image:url", "twitter:image", "twitter:image:src", "image")
_ARCHIVE_CLASSES = frozenset(
    ["archive", "tag", "category", "search", "search-results", "blog", "home", "author", "error404"]
)
_STATIC_PAGE = re.compile(r"(?:^|\s)(?:page-id-\d+|page-template-default|attachment)(?:\s|$)")
_LISTING_TYPES = frozenset(["CollectionPage", "SearchResultsPage", "ProfilePage", "ImageGallery"])
_TAG_LABELS = frozenset(["tag", "tags", "topik", "label"])
_BLOGGER_POST = re.compile(r"/feeds/(\d{1,25})/comments/default(?:[?#]|$)")
_POST_ID = re.compile(r"(?:^|\s)(?:postid-|post-)(\d+)(?=\s|$)")


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """The declared values, best source first; none of them believed or cleaned yet."""

    headlines: tuple[str, ...] = ()
    """JSON-LD, og:title, title: in this order, without empty ones."""
    h1: tuple[Element, ...] = field(default=(), compare=False)
    authors: tuple[str, ...] = ()
    site_names: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    section: str = ""
    tags: tuple[str, ...] = ()
    image_url: str = ""
    canonical: str = ""
    platform_id: str = ""
    is_article: bool = False
    """JSON-LD, WordPress's single-post or article:published_time say that this is one story."""
    is_listing: bool = False
    """WordPress's archive classes or JSON-LD say that this page lists stories, or is none."""


@dataclass
class _Found:
    """What one walk over the page gathers."""

    meta: dict[str, list[str]] = field(default_factory=dict)
    links: list[Element] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    h1: list[Element] = field(default_factory=list)
    articles: list[Element] = field(default_factory=list)
    tag_links: list[str] = field(default_factory=list)
    title: str = ""
    stamps: list[str] = field(default_factory=list)
    """What hAtom's `<abbr class="published" title="…">` says, as Blogger's own themes print it."""

    def all(self, names: Iterable[str]) -> list[str]:
        return [value for name in names for value in self.meta.get(name, ())]


def read_metadata(tree: Element, url: str) -> Metadata:
    """The metadata of the page at `url`, from one walk over its tree."""
    found = _gather(tree)
    titles = [title for title in (*found.all(_TITLES), found.title) if title]
    h1_texts = [text_of(h1) for h1 in found.h1[:5]]
    node, types = article_node(found.scripts, headlines=[*titles, *h1_texts])
    body = tree.find("body")
    classes = (body.get("class") or "") if body is not None else ""
    declared = text_values(node.get("headline"))
    is_single = bool({"single", "single-post"} & set(classes.split()))
    return Metadata(
        headlines=tuple(dict.fromkeys(folded(title) for title in (*declared, *titles))),
        h1=tuple(found.h1),
        authors=tuple(text_values(node.get("author")) + found.all(_AUTHORS)),
        site_names=tuple(text_values(node.get("publisher")) + found.all(("og:site_name",))),
        published=tuple(
            text_values(node.get("datePublished")) + found.all(_PUBLISHED) + _stamp(found)
        ),
        modified=tuple(text_values(node.get("dateModified")) + found.all(_MODIFIED)),
        section=next(
            iter(text_values(node.get("articleSection"))[:1] + found.all(_SECTIONS)[:1]), ""
        ),
        tags=_tags(text_values(node.get("keywords")), found),
        image_url=largest(_images(node.get("image"), found, url=url)),
        canonical=_canonical(found.links, url=url),
        platform_id=_platform_id(found, classes),
        is_article=bool(node) or is_single or "article:published_time" in found.meta,
        is_listing=_is_listing(classes, types, is_single=is_single or bool(node)),
    )


def headlines(tree: Element) -> Iterator[str]:
    """Everything on a page that its headline may be taken from, and some more."""
    found = _gather(tree)
    yield found.title
    yield from found.all(_TITLES)
    yield from map(text_of, found.h1)
    yield from named(found.scripts)


def _gather(tree: Element) -> _Found:
    found = _Found()
    for element in tree.iter("meta", "link", "script", "h1", "article", "a", "title", "abbr"):
        tag = element.tag
        if tag == "meta":
            name = element.get("property") or element.get("name") or element.get("itemprop") or ""
            content = folded(element.get("content") or "")
            if name and content:
                found.meta.setdefault(name.strip().lower(), []).append(content)
        elif tag == "link":
            found.links.append(element)
        elif tag == "script":
            if "ld+json" in (element.get("type") or ""):
                found.scripts.append(element.text or "")
        elif tag == "a":
            if "tag" in (element.get("rel") or "").split() and "category" not in element.get("rel"):
                found.tag_links.append(text_of(element).lstrip("#").strip())
        elif tag == "abbr":
            if "published" in (element.get("class") or "").split() and element.get("title"):
                found.stamps.append(element.get("title"))
        elif tag == "title":
            found.title = found.title or text_of(element)
        else:
            (found.h1 if tag == "h1" else found.articles).append(element)
    return found


def _stamp(found: _Found) -> list[str]:
    """The one moment of publication that a page prints; a list of stories prints several."""
    stamps = list(dict.fromkeys(found.stamps))
    return stamps if len(stamps) == 1 else []


def _tags(keywords: list[str], found: _Found) -> tuple[str, ...]:
    """The first source that has any; one string of several is split at its commas."""
    for source in (
        found.meta.get("article:tag", []),
        found.tag_links,
        keywords,
        found.all(("news_keywords", "parsely-tags", "keywords")),
    ):
        tags = [folded(tag) for value in source for tag in value.split(",")]
        tags = [tag for tag in dict.fromkeys(tags) if tag and tag.casefold() not in _TAG_LABELS]
        if tags:
            return tuple(tags[:50])
    return ()


def _images(declared: object, found: _Found, *, url: str) -> list[str]:
    """Every address of a lead image that a page names, best source first."""
    own = text_values(declared, key="url") or text_values(declared, key="contentUrl")
    named = (_absolute(url, address) for address in (*own, *found.all(_IMAGES)))
    return [address for address in named if address]


def _absolute(url: str, address: str) -> str:
    if not address:
        return ""
    try:
        absolute = urljoin(url, address.strip())
    except ValueError:
        return ""
    return absolute if absolute.startswith(("http://", "https://")) else ""


def _canonical(links: list[Element], *, url: str) -> str:
    """The one canonical that a page declares; one that contradicts itself declares none.

    Only in full or from the root: `slug` alone is a template's mistake for `/slug`, not `/x/slug`.
    """
    named = (link.get("href", "").strip() for link in links if "canonical" in _rels(link))
    full = (_absolute(url, one) for one in named if one.startswith(("/", "http:", "https:")))
    found = {_filed(one): one for one in full if one}
    return next(iter(found.values())) if len(found) == 1 else ""


def _rels(link: Element) -> list[str]:
    rels: list[str] = (link.get("rel") or "").lower().split()
    return rels


def _filed(url: str) -> str:
    try:
        return canonical_url(url)
    except ValueError:
        return url


def _link(links: list[Element], rel: str) -> str:
    return next(
        (link.get("href", "") for link in links if rel in _rels(link)),
        "",
    )


def _platform_id(found: _Found, classes: str) -> str:
    """`wp:123` or `blogger:123`, when all marks on the page agree on one id."""
    if number := _blogger_post(found):
        return f"blogger:{number}"
    shortlink = re.search(r"[?&]p=(\d+)", _link(found.links, "shortlink"))
    ids = {shortlink[1]} if shortlink else set()
    ids |= set(re.findall(r"(?:^|\s)postid-(\d+)", classes))
    for link in found.links:
        rest = re.search(r"/wp/v2/posts/(\d+)", link.get("href") or "")
        ids |= {rest[1]} if rest and "json" in (link.get("type") or "") else set()
    if not ids and len(found.articles) == 1:  # lists of other stories are articles as well
        names = f"{found.articles[0].get('id') or ''} {found.articles[0].get('class') or ''}"
        ids = set(_POST_ID.findall(names))
    return f"wp:{int(ids.pop())}" if len(ids) == 1 else ""


def _blogger_post(found: _Found) -> str:
    """The post's number on Blogger: in the address of its comments' feed, and in its microdata."""
    hrefs = (link.get("href") or "" for link in found.links if link.get("rel") == "alternate")
    posts = {match[1] for href in hrefs if (match := _BLOGGER_POST.search(href))}
    if found.meta.get("blogid"):
        posts.update(found.meta.get("postid", ()))
    return posts.pop() if len(posts) == 1 else ""


def _is_listing(classes: str, types: set[str], *, is_single: bool) -> bool:
    if _STATIC_PAGE.search(classes):
        return True
    if is_single:
        return False
    return bool(_ARCHIVE_CLASSES & set(classes.split()) or _LISTING_TYPES & types)
